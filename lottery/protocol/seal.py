"""The seal (封存): plan, roster, commitments, reveals and the future entropy source, fixed for good."""

from __future__ import annotations

from typing import Final, TypedDict, cast

from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.commitment import commitment
from lottery.protocol.errors import DrawError
from lottery.protocol.forms import (
    Form,
    anything,
    array,
    check_ascending,
    closed,
    equal_to,
    hex64,
    matching,
    null,
    null_or,
    seat_name,
    whole,
)
from lottery.protocol.plan import Plan, organisations, uses_beacon
from lottery.protocol.roster import Roster


class SealSeat(TypedDict):
    """A seat's commitment, and its secret, or null if it committed and did not reveal."""

    seat: str
    commit: str
    secret: str | None


class Seal(TypedDict):
    """`dice` holds digits in mode `drand+dice` only; `round` is null in mode `dice`."""

    v: str
    type: str
    draw_id: str
    attempt: int
    plan_sha256: str
    roster_sha256: str
    seats: list[SealSeat]
    dice: str | None
    round: int | None


_SEAT: Final = closed({"seat": seat_name, "commit": hex64, "secret": null_or(hex64)})


def check_seal(seal: object, plan: Plan, roster: Roster) -> Seal:
    """Return the value as a seal of a checked plan and roster, or raise DrawError.

    E_SEAL, E_HASH, E_COMMIT, E_QUORUM or E_DICE.
    """
    canonical.check(seal)
    return seal_of(seal, plan, roster)


def seal_of(value: object, plan: Plan, roster: Roster) -> Seal:
    """Stage 5, for a value that has passed stage 1."""
    _members(plan)(value, "E_SEAL", "seal")
    seal = cast(Seal, value)
    equal_to(canonical.doc_hash(plan), "doc_hash(plan)")(seal["plan_sha256"], "E_HASH", "seal.plan_sha256")
    equal_to(canonical.doc_hash(roster), "doc_hash(roster)")(seal["roster_sha256"], "E_HASH", "seal.roster_sha256")
    _check_seats(seal, plan)
    _check_quorum(seal, plan)
    dice: Form = null
    if plan["entropy"] == "drand+dice":
        dice = digits(plan)
    dice(seal["dice"], "E_DICE", "seal.dice")
    number = whole(1) if uses_beacon(plan) else null
    number(seal["round"], "E_SEAL", "seal.round")
    return seal


def digits(plan: Plan) -> Form:
    """Take exactly as many digits as the plan wants."""
    return matching(f"[0-9]{{{plan['dice_digits']}}}")


def _members(plan: Plan) -> Form:
    return closed(
        {
            "v": equal_to(PROTOCOL),
            "type": equal_to("seal"),
            "draw_id": equal_to(plan["draw_id"], "plan.draw_id"),
            "attempt": equal_to(plan["attempt"], "plan.attempt"),
            "plan_sha256": hex64,
            "roster_sha256": hex64,
            "seats": array,
            "dice": anything,
            "round": anything,
        }
    )


def _check_seats(seal: Seal, plan: Plan) -> None:
    known = organisations(plan)
    for index, entry in enumerate(seal["seats"]):
        path = f"seal.seats[{index}]"
        _SEAT(entry, "E_SEAL", path)
        if entry["seat"] not in known:
            raise DrawError(
                "E_SEAL", f"{path}：方案中没有席位 {entry['seat']}", f"{path}: no seat {entry['seat']} in the plan"
            )
        secret = entry["secret"]
        if secret is None:
            continue
        if commitment(plan["draw_id"], plan["attempt"], entry["seat"], secret) != entry["commit"]:
            raise DrawError(
                "E_COMMIT",
                f"{path}：席位 {entry['seat']} 的揭示与承诺不符",
                f"{path}: the secret of seat {entry['seat']} does not open its commitment",
            )
    check_ascending([entry["seat"] for entry in seal["seats"]], "E_SEAL", "seal.seats")


def _check_quorum(seal: Seal, plan: Plan) -> None:
    known = organisations(plan)
    revealed = {entry["seat"]: entry["secret"] for entry in seal["seats"] if entry["secret"] is not None}
    if len(set(revealed.values())) < len(revealed):
        raise DrawError("E_COMMIT", "seal.seats：两个席位的秘密相同", "seal.seats: two seats with one secret")
    if len(revealed) < plan["min_reveals"]:
        raise DrawError(
            "E_QUORUM",
            f"揭示 {len(revealed)} 个，少于 min_reveals = {plan['min_reveals']}",
            f"{len(revealed)} reveals, fewer than min_reveals = {plan['min_reveals']}",
        )
    if len({known[seat] for seat in revealed}) < 2:
        raise DrawError(
            "E_QUORUM", "揭示的席位不足两个不同机构", "the revealed seats do not belong to two organisations"
        )
