"""An application to take part in a sale is answered in two working days (本中心规则): admitted, or refused with a
ground.

Where it was not, the program says so publicly, once for each lot and last day, and without saying whose it is.
"""

import logging
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from audit.tables import EntryRow
from registry.working_days import CalendarUnknown, add_working_days, day_of, end_of
from trading.bidding import queries
from trading.bids.tables import SealedActRow
from trading.events import ApplicationsUnanswered
from trading.lots import LotState, check_move, takes_offers

TERM: Final = 2
"""Working days after the one on which it came."""
LOOK_BACK: Final = 50_000
"""Entries from before this process began among which applications are looked for."""

talk = logging.getLogger(__name__)

Lot = tuple[str, str, int]


@dataclass
class _Watch:
    seen: int | None = None
    """Row id of the last application that was looked at."""
    due: dict[str, tuple[int, Lot]] = field(default_factory=dict)
    """Application to the first second that is too late, and its lot."""


_watches: WeakKeyDictionary[Log, _Watch] = WeakKeyDictionary()


def due_on(at: int) -> date:
    """The last day on which an application is answered in time. at: Unix seconds. Raises CalendarUnknown."""
    return add_working_days(day_of(at), TERM)


def write_unanswered(log: Log) -> int:
    """Write of which lots an application was not answered in its time; return how many entries."""
    watch, done, now = _watches.setdefault(log, _Watch()), 0, log.clock() // 1000
    with log.reading() as session:
        _follow(session, watch)
    for receipt, (due, lot) in list(watch.due.items()):
        if due > now:
            continue
        try:
            done += _write(log, *lot, receipt)
            del watch.due[receipt]
        except Refusal as refusal:  # such as a disk that is full, or a lot that is suspended: tried again
            talk.info("%s/%s: %s %s", *lot[:2], refusal.code, refusal.message("en"))
    return done


def _follow(session: Session, watch: _Watch) -> None:
    if watch.seen is None:
        watch.seen = max(0, (session.scalar(select(func.max(EntryRow.id))) or 0) - LOOK_BACK)
    rows = session.execute(
        select(SealedActRow, EntryRow.at)
        .join(EntryRow, EntryRow.id == SealedActRow.entry_id)
        .where(SealedActRow.entry_id > watch.seen, SealedActRow.act == "applied")
        .order_by(SealedActRow.entry_id)
    )
    for row, at in rows:
        watch.seen = row.entry_id
        try:
            watch.due[row.receipt] = (end_of(due_on(at // 1000)), (row.project, row.lot, row.round))
        except CalendarUnknown:  # nobody can say yet when it is due
            continue


def _write(log: Log, project: str, number: str, round_number: int, receipt: str) -> int:
    """Write it if it is still so: it may have been answered meanwhile, or said by another process."""
    with log.act(SYSTEM) as act:
        act.lock(f"project:{project}", f"bids:{project}/{number}")
        state = queries.lot(act.session, project, number)
        if state is None or state.round != round_number or not _awaits(act.session, project, state, receipt, act.at):
            return 0
        at = act.session.scalar(
            select(EntryRow.at)
            .join(SealedActRow, SealedActRow.entry_id == EntryRow.id)
            .where(SealedActRow.receipt == receipt)
        )
        assert at is not None
        day = due_on(at // 1000).isoformat()
        if any(one.event.due_on == day for one in state.all(ApplicationsUnanswered)):
            return 0
        event = ApplicationsUnanswered(project=project, lot=number, round=round_number, due_on=day)
        check_move(state, event, act.at // 1000)
        act.record(event, f"project:{project}")
        return 1


def _awaits(session: Session, project: str, state: LotState, receipt: str, at: int) -> bool:
    if state.stage not in ("announced", "receiving") or not takes_offers(state, at // 1000):
        return False
    answered = {one.application for one in queries.paddles(session, project, state.lot, state.round)}
    if receipt in answered or receipt in queries.refusals(session, project, state.lot, state.round):
        return False
    applied = queries.applications(session, project, state.lot, state.round)
    mine = next(one for one in applied if one.receipt == receipt)
    later = [one for one in applied if one.organisation == mine.organisation and one.entry_id > mine.entry_id]
    return not later  # who applied anew waits for the answer to that
