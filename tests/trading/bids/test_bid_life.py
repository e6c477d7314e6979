"""A lot's bids from the plan to the last reading out, on both databases: every defined outcome, and what is refused."""

import json
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from audit import entry, merkle
from audit.queries import entry_data, receipt
from audit.rebuild import rebuild_check
from audit.receipt import verify_receipt
from audit.tables import EntryRow, PrivateValueRow
from registry import commands as registry
from registry.events import OrganisationRecorded
from tests.api.site import ON_SQLITE
from tests.lottery.hall import PROJECT, REGISTRAR, TENDERER, a_code
from tests.trading.bids.bidding import DEADLINE, ROUND, Tender, an_identity, recorded
from trading.bids import commands, reading_out, rules
from trading.bids.opening import give_shares, give_up, open_with_key
from trading.bids.sealing import pack, seal
from trading.bids.seats import SeatWanted
from trading.events import DeadlineMoved, ProcessResumed, ProcessSuspended


def bidders(tender: Tender, count: int) -> list[str]:
    """A plan, and a bid each; returns the receipts."""
    plan = tender.plan()
    for number in range(count):
        tender.enrol(number)
    return [tender.bid(number, tender.a_bid(plan, number)) for number in range(count)]


def test_bids_sealed_closed_and_opened_by_two_of_three_seats(tender: Tender) -> None:
    hall = tender.hall
    receipts = bidders(tender, 4)
    former = tender.opening().plans[-1].event
    tender.record_key("notary", 1, replaces=str(tender.seats["notary"].to_public()))
    plan = tender.plan()
    changed = [now.seat for then, now in zip(former.seats, plan.seats, strict=True) if then != now]
    assert changed == ["notary"], "what was sealed before is for the key that the former plan keeps"
    again = tender.bid(0, tender.a_bid(plan, 0, price_fen=7), replaces=receipts[0])
    taken = tender.receipt_of(hall.do("bidder:b3", commands.withdraw_bid, receipts[3]))
    hall.refused("trading.bids-not-closed", "notary:no1", give_shares, PROJECT, "1", "notary", {receipts[1]: "00" * 33})
    assert tender.close() == 0
    assert silent_entries(tender, [*receipts, again, taken])

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
    assert "演示建设" not in listed
    assert a_code(101) not in listed

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


def silent_entries(tender: Tender, receipts: list[str]) -> bool:
    """Whether the entries of sealed acts say nothing but that something came, and are these."""
    with tender.hall.log.reading() as session:
        rows = session.scalars(select(EntryRow).where(EntryRow.subject.like("receipt:%"))).all()
    assert {row.subject.partition(":")[2] for row in rows} == set(receipts)
    return all(
        row.actor == "system"
        and json.loads(row.body) == {"receipt": row.subject.partition(":")[2]}
        and json.loads(row.files) == []
        and list(json.loads(row.private)) == ["statement"]
        for row in rows
    )


@ON_SQLITE
def test_a_wrong_share_is_named_and_the_timelock_opens_what_absent_seats_do_not(tender: Tender) -> None:
    receipts = bidders(tender, 3)
    tender.pass_deadline()
    tender.close()
    tender.give("notary")
    tender.give("tenderer", **{receipts[0]: "00" * 33})
    given = tender.opening().shares
    assert [(one.event.seat, one.event.good, one.event.bad) for one in given] == [("notary", 3, 0), ("tenderer", 2, 1)]
    assert tender.open() == 2, "for the third bid one right share is too few"
    assert tender.open(lambda _: None) == 0, "the round is not here"
    assert tender.open(recorded) == 1
    custody = {receipt: one.custody for receipt, one in tender.outcomes().items()}
    assert custody == {receipts[0]: "timelock", receipts[1]: "shares", receipts[2]: "shares"}


@ON_SQLITE
def test_every_seat_absent_and_every_key_lost_the_round_opens_all(tender: Tender) -> None:
    bidders(tender, 3)
    tender.pass_deadline()
    tender.close()
    assert tender.open(recorded) == 3
    assert {one.custody for one in tender.outcomes().values()} == {"timelock"}


