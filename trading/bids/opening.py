"""What people do at an opening: seats give shares, bidders keys, and bids without a key are given up in the end."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from audit import canonical
from audit.act import Act
from lottery.protocol.errors import DrawError
from registry.authority import account_locks, check_role
from trading.bids import errors, keys, queries, rules, tlock
from trading.bids.agreements import with_agreement
from trading.bids.bonds import bond_forms, with_bonds
from trading.bids.commands import lot_of
from trading.bids.invited import name_invited
from trading.bids.parties import bidder_of, check_seat, own_act
from trading.bids.queries import Opening
from trading.bids.reading_out import NO_KEY, NOT_ITS_SHARES, event_of, kept_key, read_out
from trading.commands.standing import project_of
from trading.errors import TooFewBids
from trading.events import BidOpened, QuoteOpened, QuotesClosed, QuoteShareGiven, ShareGiven
from trading.lots import check_kind, check_move
from trading.quotes import least

SHARE_DIGITS: Final = 2 * keys.SHARE


def give_shares(act: Act, project: str, lot: str, seat: str, shares: Mapping[str, str], quote: int = 0) -> int:
    """Take a seat's shares: receipt to 66 hexadecimal digits. By an account of the seat's organisation.

    quote: which time it was asked for; 0: of the bids.

    A share that does not fit its commitment is recorded as wrong under the seat's name. Raises NotClosedYet,
    NotOpeningTime, TooFewBids, NotThatSeat, BadShares and what the table refuses.
    """
    found = lock_opening(act, project, lot, quote)
    seats = {one.seat: one for plan in found.plans for one in plan.event.seats}
    if seat not in seats:
        raise errors.NotThatSeat(seat=seat)
    check_seat(act, seats[seat])
    held = queries.keys_of(found, act.blobs)
    if not shares or not set(shares) <= set(held) or any(len(one) != SHARE_DIGITS for one in shares.values()):
        raise errors.BadShares
    try:
        given = {receipt: bytes.fromhex(shares[receipt]) for receipt in sorted(shares)}
    except ValueError:
        raise errors.BadShares from None
    fits = {receipt: keys.fits(held[receipt], seat, share) for receipt, share in given.items()}
    document: dict[str, canonical.Value] = {
        "format": "mingtang-bid-shares/1",
        "seat": seat,
        "shares": [{"receipt": one, "share": given[one].hex(), "fits": fits[one]} for one in given],
    }
    members = {
        "project": project,
        "lot": lot,
        "round": found.state.round,
        "occurred_at": None,
        "seat": seat,
        "good": sum(fits.values()),
        "bad": len(fits) - sum(fits.values()),
    }
    event = QuoteShareGiven.of(members | {"quote": quote}) if quote else ShareGiven.of(members)
    check_move(found.state, event, act.at // 1000)
    file = act.blobs.put_file(queries.SHARES, "application/json", canonical.encode(document))
    return act.record(event, f"project:{project}", files=[file])


def open_with_key(act: Act, receipt: str, identity: str) -> int:
    """Open a bid with the key that its bidder kept. By the bidder.

    Raises NotABidder, NoSuchBid, NotClosedYet, NotOpeningTime, TooFewBids, OpenedAlready, WrongBidKey.
    """
    bid = own_act(act, receipt)
    found = lock_opening(act, bid.project, bid.lot, bid.quote)
    bidder, _ = bidder_of(act)
    if bid.organisation != bidder.id or receipt not in found.receipts:
        raise errors.NoSuchBid(receipt=receipt)
    if receipt not in found.unopened:
        raise errors.OpenedAlready(receipt=receipt)
    own = keys.from_bidder(queries.keys_of(found, act.blobs)[receipt], identity)
    if own is None:
        raise errors.WrongBidKey
    event = read_out(act.blobs, bid, "bidder", own, partial(with_agreement, act.session))
    check_move(found.state, event, act.at // 1000)
    forms = bond_forms(act.session, bid.project, bid.lot, bid.round)
    name_invited(act, bid.project, found.state)
    return act.record(with_bonds(event, forms), f"project:{bid.project}", private=kept_key(event, own))


def check_round(round_number: int, signature: str) -> None:
    """Whether this is the beacon's signature of the round, from whomever it comes. Raises BadRound."""
    try:
        tlock.check_signature(round_number, signature)
    except DrawError:
        raise errors.BadRound(round=round_number) from None


def give_up(act: Act, project: str, lot: str, quote: int = 0) -> int:
    """Say of every bid that is left that no key came for it, once keys have had their time. By the project's parties.

    Raises KeysMayCome, NothingUnopened and as above. Returns the last entry's row id.
    """
    found = lock_opening(act, project, lot, quote)
    check_role(act, "tenderer", "agent", "registrar")
    project_of(act, project)
    opens_at = found.opens_at
    assert opens_at is not None
    if act.at < (opens_at + rules.KEYS_MAY_COME) * 1000:
        raise errors.KeysMayCome(until=rules.moment((opens_at + rules.KEYS_MAY_COME) * 1000))
    if not found.unopened:
        raise errors.NothingUnopened(lot=lot)
    shares, held = queries.good_shares(found, act.blobs), queries.keys_of(found, act.blobs)
    given = {one for one in found.unopened if keys.from_shares(held[one], shares.get(one, {})) is not None}
    if given == set(found.unopened):  # the program opens them within a second: nobody is quicker with giving up
        raise errors.NothingUnopened(lot=lot)
    forms = bond_forms(act.session, project, lot, found.state.round)
    name_invited(act, project, found.state)
    for receipt in (one for one in found.unopened if one not in given):
        bid = queries.act_of(act.session, receipt)
        assert bid is not None
        full = held[receipt].shares and len(shares.get(receipt, {})) >= held[receipt].threshold
        event = event_of(bid, "unopened", None, note=NOT_ITS_SHARES if full else NO_KEY)
        check_move(found.state, event, act.at // 1000)
        act.record(with_bonds(event, forms), f"project:{project}")
    return act.recorded[-1]


def lock_opening(act: Act, project: str, lot: str, quote: int = 0) -> Opening:
    act.lock(f"project:{project}", shared=account_locks(act))
    found = queries.opening(lot_of(act, project, lot), act.blobs, quote)
    check_opening(found, act.at)
    return found


def check_opening(found: Opening, at: int) -> None:
    """Whether bids may be opened at all. Raises NotClosedYet, NotOpeningTime, TooFewBids and what the table refuses."""
    if found.closed is None:
        raise errors.NotClosedYet(lot=found.state.lot)
    opens_at = found.opens_at
    if opens_at is not None and at < opens_at * 1000:
        raise errors.NotOpeningTime(opening=rules.moment(opens_at * 1000))
    closed = found.closed.event
    if isinstance(closed, QuotesClosed):
        check_kind(found.state, QuoteOpened.kind, {"lot": closed.lot}, at // 1000)
        if not closed.enough:
            raise TooFewBids(lot=closed.lot, found=closed.bids, wanted=least(found.state))
        return
    blank = BidOpened(
        project=closed.project, lot=closed.lot, round=closed.round, receipt="", outcome="unopened", custody=None,
        bidder="", bidder_code="", price_fen=None, quotes=[], sha256="", plain_sha256=None, note=None,
    )  # fmt: skip
    rules.check_enough(check_move(found.state, blank, at // 1000), found.state.lot, closed.bids)
