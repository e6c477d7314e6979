"""What is known of sealed acts and openings. Who bid is for commands and its own desk until the opening."""

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from audit.blobs import Blobs
from audit.step import Step
from audit.tables import EntryRow
from trading import quotes
from trading.bids.keys import Keys, read_keys
from trading.bids.tables import BidClosingRow, OpeningPlanRow, QuoteStepRow, SealedActRow
from trading.events import (
    BidClosed,
    BidOpened,
    OpeningObjected,
    OpeningPlanned,
    OpeningReplied,
    QuoteShareGiven,
    Sealing,
    ShareGiven,
)
from trading.history import history
from trading.lots import LotState, lot_states
from trading.search_tables import ClosingRow, OpenedBidRow

BIDS = ("sealed", "replaced")
RECEIPTS = "receipts.json"
KEYS = "keys.json"
SHARES = "shares.json"


def lot(session: Session, project: str, number: str, placed: bool = False) -> LotState | None:
    """A lot's state as the log has it."""
    return lot_states(history(session, project, placed)).get(number)


def lots(session: Session, project: str) -> list[LotState]:
    return list(lot_states(history(session, project)).values())


def in_round(state: LotState | None, number: int | None) -> LotState | None:
    """The lot as it was in a former round, or is."""
    if state is None or number in (None, state.round):
        return state
    return next((one for one in state.rounds if one.round == number), None)


def plan_of(state: LotState) -> Step[OpeningPlanned] | None:
    """The plan in force."""
    return state.last(OpeningPlanned)


def acts_of_lot(session: Session, project: str, number: str, round_number: int, quote: int = 0) -> list[SealedActRow]:
    """Every sealed act of a lot's round about its bids, or about a quote after the opening; oldest first."""
    return list(
        session.scalars(
            select(SealedActRow)
            .where(
                SealedActRow.project == project,
                SealedActRow.lot == number,
                SealedActRow.round == round_number,
                SealedActRow.quote == quote,
            )
            .order_by(SealedActRow.entry_id)
        )
    )


def acts_of_bidder(
    session: Session, project: str, number: str, round_number: int, organisation: str, quote: int = 0
) -> list[SealedActRow]:
    """The same of one organisation."""
    return list(
        session.scalars(
            select(SealedActRow)
            .where(
                SealedActRow.organisation == organisation,
                SealedActRow.project == project,
                SealedActRow.lot == number,
                SealedActRow.round == round_number,
                SealedActRow.quote == quote,
            )
            .order_by(SealedActRow.entry_id)
        )
    )


def standing(acts: list[SealedActRow]) -> list[SealedActRow]:
    """The bids among these acts that were neither replaced nor taken back, by receipt."""
    gone = {one.replaces for one in acts if one.replaces is not None}
    return sorted((one for one in acts if one.act in BIDS and one.receipt not in gone), key=lambda one: one.receipt)


def withdrawn(acts: list[SealedActRow]) -> list[str]:
    """Receipts of the bids that were replaced or taken back, ascending."""
    return sorted(one.replaces for one in acts if one.replaces is not None)


def applicants(session: Session, project: str, number: str, round_number: int) -> list[SealedActRow]:
    """The newest application of each organisation, by receipt: for the project's parties once bids are closed."""
    acts = acts_of_lot(session, project, number, round_number)
    newest = {one.bidder_code: one for one in acts if one.act == "applied"}
    return sorted(newest.values(), key=lambda one: one.receipt)


def act_of(session: Session, receipt: str) -> SealedActRow | None:
    return session.scalar(select(SealedActRow).where(SealedActRow.receipt == receipt))


def act_of_entry(session: Session, entry_id: int) -> SealedActRow | None:
    return session.get(SealedActRow, entry_id)


def acts_of(session: Session, organisation: str) -> list[SealedActRow]:
    """An organisation's own sealed acts, newest first: for its desk and for nobody else."""
    return list(
        session.scalars(
            select(SealedActRow)
            .where(SealedActRow.organisation == organisation)
            .order_by(SealedActRow.entry_id.desc())
            .limit(500)
        )
    )


