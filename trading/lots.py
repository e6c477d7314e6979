"""The state of a project's lots, as a fold over what the log says, and what may be recorded next. Pure.

fold(project, steps)            # each lot's state
check_move(lot, event, now)     # the row of the table of procedures that lets it be recorded; or a Refusal
offers(lot, role, now)          # the rows that this role may use now
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from audit.events import Event
from audit.step import Step
from trading.events import (
    Category,
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
from trading.law.procedures import Row, Stage
from trading.lot_state import APPLICATIONS, DEADLINES, LotState, Suspension
from trading.moves import check_kind, check_move, facts_of, law_day, offers, row_for, takes_offers, takes_sealed_bids

__all__ = [
    "DEADLINES",
    "LotState",
    "Suspension",
    "check_kind",
    "check_move",
    "fold",
    "lot_states",
    "offers",
    "takes_offers",
    "takes_sealed_bids",
]


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
    applications_until: int | None = None
    began: int | None = None
    steps: list[Step[Any]] = field(default_factory=list)
    rounds: list[LotState] = field(default_factory=list)

    def state(self) -> LotState:
        return LotState(
            self.lot, self.round, self.stage, self.method, self.category, self.trade, tuple(self.suspended),
            self.deadline, self.opening_at, self.began, tuple(self.steps), tuple(self.rounds),
            self.applications_until,
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
        row = row_for(self, event.kind, facts_of(self.steps, event), law_day(self.began, at))
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
        self.deadline = self.opening_at = self.applications_until = None
        self.suspended, self.steps = [], []

    def _move_deadline(self, new: int) -> None:
        if self.applications_until is not None and self.deadline in (None, self.applications_until):
            self.applications_until = new
        if self.deadline is not None or self.applications_until is None:
            self._set_deadline(new)

    def _set_deadline(self, new: int) -> None:
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
        applications = terms.get(APPLICATIONS)
        if isinstance(applications, int):
            self.applications_until = applications
        deadline = next((terms[name] for name in DEADLINES if isinstance(terms.get(name), int)), None)
        if isinstance(deadline, int) and event.notice_kind != "prequalification":  # bids come after its invitation
            self._set_deadline(deadline)
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
