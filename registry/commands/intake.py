"""What handing in and accepting a form does once the locks are held: an import does it for many agencies in one act."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from audit import canonical
from audit.act import Act
from audit.entry import File
from audit.events import Part
from registry import documents, errors, queries
from registry.authority import acts_as
from registry.commands.admission import organisation_for
from registry.commands.agencies import check_agency, record_facts
from registry.commands.findings import replace_ties, review_agency, tie_controller
from registry.commands.holding import is_own_record, known_organisation
from registry.commands.organisations import record_checked_organisation
from registry.drafts import drop
from registry.events import (
    AgencyFormSubmitted,
    Form,
    FormsAccepted,
    FormVersion,
    LegalPersonFormSubmitted,
    PractitionerFormSubmitted,
)
from registry.identity import check_identity_number
from registry.model import (
    NO_CONTACT,
    AgencyForm,
    AgencyPrivate,
    Facts,
    LegalPersonForm,
    LegalPersonPrivate,
    Organisation,
    PractitionerForm,
    PractitionerPrivate,
    new_practitioner_id,
)
from registry.queries import findings as found
from registry.queries import forms as known
from registry.queries.forms import FormKey, FormState
from registry.rules import forms as rules
from registry.rules.fields import check_number, faults_of
from registry.ties import agency_ties, legal_person_ties, practitioner_ties
from registry.working_days import day_of

ACCEPTED = "登记表通过"
"""Why an agency's facts on record change where its form gives no reason."""


def take_in_agency_form(
    act: Act,
    organisation: Organisation | None,
    code: str,
    form: AgencyForm,
    private: AgencyPrivate,
    *,
    key: bytes,
    files: Sequence[File] = (),
    compare: bool = True,
) -> int:
    """organisation: the agency's; None: it is looked up, or put on record, once the form has no fault.

    compare: False where the whole register is reviewed afterwards. Raises FormFaults.
    """
    version, today = _next_version(act, code, "agency"), today_of(act)
    faults = rules.agency_form_faults(code, form, private, version, today)
    faults += faults_of(
        (
            ("name", lambda: _check_name_is_free(act, code, form.name)),
            ("licence", lambda: _check_licence(act, private.licence)),
        )
    )
    _refuse(faults, "agency")
    if organisation is None:
        organisation = organisation_for(act, code, form.name)
    event = AgencyFormSubmitted.of({"code": code, "version": version, "organisation": organisation.id} | _public(form))
    number = check_number(private.controller_number, "controller_number", today)
    private = replace(private, controller_number=number)
    given = {name: value for name, value in vars(private).items() if value is not None}
    values = {name: value if isinstance(value, bytes) else value.encode() for name, value in given.items()}
    entry_id = act.record(event, f"agency:{code}", private=values, files=files)
    ties = agency_ties(key, code, form, private, today)
    replace_ties(act, entry_id, f"agency:{code}", "agency", ties, compare=compare)
    if compare:
        tie_controller(act, number, key)
    drop(act.session, organisation.id, "agency")
    return entry_id


def take_in_legal_person_form(
    act: Act,
    organisation: Organisation,
    code: str,
    form: LegalPersonForm,
    private: LegalPersonPrivate,
    *,
    key: bytes,
    compare: bool = True,
) -> int:
    """compare: False where the whole register is reviewed afterwards. Raises FormFaults."""
    version, today = _next_version(act, code, "legal_person"), today_of(act)
    _refuse(rules.legal_person_form_faults(form, private, version, today), "legal_person")
    event = LegalPersonFormSubmitted.of({"code": code, "version": version} | _public(form))
    private = replace(private, identity_number=check_identity_number(private.identity_number, today))
    values = {name: value.encode() for name, value in vars(private).items()}
    entry_id = act.record(event, f"agency:{code}", private=values)
    ties = legal_person_ties(key, private, today)
    replace_ties(act, entry_id, f"agency:{code}", "legal_person", ties, compare=compare)
    drop(act.session, organisation.id, "legal_person")
    return entry_id


def take_in_practitioner_form(
    act: Act,
    organisation: Organisation,
    code: str,
    practitioner: str | None,
    form: PractitionerForm,
    private: PractitionerPrivate,
    *,
    key: bytes,
    compare: bool = True,
) -> int:
    """compare: False where the whole register is reviewed afterwards. Raises FormFaults, NoSuchPractitioner."""
    today, version, former = today_of(act), 1, None
    if practitioner is not None:
        former = present_practitioner(known.states(act.session, code), code, practitioner)
        version = former.version + 1
    _refuse(rules.practitioner_form_faults(form, private, version, today), "practitioner")
    private = replace(private, identity_number=check_identity_number(private.identity_number, today))
    ties = practitioner_ties(key, form, private, today)
    person = {digest for _, digest in ties}
    _refuse(faults_of((("identity_number", lambda: _check_person(act, code, former, person)),)), "practitioner")
    whose = practitioner or new_practitioner_id()
    event = PractitionerFormSubmitted.of({"code": code, "practitioner": whose, "version": version} | _public(form))
    values = {
        "name": private.name.encode(),
        "identity_number": private.identity_number.encode(),
        "certificate_numbers": canonical.encode(list(private.certificate_numbers)),
    }
    entry_id = act.record(event, f"agency:{code}", private=values)
    replace_ties(act, entry_id, f"agency:{code}", f"practitioner:{whose}", ties, compare=compare)
    if compare:
        review_agency(act, code)
    drop(act.session, organisation.id, "practitioner", practitioner)
    return entry_id