# Closing and opening


def planned_lots(session: Session, now: int) -> list[tuple[str, str, int]]:
    """Lots with a plan whose bids are not closed though a deadline that they had is over. now: Unix seconds."""
    plan, closed, deadline = OpeningPlanRow, BidClosingRow, ClosingRow
    is_closed = exists().where(closed.project == plan.project, closed.lot == plan.lot, closed.round == plan.round)
    is_over = exists().where(
        deadline.project == plan.project,
        deadline.round == plan.round,
        deadline.lot.in_(("", plan.lot)),
        deadline.closes_at <= now,
    )
    statement = select(plan.project, plan.lot, plan.round).where(~is_closed, is_over).distinct()
    return [(project, number, round_number) for project, number, round_number in session.execute(statement)]


def due(session: Session, now: int, since: int) -> list[tuple[str, str, int, int]]:
    """Project, lot (empty: all), round and row id of deadlines in (since, now]: Unix seconds."""
    statement = select(ClosingRow.project, ClosingRow.lot, ClosingRow.round, ClosingRow.entry_id).where(
        ClosingRow.closes_at <= now, ClosingRow.closes_at > since
    )
    return [
        (project, number, round_number, entry) for project, number, round_number, entry in session.execute(statement)
    ]


def is_closed(session: Session, project: str, number: str, round_number: int) -> bool:
    found = select(BidClosingRow.entry_id).where(
        BidClosingRow.project == project, BidClosingRow.lot == number, BidClosingRow.round == round_number
    )
    return session.scalar(found.limit(1)) is not None


def unopened_lots(session: Session) -> list[tuple[str, str, int]]:
    """Closed lots of whose bids not all have been dealt with."""
    opened = (
        select(func.count())
        .select_from(OpenedBidRow)
        .where(
            OpenedBidRow.project == BidClosingRow.project,
            OpenedBidRow.lot == BidClosingRow.lot,
            OpenedBidRow.round == BidClosingRow.round,
        )
        .scalar_subquery()
    )
    statement = select(BidClosingRow.project, BidClosingRow.lot, BidClosingRow.round).where(BidClosingRow.bids > opened)
    return [(project, number, round_number) for project, number, round_number in session.execute(statement)]


def quotes_due(session: Session, now: int) -> list[tuple[str, str, int, int]]:
    """Project, lot, round and number of quotes whose time is over and that are not closed. now: Unix seconds."""
    asked, over = QuoteStepRow, aliased(QuoteStepRow)
    is_closed = exists().where(over.step == "closed", *_same_quote(over, asked))
    statement = select(asked.project, asked.lot, asked.round, asked.quote).where(
        asked.step == "asked", asked.number < now, ~is_closed
    )
    return [(project, number, round, quote) for project, number, round, quote in session.execute(statement)]


def unopened_quotes(session: Session) -> list[tuple[str, str, int, int]]:
    """The same of quotes that are closed, and not all dealt with."""
    over, opened = QuoteStepRow, aliased(QuoteStepRow)
    done = select(func.count()).select_from(opened).where(opened.step == "opened", *_same_quote(opened, over))
    statement = select(over.project, over.lot, over.round, over.quote).where(
        over.step == "closed", over.number > done.scalar_subquery()
    )
    return [(project, number, round, quote) for project, number, round, quote in session.execute(statement)]


def _same_quote(one: Any, other: Any) -> list[Any]:
    names = ("project", "lot", "round", "quote")
    return [getattr(one, name) == getattr(other, name) for name in names]


