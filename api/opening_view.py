"""The opening of a lot's bids as everyone may see it: no bid before the deadline, and only what has its place.

The page and the JSON API show the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.log import Log
from audit.tables import EntryRow
from registry.model.opening_keys import KeyEnd
from registry.queries import opening_key, organisation
from registry.working_days import day_of
from trading import quotes
from trading.bids import queries
from trading.bids.queries import Opening
from trading.bids.rules import LEAST
from trading.consortia import as_led
from trading.events import BidClosed, BidOpened, BondForm, Custody, Opened, Quote, QuotesAsked
from trading.law.procedures import rows_of
from trading.lots import LotState


@dataclass(frozen=True)
class LotOpening:
    """One lot's round on its project's page. bids: None before they are counted."""

    lot: str
    round: int
    href: str
    deadline: int | None
    bids: int | None
    opened: int


def lot_openings(project: str, states: Iterable[LotState]) -> list[LotOpening]:
    """The openings of a project's lots, former rounds too; states: as the log shows them."""
    found = []
    for state in (one for lot in states for one in (*lot.rounds, lot)):
        closed = state.last(BidClosed)
        if closed is None and queries.plan_of(state) is None:
            continue
        href = f"/openings/{quote(project, safe='')}/{quote(state.lot, safe='')}?round={state.round}"
        bids = None if closed is None else closed.event.bids
        found.append(LotOpening(state.lot, state.round, href, state.deadline, bids, len(state.all(BidOpened))))
    return found


class KeyEndOut(BaseModel):
    how: KeyEnd = Field(description="`compromised`: somebody else may have what opens its files")
    reason: str | None
    seq: int


class SeatOut(BaseModel):
    seat: str
    organisation: str
    name: str = Field(description="The organisation's, as it is on record now")
    recipient: str = Field(description="age recipient to which the seat's shares are encrypted")
    recorded: int = Field(description="Place of the entry by which the organisation itself recorded it")
    former: list[str] = Field(description="The seat's recipients in earlier plans, for which bids may stand sealed")
    ends: list[KeyEndOut] = Field(description="What its organisation has said of the key since")
    is_compromised: bool = Field(description="Whether its organisation has said so since")
    good: int = Field(description="Shares given that fit their commitments")
    bad: int = Field(description="Shares given that do not")


class PlanOut(BaseModel):
    seats: list[SeatOut]
    threshold: int
    round_number: int | None = Field(description="drand round of the timelock")
    seq: int


class ClosedOut(BaseModel):
    bids: int
    withdrawn: int
    root: str = Field(description="RFC 6962 tree head over the receipts, ascending, each leaf its 16 bytes")
    at: int = Field(description="Unix milliseconds")
    seq: int
    receipts: str = Field(description="Address of the file that names the receipts")
    keys: str = Field(description="Address of the file with the bids' encrypted keys and commitments")
    least: int = Field(description="How many bids an opening needs here")


class MemberOut(BaseModel):
    """A member of a consortium."""

    name: str
    code: str
    share_permille: int = Field(description="Of the work, in thousandths")
    lead: bool
    signed: bool = Field(description="Whether it signed the agreement with a key that it had on record")


class OpenedOut(BaseModel):
    number: int = Field(description="In the order of opening, from 1")
    receipt: str
    outcome: Opened
    custody: Custody | None
    bidder: str
    bidder_code: str
    price_fen: int | None
    quotes: list[Quote]
    members: list[MemberOut] = Field(description="All members of its consortium, the lead first; none: it bids alone")
    agreement_sha256: str | None = Field(description="Of the consortium's agreement; null: none lies in the bid")
    bonds: list[BondForm] = Field(description="Forms of the bid bonds that came in for it")
    note: str | None
    seq: int


class ObjectionOut(BaseModel):
    objection: str
    bidder: str
    text: list[str]
    reply: list[str] | None
    seq: int


class AskedOut(BaseModel):
    """Another quote that was asked for after the opening."""

    quote: int = Field(description="Which time, from 1")
    last: bool = Field(description="Whether it is the last one, which is evaluated")
    quotes_until: int = Field(description="Unix seconds")
    text: list[str]
    asked: int = Field(description="How many were asked")
    quotes: int | None = Field(description="How many came; null before they are counted")
    opened: int
    seq: int


class OpeningOut(BaseModel):
    """What is known of an opening; before the deadline neither whether there are bids nor whose."""

    project: str
    lot: str
    round: int
    stage: str
    suspended: bool
    deadline: int | None = Field(description="Unix seconds")
    opening_at: int | None = Field(description="Unix seconds")
    now: int = Field(description="The server's clock, Unix milliseconds")
    plan: PlanOut | None
    closed: ClosedOut | None
    quote: int = Field(description="Which time that quotes were asked for after the opening this is; 0: the bids")
    asked: list[AskedOut] = Field(description="The times that quotes were asked for after the opening")
    opened: int = Field(description="How many bids have been dealt with")
    bids: list[OpenedOut] = Field(description="Those after `after`")
    objections: list[ObjectionOut]


