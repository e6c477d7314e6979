"""Before the deadline: the plan of the opening, and sealed acts, whose entries say nothing but that something came.

What an entry commits to, its `statement`, is canonical JSON; its bidder is given it with the salt, and so can prove
with the receipt alone what was in time.
"""

import secrets
from dataclasses import dataclass
from typing import Any, get_args

from audit import canonical
from audit.act import Act
from audit.entry import SYSTEM
from audit.events import Event
from audit.step import Step
from registry.authority import REGISTRY, account_locks, check_role, organisation_of
from registry.names import check_name, check_text
from registry.queries import organisation_with_code
from registry.rules import check_organisation_id
from registry.uscc import check_uscc
from trading import errors as trading_errors
from trading import quotes
from trading.bids import errors, queries, rules
from trading.bids.applications import check_sealed
from trading.bids.invited import check_invited
from trading.bids.keys import BadKeys, check_keys, read_keys
from trading.bids.parties import bidder_of, check_no_party, check_seats_exist, own_act
from trading.bids.qualified import check_qualified
from trading.bids.seats import OpeningWanted, with_own_keys
from trading.bids.tables import SealedActRow
from trading.commands.steps import record_move
from trading.events import (
    BidReplaced,
    BidSealed,
    BidWithdrawn,
    BondForm,
    BondRecorded,
    OpeningPlanned,
    PrequalificationApplied,
    Sealing,
)
from trading.lots import LotState, check_kind
from trading.queries import project as project_named
from trading.rules import check_project_code

FORMS_OF_BOND: tuple[BondForm, ...] = get_args(BondForm)


@dataclass(frozen=True)
class Sealed:
    """What a bidder's browser sent, stored as private blobs before the command."""

    sha256: str
    """Of the encrypted file."""
    size: int
    keys: bytes
    plain_sha256: str
    """Of what it holds, as the browser says: 64 hexadecimal digits."""


def plan_opening(act: Act, wanted: OpeningWanted) -> int:
    """Say how the bids of a lot can be opened, and by whom. By the project's tenderer, agent or a registrar.

    Seats' keys are those that their organisations recorded. Raises NoSuchProject, NotForThatTenderer, NoSuchLot,
    NoDeadline, LateBid, BadPlan, SeatHasNoKey and what the table refuses.
    """
    check_project_code(wanted.project)
    rules.check_seats(wanted)
    seated = sorted({one.organisation for one in wanted.seats})
    for organisation in seated:
        check_organisation_id(organisation)
    # No key of theirs is recorded or withdrawn while the plan takes it.
    own = [f"organisation:{one}" for one in seated]
    act.lock(f"project:{wanted.project}", shared=[REGISTRY, *own, *account_locks(act)])
    state = lot_of(act, wanted.project, wanted.lot)
    deadline = rules.check_in_time(state, act.at)
    former = [one.event for one in state.all(OpeningPlanned)]
    rules.check_plan(wanted, max(deadline, state.opening_at or deadline), former)
    check_seats_exist(act, wanted)
    return record_move(act, with_own_keys(act.session, wanted))


