"""Statements to PostgreSQL several at a time: there and back once, where the driver would go once for each.

    owe(connection, BEGIN)                       nothing is sent yet
    rows = trip(connection, (LOCK, parameters))  BEGIN and LOCK go out together, and their answers come back together
    owe(connection, (INSERT, parameters))        goes out with the next statement, or with the COMMIT

Each command waits for the database three times and not seven, and the interpreter changes threads as often less.
What is owed goes before whatever is executed on the connection, whoever executes it. If a statement fails, PostgreSQL
leaves out all that were sent after it, the COMMIT too.
"""

import itertools
import re
import select
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import psycopg
from psycopg import errors
from psycopg.adapt import Transformer
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy import ClauseElement, Connection
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

_WIRE = "mingtang_wire"
_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call] # by SQLAlchemy
_UNKNOWN, _BYTEA, _INT8 = 0, 17, 20
"""Types of parameters: of a text PostgreSQL finds out by itself what it is meant for."""
_KEPT = 200
"""Statements that one connection keeps prepared at most."""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as PostgreSQL takes it, with its parameters' names in the order of their numbers."""

    sql: bytes
    names: tuple[str, ...] = ()
    is_binary: bool = False
    """Whether it is answered in binary; as text, bytes come twice as long."""

    @classmethod
    def of(cls, clause: ClauseElement, is_binary: bool = False) -> "Statement":
        compiled = clause.compile(dialect=_DIALECT)
        return cls(compiled.string.encode(), tuple(getattr(compiled, "positiontup", None) or ()), is_binary)


class Answer(NamedTuple):
    rows: list[tuple[Any, ...]]
    changed: int
    """How many rows."""


Parameters = Mapping[str, int | str | bytes | None]
Asked = tuple[Statement, Parameters]

