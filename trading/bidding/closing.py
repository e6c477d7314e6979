"""The end of open bidding: the program says who offered most and opens what was sealed; nobody has to be there.

The entry's file names the paddles that made offers, with what proves that they were given to these bidders before:

    paddles.json   {"format": "mingtang-paddles/1", "paddles": [{"paddle", "bidder", "bidder_code", "receipt", "salt",
                   "statement"}…]}, where salt and statement open the commitment of the entry `receipt:RECEIPT`
"""

import logging
from weakref import WeakKeyDictionary

from audit import canonical
from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from trading import errors as trading_errors
from trading.bidding import errors, queries, rules
from trading.bidding.tables import PaddleRow
from trading.commands.steps import PADDLES, record_move
from trading.events import BiddingClosed, LotFailed

talk = logging.getLogger(__name__)

_settled: WeakKeyDictionary[Log, set[int]] = WeakKeyDictionary()
"""Openings of rounds that ended otherwise, terminated ones for example: nothing is to be closed there."""


def close_due(log: Log) -> int:
    """Close every bidding whose end is over; return how many. No fault of one lot stops another."""
    done = 0
    for project, number, round_number in _due(log):
        try:
            with log.act(SYSTEM) as act:
                close_bidding(act, project, number, round_number)
            done += 1
        except Refusal as refusal:  # another process was first, or an offer put the end off
            talk.info("closing the bidding for %s/%s: %s %s", project, number, refusal.code, refusal.message("en"))
        except Exception:
            talk.exception("the bidding for %s/%s was not closed", project, number)
    return done


def _due(log: Log) -> list[tuple[str, str, int]]:
    now, found = log.clock(), []
    settled = _settled.setdefault(log, set())
    with log.reading() as session:
        for entry_id, project, number, round_number in queries.past_end(session, now // 1000):
            if entry_id in settled:
                continue
            state = queries.lot(session, project, number)
            if state is None or state.round != round_number or state.stage != "receiving":
                settled.add(entry_id)
                continue
            bidding = rules.bidding_of(state)
            highest = queries.highest(session, project, number, round_number)
            if bidding is not None and rules.is_over(bidding, highest, now):
                found.append((project, number, round_number))
    return found


def close_bidding(act: Act, project: str, number: str, round_number: int) -> int:
    """Say how the bidding for a lot ended; below the reserve, the lot fails. By the program.

    Raises NoSuchLot, NoBidding, BiddingGoesOn and what the table refuses.
    """
    act.lock(f"project:{project}")
    state = queries.lot(act.session, project, number)
    if state is None:
        raise trading_errors.NoSuchLot(project=project, lot=number)
    bidding = rules.bidding_of(state)
    if bidding is None or state.round != round_number:
        raise errors.NoBidding(lot=number)
    highest = queries.highest(act.session, project, number, round_number)
    if bidding.closed is not None or not rules.is_over(bidding, highest, act.at):
        raise errors.BiddingGoesOn(lot=number)
    paddles = {one.paddle: one for one in queries.paddles(act.session, project, number, round_number)}
    reserve = queries.reserve_of(act.session, bidding.opened.entry_id)
    first = None if highest is None else paddles[highest.paddle]
    event = BiddingClosed(
        project=project,
        lot=number,
        round=round_number,
        offers=queries.count_offers(act.session, project, number, round_number),
        paddle=None if first is None else first.paddle,
        bidder=None if first is None else first.bidder,
        bidder_code=None if first is None else first.bidder_code,
        price_fen=None if highest is None else highest.price_fen,
        reserve_fen=None if reserve is None else reserve[0],
        reserve_salt=None if reserve is None else reserve[1].hex(),
        reached=rules.is_reached(highest, None if reserve is None else reserve[0]),
    )
    offered = queries.paddles_with_offers(act.session, project, number, round_number)
    document: dict[str, canonical.Value] = {
        "format": "mingtang-paddles/1",
        "paddles": [_opened(act, one) for name, one in paddles.items() if name in offered],
    }
    file = act.blobs.put_file(PADDLES, "application/json", canonical.encode(document))
    entry_id = record_move(act, event, [file])
    if not event.reached:
        record_move(act, _failure(event))
    return entry_id


def _failure(result: BiddingClosed) -> LotFailed:
    failure, reason = ("too_few", "无人报价") if result.paddle is None else ("below_reserve", "最高报价未达到底价")
    about = {"project": result.project, "lot": result.lot, "round": result.round, "occurred_at": None}
    return LotFailed.of({**about, "failure": failure, "reason": reason, "bids": result.offers})


def _opened(act: Act, paddle: PaddleRow) -> dict[str, canonical.Value]:
    found = queries.statement_of(act.session, paddle.entry_id)
    assert found is not None, f"the statement of {paddle.receipt} is gone"
    return {
        "paddle": paddle.paddle,
        "bidder": paddle.bidder,
        "bidder_code": paddle.bidder_code,
        "receipt": paddle.receipt,
        "salt": found.salt.hex(),
        "statement": found.value.decode(),
    }
