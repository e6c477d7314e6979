"""What a plan of an opening must be, when a bid is late, how many bids an opening needs. No clock, no database."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from lottery.protocol.beacon import first_round_at, round_time
from trading.bids import errors
from trading.bids.seats import OpeningWanted
from trading.errors import TooFewBids
from trading.events import BidSealed, OpeningPlanned, PrequalificationApplied, QuotesAsked
from trading.law.procedures import Row
from trading.lots import LotState

MAX_SEATS: Final = 15
MAX_BID: Final = 64 * 1024 * 1024
"""Bytes of a sealed bid."""
KEYS_MAY_COME: Final = 1800
"""Seconds after the opening's time for which no bid is given up for want of a key (解密时限)."""
LEAST: Final = {"three_bids": 3, "one_bid": 1}
"""The rules of the table of procedures that say how many bids an opening needs."""

_SEAT: Final = re.compile("[a-z][a-z0-9-]{0,31}")
_BEIJING: Final = timedelta(hours=8)


def check_seats(plan: OpeningWanted) -> None:
    """What can be said of its seats before anything is read. Raises BadPlan."""
    names = [one.seat for one in plan.seats]
    if names != sorted(set(names)) or len(names) > MAX_SEATS or not all(_SEAT.fullmatch(one) for one in names):
        raise errors.BadPlan(
            why_zh=f"席位至多 {MAX_SEATS} 个，须按名称排列且不重复，名称为小写字母开头的字母、数字和连字符",
            why_en=f"at most {MAX_SEATS} seats, ascending, none twice; names are lower-case letters, digits, hyphens",
        )
    _check_threshold(plan)


def check_plan(plan: OpeningWanted, opens_at: int, former: Iterable[OpeningPlanned]) -> None:
    """opens_at: Unix seconds. former: earlier plans for the same lot, for which bids may have been sealed.

    Raises BadPlan.
    """
    if plan.round_number is not None and plan.round_number != first_round_at(opens_at):
        raise errors.BadPlan(
            why_zh=f"时间锁须为开标时间的轮次 {first_round_at(opens_at)}",
            why_en=f"the timelock must be for the round of the opening's time, {first_round_at(opens_at)}",
        )
    known = {one.seat: one.organisation for before in former for one in before.seats}
    if any(known.get(one.seat, one.organisation) != one.organisation for one in plan.seats):
        raise errors.BadPlan(
            why_zh="席位名称已用于其他单位",
            why_en="a seat's name was used with another organisation before",
        )


def _check_threshold(plan: OpeningWanted) -> None:
    if not plan.seats:
        if plan.threshold != 0:
            raise errors.BadPlan(why_zh="没有席位时门限为 0", why_en="without seats the threshold is 0")
        return
    most = max(Counter(one.organisation for one in plan.seats).values())
    if not 2 <= plan.threshold <= len(plan.seats) or most >= plan.threshold:
        raise errors.BadPlan(
            why_zh="门限须为 2 至席位数，且任何一个单位的席位都不足以达到门限",
            why_en="the threshold is 2 to the number of seats, and no organisation reaches it alone",
        )


def check_in_time(state: LotState, at: int, kind: str = BidSealed.kind) -> int:
    """The deadline, Unix seconds. at: Unix milliseconds. A bid at the very millisecond of the deadline is in time.

    kind: of what comes in. One may apply until another time than bids are taken. Raises NoDeadline, LateBid.
    """
    until = state.deadline
    if kind == PrequalificationApplied.kind and state.applications_until is not None:
        until = state.applications_until
    if until is None:
        raise errors.NoDeadline(lot=state.lot)
    if at > until * 1000:
        raise errors.LateBid(deadline=moment(until * 1000), arrived=moment(at))
    return until


def check_quoted_in_time(asked: QuotesAsked, at: int) -> None:
    """Raises LateBid."""
    if at > asked.quotes_until * 1000:
        raise errors.LateBid(deadline=moment(asked.quotes_until * 1000), arrived=moment(at))


def check_plan_holds(plan: OpeningPlanned, deadline: int) -> None:
    """Raises PlanOutOfDate."""
    if plan.round_number is not None and round_time(plan.round_number) < deadline:
        raise errors.PlanOutOfDate


def check_enough(row: Row, lot: str, bids: int) -> None:
    """row: of the table of procedures, for `trading.bid_opened`. Raises TooFewBids."""
    least = max((LEAST[rule] for rule in row.rules if rule in LEAST), default=1)
    if bids < least:
        raise TooFewBids(lot=lot, found=bids, wanted=least)


def moment(at: int) -> str:
    """Unix milliseconds as RFC 3339 in Beijing, to the millisecond."""
    local = datetime.fromtimestamp(at // 1000, UTC) + _BEIJING
    return f"{local:%Y-%m-%dT%H:%M:%S}.{at % 1000:03}+08:00"
