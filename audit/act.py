"""What every command is given first: who acts, when, in which transaction."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit import database, entry, projection, trips
from audit.blobs import Blobs
from audit.entry import File
from audit.events import Event
from audit.projection import Recorded
from audit.tables import EntryRow, PrivateValueRow

SALT_BYTES = 32

_INSERT = insert(EntryRow)
"""As a plain statement: a unit of work costs as much again as all else that is done to record an entry."""
_KEEP = text(
    "INSERT INTO idempotency_keys (account, key, request_digest, entry_id, at) "
    "VALUES (:account, :key, :digest, :entry_id, :at) ON CONFLICT DO NOTHING"
)
# Where the database is another process that has to be asked and waited for: nothing waits for these. They go out with
# whatever comes next, which mostly is the COMMIT, and a key that is taken makes the whole transaction fail.
_NUMBERED = trips.Statement.of(
    text(
        "INSERT INTO entries (id, at, kind, subject, actor, body, private, files) "
        "VALUES (:id, :at, :kind, :subject, :actor, :body, :private, :files)"
    )
)
_KEY = trips.Statement.of(
    text(
        "INSERT INTO idempotency_keys (account, key, request_digest, entry_id, at) "
        "VALUES (:account, :key, :digest, :id, :at)"
    )
)
_KEY_TAKEN = "pk_idempotency_keys"
"""The constraint by which PostgreSQL says so."""


class Once(NamedTuple):
    """What is done at most once: a wish of a client, which it may send again."""

    account: str
    key: str
    digest: str
    """Of the request: another one under the same key is another wish."""


class DoneBefore(Exception):  # noqa: N818 - no slip: it leaves the command that need not run again
    """The key of what was to be done `once` is taken: nothing of this transaction may stay."""


def is_taken(fault: IntegrityError) -> bool:
    """Whether it was the key of what was to be done once that made a transaction fail."""
    told = getattr(fault.orig, "diag", None)
    return told is not None and told.constraint_name == _KEY_TAKEN


@dataclass
class Act:
    """One command's transaction. The order inside is always: lock, read, ask the rules, record."""

    session: Session
    clock: Callable[[], int]
    """Unix milliseconds; read once, when the locks are held, so that no act is older than one it waited for."""
    actor: str
    """`role:account`, or `system`."""
    blobs: Blobs
    recorded: list[int] = field(default_factory=list)
    """Row ids of the entries written so far."""
    once: Once | None = None
    """Kept with the first entry, and then this is all that was ever done of it."""
    _locked: set[str] = field(default_factory=set)
    _at: int | None = None
    _number: int | None = None
    """The row id that the next entry will have, where that is known."""

    @cached_property
    def connection(self) -> Connection:
        """The transaction's own, for plain statements; to have the session find it costs as much as a short one."""
        return self.session.connection()

    @property
    def at(self) -> int:
        """When the act was accepted, Unix milliseconds."""
        assert self._at is not None, "lock first"
        return self._at

    def lock(self, *own: str, shared: Iterable[str] = ()) -> None:
        """Hold these subjects until the transaction ends; call once, before the first read."""
        assert self._at is None, "a second lock could wait for someone who waits for us"
        self._number = database.lock_and_number(self.connection, own, shared)
        self._locked, self._at = set(own), self.clock()

    def covers(self, *subjects: str) -> None:
        """Say that what is locked keeps everybody else from these subjects too, so they need no lock of their own.

        For commands that change a whole register: thousands of single locks would not fit into PostgreSQL's table.
        """
        assert self._locked, "lock first"
        self._locked.update(subjects)

    def record(
        self,
        event: Event,
        subject: str,
        *,
        private: Mapping[str, bytes] | None = None,
        files: Sequence[File] = (),
        actor: str | None = None,
    ) -> int:
        """Hand over one entry and apply it to the tables; return its row id.

        private: name to the bytes that only a commitment is published of. files: public blobs, already stored.
        Raises a Refusal where the entry is too large or holds what no entry may, DoneBefore.
        """
        lock = subject.split("/")[0] if subject.startswith("draw:") else subject
        assert lock in self._locked, f"{subject} is not held: its place in the order would mean nothing"
        salts = {name: secrets.token_bytes(SALT_BYTES) for name in private or {}}
        commitments = {name: entry.commitment(salts[name], value) for name, value in (private or {}).items()}
        body, actor = event.body(), actor or self.actor
        draft = entry.check_draft(event.kind, subject, actor, body, commitments, files)
        entry_id = self._insert(
            {
                "at": self.at,
                "kind": draft.kind,
                "subject": draft.subject,
                "actor": draft.actor,
                "body": draft.body,
                "private": draft.private,
                "files": draft.files,
            }
        )
        for name, value in (private or {}).items():
            self.session.add(PrivateValueRow(entry_id=entry_id, name=name, salt=salts[name], value=value))
        recorded = Recorded(entry_id, event.kind, subject, actor, self.at, commitments, files)
        projection.apply(self.session, recorded, body)
        self.recorded.append(entry_id)
        return entry_id

    def _insert(self, values: dict[str, Any]) -> int:
        """The new row's id. Raises DoneBefore."""
        once = None if self.recorded else self.once
        entry_id, self._number = self._number, None
        if entry_id is not None:
            trips.owe(self.connection, _NUMBERED, values | {"id": entry_id})
            if once is not None:
                trips.owe(self.connection, _KEY, once._asdict() | {"id": entry_id, "at": self.at})
            return entry_id
        inserted = self.connection.execute(_INSERT, values).inserted_primary_key
        assert inserted is not None
        entry_id = int(inserted[0])
        if once is not None:
            kept = self.connection.execute(_KEEP, once._asdict() | {"entry_id": entry_id, "at": self.at})
            if kept.rowcount != 1:
                raise DoneBefore
        return entry_id