def seal_bid(act: Act, project: str, lot: str, sealed: Sealed, replaces: str | None = None, quote: int = 0) -> int:
    """Take a sealed bid, or one in the place of another; return its entry's row id. By a bidder.

    quote: which time it was asked for; 0 for the bid itself. Raises NotABidder, NoSuchProject, NoSuchLot, NoDeadline,
    LateBid, NotInvited, NotQualified, NoPlan, PlanOutOfDate, BadSeal, BidTooLarge, BidStands, NoSuchBid, NoQuotesTaken,
    NotAskedToQuote and what the table refuses.
    """
    receipt = _lock(act, project, lot)
    bidder, code = bidder_of(act)
    check_no_party(act, project, lot, bidder)
    kind = BidSealed.kind if replaces is None else BidReplaced.kind
    state = _receiving(act, project, lot, kind, quote)
    check_invited(act.session, project, state, bidder.name, code, act.at // 1000)
    check_qualified(act.session, state, bidder.name, code)
    plan, of = _sealed_for(act, state, project, bidder.id, quote)
    if not 0 < sealed.size <= rules.MAX_BID:
        raise errors.BidTooLarge(most=rules.MAX_BID)
    try:
        check_keys(read_keys(sealed.keys), plan.event)
    except BadKeys as fault:
        raise errors.BadSeal(why=str(fault)) from None
    own = _own_bid(act, state, project, bidder.id, quote)
    if replaces is None and own is not None:
        raise errors.BidStands(receipt=own.receipt)
    if replaces is not None and (own is None or own.receipt != replaces):
        raise errors.NoSuchBid(receipt=replaces)
    event = BidSealed(receipt=receipt) if replaces is None else BidReplaced(receipt=receipt)
    row = SealedActRow(
        act="sealed" if replaces is None else "replaced",
        organisation=bidder.id,
        bidder=bidder.name,
        bidder_code=code,
        replaces=replaces,
        plan=plan.entry_id,
        sealed_sha256=sealed.sha256,
        keys_sha256=act.blobs.put(sealed.keys),
        plain_sha256=sealed.plain_sha256,
        quote=quote,
        bid=of,
    )
    return _record(act, event, state, project, row, sealed_size=sealed.size)


def _sealed_for(
    act: Act, state: LotState, project: str, organisation: str, quote: int
) -> tuple[Step[Sealing], str | None]:
    """For which keys it must be sealed, and of a quote, for which bid it is.

    Raises NoPlan, PlanOutOfDate, NotAskedToQuote.
    """
    if quote:
        asked, bid = quotes.asked(state, quote), _own_bid(act, state, project, organisation)
        assert asked is not None  # _receiving
        if bid is None or bid.receipt not in asked.event.receipts:
            raise trading_errors.NotAskedToQuote(lot=state.lot)
        return asked, bid.receipt
    plan = queries.plan_of(state)
    if plan is None:
        raise errors.NoPlan(lot=state.lot)
    assert state.deadline is not None
    rules.check_plan_holds(plan.event, state.deadline)
    return plan, None


def withdraw_bid(act: Act, receipt: str) -> int:
    """Take a bid back before the deadline. By its bidder. Raises NotABidder, NoSuchBid, LateBid and as the table."""
    bid = own_act(act, receipt)
    own = _lock(act, bid.project, bid.lot)
    bidder, code = bidder_of(act)
    state = _receiving(act, bid.project, bid.lot, BidWithdrawn.kind, bid.quote)
    standing = _own_bid(act, state, bid.project, bidder.id, bid.quote)
    if standing is None or standing.receipt != receipt:
        raise errors.NoSuchBid(receipt=receipt)
    row = SealedActRow(
        act="withdrawn",
        organisation=bidder.id,
        bidder=bidder.name,
        bidder_code=code,
        replaces=receipt,
        quote=bid.quote,
        bid=bid.bid,
    )
    return _record(act, BidWithdrawn(receipt=own), state, bid.project, row)


@dataclass(frozen=True)
class Bond:
    """A bid bond as the bank or the registrar reports it."""

    bidder: str
    bidder_code: str
    form: str
    amount_fen: int
    account_digest: str | None
    """Keyed digest of the paying account, hexadecimal; None for a guarantee."""
    reference: str


def record_bond(act: Act, project: str, lot: str, bond: Bond) -> int:
    """Record that a bond has come in: only its commitment shows until the opening. By a registrar or its bidder.

    Raises BadSealedAct, BadCode, BadText, LateBid, NotABidder and what the table refuses.
    """
    check_uscc(bond.bidder_code)
    check_name(bond.bidder, "投标人")
    check_text(bond.reference, "凭证编号")
    if bond.form not in FORMS_OF_BOND:
        raise errors.BadSealedAct(field="保证金形式", why_zh="、".join(FORMS_OF_BOND), why_en=", ".join(FORMS_OF_BOND))
    if not 0 < bond.amount_fen < 2**53:
        raise errors.BadSealedAct(field="金额", why_zh="须大于 0", why_en="more than 0")
    receipt = _lock(act, project, lot)
    check_role(act, "registrar", "bidder")
    payer = organisation_with_code(act.session, bond.bidder_code)
    if act.actor.startswith("bidder:") and (payer is None or payer.id != organisation_of(act)):
        raise errors.NotABidder
    state = _receiving(act, project, lot, BondRecorded.kind)
    row = SealedActRow(
        act="bond",
        organisation=None if payer is None else payer.id,
        bidder=bond.bidder,
        bidder_code=bond.bidder_code,
    )
    more = {
        "form": bond.form,
        "amount_fen": bond.amount_fen,
        "account": bond.account_digest,
        "reference": bond.reference,
    }
    return _record(act, BondRecorded(receipt=receipt), state, project, row, **more)


def apply_to_take_part(act: Act, project: str, lot: str, sha256: str) -> int:
    """Apply to be prequalified, or to take part in a sale. By a bidder. sha256: of the application, a private blob.

    Raises NotABidder, NoSuchProject, NoSuchLot, NoDeadline, LateBid, ApplicationUnsealed and what the table refuses.
    """
    receipt = _lock(act, project, lot)
    bidder, code = bidder_of(act)
    check_no_party(act, project, lot, bidder)
    state = _receiving(act, project, lot, PrequalificationApplied.kind)
    known = project_named(act.session, project)
    assert known is not None  # _receiving
    check_sealed(act, known, state, sha256)
    row = SealedActRow(
        act="applied", organisation=bidder.id, bidder=bidder.name, bidder_code=code, sealed_sha256=sha256
    )
    return _record(act, PrequalificationApplied(receipt=receipt), state, project, row)


def lot_of(act: Act, project: str, number: str) -> LotState:
    """Raises NoSuchLot."""
    state = queries.lot(act.session, project, number)
    if state is None:
        raise trading_errors.NoSuchLot(project=project, lot=number)
    return state


def _lock(act: Act, project: str, lot: str) -> str:
    """Lock what a sealed act rests on; return its receipt's id, which nobody could know before."""
    check_project_code(project)
    receipt = secrets.token_hex(16)
    # The lot's sealed acts queue, or two of one bidder at once would both stand. The closing waits for all of them.
    own = [f"receipt:{receipt}", f"bids:{project}/{lot}"]
    act.lock(*own, shared=[f"project:{project}", REGISTRY, *account_locks(act)])
    return receipt


def _receiving(act: Act, project: str, number: str, kind: str, quote: int = 0) -> LotState:
    """The lot, for which such an act may come now.

    Raises NoSuchLot, NoDeadline, LateBid, NoQuotesTaken and what the table refuses.
    """
    state = lot_of(act, project, number)
    if quote:
        last = quotes.asked(state)
        if last is None or last.event.quote != quote or quotes.closed(state, quote) is not None:
            raise trading_errors.NoQuotesTaken(lot=number)
        rules.check_quoted_in_time(last.event, act.at)
    else:
        rules.check_in_time(state, act.at, kind)
    check_kind(state, kind, {"lot": number}, act.at // 1000)
    return state


def _own_bid(act: Act, state: LotState, project: str, organisation: str, quote: int = 0) -> SealedActRow | None:
    acts = queries.acts_of_bidder(act.session, project, state.lot, state.round, organisation, quote)
    return next(iter(queries.standing(acts)), None)


def _record(act: Act, event: Event, state: LotState, project: str, row: SealedActRow, **more: Any) -> int:
    row.receipt = event.body()["receipt"]
    row.project, row.lot, row.round = project, state.lot, state.round
    statement = {
        "act": row.act,
        "project": project,
        "lot": state.lot,
        "round": state.round,
        "receipt": row.receipt,
        "bidder": row.bidder,
        "bidder_code": row.bidder_code,
        "account": act.actor,
        "replaces": row.replaces,
        "plan": row.plan,
        "sealed_sha256": row.sealed_sha256,
        "keys_sha256": row.keys_sha256,
        "plain_sha256": row.plain_sha256,
        **more,
    }
    if row.quote:
        statement |= {"quote": row.quote, "bid": row.bid}
    private = {"statement": canonical.encode(statement)}
    row.entry_id = act.record(event, f"receipt:{row.receipt}", private=private, actor=SYSTEM)
    act.session.add(row)
    act.session.flush()
    return row.entry_id
