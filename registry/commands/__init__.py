"""What can be done to the register, each as one transaction: lock, read, ask the rules, record."""

import registry.projection  # noqa: F401 - the commands' entries are applied by it
from registry.commands.agencies import (
    amend_agency,
    changed_contact,
    facts_of,
    record_agency,
    record_facts,
    reinstate_agency,
    remove_agency,
    suspend_agency,
)
from registry.commands.holding import known_agency
from registry.commands.organisations import amend_organisation, record_key, record_organisation, revoke_key
from registry.commands.roles import grant_role, record_holder, revoke_role

__all__ = [
    "amend_agency",
    "amend_organisation",
    "changed_contact",
    "facts_of",
    "grant_role",
    "known_agency",
    "record_agency",
    "record_facts",
    "record_holder",
    "record_key",
    "record_organisation",
    "reinstate_agency",
    "remove_agency",
    "revoke_key",
    "revoke_role",
    "suspend_agency",
]
