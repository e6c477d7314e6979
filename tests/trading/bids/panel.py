"""A lot of negotiation or consultation after its opening, as far as a test of later quotes needs it."""

import base64
from typing import Any

import pyrage  # type: ignore[import-untyped]  # it ships no types

from tests.lottery.hall import ORGANISATIONS, PROJECT, TENDERER, Hall
from tests.trading.bids.bidding import DEADLINE, Tender, recorded
from tests.trading.builders import a_project
from tests.trading.committee import a_committee, names_of
from tests.trading.events_of import an_event
from trading import events
from trading.bids import commands, queries
from trading.bids.opening import give_shares
from trading.bids.queries import Opening
from trading.bids.quoting import close_quotes_due
from trading.commands import record_step, register_project
from trading.lots import LotState

NEGOTIATION, CONSULTATION = "competitive_negotiation", "competitive_consultation"


class Panel:
    """A lot whose method asks for quotes after the opening; the bids of bidders 0 and on are opened."""

    def __init__(self, hall: Hall, bidders: int, method: str = NEGOTIATION, **terms: Any) -> None:
        self.tender, self.hall = Tender(hall), hall
        said = {"bid_deadline": DEADLINE, "opening_at": DEADLINE} | terms
        self.tender.seat()
        hall.do(TENDERER, register_project, a_project(trade="D", category="services"))
        listed = [{"name": name, "value": said[name]} for name in sorted(said)]
        self.tender.announce("gg-1", DEADLINE, method=method, terms=listed)
        plan = self.tender.plan()
        for number in range(bidders):
            self.tender.enrol(number)
        self.bids = [self.tender.bid(number, self.tender.a_bid(plan, number)) for number in range(bidders)]
        self.tender.pass_deadline()
        assert self.tender.close() == 1
        assert self.tender.open(recorded) == bidders
        self.keys: dict[str, str] = {}

    @property
    def lot(self) -> LotState:
        with self.hall.log.reading() as session:
            state = queries.lot(session, PROJECT, "1")
        assert state is not None
        return state

    @property
    def asked(self) -> events.QuotesAsked:
        step = self.lot.last(events.QuotesAsked)
        assert step is not None
        return step.event

    def an_asking(self, *, last: bool, **changed: Any) -> events.QuotesAsked:
        until = self.hall.clock.now // 1000 + 600
        return an_event(
            events.QuotesAsked, **({"last": last, "quotes_until": until, "text": ["请在规定时间内报价。"]} | changed)
        )

    def ask(self, *, last: bool, **changed: Any) -> events.QuotesAsked:
        self.hall.do(TENDERER, record_step, self.an_asking(last=last, **changed))
        return self.asked

    def sealed(self, number: int, price_fen: int, **said: Any) -> commands.Sealed:
        plan: Any = self.asked  # which quotes are sealed for as bids are for theirs
        made = self.tender.a_bid(plan, number, price_fen=price_fen, **({"quote": self.asked.quote} | said))
        self.keys[made.plain_sha256] = made.identity
        return self.tender.stored(made)

    def quote(self, number: int, price_fen: int, replaces: str | None = None, **said: Any) -> str:
        """A bidder's quote; returns its receipt."""
        sealed = self.sealed(number, price_fen, **said)
        command = (f"bidder:b{number}", commands.seal_bid, PROJECT, "1", sealed, replaces, self.asked.quote)
        return self.tender.receipt_of(self.hall.do(*command))

    def pass_time(self) -> None:
        self.hall.at(self.asked.quotes_until + 1)

    def opening(self, quote: int) -> Opening:
        return queries.opening(self.lot, self.hall.log.blobs, quote)

    def close(self) -> int:
        return self.tender.settled(close_quotes_due)

    def give(self, seat: str, quote: int) -> None:
        found = self.opening(quote)
        shares = {}
        for receipt, keys in queries.keys_of(found, self.hall.log.blobs).items():
            own = next(one.sealed for one in keys.shares if one.seat == seat)
            shares[receipt] = bytes(pyrage.decrypt(base64.b64decode(own), [self.tender.seats[seat]])).hex()
        self.hall.do(ORGANISATIONS[seat][2], give_shares, PROJECT, "1", seat, shares, quote)

    def open_by_seats(self, quote: int) -> int:
        for seat in ("centre", "notary"):
            self.give(seat, quote)
        return self.tender.open()

    def seat(self) -> None:
        event = a_committee(3)
        self.hall.do(TENDERER, record_step, event, (), {"text": names_of(event).encode()})

    def evaluation(self, *numbers: int) -> events.EvaluationCompleted:
        ranked = enumerate(numbers, 1)
        scores = [{"receipt": self.bids[number], "rank": rank, "score_milli": None} for rank, number in ranked]
        return an_event(events.EvaluationCompleted, scores=scores, report_sha256="0" * 64)

    def refused(self, why: str, event: events.LotEvent) -> None:
        self.hall.refused(f"trading.{why}", TENDERER, record_step, event)
