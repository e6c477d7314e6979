"""Gives committed entries their place: one writer, one transaction a batch, compare-and-swap on the tree's head.

    outbox (seq NULL, by row id) ──> seq, prev, logged, leaf hash ──> head moves, checkpoint signed   one transaction
                                                                 └──> bundles, tiles, checkpoint on disk

The head and the signature are in the database before any file shows them, so the log never signs two trees: whatever
happens next, the same batch has the same bytes. Of a backlog several batches are synced at once, before their files.
If the process dies after the commit, the next leader finds the database ahead of the disk and finishes the work
(`Publisher.recover`).
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import orjson
from psycopg.pq import Format
from sqlalchemy import Connection, Row, bindparam, event, insert, literal_column, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from audit import entry, merkle, trips
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
    "SELECT id, kind, subject, actor, at, body, private, files FROM entries "
    "WHERE seq IS NULL AND id > :after ORDER BY id LIMIT :limit"
)
# While a table is young PostgreSQL believes that few rows wait, and would fetch and sort all of them for each batch.
_HEAD = {
    "sqlite": text("SELECT size, frontier, last_sm3, logged FROM tree_head WHERE id = 1"),
    "postgresql": text(
        "SELECT size, frontier, last_sm3, logged, set_config('enable_sort', 'off', true) FROM tree_head WHERE id = 1"
    ),
}
_HEAD_MOVES = (
    update(TreeHeadRow)
    .where(
        TreeHeadRow.id == literal_column(str(HEAD_ID)),
        TreeHeadRow.size == bindparam("known_size"),
        TreeHeadRow.last_sm3 == bindparam("known_sm3"),
    )
    .values({name: bindparam(name) for name in ("size", "frontier", "last_sm3", "logged")})
)
_SIGNED = insert(CheckpointRow)
_UNSYNCED = "SET LOCAL synchronous_commit = off"
# A commit that has written anything waits until all that was committed before it is on the disk too.
_SYNC = text("SELECT pg_logical_emit_message(true, 'mingtang', '')")

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

_TRIPS = {
    "head": trips.Statement.of(_HEAD["postgresql"], is_binary=True),
    "outbox": trips.Statement.of(_OUTBOX, is_binary=True),
    "head_moves": trips.Statement.of(_HEAD_MOVES),
    "placing": trips.Statement.of(_PLACING["postgresql"]),
    "signed": trips.Statement.of(_SIGNED),
}
"""The same as PostgreSQL is sent them, several at a time."""


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


class _Head(NamedTuple):
    """The tree between two batches."""

    tree: CompactRange
    last_sm3: bytes
    logged: int


class _Batch(NamedTuple):
    """Entries with the places they get if the head is still `before`."""

    placed: list[Placed]
    prevs: bytes
    """For each the SM3 of the one before, 32 bytes."""
    before: _Head
    after: _Head
    note: bytes


def place_batch(
    database: Database, signer: Signer, clock: Callable[[], int], size: int | None = None, limit: int = BATCH
) -> tuple[list[Placed], bytes]:
    """Place what waits, at most `limit` entries, and return it with the checkpoint that now covers it.

    size: of the tree as its leader knows it; if it has moved since, somebody else leads. Returns ([], b"") where
    nothing waits. Raises LostLeadership, and then nothing has changed.
    """
    with database.writing() as session:
        connection = session.connection()
        head, rows = _waiting(connection, limit)
        if not rows:
            return [], b""
        _check_size(head, size)
        batch = _hashed(signer, clock, head, rows)
        _write(connection, batch)
    return batch.placed, batch.note


def place_backlog(
    database: Database, signer: Signer, clock: Callable[[], int], size: int, most: int, limit: int = BATCH
) -> Iterator[tuple[list[Placed], bytes]]:
    """The same for a backlog, at most `most` batches, each told of once it is committed.

    PostgreSQL may still lose these: `make_durable` comes before anything of them is shown.

    While the database writes one, the next is read and hashed. All are read from one state of the database: in that,
    an entry that waits behind another of its subject has the higher id, so no later batch holds an earlier entry.
    """
    with database.reading() as session, ThreadPoolExecutor(1, "placing") as writer:
        connection = _in_binary(session.connection())
        head = _head(connection)
        _check_size(head, size)
        under_way: Future[_Batch] | None = None
        after, there_are_more = 0, True
        for _ in range(most):
            rows = connection.execute(_OUTBOX, {"after": after, "limit": limit}).all() if there_are_more else []
            batch = _hashed(signer, clock, head, rows) if rows else None
            if under_way is not None:
                committed = under_way.result()
                yield committed.placed, committed.note
                under_way = None
            if batch is None:
                return
            under_way = writer.submit(_commit, database, batch)
            head, after, there_are_more = batch.after, rows[-1].id, len(rows) == limit
        if under_way is not None:
            committed = under_way.result()
            yield committed.placed, committed.note


def _in_binary(connection: Connection) -> Connection:
    """Have PostgreSQL answer in binary; as text, which the driver asks for by itself, bytes come twice as long."""
    if connection.dialect.name == "postgresql":
        event.listen(connection, "before_cursor_execute", _ask_in_binary)
    return connection


def _ask_in_binary(_connection: Connection, cursor: Any, *_: object) -> None:
    cursor.format = Format.BINARY


def _head(connection: Connection) -> _Head:
    return _head_of(tuple(connection.execute(_HEAD[connection.dialect.name]).one()))


def _head_of(row: Sequence[Any]) -> _Head:
    size, frontier, last_sm3, logged = row[:4]
    return _Head(CompactRange(size, split_hashes(frontier)), bytes.fromhex(last_sm3), logged)


def _waiting(connection: Connection, limit: int) -> tuple[_Head, Sequence[Any]]:
    """The head and what waits first."""
    asked = {"after": 0, "limit": limit}
    if connection.dialect.name == "sqlite":
        return _head(connection), connection.execute(_OUTBOX, asked).all()
    head, rows = trips.trip(connection, (_TRIPS["head"], {}), (_TRIPS["outbox"], asked))
    return _head_of(head.rows[0]), rows.rows


def _check_size(head: _Head, size: int | None) -> None:
    if size not in (None, head.tree.size):
        raise LostLeadership(f"the tree is at {head.tree.size}, no longer at {size}")


def _hashed(signer: Signer, clock: Callable[[], int], head: _Head, rows: Sequence[Any]) -> _Batch:
    """Give these rows the places that follow on `head`, and sign the tree that they make."""
    logged = max(clock(), head.logged)  # where the clock went back, time stands still rather than run backwards
    compose, leaf_hash, sm3 = entry.compose, merkle.leaf_hash, entry.sm3
    placed, chain, prev = [], [], head.last_sm3
    for seq, (id_, kind, subject, actor, at, body, private, files) in enumerate(rows, head.tree.size):
        data = compose(
            seq=seq,
            prev=prev.hex(),
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
        placed.append(Placed(id_, seq, data, leaf_hash(data), blobs))
        chain.append(prev)
        prev = sm3(data)
    tree = head.tree.extended(item.leaf for item in placed)
    note = sign_checkpoint(signer, tree.size, tree.root())
    return _Batch(placed, b"".join(chain), head, _Head(tree, prev, logged), note)


def _commit(database: Database, batch: _Batch) -> _Batch:
    with database.writing() as session:
        connection = session.connection()
        if not database.is_sqlite:
            connection.exec_driver_sql(_UNSYNCED)  # a sync for each batch is what all the next ones would wait for
        _write(connection, batch)
    return batch


def make_durable(database: Database) -> None:
    """Wait until everything committed so far stays, even where the machine loses its power."""
    if not database.is_sqlite:  # which syncs each commit
        with database.writing() as session:
            session.execute(_SYNC)


def _write(connection: Connection, batch: _Batch) -> None:
    """Store a batch's places, the head and the checkpoint. Raises LostLeadership where somebody else stored others."""
    placed, before, after = batch.placed, batch.before, batch.after
    head: trips.Parameters = {
        "known_size": before.tree.size,
        "known_sm3": before.last_sm3.hex(),
        "size": after.tree.size,
        "frontier": b"".join(after.tree.hashes),
        "last_sm3": after.last_sm3.hex(),
        "logged": after.logged,
    }
    places: trips.Parameters = {
        "ids": ",".join(str(item.id) for item in placed),
        "low": placed[0].id,
        "high": placed[-1].id,
        "first": placed[0].seq,
        "prevs": batch.prevs,
        "logged": after.logged,
        "leaves": b"".join(item.leaf for item in placed),
    }
    signed: trips.Parameters = {"size": after.tree.size, "note": batch.note, "signed_at": after.logged}
    if connection.dialect.name == "sqlite":
        moved = connection.execute(_HEAD_MOVES, head).rowcount
        done = connection.execute(_PLACING["sqlite"], places).rowcount
        connection.execute(_SIGNED, signed)
    else:
        sent = (_TRIPS["head_moves"], head), (_TRIPS["placing"], places), (_TRIPS["signed"], signed)
        try:
            moved, done, _ = (answer.changed for answer in trips.trip(connection, *sent))
        except IntegrityError as fault:  # all three were sent before the first had told whether the head moved
            raise LostLeadership(f"the places after {before.tree.size} are taken") from fault
    if moved != 1:
        raise LostLeadership(f"the tree is no longer at {before.tree.size}")
    if done != len(placed):
        raise LostLeadership(f"of {len(placed)} entries only {done} waited still")


def stored_entries(session: Session, start: int, end: int) -> Iterator[bytes]:
    """The bytes of entries start..end-1, each re-hashed. Raises StoredEntryAltered at the first that is not itself."""
    columns = EntryRow.__table__.columns  # no objects, each of which costs as much again
    rows = session.execute(
        select(*columns).where(EntryRow.seq >= start, EntryRow.seq < end).order_by(EntryRow.seq),
        execution_options={"yield_per": BATCH},
    )
    expected = start
    for row in rows:
        if row.seq != expected:
            raise StoredEntryAltered(seq=expected)
        yield entry_bytes(row)
        expected += 1
    if expected != end:
        raise StoredEntryAltered(seq=expected)


def entry_bytes(row: EntryRow | Row[Any]) -> bytes:
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