def take_on_record(act: Act, code: str, forms: Sequence[FormVersion]) -> int:
    """Accept these versions. The caller holds the whole register, and reviews it, or the agency, afterwards."""
    agency = queries.agency(act.session, code)
    if agency is not None and agency.removal is not None:
        raise errors.AgencyIsRemoved(code=code)
    states = known.states(act.session, code)
    chosen: dict[FormKey, FormState] = {}
    for one in forms:
        state = waiting_state(states, code, one.form, one.practitioner, one.version)
        if (one.form, one.practitioner) in chosen:
            raise errors.FormNotWaiting(code=code, version=one.version)
        chosen[one.form, one.practitioner] = state
    if not chosen:
        raise errors.NoSuchForm(code=code, version="-")
    listed = [
        FormVersion(form=state.form, practitioner=state.practitioner, version=state.version)
        for _, state in sorted(chosen.items(), key=lambda item: (item[0][0], item[0][1] or ""))
    ]
    event = FormsAccepted(code=code, forms=listed, until=rules.renewal_until(today_of(act)))
    entry_id = act.record(event, f"agency:{code}")
    if ("agency", None) in chosen:
        submitted = known.version(act.session, chosen["agency", None].entry_id)
        assert isinstance(submitted, AgencyFormSubmitted)
        _put_on_record(act, submitted)
    return entry_id


def _put_on_record(act: Act, form: AgencyFormSubmitted) -> None:
    """Make the form's facts those of the agency's record, and its name that of the organisation's."""
    organisation = known_organisation(act, form.organisation)
    if organisation.name != form.name:
        act.covers(f"organisation:{organisation.id}")
        record_checked_organisation(act, replace(organisation, name=form.name))
    facts = Facts(
        code=form.code,
        name=form.name,
        organisation=form.organisation,
        region=form.region,
        address=form.address,
        fields=tuple(form.fields),
        founded=form.founded,
    )
    check_agency(act, facts, NO_CONTACT)
    former = queries.agency(act.session, form.code)
    if former is None:
        record_facts(act, facts, NO_CONTACT)
    elif former.facts != facts:
        record_facts(act, facts, NO_CONTACT, form.reason or ACCEPTED)


def _next_version(act: Act, code: str, form: Form) -> int:
    state = known.states(act.session, code).get((form, None))
    return 1 if state is None else state.version + 1


def present_practitioner(states: dict[FormKey, FormState], code: str, practitioner: str) -> FormState:
    state = states.get(("practitioner", practitioner))
    if state is None or state.left is not None:
        raise errors.NoSuchPractitioner(code=code, practitioner=practitioner[:40])
    return state


def waiting_state(
    states: dict[FormKey, FormState], code: str, form: Form, practitioner: str | None, version: int
) -> FormState:
    state = states.get((form, practitioner))
    if state is None or version > state.version:
        raise errors.NoSuchForm(code=code, version=version)
    if version < state.version or state.decided != "waiting" or state.left is not None:
        raise errors.FormNotWaiting(code=code, version=version)
    return state


def _check_name_is_free(act: Act, code: str, name: str) -> None:
    """Raises NameTaken. Asked again when the form is accepted, which holds the whole register."""
    own = queries.agency(act.session, code)
    facts = Facts(code, name, None, "", "", (), None) if own is None else own.facts
    for other in queries.organisations_named(act.session, name):
        if not is_own_record(facts, other):
            raise errors.NameTaken(name=name, other=other.name, holder=other.id)
    for agency in queries.agencies_named(act.session, name):
        if agency.code != code:
            raise errors.NameTaken(name=name, other=agency.name, holder=agency.code)


def _check_licence(act: Act, licence: bytes | None) -> None:
    """Raises BadFact, DocumentMissing."""
    if licence is not None:
        documents.check_stored(act.blobs, licence)
    elif acts_as(act, "agent"):
        raise errors.BadFact(field="营业执照", why_zh="须上传扫描件", why_en="a scan is needed")


def _check_person(act: Act, code: str, former: FormState | None, person: set[str]) -> None:
    """A person has one form with an agency, which once accepted stays theirs. Raises PersonListed, PersonDiffers."""
    own = None if former is None else f"practitioner:{former.practitioner}"
    held = [row for row in found.held_by(act.session, f"agency:{code}") if row.source.startswith("practitioner:")]
    if any(row.digest in person and row.source != own for row in held):
        raise errors.PersonListed
    known_person = {row.digest for row in held if row.source == own}
    if former is not None and former.accepted is not None and known_person and known_person != person:
        raise errors.PersonDiffers


def _refuse(faults: list[errors.FieldFault], form: Form) -> None:
    if faults:
        raise errors.FormFaults(rules.in_order(form, faults))


def _public(form: AgencyForm | LegalPersonForm | PractitionerForm) -> dict[str, Any]:
    """The members of a form as those of an entry's body."""
    return {
        name: [_plain(one) for one in value] if isinstance(value, tuple) else value
        for name, value in vars(form).items()
    }


def _plain(value: str | Part) -> Any:
    return value.model_dump() if isinstance(value, Part) else value


def today_of(act: Act) -> date:
    return day_of(act.at // 1000)
