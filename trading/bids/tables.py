"""Rows about sealed bids: one private table, and what lists of openings need in public."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base
from audit.tables import PublicRow


class SealedActRow(Base):
    """PRIVATE. A sealed act with what its entry only commits to. Never shown but to its own organisation, until the
    deadline; the names come out with the opening."""

    __tablename__ = "sealed_acts"
    __table_args__ = (
        Index("ix_sealed_acts_lot", "project", "lot", "round"),
        Index("ix_sealed_acts_organisation", "organisation", "entry_id"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    act: Mapped[str]
    """sealed, replaced, withdrawn, bond, applied; refused: the answer to an application, which `replaces` names."""
    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    organisation: Mapped[str | None]
    """Null: a bond of somebody who is not on record here."""
    bidder: Mapped[str]
    bidder_code: Mapped[str]
    replaces: Mapped[str | None]
    """Receipt of the bid that it replaces or takes back."""
    plan: Mapped[int | None]
    """Row id of the plan's entry for which it was sealed."""
    quote: Mapped[int] = mapped_column(default=0, server_default="0")
    """0: the bid itself. More: a quote, asked for that many times (`trading.quotes`)."""
    bid: Mapped[str | None]
    """Of a quote: receipt of the bid that it is for."""
    sealed_sha256: Mapped[str | None]
    keys_sha256: Mapped[str | None]
    plain_sha256: Mapped[str | None]


class InvitedRow(Base):
    """PRIVATE. One of those whom an entry invites, which only commits to them: for its own desk, the project's parties
    and the rule that nobody else bids."""

    __tablename__ = "invited_bidders"
    __table_args__ = (
        Index("ix_invited_bidders_lot", "project", "lot", "round"),
        Index("ix_invited_bidders_code", "bidder_code", "entry_id"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    bidder: Mapped[str]
    bidder_code: Mapped[str]


class OpeningPlanRow(PublicRow):
    """How a lot's bids will be opened."""

    __tablename__ = "opening_plans"
    __table_args__ = (Index("ix_opening_plans_lot", "project", "lot", "round"),)

    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]


class QuoteStepRow(PublicRow):
    """Quotes asked for, closed, opened: for the program, which goes on with what is due."""

    __tablename__ = "quote_steps"
    __table_args__ = (
        Index("ix_quote_steps_lot", "project", "lot", "round", "quote"),
        Index("ix_quote_steps_step", "step"),
    )

    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    quote: Mapped[int]
    step: Mapped[str]
    """asked, closed, opened."""
    number: Mapped[int]
    """Asked: until when, Unix seconds. Closed: how many there are to be opened. Else 0."""


class BidClosingRow(PublicRow):
    """A lot's bids, once they are counted."""

    __tablename__ = "bid_closings"
    __table_args__ = (Index("ix_bid_closings_lot", "project", "lot", "round"),)

    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    bids: Mapped[int]
