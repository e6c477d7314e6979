"""What a draw's page shows, worked out from the draw: its ladder of phases, its seats, its tickets. Pure.

Before the entropy exists nothing here tells one agent from another: agents come by code, and only a result ranks them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from audit.step import Step
from lottery.model import Attempt, Draw, State
from lottery.protocol.draw import Result
from lottery.protocol.roster import Roster
from lottery.protocol.standing import Change
from lottery.queries import AttemptPage
from lottery.rules import DICE_AFTER_SEAL

COMING: Final = (State.DECIDED, State.CALLED, State.PLANNED, State.ROSTER)
LIVE: Final = (
    State.COMMITTING,
    State.ANNOUNCING,
    State.REVEALING,
    State.DICE_BEFORE_SEAL,
    State.SEALING,
    State.COUNTDOWN,
    State.DICE_AFTER_SEAL,
    State.DERIVING,
)
GROUPS: Final[Mapping[str, tuple[State, ...]]] = {
    "live": LIVE,
    "coming": COMING,
    "drawn": (State.DRAWN,),
    "void": (State.VOID,),
    "given-up": (State.GIVEN_UP,),
}

ROWS: Final = 500
"""Rows of a roster or ranking that a page shows; the file holds the rest."""
DAY: Final = 86_400
BAR: Final = 1000
"""Length of the bar that would stand for the largest ticket there can be."""


def group_of(state: State) -> str:
    return next(name for name, states in GROUPS.items() if state in states)


def chance(balls: int, total: int) -> str:
    """The chance of being ranked first, which is exactly balls / total, in percent to two places, half up."""
    hundredths = (balls * 20_000 + total) // (2 * total)
    return f"{hundredths // 100}.{hundredths % 100:02} %"


# Deadlines


@dataclass(frozen=True, slots=True)
class Deadline:
    """What the draw waits for. `at`: Unix seconds. `counts`: whether it lies ahead, near enough to be counted down."""

    name: str
    at: int
    counts: bool


def deadline(draw: Draw, state: State, now: int) -> Deadline | None:
    """now: Unix milliseconds."""
    found = _deadline(draw, draw.attempt, state)
    if found is None:
        return None
    name, at = found
    return Deadline(name, at, 0 < at - now // 1000 < DAY)


def _deadline(draw: Draw, attempt: Attempt | None, state: State) -> tuple[str, int] | None:
    if state is State.CALLED and draw.call is not None:
        return "sign-up", draw.call.event.sign_up_until
    if attempt is None:
        return None
    if state in (State.PLANNED, State.ROSTER):
        return "meeting", attempt.planned.event.draws_at
    if state is State.COMMITTING:
        return "commit", attempt.planned.event.commit_deadline
    if state is State.REVEALING and attempt.closed is not None:
        return "reveal", attempt.closed.event.reveal_deadline
    if state in (State.DICE_BEFORE_SEAL, State.SEALING, State.COUNTDOWN) and attempt.round_at is not None:
        return "round", attempt.round_at // 1000
    if state is State.DICE_AFTER_SEAL and attempt.seal_time is not None:
        return "dice", attempt.seal_time + DICE_AFTER_SEAL
    return None


# The ladder

Mark = Literal["done", "now", "ahead", "never", "void"]


@dataclass(frozen=True, slots=True)
class Phase:
    """A rung: the entries of one phase in log order. `at`: when a phase that has not begun is due, Unix seconds."""

    name: str
    mark: Mark
    steps: tuple[Step[Any], ...]
    at: int | None = None


_NEXT: Final[Mapping[State, str]] = {
    State.DECIDED: "call",
    State.CALLED: "call",
    State.PLANNED: "publish",
    State.ROSTER: "publish",
    State.COMMITTING: "commit",
    State.ANNOUNCING: "announce",
    State.REVEALING: "reveal",
    State.DICE_BEFORE_SEAL: "dice",
    State.SEALING: "seal",
    State.COUNTDOWN: "entropy",
    State.DICE_AFTER_SEAL: "dice",
    State.DERIVING: "result",
}
"""The phase that a state is in."""

_ORDER: Final[Mapping[str, tuple[str, ...]]] = {
    "drand": ("freeze", "commit", "announce", "reveal", "seal", "entropy", "result"),
    "dice": ("freeze", "commit", "reveal", "seal", "dice", "result"),
    "drand+dice": ("freeze", "commit", "announce", "reveal", "dice", "seal", "entropy", "result"),
}


LATER: Final[Mapping[str, Mark]] = {
    "void": "void",
    "shadow": "done",
    "objections": "done",
    "standing": "done",
    "meeting": "done",
}
"""Rungs that not every attempt has: shown where something stands on them."""


def ladder(draw: Draw, attempt: Attempt | None, state: State, is_first: bool) -> list[Phase]:
    """Every phase of an attempt, done or to come. is_first: begin with the tenderer's decision and the call.

    A draw without an attempt has no mode yet, so its ladder ends with the plan.
    """
    names = ["decided", "call"] if is_first else []
    names += ["publish", *(() if attempt is None else _ORDER[attempt.plan["entropy"]])]
    steps = _steps(draw, attempt)
    due = _due(draw, attempt)
    present = _NEXT.get(state)
    position = names.index(present) if present in names else len(names)
    phases = []
    for number, name in enumerate(names):
        own = steps.get(name, ())
        mark: Mark = "done" if number < position else "now" if number == position else "ahead"
        if state in (State.VOID, State.GIVEN_UP):
            came = own or (name == "entropy" and "shadow" in steps and steps["shadow"])
            mark = "done" if came else "never"
        phases.append(Phase(name, mark, own, due.get(name)))
    if attempt is not None:
        phases += [Phase(name, mark, steps[name]) for name, mark in LATER.items() if steps.get(name)]
    return phases


def _steps(draw: Draw, attempt: Attempt | None) -> dict[str, tuple[Step[Any], ...]]:
    steps: dict[str, tuple[Step[Any], ...]] = {"decided": (draw.decided,), "call": _those(draw.call, draw.experts)}
    if attempt is None:
        return steps
    objections: list[Step[Any]] = [*attempt.filed, *attempt.answered]
    before = [one for one in objections if attempt.frozen is None or one.entry_id < attempt.frozen.entry_id]
    return steps | {
        "publish": _those(attempt.planned, *attempt.rosters, *before),
        "freeze": _those(attempt.frozen),
        "commit": _those(*attempt.commitments, attempt.closed),
        "announce": _those(attempt.announced),
        "reveal": _those(*attempt.reveals, *attempt.refused),
        "dice": _those(attempt.dice),
        "seal": _those(attempt.sealed),
        "result": _those(attempt.drawn),
        "void": _those(attempt.voided),
        "shadow": _those(attempt.shadow),
        "objections": _those(*(one for one in objections if one not in before)),
        "standing": _those(*attempt.standings),
        "meeting": _those(attempt.opened, *attempt.notes, *attempt.minutes, attempt.meeting_closed),
    }


def _those(*steps: Step[Any] | None) -> tuple[Step[Any], ...]:
    return tuple(sorted((step for step in steps if step is not None), key=lambda step: step.entry_id))


def _due(draw: Draw, attempt: Attempt | None) -> dict[str, int | None]:
    if attempt is None:
        return {} if draw.call is None else {"publish": draw.call.event.sign_up_until}
    return {
        "freeze": attempt.planned.event.draws_at,
        "commit": attempt.planned.event.commit_deadline,
        "reveal": None if attempt.closed is None else attempt.closed.event.reveal_deadline,
        "entropy": None if attempt.round_at is None else attempt.round_at // 1000,
    }


# Seats

SeatMark = Literal["waiting", "absent", "committed", "revealed", "missed"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of the plan and what it has done. `refused`: reasons of reveals that did not count."""

    name: str
    organisation: str
    mark: SeatMark
    commit: str | None
    secret: str | None
    refused: tuple[str, ...]
    steps: tuple[Step[Any], ...]


