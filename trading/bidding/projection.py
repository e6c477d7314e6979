"""From entries of open bidding to their public rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from trading.bidding.tables import BiddingEndRow, BiddingRow, OfferRow
from trading.events import BiddingClosed, BiddingOpened, OfferMade


@projects(BiddingOpened)
def _(session: Session, recorded: Recorded, event: BiddingOpened) -> None:
    about = {"project": event.project, "lot": event.lot, "round": event.round}
    session.add(BiddingRow(entry_id=recorded.id, **about, ends_at=event.ends_at))


@projects(OfferMade)
def _(session: Session, recorded: Recorded, event: OfferMade) -> None:
    about = {"project": event.project, "lot": event.lot, "round": event.round}
    session.add(OfferRow(entry_id=recorded.id, **about, paddle=event.paddle, price_fen=event.price_fen, at=recorded.at))


@projects(BiddingClosed)
def _(session: Session, recorded: Recorded, event: BiddingClosed) -> None:
    about = {"project": event.project, "lot": event.lot, "round": event.round}
    session.add(BiddingEndRow(entry_id=recorded.id, **about))
