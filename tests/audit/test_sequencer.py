"""Placing whole batches, on SQLite and on PostgreSQL."""

import pytest
from sqlalchemy import insert, select, update

from audit import canonical, entry
from audit.log import Log
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
