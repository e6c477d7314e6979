"""Rules of the quotes after the opening, in negotiation and consultation."""

from collections.abc import Sequence

from audit.events import Event
from trading import errors, quotes
from trading.events import BidClosed, LotFailed
from trading.rules.case import Case, checks, follows


@checks
def quotes_in_turn(case: Case) -> None:
    """One asking after the other, each of all who are still in, and none after the last."""
    event, lot = case.event, case.lot
    former = quotes.asked(lot)
    if former is not None and (former.event.last or not quotes.is_settled(lot, former.event.quote)):
        raise errors.QuotesUnderWay(lot=lot.lot, quote=former.event.quote)
    wanted = 1 if former is None else former.event.quote + 1
    if event.quote != wanted:
        raise errors.BadMember(field="quote", why_zh=f"应为第 {wanted} 次", why_en=f"it should be {wanted}")
    if event.receipts != sorted(quotes.still_in(lot)):
        raise errors.BadMember(
            field="receipts", why_zh="须为全部继续参加的供应商", why_en="it names all who are still in, and no other"
        )
    if event.quotes_until <= case.now:
        raise errors.BadMember(field="quotes_until", why_zh="须晚于现在", why_en="it must be later than now")


@checks
def enough_to_quote(case: Case) -> None:
    _check_enough(case, len(case.event.receipts))


@checks
def quotes_taken(case: Case) -> None:
    if not quotes.is_taking(case.lot, case.now):
        raise errors.NoQuotesTaken(lot=case.lot.lot)


@checks
def quotes_over(case: Case) -> None:
    """Quotes are counted once their time is over."""
    last = quotes.asked(case.lot)
    if last is None or quotes.closed(case.lot, last.event.quote) is not None or case.now < last.event.quotes_until:
        raise errors.DeadlineAhead(lot=case.lot.lot)


@checks
def last_quotes_opened(case: Case) -> None:
    """What is evaluated are the last quotes, all of them opened, and enough of them (政府采购法 38)."""
    lot, last = case.lot, quotes.asked(case.lot)
    if last is None or not last.event.last or not quotes.is_settled(lot, last.event.quote):
        raise errors.LastQuotesMissing(lot=lot.lot)
    _check_enough(case, sum(one.event.outcome == "opened" for one in quotes.opened(lot, last.event.quote)))


def _check_enough(case: Case, found: int) -> None:
    wanted = quotes.least(case.lot)
    if found < wanted:
        raise errors.TooFewBids(lot=case.lot.lot, found=found, wanted=wanted)


@follows
def enough_quotes(case: Case) -> Sequence[Event]:
    """Too few quotes, and the round has failed (财政部令第74号 33、37，财库〔2014〕214号 21、34)."""
    event, bids = case.event, case.lot.last(BidClosed)
    if event.enough or bids is None:
        return []
    reason = f"第 {event.quote} 次报价的供应商 {event.bids} 家，少于 {quotes.least(case.lot)} 家"
    failed = LotFailed(
        project=event.project,
        lot=event.lot,
        round=event.round,
        occurred_at=None,
        failure="too_few",
        reason=reason,
        bids=bids.event.bids,
    )
    return [failed]
