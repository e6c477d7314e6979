"""Who is admitted to a sale by open bidding: what the centre owes an applicant, and what it refuses."""

from audit.events import Event
from trading.events.notices import LotEvent


class ApplicationRefused(Event):
    """An applicant is not admitted to open bidding (不予竞买资格). Subject `receipt:ID`."""

    kind = "trading.application_refused"
    receipt: str
    """Of this act; lot, applicant and ground lie in the commitment, which the applicant is given."""


class ApplicationsUnanswered(LotEvent):
    """An application was neither admitted nor refused in its time (竞买申请逾期未答复). Subject `project:CODE`.

    Whose it is and how many there are stays private.
    """

    kind = "trading.applications_unanswered"
    due_on: str
    """The last day on which it could be answered, ISO."""
