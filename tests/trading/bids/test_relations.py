"""Bidders who may not bid together: compared once bids are open, listed for all, judged before the evaluation ends."""

import hashlib
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from audit.log import Log
from audit.tables import EntryRow, PrivateValueRow
from lottery.protocol.beacon import round_time
from registry.commands import record_key
from registry.events import KeyRecorded
from tests.lottery.hall import PROJECT, REGISTRAR, TENDERER, Hall, a_code, a_key, public_half
from tests.trading.bids.bidding import ROUND, Tender, recorded
from tests.trading.committee import a_committee, names_of
from tests.trading.events_of import an_event
from trading import events
from trading.bids.agreements import agreement_text
from trading.bids.content import BadContent, read_content
from trading.bids.declared import Declared, relations_of, signs_of
from trading.bids.relations import list_relations_due
from trading.bids.sealing import pack
from trading.commands import record_step
from trading.events import OpeningPlanned

NUMBER = "11010519491231002X"
TENDERER_CODE = a_code(50)


def a_bid(receipt: str, number: int, **said: Any) -> Declared:
    return Declared(receipt, a_code(number), **said)


def ties(*bids: Declared, consortia: bool = True) -> list[tuple[str, list[str]]]:
    return [(one.tie, one.receipts) for one in relations_of(bids, {TENDERER_CODE}, consortia)]


def test_each_tie_names_the_bids_that_it_connects_and_no_others() -> None:
    alone = a_bid("d", 4)
    same = [a_bid("b", 1, person="x"), a_bid("a", 2, person="x"), a_bid("c", 3, person="y"), alone]
    assert ties(*same) == [("same_person", ["a", "b"])]
    assert ties(a_bid("a", 1, related=frozenset({a_code(2)})), a_bid("b", 2), alone) == [("control", ["a", "b"])]
    assert ties(a_bid("a", 1, related=frozenset({a_code(9)})), a_bid("b", 2)) == []
    assert ties(a_bid("a", 1, related=frozenset({TENDERER_CODE})), a_bid("b", 2)) == [("tenderer", ["a"])]
    group = a_bid("c", 1, members=frozenset({a_code(1), a_code(4)}))
    assert ties(group, alone, a_bid("e", 5)) == [("member_twice", ["c", "d"])]
    assert ties(group, a_bid("e", 5), consortia=False) == [("consortium_refused", ["c"])]
    # A member is as good as the bidder itself to whom another bidder is tied.
    assert ties(group, a_bid("e", 5, related=frozenset({a_code(4)}))) == [("control", ["c", "e"])]
    assert signs_of([a_bid("b", 1, contact="t"), a_bid("a", 2, contact="t", machine="m"), a_bid("c", 3)]) == [
        ("contact", ["a", "b"])
    ]


MEMBERS = [
    {"name": "演示建设1号有限公司", "code": a_code(101), "share_permille": 600},
    {"name": "演示建设9号有限公司", "code": a_code(109), "share_permille": 400},
]
WITHOUT = [
    {"name": "演示建设3号有限公司", "code": a_code(103), "share_permille": 999},
    {"name": "演示建设10号有限公司", "code": a_code(110), "share_permille": 1},
]
AGREEMENT = "共同投标协议".encode()


def agreed() -> dict[str, Any]:
    """Signed by member 9, and by the lead for another lot."""
    digest = hashlib.sha256(AGREEMENT).hexdigest()
    signatures = [
        {
            "key": public_half(one),
            "signature": a_key(one).sign(agreement_text(PROJECT, lot, 1, digest)).hex(),
        }
        for one, lot in (("bidder-1", "2"), ("bidder-9", "1"), ("nobody", "1"))
    ]
    return {"sha256": digest, "signatures": signatures}


@pytest.mark.parametrize(
    "wrong",
    [
        {"members": MEMBERS[:1]},
        {"members": [MEMBERS[1], MEMBERS[0]]},
        {"members": [MEMBERS[0], MEMBERS[1] | {"share_permille": 401}]},
        {"members": [MEMBERS[0], MEMBERS[1] | {"code": a_code(109)[:-1] + "0"}]},
        {"declared": {"related": [a_code(2), a_code(1)]}},
        {"declared": {"person": "张三"}},
        {"agreement": {"sha256": "00"}},
    ],
)
def test_what_is_declared_in_another_form_is_no_bid(wrong: dict[str, Any]) -> None:
    about: dict[str, Any] = {"project": PROJECT, "lot": "1", "bidder_code": a_code(101)}
    assert len(read_content(pack(**about, members=MEMBERS)).statement.members) == 2
    with pytest.raises(BadContent):
        read_content(pack(**about, **wrong))


