"""An agency as it is on record."""

from dataclasses import dataclass


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
