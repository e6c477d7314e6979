"""Rows of the three forms. What a form says stands in its entry; these say which version counts.

Private: drafts, and keyed digests of what two agencies must not share.
"""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from audit.database import Base
from audit.tables import PublicRow


class FormRow(PublicRow):
    """A version of a form, as submitted."""

    __tablename__ = "forms"
    __table_args__ = (Index("ix_forms_code", "code", "form", "practitioner", "version"),)

    code: Mapped[str]
    form: Mapped[str]
    """`agency`, `legal_person` or `practitioner`."""
    practitioner: Mapped[str | None]
    version: Mapped[int]


class FormCertificateRow(PublicRow):
    """One of the certificates that a practitioner form lists."""

    __tablename__ = "form_certificates"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    until: Mapped[str | None]


class FormAcceptanceRow(PublicRow):
    """One of the versions that the same entry took on record."""

    __tablename__ = "form_acceptances"
    __table_args__ = (Index("ix_form_acceptances_code", "code", "form", "practitioner", "entry_id"),)

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str]
    form: Mapped[str]
    practitioner: Mapped[str | None]
    version: Mapped[int]
    until: Mapped[int]


class FormReturnRow(PublicRow):
    __tablename__ = "form_returns"
    __table_args__ = (Index("ix_form_returns_code", "code", "form", "practitioner", "version"),)

    code: Mapped[str]
    form: Mapped[str]
    practitioner: Mapped[str | None]
    version: Mapped[int]


class PractitionerLeftRow(PublicRow):
    __tablename__ = "practitioners_left"
    __table_args__ = (Index("ix_practitioners_left_code", "code", "practitioner"),)

    code: Mapped[str]
    practitioner: Mapped[str]
    day: Mapped[str]


class FormDraftRow(Base):
    """PRIVATE. A form that is being filled in; no entry knows of it."""

    __tablename__ = "form_drafts"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    practitioner: Mapped[str] = mapped_column(primary_key=True)
    """Empty unless it is a practitioner form."""
    content: Mapped[bytes]
    """JSON: field name to what was typed."""
    revision: Mapped[int]
    """Counts savings, so that two windows cannot overwrite each other unseen."""
    saved_at: Mapped[int]
    """Unix milliseconds."""
    saved_by: Mapped[str]
    """Account."""


class ApplicationRow(Base):
    """PRIVATE. An account that asks to act for an agency; nothing is public before a registrar has checked it."""

    __tablename__ = "applications"

    account: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    contact_name: Mapped[str]
    contact_phone: Mapped[str]
    asked_at: Mapped[int]
    """Unix milliseconds."""
    organisation: Mapped[str | None]
    """Set when it was admitted."""
    refused: Mapped[str | None]
    """Why it was not."""


class TieRow(Base):
    """PRIVATE. A keyed digest of a person, telephone, address or account behind a party; newest submission only."""

    __tablename__ = "ties"
    __table_args__ = (Index("ix_ties_digest", "digest", "tie"),)

    party: Mapped[str] = mapped_column(primary_key=True)
    """`agency:CODE` or `organisation:ID`."""
    source: Mapped[str] = mapped_column(primary_key=True)
    """Where it stands: `agency`, `legal_person`, `practitioner:ID`, `ties`; `record` of an agency without forms."""
    tie: Mapped[str] = mapped_column(primary_key=True)
    """`legal_person`, `controller`, `key_practitioner`, `practitioner`, `phone`, `address`, `account`, `contact`,
    `name`."""
    digest: Mapped[str] = mapped_column(primary_key=True)
    """64 hex digits, HMAC-SHA-256; persons share one space, so that one in two offices shows."""
    since: Mapped[int]
    """Row id of the entry since which the party has had this digest, whatever the form it stood in."""


class ForgottenFileRow(Base):
    """PRIVATE. A file whose description was erased, until the file itself is removed."""

    __tablename__ = "forgotten_files"

    sha256: Mapped[str] = mapped_column(primary_key=True)
