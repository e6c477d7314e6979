"""The seal, the result, and what may follow them."""

from collections.abc import Collection
from typing import Final

from lottery import errors
from lottery.model import Attempt, Draw, State
from lottery.protocol.draw import Result
from lottery.rules.moment import not_now, running, seal_time
from lottery.rules.seats import check_quorum
from lottery.rules.voids import must_void

SEAL_SPARE: Final = 5
"""Seconds above `min_lead` that must be left: the entry gets its time a moment after the command."""


def may_seal(draw: Draw, now: int) -> None:
    """Once reveals are closed and the dice are in, while the lead is what the plan allows (section 12, rule 6).

    Raises NotNow, QuorumMissed, SealTooEarly, SealTooLate.
    """
    attempt = running(draw, now, "seal")
    if attempt.state_at(now) is not State.SEALING:
        raise not_now(draw, now, "seal")
    check_quorum(attempt)
    if attempt.round_at is None:
        return
    lead = attempt.round_at - now
    shortest = attempt.plan["min_lead"] + SEAL_SPARE
    if lead < shortest * 1000:
        raise errors.SealTooLate(lead=lead, limit=shortest)
    if lead > attempt.plan["max_lead"] * 1000:
        raise errors.SealTooEarly(lead=lead, limit=attempt.plan["max_lead"])


def may_complete(draw: Draw, now: int) -> None:
    """Once the entropy is there: the round's time has come, or the dice are in.

    With a beacon, a seal that no quorum of the witnesses in force saw before the round never gives a result.
    Raises NotNow, NotYetLogged, SealIsLate, NotYetWitnessed.
    """
    attempt = running(draw, now, "complete")
    if attempt.sealed is None:
        raise not_now(draw, now, "complete")
    seal_time(attempt)
    if must_void(attempt, now):
        raise errors.SealIsLate(draw_id=draw.draw_id)
    if attempt.state_at(now) is not State.DERIVING:
        raise not_now(draw, now, "complete")
    if attempt.uses_beacon and attempt.witnessed is False:
        raise errors.NotYetWitnessed(draw_id=draw.draw_id)


def may_change_standing(draw: Draw, now: int) -> None:
    """After the result, also where a new draw fills places left vacant before. Raises NotNow."""
    if draw.attempt is None or draw.attempt.drawn is None:
        raise not_now(draw, now, "change_standing")


def removable(attempt: Attempt, result: Result, removed: Collection[str]) -> list[str]:
    """The codes that still have a place to lose, in drawn order."""
    return [code for code in (*result["winners"], *result["alternates"]) if code not in removed]


def owes_shadow(attempt: Attempt, now: int) -> bool:
    """Whether what a voided attempt with a seal would have given can be known and is not published yet."""
    due = attempt.round_at
    voided = attempt.voided is not None and attempt.sealed is not None
    return voided and attempt.shadow is None and due is not None and now >= due


def may_shadow(attempt: Attempt, draw: Draw, now: int) -> None:
    """Raises NotNow."""
    if not owes_shadow(attempt, now):
        raise not_now(draw, now, "shadow_draw")
