"""Replays the log into an empty database and compares: a row changed behind the program's back shows.

The entries come from the published files, not from the database under suspicion. Public tables are compared by value,
with the entry's `seq` in the place of its row id; private values are checked against their commitments.
"""

import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Column, Select, Table, bindparam, case, create_engine, func, insert, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from audit import entry, merkle, note, projection, tiles
from audit.checkpoint import open_checkpoint
from audit.database import Base, Database
from audit.entry import Entry
from audit.errors import Refusal
from audit.folder import Folder
from audit.merkle import TILE_WIDTH, CompactRange
from audit.projection import Recorded
from audit.publisher import CHECKPOINT
from audit.queries import TileMissing
from audit.sequencer import HEAD_ID, entry_bytes
from audit.tables import CheckpointRow, EntryRow, PrivateValueRow, PublicRow, TreeHeadRow
from audit.tiles import ENTRIES

Progress = Callable[[int, int], None]
"""(entries done, entries in all)"""
_INSERT = insert(EntryRow)


def silent(_done: int, _total: int) -> None:
    """No progress is shown."""


@dataclass(frozen=True)
class Difference:
    """One row that is not what the log says."""

    what: str
    """`DIFFERS`, `MISSING` (in the live table) or `SURPLUS` (there)."""
    table: str
    key: str
    """`seq=5 code=…`."""
    columns: tuple[str, ...] = ()
    """Which columns differ."""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.what, self.table, self.key, ",".join(self.columns))))


@dataclass
class Report:
    """What a comparison found."""

    entries: int = 0
    rows: int = 0
    private: int = 0
    """Private values that match their commitment."""
    erased: int = 0
    """Commitments whose value was deleted: nothing can be said of them, and nothing is wrong."""
    differences: list[Difference] = field(default_factory=list)


Check = Callable[[Session, Session, int], Iterator[Difference]]
"""(the live database, the rebuilt one, entries in all)"""
_checks: list[Check] = []


def also_compared(check: Check) -> Check:
    """Let a package compare what is no table of rows, and so not compared by itself."""
    _checks.append(check)
    return check


def public_tables() -> list[Table]:
    """The tables of every loaded package that the log can rebuild."""
    tables = [row.__table__ for row in _subclasses(PublicRow)]
    return sorted((table for table in tables if isinstance(table, Table)), key=lambda table: table.name)


def _subclasses(row: type[PublicRow]) -> Iterator[type[PublicRow]]:
    for subclass in row.__subclasses__():
        if "__tablename__" in subclass.__dict__:
            yield subclass
        yield from _subclasses(subclass)


def published_entries(folder: Folder, size: int) -> Iterator[bytes]:
    """The entries of the first `size` places from the bundles. Raises TileMissing, BadBundle."""
    for index, start in enumerate(range(0, size, TILE_WIDTH)):
        width = min(TILE_WIDTH, size - start)
        data = folder.read(tiles.tile_path(ENTRIES, index, width))
        if data is not None:
            yield from tiles.decode_bundle(data, width)
            continue
        data = folder.read(tiles.tile_path(ENTRIES, index))
        if data is None:
            raise TileMissing(path=tiles.tile_path(ENTRIES, index, width))
        yield from tiles.decode_bundle(data, TILE_WIDTH)[:width]


@cache
def _empty_tables(_names: frozenset[str]) -> bytes:
    """A SQLite file with these tables, which are all there are: whoever rebuilds twice has them made but once."""
    with closing(sqlite3.connect(":memory:")) as memory:
        engine = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
        Base.metadata.create_all(engine)
        return memory.serialize()


def replay(session: Session, data: Iterable[bytes], progress: Progress = silent, total: int = 0) -> None:
    """Insert entries with their places into an empty database, and all that follows from them."""
    connection = session.connection()
    for seq, item in enumerate(data):
        found = entry.parse(item)
        values = entry_values(found, item)
        connection.execute(_INSERT, values)  # a unit of work costs as much again
        projection.apply(session, recorded(values["id"], found), found.body)
        if seq % 500 == 499:
            session.expunge_all()
            progress(seq + 1, total)


