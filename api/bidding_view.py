"""Open bidding as everyone may see it: paddles and no names before the end, and only what has its place in the log.

The page, the JSON API and the stream show the same.
"""

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from audit.log import Log
from trading.bidding import queries, rules
from trading.bidding.errors import NoBidding
from trading.bidding.rules import Bidding, Highest
from trading.commands.steps import PADDLES
from trading.errors import NoSuchLot

NEWEST = 50
"""Offers that are listed; the log holds all."""


class OfferOut(BaseModel):
    number: int = Field(description="In the order of the log, from 1")
    paddle: str
    price_fen: int
    at: int = Field(description="Unix milliseconds")
    seq: int


class ResultOut(BaseModel):
    reached: bool = Field(description="Whether there is a sale")
    paddle: str | None
    bidder: str | None
    bidder_code: str | None
    price_fen: int | None
    reserve_fen: int | None
    reserve_salt: str | None
    paddles: str = Field(description="Address of the file that says whose paddles made offers, with the proofs")
    seq: int


class BiddingOut(BaseModel):
    project: str
    lot: str
    round: int
    starting_fen: int
    step_fen: int
    least_fen: int = Field(description="The lowest offer that is taken now")
    planned_end: int = Field(description="Unix milliseconds")
    ends_at: int | None = Field(description="The last millisecond in which an offer is taken; null while suspended")
    extension: int = Field(description="Seconds that must pass after the last offer")
    reserve_commitment: str | None
    offers: int
    price_fen: int | None = Field(description="The highest offer")
    paddle: str | None
    newest: list[OfferOut] = Field(description="The last offers, the newest first, 50 at most")
    result: ResultOut | None
    seq: int = Field(description="Place of the entry that opened the bidding")
    sequence: int = Field(description="Place of the newest entry about the project")
    server_time: int = Field(description="Unix milliseconds")


def public_bidding(session: Session, log: Log, project: str, lot: str) -> BiddingOut:
    """Raises NoSuchLot, NoBidding."""
    state = None if "\0" in project + lot else queries.lot(session, project, lot, placed=True)
    if state is None:
        raise NoSuchLot(project=project[:64], lot=lot[:64])
    bidding = rules.bidding_of(state)
    if bidding is None:
        raise NoBidding(lot=lot)
    offers = queries.placed_offers(session, project, lot, state.round, NEWEST)
    count = queries.count_offers(session, project, lot, state.round, placed=True)
    highest = None if not offers else Highest(offers[0][0].paddle, offers[0][0].price_fen, offers[0][0].at)
    event, seq = bidding.opened.event, bidding.opened.seq
    assert seq is not None
    return BiddingOut(
        project=project,
        lot=lot,
        round=state.round,
        starting_fen=event.starting_fen,
        step_fen=event.step_fen,
        least_fen=rules.least(bidding, highest),
        planned_end=event.ends_at * 1000,
        ends_at=rules.ends(bidding, highest),
        extension=event.extension,
        reserve_commitment=event.reserve_commitment,
        offers=count,
        price_fen=None if highest is None else highest.price_fen,
        paddle=None if highest is None else highest.paddle,
        newest=[
            OfferOut(number=count - place, paddle=row.paddle, price_fen=row.price_fen, at=row.at, seq=found)
            for place, (row, found) in enumerate(offers)
        ],
        result=_result(bidding),
        seq=seq,
        sequence=queries.newest_place(session, project),
        server_time=log.clock(),
    )


def _result(bidding: Bidding) -> ResultOut | None:
    closed = bidding.closed
    if closed is None or closed.seq is None:
        return None
    event = closed.event
    return ResultOut(
        reached=event.reached,
        paddle=event.paddle,
        bidder=event.bidder,
        bidder_code=event.bidder_code,
        price_fen=event.price_fen,
        reserve_fen=event.reserve_fen,
        reserve_salt=event.reserve_salt,
        paddles=f"/log/blob/{closed.sha256(PADDLES)}",
        seq=closed.seq,
    )
