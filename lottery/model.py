"""A draw as its entries tell it: a fold over the log, with no column set by hand."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, cast

from audit.events import Event
from audit.step import Step
from lottery import events
from lottery.committee import committee_of
from lottery.protocol.beacon import round_time
from lottery.protocol.canonical import doc_hash
from lottery.protocol.plan import Plan, organisations, uses_beacon, uses_dice
from lottery.protocol.seal import Seal
from lottery.protocol.void import Void


class State(StrEnum):
    """Where a draw stands (see `docs/draw.md`; S0 to S10 and V of the live screens)."""

    DECIDED = "decided"
    CALLED = "called"
    PLANNED = "planned"
    ROSTER = "roster"
    COMMITTING = "committing"
    ANNOUNCING = "announcing"
    REVEALING = "revealing"
    DICE_BEFORE_SEAL = "dice-before-seal"
    SEALING = "sealing"
    COUNTDOWN = "countdown"
    DICE_AFTER_SEAL = "dice-after-seal"
    DERIVING = "deriving"
    DRAWN = "drawn"
    VOID = "void"
    GIVEN_UP = "given-up"


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection (异议), and the answer if there is one."""

    filed: Step[events.ObjectionFiled]
    answered: Step[events.ObjectionAnswered] | None

    @property
    def number(self) -> int:
        return self.filed.event.objection


