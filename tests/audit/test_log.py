"""From a command to a published checkpoint, on SQLite and on PostgreSQL: order, crashes' leftovers, refusals."""

import shutil
import sqlite3
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from audit import entry, keys, queries
from audit.act import Act
from audit.checkpoint import open_checkpoint
from audit.database import Database, DatabaseBusy
from audit.entry import EntryTooLarge
from audit.events import Event
from audit.log import (
    DiskReserveReached,
    Log,
    LogExists,
    NoLog,
    WrongKey,
    create_log,
    open_log,
)
from audit.merkle import leaf_hash, root
from audit.migrate import upgrade
from audit.publisher import CHECKPOINT
from audit.rebuild import published_entries
from audit.sequencer import LostLeadership, place_batch
from audit.tables import CheckpointRow, EntryRow, TreeHeadRow
from audit.term import DatabaseOlder, OtherHistory
from tests.ground import ORIGIN, FakeClock


class Noted(Event):
    kind = "test.noted"
    text: str


def note(log: Log, words: str, subject: str = "test:a") -> int:
    with log.act("operator:abc") as act:
        act.lock(subject)
        return act.record(Noted(text=words), subject)


def published(log: Log) -> list[entry.Entry]:
    """Every published entry, read from the files, with the root of the checkpoint checked."""
    checkpoint = open_checkpoint(log.checkpoint(), log.signer.key)
    data = list(published_entries(log.folder, checkpoint.size))
    assert root(map(leaf_hash, data)) == checkpoint.root
    return [entry.parse(item) for item in data]


def test_the_log_opens_with_its_name_and_key(log: Log) -> None:
    (opening,) = published(log)
    assert (opening.seq, opening.kind, opening.subject) == (0, "audit.log_opened", f"log:{ORIGIN}")
    assert opening.prev == entry.ZERO_PREV
    assert opening.body["vkey"] == log.vkey


def test_an_act_gets_a_place_in_a_published_checkpoint(log: Log) -> None:
    assert log.wait(note(log, "一")) == 1
    assert log.published_size == 2
    assert published(log)[1].body == {"text": "一"}


def test_each_entry_names_the_sm3_of_the_one_before(log: Log) -> None:
    for number in range(20):
        last = note(log, str(number))
    log.wait(last)
    data = list(published_entries(log.folder, log.published_size))
    for before, after in pairwise(data):
        assert entry.parse(after).prev == entry.sm3(before).hex()


def test_a_failed_command_leaves_nothing(log: Log) -> None:
    with pytest.raises(RuntimeError, match="rules"), log.act("operator:abc") as act:
        act.lock("test:a")
        act.record(Noted(text="一"), "test:a", private={"phone": b"1"})
        raise RuntimeError("the rules say no")
    assert log.wait(note(log, "二")) == 1
    assert published(log)[1].body == {"text": "二"}


def test_an_entry_over_the_limit_is_refused_and_nothing_is_stored(log: Log) -> None:
    with pytest.raises(EntryTooLarge):
        note(log, "一" * 30_000)
    with log.reading() as session:
        assert queries.waiting(session) == 0


def test_a_subject_that_is_not_locked_cannot_be_written(log: Log) -> None:
    with pytest.raises(AssertionError, match="not held"), log.act("operator:abc") as act:
        act.lock("test:a")
        act.record(Noted(text="一"), "test:b")


def test_concurrent_commands_keep_the_order_of_their_subject_and_lose_nothing(log: Log) -> None:
    acknowledged: dict[str, list[tuple[int, str]]] = defaultdict(list)
    guard = threading.Lock()

    def client(number: int) -> None:
        for step in range(25):
            subject = f"test:{(number + step) % 4}"
            words = f"{number}/{step}"
            with log.act("operator:abc") as act:
                act.lock(subject, shared=["test:register"])
                with guard:  # inside the lock of the subject: the order in which the commands happened
                    acknowledged[subject].append((number, words))
                entry_id = act.record(Noted(text=words), subject)
            assert log.wait(entry_id) is not None

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client, range(8)))
    found = published(log)
    assert [item.seq for item in found] == list(range(201))
    for subject, wanted in acknowledged.items():
        assert [item.body["text"] for item in found if item.subject == subject] == [words for _, words in wanted]


