"""A lot's bids from the plan to the last reading out, on both databases: every defined outcome, and what is refused."""

import json
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest

from audit import entry, merkle
from audit.queries import entry_data, receipt
from audit.rebuild import rebuild_check
from audit.receipt import verify_receipt
from audit.tables import PrivateValueRow
from lottery.protocol.beacon import round_time
from tests.lottery.hall import ORGANISATIONS, PROJECT, REGISTRAR, TENDERER, a_code
from tests.trading.bids.bidding import DEADLINE, ROUND, Tender, recorded
from tests.trading.bids.sealing import encrypt, pack, seal
from trading import closing
from trading.bids import commands, objecting, reading_out, rules
from trading.bids.opening import give_shares, give_up, open_with_key
from trading.events import BidClosed, ProcessSuspended


def bidders(tender: Tender, count: int) -> list[str]:
    """A plan, and a bid each; returns the receipts."""
    plan = tender.plan()
    for number in range(count):
        tender.enrol(number)
    return [tender.bid(number, tender.a_bid(plan, number)) for number in range(count)]


def test_bids_sealed_closed_and_opened_by_two_of_three_seats(tender: Tender) -> None:
    hall = tender.hall
    receipts = bidders(tender, 4)
    again = tender.bid(0, tender.a_bid(tender.a_plan(), 0, price_fen=7), replaces=receipts[0])
    taken = tender.receipt_of(hall.do("bidder:b3", commands.withdraw_bid, receipts[3]))
    hall.refused("trading.bids-not-closed", "notary:no1", give_shares, PROJECT, "1", "notary", {receipts[1]: "00" * 33})
    assert tender.close() == 0
    assert all(step.subject_is_silent for step in silent_entries(tender, [*receipts, again, taken]))

    tender.hall.at(DEADLINE)
    assert tender.close() == 0, "the deadline's own millisecond is in time"
    tender.pass_deadline()
    assert tender.close() == 1
    assert tender.close() == 0
    closed = tender.opening().closed
    assert closed is not None
    standing = sorted([again, receipts[1], receipts[2]])
    assert (closed.event.bids, closed.event.withdrawn, closed.actor) == (3, 2, "system")
    assert tender.document("receipts.json") == {
        "format": "mingtang-bid-receipts/1",
        "receipts": standing,
        "withdrawn": sorted([receipts[0], receipts[3]]),
    }
    assert closed.event.root == merkle.root([merkle.leaf_hash(bytes.fromhex(one)) for one in standing]).hex()
    listed = json.dumps(tender.document("keys.json"))
    assert "演示建设" not in listed and a_code(101) not in listed

    assert tender.open() == 0, "one seat is not enough, and none has come"
    tender.give("notary")
    assert tender.open() == 0
    tender.give("centre")
    assert tender.open() == 3
    outcomes = tender.outcomes()
    assert {one.outcome for one in outcomes.values()} == {"opened"}
    assert {one.custody for one in outcomes.values()} == {"shares"}
    prices = {one.bidder: one.price_fen for one in outcomes.values()}
    assert prices == {"演示建设0号有限公司": 7, "演示建设1号有限公司": 1_000_001, "演示建设2号有限公司": 1_000_002}
    assert tender.open() == 0
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert not report.differences


def silent_entries(tender: Tender, receipts: list[str]) -> list[Any]:
    from dataclasses import dataclass

    from sqlalchemy import select

    from audit.tables import EntryRow

    @dataclass
    class Looked:
        subject_is_silent: bool

    with tender.hall.log.reading() as session:
        rows = session.scalars(select(EntryRow).where(EntryRow.subject.like("receipt:%"))).all()
    assert {row.subject.partition(":")[2] for row in rows} == set(receipts)
    return [
        Looked(
            row.actor == "system"
            and json.loads(row.body) == {"receipt": row.subject.partition(":")[2]}
            and json.loads(row.files) == []
            and list(json.loads(row.private)) == ["statement"]
        )
        for row in rows
    ]
