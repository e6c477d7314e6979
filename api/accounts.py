"""Accounts and sessions: who may sign in, and who is asking. No HTTP here; the command line uses it too.

account = create_account(log, "zhang.wei", password, identity_number)
token = sign_in(log, "zhang.wei", password, address="192.0.2.7")
user = who(log, token)      # None once the session has ended
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import Session

from api import passwords, throttle
from api.errors import BadSignInName, NoSuchAccount, SignInNameTaken, WrongSignIn
from api.tables import AccountRow, SessionRow
from audit import database, keys, trips
from audit.act import Act
from audit.entry import SYSTEM
from audit.log import Log
from registry import queries as registry
from registry.commands import record_holder
from registry.identity import check_identity_number, identity_digest
from registry.model import Holding

MINUTE = 60_000
SESSION = 12 * 60 * MINUTE
"""A session ends after a long day, whatever happens in it…"""
IDLE = 4 * 60 * MINUTE
"""…and after this much silence; a draw's meeting with its waits is shorter."""
SEEN_EVERY = 5 * MINUTE

# Written once: every request of somebody signed in asks it, and to write it takes longer than to run it.
_SIGNED_IN = registry.with_role_changes(
    select(AccountRow.id, AccountRow.name, SessionRow.seen, SessionRow.expires)
    .join(AccountRow, AccountRow.id == SessionRow.account)
    .where(SessionRow.token_digest == bindparam("digest"), AccountRow.closed.is_(None)),
    AccountRow.id,
)
_SIGNED_IN_ON_POSTGRES = trips.Statement.of(_SIGNED_IN)


class _Row(NamedTuple):
    """What that tells."""

    id: str
    name: str
    seen: int
    expires: int
    account: str | None
    role: str | None
    held: bool | None
    organisation: str | None


@dataclass(frozen=True)
class User:
    """Somebody signed in, with the roles that the log says the account holds now."""

    account: str
    name: str
    holdings: tuple[Holding, ...]

    def holds(self, role: str) -> bool:
        return any(holding.role == role for holding in self.holdings)

    def organisations(self, role: str) -> set[str]:
        """The organisations for which the account holds this role."""
        return {held.organisation for held in self.holdings if held.role == role and held.organisation is not None}


def create_account(log: Log, name: str, password: str, identity_number: str | None = None) -> str:
    """Make an account without any role and return its id.

    identity_number: of the holder, which accounts of who acts for the centre or supervises must have; only its keyed
    digest is kept. Raises BadSignInName, PasswordTooShort, PasswordTooPlain, SignInNameTaken, BadIdentityNumber.
    """
    name, stored = prepared(name, password)
    digest = None if identity_number is None else holder_digest(log, identity_number)
    with log.act(SYSTEM) as act:
        account = open_account(act, name, stored)
        if digest is not None:
            record_holder(act, account, digest)
    return account


def prepared(name: str, password: str) -> tuple[str, str]:
    """A new account's name and password as they are kept. Takes long, so it belongs outside of any transaction.

    Raises BadSignInName, PasswordTooShort, PasswordTooLong, PasswordTooPlain.
    """
    name = passwords.normal_name(name)
    passwords.check_password(password, name)
    return name, passwords.hashed(password)


def open_account(act: Act, name: str, stored: str) -> str:
    """Make an account of what was `prepared`, within a larger act, and return its id. Raises SignInNameTaken."""
    account = new_account_id()
    database.lock(act.session, [f"sign-in-name:{name}"])
    if act.session.scalar(select(AccountRow.id).where(AccountRow.name == name)) is not None:
        raise SignInNameTaken(name=name)
    act.session.add(AccountRow(id=account, name=name, password=stored, created=act.clock(), closed=None))
    act.session.flush()
    return account


def holder_digest(log: Log, identity_number: str) -> str:
    """The keyed digest by which the register knows a person. Raises BadIdentityNumber."""
    today = datetime.fromtimestamp(log.clock() / 1000, UTC).date()
    number = check_identity_number(identity_number, today)
    return identity_digest(keys.load_digest_key(log.data / "keys"), number)


def new_account_id() -> str:
    """A pseudonym of 16 characters that tells nothing, not even which account is older."""
    return secrets.token_urlsafe(12)


def change_password(log: Log, account: str, password: str) -> None:
    """Set a password and end every session of the account. Raises NoSuchAccount and what `check_password` does."""
    with log.reading() as session:
        name = session.scalar(select(AccountRow.name).where(AccountRow.id == account))
    if name is None:
        raise NoSuchAccount(account=account)
    passwords.check_password(password, name)
    stored = passwords.hashed(password)
    with log.database.writing() as session:
        session.execute(update(AccountRow).where(AccountRow.id == account).values(password=stored))
        session.execute(delete(SessionRow).where(SessionRow.account == account))


