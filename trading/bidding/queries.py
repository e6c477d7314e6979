"""What open bidding is asked: its lot without the many offers, the last offers, the paddles, what is to be closed."""

from collections.abc import Sequence

import orjson
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from audit.queries import step_of
from audit.tables import EntryRow, PrivateValueRow
from trading.bidding.rules import Highest
from trading.bidding.tables import BiddingEndRow, BiddingRow, OfferRow, PaddleRow
from trading.bids.tables import SealedActRow
from trading.events import OfferMade
from trading.lots import LotState, lot_states

RESERVE = "reserve"
"""Name of the private value of the opening's entry that holds a reserve."""


def lot(session: Session, project: str, number: str, placed: bool = False) -> LotState | None:
    """A lot as everything but its offers makes it: no offer moves it, and there may be thousands."""
    statement = (
        select(EntryRow)
        .where(EntryRow.subject == f"project:{project}", EntryRow.kind != OfferMade.kind)
        .order_by(EntryRow.id)
    )
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
    return lot_states([step_of(row) for row in session.scalars(statement)]).get(number)


def highest(session: Session, project: str, number: str, round_number: int) -> Highest | None:
    found = session.execute(
        select(OfferRow.paddle, OfferRow.price_fen, OfferRow.at)
        .where(OfferRow.project == project, OfferRow.lot == number, OfferRow.round == round_number)
        .order_by(OfferRow.entry_id.desc())
        .limit(1)
    ).first()
    return None if found is None else Highest(*found)


def count_offers(session: Session, project: str, number: str, round_number: int, placed: bool = False) -> int:
    """placed: only those that the log shows."""
    statement = (
        select(func.count())
        .select_from(OfferRow)
        .where(OfferRow.project == project, OfferRow.lot == number, OfferRow.round == round_number)
    )
    if placed:
        statement = statement.join(EntryRow, EntryRow.id == OfferRow.entry_id).where(EntryRow.seq.is_not(None))
    return session.scalar(statement) or 0


def paddles_with_offers(session: Session, project: str, number: str, round_number: int) -> set[str]:
    """The paddles that made an offer."""
    statement = select(OfferRow.paddle).where(
        OfferRow.project == project, OfferRow.lot == number, OfferRow.round == round_number
    )
    return set(session.scalars(statement.distinct()))


def placed_offers(
    session: Session, project: str, number: str, round_number: int, limit: int
) -> list[tuple[OfferRow, int]]:
    """The last offers that the log shows with their places, the newest first."""
    statement = (
        select(OfferRow, EntryRow.seq)
        .join(EntryRow, EntryRow.id == OfferRow.entry_id)
        .where(
            OfferRow.project == project,
            OfferRow.lot == number,
            OfferRow.round == round_number,
            EntryRow.seq.is_not(None),
        )
        .order_by(OfferRow.entry_id.desc())
        .limit(limit)
    )
    return [(row, seq) for row, seq in session.execute(statement) if seq is not None]


def newest_place(session: Session, project: str) -> int:
    """Place of the newest entry about a project; -1: it has none."""
    statement = select(func.max(EntryRow.seq)).where(EntryRow.subject == f"project:{project}")
    found = session.scalar(statement)
    return -1 if found is None else found


# Paddles


def paddle_of(session: Session, project: str, number: str, round_number: int, organisation: str) -> PaddleRow | None:
    return session.scalar(
        select(PaddleRow).where(
            PaddleRow.project == project,
            PaddleRow.lot == number,
            PaddleRow.round == round_number,
            PaddleRow.organisation == organisation,
        )
    )


def paddles(session: Session, project: str, number: str, round_number: int) -> Sequence[PaddleRow]:
    """All of a lot's round, ascending by their numbers."""
    return session.scalars(
        select(PaddleRow)
        .where(PaddleRow.project == project, PaddleRow.lot == number, PaddleRow.round == round_number)
        .order_by(PaddleRow.paddle)
    ).all()


def applications(session: Session, project: str, number: str, round_number: int) -> Sequence[SealedActRow]:
    """Who applied to take part, in the order of arrival."""
    return session.scalars(
        select(SealedActRow)
        .where(
            SealedActRow.project == project,
            SealedActRow.lot == number,
            SealedActRow.round == round_number,
            SealedActRow.act == "applied",
        )
        .order_by(SealedActRow.entry_id)
    ).all()


def refusals(session: Session, project: str, number: str, round_number: int) -> dict[str, SealedActRow]:
    """Receipt of each application that was refused to the refusal."""
    found = session.scalars(
        select(SealedActRow).where(
            SealedActRow.project == project,
            SealedActRow.lot == number,
            SealedActRow.round == round_number,
            SealedActRow.act == "refused",
        )
    )
    return {one.replaces: one for one in found if one.replaces is not None}


def statement_of(session: Session, entry_id: int) -> PrivateValueRow | None:
    """What the giving of a paddle committed to."""
    return session.get(PrivateValueRow, (entry_id, "statement"))


# The end


def reserve_of(session: Session, entry_id: int) -> tuple[int, bytes] | None:
    """Fen and salt of the reserve that an opening committed to; None: it has none."""
    value = session.get(PrivateValueRow, (entry_id, RESERVE))
    if value is None:
        return None
    found = orjson.loads(value.value)
    return found["amount_fen"], bytes.fromhex(found["salt"])


def past_end(session: Session, now: int) -> list[tuple[int, str, str, int]]:
    """Row id, project, lot and round of biddings not closed whose planned end is over. now: Unix seconds."""
    row, end = BiddingRow, BiddingEndRow
    is_closed = exists().where(end.project == row.project, end.lot == row.lot, end.round == row.round)
    statement = select(row.entry_id, row.project, row.lot, row.round).where(row.ends_at <= now, ~is_closed)
    return [(entry_id, project, number, found) for entry_id, project, number, found in session.execute(statement)]
