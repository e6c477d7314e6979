"""On-site supervision: what is told of an incident, what may be decided, and the whole of one incident as it stands."""

from dataclasses import dataclass
from typing import Literal

from audit.queries import Place
from registry.events import Sanction


@dataclass(frozen=True)
class Story:
    """What the supervisor tells of an incident: private, erasable, shown only while its decision is."""

    place: str
    """Where it happened (地点), such as a room of the centre."""
    course: str
    """What happened (经过); may have several paragraphs."""
    witnesses: str
    """Who saw it (见证人)."""


@dataclass(frozen=True)
class Ruling:
    """What is decided about an incident; which members it needs depends on the sanction (`rules.supervision`).

    none: nothing. warning: `ends`. points: `points` and `ends`. suspension: `until`, and `starts` where it does not
    start at once. removal: nothing. Unix seconds.
    """

    sanction: Sanction
    points: int = 0
    starts: int | None = None
    until: int | None = None
    ends: int | None = None


@dataclass(frozen=True)
class Step:
    """An answer or an appeal of the agency."""

    step: Literal["answered", "appealed"]
    entry_id: int
    at: int
    """Unix seconds."""
    place: Place | None


@dataclass(frozen=True)
class Decided:
    """A decision on an incident or, with a `result`, on the appeal against it: whole, as it is from then on."""

    ruling: Ruling
    """As recorded: `starts`, `until` and `ends` are those that count."""
    ground: str
    decision_number: str
    result: Literal["stands", "changed"] | None
    entry_id: int
    at: int
    """Unix seconds."""
    actor: str
    place: Place | None

    def ends_by(self, at: int) -> bool:
        return self.ruling.ends is not None and self.ruling.ends <= at


@dataclass(frozen=True)
class Incident:
    """An incident (监察记录) with everything that followed, oldest first."""

    number: str
    """`JC-2026-0003`."""
    code: str
    """The agency's."""
    article: str
    conduct_version: int
    practitioner: str | None
    happened: int
    """Unix seconds."""
    entry_id: int
    at: int
    """When it was recorded, Unix seconds."""
    actor: str
    place: Place | None
    steps: tuple[Step, ...] = ()
    decisions: tuple[Decided, ...] = ()

    @property
    def is_answered(self) -> bool:
        return any(step.step == "answered" for step in self.steps)

    @property
    def appeal(self) -> Step | None:
        return next((step for step in self.steps if step.step == "appealed"), None)

    @property
    def decision(self) -> Decided | None:
        """The one that holds: the newest."""
        return self.decisions[-1] if self.decisions else None

    @property
    def appeal_waits(self) -> bool:
        return self.appeal is not None and self.decision is not None and self.decision.result is None

    @property
    def holding_number(self) -> str | None:
        """The number under which its suspension or removal stands: one that an appeal left standing keeps its own."""
        numbers = [one.decision_number for one in self.decisions if one.result != "stands"]
        return numbers[-1] if numbers else None

    def is_over_at(self, at: int) -> bool:
        """Whether the decision that holds has ended by itself, and is off every public page and feed (信用修复)."""
        return self.decision is not None and self.decision.ends_by(at)

    def is_shown_at(self, at: int) -> bool:
        """Whether the story may be shown to those concerned: until the end, or until a waiting appeal is decided."""
        return self.appeal_waits or not self.is_over_at(at)
