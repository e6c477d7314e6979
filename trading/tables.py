"""Public rows of trading, which only entries insert."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.tables import PublicRow


class ProjectRow(PublicRow):
    __tablename__ = "projects"
    __table_args__ = (UniqueConstraint("code"), Index("ix_projects_tenderer", "tenderer", "entry_id"))

    code: Mapped[str]
    trade: Mapped[str]
    class_code: Mapped[str | None]
    title: Mapped[str]
    tenderer: Mapped[str]
    tenderer_name: Mapped[str]
    legal_basis: Mapped[str]
    approval: Mapped[str | None]
    funding: Mapped[str | None]
    estimate_fen: Mapped[int | None]
    region: Mapped[str]


class ProjectLotRow(PublicRow):
    __tablename__ = "project_lots"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lot: Mapped[str]
    title: Mapped[str]
    estimate_fen: Mapped[int | None]


class ProjectChangeRow(PublicRow):
    """A value that the entry changed of what is registered."""

    __tablename__ = "project_changes"

    field: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str] = mapped_column(index=True)
    new: Mapped[str]


class PlatformRow(PublicRow):
    """Which platform carries a project."""

    __tablename__ = "project_platforms"
    __table_args__ = (UniqueConstraint("project"),)

    project: Mapped[str]
    platform: Mapped[str]
    day: Mapped[str]
    """ISO date, of the assignment."""
    serial: Mapped[int]


class TransactionCodeRow(PublicRow):
    """A unified transaction code of a project or lot."""

    __tablename__ = "transaction_codes"

    project: Mapped[str] = mapped_column(index=True)
    lot: Mapped[str | None]
    issuer: Mapped[str]
    code: Mapped[str] = mapped_column(index=True)


class NoticeRow(PublicRow):
    """One version of a notice."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("notice", "version"), Index("ix_notices_project", "project", "entry_id"))

    notice: Mapped[str]
    version: Mapped[int]
    project: Mapped[str]
    lot: Mapped[str | None]
    round: Mapped[int]
    notice_kind: Mapped[str]
    predecessor: Mapped[str | None]
    title: Mapped[str]
    text: Mapped[str]
    """One paragraph a line."""
    valid_from: Mapped[int]
    valid_until: Mapped[int | None]
    media: Mapped[str]
    """One a line."""
    reason: Mapped[str | None]
    """Null in version 1."""


class NoticeFileRow(PublicRow):
    """A document of the version that the same entry published."""

    __tablename__ = "notice_files"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]


class NoticeChangeRow(PublicRow):
    """A member that the version of the same entry changed."""

    __tablename__ = "notice_changes"

    field: Mapped[str] = mapped_column(primary_key=True)


class NoticeWithdrawalRow(PublicRow):
    __tablename__ = "notice_withdrawals"
    __table_args__ = (UniqueConstraint("notice"),)

    notice: Mapped[str]
    reason: Mapped[str]


class EngagementRow(PublicRow):
    """A commission contract with a drawn agent."""

    __tablename__ = "engagements"

    project: Mapped[str] = mapped_column(index=True)
    draw_id: Mapped[str] = mapped_column(index=True)
    attempt: Mapped[int]
    agent: Mapped[str] = mapped_column(index=True)
    contract_number: Mapped[str]


import trading.bidding.tables  # noqa: E402 - further tables, known wherever these are
import trading.bids.tables  # noqa: E402 - further tables, known wherever these are
import trading.search_tables  # noqa: E402, F401 - further tables, known wherever these are
