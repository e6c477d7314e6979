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


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about, as far as filters ask."""

    kind: str
    subject: str
    trade: str | None
    region: str | None
    tenderer: str | None


def abouts(session: Session, size: int, after: int) -> list[About]:
    """Of the entries of the tree of `size` that follow the place `after`."""
    code = func.substr(EntryRow.subject, len(_PROJECT) + 1)
    is_project = EntryRow.subject.startswith(_PROJECT) & (ProjectRow.code == code)
    rows = select(EntryRow.kind, EntryRow.subject, ProjectRow.trade, ProjectRow.region, ProjectRow.tenderer)
    found = rows.outerjoin(ProjectRow, is_project).where(EntryRow.seq > after, EntryRow.seq < size)
    return [About(*row) for row in session.execute(found)]


def concerns(wanted: Filter, one: About) -> bool:
    """Whether `changes` would give this entry."""
    if wanted.kind is not None and (
        not one.kind.startswith(wanted.kind) if wanted.kind.endswith(".") else one.kind != wanted.kind
    ):
        return False
    if wanted.project is not None and one.subject != _PROJECT + wanted.project:
        return False
    if wanted.trade not in (None, one.trade) or wanted.tenderer not in (None, one.tenderer):
        return False
    return wanted.region is None or (one.region is not None and one.region.startswith(wanted.region))


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
