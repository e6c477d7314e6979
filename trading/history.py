"""What the log says of a project, in order: the one source of its state."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.queries import step_of
from audit.step import Step
from audit.tables import EntryRow


def history(session: Session, project: str, placed: bool = False) -> list[Step[Any]]:
    """Every entry about a project (subject `project:CODE`), oldest first; `placed`: only what the log shows."""
    statement = select(EntryRow).where(EntryRow.subject == f"project:{project}").order_by(EntryRow.id)
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
    return [step_of(row) for row in session.scalars(statement)]
