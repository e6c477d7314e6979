"""A copy of the database in one file (`mingtang db backup`), and back (`mingtang db restore`).

It holds everything that the log does not: private values with their salts, accounts, what waits. So it is for the
centre's eyes only, and it never holds a key. After a restore the next start compares the database with the published
checkpoint and signs nothing that does not extend it.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, inspect, select
from sqlalchemy.orm import Session

from audit.database import Database
from audit.errors import Refusal, Unreadable
from audit.tables import BackupRow, TreeHeadRow


class BackupExists(Refusal):
    code = "audit.backup-exists"
    zh = "{file} 已存在，不会覆盖。"
    en = "{file} is there already and is not overwritten."


class DatabaseInUse(Refusal):
    code = "audit.database-in-use"
    zh = "数据库中已有日志；只能恢复到空数据库。"
    en = "The database holds a log already; a backup is restored into an empty one only."


class BackupFailed(Refusal):
    code = "audit.backup-failed"
    zh = "{program} 未能完成：{why}"
    en = "{program} did not finish: {why}"


class NotABackup(Refusal):
    code = "audit.not-a-backup"
    zh = "{file} 不是本系统的数据库备份。"
    en = "{file} is no backup of such a database."


@dataclass(frozen=True)
class Backup:
    """A backup that was made."""

    file: str
    """Its path as it was then."""
    made_at: int
    """Unix milliseconds, when it was complete."""


def backup(database: Database, file: Path, clock: Callable[[], int]) -> None:
    """Write a consistent copy while the centre goes on, and remember that. clock: Unix milliseconds.

    Raises BackupExists, BackupFailed.
    """
    if file.exists():
        raise BackupExists(file=file)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # before anything private is in it
    try:
        if database.is_sqlite:
            with closing(sqlite3.connect(_path(database.url))) as source, closing(sqlite3.connect(file)) as target:
                source.backup(target)
        else:
            _run("pg_dump", database.url, "--format=custom", "--no-owner", f"--file={file}")
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    with database.writing() as session:
        session.add(BackupRow(file=str(file.resolve()), made_at=clock()))


def backups_since(session: Session, at: int) -> list[Backup]:
    """The backups complete at that moment (Unix milliseconds) or later, oldest first: they may hold what came then."""
    rows = session.scalars(select(BackupRow).where(BackupRow.made_at >= at).order_by(BackupRow.made_at, BackupRow.file))
    return [Backup(row.file, row.made_at) for row in rows]


def restore(database: Database, file: Path) -> None:
    """Bring a backup into a database that holds no log. Raises Unreadable, NotABackup, DatabaseInUse, BackupFailed."""
    if not file.is_file():
        raise Unreadable(what=file, why="-")
    if inspect(database.engine).has_table(TreeHeadRow.__tablename__):
        raise DatabaseInUse
    if not database.is_sqlite:
        _run("pg_restore", database.url, "--no-owner", "--exit-on-error", "--single-transaction", str(file))
        return
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as source:
        try:
            source.execute("SELECT size FROM tree_head").fetchone()
        except sqlite3.DatabaseError:
            raise NotABackup(file=file) from None
    database.dispose()
    path = _path(database.url)
    for left in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):  # of the empty database that was looked into
        left.unlink(missing_ok=True)
    shutil.copyfile(file, path)


def _path(url: URL) -> Path:
    assert url.database is not None
    return Path(url.database)


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs. The password goes by the environment, not where `ps` shows it."""
    address = url.set(drivername="postgresql", password=None).render_as_string()
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    try:
        done = subprocess.run(
            [program, f"--dbname={address}", *arguments], capture_output=True, text=True, env=environment
        )
    except FileNotFoundError:
        raise BackupFailed(program=program, why="apt-get install postgresql-client") from None
    if done.returncode:
        raise BackupFailed(program=program, why=" ".join(done.stderr.split())[:500])
