"""What the log shows of one agency or one organisation."""

from dataclasses import dataclass

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.events import KINDS, Event
from audit.tables import EntryRow


@dataclass(frozen=True)
class Change:
    """One entry about an agency or an organisation, as its page lists it."""

    seq: int
    logged: int
    """Unix milliseconds."""
    actor: str
    event: Event


def history(session: Session, code: str) -> list[Change]:
    """Everything that the log shows of an agency, oldest first."""
    return changes(session, f"agency:{code}")


def organisation_history(session: Session, organisation_id: str) -> list[Change]:
    """Everything that the log shows of an organisation and its keys, oldest first."""
    return changes(session, f"organisation:{organisation_id}")


def changes(session: Session, subject: str) -> list[Change]:
    statement = (
        select(EntryRow.seq, EntryRow.logged, EntryRow.actor, EntryRow.kind, EntryRow.body)
        .where(EntryRow.subject == subject, EntryRow.seq.is_not(None))
        .order_by(EntryRow.seq)
    )
    return [
        Change(seq, logged, actor, KINDS[kind].of(orjson.loads(body)))
        for seq, logged, actor, kind, body in session.execute(statement)
        if seq is not None and logged is not None
    ]