@ON_SQLITE
def test_bidders_open_with_their_keys_and_what_no_key_came_for_is_given_up(tender: Tender) -> None:
    hall = tender.hall
    plan = tender.plan(seats=(), threshold=0, round_number=None)
    made = [tender.a_bid(plan, number) for number in range(5)]
    elsewhere = seal(plan, pack(project=PROJECT, lot="2", bidder_code=a_code(103)))
    no_bid = seal(plan, b"no bid at all")
    made[3:] = [elsewhere, no_bid]
    for number in range(5):
        tender.enrol(number)
    receipts = [tender.bid(number, one) for number, one in enumerate(made)]
    hall.refused("trading.bids-not-closed", "bidder:b0", open_with_key, receipts[0], made[0].identity)
    tender.pass_deadline()
    tender.close()
    hall.refused("trading.wrong-bid-key", "bidder:b0", open_with_key, receipts[0], made[1].identity)
    hall.refused("trading.no-such-bid", "bidder:b0", open_with_key, receipts[1], made[1].identity)
    hall.refused("trading.no-such-bid", "bidder:b0", open_with_key, "0" * 32, made[1].identity)
    for number in (0, 3, 4):
        hall.do(f"bidder:b{number}", open_with_key, receipts[number], made[number].identity)
    hall.refused("trading.bid-opened-already", "bidder:b0", open_with_key, receipts[0], made[0].identity)
    assert tender.open(recorded) == 0

    hall.refused("trading.keys-may-come", TENDERER, give_up, PROJECT, "1")
    hall.at(DEADLINE + rules.KEYS_MAY_COME - 0.001)
    hall.refused("trading.keys-may-come", TENDERER, give_up, PROJECT, "1")
    hall.at(DEADLINE + rules.KEYS_MAY_COME)
    hall.do(TENDERER, give_up, PROJECT, "1")
    hall.refused("trading.nothing-unopened", TENDERER, give_up, PROJECT, "1")
    found = [(tender.outcomes()[receipt].outcome, tender.outcomes()[receipt].note) for receipt in receipts]
    assert found == [
        ("opened", None),
        ("unopened", reading_out.NO_KEY),
        ("unopened", reading_out.NO_KEY),
        ("mismatch", reading_out.ANOTHER_BID),
        ("corrupt", reading_out.NO_BID),
    ]
    hall.refused("trading.bid-opened-already", "bidder:b1", open_with_key, receipts[1], made[1].identity)


@ON_SQLITE
def test_nobody_gives_up_a_bid_in_the_second_between_its_shares_and_its_opening(tender: Tender) -> None:
    receipts = bidders(tender, 3)
    tender.pass_deadline()
    tender.close()
    tender.give("notary")
    tender.give("centre", **{receipts[0]: "00" * 33})
    tender.hall.at(DEADLINE + rules.KEYS_MAY_COME)
    tender.hall.do(TENDERER, give_up, PROJECT, "1")
    assert {receipt: one.outcome for receipt, one in tender.outcomes().items()} == {receipts[0]: "unopened"}
    tender.hall.refused("trading.nothing-unopened", TENDERER, give_up, PROJECT, "1")
    assert tender.open() == 2
    assert sorted(one.outcome for one in tender.outcomes().values()) == ["opened", "opened", "unopened"]


@ON_SQLITE
def test_files_that_do_not_decrypt_or_are_not_what_was_committed_to_are_recorded_as_such(tender: Tender) -> None:
    hall, plan = tender.hall, tender.plan()
    for number in range(5):
        tender.enrol(number)
    made = [tender.a_bid(plan, number) for number in range(5)]
    broken = replace(made[0], sealed=made[0].sealed[:-1] + bytes([made[0].sealed[-1] ^ 1]))
    receipts = [tender.bid(0, broken), tender.bid(1, made[1], plain_sha256="0" * 64), tender.bid(2, made[2])]
    # A bidder who sends shares and a timelock of another secret can be opened by nobody but himself.
    other = json.loads(made[4].keys)
    own = json.loads(made[3].keys)
    receipts.append(
        tender.bid(
            3, made[3], keys=json.dumps(own | {"shares": other["shares"], "timelock": other["timelock"]}).encode()
        )
    )
    # A file that was changed where it is stored is told from one that was sent so.
    receipts.append(tender.bid(4, made[4]))
    hall.log.blobs.path(tender.stored(made[4]).sha256).chmod(0o600)
    hall.log.blobs.path(tender.stored(made[4]).sha256).write_bytes(b"changed")
    tender.pass_deadline()
    tender.close()
    for seat in ("centre", "notary"):
        tender.give(seat)
    assert tender.open(recorded) == 4
    assert tender.open(recorded) == 0
    hall.at(DEADLINE + rules.KEYS_MAY_COME)
    hall.do(REGISTRAR, give_up, PROJECT, "1")
    found = [(tender.outcomes()[receipt].outcome, tender.outcomes()[receipt].note) for receipt in receipts]
    assert found == [
        ("corrupt", reading_out.DOES_NOT_DECRYPT),
        ("mismatch", reading_out.NOT_THE_PLAIN),
        ("opened", None),
        ("unopened", reading_out.NOT_ITS_SHARES),
        ("corrupt", reading_out.NOT_AS_STORED),
    ]


