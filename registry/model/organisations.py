"""Organisations, their keys and who acts for them."""

import secrets
from dataclasses import dataclass

from registry.events import Capacity, Role


@dataclass(frozen=True)
class Organisation:
    """A party (单位): tenderer, notary, supervisor, the centre, an agency's own record."""

    id: str
    name: str
    code: str | None
    capacities: tuple[Capacity, ...]


@dataclass(frozen=True)
class KeyState:
    """A key and whose it is, for ever; `revoked` keys count no longer."""

    key: str
    organisation: str
    revoked: bool


@dataclass(frozen=True)
class Holding:
    """A role that an account holds now."""

    account: str
    role: Role
    organisation: str | None


def new_organisation_id() -> str:
    """A free id for an organisation that nobody gave one."""
    return f"org-{secrets.token_hex(8)}"
