"""From entries of registrations to their rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.events import BidderRegistered, RegistrationConfirmed, RegistrationRefused
from registry.tables import RegistrationDecisionRow, RegistrationRow


@projects(BidderRegistered)
def _(session: Session, recorded: Recorded, event: BidderRegistered) -> None:
    session.add(RegistrationRow(entry_id=recorded.id, **event.body()))


@projects(RegistrationConfirmed)
def _(session: Session, recorded: Recorded, event: RegistrationConfirmed) -> None:
    session.add(
        RegistrationDecisionRow(
            entry_id=recorded.id, registration=event.registration, organisation=event.organisation, ground=None
        )
    )


@projects(RegistrationRefused)
def _(session: Session, recorded: Recorded, event: RegistrationRefused) -> None:
    session.add(
        RegistrationDecisionRow(
            entry_id=recorded.id, registration=event.registration, organisation=None, ground=event.ground
        )
    )