@dataclass(frozen=True)
class Attempt:
    """One run of the protocol; every member is a step or the steps of one kind, in log order."""

    planned: Step[events.Planned]
    rosters: tuple[Step[events.RosterPublished], ...] = ()
    filed: tuple[Step[events.ObjectionFiled], ...] = ()
    answered: tuple[Step[events.ObjectionAnswered], ...] = ()
    opened: Step[events.MeetingOpened] | None = None
    frozen: Step[events.RosterFrozen] | None = None
    contributions: tuple[Step[events.Contributed], ...] = ()
    commitments: tuple[Step[events.Committed], ...] = ()
    closed: Step[events.CommitmentsClosed] | None = None
    announced: Step[events.RoundAnnounced] | None = None
    reveals: tuple[Step[events.Revealed], ...] = ()
    refused: tuple[Step[events.RevealRefused], ...] = ()
    dice: Step[events.DiceThrown] | None = None
    sealed: Step[events.Sealed] | None = None
    drawn: Step[events.Drawn] | None = None
    voided: Step[events.Voided] | None = None
    shadow: Step[events.ShadowDrawn] | None = None
    standings: tuple[Step[events.StandingChanged], ...] = ()
    notes: tuple[Step[events.MeetingNoted], ...] = ()
    minutes: tuple[Step[events.MinutesIssued], ...] = ()
    meeting_closed: Step[events.MeetingClosed] | None = None
    witnessed: bool | None = None
    """Whether a quorum of the witnesses in force at the plan has cosigned the seal, with a beacon before its round's
    time; None without a seal in the log, and where no witness was in force (未见证). No entry says so: it is found
    beside the log, and only the database's queries know it."""

    @property
    def number(self) -> int:
        return self.planned.event.attempt

    @cached_property
    def plan(self) -> Plan:
        return cast(Plan, self.planned.event.plan.model_dump())

    @cached_property
    def seal(self) -> Seal | None:
        return None if self.sealed is None else cast(Seal, self.sealed.event.seal.model_dump())

    @cached_property
    def void(self) -> Void | None:
        return None if self.voided is None else cast(Void, self.voided.event.void.model_dump())

    @property
    def uses_beacon(self) -> bool:
        return uses_beacon(self.plan)

    @property
    def uses_dice(self) -> bool:
        return uses_dice(self.plan)

    @cached_property
    def seats(self) -> dict[str, str]:
        """Seat to the name of its organisation."""
        return organisations(self.plan)

    @property
    def objections(self) -> list[Objection]:
        answers = {step.event.objection: step for step in self.answered}
        return [Objection(step, answers.get(step.event.objection)) for step in self.filed]

    @property
    def committed(self) -> dict[str, str]:
        """Seat to its commitment."""
        return {step.event.seat: step.event.commit for step in self.commitments}

    @property
    def revealed(self) -> dict[str, str]:
        """Seat to its secret."""
        return {step.event.seat: step.event.secret for step in self.reveals}

    @property
    def all_committed(self) -> bool:
        return self.committed.keys() == self.seats.keys()

    @property
    def all_revealed(self) -> bool:
        """Whether every seat that committed has revealed."""
        return self.revealed.keys() == self.committed.keys()

    @property
    def round(self) -> int | None:
        """The announced round, which is the one that the seal names."""
        return None if self.announced is None else self.announced.event.round

    @property
    def round_at(self) -> int | None:
        """When the announced round is due, Unix milliseconds."""
        return None if self.round is None else round_time(self.round) * 1000

    @property
    def seal_time(self) -> int | None:
        """Unix seconds at which the log accepted the seal, rounded up so that it is never earlier than the truth."""
        if self.sealed is None or self.sealed.logged is None:
            return None
        return -(-self.sealed.logged // 1000)

    @property
    def is_running(self) -> bool:
        return self.drawn is None and self.voided is None

    def reveals_closed_at(self, now: int) -> int | None:
        """When no reveal could come any more, Unix milliseconds, or None while one can: every seat that committed
        has revealed, or the deadline has come. Nobody is cut off before that."""
        if self.closed is None or (self.uses_beacon and self.announced is None):
            return None
        if self.all_revealed:
            return max([self.closed.at, *(step.at for step in self.reveals)])
        deadline = self.closed.event.reveal_deadline * 1000
        return deadline if now >= deadline else None

    def has_quorum(self, seats: Iterable[str]) -> bool:
        """Whether these seats are as many as the plan wants and belong to two organisations."""
        present = set(seats)
        return len(present) >= self.plan["min_reveals"] and len({self.seats[seat] for seat in present}) >= 2

    def state_at(self, now: int) -> State:
        """now: Unix milliseconds; deadlines pass without an entry."""
        if self.voided is not None:
            return State.VOID
        if self.drawn is not None:
            return State.DRAWN
        if self.sealed is not None:
            return self._state_after_seal(now)
        if self.frozen is None:
            return State.ROSTER if self.rosters else State.PLANNED
        if self.closed is None:
            return State.COMMITTING
        if self.uses_beacon and self.announced is None:
            return State.ANNOUNCING
        if self.reveals_closed_at(now) is None:
            return State.REVEALING
        if self.plan["entropy"] == "drand+dice" and self.dice is None:
            return State.DICE_BEFORE_SEAL
        return State.SEALING

    def _state_after_seal(self, now: int) -> State:
        if self.round_at is None:
            return State.DICE_AFTER_SEAL if self.dice is None else State.DERIVING
        return State.COUNTDOWN if now < self.round_at else State.DERIVING


@dataclass(frozen=True)
class Draw:
    """A draw from the tenderer's decision on. `followed_by`: the later draw of the project that took its place."""

    decided: Step[events.Decided]
    call: Step[events.CallPublished] | None = None
    experts: Step[events.ExpertsListed] | None = None
    """In the place of a call, where a committee is drawn: the newest list."""
    attempts: tuple[Attempt, ...] = ()
    followed_by: str | None = None

    @property
    def draw_id(self) -> str:
        return self.decided.event.draw_id

    @property
    def is_drill(self) -> bool:
        """Whether this is a rehearsal (演练), which every page has to say before anything else."""
        return self.draw_id.startswith("DRILL-")

    @property
    def is_committee(self) -> bool:
        """Whether experts are drawn into an evaluation committee, and no agent of a project."""
        return committee_of(self.decided.event.project_code) is not None

    @property
    def attempt(self) -> Attempt | None:
        """The present attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def subject(self) -> str:
        """What the next entry is about."""
        return subject(self.draw_id, self.attempt.number if self.attempt else None)

    def state_at(self, now: int) -> State:
        drawn = self.attempt is not None and self.attempt.drawn is not None
        if self.followed_by is not None and not drawn:
            return State.GIVEN_UP
        if self.attempt is not None:
            return self.attempt.state_at(now)
        return State.DECIDED if self.call is None and self.experts is None else State.CALLED


def subject(draw_id: str, attempt: int | None = None) -> str:
    """The subject of a draw's entries: before the first plan, and from it on."""
    return f"draw:{draw_id}" if attempt is None else f"draw:{draw_id}/{attempt}"


def void_hash(attempt: Attempt) -> str:
    """The hash of the record that ended an attempt, which the next plan names."""
    assert attempt.void is not None
    return doc_hash(attempt.void)


_ONE: dict[type[Event], str] = {
    events.MeetingOpened: "opened",
    events.RosterFrozen: "frozen",
    events.CommitmentsClosed: "closed",
    events.RoundAnnounced: "announced",
    events.DiceThrown: "dice",
    events.Sealed: "sealed",
    events.Drawn: "drawn",
    events.Voided: "voided",
    events.ShadowDrawn: "shadow",
    events.MeetingClosed: "meeting_closed",
}
_MANY: dict[type[Event], str] = {
    events.RosterPublished: "rosters",
    events.ObjectionFiled: "filed",
    events.ObjectionAnswered: "answered",
    events.Contributed: "contributions",
    events.Committed: "commitments",
    events.Revealed: "reveals",
    events.RevealRefused: "refused",
    events.StandingChanged: "standings",
    events.MeetingNoted: "notes",
    events.MinutesIssued: "minutes",
}


def fold(steps: Iterable[Step[Any]], followed_by: str | None = None) -> Draw:
    """The draw that these entries tell, in log order and beginning with the decision; sign-ups are passed over."""
    remaining = iter(steps)
    draw = Draw(next(remaining), followed_by=followed_by)
    for step in remaining:
        draw = _after(draw, step)
    return draw


def _after(draw: Draw, step: Step[Any]) -> Draw:
    kind: type[Event] = type(step.event)
    if kind is events.CallPublished:
        return replace(draw, call=step)
    if kind is events.ExpertsListed:
        return replace(draw, experts=step)
    if kind is events.Planned:
        return replace(draw, attempts=(*draw.attempts, Attempt(step)))
    if kind not in _ONE and kind not in _MANY:
        return draw
    number = step.event.attempt
    attempt = draw.attempts[number - 1]
    if kind in _ONE:
        changed = replace(attempt, **{_ONE[kind]: step})
    else:
        changed = replace(attempt, **{_MANY[kind]: (*getattr(attempt, _MANY[kind]), step)})
    return replace(draw, attempts=(*draw.attempts[: number - 1], changed, *draw.attempts[number:]))
