"""Rows of agencies on record and of decisions on them."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import PublicRow


class AgencyRow(PublicRow):
    """An agency's facts from one entry on."""

    __tablename__ = "agencies"
    __table_args__ = (Index("ix_agencies_code", "code", "entry_id"),)

    code: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    organisation: Mapped[str | None] = mapped_column(index=True)
    region: Mapped[str]
    address: Mapped[str]
    founded: Mapped[str | None]
    reason: Mapped[str | None]
    """Null in the first record."""


class AgencyFieldRow(PublicRow):
    """One of the fields of business that the same entry gives an agency."""

    __tablename__ = "agency_fields"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str]


class AgencyDecisionRow(PublicRow):
    """What the supervisor decided: `suspended`, `reinstated` or `removed`."""

    __tablename__ = "agency_decisions"
    __table_args__ = (Index("ix_agency_decisions_code", "code", "entry_id"),)

    code: Mapped[str]
    decision: Mapped[str]
    starts: Mapped[int | None]
    """Unix seconds; null unless suspended."""
    until: Mapped[int | None]
    ground: Mapped[str]
    """The reason, of a reinstatement."""
    decision_number: Mapped[str]
    ends: Mapped[str | None]
    """Of a reinstatement: the number of the one decision that it ends; null: all."""
