"""The draw as a check finds it: whether it still goes on, its present attempt, and what has its place in the log."""

from typing import Any

from audit.step import Step
from lottery import errors
from lottery.model import Attempt, Draw


def seconds(now: int) -> int:
    """The Unix second in which a moment lies."""
    return now // 1000


def check_open(draw: Draw) -> None:
    """Refuse a draw that a later decision took the place of. Raises GivenUp."""
    if draw.followed_by is not None:
        raise errors.GivenUp(draw_id=draw.draw_id, by=draw.followed_by)


def running(draw: Draw, now: int, action: str) -> Attempt:
    """The present attempt while it is not over. Raises GivenUp, NotNow."""
    check_open(draw)
    if draw.attempt is None or not draw.attempt.is_running:
        raise not_now(draw, now, action)
    return draw.attempt


def present(draw: Draw, attempt: int) -> Attempt:
    """The present attempt, if that is the one meant. Raises UnknownAttempt."""
    if draw.attempt is None or draw.attempt.number != attempt:
        raise errors.UnknownAttempt(draw_id=draw.draw_id, attempt=attempt)
    return draw.attempt


def placed(step: Step[Any]) -> int:
    """The place of an entry in the log. Raises NotYetLogged."""
    if step.seq is None:
        raise errors.NotYetLogged(kind=step.event.kind)
    return step.seq


def seal_time(attempt: Attempt) -> int:
    """Unix seconds at which the log accepted the seal. Raises NotYetLogged while it has no place."""
    assert attempt.sealed is not None
    placed(attempt.sealed)
    assert attempt.seal_time is not None
    return attempt.seal_time


def not_now(draw: Draw, now: int, action: str) -> errors.NotNow:
    """The refusal that names the state in which the draw is."""
    return errors.NotNow(draw_id=draw.draw_id, state=draw.state_at(now), action=action)
