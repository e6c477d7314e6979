"""From entries of findings to their rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.events import FindingEnded, FindingMade, TiesRecorded
from registry.tables import FindingEndRow, FindingPartyRow, FindingRow, OrganisationTiesRow


@projects(TiesRecorded)
def _(session: Session, recorded: Recorded, event: TiesRecorded) -> None:
    session.add(OrganisationTiesRow(entry_id=recorded.id, organisation=event.organisation, address=event.address))


@projects(FindingMade)
def _(session: Session, recorded: Recorded, event: FindingMade) -> None:
    session.add(FindingRow(entry_id=recorded.id, finding=event.finding, ground=event.ground, key=event.key))
    session.add_all(
        FindingPartyRow(entry_id=recorded.id, position=position, party=party)
        for position, party in enumerate(event.parties)
    )


@projects(FindingEnded)
def _(session: Session, recorded: Recorded, event: FindingEnded) -> None:
    session.add(FindingEndRow(entry_id=recorded.id, finding=event.finding))
