"""Two leaders at once, which only a lost lock can bring about: neither harms the log, and one of them stops."""

import errno
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from audit.database import Database
from audit.folder import Folder
from audit.log import Log, open_log
from audit.publisher import WrongTree
from audit.sequencer import LostLeadership
from audit.term import Term
from tests.audit.test_log import note, published
from tests.ground import FakeClock

LEADERS = (
    "SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
    "WHERE locktype = 'advisory' AND datname = current_database() AND granted AND pid <> pg_backend_pid()"
)


@pytest.fixture
def second(log: Log, clock: FakeClock) -> Iterator[Log]:
    """The same log, open in what could be another process."""
    log.wait(note(log, "一"))
    second = open_log(log.data, Database(log.database.url), clock, reserve=0)
    second.start()
    yield second
    second.stop()
    second.database.dispose()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_leader_whose_connection_is_cut_gives_way_and_nothing_is_lost(log: Log, second: Log) -> None:
    answers: list[int | None] = []

    def act_on(log: Log, subject: str) -> None:
        for number in range(40):
            answers.append(log.wait(note(log, str(number), subject), 20))

    with log.database.writing() as session:
        session.execute(text(f"SELECT pg_terminate_backend(pid) FROM ({LEADERS}) AS leaders"))
    threads = [threading.Thread(target=act_on, args=pair) for pair in ((log, "test:a"), (second, "test:b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seq for seq in answers if seq is not None) == list(range(2, 82))
    assert [item.seq for item in published(log)] == list(range(82))
    assert not (log.leads and second.leads)


def test_a_leader_places_nothing_on_a_tree_that_another_has_moved(log: Log, clock: FakeClock) -> None:
    log.wait(note(log, "一"))
    log.stop()
    ends = [a_term(log, clock) for _ in range(2)]
    note(log, "二")
    assert ends[0].place()
    note(log, "三")
    with pytest.raises(LostLeadership):
        ends[1].place()
    for term in ends:
        term.end()
    assert [item.body.get("text") for item in published(log)] == [None, "一", "二"]


def test_a_leader_with_nothing_to_place_learns_that_another_has_moved_the_tree(log: Log, clock: FakeClock) -> None:
    log.stop()
    while not log.leads:  # the server learns a moment later that whoever led has hung up
        log.lead()
    other = a_term(log, clock)
    note(log, "一")
    assert other.place()
    other.end()
    with pytest.raises(LostLeadership):
        log.settle()
    log.stop()
    log.settle()  # which takes up what the other has placed
    assert log.published_size == 2


def test_a_checkpoint_of_another_tree_is_never_published(log: Log, clock: FakeClock) -> None:
    log.wait(note(log, "一"))
    log.stop()
    term = a_term(log, clock)
    signed = log.checkpoint()
    term._publisher.add(b"not in the database", bytes(32), ())
    note(log, "二")
    assert term.place()
    with pytest.raises(WrongTree):
        term.end()
    assert log.checkpoint() == signed


def a_term(log: Log, clock: FakeClock) -> Term:
    """A leader that never asked for the lock."""
    return Term(log.data, log.database, log.blobs, log.signer, clock, lambda _size, _placed: None)


def test_who_asks_for_an_entry_of_a_former_leader_is_answered_at_once(log: Log, clock: FakeClock) -> None:
    entry_id = note(log, "一")
    assert log.wait(entry_id) == 1
    log.stop()
    again = open_log(log.data, Database(log.database.url), clock, reserve=0)
    again.start()
    try:
        assert again.wait(note(again, "二")) == 2
        assert again.wait(entry_id, timeout=0) == 1
    finally:
        again.stop()
        again.database.dispose()


def test_what_could_not_be_published_is_published_later_though_nothing_more_comes(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.wait(note(log, "一"))
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "replace", no_room)
        entry_id = note(log, "二")
        assert log.wait(entry_id, timeout=1) is None
    assert log.wait(entry_id, timeout=10) == 2


def no_room(_folder: Folder, _name: str, _data: bytes) -> None:
    raise OSError(errno.ENOSPC, "no room")
