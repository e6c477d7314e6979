"""What can be done to the register, each as one transaction: lock, read, ask the rules, record."""

import registry.projection  # noqa: F401 - the commands' entries are applied by it
from registry.commands.admission import admit, ask_admission, refuse_applicant
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
from registry.commands.bidders import confirm_registration, refuse_registration, register_bidder
from registry.commands.erasing import Erased, erase_entry, erase_person
from registry.commands.findings import record_ties, review_findings
from registry.commands.forms import (
    accept_forms,
    practitioner_left,
    return_form,
    submit_agency_form,
    submit_legal_person_form,
    submit_practitioner_form,
)
from registry.commands.holding import known_agency
from registry.commands.opening_keys import record_opening_key, withdraw_opening_key
from registry.commands.organisations import amend_organisation, record_key, record_organisation, revoke_key
from registry.commands.roles import grant_role, record_holder, revoke_role
from registry.commands.rulebook import (
    acknowledge_conduct,
    commission_locks,
    commitment_on_paper,
    commitment_to_sign,
    publish_commitment,
    publish_conduct,
    publish_formula,
    record_commission,
    record_objection_upheld,
    sign_commitment,
)
from registry.commands.supervision import (
    answer_incident,
    decide_appeal,
    decide_incident,
    file_appeal,
    record_incident,
)

__all__ = [
    "Erased",
    "accept_forms",
    "acknowledge_conduct",
    "admit",
    "amend_agency",
    "amend_organisation",
    "answer_incident",
    "ask_admission",
    "changed_contact",
    "commission_locks",
    "commitment_on_paper",
    "commitment_to_sign",
    "confirm_registration",
    "decide_appeal",
    "decide_incident",
    "erase_entry",
    "erase_person",
    "facts_of",
    "file_appeal",
    "grant_role",
    "known_agency",
    "practitioner_left",
    "publish_commitment",
    "publish_conduct",
    "publish_formula",
    "record_agency",
    "record_commission",
    "record_facts",
    "record_holder",
    "record_incident",
    "record_key",
    "record_objection_upheld",
    "record_opening_key",
    "record_organisation",
    "record_ties",
    "refuse_applicant",
    "refuse_registration",
    "register_bidder",
    "reinstate_agency",
    "remove_agency",
    "return_form",
    "review_findings",
    "revoke_key",
    "revoke_role",
    "sign_commitment",
    "submit_agency_form",
    "submit_legal_person_form",
    "submit_practitioner_form",
    "suspend_agency",
    "withdraw_opening_key",
]
