"""What the log says of a project, in order: the one source of its state."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from audit.queries import step_of
from audit.step import Step
from audit.tables import EntryRow


def history(session: Session, project: str, placed: bool = False) -> list[Step[Any]]:
    """Every entry about a project (subject `project:CODE`), oldest first; `placed`: only what the log shows."""
    rows: Select[Any] = select(*EntryRow.__table__.columns)  # no objects, each of which costs as much again
    statement = rows.where(EntryRow.subject == f"project:{project}").order_by(EntryRow.id)
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
    found: Iterable[Any] = session.execute(statement)
    return [step_of(row) for row in found]
