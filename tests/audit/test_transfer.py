"""A log leaves as a folder that verifies alone, grows there, and comes back into an empty database."""

import hashlib
import shutil
from pathlib import Path

import pytest

from audit.command import verify_log_command
from audit.database import Database
from audit.events import Event
from audit.log import Log, open_log
from audit.migrate import upgrade
from audit.rebuild import published_entries
from audit.term import DatabaseOlder
from audit.tiles import tile_paths
from audit.transfer import DatabaseNotEmpty, ImportOverLog, NotAnExport, export_log, import_log
from tests.ground import Cluster, FakeClock


class Sent(Event):
    kind = "test.sent"
    text: str


def send(log: Log, count: int, blob: bytes | None = None) -> None:
    with log.act("operator:abc") as act:
        act.lock("test:a")
        files = [] if blob is None else [act.blobs.put_file("附件.txt", "text/plain", blob)]
        for number in range(count):
            last = act.record(Sent(text=str(number)), "test:a", files=files, private={"phone": b"024"})
    assert log.wait(last) is not None


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def verified(folder: Path, log: Log) -> str:
    line, status = verify_log_command(str(folder), log.vkey, blobs=True)
    assert status == 0, line
    return line


def test_an_export_is_exactly_what_its_checkpoint_implies(log: Log, tmp_path: Path) -> None:
    send(log, 300, b"one")
    assert export_log(log.folder, tmp_path / "out") == 301
    blob = f"blob/{hashlib.sha256(b'one').hexdigest()}"
    assert names(tmp_path / "out") == {"checkpoint", blob, *tile_paths(301)}
    assert verified(tmp_path / "out", log).startswith("OK size=301 ")


def test_an_older_export_is_brought_up_to_date(log: Log, tmp_path: Path) -> None:
    out = tmp_path / "out"
    send(log, 3, b"one")
    export_log(log.folder, out)
    send(log, 299, b"two")
    export_log(log.folder, out)
    wanted = {"checkpoint", *tile_paths(303)} | {f"blob/{hashlib.sha256(one).hexdigest()}" for one in (b"one", b"two")}
    assert names(out) == wanted
    verified(out, log)
    export_log(log.folder, out)  # nothing new: nothing changes
    assert names(out) == wanted


def test_a_folder_with_other_things_is_left_alone(log: Log, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("mine")
    with pytest.raises(NotAnExport):
        export_log(log.folder, tmp_path / "out")
    assert names(tmp_path / "out") == {"letter.txt"}


def test_the_export_of_another_log_is_left_alone(log: Log, tmp_path: Path) -> None:
    send(log, 1)
    export_log(log.folder, tmp_path / "out")
    checkpoint = tmp_path / "out" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"log.example.org", b"log.example.net"))
    before = checkpoint.read_bytes()
    with pytest.raises(NotAnExport):
        export_log(log.folder, tmp_path / "out")
    assert checkpoint.read_bytes() == before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_export_comes_back_into_an_empty_database_and_the_log_goes_on(
    log: Log, tmp_path: Path, clock: FakeClock, cluster: Cluster, kind: str
) -> None:
    send(log, 300, b"one")
    export_log(log.folder, tmp_path / "out")
    data = tmp_path / "again"
    data.mkdir()
    database = Database(cluster.create() if kind == "postgresql" else f"sqlite:///{data / 'mingtang.db'}")
    upgrade(database)
    assert import_log(tmp_path / "out", data, database, log.signer.key) == 301
    shutil.copytree(log.data / "keys", data / "keys")
    again = open_log(data, database, clock, reserve=0)
    again.start()
    try:
        send(again, 5)
        assert again.published_size == 306
        verified(data / "log", log)
        before = list(published_entries(log.folder, 301))
        assert list(published_entries(again.folder, 301)) == before
    finally:
        again.stop()
        database.dispose()


def test_an_import_needs_an_empty_database(log: Log, tmp_path: Path) -> None:
    send(log, 1)
    export_log(log.folder, tmp_path / "out")
    with pytest.raises(DatabaseNotEmpty):
        import_log(tmp_path / "out", log.data, log.database, log.signer.key)


def test_an_import_does_not_go_over_a_longer_log(log: Log, tmp_path: Path, cluster: Cluster) -> None:
    send(log, 1)
    export_log(log.folder, tmp_path / "out")
    send(log, 1)
    database = Database(cluster.create())
    upgrade(database)
    with pytest.raises(ImportOverLog):
        import_log(tmp_path / "out", log.data, database, log.signer.key)
    database.dispose()


def test_a_lost_database_comes_back_from_the_published_folder(
    log: Log, tmp_path: Path, clock: FakeClock, cluster: Cluster
) -> None:
    """What `audit.database-older` tells the operator to do."""
    send(log, 10, b"one")
    log.stop()
    database = Database(cluster.create())
    upgrade(database)
    import_log(log.data / "log", log.data, database, log.signer.key)
    again = open_log(log.data, database, clock, reserve=0)
    again.settle()
    with again.act("operator:abc") as act:
        act.lock("test:a")
        act.record(Sent(text="after"), "test:a")
    again.settle()
    assert again.published_size == 12
    assert DatabaseOlder.code == "audit.database-older"
    verified(log.data / "log", log)
    database.dispose()
