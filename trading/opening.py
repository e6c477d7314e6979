"""Opening bids (开标), by the program itself as soon as a key is there: k of n seats' shares, or the timelock's round.

`open_due` is called every second. Nothing is opened before the time of the opening, nobody can delay it, and no fault
of one lot stops another. What people do at an opening is in `trading/bids/opening.py`.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from audit.blobs import Blobs
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from lottery.protocol.beacon import round_time
from trading.bids import keys, queries
from trading.bids.agreements import with_agreement
from trading.bids.bonds import bond_forms, with_bonds
from trading.bids.content import Statement
from trading.bids.invited import name_invited
from trading.bids.opening import check_opening, lock_opening
from trading.bids.queries import Opening
from trading.bids.reading_out import kept_key, read_out
from trading.events import BidOpened, Custody
from trading.lots import check_move

BATCH: Final = 100
"""Bids that are recorded in one transaction."""

Signatures = Callable[[int], str | None]
"""A round of the beacon to its signature, checked, or None while it is not here."""

talk = logging.getLogger(__name__)


def open_due(log: Log, signatures: Signatures = lambda _: None) -> int:
    """Open all that can be opened now; return how many bids. No fault of one lot stops another."""
    done = 0
    with log.reading() as session:
        waiting = queries.unopened_lots(session)
        quoted = queries.unopened_quotes(session)
    for project, number, round_number, quote in [*((*one, 0) for one in waiting), *quoted]:
        try:
            while (opened := open_lot(log, project, number, round_number, signatures, quote)) > 0:
                done += opened
        except Refusal as refusal:  # too few bids, too early, suspended, or another process was first
            talk.debug("opening %s/%s: %s", project, number, refusal.code)
        except Exception:
            talk.exception("bids of %s/%s were not opened", project, number)
    return done


def open_lot(
    log: Log, project: str, number: str, round_number: int, signatures: Signatures = lambda _: None, quote: int = 0
) -> int:
    """Open a batch of a lot's bids, or of a quote asked for later, for which a key is there; return how many."""
    now = log.clock()
    with log.reading() as session:
        state = queries.lot(session, project, number)
        if state is None or state.round != round_number:
            return 0
        found = queries.opening(state, log.blobs, quote)
        check_opening(found, now)
        keyed = _keyed(found, log.blobs, signatures, now)
        bids = {one.receipt: one for one in queries.acts_of_lot(session, project, number, round_number, quote)}
    # Decrypting takes its time, so it is done before anything is locked.
    events = [
        (read_out(log.blobs, bids[receipt], custody, identity, partial(_agreed, log)), identity)
        for receipt, custody, identity in keyed
    ]
    return _record(log, found, events)


def _agreed(log: Log, event: BidOpened, statement: Statement) -> BidOpened:
    """With what it says of its consortium's agreement, where it is one's."""
    if not event.members:
        return event
    with log.reading() as session:
        return with_agreement(session, event, statement)


def _keyed(found: Opening, blobs: Blobs, signatures: Signatures, now: int) -> list[tuple[str, Custody, str]]:
    """Receipt, way and identity of a batch of bids whose key is there."""
    unopened = found.unopened
    rounds = {one.event.round_number for one in found.plans} - {None}
    if not unopened:
        return []
    due = {one: signatures(one) for one in rounds if one is not None and round_time(one) * 1000 <= now}
    if not found.shares and not any(due.values()):
        return []
    sent, shares = queries.sent_keys(found, blobs), queries.good_shares(found, blobs)
    chosen: list[tuple[str, Custody, str]] = []
    for receipt in unopened:
        own = queries.keys_in(sent[receipt])  # one by one: to read all of them for each batch would take longest
        identity = keys.from_shares(own, shares.get(receipt, {}))
        custody: Custody = "shares"
        if identity is None and own.timelock is not None and (signature := due.get(own.timelock.round)) is not None:
            identity, custody = keys.from_timelock(own, signature), "timelock"
        if identity is not None:
            chosen.append((receipt, custody, identity))
        if len(chosen) == BATCH:
            break
    return chosen


def _record(log: Log, found: Opening, events: Sequence[tuple[BidOpened, str]]) -> int:
    """events: each with the identity that opened it."""
    if not events:
        return 0
    project, number = events[0][0].project, found.state.lot
    with log.act(SYSTEM) as act:
        again = lock_opening(act, project, number, found.quote)
        left = set(again.unopened)
        events = [one for one in events if one[0].receipt in left and one[0].round == again.state.round]
        forms = bond_forms(act.session, project, number, again.state.round)
        if events:
            name_invited(act, project, again.state)
        for event, identity in events:
            check_move(again.state, event, act.at // 1000)
            act.record(with_bonds(event, forms), f"project:{project}", private=kept_key(event, identity))
    return len(events)