@dataclass(frozen=True)
class Opening:
    """What the log says of the opening of a lot's round, or of a quote asked for after it."""

    state: LotState
    plans: tuple[Step[Sealing], ...]
    """Oldest first: a bid may have been sealed for a former one."""
    closed: Step[BidClosed] | None
    receipts: tuple[str, ...]
    """Of the bids that stand, ascending; none before the deadline."""
    opened: tuple[Step[BidOpened], ...]
    shares: tuple[Step[ShareGiven], ...]
    objections: tuple[Step[OpeningObjected], ...]
    replies: tuple[Step[OpeningReplied], ...]
    quote: int = 0
    """0: the opening of the bids themselves."""

    @property
    def unopened(self) -> list[str]:
        done = {one.event.receipt for one in self.opened}
        return [receipt for receipt in self.receipts if receipt not in done]

    @property
    def opens_at(self) -> int | None:
        """Unix seconds: the opening's time, the deadline where none other was announced."""
        if self.quote:
            asked = quotes.asked(self.state, self.quote)
            return None if asked is None else asked.event.quotes_until
        times = [one for one in (self.state.opening_at, self.state.deadline) if one is not None]
        return max(times) if times else None


def opening(state: LotState, blobs: Blobs, quote: int = 0) -> Opening:
    """quote: which time it was asked for after the opening of the bids; 0: these."""
    if quote:
        return _quote_opening(state, blobs, quote)
    closed = state.last(BidClosed)
    receipts = () if closed is None else tuple(_document(blobs, closed, RECEIPTS)["receipts"])
    return Opening(
        state,
        tuple(state.all(OpeningPlanned)),
        closed,
        receipts,
        tuple(state.all(BidOpened)),
        tuple(state.all(ShareGiven)),
        tuple(state.all(OpeningObjected)),
        tuple(state.all(OpeningReplied)),
    )


def _quote_opening(state: LotState, blobs: Blobs, quote: int) -> Opening:
    asked, closed = quotes.asked(state, quote), quotes.closed(state, quote)
    receipts = () if closed is None else tuple(_document(blobs, closed, RECEIPTS)["receipts"])
    return Opening(
        state,
        () if asked is None else (asked,),
        closed,
        receipts,
        tuple(quotes.opened(state, quote)),
        tuple(one for one in state.all(QuoteShareGiven) if one.event.quote == quote),
        (),
        (),
        quote,
    )


def sent_keys(found: Opening, blobs: Blobs) -> dict[str, Any]:
    """Receipt to the bid's keys as they were sent and published with the closing; `keys_in` reads them."""
    if found.closed is None:
        return {}
    return {one["receipt"]: one["keys"] for one in _document(blobs, found.closed, KEYS)["bids"]}


def keys_in(sent: Any) -> Keys:
    return read_keys(orjson.dumps(sent))


def keys_of(found: Opening, blobs: Blobs) -> dict[str, Keys]:
    """Receipt to the bid's keys."""
    return {receipt: keys_in(sent) for receipt, sent in sent_keys(found, blobs).items()}


def good_shares(found: Opening, blobs: Blobs) -> dict[str, dict[str, bytes]]:
    """Receipt to the shares that fit, by seat."""
    shares: dict[str, dict[str, bytes]] = {}
    for step in found.shares:
        for one in _document(blobs, step, SHARES)["shares"]:
            if one["fits"]:
                shares.setdefault(one["receipt"], {})[step.event.seat] = bytes.fromhex(one["share"])
    return shares


def _document(blobs: Blobs, step: Step[Any], name: str) -> dict[str, Any]:
    data = blobs.get(step.sha256(name))
    assert data is not None, f"{name} of entry {step.entry_id} is not among the blobs"
    found: dict[str, Any] = orjson.loads(data)
    return found


def newest_planned(session: Session, limit: int = 50) -> list[tuple[str, str, int]]:
    """Project, lot and round of the openings that were planned last, as the log shows them, newest first."""
    statement = (
        select(OpeningPlanRow.project, OpeningPlanRow.lot, OpeningPlanRow.round, func.max(EntryRow.seq).label("seq"))
        .join(EntryRow, EntryRow.id == OpeningPlanRow.entry_id)
        .where(EntryRow.seq.is_not(None))
        .group_by(OpeningPlanRow.project, OpeningPlanRow.lot, OpeningPlanRow.round)
        .order_by(func.max(EntryRow.seq).desc())
        .limit(limit)
    )
    return [(project, number, round_number) for project, number, round_number, _ in session.execute(statement)]