def test_a_full_tile_replaces_its_partial_files(log: Log) -> None:
    with log.act("operator:abc") as act:
        act.lock("test:a")
        for number in range(600):
            last = act.record(Noted(text=str(number)), "test:a")
    assert log.wait(last) == 600
    assert len(published(log)) == 601
    for name in ("0", "entries"):
        assert (log.data / f"log/tile/{name}/001").is_file()
        assert not (log.data / f"log/tile/{name}/001.p").exists()
        assert (log.data / f"log/tile/{name}/002.p/89").is_file()


def test_every_checkpoint_ever_signed_is_a_prefix_of_the_last(log: Log) -> None:
    for number in range(30):
        log.wait(note(log, str(number)))
    leaves = [leaf_hash(data) for data in published_entries(log.folder, log.published_size)]
    with log.reading() as session:
        notes = list(queries.checkpoints(session, log.published_size))
    assert len(notes) == 31
    for signed in notes:
        checkpoint = open_checkpoint(signed, log.signer.key)
        assert checkpoint.root == root(leaves[: checkpoint.size])


def test_logged_does_not_run_backwards_when_the_clock_does(log: Log, clock: FakeClock) -> None:
    log.wait(note(log, "一"))
    clock.advance(-3600)
    log.wait(note(log, "二"))
    _, first, second = published(log)
    assert second.logged == first.logged
    assert second.at == first.at - 3_600_000  # `at` tells the truth of the clock


def test_an_entry_is_found_by_the_moment_at_which_it_was_logged(log: Log, clock: FakeClock) -> None:
    for pause in (0, 0, 1, 5, 0, 3):
        clock.advance(pause)
        log.wait(note(log, "一"))
    logged = [item.logged for item in published(log)]
    with log.reading() as session:
        for size in (0, 1, len(logged)):
            for moment in (0, *(each + shift for each in logged for shift in (-1, 0, 1))):
                wanted = next((seq for seq in range(size) if logged[seq] >= moment), size)
                assert queries.first_logged(session, moment, size) == wanted


def test_a_second_log_is_never_opened_over_the_first(log: Log, clock: FakeClock) -> None:
    with pytest.raises(LogExists):
        create_log(log.data, log.database, "other.example.org", clock)


def test_an_empty_folder_is_no_log(data: Path, database: Database, clock: FakeClock) -> None:
    with pytest.raises(NoLog):
        open_log(data, database, clock, reserve=0)


def test_another_key_does_not_sign_for_this_log(log: Log, clock: FakeClock) -> None:
    log.stop()
    (log.data / "keys" / "log.pem").unlink()
    keys.make(log.data / "keys")
    with pytest.raises(WrongKey):
        open_log(log.data, log.database, clock, reserve=0)


def test_a_second_sequencer_never_leads(log: Log, clock: FakeClock) -> None:
    log.wait(note(log, "一"))
    second = open_log(log.data, Database(log.database.url), clock, reserve=0)
    second.start()
    try:
        assert second.wait(note(second, "二")) == 2  # placed by the first, seen by the second
        assert log.leads
        assert not second.leads
    finally:
        second.stop()
        second.database.dispose()


def test_another_process_takes_over_when_the_leader_ends(log: Log, clock: FakeClock) -> None:
    log.wait(note(log, "一"))
    second = open_log(log.data, Database(log.database.url), clock, reserve=0)
    second.start()
    try:
        log.stop()
        assert second.wait(note(second, "二")) == 2
        assert second.leads
    finally:
        second.stop()
        second.database.dispose()


def test_a_leader_that_lost_its_lock_writes_nothing(log: Log, clock: FakeClock) -> None:
    log.stop()
    note(log, "一")
    moved = threading.Event()

    def clock_during_the_batch() -> int:
        # Another leader moves the head between this one's look at it and its write. SQLite has one writer, so there
        # the other leader's write is made beside the transaction that this one has open.
        if not moved.is_set():
            moved.set()
            if log.database.is_sqlite:
                raise_head_inside(log)
            else:
                with log.database.writing() as session:
                    session.execute(update(TreeHeadRow).values(size=TreeHeadRow.size + 1))
        return clock()

    with pytest.raises(DatabaseBusy if log.database.is_sqlite else LostLeadership):
        place_batch(log.database, log.signer, clock_during_the_batch)
    with log.reading() as session:
        assert session.scalar(select(EntryRow).where(EntryRow.seq == 1)) is None
        assert session.get(CheckpointRow, 2) is None


