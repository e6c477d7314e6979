"""Which picture of the live draw is shown (S0 to S10, S4d, S6d, V): follows from the log, the clock and, at the result,
from how many of its lines were called. No clock, no database."""

from typing import Final, Literal

from lottery.model import Attempt, Draw, State

Screen = Literal["S0", "S1", "S2", "S3", "S4", "S4d", "S5", "S6", "S6d", "S7", "S8", "S9", "S10", "V"]

SEAL_SHOWN: Final = 15
"""Seconds for which nothing but the seal is shown, unless the entropy comes first."""

_SCREENS: Final[dict[State, Screen]] = {
    State.DECIDED: "S0",
    State.CALLED: "S0",
    State.PLANNED: "S0",
    State.COMMITTING: "S2",
    State.ANNOUNCING: "S3",
    State.REVEALING: "S4",
    State.DICE_BEFORE_SEAL: "S4d",
    State.SEALING: "S4",
    State.COUNTDOWN: "S6",
    State.DICE_AFTER_SEAL: "S6d",
    State.DERIVING: "S7",
    State.VOID: "V",
    State.GIVEN_UP: "S10",
}


def screen_state(draw: Draw, now: int, shown: int) -> Screen:
    """now: Unix milliseconds. shown: lines of the result that were called so far."""
    attempt, state = draw.attempt, draw.state_at(now)
    if attempt is None or state not in (State.ROSTER, State.COUNTDOWN, State.DICE_AFTER_SEAL, State.DRAWN):
        return _SCREENS[state]
    if state is State.ROSTER:
        return "S0" if attempt.opened is None else "S1"
    if state is State.DRAWN:
        if attempt.meeting_closed is not None:
            return "S10"
        return "S8" if shown < result_lines(attempt) else "S9"
    until = shows_seal_until(attempt)
    return "S5" if until is not None and now < until else _SCREENS[state]


def shows_seal_until(attempt: Attempt) -> int | None:
    """When the seal has been shown long enough, Unix milliseconds; None before it is made."""
    sealed = attempt.sealed
    if sealed is None:
        return None
    return (sealed.at if sealed.logged is None else sealed.logged) + SEAL_SHOWN * 1000


def result_lines(attempt: Attempt) -> int:
    """How many lines the result has to be called: winners and alternates, as far as the pool goes."""
    places = attempt.plan["winners"] + attempt.plan["alternates"]
    return min(places, attempt.rosters[-1].event.counts.agents) if attempt.rosters else places
