"""The entropy (熵): the value that nobody knew when the seal was made, a drand round or dice thrown in public."""

from __future__ import annotations

from typing import Final, Literal, TypedDict, cast

from lottery.protocol import canonical
from lottery.protocol.beacon import PINNED, randomness, round_time, verify_round
from lottery.protocol.errors import BlsMissingError, DrawError
from lottery.protocol.forms import array, check_ascending, closed, hex64, matching, null, seat_name, whole
from lottery.protocol.plan import Plan, organisations, uses_beacon, uses_dice
from lottery.protocol.seal import Seal, digits


class Beacon(TypedDict):
    """A drand round (信标轮次): `signature` of 96, `randomness` of 64 hexadecimal digits."""

    round: int
    signature: str
    randomness: str


class Dice(TypedDict):
    """Digits thrown in public (骰子): `time` in Unix seconds, `confirmed_by` the seats that vouch for them."""

    digits: str
    time: int
    confirmed_by: list[str]


Bls = Literal["ok", "unchecked", "-"]
"""Whether the beacon's signature was verified; `unchecked` without a BLS library; `-` where there is none."""

_BEACON: Final = closed({"round": whole(1), "signature": matching("[0-9a-f]{96}"), "randomness": hex64})


def entropy_line(plan: Plan, beacon: Beacon | None, dice: Dice | None) -> str:
    """Return the line that brings the entropy into the seed, without line feed.

    In mode `drand+dice` the digits act through the hash of the seal, which holds them.
    """
    if uses_beacon(plan):
        assert beacon is not None  # check_beacon
        return f"drand:{PINNED['chain_hash']}:{beacon['round']}:{beacon['randomness']}"
    assert dice is not None  # check_dice
    return f"dice:{dice['digits']}"


def check_dice(dice: object, plan: Plan, seal: Seal, seal_time: int) -> Dice | None:
    """Return the value as the dice of a checked plan and seal (null in mode `drand`).

    Raises DrawError: E_DICE, and E_TIME for dice that were not thrown after the seal in mode `dice`.
    """
    canonical.check(dice)
    taken = dice_of(dice, plan)
    check_dice_time(taken, plan, seal, seal_time)
    return taken


def check_beacon(beacon: object, plan: Plan, seal: Seal, seal_time: int) -> tuple[Beacon | None, Bls]:
    """Return the value as the round of a checked plan and seal (null in mode `dice`), and whether BLS was verified.

    Raises DrawError: E_BEACON, E_TIME or E_BEACON_SIG.
    """
    canonical.check(beacon)
    if not uses_beacon(plan):
        null(beacon, "E_BEACON", "beacon")
        return None, "-"
    return _round_of(beacon, plan, seal, seal_time)


def entropy_of(
    seal_time: object, beacon: object, dice: object, plan: Plan, seal: Seal
) -> tuple[Beacon | None, Dice | None, Bls]:
    """Stage 6, for values that have passed stage 1."""
    whole(1)(seal_time, "E_FORMAT", "seal_time")
    at = cast(int, seal_time)
    thrown = dice_of(dice, plan)
    if not uses_beacon(plan):
        null(beacon, "E_BEACON", "beacon")
        check_dice_time(thrown, plan, seal, at)
        return None, thrown, "-"
    check_dice_time(thrown, plan, seal, at)
    taken, bls = _round_of(beacon, plan, seal, at)
    return taken, thrown, bls


def dice_of(value: object, plan: Plan) -> Dice | None:
    """Stage 6.2: what can be said of the dice without looking at a time."""
    if not uses_dice(plan):
        null(value, "E_DICE", "dice")
        return None
    closed({"digits": digits(plan), "time": whole(1), "confirmed_by": array})(value, "E_DICE", "dice")
    dice = cast(Dice, value)
    known = organisations(plan)
    for index, seat in enumerate(dice["confirmed_by"]):
        seat_name(seat, "E_DICE", f"dice.confirmed_by[{index}]")
        if seat not in known:
            raise _dice(f"confirmed_by：方案中没有席位 {seat}", f"confirmed_by: no seat {seat} in the plan")
    check_ascending(dice["confirmed_by"], "E_DICE", "dice.confirmed_by")
    if len({known[seat] for seat in dice["confirmed_by"]}) < 2:
        raise _dice("confirmed_by：不足两个不同机构", "confirmed_by: not of two organisations")
    return dice


def check_dice_time(dice: Dice | None, plan: Plan, seal: Seal, seal_time: int) -> None:
    """Stages 6.3 and 6.4: thrown after the seal in mode `dice` (E_TIME), before it in `drand+dice` (E_DICE)."""
    if dice is None:
        return
    if plan["entropy"] == "dice":
        if dice["time"] <= seal_time:
            raise DrawError("E_TIME", "dice.time：骰子应在封存之后掷出", "dice.time: dice must fall after the seal")
        return
    if dice["digits"] != seal["dice"]:
        raise _dice("digits：与封存中的数字不同", "digits: not the digits in the seal")
    if dice["time"] > seal_time:
        raise _dice("time：骰子应在封存之前掷出", "time: dice must not fall after the seal")


def _round_of(value: object, plan: Plan, seal: Seal, seal_time: int) -> tuple[Beacon, Bls]:
    """Stages 6.5 to 6.8."""
    _BEACON(value, "E_BEACON", "beacon")
    beacon = cast(Beacon, value)
    if beacon["round"] != seal["round"]:
        raise DrawError(
            "E_BEACON",
            f"beacon.round：应为封存的轮次 {seal['round']}",
            f"beacon.round: not round {seal['round']} of the seal",
        )
    lead = round_time(beacon["round"]) - seal_time
    if not plan["min_lead"] <= lead <= plan["max_lead"]:
        allowed = f"{plan['min_lead']}..{plan['max_lead']}"
        raise DrawError(
            "E_TIME",
            f"封存到轮次的提前量为 {lead} 秒，应在 {allowed} 之内",
            f"the round is due {lead} s after the seal, not {allowed} s",
        )
    if randomness(beacon["signature"]) != beacon["randomness"]:
        # Relays return it as a convenience; nothing is believed that can be computed.
        raise DrawError(
            "E_BEACON", "beacon.randomness：不是签名的 SHA-256", "beacon.randomness: not SHA-256 of the signature"
        )
    try:
        verify_round(beacon["round"], beacon["signature"])
    except BlsMissingError:
        return beacon, "unchecked"
    return beacon, "ok"


def _dice(zh: str, en: str) -> DrawError:
    return DrawError("E_DICE", f"dice.{zh}", f"dice.{en}")
