"""What the register knows, as plain values. Moments are Unix seconds; days are ISO dates."""

from registry.model.agencies import NO_CONTACT, Agency, Contact, Facts, Removal, Suspension
from registry.model.organisations import Holding, KeyState, Organisation, new_organisation_id

__all__ = [
    "NO_CONTACT",
    "Agency",
    "Contact",
    "Facts",
    "Holding",
    "KeyState",
    "Organisation",
    "Removal",
    "Suspension",
    "new_organisation_id",
]
