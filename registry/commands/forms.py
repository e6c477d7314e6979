"""The three forms (三表): handed in, accepted, returned; practitioners who leave.

An agent acts for its own organisation, holding the agency alone. A registrar, or the system's own command line, may
hand in for an agency what came on paper; such an act holds the whole register.
"""

from collections.abc import Sequence

from audit.act import Act
from audit.entry import SYSTEM, File
from registry import documents, errors
from registry.authority import REGISTRY, acts_as, agency_organisation, check_role
from registry.commands.admission import known_organisation_for
from registry.commands.findings import FINDINGS, NOBODY, replace_ties, review_agency
from registry.commands.holding import shared
from registry.commands.intake import (
    present_practitioner,
    take_in_agency_form,
    take_in_legal_person_form,
    take_in_practitioner_form,
    take_on_record,
    today_of,
    waiting_state,
)
from registry.events import (
    FormReturned,
    FormVersion,
    PractitionerLeft,
)
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    LegalPersonForm,
    LegalPersonPrivate,
    Organisation,
    PractitionerForm,
    PractitionerPrivate,
)
from registry.queries import forms as known
from registry.rules import forms as rules
from registry.uscc import check_uscc


def submit_agency_form(
    act: Act, code: str, form: AgencyForm, private: AgencyPrivate, *, key: bytes, files: Sequence[File] = ()
) -> int:
    """Hand in the agency form, a whole new version; return its entry. By the agency's agent, or a registrar.

    key: of the digests (`audit.keys.load_digest_key`). files: public ones, already stored.
    Raises FormFaults with every fault, NotThatAgency, BadCode.
    """
    code = check_uscc(code)
    _lock(act, code)
    organisation = _submitter(act, code)
    return take_in_agency_form(act, organisation, code, form, private, key=key, files=files)


def submit_legal_person_form(
    act: Act, code: str, form: LegalPersonForm, private: LegalPersonPrivate, *, key: bytes
) -> int:
    """Hand in the legal person form, as `submit_agency_form` does."""
    code = check_uscc(code)
    _lock(act, code)
    organisation = _on_record(act, code)
    return take_in_legal_person_form(act, organisation, code, form, private, key=key)


def submit_practitioner_form(
    act: Act, code: str, practitioner: str | None, form: PractitionerForm, private: PractitionerPrivate, *, key: bytes
) -> int:
    """Hand in a practitioner's form: a new person's where `practitioner` is None, else that person's next version.

    Raises NoSuchPractitioner besides what `submit_agency_form` does.
    """
    code = check_uscc(code)
    _lock(act, code)
    organisation = _on_record(act, code)
    return take_in_practitioner_form(act, organisation, code, practitioner, form, private, key=key)


def practitioner_left(act: Act, event: PractitionerLeft) -> int:
    """Put on record that a practitioner is with the agency no longer. By the agency's agent, or a registrar.

    Raises NoSuchPractitioner, BadFact.
    """
    code = check_uscc(event.code)
    _lock(act, code)
    _on_record(act, code)
    rules.check_leaving(event.day, today_of(act))
    present_practitioner(known.states(act.session, code), code, event.practitioner)
    entry_id = act.record(event, f"agency:{code}")
    replace_ties(act, entry_id, f"agency:{code}", f"practitioner:{event.practitioner}", NOBODY)
    review_agency(act, code)
    return entry_id


def accept_forms(act: Act, code: str, forms: Sequence[FormVersion]) -> int:
    """Take versions that wait on record (登记) until they must be renewed; return the entry. By a registrar.

    With the agency form, the agency's facts are put on record too, or amended where they differ.
    Raises NoSuchForm, FormNotWaiting, AgencyIsRemoved, NameTaken.
    """
    code = check_uscc(code)
    act.lock(REGISTRY, FINDINGS)
    check_role(act, "registrar", SYSTEM)
    act.covers(f"agency:{code}")
    entry_id = take_on_record(act, code, forms)
    review_agency(act, code)
    return entry_id


def return_form(act: Act, event: FormReturned) -> int:
    """Give a version that waits back, saying why field by field (退回补正). By a registrar.

    Raises NoSuchForm, FormNotWaiting, BadFact, BadText.
    """
    code = check_uscc(event.code)
    act.lock(f"agency:{code}", shared=shared(act))
    check_role(act, "registrar", SYSTEM)
    rules.check_faults(event.form, event.faults)
    waiting_state(known.states(act.session, code), code, event.form, event.practitioner, event.version)
    return act.record(event, f"agency:{code}")


def _lock(act: Act, code: str) -> None:
    if acts_as(act, "agent"):
        act.lock(f"agency:{code}", FINDINGS, shared=[*shared(act), documents.DOCUMENTS])
    else:
        act.lock(REGISTRY, FINDINGS, shared=[documents.DOCUMENTS])
        act.covers(f"agency:{code}")


def _submitter(act: Act, code: str) -> Organisation | None:
    """The agency's organisation; None where a registrar acts for an agency that nobody has put on record.

    Raises NotPermitted, RoleMissing, NotThatAgency.
    """
    check_role(act, "agent", "registrar", SYSTEM)
    if acts_as(act, "agent"):
        return agency_organisation(act, code)
    return known_organisation_for(act, code)


def _on_record(act: Act, code: str) -> Organisation:
    """The same, for whom the agency form must have come first. Raises NoSuchAgency."""
    organisation = _submitter(act, code)
    if organisation is None:
        raise errors.NoSuchAgency(code=code)
    return organisation
