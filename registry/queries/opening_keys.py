"""The keys to which an organisation's shares of bids' keys are encrypted, with what became of each."""

from collections import defaultdict
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.tables import EntryRow
from registry.model.opening_keys import Ended, KeyEnd, OpeningKey
from registry.tables.opening_keys import OpeningKeyEndRow, OpeningKeyRow


def opening_key(session: Session, recipient: str, placed: bool = False) -> OpeningKey | None:
    """Whose key it is or was; None for one that was never recorded. placed: as far as the log shows it."""
    return next(iter(_keys(session, placed, OpeningKeyRow.recipient == recipient)), None)


def opening_keys(session: Session, organisation: str, placed: bool = False) -> list[OpeningKey]:
    """Every key that an organisation recorded, oldest first."""
    return _keys(session, placed, OpeningKeyRow.organisation == organisation)


def opening_keys_in_force(session: Session, organisation: str) -> list[OpeningKey]:
    """The newest first."""
    return [one for one in reversed(opening_keys(session, organisation)) if one.is_in_force]


def key_holders(session: Session) -> set[str]:
    """Organisations that have such a key in force."""
    ended = select(OpeningKeyEndRow.recipient)
    return set(session.scalars(select(OpeningKeyRow.organisation).where(OpeningKeyRow.recipient.not_in(ended))))


def _keys(session: Session, placed: bool, where: Any) -> list[OpeningKey]:
    key, end, entry = OpeningKeyRow, OpeningKeyEndRow, EntryRow
    made = select(key.recipient, key.organisation, key.entry_id, entry.seq, entry.logged)
    rows = session.execute(made.join(entry, entry.id == key.entry_id).where(where).order_by(key.entry_id))
    found = [OpeningKey(*row) for row in rows]
    over = select(end.recipient, end.ended, end.reason, end.entry_id, entry.seq, entry.logged)
    over = over.join(entry, entry.id == end.entry_id).where(end.recipient.in_([one.recipient for one in found]))
    ends: dict[str, list[Ended]] = defaultdict(list)
    for recipient, how, reason, entry_id, seq, logged in session.execute(over.order_by(end.entry_id)):
        ends[recipient].append(Ended(cast(KeyEnd, how), reason, entry_id, seq, logged))
    whole = [replace(one, ends=tuple(ends[one.recipient])) for one in found]
    if not placed:
        return whole
    return [
        replace(one, ends=tuple(end for end in one.ends if end.seq is not None)) for one in whole if one.seq is not None
    ]
