"""The rules that rows of the table of procedures name, each one function over one case.

A rule either checks (it raises a Refusal), or says what the program itself records in consequence, in the same act.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit.events import Event
from audit.step import Step
from trading.law.procedures import Row
from trading.lots import LotState


@dataclass(frozen=True)
class Case:
    """What an event is judged by. now: Unix seconds."""

    lot: LotState
    event: Any
    now: int
    history: Sequence[Step[Any]]
    """Of the whole project."""
    party: str | None
    """Name of the organisation that a bidder acts for; None: somebody else acts."""
    paddles: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Paddle to name and code of its bidder, once open bidding is over: of those who made an offer."""


Check = Callable[[Case], None]
Follow = Callable[[Case], Sequence[Event]]
CHECKS: dict[str, Check] = {}
FOLLOWS: dict[str, Follow] = {}
MARKS = frozenset(
    {
        "asker_hidden",
        "chosen_publicly",
        "deposit_came",
        "drawn_or_recommended",
        "ground_told",
        "invited_hidden",
        "invited_only",
        "one_invited",
        "three_invited",
    }
)
"""Rules that a command itself keeps: who asks or is invited is not in the entry."""


def checks(function: Check) -> Check:
    """Mark a rule that may refuse; its name is the function's."""
    assert function.__name__ not in CHECKS
    CHECKS[function.__name__] = function
    return function


def follows(function: Follow) -> Follow:
    """Mark a rule that has consequences; its name is the function's."""
    assert function.__name__ not in FOLLOWS
    FOLLOWS[function.__name__] = function
    return function


def check_rules(row: Row, case: Case) -> None:
    """Ask every rule that the row names. Raises what they raise."""
    for name in row.rules:
        if name in CHECKS:
            CHECKS[name](case)


def following(row: Row, case: Case) -> list[Event]:
    """What the program records in consequence, in order."""
    return [event for name in row.rules if name in FOLLOWS for event in FOLLOWS[name](case)]
