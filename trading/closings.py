"""What closes soon: lots that one can still take part in, the nearest deadline first."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from audit.tables import EntryRow
from trading.events import Trade
from trading.history import history
from trading.lots import lot_states
from trading.search_tables import ClosingRow
from trading.tables import NoticeWithdrawalRow, ProjectRow

TAKING_PART = frozenset({"registered", "announced", "receiving"})
"""Stages of a lot in which somebody may still come in."""
LOOKED_AT = 5
"""For each one wanted so many deadlines are looked at: some lots failed, or were given up, before theirs."""


@dataclass(frozen=True)
class Closing:
    """A deadline that is ahead."""

    project: str
    title: str
    trade: Trade
    lot: str
    """Empty: all lots."""
    notice: str | None
    """The notice that says so; None where the deadline moved since."""
    closes_at: int


def closing_soon(session: Session, now: int, size: int, limit: int = 8) -> list[Closing]:
    """now: Unix seconds. size: entries of the published log."""
    later, later_entry = aliased(ClosingRow), aliased(EntryRow)
    moved = (
        select(later.entry_id)
        .join(later_entry, later_entry.id == later.entry_id)
        .where(
            later.project == ClosingRow.project,
            later.round == ClosingRow.round,
            or_(later.lot == ClosingRow.lot, later.lot == "", ClosingRow.lot == ""),
            later.entry_id > ClosingRow.entry_id,
            later_entry.seq < size,
        )
    )
    withdrawn = (
        select(NoticeWithdrawalRow.entry_id)
        .join(EntryRow, EntryRow.id == NoticeWithdrawalRow.entry_id)
        .where(NoticeWithdrawalRow.notice == ClosingRow.notice, EntryRow.seq < size)
        .correlate(ClosingRow)
    )
    statement = (
        select(ClosingRow, ProjectRow.title, ProjectRow.trade)
        .join(EntryRow, EntryRow.id == ClosingRow.entry_id)
        .join(ProjectRow, ProjectRow.code == ClosingRow.project)
        .where(ClosingRow.closes_at > now, EntryRow.seq < size, ~moved.exists(), ~withdrawn.exists())
        .order_by(ClosingRow.closes_at, ClosingRow.entry_id)
        .limit(LOOKED_AT * limit)
    )
    found: list[Closing] = []
    for row, title, trade in session.execute(statement):
        if len(found) < limit and _is_open(session, row):
            found.append(Closing(row.project, title, cast(Trade, trade), row.lot, row.notice, row.closes_at))
    return found


def _is_open(session: Session, row: ClosingRow) -> bool:
    """Whether that round of a lot is still one that somebody may come into."""
    states = lot_states(history(session, row.project, placed=True))
    return any(
        state.round == row.round and state.stage in TAKING_PART for lot, state in states.items() if row.lot in ("", lot)
    )
