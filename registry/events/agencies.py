"""Agencies as they are on record, and what the supervisor decided on them."""

from pydantic import ConfigDict, Field

from audit.events import Event


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
    """By decision of the supervisor suspensions and removals before this one end (恢复). Subject `agency:CODE`."""

    kind = "registry.agency_reinstated"
    code: str
    reason: str
    decision_number: str
    ends: str | None = None
    """The number of the one decision that ends; null: all of them."""


class AgencyRemoved(Event):
    """By decision of the supervisor an agency is struck off (除名); it stays readable. Subject `agency:CODE`."""

    kind = "registry.agency_removed"
    code: str
    ground: str
    decision_number: str
