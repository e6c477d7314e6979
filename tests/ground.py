"""What tests stand on: a clock that only they move, and a PostgreSQL cluster of their own."""

import os
import secrets
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from audit.database import Database
from audit.migrate import upgrade

ORIGIN = "log.example.org/mingtang"
START = 1_763_949_600_000
"""24 November 2025, 10:00 in Shanghai: a Monday, in Unix milliseconds."""


class FakeClock:
    """A clock that only the test moves."""

    def __init__(self, now: int = START) -> None:
        self.now = now
        """Unix milliseconds."""

    def __call__(self) -> int:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += int(seconds * 1000)


class Cluster:
    """PostgreSQL for one run, on a free port and a socket folder of its own.

    durable: whether commits are synced. Nothing in the tests takes the machine's power away, so they go without.
    """

    def __init__(self, folder: Path, port: int | None = None, durable: bool = False) -> None:
        """port: of a cluster that another process of this run has started."""
        self.folder = folder
        self.durable = durable
        self.programs = _postgres_programs()
        self.port = port or _free_port()
        self._as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        self._template: str | None = None
        self._own: Database | None = None
        self._tables: set[str] = set()

    def start(self) -> None:
        data = self.folder / "data"
        if self._as_postgres:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=400"
        if not self.durable:
            options += " -c fsync=off -c full_page_writes=off"
        self._run("pg_ctl", "-D", data, "-w", "-l", self.folder / "server.log", "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """A new database, empty or as its template; returns its address."""
        name = f"test_{secrets.token_hex(6)}"
        admin = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        admin.dispose()
        return self.url(name)

    def create_migrated(self) -> str:
        """A new database with this release's tables, which are made once and then copied; returns its address."""
        if self._template is None:
            database = Database(self.create())
            upgrade(database)
            database.dispose()
            self._template = database.url.database
        assert self._template is not None
        return self.create(self._template)

    def emptied(self) -> Database:
        """This process's own database, with this release's tables and no rows; its connections stay open.

        To delete what a test left takes a hundredth of the time of a new database. Where that cannot be done, a new one
        is made after all.
        """
        if self._own is not None and not _is_emptied(self._own, self._tables):
            self._own.dispose()
            self._own = None
        if self._own is None:
            self._own = Database(self.create_migrated())
            self._tables = set(inspect(self._own.engine).get_table_names())
            deletions = " ".join(f'DELETE FROM "{name}";' for name in sorted(self._tables - {"alembic_version"}))
            with self._own.engine.begin() as connection:
                connection.exec_driver_sql(_EMPTYING.format(deletions))
        return self._own

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self._as_postgres, str(self.programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, cwd=self.folder, stdout=subprocess.DEVNULL)


def _is_emptied(database: Database, tables: set[str]) -> bool:
    """Delete all rows, unless a test made tables of its own, or somebody else is at work in there or leads its log."""
    try:
        with database.engine.begin() as connection:
            if connection.scalar(text(_IN_USE)) or set(connection.scalars(text(_TABLES))) != tables:
                return False
            connection.exec_driver_sql("SELECT emptied()")
    except DBAPIError:
        return False
    return True


# A function, since each connection plans its statements once. Who refers to whom does not matter where nothing is left.
_EMPTYING = """
    CREATE FUNCTION emptied() RETURNS void LANGUAGE plpgsql SET session_replication_role = replica AS $$
    BEGIN
        {}
        PERFORM setval(c.oid, 1, false) FROM pg_class c WHERE c.relkind = 'S';
    END $$"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_IN_USE = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle')
        OR EXISTS (SELECT FROM pg_locks
                   WHERE locktype = 'advisory'
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""


def _postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        pytest.fail("PostgreSQL is missing: apt-get install postgresql-15", pytrace=False)
    return found[-1].parent


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
