"""Everything of one agency that the rules of a draw may rest on, each fact with the entry it stands in.

An entry is named by a number that orders it: its place in the log to whoever reads the log, its row id to whoever reads
the tables. The rules compare such numbers and hand them back; they never read an entry.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from registry.events import Form, FormulaPublished, Ground
from registry.model.agencies import Agency
from registry.model.organisations import Organisation


class Text(NamedTuple):
    """The same words in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate that a practitioner holds. until: ISO date, its last day; null where it does not run out."""

    name: str
    until: str | None


@dataclass(frozen=True, slots=True)
class AcceptedForm:
    """The newest accepted version of one form (已通过的登记表); what waits or was returned takes nothing from it."""

    form: Form
    practitioner: str | None
    version: int
    until: int
    """The first second at which it must have been renewed."""
    submitted: int
    """The entry that holds it."""
    accepted: int
    """The entry that took it on record."""
    certificates: tuple[Held, ...] = ()
    leaves: str | None = None
    """ISO date, the first day on which the practitioner is gone, where that was said after this version was given."""
    left: int | None = None
    """The entry that says so."""

    def counts_on(self, day: str) -> bool:
        """Whether the person is still there on a day."""
        return self.leaves is None or day < self.leaves


@dataclass(frozen=True, slots=True)
class Promise:
    """The newest promise (入场服务承诺); it holds to its term, whatever newer text there is."""

    version: int
    until: int
    entry: int


@dataclass(frozen=True, slots=True)
class Penalty:
    """Points (记分) by the newest decision on an incident, until just before `ends`."""

    incident: str
    points: int
    ends: int | None
    entry: int


Fact = Literal["commission_completed", "objection_upheld"]


@dataclass(frozen=True, slots=True)
class CreditFact:
    fact: Fact
    day: str
    """ISO date."""
    entry: int


@dataclass(frozen=True, slots=True)
class Tie:
    """A finding in force that ties the agency to someone else. other: `agency:CODE` or `organisation:ID`."""

    finding: str
    ground: Ground
    key: bool
    other: str
    entry: int


@dataclass(frozen=True)
class Standing:
    """What an agency stands for in the register at one point of the log."""

    code: str
    agency: Agency | None
    """Null while it is not on record."""
    recorded: int | None
    """The entry of its newest facts."""
    decisions: dict[str, int] = field(default_factory=dict)
    """The entry of each suspension and removal, by its decision number."""
    forms: tuple[AcceptedForm, ...] = ()
    """Ascending by form and practitioner."""
    promise: Promise | None = None
    acknowledged: dict[int, int] = field(default_factory=dict)
    """Version of the code of conduct to the entry that first acknowledged it."""
    penalties: tuple[Penalty, ...] = ()
    """Ascending by incident."""
    credit_facts: tuple[CreditFact, ...] = ()
    """In the order of their entries."""
    ties: tuple[Tie, ...] = ()
    """In the order of their entries."""

    def form(self, form: Form) -> AcceptedForm | None:
        """The accepted version of a form of which an agency has one."""
        return next((one for one in self.forms if one.form == form), None)

    def practitioners(self, day: str) -> list[AcceptedForm]:
        """The accepted forms of those who are still there on a day."""
        return [one for one in self.forms if one.form == "practitioner" and one.counts_on(day)]


@dataclass(frozen=True, slots=True)
class Conduct:
    """A version of the code of conduct. effective: the second from which it is the one in force."""

    version: int
    effective: int
    entry: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A version of the credit formula, and its entry."""

    terms: FormulaPublished
    entry: int


@dataclass(frozen=True)
class Rulebook:
    """The published rules that hold for every agency, in the order of their entries."""

    conduct: tuple[Conduct, ...] = ()
    formulas: tuple[Formula, ...] = ()

    def conduct_at(self, at: int) -> Conduct | None:
        """The version in force at a second: the newest that is effective by then."""
        return next((one for one in reversed(self.conduct) if one.effective <= at), None)

    def formula_before(self, entry: int) -> Formula | None:
        """The formula that holds for a call: the newest published before it."""
        return next((one for one in reversed(self.formulas) if one.entry < entry), None)


Requirement = Literal["forms", "commitment", "code"]


@dataclass(frozen=True)
class Call:
    """What a call (征集公告) asks for: what it published, and nothing else."""

    entry: int
    fields: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()
    practitioners: int = 0
    """How many practitioners an agency needs at least."""
    certificates: tuple[str, ...] = ()
    """Each must be held by one of them."""
    rulebook: Rulebook = Rulebook()


@dataclass(frozen=True)
class Party:
    """Whom an agency in the draw must be independent of: the tenderer, or who holds a seat."""

    seat: str | None
    """Null: the tenderer."""
    organisation: Organisation
    entry: int
    """The entry that names it: the decision, or the plan."""

    @property
    def names(self) -> frozenset[str]:
        """How findings name it."""
        own = {f"organisation:{self.organisation.id}"}
        return frozenset(own if self.organisation.code is None else own | {f"agency:{self.organisation.code}"})
