"""Runs a command for whoever asks, once, and waits until the log shows it: the API and the forms both come here.

    outcome = perform(log, user, "registrar", intent, lambda act: commands.record_agency(act, …))

An Idempotency-Key is kept in the command's own transaction with the account, the digest of the request and the entry,
for seven days: the same request gets the first answer again, another one under the same key is refused.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert, select

from api.accounts import User
from api.errors import BadIdempotencyKey, ChooseRole, IdempotencyKeyUsed, RoleNotYours
from audit.act import Act
from audit.errors import Refusal
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
    """Carry the command out and wait for a signed checkpoint that holds its entry. Raises what `carry_out` does."""
    entry = carry_out(log, user, role, intent, command)
    return Outcome(entry, log.wait(entry, PATIENCE))


def carry_out(log: Log, user: User, role: str, intent: Intent, command: Callable[[Act], object]) -> int:
    """Run the command as `role:account` in one transaction; the id of its (last) entry.

    command: records at least one entry. Raises whatever it refuses, BadIdempotencyKey, IdempotencyKeyUsed.
    """
    if intent.key is None:
        with log.act(f"{role}:{user.account}") as act:
            command(act)
            return act.recorded[-1]
    if not _KEY.fullmatch(intent.key):
        raise BadIdempotencyKey
    wish = _Wish(user.account, intent.key, intent.digest)
    try:
        with log.act(f"{role}:{user.account}") as act:
            # Two equal requests at once queue for this lock, and the second finds the answer of the first.
            act.once = (f"idempotency:{user.account}:{intent.key}", wish.stop_if_answered)
            try:
                command(act)
            except Refusal:
                if not act.is_locked:  # what was done already may be refused before the command has asked
                    wish.stop_if_answered(act)
                raise
            entry = act.recorded[-1]
            answer = {"request_digest": intent.digest, "entry_id": entry, "at": act.at}
            act.connection.execute(_KEEP, {"account": user.account, "key": intent.key} | answer)
            return entry
    except _Answered as answered:
        return answered.entry


class _Answered(Exception):  # noqa: N818 - no slip: it leaves the command that need not run again
    def __init__(self, entry: int) -> None:
        self.entry = entry


@dataclass(frozen=True)
class _Wish:
    account: str
    key: str
    digest: str

    def stop_if_answered(self, act: Act) -> None:
        """Raises _Answered where this was done before, IdempotencyKeyUsed where something else was."""
        known = {"account": self.account, "key": self.key}
        row = act.connection.execute(_KNOWN, known).one_or_none()
        if row is None:
            return
        request_digest, entry, at = row
        if at <= act.clock() - KEPT:
            act.connection.execute(_FORGET, known)
            return
        if request_digest != self.digest:
            raise IdempotencyKeyUsed
        raise _Answered(entry)


def tell(act: Act, entry: int) -> int:
    """Let this be the entry whose place the caller is told, where the program records what follows from it besides."""
    act.recorded.remove(entry)
    act.recorded.append(entry)
    return entry


def forget_old_keys(log: Log) -> None:
    """Drop the keys that are no longer known; called every now and then."""
    with log.database.writing() as session:
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.at <= log.clock() - KEPT))
