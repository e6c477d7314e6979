"""What closes soon: lots that one can still take part in, the nearest deadline first."""

from dataclasses import dataclass
from typing import cast

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from audit.tables import EntryRow
from trading.events import AwardDecided, BidClosed, BiddingClosed, LotFailed, LotTerminated, Trade
from trading.search_tables import ClosingRow
from trading.tables import NoticeWithdrawalRow, ProjectLotRow, ProjectRow

ENDINGS = tuple(event.kind for event in (LotFailed, LotTerminated, BidClosed, BiddingClosed, AwardDecided))
"""What ends the time to come in, also before the deadline that was announced."""
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
        if len(found) < limit and _is_open(session, row, size):
            found.append(Closing(row.project, title, cast(Trade, trade), row.lot, row.notice, row.closes_at))
    return found


def _is_open(session: Session, row: ClosingRow, size: int) -> bool:
    """Whether that round of a lot is still one that somebody may come into. Its lots are not folded for this."""
    ending = select(EntryRow.body).where(
        EntryRow.subject == f"project:{row.project}", EntryRow.kind.in_(ENDINGS), EntryRow.seq < size
    )
    bodies = [orjson.loads(body) for body in session.scalars(ending)]
    ended = {body["lot"] for body in bodies if body["round"] == row.round}
    if row.lot:
        return row.lot not in ended
    lots = (
        select(ProjectLotRow.lot)
        .join(ProjectRow, ProjectRow.entry_id == ProjectLotRow.entry_id)
        .where(ProjectRow.code == row.project)
    )
    return not ended.issuperset(session.scalars(lots))
