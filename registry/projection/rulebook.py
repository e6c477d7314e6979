"""From entries of the three rules and of credit to their rows."""

from sqlalchemy.orm import Session

from audit.projection import Recorded, projects
from registry.events import (
    CommitmentOnPaper,
    CommitmentPublished,
    CommitmentSigned,
    ConductAcknowledged,
    ConductPublished,
    CreditFactRecorded,
    FormulaPublished,
)
from registry.tables import AcknowledgedByRow, AcknowledgementRow, CommitmentRow, CreditFactRow, RuleRow


@projects(CommitmentPublished)
def _(session: Session, recorded: Recorded, event: CommitmentPublished) -> None:
    session.add(RuleRow(entry_id=recorded.id, rule="commitment", version=event.version))


@projects(ConductPublished)
def _(session: Session, recorded: Recorded, event: ConductPublished) -> None:
    session.add(RuleRow(entry_id=recorded.id, rule="conduct", version=event.version, effective=event.effective))


@projects(FormulaPublished)
def _(session: Session, recorded: Recorded, event: FormulaPublished) -> None:
    session.add(RuleRow(entry_id=recorded.id, rule="credit", version=event.version))


@projects(CommitmentSigned)
def _(session: Session, recorded: Recorded, event: CommitmentSigned) -> None:
    session.add(_commitment(recorded, event, False))


@projects(CommitmentOnPaper)
def _(session: Session, recorded: Recorded, event: CommitmentOnPaper) -> None:
    session.add(_commitment(recorded, event, True))


def _commitment(recorded: Recorded, event: CommitmentSigned | CommitmentOnPaper, on_paper: bool) -> CommitmentRow:
    return CommitmentRow(
        entry_id=recorded.id, code=event.code, version=event.version, until=event.until, on_paper=on_paper
    )


@projects(ConductAcknowledged)
def _(session: Session, recorded: Recorded, event: ConductAcknowledged) -> None:
    session.add(AcknowledgementRow(entry_id=recorded.id, code=event.code, version=event.version))
    session.add_all(
        AcknowledgedByRow(entry_id=recorded.id, position=position, practitioner=one)
        for position, one in enumerate(event.practitioners)
    )


@projects(CreditFactRecorded)
def _(session: Session, recorded: Recorded, event: CreditFactRecorded) -> None:
    session.add(
        CreditFactRow(
            entry_id=recorded.id,
            code=event.code,
            fact=event.fact,
            project_code=event.project_code,
            reference=event.reference,
            day=event.day,
        )
    )
