"""Rows of bidders who register themselves, and one private table: whose account each is."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base
from audit.tables import PublicRow


class RegistrationRow(PublicRow):
    __tablename__ = "bidder_registrations"
    __table_args__ = (UniqueConstraint("registration"),)

    registration: Mapped[str]
    name: Mapped[str]
    code: Mapped[str] = mapped_column(index=True)
    claims: Mapped[str | None]


class RegistrationDecisionRow(PublicRow):
    __tablename__ = "registration_decisions"
    __table_args__ = (UniqueConstraint("registration"),)

    registration: Mapped[str]
    organisation: Mapped[str | None]
    """Null where it was refused."""
    ground: Mapped[str | None]


class RegistrantRow(Base):
    """PRIVATE. Who registered: the account, and whom the registrar can ask."""

    __tablename__ = "registrants"

    registration: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(index=True)
    contact_name: Mapped[str]
    contact_phone: Mapped[str]
