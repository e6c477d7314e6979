"""The round of the beacon: computed from the reveal deadline, announced before the first reveal."""

from typing import Final

from lottery import errors
from lottery.model import Attempt, Draw
from lottery.protocol.beacon import first_round_at
from lottery.rules.moment import not_now, running

ROUND_SPARE: Final = 30
"""Seconds between the reveal deadline with the plan's lead and the round (section 12, rule 6)."""
DICE_BEFORE_SEAL: Final = 900
"""Seconds more in mode `drand+dice`, for the throws."""


def may_announce_round(draw: Draw, now: int) -> None:
    """Once in an attempt, before the first reveal. Raises NotNow, QuorumMissed, TooLate."""
    attempt = running(draw, now, "announce_round")
    if attempt.closed is None or attempt.announced is not None or not attempt.uses_beacon:
        raise not_now(draw, now, "announce_round")
    if not attempt.has_quorum(attempt.committed):
        raise errors.QuorumMissed(revealed=len(attempt.committed), wanted=attempt.plan["min_reveals"])
    deadline = attempt.closed.event.reveal_deadline
    if now >= deadline * 1000:
        raise errors.TooLate(action="announce_round", until=deadline)


def round_of(attempt: Attempt) -> int:
    """The round that the seal will use: computed, never chosen (section 12, rule 6)."""
    assert attempt.closed is not None
    plan = attempt.plan
    spare = ROUND_SPARE + (DICE_BEFORE_SEAL if plan["entropy"] == "drand+dice" else 0)
    return first_round_at(attempt.closed.event.reveal_deadline + plan["min_lead"] + spare)