@ON_SQLITE
def test_late_bids_are_refused_with_both_times_to_the_millisecond(tender: Tender) -> None:
    hall, plan = tender.hall, tender.plan()
    for number in range(2):
        tender.enrol(number)
    first, second = tender.a_bid(plan, 0), tender.a_bid(plan, 1)
    hall.at(DEADLINE)
    receipt = tender.bid(0, first)
    tender.pass_deadline()
    late = hall.refused("trading.late-bid", "bidder:b1", commands.seal_bid, PROJECT, "1", tender.stored(second))
    assert late.facts == {"deadline": "2023-08-23T23:59:24.000+08:00", "arrived": "2023-08-23T23:59:24.001+08:00"}
    hall.refused("trading.late-bid", "bidder:b0", commands.withdraw_bid, receipt)
    hall.refused("trading.late-bid", "bidder:b0", commands.seal_bid, PROJECT, "1", tender.stored(first), receipt)
    hall.refused("trading.late-bid", TENDERER, commands.plan_opening, tender.wanted())
    tender.close()
    hall.refused("trading.late-bid", "bidder:b1", commands.seal_bid, PROJECT, "1", tender.stored(second))


@ON_SQLITE
def test_fewer_than_three_bids_are_counted_and_stay_closed(tender: Tender) -> None:
    receipts = bidders(tender, 2)
    made = tender.a_bid(tender.a_plan(), 0)
    tender.pass_deadline()
    tender.close()
    assert tender.open(recorded) == 0
    shares = dict.fromkeys(receipts, "00" * 33)
    few = tender.hall.refused("trading.too-few-bids", "notary:no1", give_shares, PROJECT, "1", "notary", shares)
    assert few.facts == {"lot": "1", "found": 2, "wanted": 3}
    tender.hall.refused("trading.too-few-bids", "bidder:b0", open_with_key, receipts[0], made.identity)
    tender.hall.at(DEADLINE + rules.KEYS_MAY_COME)
    tender.hall.refused("trading.too-few-bids", TENDERER, give_up, PROJECT, "1")


@ON_SQLITE
def test_a_lot_without_any_bid_is_closed_at_nought_once(tender: Tender) -> None:
    tender.announce("gg-2", DEADLINE, lot="2")
    tender.pass_deadline()
    assert tender.close() == 2, "both lots, though no opening was planned"
    assert tender.close() == 0
    closed = tender.opening().closed
    assert closed is not None
    assert (closed.event.bids, closed.event.root) == (0, merkle.root([]).hex())


@ON_SQLITE
def test_a_suspended_lot_is_not_closed_and_a_moved_deadline_closes_later(tender: Tender) -> None:
    hall = tender.hall
    bidders(tender, 3)
    moved = DeadlineMoved(project=PROJECT, lot="1", round=1, old=DEADLINE, new=DEADLINE + 600, cause="澄清")
    tender.record(moved)
    tender.enrol(9)
    late = hall.refused(
        "trading.opening-plan-out-of-date", "bidder:b9", commands.seal_bid, PROJECT, "1",
        tender.stored(tender.a_bid(tender.a_plan(), 9)),
    )  # fmt: skip
    assert "时间锁" in late.message("zh")
    tender.pass_deadline()
    assert tender.close() == 0
    tender.record(
        ProcessSuspended(project=PROJECT, lot="1", round=1, cause="complaint", reference="ts-1", until=None),
        actor="supervisor:su1",
    )
    hall.at(DEADLINE + 601)
    assert tender.close() == 0
    tender.record(
        ProcessResumed(project=PROJECT, lot="1", round=1, cause="complaint", reference="ts-1"), "supervisor:su1"
    )
    assert tender.close() == 1


