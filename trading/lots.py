"""The state of a project's lots, as a fold over what the log says, and what may be recorded next. Pure.

fold(project, steps)            # each lot's state
check_move(lot, event, now)     # the row of the table of procedures that lets it be recorded; or a Refusal
offers(lot, role, now)          # the rows that this role may use now
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar, cast

from audit.events import Event
from audit.step import Step
from registry.working_days import day_of
from trading import errors
from trading.events import (
    Category,
    Cause,
    DeadlineMoved,
    LotEvent,
    Method,
    NoticeCorrected,
    NoticePublished,
    NoticeWithdrawn,
    ProcessResumed,
    ProcessSuspended,
    ProjectAmended,
    ProjectRegistered,
    Trade,
)
from trading.kinds import kind_words
from trading.law.procedures import STAGE_WORDS, Row, Stage, rows_of, table
from trading.model import METHOD_NAMES

E = TypeVar("E", bound=Event)
DEADLINES = ("bid_deadline", "sign_up_until", "disclosure_until", "listing_until")
"""Terms that say until when bids or applications are taken; the first that a notice has counts."""


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
    """Until when bids are taken."""
    opening_at: int | None = None
    began: int | None = None
    """When the notice that began this round's procedure was accepted: the table of that day holds for the round."""
    steps: tuple[Step[Any], ...] = ()
    """Of this round; what concerns the whole project's lots is among them."""
    rounds: tuple["LotState", ...] = ()
    """The former rounds, oldest first."""

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


# The fold


def fold(project: ProjectRegistered, steps: Iterable[Step[Any]]) -> dict[str, LotState]:
    """Each lot of a project by its number. steps: all entries about the project, oldest first (`trading.history`).

    It takes every log: what the table does not know of a lot in its stage is kept among its steps and moves nothing.
    """
    lots = {one.lot: _Lot(one.lot, project.trade, project.category) for one in project.lots}
    for step in steps:
        for lot in _concerned(lots, step.event):
            lot.take(step)
    return {number: lot.state() for number, lot in lots.items()}


def lot_states(steps: Sequence[Step[Any]]) -> dict[str, LotState]:
    """The same for steps that begin with the project's registration; no steps, no lots."""
    return fold(steps[0].event, steps) if steps and isinstance(steps[0].event, ProjectRegistered) else {}


def _concerned(lots: Mapping[str, "_Lot"], event: Event) -> Iterable["_Lot"]:
    if isinstance(event, LotEvent):
        return [lots[event.lot]] if event.lot in lots else []
    if isinstance(event, NoticePublished):
        found = lots.values() if event.lot is None else [lots[event.lot]] if event.lot in lots else []
        return [lot for lot in found if lot.is_in(event)]
    if isinstance(event, NoticeWithdrawn):
        return [lot for lot in lots.values() if lot.shows(event.notice)]
    return lots.values() if isinstance(event, ProjectAmended) else []


@dataclass
class _Lot:
    """A lot while its state is being folded."""

    lot: str
    trade: Trade
    category: Category | None
    round: int = 1
    stage: Stage = "registered"
    method: Method | None = None
    suspended: list[Suspension] = field(default_factory=list)
    deadline: int | None = None
    opening_at: int | None = None
    began: int | None = None
    steps: list[Step[Any]] = field(default_factory=list)
    rounds: list[LotState] = field(default_factory=list)

    def state(self) -> LotState:
        return LotState(
            self.lot, self.round, self.stage, self.method, self.category, self.trade, tuple(self.suspended),
            self.deadline, self.opening_at, self.began, tuple(self.steps), tuple(self.rounds),
        )  # fmt: skip

    def is_in(self, event: NoticePublished) -> bool:
        """Whether a notice is of this round, or begins the next one."""
        return event.round == self.round or (self.stage == "failed" and event.round == self.round + 1)

    def shows(self, notice: str) -> bool:
        return any(isinstance(one.event, NoticePublished) and one.event.notice == notice for one in self.steps)

    def take(self, step: Step[Any]) -> None:
        event, at = step.event, step.at // 1000
        if isinstance(event, ProjectAmended):
            self.category = _category_after(event, self.category)
            return
        if isinstance(event, LotEvent) and event.round != self.round:
            return
        row = _row_for(self, event.kind, _facts(self.steps, event), _law_day(self.began, at))
        if row is not None and row.begins and self.stage == "failed":
            self._begin_again()
        elif isinstance(event, NoticePublished) and event.round != self.round:
            return
        self.steps.append(step)
        if row is None or (self.suspended and not row.suspended):
            return
        if isinstance(event, ProcessSuspended):
            self.suspended.append(Suspension(event.cause, event.reference, at, event.until))
        elif isinstance(event, ProcessResumed):
            lifted = (event.cause, event.reference)
            self.suspended = [one for one in self.suspended if (one.cause, one.reference) != lifted]
        elif isinstance(event, DeadlineMoved):
            self._move_deadline(event.new)
        elif isinstance(event, NoticePublished):
            self._take_terms(event, at, row)
        if row.to is not None:
            self.stage = row.to

    def _begin_again(self) -> None:
        self.rounds.append(replace(self.state(), rounds=()))
        self.round += 1
        self.stage, self.method, self.began = "registered", None, None
        self.deadline = self.opening_at = None
        self.suspended, self.steps = [], []

    def _move_deadline(self, new: int) -> None:
        if self.opening_at is not None:  # bids are opened at the deadline, or as long after it as was announced
            self.opening_at = new + max(0, self.opening_at - (self.deadline or self.opening_at))
        self.deadline = new

    def _take_terms(self, event: NoticePublished, at: int, row: Row) -> None:
        if row.to == "announced":
            self.began = at if self.began is None else self.began
        if event.method is not None and row.methods:
            self.method = event.method
        terms = {term.name: term.value for term in event.terms}
        if isinstance(event, NoticeCorrected):  # only what it changes, or it would undo a deadline moved meanwhile
            former = _former(self.steps, event)
            terms = {name: value for name, value in terms.items() if former.get(name) != value}
        deadline = next((terms[name] for name in DEADLINES if isinstance(terms.get(name), int)), None)
        if isinstance(deadline, int):
            self._move_deadline(deadline)
        opening_at = terms.get("opening_at")
        if isinstance(opening_at, int):
            self.opening_at = opening_at


