"""Who may act in which role, and whose account it is."""

from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries, rules
from registry.authority import check_role
from registry.commands.holding import known_organisation, organisation_locks, shared
from registry.events import RoleGranted, RoleRevoked
from registry.names import check_text
from registry.tables import AccountHolderRow

ROLES = "roles"
"""Held to grant a role: the rule rests on all accounts of one person, which only reading can tell."""


def grant_role(act: Act, event: RoleGranted, identity_digest: str | None = None) -> int:
    """Let an account act in a role. identity_digest: the holder's, where it is first given with this grant."""
    rules.check_account(event.account)
    act.lock(f"account:{event.account}", ROLES, shared=[*shared(act), *organisation_locks(event.organisation)])
    check_role(act, "admin", SYSTEM)
    organisation = None if event.organisation is None else known_organisation(act, event.organisation)
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
    act.lock(f"account:{event.account}", ROLES, shared=shared(act))
    check_role(act, "admin", SYSTEM)
    if all(holding.role != event.role for holding in queries.roles(act.session, event.account)):
        raise errors.RoleNotHeld(account=event.account, role=event.role)
    return act.record(event, f"account:{event.account}")


def record_holder(act: Act, account: str, identity_digest: str) -> None:
    """Keep whose account it is, privately: no entry tells. A person's accounts must not add up to both sides."""
    rules.check_account(account)
    act.lock(f"account:{account}", ROLES, shared=shared(act))
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
