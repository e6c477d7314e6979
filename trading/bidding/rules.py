"""What open bidding asks of its opening and of each offer, and when it ends. No clock, no database. Moments: Unix ms.

The end is the planned one, or the extension after the last offer if that is later. What arrives in the end's own
millisecond is in time. While the lot is suspended no time passes: what was left of it is left when it goes on.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from audit.step import Step
from trading.bidding import errors
from trading.events import BiddingClosed, BiddingOpened, ProcessResumed, ProcessSuspended
from trading.lots import LotState

MAX_FEN: Final = 2**53 - 1
MAX_EXTENSION: Final = 86_400
"""Seconds."""
SALT: Final = 32
"""Bytes of the salt of a reserve."""
STARTING: Final = ("starting_fen", "asking_fen")
"""Terms of a notice that say with which price bidding begins; the first that a notice has counts."""
_BEIJING: Final = timedelta(hours=8)


@dataclass(frozen=True)
class Pause:
    """A suspension of the lot, while no time of the bidding passes. until: None while it lasts."""

    since: int
    until: int | None


@dataclass(frozen=True)
class Bidding:
    """The bidding of a lot's round, without its offers."""

    opened: Step[BiddingOpened]
    pauses: tuple[Pause, ...]
    closed: Step[BiddingClosed] | None


@dataclass(frozen=True)
class Highest:
    """The last offer, which is the highest. at: when it was accepted."""

    paddle: str
    price_fen: int
    at: int


def bidding_of(state: LotState) -> Bidding | None:
    """The bidding of the lot's present round; None before it is opened."""
    opened = state.last(BiddingOpened)
    return None if opened is None else Bidding(opened, _pauses(state.steps), state.last(BiddingClosed))


def _pauses(steps: Sequence[Step[Any]]) -> tuple[Pause, ...]:
    """From the first suspension to the end of the last, where several overlap."""
    reasons: list[tuple[str, str]] = []
    found: list[Pause] = []
    for step in steps:
        match step.event:
            case ProcessSuspended() as event:
                if not reasons:
                    found.append(Pause(step.at, None))
                reasons.append((event.cause, event.reference))
            case ProcessResumed() as event:
                reasons = [one for one in reasons if one != (event.cause, event.reference)]
                if not reasons and found and found[-1].until is None:
                    found[-1] = Pause(found[-1].since, step.at)
    return tuple(found)


def ends(bidding: Bidding, highest: Highest | None) -> int | None:
    """The last millisecond in which an offer is taken, as things stand; None while the lot is suspended."""
    event = bidding.opened.event
    found = [_put_off(event.ends_at * 1000, bidding.opened.at, bidding.pauses)]
    if highest is not None and event.extension:
        found.append(_put_off(highest.at + event.extension * 1000, highest.at, bidding.pauses))
    known = [one for one in found if one is not None]
    return max(known) if len(known) == len(found) else None


def _put_off(end: int, since: int, pauses: Sequence[Pause]) -> int | None:
    """A moment that runs from `since`, with the pauses before it."""
    for pause in pauses:
        if since <= pause.since <= end:
            if pause.until is None:
                return None
            end += pause.until - pause.since
    return end


def is_over(bidding: Bidding, highest: Highest | None, at: int) -> bool:
    end = ends(bidding, highest)
    return end is not None and at > end


def least(bidding: Bidding, highest: Highest | None) -> int:
    """The lowest offer that is taken now."""
    event = bidding.opened.event
    return event.starting_fen if highest is None else highest.price_fen + event.step_fen


def check_offer(lot: str, bidding: Bidding, highest: Highest | None, price_fen: int, at: int) -> None:
    """Raises BiddingOver, OfferOffStep, OfferTooLow. Whether the lot is suspended, its table of procedures asks."""
    event, end = bidding.opened.event, ends(bidding, highest)
    if end is not None and at > end:
        raise errors.BiddingOver(ended=moment(end), arrived=moment(at))
    wanted = least(bidding, highest)
    if not wanted <= price_fen <= MAX_FEN:
        raise errors.OfferTooLow(least=yuan(wanted))
    if (price_fen - event.starting_fen) % event.step_fen:
        raise errors.OfferOffStep(starting=yuan(event.starting_fen), step=yuan(event.step_fen))


def check_opening(state: LotState, event: BiddingOpened, reserve_fen: int | None, at: int) -> None:
    """Raises BiddingOpenedAlready, BadBidding, NotAsAnnounced."""
    if bidding_of(state) is not None:
        raise errors.BiddingOpenedAlready(lot=state.lot)
    if not 0 < event.starting_fen <= MAX_FEN:
        raise _bad("起始价", "the starting price", "须大于 0", "more than 0")
    if not 0 < event.step_fen <= MAX_FEN:
        raise _bad("加价幅度", "the step", "须大于 0", "more than 0")
    if not 0 <= event.extension <= MAX_EXTENSION:
        raise _bad("延时", "the extension", f"0 至 {MAX_EXTENSION} 秒", f"0 to {MAX_EXTENSION} seconds")
    if reserve_fen is not None and not event.starting_fen <= reserve_fen <= MAX_FEN:
        raise _bad("底价", "the reserve", "不得低于起始价", "not below the starting price")
    if event.ends_at * 1000 <= at:
        raise _bad("结束时间", "the end", "须晚于现在", "later than now")
    starts = [one for one in (state.term("listing_from"), state.opening_at) if type(one) is int]
    if starts and at < max(starts) * 1000:
        raise _bad("开始时间", "the beginning", "不得早于公告的开始时间", "not before the beginning that was announced")
    announced = (state.deadline, state.term("listing_until"), state.term("disclosure_until"))
    if any(type(one) is int and event.ends_at < one for one in announced):
        raise _bad("结束时间", "the end", "不得早于公告的截止时间", "not before the end that was announced")
    _check_announced(state, event, reserve_fen is not None)


def _check_announced(state: LotState, event: BiddingOpened, has_reserve: bool) -> None:
    starting = next((found for name in STARTING if isinstance(found := state.term(name), int)), None)
    step, reserve = state.term("step_fen"), state.term("reserve")
    if starting is not None and starting != event.starting_fen:
        raise errors.NotAsAnnounced(field="起始价", field_en="the starting price", announced=yuan(starting))
    if isinstance(step, int) and step != event.step_fen:
        raise errors.NotAsAnnounced(field="加价幅度", field_en="the step", announced=yuan(step))
    if isinstance(reserve, bool) and reserve != has_reserve:
        raise errors.NotAsAnnounced(field="底价", field_en="the reserve", announced="有/yes" if reserve else "无/no")


def _bad(field: str, field_en: str, why_zh: str, why_en: str) -> errors.BadBidding:
    return errors.BadBidding(field=field, field_en=field_en, why_zh=why_zh, why_en=why_en)


def reserve_commitment(salt: bytes, reserve_fen: int) -> str:
    """What is published of a reserve before the end."""
    assert len(salt) == SALT
    return hashlib.sha256(salt + b"%d" % reserve_fen).hexdigest()


def is_reached(highest: Highest | None, reserve_fen: int | None) -> bool:
    """Whether there is a sale: somebody offered, and at least the reserve."""
    return highest is not None and highest.price_fen >= (reserve_fen or 0)


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"


def moment(at: int) -> str:
    """Beijing time to the millisecond."""
    found = datetime.fromtimestamp(at / 1000, UTC) + _BEIJING
    return f"{found:%Y-%m-%d %H:%M:%S}.{at % 1000:03}"
