"""The three forms (三表), and what the registrar says of them.

Nothing here names a person: names, numbers, telephones and accounts are private values of the entry, known to the log
by salted commitments (`docs/registry-forms.md` lists their names).
"""

from typing import Literal

from audit.events import Event, Part

Form = Literal["agency", "legal_person", "practitioner"]
Premises = Literal["owned", "rented", "lent"]


class Certificate(Part):
    """A certificate (证书) that a practitioner holds; its number is private."""

    name: str
    issued: str
    """ISO date."""
    until: str | None
    """ISO date, its last day; null where it does not run out."""


class AgencyFormSubmitted(Event):
    """Agency form (机构情况登记表), a whole new version of it. Subject `agency:CODE`."""

    kind = "registry.agency_form_submitted"
    code: str
    """Unified social credit code."""
    version: int
    """1, 2, 3 ... of this form of this agency."""
    name: str
    organisation: str
    """Its organisation record."""
    legal_form: str
    founded: str
    """ISO date."""
    region: str
    """GB/T 2260, six digits."""
    address: str
    premises: Premises
    """By what right it has its office (经营场所)."""
    premises_area: int
    """Square metres."""
    capital: int
    """Registered capital, fen."""
    scope: list[str]
    """What its licence lets it do (经营范围), in paragraphs."""
    fields: list[str]
    """What it takes on (业务范围)."""
    recording_equipment: str
    office_equipment: str
    reason: str | None
    """Why it is given anew; null in version 1."""


class LegalPersonFormSubmitted(Event):
    """Legal person form (法人登记表), a whole new version of it. Subject `agency:CODE`."""

    kind = "registry.legal_person_form_submitted"
    code: str
    version: int
    term_from: str
    """ISO date on which the legal representative (法定代表人) took office."""
    term_until: str | None
    """ISO date, the last day in office; null where none is set."""
    reason: str | None


class PractitionerFormSubmitted(Event):
    """Practitioner form (从业人员登记表), a whole new version of one person's. Subject `agency:CODE`."""

    kind = "registry.practitioner_form_submitted"
    code: str
    practitioner: str
    """An opaque id, the same in every version; it says nothing of the person."""
    version: int
    key: bool
    """Whether this is one of the agency's key practitioners (主要从业人员), whose ties are a conflict of interest."""
    titles: list[str]
    certificates: list[Certificate]
    employed_since: str
    """ISO date."""
    insurance_months: int
    """Months of social insurance that this agency has paid."""
    fields: list[str]
    reason: str | None


class PractitionerLeft(Event):
    """A practitioner is no longer with the agency. Subject `agency:CODE`."""

    kind = "registry.practitioner_left"
    code: str
    practitioner: str
    day: str
    """ISO date, the first without."""


class FormVersion(Part):
    """One version of one form."""

    form: Form
    practitioner: str | None
    """Whose, of a practitioner form; else null."""
    version: int


class FormsAccepted(Event):
    """The registrar found these versions complete and put them on record (登记). Subject `agency:CODE`."""

    kind = "registry.forms_accepted"
    code: str
    forms: list[FormVersion]
    until: int
    """The first second at which they must have been renewed."""


class Fault(Part):
    """What is to be mended in one field of a form."""

    field: str
    reason: str


class FormReturned(Event):
    """The registrar gave a version back (退回补正), saying why field by field. Subject `agency:CODE`."""

    kind = "registry.form_returned"
    code: str
    form: Form
    practitioner: str | None
    version: int
    faults: list[Fault]
