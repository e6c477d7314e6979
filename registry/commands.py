"""What can be done to the register, each as one transaction: lock, read, ask the rules, record.

Every command shares `registry`: whatever rests on the whole register, such as a roster's freeze, takes that for itself
and then knows that nothing moves. What must be unique (a name, a code, a key) is locked by itself, since two different
subjects could ask for it at once.
"""

import registry.projection  # noqa: F401 - the commands' entries are applied by it
from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries, rules
from registry.authority import REGISTRY, account_locks, check_role
from registry.events import (
    AgencyAmended,
    AgencyRecorded,
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
    KeyRecorded,
    KeyRevoked,
    OrganisationRecorded,
    RoleGranted,
    RoleRevoked,
)
from registry.model import NO_CONTACT, Agency, Contact, Facts, Organisation
from registry.names import check_name, check_text, name_key
from registry.tables import AccountHolderRow
from registry.uscc import check_uscc
from registry.working_days import day_of

ROLES = "roles"
"""Held to grant a role: the rule rests on all accounts of one person, which only reading can tell."""

# Organisations


def record_organisation(act: Act, event: OrganisationRecorded) -> int:
    """Put a new organisation on record. By a registrar, or the system's own command line."""
    organisation = rules.check_organisation(_organisation(event))
    _lock_organisation(act, organisation)
    check_role(act, "registrar", SYSTEM)
    if queries.organisation(act.session, organisation.id) is not None:
        raise errors.OrganisationExists(organisation=organisation.id)
    return _record_organisation(act, organisation)


def amend_organisation(act: Act, event: OrganisationRecorded) -> int:
    """Replace the facts of an organisation on record; its code, once given, stays."""
    organisation = rules.check_organisation(_organisation(event))
    _lock_organisation(act, organisation)
    check_role(act, "registrar", SYSTEM)
    former = _known_organisation(act, organisation.id)
    if former == organisation:
        raise errors.Unchanged(what=organisation.id)
    if former.code not in (None, organisation.code):
        raise errors.CodeFixed(organisation=organisation.id, recorded=former.code, code=organisation.code)
    return _record_organisation(act, organisation)


def _lock_organisation(act: Act, organisation: Organisation) -> None:
    code = [] if organisation.code is None else [f"code:{organisation.code}"]
    act.lock(f"organisation:{organisation.id}", f"name:{name_key(organisation.name)}", *code, shared=_shared(act))


def _record_organisation(act: Act, organisation: Organisation) -> int:
    if organisation.code is not None:
        holder = queries.organisation_with_code(act.session, organisation.code)
        if holder is not None and holder.id != organisation.id:
            raise errors.CodeTaken(code=organisation.code, holder=holder.name)
    for other in queries.organisations_named(act.session, organisation.name):
        if other.id != organisation.id:
            raise errors.NameTaken(name=organisation.name, other=other.name, holder=other.id)
    for agency in queries.agencies_named(act.session, organisation.name):
        if not _is_own_record(agency.facts, organisation):
            raise errors.NameTaken(name=organisation.name, other=agency.name, holder=agency.code)
    return act.record(
        OrganisationRecorded(
            organisation=organisation.id,
            name=organisation.name,
            code=organisation.code,
            capacities=list(organisation.capacities),
        ),
        f"organisation:{organisation.id}",
    )


def _organisation(event: OrganisationRecorded) -> Organisation:
    return Organisation(event.organisation, event.name, event.code, tuple(event.capacities))


def _is_own_record(facts: Facts, organisation: Organisation) -> bool:
    """Whether an agency and an organisation may bear one name, being one."""
    return facts.organisation == organisation.id or facts.code == organisation.code


# Keys


def record_key(act: Act, event: KeyRecorded) -> int:
    """Let a key's signatures stand for an organisation from now on."""
    rules.check_organisation_id(event.organisation)
    rules.check_key(event.key)
    act.lock(f"organisation:{event.organisation}", f"key:{event.key}", shared=_shared(act))
    check_role(act, "registrar", SYSTEM)
    _known_organisation(act, event.organisation)
    owner = queries.key_owner(act.session, event.key)
    if owner is not None:
        raise errors.KeyTaken(key=event.key, holder=owner.organisation)
    return act.record(event, f"organisation:{event.organisation}")


def revoke_key(act: Act, event: KeyRevoked) -> int:
    """Let a key's signatures count no longer."""
    rules.check_organisation_id(event.organisation)
    rules.check_key(event.key)
    check_text(event.reason, "原因")
    act.lock(f"organisation:{event.organisation}", shared=_shared(act))
    check_role(act, "registrar", SYSTEM)
    if event.key not in queries.keys_in_force(act.session, event.organisation):
        raise errors.NoSuchKey(key=event.key, organisation=event.organisation)
    return act.record(event, f"organisation:{event.organisation}")


# Roles


