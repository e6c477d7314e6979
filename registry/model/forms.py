"""The three forms (三表) as they are handed in: what becomes public for ever, and what stays private."""

import secrets
from dataclasses import dataclass

from registry.events import (
    AgencyFormSubmitted,
    Certificate,
    LegalPersonFormSubmitted,
    PractitionerFormSubmitted,
    Premises,
)

FormEvent = AgencyFormSubmitted | LegalPersonFormSubmitted | PractitionerFormSubmitted


@dataclass(frozen=True)
class AgencyForm:
    """Agency form (机构情况登记表); members as in `AgencyFormSubmitted`. capital: fen. premises_area: square metres."""

    name: str
    legal_form: str
    founded: str
    region: str
    address: str
    premises: Premises
    premises_area: int
    capital: int
    scope: tuple[str, ...]
    fields: tuple[str, ...]
    recording_equipment: str
    office_equipment: str
    reason: str | None = None


@dataclass(frozen=True)
class AgencyPrivate:
    """PRIVATE part of the agency form."""

    contact_name: str
    contact_phone: str
    bank_name: str
    bank_account: str
    """Digits, blanks and hyphens."""
    controller_name: str
    controller_number: str
    """Of who controls it (实际控制人): an identity number or a unified social credit code."""
    licence: bytes | None
    """The scan of its business licence (营业执照), as `documents.store` returned it.

    None where a registrar hands in what came on paper and has seen the licence itself.
    """


@dataclass(frozen=True)
class LegalPersonForm:
    """Legal person form (法人登记表)."""

    term_from: str
    term_until: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class LegalPersonPrivate:
    """PRIVATE part of it; the name is shown until it is erased."""

    name: str
    identity_number: str
    phone: str


@dataclass(frozen=True)
class PractitionerForm:
    """Practitioner form (从业人员登记表)."""

    key: bool
    titles: tuple[str, ...]
    certificates: tuple[Certificate, ...]
    employed_since: str
    insurance_months: int
    fields: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True)
class PractitionerPrivate:
    """PRIVATE part of it; the name and the certificates' numbers are shown until they are erased."""

    name: str
    identity_number: str
    certificate_numbers: tuple[str, ...] = ()
    """One for each of the form's certificates, in their order."""


@dataclass(frozen=True)
class OrganisationTies:
    """PRIVATE. Identity numbers, or codes, of who stands behind a tenderer or a seat's holder (利害关系)."""

    legal_person_number: str | None = None
    controller_number: str | None = None
    key_persons: tuple[str, ...] = ()


def new_practitioner_id() -> str:
    """An opaque id that says nothing of the person."""
    return f"p-{secrets.token_hex(8)}"
