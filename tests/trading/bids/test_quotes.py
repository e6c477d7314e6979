"""Quotes after the opening, in negotiation and consultation: sealed, opened together, and the last ones evaluated."""

import json

from sqlalchemy import select

from audit.rebuild import rebuild_check
from audit.tables import EntryRow, PrivateValueRow
from lottery.protocol.beacon import round_time
from tests.api.site import ON_SQLITE
from tests.lottery.hall import PROJECT, TENDERER, Hall, a_code
from tests.trading.bids.bidding import DEADLINE, ROUND, SEATS, Tender, recorded
from tests.trading.bids.panel import CONSULTATION, Panel
from tests.trading.events_of import an_event
from trading import events
from trading.bids import commands
from trading.bids.logged.command import verify_bids_command
from trading.bids.opening import give_shares, give_up, open_with_key
from trading.commands import record_step
from trading.conductor import advance_all


def test_quotes_are_sealed_opened_together_and_the_last_ones_are_what_is_evaluated(hall: Hall) -> None:
    panel = Panel(hall, 4)
    panel.refused("last-quotes-missing", panel.evaluation(0, 1, 2))
    asked = panel.ask(last=False)
    assert (asked.quote, asked.receipts) == (1, sorted(panel.bids))
    assert ([one.seat for one in asked.seats], asked.threshold) == ([*SEATS], 2)
    assert asked.round_number is not None
    assert round_time(asked.round_number) >= asked.quotes_until > round_time(asked.round_number - 1)
    panel.refused("quotes-under-way", panel.an_asking(last=True))

    first = panel.quote(0, 900)
    again = panel.quote(0, 890, replaces=first)
    for number in (1, 2):
        panel.quote(number, 900 + number)
    taken = panel.quote(3, 1)
    hall.do("bidder:b3", commands.withdraw_bid, taken)
    sealed = panel.sealed(1, 2)
    hall.refused("trading.bid-stands", "bidder:b1", commands.seal_bid, PROJECT, "1", sealed, None, 1)
    hall.refused("trading.no-quotes-taken", "bidder:b3", commands.seal_bid, PROJECT, "1", sealed, None, 2)
    hall.refused("trading.late-bid", "bidder:b3", commands.seal_bid, PROJECT, "1", sealed)
    panel.tender.enrol(9)
    sealed = panel.sealed(9, 1)
    hall.refused("trading.not-asked-to-quote", "bidder:b9", commands.seal_bid, PROJECT, "1", sealed, None, 1)
    assert_silent(panel, again)
    hall.at(asked.quotes_until)
    assert panel.close() == 0, "what comes in the last second is in time"
    hall.refused("trading.bids-not-closed", "notary:no1", give_shares, PROJECT, "1", "notary", {again: "0" * 66}, 1)
    panel.pass_time()
    sealed = panel.sealed(3, 1)
    hall.refused("trading.late-bid", "bidder:b3", commands.seal_bid, PROJECT, "1", sealed, None, 1)
    assert panel.close() == 1
    assert panel.close() == 0
    closed = panel.opening(1).closed
    assert closed is not None
    assert isinstance(closed.event, events.QuotesClosed)
    assert (closed.event.bids, closed.event.withdrawn, closed.event.enough, closed.actor) == (3, 2, True, "system")
    assert panel.open_by_seats(1) == 3
    assert {one.event.price_fen for one in panel.opening(1).opened} == {890, 901, 902}
    assert len(panel.lot.all(events.BidOpened)) == 4, "what was read out at the opening stays as it was"

    asked = panel.ask(last=True)
    assert (asked.quote, asked.receipts) == (2, sorted(panel.bids[:3])), "who sent no quote has left"
    sealed = panel.sealed(3, 1)
    hall.refused("trading.not-asked-to-quote", "bidder:b3", commands.seal_bid, PROJECT, "1", sealed, None, 2)
    for number, price in ((0, 800), (1, 700), (2, 750)):
        panel.quote(number, price)
    panel.pass_time()
    panel.close()
    panel.refused("last-quotes-missing", panel.evaluation(1, 2, 0))
    assert panel.open_by_seats(2) == 3
    panel.refused("quotes-under-way", panel.an_asking(last=True))
    panel.refused("bad-ranking", panel.evaluation(1, 2, 0, 3))
    panel.seat()
    hall.do(TENDERER, record_step, panel.evaluation(1, 2, 0))
    winner = {"bidder": "演示建设1号有限公司", "bidder_code": a_code(101), "rank": 1, "reason": None}
    award = events.AwardDecided
    panel.refused("not-to-win", an_event(award, winners=[winner | {"price_fen": 1_000_001}]))
    hall.do(TENDERER, record_step, an_event(award, winners=[winner | {"price_fen": 700}]))
    assert panel.lot.stage == "decided"
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert not report.differences
    verified = verify_bids_command(str(hall.log.data / "log"), hall.log.vkey)
    assert verified.line.startswith("OK closings=3 "), verified.line


