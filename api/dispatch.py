"""Runs a command for whoever asks, once, and waits until the log shows it: the API and the forms both come here.

    outcome = perform(log, user, "registrar", intent, lambda act: commands.record_agency(act, …))

An Idempotency-Key is kept in the command's own transaction with the account, the digest of the request and the entry,
for seven days: the same request gets the first answer again, another one under the same key is refused.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select, update

from api.accounts import User
from api.errors import BadIdempotencyKey, ChooseRole, IdempotencyKeyUsed, RoleNotYours
from audit.act import Act, DoneBefore, Once
from audit.log import Log
from audit.tables import IdempotencyRow

KEPT = 7 * 24 * 3600 * 1000
"""Milliseconds for which a key is known."""
PATIENCE = 10.0
"""Seconds after which the caller is told where the place will stand."""

# Written once, without a unit of work.
_KNOWN = select(IdempotencyRow.request_digest, IdempotencyRow.entry_id, IdempotencyRow.at).where(
    IdempotencyRow.account == bindparam("of"), IdempotencyRow.key == bindparam("named")
)
_FORGET = delete(IdempotencyRow).where(
    IdempotencyRow.account == bindparam("of"),
    IdempotencyRow.key == bindparam("named"),
    IdempotencyRow.at <= bindparam("until"),
)
_LAST = (
    update(IdempotencyRow)
    .where(IdempotencyRow.account == bindparam("of"), IdempotencyRow.key == bindparam("named"))
    .values(entry_id=bindparam("last"))
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


Whoever = Callable[[Connection], tuple[User, str]]
"""Tells who does something, and in which role. Raises where nobody is signed in, or the role is not theirs."""


def perform(log: Log, user: User, role: str, intent: Intent, command: Callable[[Act], object]) -> Outcome:
    """Carry the command out and wait for a signed checkpoint that holds its entry. Raises what `carry_out` does."""
    entry = carry_out(log, lambda _: (user, role), intent, command)
    return Outcome(entry, log.wait(entry, PATIENCE))


def carry_out(log: Log, whoever: Whoever, intent: Intent, command: Callable[[Act], object]) -> int:
    """Run the command as `role:account` in one transaction; the id of its (last) entry.

    whoever: asked in the same transaction, and before anything else is. command: records at least one entry. Raises
    whatever these refuse, BadIdempotencyKey, IdempotencyKeyUsed.
    """
    once: Once | None = None

    def actor(connection: Connection) -> str:
        nonlocal once
        user, role = whoever(connection)
        if intent.key is not None:
            if not _KEY.fullmatch(intent.key):
                raise BadIdempotencyKey
            once = Once(user.account, intent.key, intent.digest)
        return f"{role}:{user.account}"

    while True:
        # Nobody asks first whether it was done before: the key is taken with the first entry. Who comes second waits
        # there, or fails earlier because it is done.
        try:
            with log.act(actor) as act:
                act.once = once
                command(act)
                entry = act.recorded[-1]
                if once is not None and len(act.recorded) > 1:
                    act.connection.execute(_LAST, _of(once) | {"last": entry})
                return entry
        except Exception as why:
            answer = None if once is None else _answered(log, once)
            if answer is not None:
                return answer
            if not isinstance(why, DoneBefore):
                raise


def _of(once: Once) -> dict[str, str]:
    return {"of": once.account, "named": once.key}


def _answered(log: Log, once: Once) -> int | None:
    """The entry that this was answered with, None where it was not. Raises IdempotencyKeyUsed."""
    with log.database.asking() as connection:
        row = connection.execute(_KNOWN, _of(once)).one_or_none()
    if row is None:
        return None
    request_digest, entry, at = row
    until = log.clock() - KEPT
    if at <= until:
        with log.database.writing() as session:
            session.execute(_FORGET, _of(once) | {"until": until})
        return None
    if request_digest != once.digest:
        raise IdempotencyKeyUsed
    return int(entry)


def tell(act: Act, entry: int) -> int:
    """Let this be the entry whose place the caller is told, where the program records what follows from it besides."""
    act.recorded.remove(entry)
    act.recorded.append(entry)
    return entry


def forget_old_keys(log: Log) -> None:
    """Drop the keys that are no longer known; called every now and then."""
    with log.database.writing() as session:
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.at <= log.clock() - KEPT))
