"""A file-system call of an append fails, or the process dies at it: nothing acknowledged is ever lost.

The log's own calls (open, write, fsync, rename, link, unlink, mkdir, rmdir) are counted in a first run; then the same
append is made on a fresh copy for each call and each fault. SQLite's calls are SQLite's to test; what is tested here
is that the two together keep their promise.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from audit import entry, keys
from audit.checkpoint import open_checkpoint
from audit.database import Database
from audit.events import Event
from audit.folder import FileDiffers, Folder
from audit.log import Log, create_log, open_log
from audit.merkle import leaf_hash, root
from audit.note import Signer, VerifierKey
from audit.rebuild import published_entries
from tests.ground import ORIGIN, FakeClock
from tests.kept import empty_tables

CALLS = ("open", "write", "fsync", "rename", "link", "unlink", "mkdir", "rmdir")


class Filed(Event):
    kind = "test.filed"
    text: str


class Killed(BaseException):
    """The process is gone: nothing after this call happens, not even what `except` and `finally` would do."""


class FaultAt:
    """Counts the calls, and lets the one with the given number fail; `kill` makes all later ones fail too."""

    def __init__(self, number: int | None, fault: type[BaseException] | int) -> None:
        self.number = number
        self.fault = fault
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        dead = isinstance(self.fault, type)
        if self.number is not None and (self.count == self.number or (dead and self.count > self.number)):
            if isinstance(self.fault, int):
                raise OSError(self.fault, os.strerror(self.fault))
            raise self.fault


@contextmanager
def faults(monkeypatch: pytest.MonkeyPatch, fault: FaultAt) -> Iterator[None]:
    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            fault()
            return real(*arguments, **named)

        return call

    with monkeypatch.context() as patch:
        for name in CALLS:
            patch.setattr(os, name, failing(getattr(os, name)))
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_template(tmp_path_factory.mktemp("made") / "template", 255, FakeClock())


@pytest.fixture
def template(made: Path, tmp_path: Path) -> Path:
    """A log of 255 entries and two more that wait, with a blob: their append writes full and partial files."""
    return Path(shutil.copytree(made, tmp_path / "template"))


def a_template(data: Path, size: int, clock: FakeClock) -> Path:
    """A published log of `size` entries, and two more that wait."""
    data.mkdir()
    (data / "mingtang.db").write_bytes(empty_tables())
    with closing_database(data) as database:
        create_log(data, database, ORIGIN, clock)
        log = open_log(data, database, clock, reserve=0)
        file_entries(log, size - 1)
        log.settle()
        file_entries(log, 2, blob=b"public")
    return data


@contextmanager
def closing_database(data: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{data / 'mingtang.db'}")
    yield database
    database.dispose()


def file_entries(log: Log, count: int, blob: bytes | None = None) -> None:
    with log.act("operator:abc") as act:
        act.lock("test:a")
        files = [] if blob is None else [act.blobs.put_file("附件", "text/plain", blob)]
        for number in range(count):
            act.record(Filed(text=str(number)), "test:a", files=files)


def append(data: Path, clock: FakeClock) -> None:
    with closing_database(data) as database:
        open_log(data, database, clock, reserve=0).settle()


def check(data: Path) -> int:
    """What is published now verifies; returns its size."""
    checkpoint = open_checkpoint((data / "log" / "checkpoint").read_bytes(), signer_key(data))
    entries = list(published_entries(Folder(data / "log"), checkpoint.size))
    assert root(map(leaf_hash, entries)) == checkpoint.root
    for seq, data_ in enumerate(entries):
        assert entry.parse(data_).seq == seq
    return checkpoint.size


def signer_key(data: Path) -> VerifierKey:
    return Signer(ORIGIN, keys.load(data / "keys")).key


FAULTS = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC, "kill": Killed}
SAMPLE = 3
"""Here every third call fails; all of them, for appends of every kind, in `make soak`."""


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_an_append_that_fails_at_any_call_leaves_a_log_that_verifies_and_goes_on(
    template: Path, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch, fault: Any
) -> None:
    assert fail_calls(template, 255, tmp_path, clock, monkeypatch, fault, SAMPLE) > 20


def fail_calls(
    template: Path,
    size: int,
    folder: Path,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    fault: Any,
    step: int = 1,
) -> int:
    """Append the two entries that wait, on a fresh copy for each call, which fails; returns how many appends did.

    step: 1 for every call, 3 for every third.
    """
    counted = FaultAt(None, fault)
    shutil.copytree(template, folder / "count")
    with faults(monkeypatch, counted):
        append(folder / "count", clock)
    assert counted.count > 20
    assert check(folder / "count") == size + 2
    shutil.rmtree(folder / "count")

    failed = 0
    for number in range(1, counted.count + 1, step):
        data = folder / f"at{number}"
        shutil.copytree(template, data)
        try:
            with faults(monkeypatch, FaultAt(number, fault)):
                append(data, clock)
        except (OSError, Killed):
            failed += 1
        assert check(data) in (size, size + 2)
        append(data, clock)
        assert check(data) == size + 2
        assert not list((data / "log").rglob(".tmp-*")) or fault is Killed
        shutil.rmtree(data)
    return failed


def test_a_published_file_that_was_altered_is_never_written_over(template: Path, clock: FakeClock) -> None:
    append(template, clock)
    tile = template / "log" / "tile" / "0" / "000"
    altered = bytearray(tile.read_bytes())
    altered[5] ^= 1
    tile.write_bytes(altered)
    (template / "log" / "checkpoint").unlink()  # so that all is written again
    with pytest.raises(FileDiffers, match="tile/0/000"):
        append(template, clock)
    assert tile.read_bytes() == altered
