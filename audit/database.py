"""The one place where sessions open, on SQLite and on PostgreSQL.

A fact and its log entry commit together, so nothing else in the project commits. What the two databases do
differently (how a transaction begins, how a subject is locked, how many rows go in one statement) stays in here.
"""

import errno
import hashlib
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from audit import trips
from audit.errors import Refusal

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_SECONDS = 20
"""How long a writer waits for SQLite's lock."""

IDLE_SECONDS = 1.0
"""A connection to PostgreSQL that has lain idle for longer is tried before it is used."""

CONNECTIONS = 40
"""Of one process at most, and all are kept: whoever opens one in passing pays more for it than for what it asks."""

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit row id. SQLite numbers rows by itself only where the column's type is exactly INTEGER."""


_USED = "mingtang_used"

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""How the kernel says that a file cannot grow."""


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {int: BigId, bytes: LargeBinary}  # noqa: RUF012 - read by SQLAlchemy, never changed


def index_on(dialect: str, name: str, *columns: str) -> Index:
    """An index that only one of the two databases has."""
    return Index(name, *columns, info={"dialect": dialect}).ddl_if(dialect=dialect)


class DatabaseBusy(Refusal):
    """The database did not give its lock in time: nothing was done, and the same request may be sent again."""

    code = "audit.database-busy"
    zh = "系统繁忙，本次操作未执行，请稍后重试。"
    en = "The system is busy; nothing was done. Please try again."


class DiskFull(Refusal):
    """The database or a file could not grow: nothing was done, and what was acknowledged is not touched."""

    code = "audit.disk-full"
    zh = "磁盘已满，本次操作未执行；已受理的事项不受影响。腾出空间后自动恢复。"
    en = "The disk is full; nothing was done and nothing is lost. It goes on by itself when there is room."


class Database:
    """An engine and the two kinds of transaction the project knows."""

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.engine = _engine(self.url)
        self._turn = threading.Lock()
        """Of the writers of SQLite in this process; SQLite itself lets them poll and sleep, and serves no queue."""

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state and changes nothing. Raises DatabaseBusy."""
        try:
            connection = self.engine.connect().execution_options(**_READ_OPTIONS[self.engine.dialect.name])
            try:
                with Session(connection, autoflush=False, expire_on_commit=False) as session:
                    yield session
            finally:
                connection.close()
        except _LOCKED as fault:
            _refuse_if_busy(fault)
            raise

    @contextmanager
    def asking(self) -> Iterator[Connection]:
        """A connection for one statement that changes nothing, which sees one state without a transaction of its own.

        Most of what is asked for each request is no more than that, and a transaction costs twice as much again.
        """
        with self.connect_to_ask() as connection:
            yield connection

    def connect_to_ask(self) -> Connection:
        """The same connection for as long as the caller keeps it."""
        return self.engine.connect().execution_options(**_ASK_OPTIONS)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that commits if the block ends well, and else leaves nothing behind.

        Raises DatabaseBusy, DiskFull.
        """
        try:
            with self._taking_turns(), Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except _LOCKED as fault:
            _refuse_if_busy(fault)
            if _is_full(fault):
                raise DiskFull from fault
            raise
        except OSError as fault:  # from a file that the command stores
            if fault.errno in NO_ROOM:
                raise DiskFull from fault
            raise

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        if not self.is_sqlite:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise DatabaseBusy
        try:
            yield
        finally:
            self._turn.release()

    def dispose(self) -> None:
        self.engine.dispose()


# How a transaction begins, where it is not one that writes. SQLite gives a reader its own unchanging view of a WAL
# database as soon as its transaction is deferred. On PostgreSQL a page that reads twice must not see two states.
_BEGIN = "mingtang_begin"
_READ_OPTIONS: dict[str, dict[str, Any]] = {
    "sqlite": {_BEGIN: "BEGIN DEFERRED"},
    "postgresql": {_BEGIN: trips.BEGIN_READING},
}
_ASK_OPTIONS: dict[str, Any] = {_BEGIN: None}


def _engine(url: URL) -> Engine:
    # hide_parameters: an error must not print a phone number into a log file.
    if url.get_backend_name() == "sqlite":
        options: dict[str, Any] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        engine = create_engine(url, connect_args=options, pool_size=20, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    # The driver begins no transaction by itself, for it would send a BEGIN on a trip of its own.
    options = {"autocommit": True}
    engine = create_engine(url, connect_args=options, pool_size=20, max_overflow=20, hide_parameters=True)
    event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "before_cursor_execute", trips.settle)
    event.listen(engine, "commit", trips.commit)
    event.listen(engine, "rollback", trips.roll_back)
    event.listen(engine, "reset", trips.reset)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", partial(_ping_if_idle, engine))
    return engine


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _ping_if_idle(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that was idle whether it still is one; in one that was just in use a ping finds nothing."""
    if time.monotonic() - record.info.get(_USED, float("-inf")) < IDLE_SECONDS:
        return
    try:
        engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error as fault:
        raise InvalidatePoolError from fault  # and the pool tries others, and opens new ones


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come late and deferred
    cursor = connection.cursor()
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-8000")
    for pragma in pragmas:  # the cache, in KiB, is to hold the inner pages of the indices of a million notices
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # IMMEDIATE takes the write lock before the first read: two commands that both read and then both write would else
    # have to be undone.
    begin = connection.get_execution_options().get(_BEGIN, "BEGIN IMMEDIATE")
    if begin:
        connection.exec_driver_sql(begin)