def raise_head_inside(log: Log) -> None:
    """Another writer on the same SQLite file: it is kept out while a batch is being placed."""
    connection = sqlite3.connect(log.data / "mingtang.db", timeout=0.1)
    try:
        connection.execute("UPDATE tree_head SET size = size + 1")
    except sqlite3.OperationalError as fault:
        raise DatabaseBusy from fault
    finally:
        connection.close()


def test_an_older_backup_signs_nothing_and_says_how_to_recover(data: Path, clock: FakeClock, tmp_path: Path) -> None:
    database = Database(f"sqlite:///{data / 'mingtang.db'}")
    upgrade(database)
    create_log(data, database, ORIGIN, clock)
    with closing(sqlite3.connect(data / "mingtang.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "backup.db"),))
    log = open_log(data, database, clock, reserve=0)
    note(log, "一")
    log.settle()
    database.dispose()
    for path in data.glob("mingtang.db*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.db", data / "mingtang.db")
    restored = open_log(data, Database(f"sqlite:///{data / 'mingtang.db'}"), clock, reserve=0)
    note(restored, "二")
    with pytest.raises(DatabaseOlder, match="log import"):
        restored.settle()
    assert open_checkpoint(restored.checkpoint(), restored.signer.key).size == 2
    restored.database.dispose()


def test_a_database_of_another_history_signs_nothing(log: Log, clock: FakeClock) -> None:
    log.wait(note(log, "一"))
    log.stop()
    with log.database.writing() as session:
        session.execute(text("DELETE FROM checkpoints WHERE size = 2"))
    other = open_log(log.data, log.database, clock, reserve=0)
    with pytest.raises(OtherHistory):
        other.settle()


def test_commands_are_refused_while_the_disk_reserve_is_not_free(log: Log) -> None:
    log.reserve = 2**62
    with pytest.raises(DiskReserveReached):
        note(log, "一")
    log.reserve = 0
    assert log.wait(note(log, "二")) == 1


def test_lost_files_are_written_again_from_the_database(log: Log, clock: FakeClock) -> None:
    with log.act("operator:abc") as act:
        act.lock("test:a")
        for number in range(300):
            last = act.record(Noted(text=str(number)), "test:a")
    log.wait(last)
    before = {path: path.read_bytes() for path in (log.data / "log").rglob("*") if path.is_file()}
    log.stop()
    shutil.rmtree(log.data / "log")
    again = open_log(log.data, log.database, clock, reserve=0)
    again.settle()
    assert {path: path.read_bytes() for path in (log.data / "log").rglob("*") if path.is_file()} == before


def test_who_leads_without_a_thread_places_what_waits_when_it_settles(log: Log, clock: FakeClock) -> None:
    log.stop()
    alone = open_log(log.data, log.database, clock, reserve=0)
    alone.lead()
    assert alone.leads
    before = alone.published_size
    for number in range(3):
        note(alone, str(number))
    assert alone.published_size == before
    for _ in range(2):
        alone.settle()
        assert (alone.published_size, alone.leads) == (before + 3, True)
    alone.stop()
    assert not alone.leads


def test_a_blob_becomes_public_with_the_entry_that_names_it(log: Log) -> None:
    with log.act("operator:abc") as act:
        act.lock("test:a")
        file = act.blobs.put_file("名单.json", "application/json", b"{}")
        private = act.blobs.put(b"a scan with faces")
        assert not (log.data / "log" / "blob").exists()
        entry_id = act.record(Noted(text="一"), "test:a", files=[file])
    log.wait(entry_id)
    assert [path.name for path in (log.data / "log" / "blob").iterdir()] == [file.sha256]
    assert private != file.sha256


def test_nothing_but_public_files_lies_under_log(log: Log) -> None:
    log.wait(note(log, "一"))
    assert {path.name for path in (log.data / "log").iterdir()} == {CHECKPOINT, "tile"}


def test_sixty_four_waiters_all_hear(log: Log) -> None:
    def client(number: int) -> int | None:
        return log.wait(note(log, str(number), f"test:{number}"))

    with ThreadPoolExecutor(64) as pool:
        seqs = list(pool.map(client, range(64)))
    assert sorted(seq for seq in seqs if seq is not None) == list(range(1, 65))


def test_an_act_reads_the_clock_when_it_holds_its_subject(log: Log, clock: FakeClock) -> None:
    with log.act("operator:abc") as act:
        assert isinstance(act, Act)
        clock.advance(5)
        act.lock("test:a")
        assert act.at == clock.now
        clock.advance(5)
        assert act.at == clock.now - 5000
