"""What the register knows, as plain values. Moments are Unix seconds; days are ISO dates."""

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


@dataclass(frozen=True)
class Contact:
    """Whom to call at an agency: private, erasable, known to the log by commitments only."""

    name: str | None = None
    phone: str | None = None


NO_CONTACT = Contact()


@dataclass(frozen=True)
class Facts:
    """What an agency is on record with."""

    code: str
    name: str
    organisation: str | None
    region: str
    address: str
    fields: tuple[str, ...]
    founded: str | None


@dataclass(frozen=True)
class Suspension:
    """In force from `starts` until just before `until` (null: until ended by decision)."""

    starts: int
    until: int | None
    ground: str
    decision_number: str

    def holds_at(self, at: int) -> bool:
        return self.starts <= at and (self.until is None or at < self.until)

    def is_over_at(self, at: int) -> bool:
        return self.until is not None and self.until <= at


@dataclass(frozen=True)
class Removal:
    ground: str
    decision_number: str


@dataclass(frozen=True)
class Agency:
    """An agency's newest facts, and what the supervisor decided since it was last reinstated."""

    facts: Facts
    suspensions: tuple[Suspension, ...] = ()
    removal: Removal | None = None

    @property
    def code(self) -> str:
        return self.facts.code

    @property
    def name(self) -> str:
        return self.facts.name

    def suspension_at(self, at: int) -> Suspension | None:
        """The suspension in force at `at`; of several the one that ends last."""
        holding = [suspension for suspension in self.suspensions if suspension.holds_at(at)]
        return max(holding, key=lambda one: (one.until is None, one.until or 0), default=None)


def new_organisation_id() -> str:
    """A free id for an organisation that nobody gave one."""
    return f"org-{secrets.token_hex(8)}"
