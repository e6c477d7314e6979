"""Who may do what about bids: a bidder for its own organisation, an account for its organisation's seat."""

import registry.queries
from audit.act import Act
from registry.authority import account_locks, check_role, organisation_of
from registry.commands.opening_keys import HOLDERS
from registry.model import Organisation
from trading import queries as projects
from trading.bids import queries
from trading.bids.errors import BadPlan, NoSuchBid, NotABidder, NotThatSeat, PartyCannotBid
from trading.bids.seats import OpeningWanted
from trading.bids.tables import SealedActRow
from trading.commands.standing import organisations_of
from trading.events import OpeningPlanned, OpeningSeat

SEAT_ROLES = HOLDERS


def bidder_of(act: Act) -> tuple[Organisation, str]:
    """The organisation for which the account bids, and its code. Raises NotPermitted, RoleMissing, NotABidder."""
    check_role(act, "bidder")
    held = organisation_of(act)
    organisation = None if held is None else registry.queries.organisation(act.session, held)
    if organisation is None or organisation.code is None:
        raise NotABidder
    return organisation, organisation.code


def own_act(act: Act, receipt: str) -> SealedActRow:
    """A sealed act of the organisation for which the account bids, before anything is locked: a row once there stays.

    All receipts can be read in the log. So another's is answered like one that never was, before its lot is looked at
    or locked, or the answer would tell which lot it is of. Raises NotPermitted, RoleMissing, NotABidder, NoSuchBid.
    """
    found = queries.act_of(act.session, receipt)
    if found is None or found.organisation is None or found.organisation != organisation_of(act):
        act.lock(f"receipt:{receipt[:64]}", shared=account_locks(act))
        bidder_of(act)
        raise NoSuchBid(receipt=receipt)
    return found


def check_no_party(act: Act, project: str, lot: str, bidder: Organisation) -> None:
    """Who invites bids, or is its agent, does not bid; nor does who holds a key to others' bids (实施条例 13、34).

    Raises PartyCannotBid.
    """
    known, state = projects.project(act.session, project), queries.lot(act.session, project, lot)
    parties: set[str] = set()
    if known is not None:
        parties |= organisations_of(act.session, known, "tenderer") | organisations_of(act.session, known, "agent")
    if any(one.agent == bidder.code for one in projects.engagements(act.session, project_code=project)):
        parties.add(bidder.id)  # an agency may act for itself before it is on record
    for step in () if state is None else state.all(OpeningPlanned):
        parties |= {one.organisation for one in step.event.seats}
    if bidder.id in parties:
        raise PartyCannotBid(bidder=bidder.name)


def check_seats_exist(act: Act, plan: OpeningWanted) -> None:
    """Two organisations that are none would be one who made them up. Raises BadPlan."""
    for one in plan.seats:
        if registry.queries.organisation(act.session, one.organisation) is None:
            raise BadPlan(
                why_zh=f"没有单位“{one.organisation}”", why_en=f"there is no organisation {one.organisation!r}"
            )


def check_seat(act: Act, seat: OpeningSeat) -> None:
    """Raises NotPermitted, RoleMissing, NotThatSeat."""
    check_role(act, *SEAT_ROLES)
    if organisation_of(act) != seat.organisation:
        raise NotThatSeat(seat=seat.seat)