def seats(attempt: Attempt, now: int) -> list[Seat]:
    """Every seat by name. now: Unix milliseconds."""
    end = attempt.voided or attempt.drawn
    at = now if end is None else end.at
    over = attempt.sealed is not None or attempt.reveals_closed_at(at) is not None
    every: list[Step[Any]] = [*attempt.commitments, *attempt.reveals, *attempt.refused]
    return [
        Seat(
            name=name,
            organisation=organisation,
            mark=_seat_mark(attempt, name, over),
            commit=attempt.committed.get(name),
            secret=attempt.revealed.get(name),
            refused=tuple(step.event.reason for step in attempt.refused if step.event.seat == name),
            steps=_those(*(step for step in every if step.event.seat == name)),
        )
        for name, organisation in attempt.seats.items()
    ]


def _seat_mark(attempt: Attempt, name: str, over: bool) -> SeatMark:
    if name in attempt.revealed:
        return "revealed"
    if name in attempt.committed:
        return "missed" if over else "committed"
    return "waiting" if attempt.closed is None and attempt.voided is None else "absent"


# Results


@dataclass(frozen=True, slots=True)
class Line:
    """One agent in drawn order. `bar`: its real ticket as a length, of BAR for the largest ticket there can be."""

    rank: int
    code: str
    name: str
    ball: int
    ticket: str
    bar: int
    place: Literal["winner", "alternate", "removed", "not-drawn"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ranking of a result, and who holds the places now."""

    lines: list[Line]
    winners: list[Line]
    alternates: list[Line]
    removed: list[tuple[Change, Line]]
    vacant: int
    rest: int
    """Ranked agents that `lines` does not show."""


def outcome(result: Result, names: Mapping[str, str], page: AttemptPage | None = None) -> Outcome:
    """page: of the attempt, whose newest standing counts; None for a shadow, which gives nobody a place."""
    standing = None if page is None else page.standing
    newest = standing or result
    changes = [] if standing is None else standing["changes"]
    gone = {change["code"] for change in changes}
    winners, alternates = set(newest["winners"]), set(newest["alternates"])
    lines = [
        Line(
            rank=one["rank"],
            code=one["code"],
            name=names.get(one["code"], one["code"]),
            ball=one["ball"],
            ticket=one["ticket"],
            bar=max(1, int(one["ticket"][:8], 16) * BAR >> 32),
            place=_place(one["code"], winners, alternates, gone),
        )
        for one in result["ranking"]
    ]
    by_code = {line.code: line for line in lines}
    return Outcome(
        lines=lines[:ROWS],
        winners=[by_code[code] for code in newest["winners"]],
        alternates=[by_code[code] for code in newest["alternates"]],
        removed=[(change, by_code[change["code"]]) for change in changes],
        vacant=0 if standing is None else standing["vacant"],
        rest=max(0, len(lines) - ROWS),
    )


def _place(
    code: str, winners: set[str], alternates: set[str], gone: set[str]
) -> Literal["winner", "alternate", "removed", "not-drawn"]:
    if code in winners:
        return "winner"
    if code in alternates:
        return "alternate"
    return "removed" if code in gone else "not-drawn"


# One attempt, whole


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt as its part of the page needs it."""

    page: AttemptPage
    state: State
    phases: list[Phase]
    seats: list[Seat]
    balls: int
    """Of the whole pool."""
    outcome: Outcome | None
    shadow: Outcome | None

    @property
    def attempt(self) -> Attempt:
        return self.page.attempt


def attempt_view(draw: Draw, page: AttemptPage, now: int) -> AttemptView:
    """now: Unix milliseconds."""
    attempt = page.attempt
    is_present = attempt.number == len(draw.attempts)
    state = draw.state_at(now) if is_present else attempt.state_at(now)
    names = names_of(page.roster)
    return AttemptView(
        page=page,
        state=state,
        phases=ladder(draw, attempt, state, is_first=is_present),
        seats=seats(attempt, now),
        balls=sum(agent["balls"] for agent in (page.roster["agents"] if page.roster else ())),
        outcome=None if page.result is None else outcome(page.result, names, page),
        shadow=None if page.shadow is None else outcome(page.shadow, names),
    )


def names_of(roster: Roster | None) -> dict[str, str]:
    return {} if roster is None else {agent["code"]: agent["name"] for agent in roster["agents"]}


def progress(phases: Sequence[Phase]) -> tuple[int, int]:
    """How many phases are done, of how many."""
    counted = [phase for phase in phases if phase.name not in LATER]
    return sum(phase.mark == "done" for phase in counted), len(counted)