def _begin_postgres(connection: Connection) -> None:
    # What is read after an advisory lock must be fresh; under REPEATABLE READ the snapshot could be older.
    begin = connection.get_execution_options().get(_BEGIN, trips.BEGIN)
    if begin is not None:
        trips.owe(connection, begin)


_LOCKED = (OperationalError, sqlite3.OperationalError)
"""The driver's own comes from a connection that could not be opened."""


def _refuse_if_busy(fault: Exception) -> None:
    if _is_busy(fault):
        raise DatabaseBusy from fault


def _is_busy(fault: Exception) -> bool:
    cause = getattr(fault, "orig", fault)
    if isinstance(cause, sqlite3.OperationalError):
        return cause.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return getattr(cause, "sqlstate", None) in {"40P01", "55P03", "57014"}  # deadlock, lock or statement timeout


def _is_full(fault: Exception) -> bool:
    cause = getattr(fault, "orig", fault)
    if isinstance(cause, sqlite3.OperationalError):
        # A quota or a limit on the size of files shows as a failed write, not as a full disk.
        full = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}
        return cause.sqlite_errorcode in full
    return getattr(cause, "sqlstate", None) == "53100"


def lock(held: Session | Connection, own: Iterable[str], shared: Iterable[str] = ()) -> None:
    """Lock subjects until the transaction ends, before anything is read.

    own: subjects that this command changes. shared: subjects whose facts its rules rest on. Both are taken in one
    sorted order, so two commands cannot wait for each other. SQLite's single writer is already this lock.
    """
    connection = held.connection() if isinstance(held, Session) else held  # has begun the transaction
    if connection.dialect.name != "sqlite":
        trips.trip(connection, _locking(own, shared))


def lock_and_number(connection: Connection, own: Iterable[str], shared: Iterable[str]) -> int | None:
    """The same, and the id of the entry that will be written; None where only its insertion can give it.

    The number is taken when all locks are held, so of two entries that one lock keeps apart the later has the higher.
    """
    if connection.dialect.name == "sqlite":
        return None
    [answer] = trips.trip(connection, _locking(own, shared, _NUMBER))
    return int(answer.rows[0][-1])


_NUMBER = "nextval('entries_id_seq')"


def _locking(own: Iterable[str], shared: Iterable[str], *also: str) -> trips.Asked:
    """One statement, whose columns are computed from left to right; without numbers in it, it is prepared but once."""
    modes = dict.fromkeys(shared, "_shared") | dict.fromkeys(own, "")
    subjects = sorted(modes)
    calls = [f"pg_advisory_xact_lock{modes[subject]}(${number})" for number, subject in enumerate(subjects, 1)]
    names = tuple(map(str, range(len(subjects))))
    sql = f"SELECT {', '.join([*calls, *also])}".encode()
    return trips.Statement(sql, names), dict(zip(names, map(lock_key, subjects), strict=True))


def lock_key(subject: str) -> int:
    """The signed 64-bit number under which PostgreSQL knows a subject. Two subjects with one number only wait more."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], "big", signed=True)