def entry_values(found: Entry, data: bytes) -> dict[str, Any]:
    """The row of a placed entry, under the row id seq + 1."""
    draft = entry.check_draft(found.kind, found.subject, found.actor, found.body, found.private, found.files)
    return {
        "id": found.seq + 1,
        "kind": found.kind,
        "subject": found.subject,
        "actor": found.actor,
        "at": found.at,
        "body": draft.body,
        "private": draft.private,
        "files": draft.files,
        "seq": found.seq,
        "prev": found.prev,
        "logged": found.logged,
        "leaf_hash": merkle.leaf_hash(data),
    }


def recorded(row_id: int, found: Entry) -> Recorded:
    """What a projection may know of an entry that already has its place: no more than when it had none."""
    return Recorded(row_id, found.kind, found.subject, found.actor, found.at, found.private, found.files)


def rebuild_check(database: Database, folder: Folder, key: note.VerifierKey, progress: Progress = silent) -> Report:
    """Compare the live database with what the published log says it must be.

    Raises BadCheckpoint, BadNote, TileMissing, BadBundle where the published log itself is damaged: `verify log` says
    more of that.
    """
    published = folder.read(CHECKPOINT)
    if published is None:
        raise TileMissing(path=CHECKPOINT)
    checkpoint = open_checkpoint(published, key)
    report = Report(entries=checkpoint.size)
    with tempfile.TemporaryDirectory(prefix="mingtang-rebuild-") as temporary:
        file = Path(temporary) / "rebuilt.db"
        file.write_bytes(_empty_tables(frozenset(Base.metadata.tables)))
        rebuilt = Database(f"sqlite:///{file}")
        with rebuilt.writing() as session:
            replay(session, published_entries(folder, checkpoint.size), progress, checkpoint.size)
        with database.reading() as live, rebuilt.reading() as wanted:
            _compare_checkpoints(live, wanted, key, checkpoint.size, report)
            for table in (EntryRow.__table__, *public_tables()):
                assert isinstance(table, Table)
                _compare_table(live, wanted, table, checkpoint.size, report)
            for check in _checks:
                report.differences += check(live, wanted, checkpoint.size)
            _check_private_values(live, checkpoint.size, report)
        rebuilt.dispose()
    return report


def _compare_table(live: Session, wanted: Session, table: Table, size: int, report: Report) -> None:
    """Walk both tables in the order of the log, an entry's rows at a time."""
    left, right = _rows_by_place(live, table, size), _rows_by_place(wanted, table, size)
    for seq in _both(left, right):
        found, expected = left.take(seq), right.take(seq)
        report.rows += len(expected)
        for key in sorted(found.keys() | expected.keys()):
            name = " ".join((f"seq={seq}", *(f"{column}={value}" for column, value in key)))
            if key not in found:
                report.differences.append(Difference("MISSING", table.name, name))
            elif key not in expected:
                report.differences.append(Difference("SURPLUS", table.name, name))
            elif found[key] != expected[key]:
                changed = tuple(column for column, value in expected[key].items() if found[key][column] != value)
                report.differences.append(Difference("DIFFERS", table.name, name, changed))


Key = tuple[tuple[str, Any], ...]
Rows = dict[Key, dict[str, Any]]


class _Walk:
    """Rows of one table by place: `next_seq` is the next place that has any (None at the end)."""

    def __init__(self, groups: Iterator[tuple[int, Rows]]) -> None:
        self._groups = groups
        self._next = next(groups, None)

    @property
    def next_seq(self) -> int | None:
        return None if self._next is None else self._next[0]

    def take(self, seq: int) -> Rows:
        if self._next is None or self._next[0] != seq:
            return {}
        rows = self._next[1]
        self._next = next(self._groups, None)
        return rows


def _both(left: _Walk, right: _Walk) -> Iterator[int]:
    while True:
        ahead = [walk.next_seq for walk in (left, right) if walk.next_seq is not None]
        if not ahead:
            return
        yield min(ahead)


NO_ENTRY = -1
"""The place of a row whose entry does not exist at all."""


def _owner(table: Table) -> Column[int]:
    """The column with the row id of the entry that a row came of."""
    return table.c.id if table is EntryRow.__table__ else table.c.entry_id


@cache
def _in_order(table: Table) -> Select[Any]:
    """What a row's place is, whose row it is, and its other columns; built once, and asked of either database."""
    entries = EntryRow.__table__.alias("place")
    owner = _owner(table)
    place = func.coalesce(entries.c.seq, case((entries.c.id.is_(None), NO_ENTRY)))
    return (
        select(
            place.label("place_seq"), owner.label("owner"), *(column for column in table.columns if column is not owner)
        )
        .select_from(table.outerjoin(entries, entries.c.id == owner))
        .where(place < bindparam("size"))
        .order_by(place)
    )


