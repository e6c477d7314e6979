"""Where a lot stands in its present round, with what happened in it and in the rounds before."""

from dataclasses import dataclass
from typing import Any, TypeVar

from audit.events import Event
from audit.step import Step
from trading.events import Category, Cause, Method, NoticePublished, NoticeWithdrawn, Trade
from trading.law.procedures import Stage

E = TypeVar("E", bound=Event)
DEADLINES = ("bid_deadline", "sign_up_until", "disclosure_until", "listing_until")
"""Terms that say until when bids or applications are taken; the first that a notice has counts."""
APPLICATIONS = "sign_up_until"
"""The term that says until when one may apply to be prequalified, or to take part in a sale."""


@dataclass(frozen=True)
class Suspension:
    """Why nothing moves. `since`: Unix seconds."""

    cause: Cause
    reference: str
    since: int
    until: int | None


@dataclass(frozen=True)
class LotState:
    """One lot in its present round. Moments are Unix seconds."""

    lot: str
    round: int
    stage: Stage
    method: Method | None
    category: Category | None
    trade: Trade
    suspended: tuple[Suspension, ...] = ()
    deadline: int | None = None
    """Until when bids are taken; in a sale by open bidding, applications. None: that was not announced yet."""
    opening_at: int | None = None
    began: int | None = None
    """When the notice that began this round's procedure was accepted: the table of that day holds for the round."""
    steps: tuple[Step[Any], ...] = ()
    """Of this round; what concerns the whole project's lots is among them."""
    rounds: tuple["LotState", ...] = ()
    """The former rounds, oldest first."""
    applications_until: int | None = None
    """Until when one may apply to be prequalified or to take part, where that was announced."""

    @property
    def open_until(self) -> int | None:
        """The deadline that comes next: for bids, or before any was announced, for applications."""
        return self.applications_until if self.deadline is None else self.deadline

    def all(self, event: type[E]) -> list[Step[E]]:
        """This round's steps of one kind, and of no other, oldest first."""
        return [step for step in self.steps if type(step.event) is event]

    def last(self, event: type[E]) -> Step[E] | None:
        found = self.all(event)
        return found[-1] if found else None

    def has(self, kind: str) -> bool:
        """Whether a kind was recorded in this round; `KIND:NOTICE_KIND` of a notice that stands."""
        kind, _, notice_kind = kind.partition(":")
        if notice_kind:
            return any(one.event.notice_kind == notice_kind for one in self.notices.values())
        return any(step.event.kind == kind for step in self.steps)

    @property
    def notices(self) -> dict[str, Step[NoticePublished]]:
        """The newest version of each notice of this round, by its id, without those withdrawn."""
        found: dict[str, Step[NoticePublished]] = {}
        for step in self.steps:
            if isinstance(step.event, NoticePublished):
                found[step.event.notice] = step
            elif isinstance(step.event, NoticeWithdrawn):
                found.pop(step.event.notice, None)
        return found

    def term(self, name: str) -> bool | int | str | list[str] | None:
        """A particular of the newest notice of this round that has it."""
        for step in reversed(self.notices.values()):
            for term in step.event.terms:
                if term.name == name:
                    return term.value
        return None