def assert_silent(panel: Panel, receipt: str) -> None:
    """A quote's entry says no more than a bid's; what it commits to says which bid it is for."""
    with panel.hall.log.reading() as session:
        row = session.scalars(select(EntryRow).where(EntryRow.subject == f"receipt:{receipt}")).one()
        private = session.scalars(select(PrivateValueRow).where(PrivateValueRow.entry_id == row.id)).one()
    assert (row.actor, json.loads(row.body), json.loads(row.files)) == ("system", {"receipt": receipt}, [])
    statement = json.loads(private.value)
    assert (statement["quote"], statement["bid"]) == (1, panel.bids[0])


def test_fewer_than_three_quotes_fail_the_round_and_stay_closed(hall: Hall) -> None:
    panel = Panel(hall, 3)
    panel.ask(last=True)
    for number in (0, 1):
        panel.quote(number, 100)
    panel.pass_time()
    assert advance_all(hall.log, recorded) >= 1
    hall.log.wait_for_all()
    failed = panel.lot.last(events.LotFailed)
    assert failed is not None
    assert (failed.actor, failed.event.failure, failed.event.bids) == ("system", "too_few", 3)
    assert panel.lot.stage == "failed"
    assert panel.opening(1).opened == ()
    assert panel.close() == 0


@ON_SQLITE
def test_two_quotes_are_enough_where_the_notice_of_a_consultation_says_so(hall: Hall) -> None:
    panel = Panel(hall, 3, CONSULTATION, two_suffice=True)
    for quote, number in ((1, 2), (2, 0)):
        panel.ask(last=quote == 2)
        for one in {0, 1, number}:
            panel.quote(one, 100 + one)
        panel.pass_time()
        assert panel.close() == 1
        assert panel.open_by_seats(quote) == len({0, 1, number})
    panel.seat()
    hall.do(TENDERER, record_step, panel.evaluation(0, 1))
    assert panel.lot.stage == "evaluated"


@ON_SQLITE
def test_too_few_are_left_to_be_asked(hall: Hall) -> None:
    panel = Panel(hall, 3)
    rejected = an_event(events.BidRejected, receipt=panel.bids[0], clause="二十", reason="未实质性响应")
    hall.do(TENDERER, record_step, rejected)
    panel.refused("too-few-bids", panel.an_asking(last=True))
    hall.do(TENDERER, record_step, an_event(events.LotFailed, failure="too_few", reason="不足三家", bids=3))


@ON_SQLITE
def test_a_quote_is_opened_by_its_bidder_by_the_round_or_not_at_all(hall: Hall) -> None:
    panel = Panel(hall, 5)
    panel.ask(last=True, quotes_until=round_time(ROUND + 5))
    assert panel.asked.round_number == ROUND + 5
    receipts = [panel.quote(number, 100) for number in range(3)]
    other = panel.quote(3, 100, quote=2)
    bid = panel.quote(4, 100, quote=0)
    own = [*panel.keys.values()]
    hall.refused("trading.bids-not-closed", "bidder:b0", open_with_key, receipts[0], own[0])
    panel.pass_time()
    panel.close()
    hall.refused("trading.wrong-bid-key", "bidder:b0", open_with_key, receipts[0], own[1])
    hall.do("bidder:b0", open_with_key, receipts[0], own[0])
    assert panel.tender.open() == 0
    hall.refused("trading.keys-may-come", TENDERER, give_up, PROJECT, "1", 1)
    hall.do("bidder:b3", open_with_key, other, own[3])
    hall.do("bidder:b4", open_with_key, bid, own[4])
    hall.at(panel.asked.quotes_until + 1800)
    hall.do(TENDERER, give_up, PROJECT, "1", 1)
    outcomes = {one.event.receipt: one.event.outcome for one in panel.opening(1).opened}
    left = dict.fromkeys(receipts[1:], "unopened")
    assert outcomes == {receipts[0]: "opened", other: "mismatch", bid: "mismatch"} | left
    panel.refused("too-few-bids", panel.evaluation(0))
    verified = verify_bids_command(str(hall.log.data / "log"), hall.log.vkey)
    assert verified.line == "OK closings=2 bids=10 withdrawn=0 opened=10 shares=0 unclosed=0", verified.line


@ON_SQLITE
def test_a_quote_is_asked_for_in_turn_of_all_who_are_in_for_a_time_to_come(hall: Hall) -> None:
    panel = Panel(hall, 3)
    panel.refused("bad-member", panel.an_asking(last=True, quote=2))
    panel.refused("bad-member", panel.an_asking(last=True, quotes_until=hall.clock.now // 1000))
    inquiry = Tender(hall, lot="2")
    inquiry.announce("gg-2", DEADLINE + 600, lot="2", method="inquiry")
    panel.refused("not-in-this-stage", panel.an_asking(last=True, lot="2"))