def _rows_by_place(session: Session, table: Table, size: int) -> _Walk:
    owner = _owner(table)
    columns = [column.name for column in table.columns if column is not owner]
    keys = [column.name for column in table.primary_key.columns if column is not owner]
    rows = session.execute(_in_order(table), {"size": size}, execution_options={"yield_per": 1000})

    def groups() -> Iterator[tuple[int, Rows]]:
        for seq, group in groupby(rows, key=itemgetter(0)):
            found: Rows = {}
            for row in group:
                values = dict(zip(columns, row[2:], strict=True))
                key = tuple((name, values[name]) for name in keys)
                if seq == NO_ENTRY:
                    key = (("entry_id", row[1]), *key)
                found[key] = values
            yield seq, found

    return _Walk(groups())


def _compare_checkpoints(live: Session, wanted: Session, key: note.VerifierKey, size: int, report: Report) -> None:
    """Every checkpoint ever signed is a prefix of the published tree, and the head is that tree or a later one."""
    leaves = iter(wanted.scalars(select(EntryRow.leaf_hash).order_by(EntryRow.seq)))
    tree = CompactRange()
    for row in live.scalars(select(CheckpointRow).where(CheckpointRow.size <= size).order_by(CheckpointRow.size)):
        tree = tree.extended(leaf for leaf in islice(leaves, row.size - tree.size) if leaf is not None)
        try:
            signed = open_checkpoint(row.note, key)
            right = signed.size == row.size == tree.size and signed.root == tree.root()
        except Refusal:
            right = False
        if not right:
            report.differences.append(Difference("DIFFERS", "checkpoints", f"size={row.size}", ("note",)))
    head = live.get(TreeHeadRow, HEAD_ID)
    if head is None:
        report.differences.append(Difference("MISSING", "tree_head", f"id={HEAD_ID}"))
    elif head.size < size:
        report.differences.append(Difference("DIFFERS", "tree_head", f"id={HEAD_ID}", ("size",)))
    elif head.size == size:
        last = wanted.scalars(select(EntryRow).where(EntryRow.seq == size - 1)).one()
        expected = {
            "origin": key.name,
            "frontier": b"".join(tree.hashes),
            "last_sm3": entry.sm3(entry_bytes(last)).hex(),
            "logged": last.logged,
        }
        changed = tuple(name for name, value in expected.items() if getattr(head, name) != value)
        if changed:
            report.differences.append(Difference("DIFFERS", "tree_head", f"id={HEAD_ID}", changed))


def _check_private_values(live: Session, size: int, report: Report) -> None:
    """A private value is what its entry committed to, or it was erased; none is there that no entry names."""
    rows = live.execute(
        select(EntryRow.id, EntryRow.seq, EntryRow.private)
        .where(EntryRow.seq < size, EntryRow.private != b"{}")
        .order_by(EntryRow.seq)
    ).all()
    values: dict[int, list[PrivateValueRow]] = {}
    for value in live.scalars(select(PrivateValueRow).order_by(PrivateValueRow.entry_id)):
        values.setdefault(value.entry_id, []).append(value)
    for row in rows:
        commitments: dict[str, str] = orjson.loads(row.private)
        stored = {value.name: value for value in values.pop(row.id, [])}
        for name, wanted in commitments.items():
            found = stored.get(name)
            if found is None:
                report.erased += 1
            elif len(found.salt) == 32 and entry.commitment(found.salt, found.value) == wanted:
                report.private += 1
            else:
                difference = Difference("DIFFERS", "private_values", f"seq={row.seq} name={name}", ("value",))
                report.differences.append(difference)
        for name in stored.keys() - commitments.keys():
            report.differences.append(Difference("SURPLUS", "private_values", f"seq={row.seq} name={name}"))
    waiting = set(live.scalars(select(EntryRow.id).where(or_(EntryRow.seq.is_(None), EntryRow.seq >= size))))
    for entry_id, left in values.items():
        if entry_id not in waiting:
            for value in left:
                key = f"entry_id={entry_id} name={value.name}"
                report.differences.append(Difference("SURPLUS", "private_values", key))
