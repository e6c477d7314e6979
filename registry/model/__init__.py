"""What the register knows, as plain values. Moments are Unix seconds; days are ISO dates."""

from registry.model.agencies import NO_CONTACT, Agency, Contact, Facts, Removal, Suspension
from registry.model.forms import (
    AgencyForm,
    AgencyPrivate,
    FormEvent,
    LegalPersonForm,
    LegalPersonPrivate,
    OrganisationTies,
    PractitionerForm,
    PractitionerPrivate,
    new_practitioner_id,
)
from registry.model.organisations import Holding, KeyState, Organisation, new_organisation_id

__all__ = [
    "NO_CONTACT",
    "Agency",
    "AgencyForm",
    "AgencyPrivate",
    "Contact",
    "Facts",
    "FormEvent",
    "Holding",
    "KeyState",
    "LegalPersonForm",
    "LegalPersonPrivate",
    "Organisation",
    "OrganisationTies",
    "PractitionerForm",
    "PractitionerPrivate",
    "Removal",
    "Suspension",
    "new_organisation_id",
    "new_practitioner_id",
]
