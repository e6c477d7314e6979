"""What the register answers: to rules the newest of all, to pages (`placed`) only what has its place in the log."""

from registry.queries.changes import (
    Change,
    history,
    organisation_history,
)
from registry.queries.holdings import (
    all_roles,
    held_now,
    holder,
    roles,
    roles_of_person,
    with_role_changes,
)
from registry.queries.on_record import (
    agencies,
    agencies_named,
    agency,
    agency_of,
    contacts,
    decision_is_recorded,
    find_agencies,
)
from registry.queries.opening_keys import key_holders, opening_key, opening_keys, opening_keys_in_force
from registry.queries.parties import (
    ever_had_key,
    key_history,
    key_owner,
    keys_in_force,
    organisation,
    organisation_named,
    organisation_with_code,
    organisations,
    organisations_named,
)

__all__ = [
    "Change",
    "agencies",
    "agencies_named",
    "agency",
    "agency_of",
    "all_roles",
    "contacts",
    "decision_is_recorded",
    "ever_had_key",
    "find_agencies",
    "held_now",
    "history",
    "holder",
    "key_history",
    "key_holders",
    "key_owner",
    "keys_in_force",
    "opening_key",
    "opening_keys",
    "opening_keys_in_force",
    "organisation",
    "organisation_history",
    "organisation_named",
    "organisation_with_code",
    "organisations",
    "organisations_named",
    "roles",
    "roles_of_person",
    "with_role_changes",
]
