"""What is over (信用修复): off the public pages and feeds, and called 已到期 where the log itself is shown.

The entry stays for ever, and holds agency, article, kind and dates; what ends is that it is told.
"""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from audit.entry import Entry
from registry.queries import history, supervision


def ended(session: Session, entries: Sequence[Entry], at: int) -> dict[int, int]:
    """Which of these entries tell of a decision that is over: place to the second it ended. at: Unix seconds."""
    codes = {one.subject.removeprefix("agency:") for one in entries if one.kind in supervision.ENDING}
    return supervision.ended(session, codes, at) if codes else {}


def still_told(session: Session, entries: Sequence[Entry], at: int) -> list[Entry]:
    """The entries that a public page or a feed may list at that second."""
    over = ended(session, entries, at)
    return [one for one in entries if one.seq not in over]


def ended_numbers(session: Session, codes: Collection[str], at: int) -> dict[str, frozenset[str]]:
    """The numbers of these agencies' decisions that are over, by code; who has none is left out."""
    over = supervision.ended(session, codes, at) if codes else {}
    found = {}
    for code in codes if over else ():
        numbers = [getattr(one.event, "decision_number", None) for one in history(session, code) if one.seq in over]
        if any(numbers):
            found[code] = frozenset(filter(None, numbers))
    return found


def quotes(note: str, numbers: Collection[str]) -> bool:
    """Whether a roster's note names one of these decisions, as `registry.rules` writes it."""
    return any(note.endswith(f"（{number}）") for number in numbers)