def _category_after(event: ProjectAmended, category: Category | None) -> Category | None:
    """What a project's category is after it was amended."""
    new = next((change.new for change in event.changed if change.field == "category"), None)
    return category if new is None else cast(Category, new)


def _former(steps: Sequence[Step[Any]], event: NoticePublished) -> dict[str, object]:
    """The terms of the version before."""
    for step in reversed(steps):
        former = step.event
        if isinstance(former, NoticePublished) and former.notice == event.notice and former.version < event.version:
            return {term.name: term.value for term in former.terms}
    return {}


# What may be recorded


def check_move(lot: LotState, event: Event, now: int) -> Row:
    """The row of the table that lets this be recorded of a lot. now: Unix seconds.

    Raises WrongRound, OtherMethod, NotInThisStage, IsSuspended, LacksPredecessor. Who may, and what else the row asks
    (`row.rules`), is asked by the command.
    """
    facts = _facts(lot.steps, event)
    row = check_kind(lot, event.kind, facts, now)
    wanted = lot.round + (row.begins and lot.stage == "failed")
    found = facts.get("round", wanted)
    if found != wanted:
        raise errors.WrongRound(lot=lot.lot, found=found, wanted=wanted)
    return row


def check_kind(lot: LotState, kind: str, facts: Mapping[str, Any], now: int) -> Row:
    """The same for a kind of entry whose body does not name the lot. Raises as `check_move`, but for the round."""
    method = facts.get("method")
    if method is not None and lot.method not in (None, method) and lot.stage != "failed":
        assert lot.method is not None
        method_en = lot.method.replace("_", " ")
        raise errors.OtherMethod(lot=lot.lot, method_zh=METHOD_NAMES[lot.method], method_en=method_en)
    row = _row_for(lot, kind, facts, _law_day(lot.began, now))
    if row is None and "method" in facts and method is None and _needs_method(lot, kind, facts, now):
        raise errors.MethodMissing(lot=lot.lot)
    if row is None:
        stage_zh, stage_en = STAGE_WORDS[lot.stage]
        kind_zh, kind_en = kind_words(kind)
        raise errors.NotInThisStage(lot=lot.lot, stage_zh=stage_zh, stage_en=stage_en, kind_zh=kind_zh, kind_en=kind_en)
    if lot.suspended and not row.suspended:
        raise errors.IsSuspended(lot=lot.lot, reference=lot.suspended[0].reference)
    missing = [one for one in row.after if not lot.has(one)]
    if missing:
        kind_zh, kind_en = kind_words(kind)
        missing_zh, missing_en = kind_words(missing[0])
        raise errors.LacksPredecessor(
            lot=lot.lot, kind_zh=kind_zh, kind_en=kind_en, missing_zh=missing_zh, missing_en=missing_en
        )
    return row


def offers(lot: LotState, role: str, now: int) -> list[Row]:
    """The rows by which this role may record something of a lot now, in the order of the table.

    Rules that look at the content of an event are asked when it is recorded.
    """
    day, found = _law_day(lot.began, now), []
    for row in table():
        method = None if lot.stage == "failed" and row.begins else lot.method
        if (
            role in row.by
            and row.holds_on(day)
            and lot.stage in row.stages
            and lot.trade in row.trades
            and (not row.methods or method in row.methods or (method is None and row.begins))
            and (row.suspended or not lot.suspended)
            and all(lot.has(one) for one in row.after)
        ):
            found.append(row)
    return found


def takes_sealed_bids(lot: LotState, now: int) -> bool:
    """Whether bids of this lot are sealed until a deadline."""
    rows = rows_of("trading.bid_closed", _law_day(lot.began, now))
    return any(row.is_for(lot.trade, lot.method) for row in rows)


def _row_for(lot: "LotState | _Lot", kind: str, facts: Mapping[str, Any], day: date) -> Row | None:
    again = lot.stage == "failed"
    for row in rows_of(kind, day):
        method = facts.get("method") if row.begins and (again or lot.method is None) else lot.method
        if lot.stage in row.stages and row.is_for(lot.trade, method) and row.fits(facts):
            return row
    return None


def _needs_method(lot: LotState, kind: str, facts: Mapping[str, Any], now: int) -> bool:
    """Whether some method would let this notice begin something."""
    rows = rows_of(kind, _law_day(lot.began, now))
    return any(row.begins and lot.stage in row.stages and lot.trade in row.trades and row.fits(facts) for row in rows)


def _facts(steps: Sequence[Step[Any]], event: Event) -> dict[str, Any]:
    """What rows ask about; of a withdrawal, which kind of notice it takes back."""
    if isinstance(event, NoticeWithdrawn):
        shown = (one.event for one in reversed(steps) if isinstance(one.event, NoticePublished))
        return {"notice_kind": next((one.notice_kind for one in shown if one.notice == event.notice), None)}
    return {name: getattr(event, name) for name in type(event).model_fields}


def _law_day(began: int | None, at: int) -> date:
    """The day whose law holds: of the beginning of the round's procedure."""
    return day_of(at if began is None else began)
