"""Rows about open bidding: whose the paddles are is private, all else is what the log says."""

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base
from audit.tables import PublicRow


class PaddleRow(Base):
    """PRIVATE. Whose number a paddle is. Never shown but to its own organisation and a registrar, until the result."""

    __tablename__ = "paddles"
    __table_args__ = (
        UniqueConstraint("project", "lot", "round", "paddle", name="uq_paddles_paddle"),
        UniqueConstraint("project", "lot", "round", "organisation", name="uq_paddles_organisation"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    application: Mapped[str]
    """Receipt of the application that was granted."""
    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    organisation: Mapped[str]
    bidder: Mapped[str]
    bidder_code: Mapped[str]
    paddle: Mapped[str]


class BiddingRow(PublicRow):
    """Bidding that was opened."""

    __tablename__ = "biddings"
    __table_args__ = (Index("ix_biddings_lot", "project", "lot", "round"),)

    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    ends_at: Mapped[int]
    """As planned, Unix seconds."""


class BiddingEndRow(PublicRow):
    """Bidding that is over."""

    __tablename__ = "bidding_ends"
    __table_args__ = (Index("ix_bidding_ends_lot", "project", "lot", "round"),)

    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]


class OfferRow(PublicRow):
    """An offer. The last of a round is its highest."""

    __tablename__ = "offers"
    __table_args__ = (Index("ix_offers_lot", "project", "lot", "round", "entry_id"),)

    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    paddle: Mapped[str]
    price_fen: Mapped[int]
    at: Mapped[int]
    """When it was accepted, Unix milliseconds."""
