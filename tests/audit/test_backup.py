"""The database goes into a file and comes back, and what was erased is gone for good."""

import stat
from pathlib import Path

import pytest

from audit.backup import BackupExists, BackupFailed, DatabaseInUse, NotABackup, backup, restore
from audit.database import Database
from audit.erase import NothingToErase, erase_private
from audit.errors import Unreadable
from audit.events import Event
from audit.log import Log, open_log
from audit.queries import NoSuchEntry
from audit.rebuild import rebuild_check
from audit.tables import PrivateValueRow
from tests.ground import Cluster, FakeClock


class Kept(Event):
    kind = "test.kept"
    text: str


def keep(log: Log, words: str) -> int:
    with log.act("operator:abc") as act:
        act.lock("test:a")
        entry_id = act.record(Kept(text=words), "test:a", private={"name": b"someone", "phone": b"024"})
    seq = log.wait(entry_id)
    assert seq is not None
    return seq


@pytest.fixture
def empty(log: Log, tmp_path: Path, cluster: Cluster) -> Database:
    """An empty database of the same kind."""
    return Database(f"sqlite:///{tmp_path / 'new.db'}" if log.database.is_sqlite else cluster.create())


def test_a_backup_comes_back_and_the_log_goes_on(log: Log, empty: Database, tmp_path: Path, clock: FakeClock) -> None:
    keep(log, "一")
    file = tmp_path / "backup"
    backup(log.database, file, log.clock)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    log.stop()
    restore(empty, file)
    again = open_log(log.data, empty, clock, reserve=0)
    again.start()
    try:
        assert keep(again, "二") == 2
        report = rebuild_check(empty, again.folder, again.signer.key)
        assert (report.differences, report.private) == ([], 4)
    finally:
        again.stop()
        empty.dispose()


def test_a_backup_goes_over_nothing(log: Log, empty: Database, tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(b"mine")
    with pytest.raises(BackupExists):
        backup(log.database, tmp_path / "backup", log.clock)
    backup(log.database, tmp_path / "other", log.clock)
    with pytest.raises(DatabaseInUse):
        restore(log.database, tmp_path / "other")
    with pytest.raises(Unreadable):
        restore(empty, tmp_path / "gone")
    with pytest.raises(NotABackup if empty.is_sqlite else BackupFailed):
        restore(empty, tmp_path / "backup")
    empty.dispose()


def test_what_is_erased_is_gone_logged_and_counted(log: Log) -> None:
    seq = keep(log, "一")
    with log.act("registrar:abc") as act:
        entry_id = erase_private(act, seq, ["phone"], "个人信息保护法第四十七条")
    assert log.wait(entry_id) == seq + 1
    with log.reading() as session:
        assert [row.name for row in session.query(PrivateValueRow)] == ["name"]
    report = rebuild_check(log.database, log.folder, log.signer.key)
    assert (report.differences, report.private, report.erased) == ([], 1, 1)


def test_nothing_is_erased_by_half(log: Log) -> None:
    seq = keep(log, "一")
    with pytest.raises(NothingToErase), log.act("registrar:abc") as act:
        erase_private(act, seq, ["phone", "address"], "个人信息保护法第四十七条")
    with pytest.raises(NoSuchEntry), log.act("registrar:abc") as act:
        erase_private(act, 99, ["phone"], "个人信息保护法第四十七条")
    with log.reading() as session:
        assert session.query(PrivateValueRow).count() == 2
