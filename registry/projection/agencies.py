"""From entries of agencies and decisions on them to their rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.events import AgencyAmended, AgencyRecorded, AgencyReinstated, AgencyRemoved, AgencySuspended
from registry.names import name_key
from registry.tables import AgencyDecisionRow, AgencyFieldRow, AgencyRow


@projects(AgencyRecorded)
def _(session: Session, recorded: Recorded, event: AgencyRecorded) -> None:
    _add_facts(session, recorded, event, None)


@projects(AgencyAmended)
def _(session: Session, recorded: Recorded, event: AgencyAmended) -> None:
    _add_facts(session, recorded, event, event.reason)


def _add_facts(session: Session, recorded: Recorded, event: AgencyRecorded, reason: str | None) -> None:
    session.add(
        AgencyRow(
            entry_id=recorded.id,
            code=event.code,
            name=event.name,
            name_key=name_key(event.name),
            organisation=event.organisation,
            region=event.region,
            address=event.address,
            founded=event.founded,
            reason=reason,
        )
    )
    session.add_all(
        AgencyFieldRow(entry_id=recorded.id, position=position, field=field)
        for position, field in enumerate(event.fields)
    )


@projects(AgencySuspended)
def _(session: Session, recorded: Recorded, event: AgencySuspended) -> None:
    session.add(
        AgencyDecisionRow(
            entry_id=recorded.id,
            code=event.code,
            decision="suspended",
            starts=event.starts,
            until=event.until,
            ground=event.ground,
            decision_number=event.decision_number,
        )
    )


@projects(AgencyReinstated)
def _(session: Session, recorded: Recorded, event: AgencyReinstated) -> None:
    session.add(
        AgencyDecisionRow(
            entry_id=recorded.id,
            code=event.code,
            decision="reinstated",
            ground=event.reason,
            decision_number=event.decision_number,
            ends=event.ends,
        )
    )


@projects(AgencyRemoved)
def _(session: Session, recorded: Recorded, event: AgencyRemoved) -> None:
    session.add(
        AgencyDecisionRow(
            entry_id=recorded.id,
            code=event.code,
            decision="removed",
            ground=event.ground,
            decision_number=event.decision_number,
        )
    )
