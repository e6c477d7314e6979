"""Who may do what about bids: the project's parties, a bidder's own organisation, the seats of an opening."""

import registry.queries
from audit.act import Act
from registry.authority import acts_as, check_role, organisation_of
from registry.model import Organisation
from trading import queries
from trading.bids.errors import NotABidder, NotThatSeat
from trading.errors import NoSuchProject, NotForThatTenderer
from trading.events import OpeningSeat
from trading.model import Project

SEAT_ROLES = ("operator", "notary", "supervisor", "tenderer", "agent", "registrar")
PARTIES = ("tenderer", "agent", "registrar")


def check_party(act: Act, code: str) -> Project:
    """The project, which the acting account runs: for its tenderer, as its engaged agent, or as a registrar.

    Raises NotPermitted, RoleMissing, NoSuchProject, NotForThatTenderer.
    """
    check_role(act, *PARTIES)
    project = queries.project(act.session, code)
    if project is None:
        raise NoSuchProject(project=code)
    if not acts_as(act, "registrar") and organisation_of(act) not in _own(act, project):
        raise NotForThatTenderer(actor=act.actor, tenderer=project.tenderer_name)
    return project


def _own(act: Act, project: Project) -> set[str]:
    if not acts_as(act, "agent"):
        return {project.tenderer}
    engaged = queries.engagements(act.session, project_code=project.code)
    agencies = [registry.queries.agency(act.session, one.agent) for one in engaged]
    return {one.facts.organisation for one in agencies if one is not None and one.facts.organisation is not None}


def bidder_of(act: Act) -> tuple[Organisation, str]:
    """The organisation for which the account bids, and its code. Raises NotPermitted, RoleMissing, NotABidder."""
    check_role(act, "bidder")
    held = organisation_of(act)
    organisation = None if held is None else registry.queries.organisation(act.session, held)
    if organisation is None or organisation.code is None:
        raise NotABidder
    return organisation, organisation.code


def check_seat(act: Act, seat: OpeningSeat) -> None:
    """Raises NotPermitted, RoleMissing, NotThatSeat."""
    check_role(act, *SEAT_ROLES)
    if organisation_of(act) != seat.organisation:
        raise NotThatSeat(seat=seat.seat)
