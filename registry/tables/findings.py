"""Rows of findings."""

from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import PublicRow


class OrganisationTiesRow(PublicRow):
    """That an organisation's ties were recorded, with its address."""

    __tablename__ = "organisation_ties"

    organisation: Mapped[str] = mapped_column(index=True)
    address: Mapped[str | None]


class FindingRow(PublicRow):
    __tablename__ = "findings"

    finding: Mapped[str] = mapped_column(index=True)
    ground: Mapped[str]
    key: Mapped[bool]


class FindingPartyRow(PublicRow):
    """One of the parties that a finding concerns."""

    __tablename__ = "finding_parties"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    party: Mapped[str] = mapped_column(index=True)
    """`agency:CODE` or `organisation:ID`."""


class FindingEndRow(PublicRow):
    __tablename__ = "finding_ends"

    finding: Mapped[str] = mapped_column(index=True)
