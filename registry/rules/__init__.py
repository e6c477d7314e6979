"""What may be put on record, who may hold which roles, and who may be in a draw. No clock, no database."""

from registry.rules.acting import check_actor
from registry.rules.agencies import (
    MAX_DECISION_NUMBER,
    MAX_FIELDS,
    check_agency_organisation,
    check_can_reinstate,
    check_contact,
    check_decision,
    check_facts,
    check_region,
    check_suspension,
    facts_faults,
)
from registry.rules.credit import Credit, Line, credit
from registry.rules.independence import is_conflict, is_same_body
from registry.rules.organisations import check_key, check_organisation, check_organisation_id
from registry.rules.roles import (
    CAPACITY_OF_ROLE,
    HOLDER_KNOWN,
    NEED_ORGANISATION,
    OPERATING,
    PARTIES,
    SUPERVISING,
    check_account,
    check_role_organisation,
    check_roles_together,
)
from registry.rules.verdicts import ARTICLES, Check, In, Out, Reason
from registry.rules.who_is_in import checks, eligibility

__all__ = [
    "ARTICLES",
    "CAPACITY_OF_ROLE",
    "HOLDER_KNOWN",
    "MAX_DECISION_NUMBER",
    "MAX_FIELDS",
    "NEED_ORGANISATION",
    "OPERATING",
    "PARTIES",
    "SUPERVISING",
    "Check",
    "Credit",
    "In",
    "Line",
    "Out",
    "Reason",
    "check_account",
    "check_actor",
    "check_agency_organisation",
    "check_can_reinstate",
    "check_contact",
    "check_decision",
    "check_facts",
    "check_key",
    "check_organisation",
    "check_organisation_id",
    "check_region",
    "check_role_organisation",
    "check_roles_together",
    "check_suspension",
    "checks",
    "credit",
    "eligibility",
    "facts_faults",
    "is_conflict",
    "is_same_body",
]
