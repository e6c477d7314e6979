"""Who may do what about bids: a bidder for its own organisation, an account for its organisation's seat."""

import registry.queries
from audit.act import Act
from registry.authority import check_role, organisation_of
from registry.model import Organisation
from trading.bids.errors import NotABidder, NotThatSeat
from trading.events import OpeningSeat

SEAT_ROLES = ("operator", "notary", "supervisor", "tenderer", "agent", "registrar")


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
