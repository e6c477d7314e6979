"""What pages and commands read of disclosure requests: folds over the log's own entries."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.queries import step_of
from audit.tables import EntryRow
from trading.disclosure.model import Disclosure, fold
from trading.events import DisclosureAnswered, DisclosureRequested

SUBJECT = "disclosure:"


def disclosure(session: Session, number: str, placed: bool = False) -> Disclosure | None:
    """placed: only as far as the log shows it."""
    return _folded(session, [f"{SUBJECT}{number}"], placed).get(number)


def disclosures(session: Session, *, before: int | None = None, limit: int = 50) -> list[Disclosure]:
    """As the log shows them, the last one asked first. before: the place of a request that these precede."""
    asked = select(EntryRow.subject).where(EntryRow.kind == DisclosureRequested.kind, EntryRow.seq.is_not(None))
    if before is not None:
        asked = asked.where(EntryRow.seq < before)
    subjects = session.scalars(asked.order_by(EntryRow.seq.desc()).limit(limit)).all()
    return list(reversed(_folded(session, subjects, placed=True).values()))


def open_disclosures(session: Session) -> list[Disclosure]:
    """Those that are not answered, placed or not, in the order in which they were made."""
    answered = select(EntryRow.subject).where(EntryRow.kind == DisclosureAnswered.kind)
    asked = select(EntryRow.subject).where(EntryRow.kind == DisclosureRequested.kind, EntryRow.subject.not_in(answered))
    return list(_folded(session, session.scalars(asked).all(), placed=False).values())


def numbers_of(session: Session, year: int) -> int:
    """How many requests have a number of this year, placed or not."""
    asked = select(EntryRow.id).where(
        EntryRow.kind == DisclosureRequested.kind, EntryRow.subject.startswith(f"{SUBJECT}YK-{year}-")
    )
    return len(session.scalars(asked).all())


def _folded(session: Session, subjects: Iterable[str], placed: bool) -> dict[str, Disclosure]:
    statement = select(EntryRow).where(EntryRow.subject.in_(list(subjects))).order_by(EntryRow.id)
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
    return fold(step_of(row) for row in session.scalars(statement))
