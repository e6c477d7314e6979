"""What a tenderer, an agent or a bidder did here: only what the log shows."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from audit.queries import Place
from audit.tables import EntryRow
from trading.search_tables import AwardRow, OpenedBidRow
from trading.tables import ProjectRow

SHOWN = 100
"""Wins or bids that a page lists, the newest; all are counted."""


@dataclass(frozen=True)
class Line:
    """A win, or a bid that was read out."""

    project: str
    title: str
    lot: str
    round: int
    bidder: str
    bidder_code: str
    price_fen: int | None
    place: Place


@dataclass(frozen=True)
class Wins:
    count: int
    fen: int
    newest: list[Line]


def won_by(session: Session, code: str) -> Wins:
    return _wins(session, AwardRow.bidder_code == code)


def won_from(session: Session, tenderer: str) -> Wins:
    """In the projects of a tenderer."""
    return _wins(session, ProjectRow.tenderer == tenderer)


def bids_of(session: Session, code: str) -> list[Line]:
    """Bids that were read out, the newest first."""
    return _lines(session, _of(OpenedBidRow).where(OpenedBidRow.bidder_code == code))


def _wins(session: Session, condition: Any) -> Wins:
    counted = (
        select(func.count(), func.coalesce(func.sum(AwardRow.price_fen), 0))
        .join(EntryRow, EntryRow.id == AwardRow.entry_id)
        .join(ProjectRow, ProjectRow.code == AwardRow.project)
        .where(EntryRow.seq.is_not(None), condition)
    )
    count, fen = session.execute(counted).one()
    return Wins(count, int(fen), _lines(session, _of(AwardRow).where(condition)))


def _of(table: type[AwardRow] | type[OpenedBidRow]) -> Select[Any]:
    statement: Any = (
        select(table, ProjectRow.title, EntryRow.seq, EntryRow.logged)
        .join(EntryRow, EntryRow.id == table.entry_id)
        .join(ProjectRow, ProjectRow.code == table.project)
        .where(EntryRow.seq.is_not(None))
        .order_by(EntryRow.seq.desc())
        .limit(SHOWN)
    )
    return cast(Select[Any], statement)


def _lines(session: Session, statement: Select[Any]) -> list[Line]:
    return [
        Line(row.project, title, row.lot, row.round, row.bidder, row.bidder_code, row.price_fen, Place(seq, logged))
        for row, title, seq, logged in session.execute(statement)
    ]