@ON_SQLITE
def test_only_who_may_does_it_and_only_with_a_seal_for_the_plan(tender: Tender) -> None:
    hall = tender.hall
    for number in range(2):
        tender.enrol(number)
    made = tender.a_bid(tender.a_plan(), 0)
    sealed = tender.stored(made)
    hall.refused("trading.no-opening-plan", "bidder:b0", commands.seal_bid, PROJECT, "1", sealed)
    tender.plan()
    hall.refused("trading.no-such-lot", "bidder:b0", commands.seal_bid, PROJECT, "9", sealed)
    hall.refused("trading.no-bid-deadline", "bidder:b0", commands.seal_bid, PROJECT, "2", sealed)
    hall.refused("registry.not-permitted", TENDERER, commands.seal_bid, PROJECT, "1", sealed)
    other = tender.a_bid(tender.a_plan(threshold=3), 0)
    hall.refused("trading.bad-seal", "bidder:b0", commands.seal_bid, PROJECT, "1", tender.stored(other))
    hall.refused("trading.bad-seal", "bidder:b0", commands.seal_bid, PROJECT, "1", replace(sealed, keys=b"{}"))
    for size in (0, rules.MAX_BID + 1):
        large = replace(sealed, size=size)
        hall.refused("trading.bid-too-large", "bidder:b0", commands.seal_bid, PROJECT, "1", large)
    receipt = tender.bid(0, made)
    stands = hall.refused("trading.bid-stands", "bidder:b0", commands.seal_bid, PROJECT, "1", sealed)
    assert stands.facts == {"receipt": receipt}
    for actor, named in (("bidder:b1", receipt), ("bidder:b0", "0" * 32)):
        hall.refused("trading.no-such-bid", actor, commands.seal_bid, PROJECT, "1", sealed, named)
        hall.refused("trading.no-such-bid", actor, commands.withdraw_bid, named)
    hall.do("bidder:b0", commands.withdraw_bid, receipt)
    hall.refused("trading.no-such-bid", "bidder:b0", commands.withdraw_bid, receipt)
    assert tender.bid(0, made) != receipt, "who took his bid back may bid again"
    nameless = OrganisationRecorded(organisation="bidder-x", name="演示合伙", code=None, capacities=["bidder"])
    hall.do(REGISTRAR, registry.record_organisation, nameless)
    hall.grant("bidder:nocode", "bidder-x")
    hall.refused("trading.not-a-bidder", "bidder:nocode", commands.seal_bid, PROJECT, "1", sealed)


WRONG_PLANS: list[dict[str, Any]] = [
    {"threshold": 1},
    {"threshold": 4},
    {"seats": (), "threshold": 2},
    {"round_number": ROUND - 1},
    {"round_number": ROUND + 1},
]


@ON_SQLITE
def test_a_plan_needs_two_organisations_and_the_round_of_the_opening(tender: Tender) -> None:
    hall = tender.hall
    seats = tender.wanted().seats
    one_house = tuple(replace(one, organisation="centre") for one in seats)
    again, unsorted = (seats[0], seats[0], seats[1]), seats[::-1]
    badly_named, nobody = (
        (replace(seats[0], seat="A"), *seats[1:]),
        (replace(seats[0], organisation="nobody"), seats[1]),
    )
    for seated in (one_house, again, unsorted, badly_named, nobody):
        hall.refused("trading.bad-opening-plan", TENDERER, commands.plan_opening, tender.wanted(seats=seated))
    for wrong in WRONG_PLANS:
        hall.refused("trading.bad-opening-plan", TENDERER, commands.plan_opening, tender.wanted(**wrong))
    hall.refused("registry.not-permitted", "notary:no1", commands.plan_opening, tender.wanted())
    keyless = (*seats[:2], SeatWanted("supervisor", "supervisor"))
    why = hall.refused("trading.seat-has-no-key", TENDERER, commands.plan_opening, tender.wanted(seats=keyless))
    assert why.facts == {"organisation": "supervisor", "wanted": 1, "found": 0}
    twice = (*seats, SeatWanted("tenderer-2", "tenderer"))
    why = hall.refused(
        "trading.seat-has-no-key", TENDERER, commands.plan_opening, tender.wanted(seats=twice, threshold=3)
    )
    assert why.facts == {"organisation": "tenderer", "wanted": 2, "found": 1}
    tender.plan()
    renamed = (replace(seats[0], seat="notary"), seats[2])
    hall.refused("trading.bad-opening-plan", TENDERER, commands.plan_opening, tender.wanted(seats=renamed))
    tender.plan(seats=seats[:2])
    assert len(tender.opening().plans) == 2
    tender.record_key("tenderer", 1)
    plan = tender.plan(seats=twice, threshold=3)
    own = [str(an_identity("tenderer", number).to_public()) for number in (1, 0)]
    assert [one.recipient for one in plan.seats if one.organisation == "tenderer"] == own, "the newest key first"


