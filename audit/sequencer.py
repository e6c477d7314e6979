"""Gives committed entries their place: one writer, one transaction a batch, compare-and-swap on the tree's head.

    outbox (seq NULL, by row id) ──> seq, prev, logged, leaf hash ──> head moves, checkpoint signed   one transaction
                                                                 └──> bundles, tiles, checkpoint on disk

The head and the signature are in the database before any file shows them, so the log never signs two trees: whatever
happens next, the same batch has the same bytes. If the process dies after the commit, the next leader finds the
database ahead of the disk and finishes the work (`Publisher.recover`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select, text, update
from sqlalchemy.orm import Session

from audit import entry, merkle
from audit.checkpoint import sign_checkpoint
from audit.database import Database
from audit.errors import Refusal
from audit.merkle import CompactRange
from audit.note import Signer
from audit.tables import CheckpointRow, EntryRow, TreeHeadRow
from audit.tiles import split_hashes

BATCH = 1024
"""Entries placed in one transaction at most."""
HEAD_ID = 1

_OUTBOX = (
    select(
        EntryRow.id,
        EntryRow.kind,
        EntryRow.subject,
        EntryRow.actor,
        EntryRow.at,
        EntryRow.body,
        EntryRow.private,
        EntryRow.files,
    )
    .where(EntryRow.seq.is_(None))
    .order_by(EntryRow.id)
)


class LostLeadership(RuntimeError):  # noqa: N818 - a state, not a slip
    """Another process moved the tree's head: this one must write nothing more."""


class StoredEntryAltered(Refusal):
    code = "audit.stored-entry-altered"
    zh = "数据库中第 {seq} 条与其入链时的哈希不符：数据库被改动过，停止发布。"
    en = "Entry {seq} in the database no longer has the hash it was logged with: the database was altered."


@dataclass(frozen=True)
class Placed:
    """An entry that has just got its place."""

    id: int
    seq: int
    data: bytes
    leaf: bytes
    blobs: tuple[str, ...]
    """SHA-256 of the public files it names."""


def place_batch(
    database: Database, signer: Signer, clock: Callable[[], int], size: int | None = None, limit: int = BATCH
) -> tuple[list[Placed], bytes]:
    """Place what waits, at most `limit` entries, and return it with the checkpoint that now covers it.

    size: of the tree as its leader knows it; if it has moved since, somebody else leads. Returns ([], b"") where
    nothing waits. Raises LostLeadership, and then nothing has changed.
    """
    with database.writing() as session:
        connection = session.connection()
        rows = connection.execute(_OUTBOX.limit(limit)).all()
        if not rows:
            return [], b""
        head = session.get_one(TreeHeadRow, HEAD_ID)
        if size not in (None, head.size):
            raise LostLeadership(f"the tree is at {head.size}, no longer at {size}")
        logged = max(clock(), head.logged)  # where the clock went back, time stands still rather than run backwards
        placed, places = [], []
        prev = head.last_sm3
        for seq, row in enumerate(rows, head.size):
            data = entry.compose(
                seq=seq,
                prev=prev,
                at=row.at,
                logged=logged,
                kind=row.kind,
                subject=row.subject,
                actor=row.actor,
                body=row.body,
                private=row.private,
                files=row.files,
            )
            leaf = merkle.leaf_hash(data)
            places.append((seq, prev, logged, leaf, row.id))
            blobs = () if row.files == b"[]" else tuple(file["sha256"] for file in orjson.loads(row.files))
            placed.append(Placed(row.id, seq, data, leaf, blobs))
            prev = entry.sm3(data).hex()
        _write_places(connection, places)
        tree = _frontier(head).extended(item.leaf for item in placed)
        note = sign_checkpoint(signer, tree.size, tree.root())
        moved = connection.execute(
            update(TreeHeadRow)
            .where(TreeHeadRow.id == HEAD_ID, TreeHeadRow.size == head.size)
            .values(size=tree.size, frontier=b"".join(tree.hashes), last_sm3=prev, logged=logged)
        )
        if moved.rowcount != 1:
            raise LostLeadership(f"the tree is no longer at {head.size}")
        session.add(CheckpointRow(size=tree.size, note=note, signed_at=logged))
    return placed, note


def _frontier(head: TreeHeadRow) -> CompactRange:
    return CompactRange(head.size, split_hashes(head.frontier))


def _write_places(connection: Connection, places: list[tuple[int, str, int, bytes, int]]) -> None:
    if connection.dialect.name == "sqlite":
        sql = "UPDATE entries SET seq=?, prev=?, logged=?, leaf_hash=? WHERE id=? AND seq IS NULL"
        connection.exec_driver_sql(sql, places)
        return
    columns: dict[str, Any] = dict(zip("spgli", map(list, zip(*places, strict=True)), strict=True))
    connection.execute(
        text(
            "UPDATE entries SET seq=place.seq, prev=place.prev, logged=place.logged, leaf_hash=place.leaf_hash "
            "FROM unnest(CAST(:s AS bigint[]), CAST(:p AS text[]), CAST(:g AS bigint[]), CAST(:l AS bytea[]), "
            "CAST(:i AS bigint[])) AS place(seq, prev, logged, leaf_hash, id) "
            "WHERE entries.id = place.id AND entries.seq IS NULL"
        ),
        columns,
    )


def stored_entries(session: Session, start: int, end: int) -> Iterator[bytes]:
    """The bytes of entries start..end-1, each re-hashed. Raises StoredEntryAltered at the first that is not itself."""
    rows = session.execute(
        select(EntryRow).where(EntryRow.seq >= start, EntryRow.seq < end).order_by(EntryRow.seq),
        execution_options={"yield_per": BATCH},
    )
    expected = start
    for row in rows.scalars():
        if row.seq != expected:
            raise StoredEntryAltered(seq=expected)
        yield entry_bytes(row)
        session.expunge(row)
        expected += 1
    if expected != end:
        raise StoredEntryAltered(seq=expected)


def entry_bytes(row: EntryRow) -> bytes:
    """The bytes of a placed entry, re-hashed. Raises StoredEntryAltered."""
    assert row.seq is not None
    assert row.prev is not None
    assert row.logged is not None
    data = entry.compose(
        seq=row.seq,
        prev=row.prev,
        at=row.at,
        logged=row.logged,
        kind=row.kind,
        subject=row.subject,
        actor=row.actor,
        body=row.body,
        private=row.private,
        files=row.files,
    )
    if merkle.leaf_hash(data) != row.leaf_hash:
        raise StoredEntryAltered(seq=row.seq)
    return data
