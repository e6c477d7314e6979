"""Loads what `notices_made` makes, as quickly as each database takes it in.

While it loads nothing is synced and no reference is checked, and PostgreSQL's index of words is made afterwards, which
takes a tenth of the time. What is there in the end is what the program's own commands would leave.
"""

import multiprocessing
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from audit.database import Database
from audit.migrate import upgrade
from benchmarks.notices_made import COLUMNS, Generator, Rows
from trading.search_tables import WORDS


def load(urls: Mapping[int, str]) -> tuple[int, float]:
    """Into a database for each size, all of one kind; returns the entries of the largest and the seconds it took."""
    start = time.perf_counter()
    databases = {size: Database(url) for size, url in urls.items()}
    dialect = next(iter(databases.values())).engine.dialect.name
    generator = Generator(dialect)
    for database in databases.values():
        upgrade(database)
        _LOADERS[dialect].begin(database)
        database.dispose()
    for size in sorted(databases):
        into = [database for larger, database in databases.items() if larger >= size]
        with _all(_LOADERS[dialect], into) as loaders:
            for rows in generator.upto(size):
                for loader in loaders:
                    loader.put(rows)
    for database in databases.values():
        _LOADERS[dialect].end(database)
        database.dispose()
    return generator.id, time.perf_counter() - start


def load_beside(every: Mapping[str, Mapping[int, str]]) -> dict[str, float]:
    """Both kinds of database at once, each in a process of its own; returns the seconds of each."""
    with multiprocessing.get_context("spawn").Pool(len(every)) as pool:
        answers = {name: pool.apply_async(load, (urls,)) for name, urls in every.items()}
        return {name: answer.get()[1] for name, answer in answers.items()}


@contextmanager
def _all(kind: "type[_Sqlite] | type[_Postgres]", databases: list[Database]) -> Iterator[list[Any]]:
    loaders = [kind(database) for database in databases]
    yield loaders
    for loader in loaders:
        loader.close()


class _Sqlite:
    def __init__(self, database: Database) -> None:
        self.connection = sqlite3.connect(str(database.url.database), isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            self.connection.execute(f"PRAGMA {pragma}")

    @staticmethod
    def begin(database: Database) -> None:
        pass

    def put(self, rows: Rows) -> None:
        self.connection.execute("BEGIN")
        for table, columns in COLUMNS.items():
            names = columns.split()
            into = ", ".join("rowid" if table == "notice_words" and name == "entry_id" else name for name in names)
            marks = ", ".join("?" * len(names))
            self.connection.executemany(f"INSERT INTO {table} ({into}) VALUES ({marks})", rows[table])
        self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()

    @staticmethod
    def end(database: Database) -> None:
        connection = sqlite3.connect(str(database.url.database), isolation_level=None)
        connection.execute("PRAGMA synchronous=OFF")
        # What `merge_words` does step by step each night.
        connection.execute("INSERT INTO notice_words (notice_words) VALUES ('optimize')")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()


class _Postgres:
    def __init__(self, database: Database) -> None:
        self.connection = _connected(database)
        # As a replica the server checks no reference: it is told that all of this was checked elsewhere.
        self.connection.execute("SET session_replication_role = replica")
        self.connection.execute("SET synchronous_commit = off")

    @staticmethod
    def begin(database: Database) -> None:
        with _connected(database) as connection:
            connection.execute("DROP INDEX ix_notice_words_words")

    def put(self, rows: Rows) -> None:
        with self.connection.transaction(), self.connection.cursor() as cursor:
            for table, columns in COLUMNS.items():
                with cursor.copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as copy:
                    copy.write("".join("\t".join(map(_field, row)) + "\n" for row in rows[table]))

    def close(self) -> None:
        self.connection.close()

    @staticmethod
    def end(database: Database) -> None:
        with _connected(database) as connection:
            connection.execute("SET maintenance_work_mem = '1GB'")
            connection.execute(WORDS["postgresql"][-1])
            connection.execute("SELECT setval(pg_get_serial_sequence('entries', 'id'), max(id)) FROM entries")
            connection.execute("VACUUM ANALYZE")


def _connected(database: Database) -> psycopg.Connection[Any]:
    url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(url, autocommit=True)


def _field(value: Any) -> str:
    """As COPY reads it."""
    if value is None:
        return r"\N"
    if isinstance(value, bytes):
        return r"\\x" + value.hex()
    if isinstance(value, str):
        return value.replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t") if _needs(value) else value
    return str(value)


def _needs(text: str) -> bool:
    return "\n" in text or "\\" in text or "\t" in text


_LOADERS: dict[str, type[_Sqlite] | type[_Postgres]] = {"sqlite": _Sqlite, "postgresql": _Postgres}
