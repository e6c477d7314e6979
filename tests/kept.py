"""What many tests begin with, made once in a process by real commands and then copied row by row.

    once(log, ("hall", 6), fill)    # the first time `fill()`; then the rows that it left, in a transaction or two

A log gets the same entries under the same numbers, the same rows and files, and the clock moves as it did. Only the
places are given anew, by the log's own sequencer, at the times at which they were given first.
"""

import copy
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, NamedTuple, Protocol, TypeVar
from weakref import WeakKeyDictionary

from audit.database import Database
from audit.entry import SYSTEM
from audit.log import Log, create_log, open_log
from audit.migrate import upgrade
from audit.tables import EntryRow
from tests.ground import ORIGIN, FakeClock

T = TypeVar("T")
Row = Any
"""A tuple on SQLite, a line of COPY on PostgreSQL: whatever the same kind of database takes back."""
Tables = dict[str, list[Row]]
Files = dict[Path, tuple[int, bytes]]
"""Path below the data folder to mode and bytes."""

_PLACE = {"seq", "prev", "logged", "leaf_hash"}
"""Columns of an entry that the sequencer fills."""
_UNPLACED = ", ".join("NULL" if column.name in _PLACE else column.name for column in EntryRow.__table__.columns)
_OF_THE_TREE = ("entries", "tree_head", "checkpoints", "cosignatures")
"""Tables that a log fills by itself, once it has entries to place."""


class Entry(NamedTuple):
    id: int
    logged: int | None
    row: Row
    """Without a place."""


@dataclass
class Kept(Generic[T]):
    """What a way of beginning leaves behind."""

    answer: T
    entries: list[Entry]
    added: Tables
    replaced: Tables
    """All rows of the tables in which some were changed or removed."""
    files: "Files"
    now: int
    """What the clock shows after it."""


class Ground(NamedTuple):
    """What is known of a log's state: how it came about, and what is the case as long as nothing was added to that."""

    name: Hashable
    entry: int
    now: int


_kept: dict[Hashable, Kept[Any]] = {}
_grounds: WeakKeyDictionary[Log, Ground] = WeakKeyDictionary()
_new: dict[Hashable, tuple[Tables, Files]] = {}


def new_log(data: Path, database: Database, clock: FakeClock) -> None:
    """Begin a log in an empty database and folder. All of one process have the same keys."""
    name = (database.is_sqlite, clock.now)
    with _rows_of(database) as rows:
        if name not in _new:
            empty = {table: rows.read(table) for table in rows.tables()}
            create_log(data, database, ORIGIN, clock)
            _new[name] = {table: rows.read(table) for table in empty if not empty[table]}, _files(data)
            return
        tables, files = _new[name]
        rows.add(tables)
        rows.commit(last_entry=1)
    _write(data, files)


@contextmanager
def a_log(folder: Path, clock: FakeClock) -> Iterator[Log]:
    """A running log on SQLite."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mingtang.db").write_bytes(empty_tables())
    database = Database(f"sqlite:///{folder / 'mingtang.db'}")
    new_log(folder, database, clock)
    log = open_log(folder, database, clock, reserve=0)
    log.start()
    yield log
    log.stop()
    database.dispose()


@cache
def empty_tables() -> bytes:
    """A SQLite file with this release's tables."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/mingtang.db")
        upgrade(database)
        database.dispose()
        return Path(folder, "mingtang.db").read_bytes()


def once(log: Log, name: Hashable, fill: Callable[[], T], placed: bool = True) -> T:
    """Do `fill`, or have what it left the first time, where it began in the same state; returns its answer.

    name: tells apart what `fill` is. placed: whether the log runs and `fill` has all that it records published.
    """
    clock = log.clock
    if not isinstance(clock, FakeClock):
        return fill()
    with _rows_of(log.database) as rows:
        ground = _ground(log, rows.last_entry(), clock.now)
        if ground is None:
            return fill()
        name = (ground, log.database.is_sqlite, placed, name)
        kept: Kept[T] | None = _kept.get(name)
        if kept is None:
            kept = _kept[name] = _filled(log, clock, rows, ground.entry, fill, placed)
        else:
            _fill_again(log, clock, rows, kept)
    _grounds[log] = Ground(name, kept.entries[-1].id, clock.now)
    return copy.deepcopy(kept.answer)


def _ground(log: Log, last_entry: int, now: int) -> Ground | None:
    known = _grounds.get(log)
    if known is None and last_entry == 1:
        return Ground("opened", 1, now)
    return known if known is not None and (known.entry, known.now) == (last_entry, now) else None


def _filled(log: Log, clock: FakeClock, rows: "Rows", last_entry: int, fill: Callable[[], T], placed: bool) -> Kept[T]:
    tables, files = {table: rows.read(table) for table in rows.tables(_OF_THE_TREE)}, _files(log.data, "blobs")
    answer = fill()
    if placed:
        assert log.wait_for_all()
    added, replaced = Tables(), Tables()
    for table, before in tables.items():
        after, known = rows.read(table), set(before)
        if known <= set(after):
            added[table] = [row for row in after if row not in known]
        else:
            replaced[table] = after
    entries = rows.entries_after(last_entry)
    assert entries, "what leaves no entry cannot be told from nothing"
    if placed:
        assert all(one.logged for one in entries)
    else:
        entries = [one._replace(logged=None) for one in entries]
    left = {path: file for path, file in _files(log.data, "blobs").items() if path not in files}
    return Kept(copy.deepcopy(answer), entries, added, replaced, left, clock.now)


