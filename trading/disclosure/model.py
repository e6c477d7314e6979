"""A disclosure request as the log tells it, and its times. No clock, no database."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from audit.step import Step
from registry.working_days import add_working_days, day_of, end_of
from trading.events import DisclosureAnswered, DisclosureExtended, DisclosureOverdue, DisclosureRequested

TERM = 20
"""Working days for the answer, and once more where it is extended (政府信息公开条例 33)."""
KINDS = tuple(one.kind for one in (DisclosureRequested, DisclosureExtended, DisclosureAnswered, DisclosureOverdue))


@dataclass(frozen=True)
class Disclosure:
    """One request and what became of it."""

    requested: Step[DisclosureRequested]
    extended: Step[DisclosureExtended] | None = None
    answered: Step[DisclosureAnswered] | None = None
    overdue: Step[DisclosureOverdue] | None = None

    @property
    def number(self) -> str:
        return self.requested.event.number

    @property
    def due_on(self) -> str:
        """ISO date, in Beijing: the last day for the answer."""
        return (self.extended or self.requested).event.due_on

    @property
    def due_at(self) -> int:
        """The first second that is too late, Unix seconds."""
        return end_of(date.fromisoformat(self.due_on))

    @property
    def is_late(self) -> bool:
        """Whether the answer came after the time, or has not come though it is over."""
        return self.overdue is not None

    def days_left(self, now: int) -> int:
        """Days of the calendar until the last one; below 0 once it is over. now: Unix seconds."""
        return (date.fromisoformat(self.due_on) - day_of(now)).days


def first_due(now: int) -> str:
    """The last day for the answer to what is asked now, Unix seconds. Raises CalendarUnknown."""
    return add_working_days(day_of(now), TERM).isoformat()


def extended_due(due_on: str) -> str:
    """Raises CalendarUnknown."""
    return add_working_days(date.fromisoformat(due_on), TERM).isoformat()


def fold(steps: Iterable[Step[Any]]) -> dict[str, Disclosure]:
    """The requests by their numbers, in the order in which they were made."""
    found: dict[str, Disclosure] = {}
    for step in steps:
        event = step.event
        if isinstance(event, DisclosureRequested):
            found[event.number] = Disclosure(step)
        elif isinstance(event, DisclosureExtended):
            found[event.number] = replace(found[event.number], extended=step)
        elif isinstance(event, DisclosureAnswered):
            found[event.number] = replace(found[event.number], answered=step)
        elif isinstance(event, DisclosureOverdue):
            found[event.number] = replace(found[event.number], overdue=step)
    return found