BEGIN = Statement(b"BEGIN ISOLATION LEVEL READ COMMITTED")
BEGIN_READING = Statement(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
COMMIT = Statement(b"COMMIT")
ROLLBACK = Statement(b"ROLLBACK")

_DISCARDING = re.compile(r"(?:^|;)\s*(?:ALTER|DEALLOCATE|DISCARD|DROP|ROLLBACK)\b")
"""After these the driver has the server forget all that is prepared, what was prepared here too."""
_numbers = itertools.count()
"""Of all prepared statements, so that no name is given twice."""

_Key = tuple[bytes, tuple[int, ...]]


class Wire:
    """A connection as the driver has it, with what is owed to it and what it has prepared."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self.owed: list[Asked] = []
        self._pgconn: PGconn = raw.pgconn
        self._rows = Transformer(raw)
        self._prepared: dict[_Key, bytes] = {}
        self._readable = select.poll()
        self._readable.register(self._pgconn.socket, select.POLLIN)
        self._either = select.poll()
        self._either.register(self._pgconn.socket, select.POLLIN | select.POLLOUT)

    @property
    def in_transaction(self) -> bool:
        return self._pgconn.transaction_status != TransactionStatus.IDLE

    def trip(self, *asked: Asked) -> list[Answer]:
        """Send what is owed and then this; the answers to this. Raises what the driver would."""
        owed = len(self.owed)
        statements = (*self.owed, *asked)
        self.owed.clear()
        if not statements:
            return []
        try:
            self._pgconn.enter_pipeline_mode()
            fresh = [self._send(*each) for each in statements]
            self._pgconn.pipeline_sync()
            results = self._results(fresh)
            self._pgconn.exit_pipeline_mode()
        except BaseException:
            self.raw.close()  # nobody knows what is under way on it
            raise
        for result in results:
            if result.status == ExecStatus.FATAL_ERROR:
                fault = errors.error_from_result(result)
                if isinstance(fault, errors.InvalidSqlStatementName):
                    self.forget()  # so that only this one fails
                raise fault
        return [self._answer(result) for result in results[owed:]]

    def forget(self) -> None:
        """Prepare everything anew."""
        self._prepared.clear()

    def _send(self, statement: Statement, parameters: Parameters) -> tuple[_Key, bytes] | None:
        """Send one, and before it what it is prepared with, if it is not; its name then."""
        values = [parameters[name] for name in statement.names]
        types = tuple(map(_type, values))
        key = (statement.sql, types)
        name, fresh = self._prepared.get(key), None
        if name is None:
            if len(self._prepared) < _KEPT:
                name = b"mingtang_%d" % next(_numbers)
                fresh = (key, name)
            self._pgconn.send_prepare(name or b"", statement.sql, types)
        data = [_data(value) for value in values]
        formats = [Format.BINARY if type(value) is bytes else Format.TEXT for value in values]
        asked_for = Format.BINARY if statement.is_binary else Format.TEXT
        self._pgconn.send_query_prepared(name or b"", data, formats, asked_for)
        return fresh or ((key, b"") if name is None else None)

    def _results(self, fresh: Sequence[tuple[_Key, bytes] | None]) -> list[PGresult]:
        """The result of each statement; where its preparation failed, that is the result."""
        while self._pgconn.flush():
            self._either.poll()
            self._pgconn.consume_input()  # it may itself wait for us to read
        results = []
        for new in fresh:
            failed = None
            if new is not None:
                prepared = self._next()
                if prepared.status == ExecStatus.COMMAND_OK:
                    key, name = new
                    if name:
                        self._prepared[key] = name
                else:
                    failed = prepared
            result = self._next()
            results.append(failed or result)
        synced = self._next(ends=False)
        assert synced.status == ExecStatus.PIPELINE_SYNC, synced.status
        return results

    def _next(self, ends: bool = True) -> PGresult:
        """The next result. ends: whether an empty one follows it, as one does each but that of the sync."""
        result = self._get()
        if result is None or (ends and self._get() is not None):
            raise psycopg.OperationalError("the connection was lost")
        return result

    def _get(self) -> PGresult | None:
        while self._pgconn.is_busy():
            self._readable.poll()
            self._pgconn.consume_input()
        return self._pgconn.get_result()

    def _answer(self, result: PGresult) -> Answer:
        self._rows.set_pgresult(result)
        return Answer(self._rows.load_rows(0, result.ntuples, tuple), result.command_tuples or 0)


def _type(value: object) -> int:
    return _BYTEA if type(value) is bytes else _INT8 if type(value) is int else _UNKNOWN


def _data(value: int | str | bytes | None) -> bytes | None:
    return value.encode() if type(value) is str else b"%d" % value if type(value) is int else cast(bytes | None, value)


def wire_of(connection: Connection) -> Wire:
    info = connection.info
    found = info.get(_WIRE)
    if found is None:
        found = info[_WIRE] = Wire(cast(psycopg.Connection[Any], connection.connection.driver_connection))
    return cast(Wire, found)


def owe(connection: Connection, statement: Statement, parameters: Parameters | None = None) -> None:
    """Let this be sent before whatever is sent next."""
    wire_of(connection).owed.append((statement, parameters or {}))


def trip(connection: Connection, *asked: Asked) -> list[Answer]:
    """Send what is owed and then these, and wait for their answers. Raises what SQLAlchemy would."""
    wire = wire_of(connection)
    try:
        return wire.trip(*asked)
    except psycopg.Error as fault:
        if wire.raw.closed:
            connection.invalidate(fault)
        failed = DBAPIError.instance(None, None, fault, psycopg.Error, hide_parameters=True, dialect=connection.dialect)
        raise failed from fault


# What SQLAlchemy does on the same connections: it says where a transaction begins and ends, and this sends it.


def settle(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    """Send what is owed, before something is executed without a trip."""
    wire = connection.info.get(_WIRE)
    if wire is None:
        return
    if wire.owed:
        trip(connection)
    if _DISCARDING.search(statement):
        wire.forget()


def commit(connection: Connection) -> None:
    """Commit, with what is owed. Where nothing was ever sent there is nothing to commit."""
    wire = wire_of(connection)
    if not wire.in_transaction and all(statement in (BEGIN, BEGIN_READING) for statement, _ in wire.owed):
        wire.owed.clear()
    else:
        trip(connection, (COMMIT, {}))


def roll_back(connection: Connection) -> None:
    """Roll back; by the driver's own way all that is prepared would be lost with it."""
    wire = None if connection.invalidated else connection.info.get(_WIRE)
    if wire is None:
        return
    wire.owed.clear()
    if not wire.raw.closed and wire.in_transaction:
        trip(connection, (ROLLBACK, {}))


def reset(_connection: object, record: ConnectionPoolEntry, _state: object) -> None:
    """The same for a connection that comes back to the pool with a transaction in it, as after a COMMIT that failed."""
    wire = cast(Wire | None, record.info.get(_WIRE))
    if wire is not None and not wire.raw.closed and wire.in_transaction:
        wire.owed.clear()
        wire.trip((ROLLBACK, {}))
