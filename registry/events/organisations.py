"""Who there is: organisations, their keys, and which account may act in which role."""

from typing import Literal

from audit.events import Event

Capacity = Literal["tenderer", "notary", "supervisor", "centre", "inspector", "agency", "bidder", "public"]
Role = Literal["registrar", "operator", "tenderer", "agent", "bidder", "notary", "supervisor", "inspector", "admin"]


class OrganisationRecorded(Event):
    """An organisation (单位), or its facts as they are from now on. Subject `organisation:ID`."""

    kind = "registry.organisation_recorded"
    organisation: str
    """Its id here: lower-case letters, digits and hyphens."""
    name: str
    code: str | None
    """Unified social credit code."""
    capacities: list[Capacity]


class KeyRecorded(Event):
    """A key (公钥) whose signatures stand for the organisation from now on. Subject `organisation:ID`."""

    kind = "registry.key_recorded"
    organisation: str
    key: str
    """Ed25519, 64 lower-case hex digits."""


class KeyRevoked(Event):
    """Signatures of this key count no longer, and never again. Subject `organisation:ID`."""

    kind = "registry.key_revoked"
    organisation: str
    key: str
    reason: str


class RoleGranted(Event):
    """An account may act in a role, for an organisation where it has one. Subject `account:ID`."""

    kind = "registry.role_granted"
    account: str
    role: Role
    organisation: str | None


class RoleRevoked(Event):
    """Subject `account:ID`."""

    kind = "registry.role_revoked"
    account: str
    role: Role
    reason: str
