"""Whom the invitations of a lot name: a secret until its bids are opened, and then in the log."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit import canonical
from audit.act import Act
from audit.entry import SYSTEM
from audit.tables import PrivateValueRow
from trading.bids.tables import InvitedRow
from trading.errors import NotInvited
from trading.events import BiddersInvited, BidSealed, InvitedNamed
from trading.lots import LotState, check_move
from trading.moves import law_day, row_for

FILE: Final = "invited.json"
VALUE: Final = "invited"
ANNOUNCED: Final = "trading.notice_published:announcement"
"""What opens a lot to everybody: negotiation, consultation and inquiry may begin with it, or by invitation."""


def invited_of(session: Session, project: str, lot: str, round_number: int) -> list[InvitedRow]:
    """Whom a round's invitations name, by code: before the opening for the project's own parties and the supervisor."""
    return list(
        session.scalars(
            select(InvitedRow)
            .where(InvitedRow.project == project, InvitedRow.lot == lot, InvitedRow.round == round_number)
            .order_by(InvitedRow.bidder_code)
        )
    )


def invitations_of(session: Session, code: str, limit: int = 100) -> list[InvitedRow]:
    """The invitations of one organisation, newest first: for itself."""
    statement = select(InvitedRow).where(InvitedRow.bidder_code == code).order_by(InvitedRow.entry_id.desc())
    return list(session.scalars(statement.limit(limit)))


def check_invited(session: Session, project: str, state: LotState, bidder: str, code: str, now: int) -> None:
    """Where the table lets only who is invited bid, whoever has this code must be. now: Unix seconds.

    Raises NotInvited.
    """
    row = row_for(state, BidSealed.kind, {}, law_day(state.began, now))
    if row is None or "invited_only" not in row.rules or state.has(ANNOUNCED):
        return
    if all(one.bidder_code != code for one in invited_of(session, project, state.lot, state.round)):
        raise NotInvited(lot=state.lot, bidder=bidder)


# At the opening


def name_invited(act: Act, project: str, state: LotState) -> None:
    """Name who was invited, once, with the first bid that is opened. Where the project's lock is held.

    state: of the lot, before any bid of it is opened in this act.
    """
    invitations = state.all(BiddersInvited)
    if not invitations or state.last(InvitedNamed) is not None:
        return
    lists: list[canonical.Value] = []
    for step in invitations:
        value = act.session.get(PrivateValueRow, (step.entry_id, VALUE))
        assert value is not None, f"whom entry {step.entry_id} invites is gone"
        lists.append({"salt": value.salt.hex(), "invited": value.value.decode()})
    named = invited_of(act.session, project, state.lot, state.round)
    event = InvitedNamed(project=project, lot=state.lot, round=state.round, invited=len(named))
    check_move(state, event, act.at // 1000)
    document: dict[str, canonical.Value] = {"format": "mingtang-invited/1", "lists": lists}
    file = act.blobs.put_file(FILE, "application/json", canonical.encode(document))
    act.record(event, f"project:{project}", files=[file], actor=SYSTEM)
