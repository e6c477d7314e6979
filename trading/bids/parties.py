"""Who may do what about bids: a bidder for its own organisation, an account for its organisation's seat."""

import registry.queries
from audit.act import Act
from registry.authority import account_locks, check_role, organisation_of
from registry.model import Organisation
from trading.bids import queries
from trading.bids.errors import NoSuchBid, NotABidder, NotThatSeat
from trading.bids.tables import SealedActRow
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


def check_seat(act: Act, seat: OpeningSeat) -> None:
    """Raises NotPermitted, RoleMissing, NotThatSeat."""
    check_role(act, *SEAT_ROLES)
    if organisation_of(act) != seat.organisation:
        raise NotThatSeat(seat=seat.seat)
