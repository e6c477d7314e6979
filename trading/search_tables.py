"""Public rows for lists and search: what a notice is filtered by, when something closes, who bid, who won.

The words themselves are in `notice_words`, which is no table of SQLAlchemy's: FTS5 on SQLite, a tsvector with a GIN
index on PostgreSQL. The projection fills it with the rows below, so whoever replays the log has it again.
"""

from sqlalchemy import DDL, Index, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import PublicRow


class NoticeIndexRow(PublicRow):
    """What the version of a notice that the same entry published is found by."""

    __tablename__ = "notice_index"
    __table_args__ = (
        UniqueConstraint("notice", "version"),
        Index("ix_notice_index_tenderer", "tenderer", "entry_id"),
        Index(
            "ix_notice_index_corrections",
            "notice",
            "version",
            sqlite_where=text("version > 1"),
            postgresql_where=text("version > 1"),
        ),
    )

    notice: Mapped[str]
    version: Mapped[int]
    trade: Mapped[str]
    notice_kind: Mapped[str]
    region: Mapped[str]
    tenderer: Mapped[str]
    agent: Mapped[str | None]
    """Code of the agency that was engaged for the project at that time."""
    amount_fen: Mapped[int | None]
    month: Mapped[int]
    """Of its act, in Beijing: 202511."""


class ClosingRow(PublicRow):
    """Until when one can take part: by a notice, or by a deadline that moved."""

    __tablename__ = "closings"
    __table_args__ = (Index("ix_closings_project", "project", "round"),)

    project: Mapped[str]
    lot: Mapped[str]
    """Empty: all lots."""
    round: Mapped[int]
    notice: Mapped[str | None]
    closes_at: Mapped[int] = mapped_column(index=True)


class AwardRow(PublicRow):
    """A winner of a lot's round."""

    __tablename__ = "awards"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    project: Mapped[str] = mapped_column(index=True)
    lot: Mapped[str]
    round: Mapped[int]
    bidder: Mapped[str]
    bidder_code: Mapped[str] = mapped_column(index=True)
    price_fen: Mapped[int]


class OpenedBidRow(PublicRow):
    """A bid that was read out."""

    __tablename__ = "opened_bids"

    project: Mapped[str]
    lot: Mapped[str]
    round: Mapped[int]
    bidder: Mapped[str]
    bidder_code: Mapped[str] = mapped_column(index=True)
    price_fen: Mapped[int | None]


WORDS = {
    "sqlite": (
        "CREATE VIRTUAL TABLE notice_words USING fts5("
        "words, content='', columnsize=0, tokenize=\"ascii tokenchars ':'\")",
        # Each row that is looked up of a common word costs a page to read through.
        "INSERT INTO notice_words (notice_words, rank) VALUES ('pgsz', 1000)",
    ),
    "postgresql": (
        "CREATE TABLE notice_words (entry_id BIGINT PRIMARY KEY REFERENCES entries (id), words tsvector NOT NULL)",
        "CREATE INDEX ix_notice_words_words ON notice_words USING gin (words) WITH (fastupdate = off)",
    ),
}
"""Statements that make the index, the same as in the migration."""

for _dialect, _statements in WORDS.items():
    for _statement in _statements:
        made: DDL = DDL(_statement)  # type: ignore[no-untyped-call] # the library's own constructor has no types
        event.listen(NoticeIndexRow.__table__, "after_create", made.execute_if(dialect=_dialect))
