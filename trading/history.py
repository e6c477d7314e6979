"""What the log says of a project, in order: the one source of its state."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from audit.queries import step_of
from audit.step import Step
from audit.tables import EntryRow


@cache
def _steps(placed: bool) -> Select[Any]:
    rows: Select[Any] = select(*EntryRow.__table__.columns)  # no objects, each of which costs as much again
    statement = rows.where(EntryRow.subject == bindparam("subject")).order_by(EntryRow.id)
    return statement.where(EntryRow.seq.is_not(None)) if placed else statement


def history(session: Session, project: str, placed: bool = False) -> list[Step[Any]]:
    """Every entry about a project (subject `project:CODE`), oldest first; `placed`: only what the log shows."""
    found: Iterable[Any] = session.execute(_steps(placed), {"subject": f"project:{project}"})
    return [step_of(row) for row in found]
