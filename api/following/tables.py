"""PRIVATE. Saved searches and what is waiting to be sent. No projection of the log: these rows change and go.

Secrets are not stored: they are derived from the key of the digests (`keys.py`), so the database tells none.
"""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base


class FollowingRow(Base):
    """A search that somebody saved. Times are Unix milliseconds."""

    __tablename__ = "followings"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Made at random: whoever knows it reads the feed."""
    query: Mapped[str]
    """As in the address of the list of notices, in one order."""
    lang: Mapped[str]
    account: Mapped[str | None] = mapped_column(index=True)
    email: Mapped[str | None]
    webhook: Mapped[str | None]
    """Where to call; null: nowhere, or no longer."""
    webhook_ended: Mapped[str | None]
    """Why it is called no longer: `gone`."""
    secret: Mapped[int]
    """Which webhook secret is the present one, from 1."""
    rotated: Mapped[int | None]
    """Since when; for a day the one before signs too."""
    made: Mapped[int]
    confirmed: Mapped[int | None] = mapped_column(index=True)
    """Since when it is in force; a mail address must confirm first."""


class OutgoingRow(Base):
    """A mail or a call that is to be made, until it is made or given up; kept a week, the mails without their text."""

    __tablename__ = "outgoing"
    __table_args__ = (Index("ix_outgoing_due", "ended", "due"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """Made at random: the same at each attempt, so that who gets it twice can tell."""
    following: Mapped[str | None] = mapped_column(index=True)
    channel: Mapped[str]
    """`mail` or `webhook`."""
    target: Mapped[str]
    body: Mapped[bytes]
    """JSON: of a mail its subject, text and `stop`; of a call the very bytes."""
    made: Mapped[int]
    due: Mapped[int]
    """When to try next; whoever tries moves it first, so that nobody else does."""
    attempts: Mapped[int]
    ended: Mapped[int | None]
    outcome: Mapped[str | None]
    """`sent`, `gone`, `refused` or `given_up`; before that, what the last attempt met."""


class FollowedRow(Base):
    """How far the log has been looked through: one row."""

    __tablename__ = "followed"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    size: Mapped[int]
