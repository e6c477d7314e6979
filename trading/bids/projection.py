"""From entries about openings to their public rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from trading.bids.seats import check_own_keys
from trading.bids.tables import BidClosingRow, OpeningPlanRow, QuoteStepRow
from trading.events import BidClosed, OpeningPlanned, QuoteOpened, QuotesAsked, QuotesClosed


@projects(OpeningPlanned)
def _(session: Session, recorded: Recorded, event: OpeningPlanned) -> None:
    check_own_keys(session, event, recorded.id)
    session.add(OpeningPlanRow(entry_id=recorded.id, project=event.project, lot=event.lot, round=event.round))


@projects(BidClosed)
def _(session: Session, recorded: Recorded, event: BidClosed) -> None:
    session.add(
        BidClosingRow(entry_id=recorded.id, project=event.project, lot=event.lot, round=event.round, bids=event.bids)
    )


@projects(QuotesAsked)
def _(session: Session, recorded: Recorded, event: QuotesAsked) -> None:
    check_own_keys(session, event, recorded.id)
    session.add(_step(recorded, event, "asked", event.quotes_until))


@projects(QuotesClosed)
def _(session: Session, recorded: Recorded, event: QuotesClosed) -> None:
    session.add(_step(recorded, event, "closed", event.bids if event.enough else 0))


@projects(QuoteOpened)
def _(session: Session, recorded: Recorded, event: QuoteOpened) -> None:
    session.add(_step(recorded, event, "opened", 0))


def _step(recorded: Recorded, event: QuotesAsked | QuotesClosed | QuoteOpened, step: str, number: int) -> QuoteStepRow:
    return QuoteStepRow(
        entry_id=recorded.id,
        project=event.project,
        lot=event.lot,
        round=event.round,
        quote=event.quote,
        step=step,
        number=number,
    )
