"""From an entry to rows of public tables: the same code when a command runs and when the log is replayed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from audit.entry import File
from audit.events import KINDS, Event


@dataclass(frozen=True)
class Recorded:
    """What a projection may know of an entry: all but its place, which a command does not have yet."""

    id: int
    """Row id, the `entry_id` of every row the projection inserts."""
    kind: str
    subject: str
    actor: str
    at: int
    """Unix milliseconds."""
    private: Mapping[str, str]
    """Name to commitment."""
    files: Sequence[File]


E = TypeVar("E", bound=Event)
Projection = Callable[[Session, Recorded, E], None]
_PROJECTIONS: dict[str, Projection[Any]] = {}


def projects(event: type[E]) -> Callable[[Projection[E]], Projection[E]]:
    """Mark the function that applies entries of this kind to the tables. It inserts, and never updates or deletes."""

    def mark(function: Projection[E]) -> Projection[E]:
        assert event.kind not in _PROJECTIONS, f"{event.kind} is projected twice"
        _PROJECTIONS[event.kind] = function
        return function

    return mark


def apply(session: Session, recorded: Recorded, body: dict[str, Any]) -> None:
    """Insert the rows that an entry stands for. A kind without tables of its own needs no projection."""
    projection = _PROJECTIONS.get(recorded.kind)
    if projection is not None:
        projection(session, recorded, KINDS[recorded.kind].of(body))
        session.flush()
