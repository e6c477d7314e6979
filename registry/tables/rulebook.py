"""Rows of the three rules' texts, the credit formula, and who promised or acknowledged what."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import PublicRow


class RuleRow(PublicRow):
    """A version of a rule; its text stands in the entry."""

    __tablename__ = "rules"
    __table_args__ = (UniqueConstraint("rule", "version"),)

    rule: Mapped[str]
    """`commitment`, `conduct` or `credit`."""
    version: Mapped[int]
    effective: Mapped[int | None]
    """Unix seconds, of the code of conduct; the others hold from their entry on."""


class CommitmentRow(PublicRow):
    """A promise made by an agency."""

    __tablename__ = "commitments"
    __table_args__ = (Index("ix_commitments_code", "code", "entry_id"),)

    code: Mapped[str]
    version: Mapped[int]
    until: Mapped[int]
    on_paper: Mapped[bool]


class AcknowledgementRow(PublicRow):
    """That an agency acknowledged a version of the code of conduct."""

    __tablename__ = "acknowledgements"
    __table_args__ = (Index("ix_acknowledgements_code", "code", "version"),)

    code: Mapped[str]
    version: Mapped[int]


class AcknowledgedByRow(PublicRow):
    """One of the practitioners who acknowledged it with the same entry."""

    __tablename__ = "acknowledged_by"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    practitioner: Mapped[str]


class CreditFactRow(PublicRow):
    """A commission completed, or an objection upheld."""

    __tablename__ = "credit_facts"
    __table_args__ = (Index("ix_credit_facts_code", "code", "day"),)

    code: Mapped[str]
    fact: Mapped[str]
    project_code: Mapped[str]
    reference: Mapped[str]
    day: Mapped[str]
