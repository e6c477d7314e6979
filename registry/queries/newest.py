"""How the newest row of each thing is found, and the lists that belong to it."""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from audit.queries import placed as with_place
from audit.tables import PublicRow
from registry.tables import AgencyFieldRow, CapacityRow


def newest(table: type[PublicRow], identity: Any, placed: bool, *where: Any) -> Select[Any]:
    """Row ids of the newest entry for each thing. Entries of one thing get places in the order of their row ids."""
    statement: Select[Any] = select(func.max(table.entry_id)).where(*where).group_by(identity)
    return with_place(statement, table) if placed else statement


@cache
def rows_of(table: type[PublicRow], identity: Any, placed: bool, *which: Any) -> Select[Any]:
    """The newest row of each thing, by what tells it apart; no objects, each of which costs as much again.

    Built once: nearly every command asks this of somebody. which: conditions that are kept, with parameters in them.
    """
    ids = newest(table, identity, placed, *which)
    return select(*table.__table__.columns).where(table.entry_id.in_(ids)).order_by(identity)


@cache
def _listed(table: type[CapacityRow] | type[AgencyFieldRow], column: Any, named: bool) -> Select[Any]:
    statement = select(table.entry_id, column).order_by(table.entry_id, table.position)
    return statement.where(table.entry_id.in_(bindparam("ids", expanding=True))) if named else statement


def lists(
    session: Session, table: type[CapacityRow] | type[AgencyFieldRow], column: Any, entry_ids: list[int] | None
) -> dict[int, tuple[str, ...]]:
    """The list that each entry gave, in its order; of all entries where none are named."""
    asked = {} if entry_ids is None else {"ids": entry_ids}
    lists: dict[int, list[str]] = {}
    for entry_id, value in session.execute(_listed(table, column, entry_ids is not None), asked):
        lists.setdefault(entry_id, []).append(value)
    return {entry_id: tuple(values) for entry_id, values in lists.items()}
