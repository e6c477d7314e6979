"""What an export is asked for, and how moments and lists are written in its cells."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVarTuple

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from audit.tables import EntryRow, PublicRow
from registry import queries
from registry.model import Agency
from registry.tables import AgencyRow
from registry.working_days import BEIJING_OFFSET

Ts = TypeVarTuple("Ts")

Cell = str | int | Decimal | None
Line = tuple[Cell, ...]

AT_ONCE = 500
"""Agencies, or rows, that are held in memory together."""


@dataclass(frozen=True)
class Scope:
    """Whose rows, as they are at a moment. Only what the log shows."""

    session: Session
    at: int
    """Unix seconds."""
    code: str | None = None
    """One agency's; None: everyone's."""

    def pages(self) -> Iterator[list[Agency]]:
        """The agencies on record by code, some at once."""
        if self.code is not None:
            one = queries.agency(self.session, self.code, placed=True)
            yield [] if one is None else [one]
            return
        page = queries.find_agencies(self.session, limit=AT_ONCE)
        while page:
            yield page
            page = queries.find_agencies(self.session, after=page[-1].code, limit=AT_ONCE)

    def rows(self, table: type[PublicRow], code: InstrumentedAttribute[str], *more: Any) -> Iterator[Any]:
        """Rows of one table by agency and entry, each with the entry's `at` and `seq` and whatever `more` asks for."""
        statement: Select[Any] = select(table, EntryRow.at, EntryRow.seq, *more)
        statement = statement.join(EntryRow, EntryRow.id == table.entry_id).where(EntryRow.seq.is_not(None))
        if self.code is not None:
            statement = statement.where(code == self.code)
        yield from self.session.execute(statement.order_by(code, table.entry_id).execution_options(yield_per=AT_ONCE))

    @staticmethod
    def placed(statement: Select[*Ts], table: type[PublicRow]) -> Select[*Ts]:
        """Only the rows that have a place; by a condition, so that the statement may join the entries for itself."""
        places = exists().where(EntryRow.id == table.entry_id, EntryRow.seq.is_not(None)).correlate(table)
        return statement.where(places)

    def names(self) -> dict[str, str]:
        """How the agencies are called now, by code."""
        rows = select(func.max(AgencyRow.entry_id)).join(EntryRow, EntryRow.id == AgencyRow.entry_id)
        newest = rows.where(EntryRow.seq.is_not(None)).group_by(AgencyRow.code)
        statement = select(AgencyRow.code, AgencyRow.name).where(AgencyRow.entry_id.in_(newest))
        return {row.code: row.name for row in self.session.execute(statement)}


def moment(seconds: int | None) -> str | None:
    """Beijing time, to the second; what no calendar reaches stays a number."""
    if seconds is None:
        return None
    try:
        local = datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds + BEIJING_OFFSET)
    except OverflowError:
        return str(seconds)
    return local.strftime("%Y-%m-%d %H:%M:%S")


def last_day(until: int | None) -> str | None:
    """The last day of what ends with the second before `until`."""
    shown = moment(None if until is None else until - 1)
    return None if shown is None else shown.partition(" ")[0]


def listed(parts: Iterable[str]) -> str:
    return "、".join(parts)