def close_account(log: Log, account: str) -> None:
    """Nobody signs in with it any more; its entries stay. Its roles are taken back by entries, not here."""
    with log.database.writing() as session:
        if session.get(AccountRow, account) is None:
            raise NoSuchAccount(account=account)
        session.execute(update(AccountRow).where(AccountRow.id == account).values(closed=log.clock()))
        session.execute(delete(SessionRow).where(SessionRow.account == account))


def account_named(session: Session, name: str) -> str | None:
    """The id behind a sign-in name."""
    return session.scalar(select(AccountRow.id).where(AccountRow.name == passwords.normal_name(name)))


def sign_in(log: Log, name: str, password: str, address: str, former: str | None = None) -> str:
    """Begin a session and return its token, 256 random bits.

    address: the client's, counted against guessing. former: the token that the browser held, whose session ends.
    Raises WrongSignIn, TooManyAttempts.
    """
    try:
        name = passwords.normal_name(name)
    except BadSignInName:
        # A name that nobody can have still takes the time of one that somebody has.
        passwords.is_right(password, None)
        raise WrongSignIn from None
    buckets = throttle.buckets(keys.load_digest_key(log.data / "keys"), name, address)
    throttle.count(log, buckets)
    with log.reading() as session:
        row = session.scalar(select(AccountRow).where(AccountRow.name == name, AccountRow.closed.is_(None)))
    right = passwords.is_right(password, row.password if row else None)  # outside of any transaction: it takes long
    if row is None or not right:
        raise WrongSignIn
    token = secrets.token_urlsafe(32)
    now = log.clock()
    with log.database.writing() as session:
        throttle.take_back(session, buckets)
        if former is not None:
            session.execute(delete(SessionRow).where(SessionRow.token_digest == _digest(former)))
        session.add(
            SessionRow(token_digest=_digest(token), account=row.id, created=now, seen=now, expires=now + SESSION)
        )
    return token


def confirm_password(log: Log, user: User, password: str, address: str) -> None:
    """Ask for the password again before something weighty. Raises WrongSignIn, TooManyAttempts."""
    buckets = throttle.buckets(keys.load_digest_key(log.data / "keys"), user.name, address)
    throttle.count(log, buckets)
    with log.reading() as session:
        stored = session.scalar(select(AccountRow.password).where(AccountRow.id == user.account))
    if not passwords.is_right(password, stored):
        raise WrongSignIn
    with log.database.writing() as session:
        throttle.take_back(session, buckets)


def sign_out(log: Log, token: str) -> None:
    """End the session of this token, if there is one."""
    with log.database.writing() as session:
        session.execute(delete(SessionRow).where(SessionRow.token_digest == _digest(token)))


def who(log: Log, token: str) -> User | None:
    """Whose session this is; None where it has ended, or its account is closed."""
    asked = Asked(log, token)
    with log.database.asking() as connection:
        user = asked.user(connection)
    asked.note()
    return user


class Asked:
    """The same, for whoever asks on a connection of its own and notes it when that is free again."""

    def __init__(self, log: Log, token: str) -> None:
        self._log = log
        self._now = log.clock()
        self._digest = _digest(token)
        self._is_due = False

    def user(self, connection: Connection) -> User | None:
        parameters = {"digest": self._digest}
        if connection.dialect.name == "sqlite":
            rows: Sequence[Any] = connection.execute(_SIGNED_IN, parameters).all()
        else:  # with the BEGIN of whoever goes on from here
            [answer] = trips.trip(connection, (_SIGNED_IN_ON_POSTGRES, parameters))
            rows = list(map(_Row._make, answer.rows))
        if not rows:
            return None
        held = rows[0]
        if held.expires <= self._now or held.seen + IDLE <= self._now:
            return None
        self._is_due = held.seen + SEEN_EVERY <= self._now
        return User(held.id, held.name, tuple(registry.held_now(rows)))

    def note(self) -> None:
        """Note that the session is in use, if that was noted last some time ago."""
        if self._is_due:
            self._is_due = False
            with self._log.database.writing() as session:
                session.execute(
                    update(SessionRow).where(SessionRow.token_digest == self._digest).values(seen=self._now)
                )


def forget_ended(log: Log) -> None:
    """Drop sessions and counts that mean nothing any more; called every now and then."""
    now = log.clock()
    with log.database.writing() as session:
        session.execute(delete(SessionRow).where(SessionRow.expires <= now))
        throttle.forget_old(session, now)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
