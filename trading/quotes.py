"""Quotes after the opening (再次报价、最后报价): who is still in, and at what price. Pure.

In negotiation and consultation the panel asks those still in for another quote, as often as it takes; the last one is
what is evaluated. A bid keeps its receipt through all of them. Whoever sends no quote in time has left.
"""

from audit.step import Step
from trading.events import BidOpened, BidRejected, ComplaintDecided, QuoteOpened, QuotesAsked, QuotesClosed
from trading.lot_state import LotState

LEAST_QUOTES = 3
"""财政部令第74号 33, 财库〔2014〕214号 21."""
LEAST_WHERE_ALLOWED = 2
"""财库〔2014〕214号 21, 财库〔2015〕124号: the notice says that it is such a project."""
TWO_SUFFICE = "two_suffice"
"""The term of a notice that says so; the table of fields has it for consultation only."""


def asked(lot: LotState, quote: int | None = None) -> Step[QuotesAsked] | None:
    """The asking of that number, or the last one."""
    found = [one for one in lot.all(QuotesAsked) if quote in (None, one.event.quote)]
    return found[-1] if found else None


def closed(lot: LotState, quote: int) -> Step[QuotesClosed] | None:
    return next((one for one in lot.all(QuotesClosed) if one.event.quote == quote), None)


def opened(lot: LotState, quote: int) -> list[Step[QuoteOpened]]:
    return [one for one in lot.all(QuoteOpened) if one.event.quote == quote]


def number(lot: LotState) -> int:
    """Which time quotes were asked for last; 0: never. Until then it is about the bids themselves."""
    last = asked(lot)
    return 0 if last is None else last.event.quote


def is_taking(lot: LotState, now: int) -> bool:
    """Whether quotes are taken now. now: Unix seconds; the last one itself is in time."""
    last = asked(lot)
    return last is not None and closed(lot, last.event.quote) is None and now <= last.event.quotes_until


def is_settled(lot: LotState, quote: int) -> bool:
    """Whether all that came when this one was asked for was dealt with."""
    over = closed(lot, quote)
    return over is not None and len(opened(lot, quote)) >= over.event.bids


def least(lot: LotState) -> int:
    """How many quotes there must be."""
    return LEAST_WHERE_ALLOWED if lot.term(TWO_SUFFICE) is True else LEAST_QUOTES


def as_quoted(lot: LotState) -> dict[str, BidOpened]:
    """Every bid that was dealt with, by receipt, with price and particulars of its newest quote."""
    found = {step.event.receipt: step.event for step in lot.all(BidOpened)}
    for step in lot.all(QuoteOpened):
        quote = step.event
        if quote.outcome == "opened" and quote.bid in found:
            newest = {"price_fen": quote.price_fen, "quotes": quote.quotes}
            found[quote.bid] = found[quote.bid].model_copy(update=newest)
    return found


def still_in(lot: LotState) -> dict[str, BidOpened]:
    """The bids that were opened, not rejected, and quoted each time that quotes were asked for and closed.

    Where the supervisor ordered another evaluation, what was rejected before it is judged anew.
    """
    ordered = [one.entry_id for one in lot.all(ComplaintDecided) if one.event.order == "evaluate_again"]
    gone = {
        step.event.receipt for step in lot.all(BidRejected) if step.entry_id > max(ordered, default=step.entry_id - 1)
    }
    found = {receipt: bid for receipt, bid in as_quoted(lot).items() if receipt not in gone and bid.outcome == "opened"}
    for over in lot.all(QuotesClosed):
        quoted = {one.event.bid for one in opened(lot, over.event.quote) if one.event.outcome == "opened"}
        found = {receipt: bid for receipt, bid in found.items() if receipt in quoted}
    return found
