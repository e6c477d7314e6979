"""Runs a command for whoever asks, once, and waits until the log shows it: the API and the forms both come here.

    outcome = perform(log, user, "registrar", intent, lambda act: commands.record_agency(act, …))

An Idempotency-Key is kept in the command's own transaction with the account, the digest of the request and the entry,
for seven days: the same request gets the first answer again, another one under the same key is refused.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, insert, select

from api.accounts import User
from api.errors import BadIdempotencyKey, ChooseRole, IdempotencyKeyUsed, RoleNotYours
from audit import database
from audit.act import Act
from audit.log import Log
from audit.tables import IdempotencyRow

KEPT = 7 * 24 * 3600 * 1000
"""Milliseconds for which a key is known."""
PATIENCE = 10.0
"""Seconds after which the caller is told where the place will stand."""

# Written once, without a unit of work: these run in every command.
_KEEP = insert(IdempotencyRow)
_KNOWN = select(IdempotencyRow.request_digest, IdempotencyRow.entry_id, IdempotencyRow.at).where(
    IdempotencyRow.account == bindparam("account"), IdempotencyRow.key == bindparam("key")
)
_FORGET = delete(IdempotencyRow).where(
    IdempotencyRow.account == bindparam("account"), IdempotencyRow.key == bindparam("key")
)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Intent:
    """One wish of a client, which it may repeat without its happening twice."""

    key: str | None
    """The Idempotency-Key."""
    digest: str
    """SHA-256 of method, path and body, hex."""


@dataclass(frozen=True)
class Outcome:
    """What was done. `entry` is the id of the (last) entry; `seq` its place, None while it has none."""

    entry: int
    seq: int | None


def acting_role(user: User, allowed: Collection[str], wanted: str | None = None) -> str:
    """The role in which the user does this. Raises RoleNotYours, ChooseRole."""
    held = [role for role in allowed if user.holds(role) and wanted in (None, role)]
    if not held:
        raise RoleNotYours(roles=", ".join(allowed))
    if len(held) > 1:
        raise ChooseRole(roles=", ".join(held))
    return held[0]


def perform(log: Log, user: User, role: str, intent: Intent, command: Callable[[Act], object]) -> Outcome:
    """Run the command as `role:account` in one transaction, then wait for a signed checkpoint that holds its entry.

    command: records at least one entry. Raises whatever it refuses, BadIdempotencyKey, IdempotencyKeyUsed.
    """
    if intent.key is not None and not _KEY.fullmatch(intent.key):
        raise BadIdempotencyKey
    with log.act(f"{role}:{user.account}") as act:
        entry = _first_answer(act.connection, user, intent, log.clock)
        if entry is None:
            command(act)
            entry = act.recorded[-1]
            if intent.key is not None:
                answer = {"request_digest": intent.digest, "entry_id": entry, "at": act.at}
                act.connection.execute(_KEEP, {"account": user.account, "key": intent.key} | answer)
    return Outcome(entry, log.wait(entry, PATIENCE))


def tell(act: Act, entry: int) -> int:
    """Let this be the entry whose place the caller is told, where the program records what follows from it besides."""
    act.recorded.remove(entry)
    act.recorded.append(entry)
    return entry


def _first_answer(connection: Connection, user: User, intent: Intent, clock: Callable[[], int]) -> int | None:
    if intent.key is None:
        return None
    # Taken before the command's own locks, always; who holds those never waits for this one. Two equal requests at
    # once queue here, and the second finds the answer of the first.
    database.lock(connection, [f"idempotency:{user.account}:{intent.key}"])
    known = {"account": user.account, "key": intent.key}
    row = connection.execute(_KNOWN, known).one_or_none()
    if row is None:
        return None
    request_digest, entry, at = row
    if at <= clock() - KEPT:
        connection.execute(_FORGET, known)
        return None
    if request_digest != intent.digest:
        raise IdempotencyKeyUsed
    return entry


def forget_old_keys(log: Log) -> None:
    """Drop the keys that are no longer known; called every now and then."""
    with log.database.writing() as session:
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.at <= log.clock() - KEPT))