@ON_SQLITE
def test_shares_come_from_the_seat_that_holds_them_and_only_for_this_lots_bids(tender: Tender) -> None:
    hall = tender.hall
    bidders(tender, 3)
    tender.pass_deadline()
    tender.close()
    shares = tender.shares_of("notary")
    hall.refused("trading.not-that-seat", "operator:op1", give_shares, PROJECT, "1", "notary", shares)
    hall.refused("trading.not-that-seat", "notary:no1", give_shares, PROJECT, "1", "nobody", shares)
    hall.refused("registry.not-permitted", "bidder:b0", give_shares, PROJECT, "1", "notary", shares)
    receipt = next(iter(shares))
    for bad in ({}, {"0" * 32: "00" * 33}, {receipt: "00" * 32}, {receipt: "zz" * 33}):
        hall.refused("trading.bad-shares", "notary:no1", give_shares, PROJECT, "1", "notary", bad)
    tender.give("notary")


@ON_SQLITE
def test_bonds_and_applications_are_silent_too(tender: Tender) -> None:
    hall = tender.hall
    tender.enrol(0)
    bond = commands.Bond("演示建设0号有限公司", a_code(100), "transfer", 5_000_000, None, "电汇-0001")
    paid = hall.do(REGISTRAR, commands.record_bond, PROJECT, "1", bond)
    applied = hall.do("bidder:b0", commands.apply_to_take_part, PROJECT, "1", hall.log.blobs.put(b"sealed"))
    assert silent_entries(tender, [tender.receipt_of(paid), tender.receipt_of(applied)])
    for wrong, code in (
        (replace(bond, form="cash"), "trading.bad-sealed-act"),
        (replace(bond, amount_fen=0), "trading.bad-sealed-act"),
        (replace(bond, bidder_code="1" * 18), "registry.bad-code-check"),
    ):
        hall.refused(code, REGISTRAR, commands.record_bond, PROJECT, "1", wrong)
    tender.enrol(1)
    hall.refused("trading.not-a-bidder", "bidder:b1", commands.record_bond, PROJECT, "1", bond)
    tender.pass_deadline()
    hall.refused("trading.late-bid", REGISTRAR, commands.record_bond, PROJECT, "1", bond)


def test_the_receipt_alone_proves_what_was_submitted_when(tender: Tender) -> None:
    """Log receipt, entry, and the statement with its salt: what a bidder is given and needs nobody for."""
    hall = tender.hall
    [number] = bidders(tender, 1)
    with hall.log.reading() as session:
        row = session.scalars(select(EntryRow).where(EntryRow.subject == f"receipt:{number}")).one()
        assert row.seq is not None
        data = entry_data(session, row.seq, hall.log.published_size)
        proof = receipt(session, hall.log.folder, row.seq, hall.log.published_size)
        value = session.get(PrivateValueRow, (row.id, "statement"))
        assert value is not None
        salt, statement = value.salt, value.value
    found = verify_receipt(proof, data, hall.log.vkey)
    assert entry.commitment(salt, statement) == found.entry.private["statement"]
    said = json.loads(statement)
    assert (said["receipt"], said["project"], said["lot"], said["bidder"]) == (
        number,
        PROJECT,
        "1",
        "演示建设0号有限公司",
    )
    assert said["account"] == "bidder:b0"
    changed = statement.replace(b'"lot":"1"', b'"lot":"2"')
    assert entry.commitment(salt, changed) != found.entry.private["statement"]
