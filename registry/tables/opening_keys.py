"""Rows of the keys to which shares of bids' keys are encrypted."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import PublicRow


class OpeningKeyRow(PublicRow):
    __tablename__ = "opening_keys"
    __table_args__ = (UniqueConstraint("recipient"),)

    recipient: Mapped[str]
    organisation: Mapped[str] = mapped_column(index=True)


class OpeningKeyEndRow(PublicRow):
    """From this entry on the key is in no new plan."""

    __tablename__ = "opening_key_ends"

    recipient: Mapped[str] = mapped_column(index=True)
    ended: Mapped[str]
    """replaced, withdrawn, compromised."""
    reason: Mapped[str | None]
    """Null: another came in its place."""
