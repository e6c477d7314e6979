"""Writes `trading.disclosure_overdue` once for each request that was not answered in its time: the clock does.

The trading conductor calls it every second. Which requests are open is kept in memory, and follows the log by its
places; whatever is due is looked at again under the request's own lock, so two processes may do this at once.
"""

import logging
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from audit.tables import EntryRow
from trading.disclosure.model import KINDS, Disclosure
from trading.disclosure.queries import SUBJECT, disclosure
from trading.events import DisclosureOverdue

talk = logging.getLogger(__name__)


@dataclass
class _Watch:
    """What one process knows of one log."""

    seen: int = -1
    """The place of the last entry read."""
    due: dict[str, int] = field(default_factory=dict)
    """Open requests: number to the first second that is too late."""


_watches: WeakKeyDictionary[Log, _Watch] = WeakKeyDictionary()


def write_overdue(log: Log) -> int:
    """Write what ran out since the last call; return how many entries."""
    watch = _watches.setdefault(log, _Watch())
    with log.reading() as session:
        _follow(session, watch)
    now, done = log.clock() // 1000, 0
    for number in [number for number, due in watch.due.items() if due <= now]:
        try:
            done += _write(log, number)
        except Refusal as refusal:  # such as a disk that is full: the next second tries again
            talk.info("%s: %s %s", number, refusal.code, refusal.message("en"))
    return done


def _follow(session: Session, watch: _Watch) -> None:
    new = session.scalars(
        select(EntryRow).where(EntryRow.kind.in_(KINDS), EntryRow.seq > watch.seen).order_by(EntryRow.seq)
    ).all()
    for number in {row.subject.removeprefix(SUBJECT) for row in new}:
        found = disclosure(session, number, placed=True)
        if found is None or not _is_open(found):
            watch.due.pop(number, None)
        else:
            watch.due[number] = found.due_at
    watch.seen = max([watch.seen, *(row.seq for row in new if row.seq is not None)])


def _write(log: Log, number: str) -> int:
    with log.act(SYSTEM) as act:
        act.lock(f"{SUBJECT}{number}")
        found = disclosure(act.session, number)
        if found is None or not _is_open(found) or act.at // 1000 < found.due_at:
            return 0
        act.record(DisclosureOverdue(number=number, due_on=found.due_on), f"{SUBJECT}{number}")
        return 1


def _is_open(found: Disclosure) -> bool:
    return found.answered is None and found.overdue is None
