"""What the register writes to the log. Moments are Unix seconds; days are ISO dates; nothing here names a person."""

from typing import Literal

from pydantic import ConfigDict, Field

from audit.events import Event

Capacity = Literal["tenderer", "notary", "supervisor", "centre", "inspector", "agency", "public"]
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


class AgencyRecorded(Event):
    """A tendering agency (招标代理机构) put on record (登记), which is no admission. Subject `agency:CODE`."""

    kind = "registry.agency_recorded"
    code: str
    """Unified social credit code."""
    name: str
    organisation: str | None
    """Its organisation record, where it has accounts or keys."""
    region: str
    """Where it is registered, GB/T 2260: six digits. No condition of any draw: a pool is open to all regions."""
    address: str
    fields: list[str]
    """What it takes on (业务范围)."""
    founded: str | None
    """ISO date."""


class AgencyAmended(AgencyRecorded):
    """An agency's facts, whole, as they are from now on. Subject `agency:CODE`."""

    kind = "registry.agency_amended"
    reason: str


class AgencySuspended(Event):
    """By decision of the supervisor an agency takes part in no draw for a time (暂停). Subject `agency:CODE`."""

    # The member is called `from`, which is a keyword here. Only that name is read and written.
    model_config = ConfigDict(serialize_by_alias=True)
    kind = "registry.agency_suspended"
    code: str
    starts: int = Field(alias="from")
    """The first second of the suspension."""
    until: int | None
    """The first second after it; null until the supervisor ends it."""
    ground: str
    """The article it rests on; its story is no part of the entry, since that must end with the suspension."""
    decision_number: str

    @classmethod
    def decided(
        cls, *, code: str, starts: int, until: int | None, ground: str, decision_number: str
    ) -> "AgencySuspended":
        """Made by keywords, of which one must be called otherwise than the member."""
        return cls.of(
            {"code": code, "from": starts, "until": until, "ground": ground, "decision_number": decision_number}
        )


class AgencyReinstated(Event):
    """By decision of the supervisor every suspension and removal before this one ends (恢复). Subject `agency:CODE`."""

    kind = "registry.agency_reinstated"
    code: str
    reason: str
    decision_number: str


class AgencyRemoved(Event):
    """By decision of the supervisor an agency is struck off (除名); it stays readable. Subject `agency:CODE`."""

    kind = "registry.agency_removed"
    code: str
    ground: str
    decision_number: str