def public_opening(
    session: Session,
    log: Log,
    project: str,
    lot: str,
    round_number: int | None = None,
    after: int = 0,
    quote: int = 0,
) -> tuple[OpeningOut, LotState] | None:
    """after: how many opened bids the caller has already. quote: of which time; 0: the bids.

    None: no such lot, no such round of it, or no such quote.
    """
    # All who watch ask every second, and to answer takes longer with every bid: it is read once for all of them.
    last = session.scalar(select(func.max(EntryRow.seq)))
    known = _known.get(log)
    if known is None or known.last != last or len(known.openings) >= MOST_KNOWN:
        known = _known[log] = _Known(last, {})
    asked = project, lot, round_number, quote
    if asked not in known.openings:
        known.openings[asked] = _read(session, log, *asked)
    found = known.openings[asked]
    if found is None:
        return None
    out, state = found
    return out.model_copy(update={"now": log.clock(), "bids": out.bids[after:]}), state


@dataclass(frozen=True)
class _Known:
    """What was asked for while the log ended with this place."""

    last: int | None
    openings: dict[tuple[str, str, int | None, int], tuple[OpeningOut, LotState] | None]


MOST_KNOWN = 64
_known: WeakKeyDictionary[Log, _Known] = WeakKeyDictionary()


def _read(
    session: Session, log: Log, project: str, lot: str, round_number: int | None, quote: int
) -> tuple[OpeningOut, LotState] | None:
    state = queries.in_round(queries.lot(session, project, lot, placed=True), round_number)
    if state is None or (quote and quotes.asked(state, quote) is None):
        return None
    found = queries.opening(state, log.blobs, quote)
    out = OpeningOut(
        project=project,
        lot=lot,
        round=state.round,
        stage=state.stage,
        suspended=bool(state.suspended),
        deadline=found.opens_at if quote else state.deadline,
        opening_at=found.opens_at,
        now=log.clock(),
        plan=_plan(session, found),
        closed=_closed(found),
        quote=quote,
        asked=_asked(state),
        opened=len(found.opened),
        bids=[_bid(one.event, number, one.seq or 0) for number, one in enumerate(found.opened, 1)],
        objections=_objections(found),
    )
    return out, state


def _asked(state: LotState) -> list[AskedOut]:
    found = []
    for step in state.all(QuotesAsked):
        event, over = step.event, quotes.closed(state, step.event.quote)
        found.append(
            AskedOut(
                quote=event.quote,
                last=event.last,
                quotes_until=event.quotes_until,
                text=event.text,
                asked=len(event.receipts),
                quotes=None if over is None else over.event.bids,
                opened=len(quotes.opened(state, event.quote)),
                seq=step.seq or 0,
            )
        )
    return found


def _plan(session: Session, found: Opening) -> PlanOut | None:
    if not found.plans:
        return None
    step = found.plans[-1]
    given = {one.event.seat: one.event for one in found.shares}
    seats = [
        SeatOut(
            seat=one.seat,
            organisation=one.organisation,
            name=one.organisation if (known := organisation(session, one.organisation)) is None else known.name,
            recipient=one.recipient,
            recorded=one.recorded,
            former=sorted(
                {seat.recipient for plan in found.plans for seat in plan.event.seats if seat.seat == one.seat}
                - {one.recipient}
            ),
            ends=(ends := _ends(session, one.recipient)),
            is_compromised=any(end.how == "compromised" for end in ends),
            good=given[one.seat].good if one.seat in given else 0,
            bad=given[one.seat].bad if one.seat in given else 0,
        )
        for one in step.event.seats
    ]
    return PlanOut(seats=seats, threshold=step.event.threshold, round_number=step.event.round_number, seq=step.seq or 0)


def _ends(session: Session, recipient: str) -> list[KeyEndOut]:
    key = opening_key(session, recipient, placed=True)
    return [KeyEndOut(how=one.how, reason=one.reason, seq=one.seq or 0) for one in (() if key is None else key.ends)]


def _closed(found: Opening) -> ClosedOut | None:
    step = found.closed
    if step is None:
        return None
    return ClosedOut(
        bids=step.event.bids,
        withdrawn=step.event.withdrawn,
        root=step.event.root,
        at=step.at,
        seq=step.seq or 0,
        receipts=f"/log/blob/{step.sha256(queries.RECEIPTS)}",
        keys=f"/log/blob/{step.sha256(queries.KEYS)}",
        least=quotes.least(found.state) if found.quote else _least(found.state),
    )


def _least(state: LotState) -> int:
    rows = rows_of(BidOpened.kind, day_of(state.began or 0))
    rules: set[str] = {rule for row in rows if row.is_for(state.trade, state.method) for rule in row.rules}
    return max((LEAST[rule] for rule in rules if rule in LEAST), default=1)


def _bid(event: BidOpened, number: int, seq: int) -> OpenedOut:
    facts: dict[str, Any] = {name: getattr(event, name) for name in OpenedOut.model_fields if hasattr(event, name)}
    signed = {one.code for one in event.agreement_signatures}
    members = [MemberOut(**one.model_dump(), signed=one.code in signed) for one in as_led(event.members)]
    return OpenedOut(**(facts | {"members": members}), number=number, seq=seq)


def _objections(found: Opening) -> list[ObjectionOut]:
    replies = {one.event.objection: one.event.text for one in found.replies}
    return [
        ObjectionOut(
            objection=one.event.objection,
            bidder=one.event.bidder,
            text=one.event.text,
            reply=replies.get(one.event.objection),
            seq=one.seq or 0,
        )
        for one in found.objections
    ]