def test_ties_are_listed_at_the_opening_judged_and_reject_every_bid_in_them(hall: Hall) -> None:
    tender = Tender(hall)
    tender.begin()
    plan = OpeningPlanned.of(
        {"project": PROJECT, "lot": "1", "round": 1, "seats": [], "threshold": 0, "round_number": ROUND}
    )
    tender.record(plan)
    said: list[dict[str, Any]] = [
        {"declared": {"person": NUMBER, "contact": "0411-1", "related": []}},
        {"declared": {"person": NUMBER, "related": [a_code(102)]}, "members": MEMBERS, "agreement": agreed()}
        | {"files": {"标书.pdf": b"bid", "协议.pdf": AGREEMENT}},
        {"declared": {"contact": "0411-1"}},
        {"members": WITHOUT, "agreement": {"sha256": "0" * 64}},  # of no file that is there
        {"price_fen": 5},
    ]
    receipts = {}
    for number in (*range(5), 9):
        tender.enrol(number)
    for one in ("bidder-1", "bidder-9"):
        hall.do(REGISTRAR, record_key, KeyRecorded(organisation=one, key=public_half(one)))
    for number, more in enumerate(said):
        receipts[number] = tender.bid(number, tender.a_bid(plan, number, **more))
    tender.pass_deadline()
    tender.close()
    hall.at(round_time(ROUND) + 1)
    assert list_relations_due(hall.log) == 0, "nothing is compared before every bid is open"
    assert tender.open(recorded) == 5
    assert tender.settled(list_relations_due) == 1
    assert tender.settled(list_relations_due) == 0
    state = tender.opening().state
    listed = state.last(events.RelationsListed)
    assert listed is not None
    pairs = [(one.relation, one.tie, one.receipts) for one in listed.event.relations]
    first, second = (sorted(receipts[one] for one in pair) for pair in ((0, 1), (1, 2)))
    alone = [receipts[3]]
    assert pairs == [("gl-1", "same_person", first), ("gl-2", "control", second), ("gl-3", "agreement_missing", alone)]
    assert listed.event.declared == 4
    opened = {one.event.receipt: one.event for one in state.all(events.BidOpened)}
    together = opened[receipts[1]]
    assert [(one.share_permille, one.lead) for one in together.members] == [(600, True), (400, False)]
    assert together.agreement_sha256 == hashlib.sha256(AGREEMENT).hexdigest()
    assert [one.code for one in together.agreement_signatures] == [a_code(109)], "the lead's is of another lot"
    assert (opened[receipts[3]].agreement_sha256, opened[receipts[3]].agreement_signatures) == (None, [])
    assert_private(hall.log, sorted([receipts[0], receipts[2]]))

    def judge(relation: str, upheld: bool) -> tuple[Any, ...]:
        event = an_event(events.RelationJudged, relation=relation, upheld=upheld, reason="营业执照载明为同一人")
        return record_step, event

    def evaluate(*numbers: int) -> tuple[Any, ...]:
        scores = [{"receipt": receipts[one], "rank": rank, "score_milli": None} for rank, one in enumerate(numbers, 1)]
        return record_step, an_event(events.EvaluationCompleted, scores=scores, report_sha256="0" * 64)

    hall.refused("trading.no-such-relation", TENDERER, *judge("gl-4", True))
    hall.refused("registry.not-permitted", "bidder:b0", *judge("gl-1", True))
    committee = a_committee()
    hall.do(TENDERER, record_step, committee, (), {"text": names_of(committee).encode()})
    hall.refused("trading.relations-unsettled", TENDERER, *evaluate(4, 3, 2, 1, 0))
    hall.do(TENDERER, *judge("gl-1", True))
    hall.refused("trading.no-such-relation", TENDERER, *judge("gl-1", False))
    rejected = tender.opening().state.all(events.BidRejected)
    assert sorted(one.event.receipt for one in rejected) == first
    assert {(one.actor, one.event.clause) for one in rejected} == {("system", "招标投标法实施条例第三十四条第二款")}
    hall.refused("trading.relations-unsettled", TENDERER, *evaluate(4, 3, 2))
    hall.do(TENDERER, *judge("gl-2", False))
    hall.do(TENDERER, *judge("gl-3", True))
    assert "第五十一条" in tender.opening().state.all(events.BidRejected)[-1].event.clause
    hall.do(TENDERER, *evaluate(4, 2))


def assert_private(log: Log, receipts: list[str]) -> None:
    """Signs are committed to, for the supervisor; no number of a person is anywhere but in the sealed files."""
    with log.reading() as session:
        row = session.scalars(select(EntryRow).where(EntryRow.kind == events.RelationsListed.kind)).one()
        value = session.get(PrivateValueRow, (row.id, "signs"))
        kept = session.scalars(select(PrivateValueRow.value)).all()
        bodies = session.scalars(select(EntryRow.body)).all()
    assert value is not None
    assert orjson.loads(value.value) == [{"sign": "contact", "receipts": receipts}]
    assert not any(NUMBER.encode() in one for one in (*kept, *bodies))
    assert b"0411" not in row.body
