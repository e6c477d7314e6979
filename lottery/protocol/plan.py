"""The plan (摇号方案): the rules of one attempt, fixed before anything else."""

from __future__ import annotations

from typing import Final, Literal, TypedDict, cast, get_args

from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.beacon import PINNED, Chain
from lottery.protocol.errors import DrawError
from lottery.protocol.forms import (
    array,
    check_ascending,
    closed,
    equal_to,
    hex64,
    matching,
    null_or,
    object_of_any_members,
    one_of,
    seat_name,
    text,
    whole,
)

Entropy = Literal["drand", "dice", "drand+dice"]
"""The mode: a drand round after the seal; dice after the seal; dice before the seal and a round after it."""

CodeScheme = Literal["gb32100", "opaque"]
"""Codes are unified social credit codes with their check, or have no structure known here."""


class PlanSeat(TypedDict):
    """A party that contributes a secret (席位), and its organisation."""

    seat: str
    org: str


class Plan(TypedDict):
    """Leads in seconds. `beacon` is null in mode `dice`."""

    v: str
    type: str
    draw_id: str
    attempt: int
    prev_sha256: str | None
    project_code: str
    project_name: str
    tenderer: str
    winners: int
    alternates: int
    min_agents: int
    code_scheme: CodeScheme
    entropy: Entropy
    seats: list[PlanSeat]
    min_reveals: int
    beacon: Chain | None
    min_lead: int
    max_lead: int
    dice_digits: int


MAX_SEATS: Final = 16
MIN_LEAD_FLOOR: Final = 30
"""Seconds that cover the difference of the clocks of log, witness and beacon."""
MIN_DICE_DIGITS: Final = 20
"""66 bits with ten-sided dice: not to be searched through, only unknown when the seal is made."""

draw_id: Final = matching("[A-Z0-9][A-Z0-9-]{1,62}[A-Z0-9]")
attempt: Final = whole(1, 99)

_MEMBERS: Final = closed(
    {
        "v": equal_to(PROTOCOL),
        "type": equal_to("plan"),
        "draw_id": draw_id,
        "attempt": attempt,
        "prev_sha256": null_or(hex64),
        "project_code": text,
        "project_name": text,
        "tenderer": text,
        "winners": whole(1, 10_000),
        "alternates": whole(0, 10_000),
        "min_agents": whole(1),
        "code_scheme": one_of(*get_args(CodeScheme)),
        "entropy": one_of(*get_args(Entropy)),
        "seats": array,
        "min_reveals": whole(2),
        "beacon": null_or(object_of_any_members),
        "min_lead": whole(0, 86_400),
        "max_lead": whole(0, 604_800),
        "dice_digits": whole(0, 99),
    }
)
_SEAT: Final = closed({"seat": seat_name, "org": text})


def check_plan(plan: object) -> Plan:
    """Return the value as a plan, or raise DrawError: E_PLAN, and E_FORMAT or E_TEXT for its texts."""
    canonical.check(plan)
    return plan_of(plan)


def plan_of(value: object) -> Plan:
    """Stage 3, for a value that has passed stage 1."""
    _MEMBERS(value, "E_PLAN", "plan")
    plan = cast(Plan, value)
    if (plan["attempt"] == 1) != (plan["prev_sha256"] is None):
        raise _refusal("prev_sha256", "当且仅当第 1 次摇号时为 null", "null exactly in attempt 1")
    if plan["min_agents"] < plan["winners"]:
        raise _refusal("min_agents", "不得少于 winners", "must not be below winners")
    _check_seats(plan)
    _check_entropy(plan)
    return plan


def organisations(plan: Plan) -> dict[str, str]:
    """Return the organisation of each seat. Organisations are compared as exact strings."""
    return {entry["seat"]: entry["org"] for entry in plan["seats"]}


def uses_beacon(plan: Plan) -> bool:
    """Whether the result waits for a drand round."""
    return plan["entropy"] != "dice"


def uses_dice(plan: Plan) -> bool:
    """Whether dice are thrown, be it before or after the seal."""
    return plan["entropy"] != "drand"


def _check_seats(plan: Plan) -> None:
    for index, entry in enumerate(plan["seats"]):
        _SEAT(entry, "E_PLAN", f"plan.seats[{index}]")
    check_ascending([entry["seat"] for entry in plan["seats"]], "E_PLAN", "plan.seats")
    if len(set(organisations(plan).values())) < 2:
        raise _refusal("seats", "应分属至少两个不同机构", "must belong to at least two organisations")
    if len(plan["seats"]) > MAX_SEATS:
        raise _refusal("seats", f"不得超过 {MAX_SEATS} 个席位", f"more than {MAX_SEATS} seats")
    if plan["min_reveals"] > len(plan["seats"]):
        raise _refusal("min_reveals", "不得多于席位数", "must not be above the number of seats")


def _check_entropy(plan: Plan) -> None:
    if uses_beacon(plan):
        # The constants built in, never a key from the file: a forger would bring a key of his own.
        if plan["beacon"] != PINNED:
            raise _refusal("beacon", "不是固定的 drand quicknet 链参数", "not the pinned drand quicknet chain")
        if not MIN_LEAD_FLOOR <= plan["min_lead"] <= plan["max_lead"]:
            raise _refusal(
                "min_lead",
                f"应有 {MIN_LEAD_FLOOR} <= min_lead <= max_lead",
                f"{MIN_LEAD_FLOOR} <= min_lead <= max_lead does not hold",
            )
    else:
        if plan["beacon"] is not None:
            raise _refusal("beacon", "dice 方式下应为 null", "must be null in mode dice")
        if plan["min_lead"] or plan["max_lead"]:
            raise _refusal("min_lead", "dice 方式下两个提前量均应为 0", "both leads must be 0 in mode dice")
    if uses_dice(plan):
        if plan["dice_digits"] < MIN_DICE_DIGITS:
            raise _refusal("dice_digits", f"不得少于 {MIN_DICE_DIGITS}", f"must not be below {MIN_DICE_DIGITS}")
    elif plan["dice_digits"]:
        raise _refusal("dice_digits", "drand 方式下应为 0", "must be 0 in mode drand")


def _refusal(member: str, zh: str, en: str) -> DrawError:
    return DrawError("E_PLAN", f"plan.{member}：{zh}", f"plan.{member}: {en}")