def grant_role(act: Act, event: RoleGranted, identity_digest: str | None = None) -> int:
    """Let an account act in a role. identity_digest: the holder's, where it is first given with this grant."""
    rules.check_account(event.account)
    act.lock(f"account:{event.account}", ROLES, shared=[*_shared(act), *_organisation_locks(event.organisation)])
    check_role(act, "admin", SYSTEM)
    organisation = None if event.organisation is None else _known_organisation(act, event.organisation)
    rules.check_role_organisation(event.role, organisation)
    if identity_digest is not None:
        _record_holder(act, event.account, identity_digest)
    holder = queries.holder(act.session, event.account)
    if holder is None and event.role in rules.HOLDER_KNOWN:
        raise errors.HolderUnknown(role=event.role, account=event.account)
    held = queries.roles(act.session, event.account)
    if any(holding.role == event.role for holding in held):
        raise errors.RoleHeld(account=event.account, role=event.role)
    if holder is not None:
        held = queries.roles_of_person(act.session, holder)
    rules.check_roles_together(event.role, {holding.role for holding in held})
    return act.record(event, f"account:{event.account}")


def revoke_role(act: Act, event: RoleRevoked) -> int:
    """Take a role back from an account."""
    rules.check_account(event.account)
    check_text(event.reason, "原因")
    act.lock(f"account:{event.account}", ROLES, shared=_shared(act))
    check_role(act, "admin", SYSTEM)
    if all(holding.role != event.role for holding in queries.roles(act.session, event.account)):
        raise errors.RoleNotHeld(account=event.account, role=event.role)
    return act.record(event, f"account:{event.account}")


def record_holder(act: Act, account: str, identity_digest: str) -> None:
    """Keep whose account it is, privately: no entry tells. A person's accounts must not add up to both sides."""
    rules.check_account(account)
    act.lock(f"account:{account}", ROLES, shared=_shared(act))
    check_role(act, "admin", SYSTEM)
    _record_holder(act, account, identity_digest)


def _record_holder(act: Act, account: str, identity_digest: str) -> None:
    assert len(identity_digest) == 64
    known = queries.holder(act.session, account)
    if known not in (None, identity_digest):
        raise errors.HolderDiffers(account=account)
    if known is None:
        elsewhere = {holding.role for holding in queries.roles_of_person(act.session, identity_digest)}
        for holding in queries.roles(act.session, account):
            rules.check_roles_together(holding.role, elsewhere)
        act.session.add(AccountHolderRow(account=account, identity_digest=identity_digest))
        act.session.flush()


# Agencies


def record_agency(act: Act, event: AgencyRecorded, contact: Contact = NO_CONTACT) -> int:
    """Put a new agency on record (登记). By a registrar, or the system's own command line."""
    facts = facts_of(event)
    _lock_agency(act, facts)
    check_role(act, "registrar", SYSTEM)
    if queries.agency(act.session, facts.code) is not None:
        raise errors.AgencyExists(code=facts.code)
    _check_agency(act, facts, contact)
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
    _check_agency(act, facts, contact)
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
    rules.check_can_reinstate(agency, act.at // 1000)
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


def _shared(act: Act) -> list[str]:
    """What every command here shares."""
    return [REGISTRY, *account_locks(act)]


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


def known_agency(act: Act, code: str) -> Agency:
    """Raises NoSuchAgency."""
    agency = queries.agency(act.session, code)
    if agency is None:
        raise errors.NoSuchAgency(code=code)
    return agency


def _known_organisation(act: Act, organisation_id: str) -> Organisation:
    organisation = queries.organisation(act.session, organisation_id)
    if organisation is None:
        raise errors.NoSuchOrganisation(organisation=organisation_id)
    return organisation


def _lock_agency(act: Act, facts: Facts) -> None:
    tied = _organisation_locks(facts.organisation)
    act.lock(f"agency:{facts.code}", f"name:{name_key(facts.name)}", *tied, shared=_shared(act))


def _organisation_locks(organisation_id: str | None) -> list[str]:
    if organisation_id is None:
        return []
    rules.check_organisation_id(organisation_id)
    return [f"organisation:{organisation_id}"]


def _check_agency(act: Act, facts: Facts, contact: Contact) -> None:
    rules.check_facts(facts, day_of(act.at // 1000))
    rules.check_contact(contact)
    if facts.organisation is not None:
        rules.check_agency_organisation(facts, _known_organisation(act, facts.organisation))
        other = queries.agency_of(act.session, facts.organisation)
        if other is not None and other.code != facts.code:
            raise errors.OrganisationHasAgency(organisation=facts.organisation, other=other.code)
    for agency in queries.agencies_named(act.session, facts.name):
        if agency.code != facts.code:
            raise errors.NameTaken(name=facts.name, other=agency.name, holder=agency.code)
    for organisation in queries.organisations_named(act.session, facts.name):
        if not _is_own_record(facts, organisation):
            raise errors.NameTaken(name=facts.name, other=organisation.name, holder=organisation.id)


def _lock_for_decision(act: Act, code: str, decision_number: str) -> Agency:
    """The agency that a supervisor's decision is about; a decision is recorded once."""
    if code != check_uscc(code):
        raise errors.NoSuchAgency(code=code)
    act.lock(f"agency:{code}", shared=_shared(act))
    check_role(act, "supervisor")
    agency = known_agency(act, code)
    if queries.decision_is_recorded(act.session, code, decision_number):
        raise errors.DecisionRecorded(code=code, decision_number=decision_number)
    return agency
