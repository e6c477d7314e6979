"""Accounts, sessions and attempts to sign in: private rows, of which no entry and no export knows anything.

An entry names an account by its id only. These tables are no projection of the log, so they may change.
"""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base


class AccountRow(Base):
    """Somebody who may sign in."""

    __tablename__ = "accounts"

    id: Mapped[str] = mapped_column(primary_key=True)
    """A pseudonym made at random; it stands in the actor of every entry."""
    name: Mapped[str] = mapped_column(unique=True)
    """The sign-in name as `passwords.normal_name` writes it."""
    password: Mapped[str]
    """argon2id in its own encoded form: salt and costs are in it."""
    created: Mapped[int]
    """Unix milliseconds, like every time here."""
    closed: Mapped[int | None]
    """Since when nobody can sign in with it."""


class SessionRow(Base):
    """One sign-in on one device. Who holds the token is the account; the database cannot be made to tell it."""

    __tablename__ = "sessions"

    token_digest: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the token, hex."""
    account: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    created: Mapped[int]
    seen: Mapped[int]
    """Brought up to date every few minutes only: reading a page must not write."""
    expires: Mapped[int] = mapped_column(index=True)


class SignInAttemptsRow(Base):
    """How many attempts to sign in did not end well lately, by name and by address."""

    __tablename__ = "sign_in_attempts"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    """What is counted, as a keyed digest: neither names that were tried nor addresses are kept."""
    attempts: Mapped[int]
    since: Mapped[int] = mapped_column(index=True)
    """When the counting began; after `throttle.WINDOW` it begins again."""


class UploadRow(Base):
    """A file between the page where it was chosen and the page where the act is confirmed; dropped with the act."""

    __tablename__ = "desk_uploads"

    ticket: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    data: Mapped[bytes]
    made: Mapped[int] = mapped_column(index=True)


class WaitingActRow(Base):
    """An act that several organisations sign, each on its own device, before it is carried out; no part of the log."""

    __tablename__ = "waiting_acts"

    id: Mapped[str] = mapped_column(primary_key=True)
    draw_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[bytes]
    """JSON: the body without signatures, which is what all of them sign."""
    signatures: Mapped[bytes]
    """JSON: those that have come in, ascending by key."""
    terms: Mapped[bytes]
    """JSON: what else the command takes."""
    document: Mapped[bytes | None]
    account: Mapped[str]
    """Who drew it up."""
    made: Mapped[int]


import api.following.tables  # noqa: E402, F401 - further tables, known wherever these are
