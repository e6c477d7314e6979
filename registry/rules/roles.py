"""Who may hold which roles: who supervises does not operate (管办分离)."""

import re
from collections.abc import Iterable

from registry import errors
from registry.events import Capacity, Role
from registry.model import Organisation

OPERATING: frozenset[Role] = frozenset({"registrar", "operator", "tenderer", "agent", "bidder"})
SUPERVISING: frozenset[Role] = frozenset({"supervisor", "inspector"})
# A notary certifies what the parties do: neither operating nor supervising, but never one of the parties.
PARTIES: frozenset[Role] = frozenset({"tenderer", "agent", "bidder"})
_APART: tuple[tuple[frozenset[Role], frozenset[Role]], ...] = (
    (OPERATING, SUPERVISING),
    (frozenset({"notary"}), PARTIES),
)
HOLDER_KNOWN: frozenset[Role] = SUPERVISING | {"registrar", "operator"}
"""Roles whose holder's identity number must have been checked, so that two accounts do not make two persons of one: who
supervises, and who acts for the centre."""

CAPACITY_OF_ROLE: dict[Role, Capacity] = {
    "tenderer": "tenderer",
    "agent": "agency",
    "bidder": "bidder",
    "notary": "notary",
    "supervisor": "supervisor",
    "inspector": "inspector",
    "operator": "centre",
    "registrar": "centre",
}
NEED_ORGANISATION: frozenset[Role] = frozenset({"tenderer", "agent", "notary"})
"""Roles that are nothing by themselves: they act for someone. A bidder may be a natural person, for itself."""

_ACCOUNT = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_account(account: str) -> None:
    """Raises BadAccount."""
    if not _ACCOUNT.fullmatch(account):
        raise errors.BadAccount(account=account)


def check_roles_together(role: Role, held: Iterable[Role]) -> None:
    """Refuse `role` to a person who holds, under any account, a role that must be someone else's (管办分离).

    Raises RolesConflict.
    """
    for other in sorted(held):
        for left, right in _APART:
            if (role in left and other in right) or (role in right and other in left):
                raise errors.RolesConflict(role=role, held=other)


def check_role_organisation(role: Role, organisation: Organisation | None) -> None:
    """Refuse a role for an organisation that cannot have it. Raises RoleNeedsOrganisation."""
    if organisation is None:
        if role in NEED_ORGANISATION:
            raise errors.RoleNeedsOrganisation(role=role)
    elif role in CAPACITY_OF_ROLE and CAPACITY_OF_ROLE[role] not in organisation.capacities:
        raise errors.RoleNeedsOrganisation(role=role)
