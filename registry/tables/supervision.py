"""Rows of incidents and what followed."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import PublicRow


class IncidentRow(PublicRow):
    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_code", "code", "entry_id"),)

    incident: Mapped[str] = mapped_column(index=True)
    code: Mapped[str]
    article: Mapped[str]
    conduct_version: Mapped[int]
    practitioner: Mapped[str | None]
    happened: Mapped[int]


class IncidentStepRow(PublicRow):
    """An answer or an appeal: `answered`, `appealed`."""

    __tablename__ = "incident_steps"
    __table_args__ = (Index("ix_incident_steps_incident", "incident", "entry_id"),)

    incident: Mapped[str]
    code: Mapped[str]
    step: Mapped[str]


class IncidentDecisionRow(PublicRow):
    """A decision or, with a `result`, the decision on the appeal; the newest of an incident is the one that holds."""

    __tablename__ = "incident_decisions"
    __table_args__ = (
        Index("ix_incident_decisions_incident", "incident", "entry_id"),
        Index("ix_incident_decisions_code", "code", "entry_id"),
    )

    incident: Mapped[str]
    code: Mapped[str]
    sanction: Mapped[str]
    points: Mapped[int]
    starts: Mapped[int | None]
    until: Mapped[int | None]
    ends: Mapped[int | None]
    ground: Mapped[str]
    decision_number: Mapped[str]
    result: Mapped[str | None]
    """`stands` or `changed`, of the decision on an appeal."""
