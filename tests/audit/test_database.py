"""Connections that are only asked one thing, and those that were lost while they lay idle."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from audit import database as databases
from audit import trips
from audit.database import Database, DatabaseBusy
from audit.log import Log, open_log

OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def test_a_transaction_is_whole_again_after_its_connection_was_only_asked(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE kept (number INTEGER)"))
    with database.asking() as connection:
        assert connection.scalar(text("SELECT count(*) FROM kept")) == 0
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        session.execute(text("INSERT INTO kept VALUES (1)"))
        raise ZeroDivisionError
    with database.asking() as connection:
        assert connection.scalar(text("SELECT count(*) FROM kept")) == 0
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined] # of the pools that both kinds have


def test_whoever_asks_waits_for_no_writer(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE kept (number INTEGER)"))
    with database.writing() as session:
        session.execute(text("INSERT INTO kept VALUES (1)"))
        with database.asking() as connection:
            assert connection.scalar(text("SELECT count(*) FROM kept")) == 0


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_connections_lost_while_they_lay_idle_are_replaced_unseen(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "IDLE_SECONDS", 0.0)
    with database.asking(), database.asking() as second, database.asking() as third:
        assert second.scalar(text(f"SELECT count(pg_terminate_backend(pid)) {OTHERS}")) >= 2
        assert third.closed is False
    with database.writing() as session:
        assert session.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_just_used_is_not_tried_first_and_a_lost_one_harms_one_caller(database: Database) -> None:
    with database.asking() as victim:
        lost = victim.scalar(text("SELECT pg_backend_pid()"))
        with database.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": lost})
    failures = 0
    for _ in range(3):
        try:
            with database.writing() as session:
                session.execute(text("SELECT 1"))
        except DBAPIError:
            failures += 1
    assert failures <= 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_log_whose_database_is_locked_is_refused_as_busy(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    log.stop()
    monkeypatch.setattr(databases, "BUSY_SECONDS", 0)
    path = str(log.database.url.database)
    log.database.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        locked = Database(log.database.url)
        with pytest.raises(DatabaseBusy):
            open_log(log.data, locked, log.clock, reserve=0)
        holder.execute("ROLLBACK")
    assert open_log(log.data, locked, log.clock, reserve=0).vkey == log.vkey
    locked.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_what_is_prepared_on_a_connection_outlives_a_commit_that_fails_and_a_table_that_goes(
    database: Database,
) -> None:
    one = trips.Statement(b"SELECT 1")
    half = trips.Statement(b"SELECT 1 / $1", ("by",))
    with database.writing() as session:
        session.execute(text("CREATE TABLE kept (number INTEGER PRIMARY KEY)"))
        for _ in range(7):  # so often that the driver prepares it too
            assert session.scalar(text("SELECT 2")) == 2
    for _ in range(2):
        with pytest.raises(DataError), database.writing() as session:
            assert trips.trip(session.connection(), (one, {})) == [([(1,)], 1)]
            trips.owe(session.connection(), half, {"by": 0})
        with pytest.raises(IntegrityError), database.writing() as session:
            session.execute(text("INSERT INTO kept VALUES (1)"))
            trips.owe(session.connection(), trips.Statement(b"INSERT INTO kept VALUES (1)"))
    with database.writing() as session:
        session.execute(text("DROP TABLE kept"))
        assert trips.trip(session.connection(), (one, {}), (half, {"by": 1})) == [([(1,)], 1), ([(1,)], 1)]
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined] # of the pools that both kinds have
