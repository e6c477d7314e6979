"""Objections: filed at any time, and answered before a freeze where they are about the roster."""

from typing import Final

from lottery import errors
from lottery.model import Attempt, Draw
from lottery.rules.moment import not_now

OBJECTORS: Final = ("operator", "registrar", "tenderer", "agent", "notary", "supervisor")


def may_object(draw: Draw, now: int) -> None:
    """At any time from the plan on; an objection never stops what is fixed."""
    if draw.attempt is None:
        raise not_now(draw, now, "file_objection")


def check_answer(draw: Draw, now: int, number: int) -> None:
    """Raises NotNow, UnknownObjection."""
    if number not in open_objections(draw):
        raise errors.UnknownObjection(objection=number)


def open_objections(draw: Draw) -> list[int]:
    """Numbers of the objections of the present attempt without an answer."""
    return [item.number for item in draw.attempt.objections if item.answered is None] if draw.attempt else []


def check_objections(attempt: Attempt) -> None:
    """Refuse while an objection to the roster is open, or upheld and nothing published since. Raises ObjectionOpen."""
    for objection in attempt.objections:
        if objection.filed.event.about == "roster" and objection.answered is None:
            raise errors.ObjectionOpen(objection=objection.number)
    if upheld := upheld_since_roster(attempt):
        raise errors.ObjectionOpen(objection=upheld[0])


def upheld_since_roster(attempt: Attempt) -> list[int]:
    """Numbers of the objections to the roster that were upheld after it was last published."""
    published = attempt.rosters[-1].entry_id if attempt.rosters else 0
    return [
        objection.number
        for objection in attempt.objections
        if objection.filed.event.about == "roster"
        and objection.answered is not None
        and objection.answered.event.outcome == "upheld"
        and objection.answered.entry_id > published
    ]
