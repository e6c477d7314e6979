"""Rows of organisations, keys and roles, and one private table: who holds which account."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base
from audit.tables import PublicRow


class OrganisationRow(PublicRow):
    """An organisation's facts from one entry on."""

    __tablename__ = "organisations"
    __table_args__ = (Index("ix_organisations_organisation", "organisation", "entry_id"),)

    organisation: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    """`names.name_key`: what all spellings of the name share."""
    code: Mapped[str | None] = mapped_column(index=True)


class CapacityRow(PublicRow):
    """One of the capacities that the same entry gives an organisation."""

    __tablename__ = "organisation_capacities"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    capacity: Mapped[str]


class KeyRow(PublicRow):
    __tablename__ = "organisation_keys"
    __table_args__ = (UniqueConstraint("key"),)

    key: Mapped[str]
    organisation: Mapped[str] = mapped_column(index=True)


class KeyRevocationRow(PublicRow):
    __tablename__ = "organisation_key_revocations"
    __table_args__ = (UniqueConstraint("key"),)

    key: Mapped[str]
    reason: Mapped[str]


class RoleChangeRow(PublicRow):
    """A role granted to an account or taken back from it; the newest row of account and role says which holds."""

    __tablename__ = "role_changes"
    __table_args__ = (Index("ix_role_changes_account", "account", "entry_id"),)

    account: Mapped[str]
    role: Mapped[str]
    held: Mapped[bool]
    organisation: Mapped[str | None]
    reason: Mapped[str | None]
    """Null in a grant."""


class AccountHolderRow(Base):
    """PRIVATE. Whose account it is, as a keyed digest of the identity number. No entry knows of it; never shown."""

    __tablename__ = "account_holders"

    account: Mapped[str] = mapped_column(primary_key=True)
    identity_digest: Mapped[str] = mapped_column(index=True)
    """64 hex digits, `identity.identity_digest`."""
