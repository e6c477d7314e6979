"""Placing whole batches, on SQLite and on PostgreSQL."""

import os

import pytest
from sqlalchemy import insert, select, text, update

from audit import canonical, entry, sequencer
from audit.checkpoint import parse_checkpoint
from audit.database import Database
from audit.log import Log
from audit.publisher import Publisher, published_size
from audit.rebuild import published_entries
from audit.sequencer import BATCH, LostLeadership, place_batch, stored_entries
from audit.tables import CheckpointRow, EntryRow, TreeHeadRow
from tests.ground import START, FakeClock


def outbox(log: Log, ids: range) -> None:
    """Entries that wait, in rows with just these ids."""
    with log.database.writing() as session:
        rows = [
            {
                "id": id_,
                "kind": "test.noted",
                "subject": f"test:{id_ % 7}",
                "actor": "operator:abc",
                "at": START,
                "body": canonical.encode({"text": f"第{id_}行"}),
                "private": b"{}",
                "files": b"[]",
            }
            for id_ in ids
        ]
        session.execute(insert(EntryRow), rows)


def test_a_backlog_of_more_than_a_batch_is_placed_in_the_order_of_its_rows(log: Log) -> None:
    log.stop()
    ids = range(10, 10 + 3 * (BATCH + 76), 3)  # with gaps, as commands leave them that were undone
    outbox(log, ids)
    log.settle()
    data = list(published_entries(log.folder, log.published_size))
    entries = [entry.parse(item) for item in data]
    assert [item.body["text"] for item in entries[1:]] == [f"第{id_}行" for id_ in ids]
    assert [item.prev for item in entries[1:]] == [entry.sm3(item).hex() for item in data[:-1]]
    with log.reading() as session:
        assert list(stored_entries(session, 0, len(data))) == data
        sizes = session.scalars(select(CheckpointRow.size).order_by(CheckpointRow.size)).all()
    assert sizes == [1, 1 + BATCH, 1 + len(ids)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite syncs each commit
def test_nothing_of_a_backlog_is_published_before_the_database_has_synced_it(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.stop()
    written: dict[int, str] = {}  # size of the tree to where its commit ends in the database's own log
    found: dict[int, bool] = {}
    commit, publish, make_durable = sequencer._commit, Publisher.publish, sequencer.make_durable

    def committed(database: Database, batch: sequencer._Batch) -> sequencer._Batch:
        done = commit(database, batch)
        with database.asking() as connection:
            written[done.after.tree.size] = connection.execute(text("SELECT pg_current_wal_insert_lsn()")).scalar_one()
        return done

    def published(publisher: Publisher, note: bytes) -> None:
        size = parse_checkpoint(note).size
        if end := written.get(size):
            synced = text("SELECT pg_current_wal_flush_lsn() >= CAST(:end AS pg_lsn)")
            with log.database.asking() as connection:
                found[size] = connection.execute(synced, {"end": end}).scalar_one()
        publish(publisher, note)

    monkeypatch.setattr(sequencer, "_commit", committed)
    monkeypatch.setattr(Publisher, "publish", published)
    outbox(log, range(10, 10 + BATCH + 7))
    log.settle()
    assert found == {1 + BATCH + 7: True}

    calls = iter((make_durable, lambda _: os.fsync(0x7FFFFFFF)))  # the second, of the backlog, fails
    monkeypatch.setattr(sequencer, "make_durable", lambda database: next(calls, make_durable)(database))
    outbox(log, range(2000, 2000 + BATCH + 7))
    with pytest.raises(OSError, match="Bad file descriptor"):
        log.settle()
    assert published_size(log.folder) < 1 + 2 * (BATCH + 7)
    log.settle()
    assert published_size(log.folder) == 1 + 2 * (BATCH + 7)
    assert len(list(published_entries(log.folder, log.published_size))) == 1 + 2 * (BATCH + 7)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite keeps every other writer out
def test_a_batch_of_which_another_placed_one_row_is_not_placed(log: Log, clock: FakeClock) -> None:
    log.stop()
    outbox(log, range(10, 20))
    place = {"seq": 99, "prev": entry.ZERO_PREV, "logged": START, "leaf_hash": bytes(32)}

    def clock_during_the_batch() -> int:
        with log.database.writing() as session:
            session.execute(update(EntryRow).where(EntryRow.id == 15).values(place))
        return clock()

    with pytest.raises(LostLeadership):
        place_batch(log.database, log.signer, clock_during_the_batch)
    with log.reading() as session:
        assert session.scalars(select(EntryRow.seq).where(EntryRow.seq > 0)).all() == [99]
        assert session.scalar(select(TreeHeadRow.size)) == 1
        assert session.get(CheckpointRow, 2) is None
