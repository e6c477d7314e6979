"""Rows of the log itself. `entries` holds both the outbox (rows without a place) and the log (rows with one)."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base, index_on


class EntryRow(Base):
    """One act. `seq`, `prev`, `logged` and `leaf_hash` come together, when the sequencer gives it its place."""

    __tablename__ = "entries"
    __table_args__ = (
        CheckConstraint("(seq IS NULL) = (leaf_hash IS NULL)", name="placed_whole"),
        Index("ix_entries_outbox", "id", sqlite_where=text("seq IS NULL"), postgresql_where=text("seq IS NULL")),
        # To place an entry writes it anew into each of PostgreSQL's indices, at twice the price where its key is still
        # the same; SQLite leaves such an index alone.
        index_on("sqlite", "ix_entries_subject", "subject"),
        index_on("postgresql", "ix_entries_subject_seq", "subject", "seq"),
        Index("ix_entries_kind_seq", "kind", "seq"),
        {"sqlite_autoincrement": True},  # a number is never used twice, not even after a crash
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    actor: Mapped[str]
    at: Mapped[int]
    """Unix milliseconds."""
    body: Mapped[bytes]
    """Canonical JSON; a JSON column would not keep the bytes."""
    private: Mapped[bytes]
    files: Mapped[bytes]
    seq: Mapped[int | None] = mapped_column(unique=True)
    prev: Mapped[str | None]
    logged: Mapped[int | None]
    leaf_hash: Mapped[bytes | None]
    """32 bytes, RFC 6962."""


class TreeHeadRow(Base):
    """The one row that is the tree: whoever moves it from the size it knew is the writer (compare-and-swap)."""

    __tablename__ = "tree_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Always 1."""
    origin: Mapped[str]
    size: Mapped[int]
    frontier: Mapped[bytes]
    """Roots of the full subtrees of the size's binary digits, largest first, 32 bytes each."""
    last_sm3: Mapped[str]
    """SM3 of the last entry: the next one's `prev`."""
    logged: Mapped[int]


class CheckpointRow(Base):
    """A checkpoint that the log signed. All are kept for ever: a receipt rests on the first that a quorum cosigned."""

    __tablename__ = "checkpoints"

    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[bytes]
    """The signed note as published."""
    signed_at: Mapped[int]
    """Unix milliseconds."""


class CosignatureRow(Base):
    """A witness's cosignature of a checkpoint, verified before it was kept. Never changed, never deleted."""

    __tablename__ = "cosignatures"

    size: Mapped[int] = mapped_column(ForeignKey("checkpoints.size"), primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(primary_key=True)
    """Its vkey."""
    time: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Unix seconds, by the witness's own clock."""
    line: Mapped[bytes]
    """The signature line as it stands in the checkpoint."""


class PrivateValueRow(Base):
    """A value that the log holds only a commitment to. Erasing deletes this row, and with it the salt."""

    __tablename__ = "private_values"

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
    """32 random bytes."""
    value: Mapped[bytes]


class IdempotencyRow(Base):
    """The first answer given under an Idempotency-Key, kept for seven days."""

    __tablename__ = "idempotency_keys"

    account: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_digest: Mapped[str]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"))
    at: Mapped[int] = mapped_column(index=True)


class BackupRow(Base):
    """PRIVATE. A backup that was made of this database: whoever erases something is told which ones hold it still."""

    __tablename__ = "backups"

    file: Mapped[str] = mapped_column(primary_key=True)
    """Its path as it was then."""
    made_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Unix milliseconds, when it was complete."""


class PublicRow(Base):
    """A row that an entry inserted and nothing ever changes: a projection of the log.

    It has no number of its own; it is known by its entry and by natural keys, so that a rebuild from the log gives
    equal rows. Pages show it once its entry has a place; rules see it at once.
    """

    __abstract__ = True

    entry_id: Mapped[int] = mapped_column(ForeignKey("entries.id"), primary_key=True)