def _fill_again(log: Log, clock: FakeClock, rows: "Rows", kept: Kept[T]) -> None:
    _write(log.data, kept.files)
    rows.empty(kept.replaced)
    rows.add(kept.added | kept.replaced)
    for logged, group in groupby(kept.entries, lambda one: one.logged):
        entries = list(group)
        if logged is not None:
            clock.now = logged
        rows.add({"entries": [one.row for one in entries]})
        rows.commit(entries[-1].id)
        with log.act(SYSTEM) as act:
            act.recorded.append(entries[-1].id)
        if logged is not None:
            assert log.wait(entries[-1].id, 20) is not None
    clock.now = kept.now


class Rows(Protocol):
    """The rows of a database as its driver gives and takes them, in one transaction after the other."""

    def tables(self, but: tuple[str, ...] = ()) -> list[str]: ...

    def read(self, table: str) -> list[Row]: ...

    def last_entry(self) -> int: ...

    def entries_after(self, last: int) -> list[Entry]: ...

    def empty(self, tables: Tables) -> None: ...

    def add(self, tables: Tables) -> None: ...

    def commit(self, last_entry: int) -> None: ...


@contextmanager
def _rows_of(database: Database) -> Iterator[Rows]:
    if database.is_sqlite:
        # A connection of its own looks after no references: an entry comes after the rows that came of it.
        with closing(sqlite3.connect(str(database.url.database), timeout=20)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            yield _SqliteRows(connection)
        return
    pooled = database.engine.raw_connection()
    raw: Any = pooled.driver_connection
    raw.autocommit = False
    try:
        yield _PostgresRows(raw)
    finally:
        raw.rollback()
        raw.autocommit = True
        pooled.info.clear()  # what was prepared on it is gone with the transaction
        pooled.close()


class _SqliteRows:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def tables(self, but: tuple[str, ...] = ()) -> list[str]:
        named = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' "
            "AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
        )
        return [name for (name,) in named if name not in but]

    def read(self, table: str) -> list[Row]:
        return self._connection.execute(f'SELECT * FROM "{table}"').fetchall()

    def last_entry(self) -> int:
        found: int | None = self._connection.execute("SELECT max(id) FROM entries").fetchone()[0]
        return found or 0

    def entries_after(self, last: int) -> list[Entry]:
        found = self._connection.execute(
            f"SELECT id, logged, {_UNPLACED} FROM entries WHERE id > {last} ORDER BY id"
        ).fetchall()
        return [Entry(id_, logged, row) for id_, logged, *row in found]

    def empty(self, tables: Tables) -> None:
        for table in tables:
            self._connection.execute(f'DELETE FROM "{table}"')

    def add(self, tables: Tables) -> None:
        for table, rows in tables.items():
            if rows:
                places = ", ".join("?" * len(rows[0]))
                self._connection.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)

    def commit(self, last_entry: int) -> None:
        self._connection.commit()  # it counts on from the greatest number by itself


class _PostgresRows:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def tables(self, but: tuple[str, ...] = ()) -> list[str]:
        named = self._connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return [name for (name,) in named if name not in (*but, "alembic_version")]

    def read(self, table: str) -> list[Row]:
        return self._copied(f'"{table}"')

    def last_entry(self) -> int:
        found: int | None = self._connection.execute("SELECT max(id) FROM entries").fetchone()[0]
        self._connection.rollback()
        return found or 0

    def entries_after(self, last: int) -> list[Entry]:
        those = f"FROM entries WHERE id > {last} ORDER BY id"
        places = self._connection.execute(f"SELECT id, logged {those}").fetchall()
        rows = self._copied(f"(SELECT {_UNPLACED} {those})")
        return [Entry(id_, logged, row) for (id_, logged), row in zip(places, rows, strict=True)]

    def empty(self, tables: Tables) -> None:
        self._without_references()
        for table in tables:
            self._connection.execute(f'DELETE FROM "{table}"')

    def add(self, tables: Tables) -> None:
        self._without_references()
        for table, rows in tables.items():
            if rows:
                with self._connection.cursor().copy(f'COPY "{table}" FROM STDIN') as into:
                    into.write(b"".join(rows))

    def commit(self, last_entry: int) -> None:
        self._connection.execute(f"SELECT setval(pg_get_serial_sequence('entries', 'id'), {last_entry})")
        self._connection.commit()

    def _without_references(self) -> None:
        self._connection.execute("SET LOCAL session_replication_role = replica")

    def _copied(self, what: str) -> list[Row]:
        with self._connection.cursor().copy(f"COPY {what} TO STDOUT") as out:
            lines = b"".join(out).splitlines(keepends=True)
        self._connection.rollback()  # what is read next is what is the case then
        return lines


def _files(folder: Path, below: str = "") -> Files:
    found = (path for path in (folder / below).rglob("*") if path.is_file() and ".db" not in path.suffix)
    return {path.relative_to(folder): (path.stat().st_mode, path.read_bytes()) for path in found}


def _write(folder: Path, files: Files) -> None:
    for name, (mode, data) in files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700 if name.parts[0] == "keys" else 0o755, parents=True, exist_ok=True)
        path.write_bytes(data)
        path.chmod(mode)
