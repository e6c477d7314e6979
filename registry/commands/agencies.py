"""Agencies on record, and what the supervisor decides on them."""

from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries, rules
from registry.authority import check_role
from registry.commands.holding import is_own_record, known_agency, known_organisation, organisation_locks, shared
from registry.events import AgencyAmended, AgencyRecorded, AgencyReinstated, AgencyRemoved, AgencySuspended
from registry.model import NO_CONTACT, Agency, Contact, Facts
from registry.names import check_name, check_text, name_key
from registry.uscc import check_uscc
from registry.working_days import day_of


def record_agency(act: Act, event: AgencyRecorded, contact: Contact = NO_CONTACT) -> int:
    """Put a new agency on record (登记). By a registrar, or the system's own command line."""
    facts = facts_of(event)
    _lock_agency(act, facts)
    check_role(act, "registrar", SYSTEM)
    if queries.agency(act.session, facts.code) is not None:
        raise errors.AgencyExists(code=facts.code)
    check_agency(act, facts, contact)
    return record_facts(act, facts, contact)


def amend_agency(act: Act, event: AgencyAmended, contact: Contact = NO_CONTACT) -> int:
    """Replace the facts of an agency on record (变更登记). What `contact` does not give stays as it was."""
    facts = facts_of(event)
    check_text(event.reason, "变更原因")
    _lock_agency(act, facts)
    check_role(act, "registrar", SYSTEM)
    former = known_agency(act, facts.code)
    if former.removal is not None:
        raise errors.AgencyIsRemoved(code=facts.code)
    check_agency(act, facts, contact)
    changed = changed_contact(queries.contacts(act.session, [facts.code]).get(facts.code, NO_CONTACT), contact)
    if former.facts == facts and changed == NO_CONTACT:
        raise errors.Unchanged(what=facts.code)
    return record_facts(act, facts, changed, event.reason)


def suspend_agency(act: Act, event: AgencySuspended) -> int:
    """Keep an agency out of every draw for a time. By the supervisor only; a draw's operator never can."""
    rules.check_decision(event.ground, event.decision_number)
    agency = _lock_for_decision(act, event.code, event.decision_number)
    if agency.removal is not None:
        raise errors.AgencyIsRemoved(code=event.code)
    rules.check_suspension(event.starts, event.until, act.at // 1000)
    return act.record(event, f"agency:{event.code}")


def reinstate_agency(act: Act, event: AgencyReinstated) -> int:
    """End every suspension and removal of an agency. By the supervisor only."""
    rules.check_decision(event.reason, event.decision_number)
    agency = _lock_for_decision(act, event.code, event.decision_number)
    rules.check_can_reinstate(agency, event.ends, act.at // 1000)
    return act.record(event, f"agency:{event.code}")


def remove_agency(act: Act, event: AgencyRemoved) -> int:
    """Strike an agency off. By the supervisor only; its record and history stay readable."""
    rules.check_decision(event.ground, event.decision_number)
    agency = _lock_for_decision(act, event.code, event.decision_number)
    if agency.removal is not None:
        raise errors.AgencyIsRemoved(code=event.code)
    return act.record(event, f"agency:{event.code}")


def record_facts(act: Act, facts: Facts, contact: Contact, reason: str | None = None) -> int:
    """Hand over the entry of facts that were checked; an amendment where there is a reason."""
    members = {
        "code": facts.code,
        "name": facts.name,
        "organisation": facts.organisation,
        "region": facts.region,
        "address": facts.address,
        "fields": list(facts.fields),
        "founded": facts.founded,
    }
    event = AgencyRecorded.of(members) if reason is None else AgencyAmended.of(members | {"reason": reason})
    values = {"contact_name": contact.name, "contact_phone": contact.phone}
    private = {name: value.encode() for name, value in values.items() if value is not None}
    return act.record(event, f"agency:{facts.code}", private=private)


def facts_of(event: AgencyRecorded) -> Facts:
    """Raises BadCode and BadText for code and name, since these are what gets locked."""
    check_name(event.name, "机构名称")
    return Facts(
        code=check_uscc(event.code),
        name=event.name,
        organisation=event.organisation,
        region=event.region,
        address=event.address,
        fields=tuple(event.fields),
        founded=event.founded,
    )


def changed_contact(former: Contact, given: Contact) -> Contact:
    """What of `given` is new; the rest is None."""
    return Contact(
        given.name if given.name != former.name else None, given.phone if given.phone != former.phone else None
    )


def _lock_agency(act: Act, facts: Facts) -> None:
    tied = organisation_locks(facts.organisation)
    act.lock(f"agency:{facts.code}", f"name:{name_key(facts.name)}", *tied, shared=shared(act))


def check_agency(act: Act, facts: Facts, contact: Contact) -> None:
    """Refuse facts that may not be put on record beside what is. Raises a Refusal that names the first fault."""
    rules.check_facts(facts, day_of(act.at // 1000))
    rules.check_contact(contact)
    if facts.organisation is not None:
        rules.check_agency_organisation(facts, known_organisation(act, facts.organisation))
        other = queries.agency_of(act.session, facts.organisation)
        if other is not None and other.code != facts.code:
            raise errors.OrganisationHasAgency(organisation=facts.organisation, other=other.code)
    for agency in queries.agencies_named(act.session, facts.name):
        if agency.code != facts.code:
            raise errors.NameTaken(name=facts.name, other=agency.name, holder=agency.code)
    for organisation in queries.organisations_named(act.session, facts.name):
        if not is_own_record(facts, organisation):
            raise errors.NameTaken(name=facts.name, other=organisation.name, holder=organisation.id)


def _lock_for_decision(act: Act, code: str, decision_number: str) -> Agency:
    """The agency that a supervisor's decision is about; a decision is recorded once."""
    if code != check_uscc(code):
        raise errors.NoSuchAgency(code=code)
    act.lock(f"agency:{code}", shared=shared(act))
    check_role(act, "supervisor")
    agency = known_agency(act, code)
    if queries.decision_is_recorded(act.session, code, decision_number):
        raise errors.DecisionRecorded(code=code, decision_number=decision_number)
    return agency
