"""Which shares of an opening are still wanted of the organisations for which an account acts."""

from collections.abc import Iterable

from api.routes.desk_request import Desk
from trading import quotes
from trading.bids.parties import SEAT_ROLES
from trading.bids.queries import plan_of
from trading.events import BidClosed, BidOpened, QuoteShareGiven, ShareGiven
from trading.lots import LotState


def own_organisations(desk: Desk) -> set[str]:
    """Those for which the account may act in a seat."""
    held = (one.organisation for one in desk.user.holdings if one.role in SEAT_ROLES)
    return {one for one in held if one is not None}


def seats_wanted(state: LotState, own: Iterable[str]) -> list[str]:
    """The seats of these organisations whose shares would open something that is closed and not all opened yet."""
    number = quotes.number(state)
    plan = quotes.asked(state) or plan_of(state)
    closed = quotes.closed(state, number) if number else state.last(BidClosed)
    if plan is None or closed is None:
        return []
    opened = len(quotes.opened(state, number)) if number else len(state.all(BidOpened))
    if opened >= closed.event.bids:
        return []
    given = {step.event.seat for step in state.all(ShareGiven)}
    if number:
        given = {step.event.seat for step in state.all(QuoteShareGiven) if step.event.quote == number}
    held = set(own)
    return [seat.seat for seat in plan.event.seats if seat.organisation in held and seat.seat not in given]
