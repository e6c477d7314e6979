"""Gives committed entries their place: one writer, one transaction a batch, compare-and-swap on the tree's head.

    outbox (seq NULL, by row id) ──> seq, prev, logged, leaf hash ──> head moves, checkpoint signed   one transaction
                                                                 └──> bundles, tiles, checkpoint on disk

The head and the signature are in the database before any file shows them, so the log never signs two trees: whatever
happens next, the same batch has the same bytes. If the process dies after the commit, the next leader finds the
database ahead of the disk and finishes the work (`Publisher.recover`).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import orjson
from psycopg.pq import Format
from sqlalchemy import Connection, event, select, text, update
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

_OUTBOX = text(
    "SELECT id, kind, subject, actor, at, body, private, files FROM entries WHERE seq IS NULL ORDER BY id LIMIT :limit"
)

# Each hash is cut out of all of them by its number in the batch, for a driver takes long over long lists.
_PLACING = {
    # The sign keeps SQLite from going through the whole outbox for each row; the bounds keep PostgreSQL from doing so.
    "sqlite": text(
        "UPDATE entries SET seq = :first + place.key, prev = lower(hex(substr(:prevs, 32 * place.key + 1, 32))), "
        "logged = :logged, leaf_hash = substr(:leaves, 32 * place.key + 1, 32) "
        "FROM json_each('[' || :ids || ']') AS place WHERE entries.id = place.value AND +entries.seq IS NULL"
    ),
    "postgresql": text(
        "UPDATE entries SET seq = :first + key, prev = encode(substr(:prevs, 32 * key + 1, 32), 'hex'), "
        "logged = :logged, leaf_hash = substr(:leaves, 32 * key + 1, 32) "
        "FROM (SELECT id, CAST(number - 1 AS integer) AS key "
        "FROM unnest(CAST('{' || :ids || '}' AS bigint[])) WITH ORDINALITY AS place(id, number)) AS place "
        "WHERE entries.id = place.id AND entries.seq IS NULL AND entries.id BETWEEN :low AND :high"
    ),
}


class LostLeadership(RuntimeError):  # noqa: N818 - a state, not a slip
    """Another process moved the tree's head: this one must write nothing more."""


class StoredEntryAltered(Refusal):
    code = "audit.stored-entry-altered"
    zh = "数据库中第 {seq} 条与其入链时的哈希不符：数据库被改动过，停止发布。"
    en = "Entry {seq} in the database no longer has the hash it was logged with: the database was altered."


class Placed(NamedTuple):
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
        if not database.is_sqlite:
            event.listen(connection, "before_cursor_execute", _ask_in_binary)
        rows = connection.execute(_OUTBOX, {"limit": limit}).all()
        if not rows:
            return [], b""
        head = session.get_one(TreeHeadRow, HEAD_ID)
        if size not in (None, head.size):
            raise LostLeadership(f"the tree is at {head.size}, no longer at {size}")
        logged = max(clock(), head.logged)  # where the clock went back, time stands still rather than run backwards
        placed, chain = [], [bytes.fromhex(head.last_sm3)]
        for seq, (id_, kind, subject, actor, at, body, private, files) in enumerate(rows, head.size):
            data = entry.compose(
                seq=seq,
                prev=chain[-1].hex(),
                at=at,
                logged=logged,
                kind=kind,
                subject=subject,
                actor=actor,
                body=body,
                private=private,
                files=files,
            )
            blobs = () if files == b"[]" else tuple(file["sha256"] for file in orjson.loads(files))
            placed.append(Placed(id_, seq, data, merkle.leaf_hash(data), blobs))
            chain.append(entry.sm3(data))
        last_sm3 = chain.pop().hex()
        _write_places(connection, placed, chain, logged)
        tree = _frontier(head).extended(item.leaf for item in placed)
        note = sign_checkpoint(signer, tree.size, tree.root())
        moved = connection.execute(
            update(TreeHeadRow)
            .where(TreeHeadRow.id == HEAD_ID, TreeHeadRow.size == head.size)
            .values(size=tree.size, frontier=b"".join(tree.hashes), last_sm3=last_sm3, logged=logged)
        )
        if moved.rowcount != 1:
            raise LostLeadership(f"the tree is no longer at {head.size}")
        session.add(CheckpointRow(size=tree.size, note=note, signed_at=logged))
    return placed, note


def _ask_in_binary(_connection: Connection, cursor: Any, *_: object) -> None:
    cursor.format = Format.BINARY  # as text, which psycopg asks for by itself, bytes come twice as long


def _frontier(head: TreeHeadRow) -> CompactRange:
    return CompactRange(head.size, split_hashes(head.frontier))


def _write_places(connection: Connection, placed: list[Placed], chain: list[bytes], logged: int) -> None:
    """Store the places, whole batch in one statement. chain: for each entry the SM3 of the one before, 32 bytes.

    Raises LostLeadership where a row has got its place from somebody else.
    """
    ids = ",".join(str(item.id) for item in placed)
    done = connection.execute(
        _PLACING[connection.dialect.name],
        {
            "ids": ids,
            "low": placed[0].id,
            "high": placed[-1].id,
            "first": placed[0].seq,
            "prevs": b"".join(chain),
            "logged": logged,
            "leaves": b"".join(item.leaf for item in placed),
        },
    )
    if done.rowcount != len(placed):
        raise LostLeadership(f"of {len(placed)} entries only {done.rowcount} waited still")


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
