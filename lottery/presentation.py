"""What the console of a running draw shows on the hall's screens: the roster's page, how many lines of the result
were called, dice digits as they are typed, a message.

It is no part of the draw. No entry says it, no result rests on it, and whoever loses it loses nothing but the place
in the ceremony: what is true is said by the log.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from audit import database
from lottery.errors import BadPresentation
from lottery.tables import PresentationRow

MAX_PAGE: Final = 10_000
MAX_SHOWN: Final = 20_000
"""Winners and alternates of the largest plan together."""
MAX_THROWS: Final = 10_000
_DIGITS: Final = re.compile("[0-9]{0,99}")
_MESSAGE: Final = re.compile(
    "|RELAYS_BEFORE_SEAL|NETWORK_AFTER_SEAL|AWAITING_ROUND|BEACON_HALTED|LOG_DOWN|DIE_INVALID"
    "|DIGITS_DIFFER:[1-9][0-9]?|BAD_SIGNATURE"
)


@dataclass(frozen=True, slots=True)
class Presentation:
    """What is shown of one attempt."""

    page: int = 0
    """Of the roster, from 0."""
    shown: int = 0
    """Lines of the result that were called, from the last alternate towards rank 1."""
    digits: str = ""
    """Of the dice, as typed so far."""
    invalid_throws: int = 0
    """Throws that did not count, so far."""
    second: bool = False
    """Whether the second person is entering the digits."""
    message: str = ""
    """A code, such as `DIE_INVALID` or `DIGITS_DIFFER:7`; empty where there is nothing to say."""
    version: int = 0
    """Grows by one with each change."""


def read(session: Session, draw_id: str, attempt: int) -> Presentation:
    """What is shown of an attempt; before the first change, what every attempt begins with."""
    row = session.get(PresentationRow, (draw_id, attempt))
    return Presentation() if row is None else _of(row)


def change(session: Session, draw_id: str, attempt: int, **members: Any) -> Presentation:
    """Change what is shown and return it; nothing is written where it was so already.

    session: of a transaction that holds no other lock. members: of `Presentation`, without `version`.
    Raises BadPresentation.
    """
    for name, value in members.items():
        if not _fits(name, value):
            raise BadPresentation(member=name)
    database.lock(session, [f"presentation:{draw_id}/{attempt}"])
    row = session.get(PresentationRow, (draw_id, attempt), populate_existing=True)
    before = Presentation() if row is None else _of(row)
    if all(getattr(before, name) == value for name, value in members.items()):
        return before
    if row is None:
        row = PresentationRow(draw_id=draw_id, attempt=attempt, **{name: getattr(before, name) for name in _MEMBERS})
        session.add(row)
    for name, value in members.items():
        setattr(row, name, value)
    row.version = before.version + 1
    session.flush()
    return _of(row)


_MEMBERS: Final = tuple(Presentation.__dataclass_fields__)


def _of(row: PresentationRow) -> Presentation:
    return Presentation(**{name: getattr(row, name) for name in _MEMBERS})


def _fits(name: str, value: object) -> bool:
    match name, value:
        case "second", bool():
            return True
        case (("page" | "shown" | "invalid_throws"), int()) if not isinstance(value, bool):
            return 0 <= value <= {"page": MAX_PAGE, "shown": MAX_SHOWN, "invalid_throws": MAX_THROWS}[name]
        case "digits", str():
            return _DIGITS.fullmatch(value) is not None
        case "message", str():
            return _MESSAGE.fullmatch(value) is not None
    return False
