"""`/api/v1`: bidding by invitation. Before the opening only the project's parties, the supervisor and each of those
invited know of it; afterwards the log names them."""

from collections.abc import Collection
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

import registry.queries
from api import dispatch
from api.accounts import User
from api.dependencies import ACT, PROBLEMS, Do, Done, SignedIn, SiteDep
from api.routing import APIRouter
from trading import queries as projects
from trading.bids import invited, queries
from trading.bids.inviting import Invited, Recommender, invite
from trading.bids.tables import InvitedRow
from trading.commands.standing import organisations_of
from trading.errors import NoSuchLot, NotForThatTenderer
from trading.events import BiddersInvited
from trading.events.inviting import HowChosen

router = APIRouter(prefix="/api/v1", tags=["bids"], responses=PROBLEMS)

INVITERS = ("tenderer", "agent")
READERS = (*INVITERS, "supervisor")
Code = Annotated[str, Path(max_length=200)]


class InvitedIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    bidder: str = Field(max_length=200, description="Name, as on record or on its business licence")
    bidder_code: str = Field(max_length=40, description="Unified social credit code")
    by: Recommender | None = Field(None, description="Who recommended it, where `chosen` is `recommended`")


class InvitationIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    round: int = Field(ge=1, le=99)
    chosen: HowChosen = Field(description="How they were chosen")
    invited: list[InvitedIn] = Field(min_length=1, max_length=200)


class InvitedOut(BaseModel):
    """Somebody invited."""

    bidder: str
    bidder_code: str


class InvitationOut(BaseModel):
    """A lot for which one's own organisation is invited."""

    project: str
    lot: str
    round: int


@router.post("/projects/{project}/lots/{lot}/invitations", **ACT)
def invite_bidders(project: Code, lot: Code, body: InvitationIn, do: Do) -> Done:
    """Invite bidders. The entry only commits to them; the first bid that is opened brings their names into the log."""
    event = BiddersInvited(project=project, lot=lot, round=body.round, chosen=body.chosen)
    invitees = [Invited(one.bidder, one.bidder_code, one.by) for one in body.invited]
    return do(INVITERS, lambda act: invite(act, event, invitees))


@router.get("/projects/{project}/lots/{lot}/invitations")
def invited_bidders(project: Code, lot: Code, site: SiteDep, user: SignedIn) -> list[InvitedOut]:
    """Who is invited in the lot's present round: for the project's tenderer, its agent and the supervisor."""
    with site.log.reading() as session:
        found = readable_invitations(session, user, project, lot)
        return [InvitedOut(bidder=one.bidder, bidder_code=one.bidder_code) for one in found]


@router.get("/invitations")
def own_invitations(site: SiteDep, user: SignedIn) -> list[InvitationOut]:
    """The lots for which the organisation of this account is invited, newest first; nobody else sees them."""
    dispatch.acting_role(user, ("bidder",))
    with site.log.reading() as session:
        return [
            InvitationOut(project=one.project, lot=one.lot, round=one.round)
            for one in invitations_for(session, user.organisations("bidder"))
        ]


def invitations_for(session: Session, organisations: Collection[str]) -> list[InvitedRow]:
    """The invitations of these organisations, newest first."""
    known = [registry.queries.organisation(session, one) for one in sorted(organisations)]
    codes = [one.code for one in known if one is not None and one.code is not None]
    return [row for code in codes for row in invited.invitations_of(session, code)]


def readable_invitations(session: Session, user: User, project: str, lot: str) -> list[InvitedRow]:
    """Whom a lot's invitations name. Raises RoleNotYours, NoSuchLot, NotForThatTenderer."""
    role = dispatch.acting_role(user, READERS)
    known = None if "\0" in project + lot else projects.project(session, project)
    state = None if known is None else queries.lot(session, project, lot)
    if known is None or state is None:
        raise NoSuchLot(project=project[:64], lot=lot[:64])
    if role != "supervisor" and not user.organisations(role) & organisations_of(session, known, role):
        raise NotForThatTenderer(actor=f"{role}:{user.account}", tenderer=known.tenderer_name)
    return invited.invited_of(session, project, lot, state.round)
