"""All draws together: who won how often, who removed whom afterwards, who voided what. No rehearsals.

Kept in memory and only ever continued: entries of the log never change, so whoever asks reads those that came since.
A result costs the reading of its two files and, for each agency in its pool, one step of its distribution.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.blobs import Blobs
from audit.tables import EntryRow
from lottery import events
from lottery.committee import MARK
from lottery.documents import DocumentMissing
from lottery.fairness import LEVEL, Spread, Wins, holm, spread, uniform_of
from lottery.inclusion import TooLarge, inclusion
from lottery.tables import DrawRow, DrawStepRow

_KINDS: Final = (
    events.Planned.kind,
    events.RosterFrozen.kind,
    events.Drawn.kind,
    events.Voided.kind,
    events.StandingChanged.kind,
)
Key = tuple[str, int]
"""A draw and its attempt."""


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """An agency that was in a pool with a result. Wins are those that were drawn, whoever was removed later."""

    code: str
    name: str
    draws: int
    expected: float
    wins: int
    low: int
    high: int
    """Wins between which an honest history leaves it, all but one time in a hundred."""
    p_value: float
    p_adjusted: float
    removed: int
    """Wins that it lost afterwards."""
    promoted: int
    """Places that it got because somebody was removed."""

    @property
    def is_flagged(self) -> bool:
        return self.p_adjusted < LEVEL


@dataclass(slots=True)
class OperatorLine:
    """What one account did (pseudonymous, as in every entry). `drawn`: results of plans that it published."""

    actor: str
    planned: int = 0
    """Attempts whose plans it published."""
    drawn: int = 0
    drawn_changed: int = 0
    """Of `drawn`, those after which somebody was removed, by whomever."""
    changed: set[Key] = field(default_factory=set)
    """Results after which it removed somebody itself."""
    removals: Counter[str] = field(default_factory=Counter)
    """By kind."""
    winners_removed: int = 0
    promoted: int = 0
    """Alternates who got a place by it."""
    voids: Counter[str] = field(default_factory=Counter)
    """Attempts that it voided, by reason."""
    voids_after_seal: int = 0


@dataclass(frozen=True)
class Fairness:
    """The draws of the first `size` entries of the log."""

    size: int
    attempts: int
    results: int
    changed: int
    """Results after which somebody was removed."""
    agencies: list[AgencyLine]
    """The least likely first."""
    first_tickets: Spread
    operators: list[OperatorLine]
    """By account."""
    too_large: list[Key]
    """Results that no agency's line counts: the chances of their pools are not worked out (`lottery.inclusion`)."""

    @property
    def removals(self) -> Counter[str]:
        return sum((line.removals for line in self.operators), Counter())

    @property
    def voids(self) -> Counter[str]:
        return sum((line.voids for line in self.operators), Counter())

    @property
    def flagged(self) -> list[AgencyLine]:
        return [line for line in self.agencies if line.is_flagged]


@dataclass(slots=True)
class _Result:
    planner: str
    winners: list[str]
    """As they stand now."""
    changes: int = 0


