"""Real databases in small: a private PostgreSQL cluster for the run, a fresh database or SQLite file for each test."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.database import Database
from audit.log import Log, create_log, open_log
from audit.migrate import upgrade
from tests.ground import ORIGIN, Cluster, FakeClock


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="mingtang-pg-"))
    try:
        cluster = Cluster(folder)
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An empty data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, data: Path) -> Iterator[Database]:
    """An empty, migrated database of each kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{data / 'mingtang.db'}"
    else:
        url = request.getfixturevalue("cluster").create()
    database = Database(url)
    upgrade(database)
    yield database
    database.dispose()


@pytest.fixture
def log(data: Path, database: Database, clock: FakeClock) -> Iterator[Log]:
    """A new log with its opening entry, sequencing in the background."""
    create_log(data, database, ORIGIN, clock)
    log = open_log(data, database, clock, reserve=0)
    log.start()
    yield log
    log.stop()
