"""The log from one place on, for those who keep a copy of a part of it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from audit.entry import Entry, parse
from audit.sequencer import entry_bytes
from audit.tables import EntryRow
from trading.events import Trade
from trading.tables import ProjectRow

SPAN = 20_000
"""Places that are looked through at once, so that a narrow filter is no work for long."""
_PROJECT = "project:"


@dataclass(frozen=True)
class Filter:
    """What is wanted; None: all."""

    kind: str | None = None
    """A kind; the beginning of some where it ends in a full stop."""
    project: str | None = None
    trade: Trade | None = None
    region: str | None = None
    """Six digits, or the first of them."""
    tenderer: str | None = None
    """An organisation's id."""


def changes(session: Session, size: int, wanted: Filter, after: int, limit: int) -> tuple[list[Entry], int]:
    """Entries of the tree of `size` entries that follow the place `after`, in order, and up to where was looked."""
    after = min(after, size - 1)
    end = min(after + SPAN, size - 1)
    statement = _filtered(select(EntryRow), wanted).where(EntryRow.seq > after, EntryRow.seq <= end)
    found = [parse(entry_bytes(row)) for row in session.scalars(statement.order_by(EntryRow.seq).limit(limit))]
    return found, found[-1].seq if len(found) == limit else end


def _filtered(statement: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.kind is not None and wanted.kind.endswith("."):
        statement = statement.where(EntryRow.kind.startswith(wanted.kind, autoescape=True))
    elif wanted.kind is not None:
        statement = statement.where(EntryRow.kind == wanted.kind)
    if wanted.project is not None:
        statement = statement.where(EntryRow.subject == _PROJECT + wanted.project)
    if (wanted.trade, wanted.region, wanted.tenderer) == (None, None, None):
        return statement
    code = func.substr(EntryRow.subject, len(_PROJECT) + 1)
    statement = statement.join(ProjectRow, ProjectRow.code == code).where(EntryRow.subject.startswith(_PROJECT))
    if wanted.trade is not None:
        statement = statement.where(ProjectRow.trade == wanted.trade)
    if wanted.region is not None:
        statement = statement.where(ProjectRow.region.startswith(wanted.region))
    if wanted.tenderer is not None:
        statement = statement.where(ProjectRow.tenderer == wanted.tenderer)
    return statement