class History:
    """Kept for the life of the application; the first reader after a start reads every result once."""

    def __init__(self) -> None:
        self._counting = threading.Lock()
        self._size = 0
        self._attempts = 0
        self._plans: dict[Key, tuple[str, int]] = {}
        """Who published the plan of an attempt that is not over, and its places."""
        self._rosters: dict[Key, str] = {}
        self._results: dict[Key, _Result] = {}
        self._wins: dict[str, Wins] = {}
        self._names: dict[str, str] = {}
        self._removed: Counter[str] = Counter()
        self._promoted: Counter[str] = Counter()
        self._tickets: list[float] = []
        self._operators: dict[str, OperatorLine] = {}
        self._too_large: list[Key] = []
        self._told: Fairness | None = None
        """None once there was something new."""

    def upto(self, session: Session, blobs: Blobs, size: int) -> Fairness:
        """What the first `size` entries say, or more if more were asked for before. Raises DocumentMissing."""
        with self._counting:
            if size > self._size:
                self._read(session, blobs, size)
                self._size = size
            if self._told is None:
                self._told = self._summary()
            elif self._told.size != self._size:
                self._told = replace(self._told, size=self._size)
            return self._told

    def _read(self, session: Session, blobs: Blobs, size: int) -> None:
        statement = (
            select(EntryRow.seq, EntryRow.kind, EntryRow.actor, EntryRow.body)
            .join(DrawStepRow, DrawStepRow.entry_id == EntryRow.id)
            .join(DrawRow, DrawRow.draw_id == DrawStepRow.draw_id)
            .where(DrawStepRow.kind.in_(_KINDS), DrawRow.is_drill.is_(False))
            .where(DrawRow.project_code.not_like(f"%{MARK}%"))  # committees are drawn from other people
            .where(EntryRow.seq >= self._size, EntryRow.seq < size)
            .order_by(EntryRow.seq)
        )
        for seq, kind, actor, data in session.execute(statement):
            self._add(blobs, kind, actor, orjson.loads(data))
            self._told = None
            assert seq is not None
            self._size = seq + 1  # what was counted is not counted again if a later file is missing

    def _add(self, blobs: Blobs, kind: str, actor: str, body: dict[str, Any]) -> None:
        key = body["draw_id"], body["attempt"]
        if kind == events.Planned.kind:
            self._plans[key] = actor, body["plan"]["winners"]
            self._attempts += 1
            self._operator(actor).planned += 1
        elif kind == events.RosterFrozen.kind:
            self._rosters[key] = body["roster_sha256"]
        elif kind == events.Drawn.kind:
            self._drawn(blobs, key, body["result_sha256"])
        elif kind == events.StandingChanged.kind:
            self._changed(blobs, key, actor, body["standing_sha256"])
        else:
            self._plans.pop(key, None)
            self._rosters.pop(key, None)
            line = self._operator(actor)
            line.voids[body["void"]["reason"]] += 1
            line.voids_after_seal += body["void"]["seal_sha256"] is not None

    def _operator(self, actor: str) -> OperatorLine:
        return self._operators.setdefault(actor, OperatorLine(actor))

    def _drawn(self, blobs: Blobs, key: Key, result_sha256: str) -> None:
        roster, result = _file(blobs, self._rosters[key]), _file(blobs, result_sha256)
        planner, places = self._plans.pop(key)
        del self._rosters[key]
        pool: dict[str, int] = {agent["code"]: agent["balls"] for agent in roster["agents"]}
        winners: list[str] = result["winners"]
        self._names |= {agent["code"]: agent["name"] for agent in roster["agents"]}
        self._tickets.append(uniform_of(result["ranking"][0]["ticket"], sum(pool.values())))
        self._results[key] = _Result(planner, winners)
        self._operator(planner).drawn += 1
        try:
            chances = inclusion(pool.values(), places)
        except TooLarge:
            self._too_large.append(key)
            return
        for code, balls in pool.items():
            self._wins.setdefault(code, Wins()).add(chances[balls], code in winners)

    def _changed(self, blobs: Blobs, key: Key, actor: str, standing_sha256: str) -> None:
        standing = _file(blobs, standing_sha256)
        result, line = self._results[key], self._operator(actor)
        before, after = set(result.winners), set(standing["winners"])
        for change in standing["changes"][result.changes :]:
            line.removals[change["kind"]] += 1
        if result.changes == 0:
            self._operator(result.planner).drawn_changed += 1
        line.changed.add(key)
        line.winners_removed += len(before - after)
        line.promoted += len(after - before)
        self._removed.update(before - after)
        self._promoted.update(after - before)
        result.winners, result.changes = standing["winners"], len(standing["changes"])

    def _summary(self) -> Fairness:
        by_code = sorted(self._wins.items())
        p_values = [wins.p_value for _, wins in by_code]
        lines = [
            AgencyLine(
                code=code,
                name=self._names[code],
                draws=wins.draws,
                expected=wins.expected,
                wins=wins.won,
                low=wins.between()[0],
                high=wins.between()[1],
                p_value=p_value,
                p_adjusted=adjusted,
                removed=self._removed[code],
                promoted=self._promoted[code],
            )
            for (code, wins), p_value, adjusted in zip(by_code, p_values, holm(p_values), strict=True)
        ]
        return Fairness(
            size=self._size,
            attempts=self._attempts,
            results=len(self._results),
            changed=sum(one.changes > 0 for one in self._results.values()),
            agencies=sorted(lines, key=lambda line: (line.p_value, line.code)),
            first_tickets=spread(self._tickets),
            operators=[self._copy(line) for _, line in sorted(self._operators.items())],
            too_large=list(self._too_large),
        )

    def _copy(self, line: OperatorLine) -> OperatorLine:
        """So that nobody reads what is being continued."""
        changed, removals, voids = set(line.changed), Counter(line.removals), Counter(line.voids)
        return replace(line, changed=changed, removals=removals, voids=voids)


def _file(blobs: Blobs, sha256: str) -> Any:
    """A file that this program stored in its canonical form, which any JSON reader reads. Raises DocumentMissing."""
    data = blobs.get(sha256)
    if data is None:
        raise DocumentMissing(sha256=sha256)
    return orjson.loads(data)
