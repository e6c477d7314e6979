"""Organisations and the keys that sign for them."""

from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries, rules
from registry.authority import acts_as, check_role, organisation_of
from registry.commands.holding import is_own_record, known_organisation, shared
from registry.events import KeyRecorded, KeyRevoked, OrganisationRecorded
from registry.model import Organisation
from registry.names import check_text, name_key


def record_organisation(act: Act, event: OrganisationRecorded) -> int:
    """Put a new organisation on record. By a registrar, or the system's own command line."""
    organisation = rules.check_organisation(_organisation(event))
    _lock_organisation(act, organisation)
    check_role(act, "registrar", SYSTEM)
    if queries.organisation(act.session, organisation.id) is not None:
        raise errors.OrganisationExists(organisation=organisation.id)
    return record_checked_organisation(act, organisation)


def amend_organisation(act: Act, event: OrganisationRecorded) -> int:
    """Replace the facts of an organisation on record; its code, once given, stays."""
    organisation = rules.check_organisation(_organisation(event))
    _lock_organisation(act, organisation)
    check_role(act, "registrar", SYSTEM)
    former = known_organisation(act, organisation.id)
    if former == organisation:
        raise errors.Unchanged(what=organisation.id)
    if former.code not in (None, organisation.code):
        raise errors.CodeFixed(organisation=organisation.id, recorded=former.code, code=organisation.code)
    return record_checked_organisation(act, organisation)


def _lock_organisation(act: Act, organisation: Organisation) -> None:
    code = [] if organisation.code is None else [f"code:{organisation.code}"]
    act.lock(f"organisation:{organisation.id}", f"name:{name_key(organisation.name)}", *code, shared=shared(act))


def record_checked_organisation(act: Act, organisation: Organisation) -> int:
    """Hand over the entry of facts that were checked by themselves. Raises CodeTaken, NameTaken."""
    if organisation.code is not None:
        holder = queries.organisation_with_code(act.session, organisation.code)
        if holder is not None and holder.id != organisation.id:
            raise errors.CodeTaken(code=organisation.code, holder=holder.name)
    for other in queries.organisations_named(act.session, organisation.name):
        if other.id != organisation.id:
            raise errors.NameTaken(name=organisation.name, other=other.name, holder=other.id)
    for agency in queries.agencies_named(act.session, organisation.name):
        if not is_own_record(agency.facts, organisation):
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


def record_key(act: Act, event: KeyRecorded) -> int:
    """Let a key's signatures stand for an organisation from now on.

    By a registrar, or the system; an agent or a bidder, whom a registrar admitted, records its own organisation's first
    key.
    """
    rules.check_organisation_id(event.organisation)
    rules.check_key(event.key)
    act.lock(f"organisation:{event.organisation}", f"key:{event.key}", shared=shared(act))
    check_role(act, "registrar", "agent", "bidder", SYSTEM)
    known_organisation(act, event.organisation)
    if acts_as(act, "agent") or acts_as(act, "bidder"):
        _check_own_first_key(act, event.organisation)
    owner = queries.key_owner(act.session, event.key)
    if owner is not None:
        raise errors.KeyTaken(key=event.key, holder=owner.organisation)
    return act.record(event, f"organisation:{event.organisation}")


def _check_own_first_key(act: Act, organisation: str) -> None:
    """A later key would let whoever has the account's password sign for the agency: that takes a registrar's eyes."""
    if organisation_of(act) != organisation or queries.ever_had_key(act.session, organisation):
        raise errors.FirstKeyOnly(organisation=organisation)


def revoke_key(act: Act, event: KeyRevoked) -> int:
    """Let a key's signatures count no longer."""
    rules.check_organisation_id(event.organisation)
    rules.check_key(event.key)
    check_text(event.reason, "原因")
    act.lock(f"organisation:{event.organisation}", shared=shared(act))
    check_role(act, "registrar", SYSTEM)
    if event.key not in queries.keys_in_force(act.session, event.organisation):
        raise errors.NoSuchKey(key=event.key, organisation=event.organisation)
    return act.record(event, f"organisation:{event.organisation}")
