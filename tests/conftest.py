"""Real databases in small: a private PostgreSQL cluster for the run, a fresh database or SQLite file for each test."""

import asyncio
import gc
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpcore2
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import URL, Engine, make_url
from sqlalchemy.util import LRUCache

import audit.database
import audit.log
from api import passwords
from audit.database import Database
from audit.log import Log, open_log
from tests.ground import Cluster, FakeClock
from tests.kept import empty_tables, new_log

_started = pytest.StashKey[Cluster]()

gc.disable()  # until the tests begin: what is imported and collected before is kept


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Before a worker of pytest-xdist begins: tell it of the one cluster that all of them share."""
    cluster = _cluster_of(node.config)
    node.workerinput["cluster"] = (str(cluster.folder), cluster.port)


def _cluster_of(config: pytest.Config) -> Cluster:
    if _started not in config.stash:
        config.stash[_started] = Cluster(Path(tempfile.mkdtemp(prefix="mingtang-pg-")))
        config.stash[_started].start()
    return config.stash[_started]


def pytest_unconfigure(config: pytest.Config) -> None:
    cluster = config.stash.get(_started, None)
    if cluster is not None:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left to chance, and how it is had again, also where all went well and other processes ran it."""
    for report in (one for reports in terminalreporter.stats.values() for one in reports):
        for name, value in getattr(report, "user_properties", ()):
            if name == "MINGTANG_SEED" and report.when == "call":
                terminalreporter.write_line(f"{name}={value} {report.nodeid}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Iterator[None]:
    """Playwright's loop, once there is a browser, counts as running in this thread even while it rests.

    To the tests that have no browser it must not: they could begin no loop of their own.
    """
    resting = None if "one_chromium" in item.fixturenames else asyncio._get_running_loop()
    if resting is None:
        return (yield)
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(resting)


@pytest.fixture(autouse=True, scope="session")
def rare_collections() -> None:
    """Look for garbage seldom: what is imported lives as long as the run, and is looked through each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True, scope="session")
def rare_looks() -> Iterator[None]:
    """Logs look seldom for what another process committed: each test has some open, and all looked all the time.

    What this process commits wakes them at once. A log of two processes is tested in processes of their own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit.log, "POLL_SECONDS", 0.5)
        yield


@pytest.fixture(autouse=True, scope="session")
def certificates_read_once() -> Iterator[None]:
    """Clients of plain HTTP, too, read whose certificates the machine trusts: each as long as several requests take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpcore2, "default_ssl_context", cache(httpcore2.default_ssl_context))
        yield


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """Passwords at argon2's least cost: who gets in does not depend on it, and it would be a tenth of the run."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_hasher", PasswordHash((cheap,)))
        yield


@pytest.fixture(autouse=True, scope="session")
def statements_compiled_once() -> Iterator[None]:
    """One dialect and one cache of compiled statements for all SQLite files, as in a process that stays up.

    An engine keeps its own, and each test has a file and an engine of its own: it would compile all statements anew.
    """
    make = audit.database._engine
    first = make(make_url("sqlite://"))
    first.connect().close()  # the dialect learns at a first connection what the database can
    first.dispose()
    compiled: LRUCache[Any, Any] = LRUCache(5_000)

    def sharing(url: URL) -> Engine:
        engine = make(url)
        if url.get_backend_name() == "sqlite":
            engine.dialect, engine._compiled_cache = first.dialect, compiled
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit.database, "_engine", sharing)
        yield


@pytest.fixture(scope="session")
def cluster(pytestconfig: pytest.Config) -> Cluster:
    """A private PostgreSQL cluster, begun with the run's first need of it and removed at the end."""
    shared = getattr(pytestconfig, "workerinput", {}).get("cluster")
    return _cluster_of(pytestconfig) if shared is None else Cluster(Path(shared[0]), shared[1])


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with this release's tables, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "mingtang.db"
    path.write_bytes(empty_tables())
    return path


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
def database(request: pytest.FixtureRequest, data: Path, migrated: Path) -> Iterator[Database]:
    """An empty database of each kind, with this release's tables."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{shutil.copy(migrated, data / 'mingtang.db')}")
        yield database
        database.dispose()
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        yield cluster.emptied()


@pytest.fixture
def log(data: Path, database: Database, clock: FakeClock) -> Iterator[Log]:
    """A new log with its opening entry, sequencing in the background."""
    new_log(data, database, clock)
    log = open_log(data, database, clock, reserve=0)
    log.start()
    yield log
    log.stop()
