"""Disks that a test can fill: a small file system of its own, or what does the same where none may be mounted."""

import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import create_engine, text

from tests.ground import Cluster
from tests.processes.centre import Serving

MEBIBYTE = 1024 * 1024


class Disk(Protocol):
    """Where a centre keeps its data."""

    def fill(self, served: Serving) -> None:
        """Leave no room at all to what this process writes."""

    def make_room(self, served: Serving) -> None:
        """Take back what `fill` did."""


class SmallDisk:
    """A file system of its own, in memory."""

    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self, served: Serving) -> None:
        with self._ballast.open("wb", buffering=0) as file:
            for block in (MEBIBYTE, 4096, 1):
                try:
                    while file.write(bytes(block)) == block:
                        pass
                except OSError:
                    continue

    def make_room(self, served: Serving) -> None:
        self._ballast.unlink()


class LimitedFiles:
    """No file of the process may grow over what the smallest has: every write fails, as on a full disk (EFBIG)."""

    def fill(self, served: Serving) -> None:
        _, hard = resource.prlimit(served.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(served.pid, resource.RLIMIT_FSIZE, (0, hard))

    def make_room(self, served: Serving) -> None:
        _, hard = resource.prlimit(served.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(served.pid, resource.RLIMIT_FSIZE, (hard, hard))


class RefusedInserts:
    """The database itself says that its disk is full, whenever an entry comes."""

    def __init__(self, url: str) -> None:
        self._url = url

    def fill(self, served: Serving) -> None:
        self._run(
            "CREATE FUNCTION full() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END$$",
            "CREATE TRIGGER full BEFORE INSERT ON entries EXECUTE FUNCTION full()",
        )

    def make_room(self, served: Serving) -> None:
        self._run("DROP TRIGGER full ON entries", "DROP FUNCTION full")

    def _run(self, *statements: str) -> None:
        engine = create_engine(self._url)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


@contextmanager
def small_database(mebibytes: int) -> Iterator[tuple[str, Disk]]:
    """The address of a new PostgreSQL database whose tables lie on a small disk.

    In a cluster of its own: whoever needs room in the shared buffers writes other databases' pages out, so a full disk
    under one database is felt in all of its cluster.
    """
    with tempfile.TemporaryDirectory(prefix="mingtang-pg-") as temporary:
        cluster = Cluster(Path(temporary))
        cluster.start()
        try:
            yield from _small_database(cluster, mebibytes)
        finally:
            cluster.stop()


def _small_database(cluster: Cluster, mebibytes: int) -> Iterator[tuple[str, Disk]]:
    folder = cluster.folder / "small"
    folder.mkdir()
    with small_disk(folder, mebibytes) as disk:
        if not isinstance(disk, SmallDisk):
            url = cluster.create()
            yield url, RefusedInserts(url)
            return
        tables = folder / "tables"
        tables.mkdir()
        shutil.chown(tables, "postgres")
        admin = create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE TABLESPACE small LOCATION '{tables}'"))
            connection.execute(text("CREATE DATABASE small TABLESPACE small"))
        try:
            yield cluster.url("small"), disk
        finally:
            with admin.connect() as connection:
                connection.execute(text("DROP DATABASE small WITH (FORCE)"))
                connection.execute(text("DROP TABLESPACE small"))
            admin.dispose()


@contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Disk]:
    """Put a small disk on this empty folder until the block ends."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0777", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        yield LimitedFiles()
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
