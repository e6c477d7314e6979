"""How a bidder comes on record by itself: it registers, which is public; a registrar compares its licence and confirms.

Before that nothing is given: a registration takes neither name nor code from anybody, and its account holds no role. So
whoever registers another's organisation has won nothing, and keeps it from nothing.
"""

import secrets
from dataclasses import dataclass, replace

from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries, rules
from registry.authority import REGISTRY, check_role
from registry.commands.organisations import record_checked_organisation
from registry.events import BidderRegistered, RegistrationConfirmed, RegistrationRefused, RoleGranted
from registry.model import Contact, Organisation, new_organisation_id
from registry.names import check_name, check_text
from registry.queries import bidders
from registry.queries.bidders import Registration
from registry.tables import RegistrantRow
from registry.uscc import check_uscc


@dataclass(frozen=True)
class Registering:
    """What a bidder says of itself. claim: it is on record already, and the account asks to act for it."""

    name: str
    code: str
    contact_name: str
    contact_phone: str
    claim: bool = False


def register_bidder(act: Act, account: str, asked: Registering) -> int:
    """Put a registration into the log, by whoever has an account; return the entry's row id.

    Raises BadAccount, BadCode, BadText, BadFact, ApplicationDecided, RegistrationWaits, CodeOnRecord, NothingToClaim,
    NameTaken.
    """
    rules.check_account(account)
    code = check_uscc(asked.code)
    check_name(asked.name, "单位名称")
    rules.check_contact(Contact(asked.contact_name, asked.contact_phone))
    registration = secrets.token_hex(8)
    act.lock(f"registration:{registration}", f"registrant:{account}", shared=[REGISTRY])
    if queries.roles(act.session, account):
        raise errors.ApplicationDecided
    own = bidders.registration_of(act.session, account)
    if own is not None and own.waits:
        raise errors.RegistrationWaits(registration=own.registration)
    known = queries.organisation_with_code(act.session, code)
    if known is not None and not asked.claim:
        raise errors.CodeOnRecord(code=code, name=known.name)
    if known is None and asked.claim:
        raise errors.NothingToClaim(code=code)
    for other in queries.organisations_named(act.session, asked.name):
        if known is None or other.id != known.id:
            raise errors.NameTaken(name=asked.name, other=other.name, holder=other.id)
    event = BidderRegistered(
        registration=registration,
        name=asked.name if known is None else known.name,
        code=code,
        claims=None if known is None else known.id,
    )
    entry_id = act.record(event, f"registration:{registration}", actor=SYSTEM)
    act.session.add(
        RegistrantRow(
            registration=registration,
            account=account,
            contact_name=asked.contact_name,
            contact_phone=asked.contact_phone,
        )
    )
    act.session.flush()
    return entry_id


def confirm_registration(act: Act, registration: str) -> int:
    """Let a registrant's account bid for its organisation; return the entry of its role. By a registrar.

    An organisation without a record gets one. Raises NoSuchRegistration, CodeOnRecord, NameTaken, RolesConflict.
    """
    act.lock(REGISTRY)
    check_role(act, "registrar")
    asked = _waiting(act, registration)
    registrant = bidders.registrant(act.session, registration)
    assert registrant is not None
    account = registrant.account
    act.covers(f"account:{account}", f"registration:{registration}")
    holder = queries.holder(act.session, account)
    held = queries.roles(act.session, account) if holder is None else queries.roles_of_person(act.session, holder)
    rules.check_roles_together("bidder", {holding.role for holding in held})
    organisation = _organisation(act, asked)
    confirmed = RegistrationConfirmed(registration=registration, organisation=organisation.id)
    act.record(confirmed, f"registration:{registration}")
    event = RoleGranted(account=account, role="bidder", organisation=organisation.id)
    return act.record(event, f"account:{account}")


def refuse_registration(act: Act, registration: str, ground: str) -> int:
    """Say why a registration cannot be confirmed, for all to read; it may be made anew. By a registrar.

    Raises NoSuchRegistration, BadText.
    """
    check_text(ground, "理由")
    act.lock(REGISTRY)
    check_role(act, "registrar")
    _waiting(act, registration)
    act.covers(f"registration:{registration}")
    return act.record(RegistrationRefused(registration=registration, ground=ground), f"registration:{registration}")


def _organisation(act: Act, asked: Registration) -> Organisation:
    """The organisation that it is about, put on record or given the capacity `bidder` where that is missing.

    Who did not claim it gets none that came on record meanwhile.
    """
    known = queries.organisation_with_code(act.session, asked.code)
    if known is not None and known.id != asked.claims:
        raise errors.CodeOnRecord(code=asked.code, name=known.name)
    if known is not None and "bidder" in known.capacities:
        return known
    if known is None:
        wanted = Organisation(new_organisation_id(), asked.name, asked.code, ("bidder",))
    else:
        wanted = replace(known, capacities=(*known.capacities, "bidder"))
    act.covers(f"organisation:{wanted.id}")
    record_checked_organisation(act, rules.check_organisation(wanted))
    return wanted


def _waiting(act: Act, registration: str) -> Registration:
    found = bidders.registration(act.session, registration)
    if found is None or not found.waits:
        raise errors.NoSuchRegistration(registration=registration[:32])
    return found
