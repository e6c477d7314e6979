"""From entries of incidents to their rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.events import (
    AppealDecided,
    AppealFiled,
    Decision,
    IncidentAnswered,
    IncidentDecided,
    IncidentRecorded,
)
from registry.tables import IncidentDecisionRow, IncidentRow, IncidentStepRow


@projects(IncidentRecorded)
def _(session: Session, recorded: Recorded, event: IncidentRecorded) -> None:
    session.add(
        IncidentRow(
            entry_id=recorded.id,
            incident=event.incident,
            code=event.code,
            article=event.article,
            conduct_version=event.conduct_version,
            practitioner=event.practitioner,
            happened=event.happened,
        )
    )


@projects(IncidentAnswered)
def _(session: Session, recorded: Recorded, event: IncidentAnswered) -> None:
    session.add(IncidentStepRow(entry_id=recorded.id, incident=event.incident, code=event.code, step="answered"))


@projects(AppealFiled)
def _(session: Session, recorded: Recorded, event: AppealFiled) -> None:
    session.add(IncidentStepRow(entry_id=recorded.id, incident=event.incident, code=event.code, step="appealed"))


@projects(IncidentDecided)
def _(session: Session, recorded: Recorded, event: IncidentDecided) -> None:
    session.add(_decision(recorded, event, None))


@projects(AppealDecided)
def _(session: Session, recorded: Recorded, event: AppealDecided) -> None:
    session.add(_decision(recorded, event, event.result))


def _decision(recorded: Recorded, event: Decision, result: str | None) -> IncidentDecisionRow:
    return IncidentDecisionRow(
        entry_id=recorded.id,
        incident=event.incident,
        code=event.code,
        sanction=event.sanction,
        points=event.points,
        starts=event.starts,
        until=event.until,
        ends=event.ends,
        ground=event.ground,
        decision_number=event.decision_number,
        result=result,
    )
