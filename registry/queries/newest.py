"""How the newest row of each thing is found, and the lists that belong to it."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from audit.queries import placed as with_place
from audit.tables import PublicRow
from registry.tables import AgencyFieldRow, CapacityRow


def newest(table: type[PublicRow], identity: Any, placed: bool, *where: Any) -> Select[Any]:
    """Row ids of the newest entry for each thing. Entries of one thing get places in the order of their row ids."""
    statement: Select[Any] = select(func.max(table.entry_id)).where(*where).group_by(identity)
    return with_place(statement, table) if placed else statement


def lists(
    session: Session, table: type[CapacityRow] | type[AgencyFieldRow], column: Any, entry_ids: list[int] | None
) -> dict[int, tuple[str, ...]]:
    """The list that each entry gave, in its order; of all entries where none are named."""
    statement = select(table.entry_id, column).order_by(table.entry_id, table.position)
    if entry_ids is not None:
        statement = statement.where(table.entry_id.in_(entry_ids))
    lists: dict[int, list[str]] = {}
    for entry_id, value in session.execute(statement):
        lists.setdefault(entry_id, []).append(value)
    return {entry_id: tuple(values) for entry_id, values in lists.items()}
