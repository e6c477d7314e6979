"""From entries about openings to their public rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from trading.bids.tables import BidClosingRow, OpeningPlanRow
from trading.events import BidClosed, OpeningPlanned


@projects(OpeningPlanned)
def _(session: Session, recorded: Recorded, event: OpeningPlanned) -> None:
    session.add(OpeningPlanRow(entry_id=recorded.id, project=event.project, lot=event.lot, round=event.round))


@projects(BidClosed)
def _(session: Session, recorded: Recorded, event: BidClosed) -> None:
    session.add(
        BidClosingRow(entry_id=recorded.id, project=event.project, lot=event.lot, round=event.round, bids=event.bids)
    )
