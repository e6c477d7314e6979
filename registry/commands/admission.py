"""How an agency's own account comes to be: somebody asks, the registrar compares the licence and admits (机构入驻).

Asking is private and writes no entry. The registrar may grant the role `agent`, and no other, to whoever asked.
"""

from dataclasses import replace

from sqlalchemy import update

from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries, rules
from registry.authority import REGISTRY, check_role
from registry.commands.organisations import record_checked_organisation
from registry.drafts import hand_over
from registry.events import RoleGranted
from registry.model import Contact, Organisation, new_organisation_id
from registry.names import check_name, check_text
from registry.tables import ApplicationRow
from registry.uscc import check_uscc


def ask_admission(act: Act, account: str, code: str, name: str, contact_name: str, contact_phone: str) -> None:
    """Keep that an account asks to act for an agency; asking anew takes the place of what was asked before.

    Raises BadAccount, BadCode, BadText, BadFact, ApplicationDecided.
    """
    rules.check_account(account)
    code = check_uscc(code)
    check_name(name, "机构名称")
    rules.check_contact(Contact(contact_name, contact_phone))
    act.lock(f"application:{account}")
    former = act.session.get(ApplicationRow, account)
    if (former is not None and former.organisation is not None) or queries.roles(act.session, account):
        raise errors.ApplicationDecided
    act.session.merge(
        ApplicationRow(
            account=account,
            code=code,
            name=name,
            contact_name=contact_name,
            contact_phone=contact_phone,
            asked_at=act.at,
            organisation=None,
            refused=None,
        )
    )


def admit(act: Act, account: str) -> int:
    """Let an applicant act for its agency, whose licence the registrar compared; return the entry of its role.

    An organisation without a record gets one. Raises NoSuchApplication, NameTaken, RolesConflict.
    """
    act.lock(REGISTRY)
    check_role(act, "registrar", SYSTEM)
    asked = _waiting(act, account)
    act.covers(f"account:{account}")
    holder = queries.holder(act.session, account)
    held = queries.roles(act.session, account)
    if holder is not None:
        held = queries.roles_of_person(act.session, holder)
    rules.check_roles_together("agent", {holding.role for holding in held})
    organisation = organisation_for(act, asked.code, asked.name)
    _decide(act, account, organisation=organisation.id)
    hand_over(act.session, account, organisation.id)
    event = RoleGranted(account=account, role="agent", organisation=organisation.id)
    return act.record(event, f"account:{account}")


def refuse_applicant(act: Act, account: str, reason: str) -> None:
    """Tell an applicant why it is not admitted; it may ask again. Nothing is public. Raises NoSuchApplication."""
    check_text(reason, "原因")
    act.lock(REGISTRY)
    check_role(act, "registrar", SYSTEM)
    _waiting(act, account)
    _decide(act, account, refused=reason)


def organisation_for(act: Act, code: str, name: str) -> Organisation:
    """The organisation record of an agency, made or given the capacity `agency` where that is missing.

    The caller holds the whole register. Raises NameTaken, BadText.
    """
    known = known_organisation_for(act, code)
    if known is not None and "agency" in known.capacities:
        return known
    if known is None:
        wanted = Organisation(new_organisation_id(), name, code, ("agency",))
    else:
        wanted = replace(known, capacities=(*known.capacities, "agency"))
    act.covers(f"organisation:{wanted.id}")
    record_checked_organisation(act, rules.check_organisation(wanted))
    return wanted


def known_organisation_for(act: Act, code: str) -> Organisation | None:
    """The organisation record of an agency: the one of its code, or the one that the agency's record names."""
    known = queries.organisation_with_code(act.session, code)
    agency = queries.agency(act.session, code)
    if known is not None or agency is None or agency.facts.organisation is None:
        return known
    return queries.organisation(act.session, agency.facts.organisation)


def _waiting(act: Act, account: str) -> ApplicationRow:
    row = act.session.get(ApplicationRow, account)
    if row is None or row.organisation is not None or row.refused is not None:
        raise errors.NoSuchApplication(account=account)
    return row


def _decide(act: Act, account: str, organisation: str | None = None, refused: str | None = None) -> None:
    decided = update(ApplicationRow).where(ApplicationRow.account == account)
    act.session.execute(decided.values(organisation=organisation, refused=refused))
