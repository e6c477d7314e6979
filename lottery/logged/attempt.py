"""One attempt as its entries tell it: which there are, in which order, and how far it got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, cast

from lottery.logged.faults import as_document, at
from lottery.logged.forms import BEFORE_THE_PLAN, Step
from lottery.logged.reading import History
from lottery.protocol.beacon import round_time
from lottery.protocol.errors import DrawError
from lottery.protocol.plan import Plan, check_plan, organisations, uses_beacon
from lottery.protocol.seal import Seal

PLANNED: Final = "lottery.planned"
PUBLISHED: Final = "lottery.roster_published"
FROZEN: Final = "lottery.roster_frozen"
CONTRIBUTED: Final = "lottery.contributed"
COMMITTED: Final = "lottery.committed"
CLOSED: Final = "lottery.commitments_closed"
ANNOUNCED: Final = "lottery.round_announced"
REVEALED: Final = "lottery.revealed"
REFUSED: Final = "lottery.reveal_refused"
DICE: Final = "lottery.dice_thrown"
SEALED: Final = "lottery.sealed"
DRAWN: Final = "lottery.drawn"
VOIDED: Final = "lottery.voided"
SHADOW: Final = "lottery.shadow_drawn"
STANDING: Final = "lottery.standing_changed"

ONCE: Final = frozenset((PLANNED, FROZEN, CLOSED, ANNOUNCED, DICE, SEALED, DRAWN, VOIDED, SHADOW))


@dataclass
class Attempt:
    """The entries of an attempt, by kind and in log order."""

    planned: Step
    plan: Plan
    steps: dict[str, list[Step]] = field(default_factory=dict)

    @property
    def number(self) -> int:
        return self.plan["attempt"]

    def all(self, kind: str) -> list[Step]:
        return self.steps.get(kind, [])

    def one(self, kind: str) -> Step | None:
        found = self.steps.get(kind)
        return found[0] if found else None

    def needed(self, kind: str) -> Step:
        """An entry that the order of the others has shown to be there."""
        return self.steps[kind][0]

    @cached_property
    def seats(self) -> dict[str, str]:
        """Seat to the name of its organisation."""
        return organisations(self.plan)

    @property
    def beacon(self) -> bool:
        return uses_beacon(self.plan)

    @property
    def roster_sha256(self) -> str | None:
        """Hash of the frozen roster, or of the last one published."""
        published = self.all(PUBLISHED)
        return published[-1].body["roster_sha256"] if published else None

    @property
    def committed(self) -> dict[str, str]:
        """Seat to commitment."""
        return {one.body["seat"]: one.body["commit"] for one in self.all(COMMITTED)}

    @property
    def revealed(self) -> dict[str, str]:
        """Seat to secret."""
        return {one.body["seat"]: one.body["secret"] for one in self.all(REVEALED)}

    @property
    def due(self) -> int | None:
        """When the announced round comes, Unix seconds."""
        announced = self.one(ANNOUNCED)
        return None if announced is None else round_time(announced.body["round"])

    @property
    def seal(self) -> Seal | None:
        sealed = self.one(SEALED)
        return None if sealed is None else cast(Seal, sealed.body["seal"])

    @property
    def seal_time(self) -> int | None:
        """Unix seconds at which the log accepted the seal, rounded up."""
        sealed = self.one(SEALED)
        return None if sealed is None else -(-sealed.logged // 1000)

    @property
    def void(self) -> Mapping[str, Any] | None:
        voided = self.one(VOIDED)
        return None if voided is None else cast(Mapping[str, Any], voided.body["void"])


def attempts_of(history: History) -> list[Attempt]:
    """The attempts of the draw, numbered without gaps, each with its entries in their order. Raises EntryFault."""
    attempts: list[Attempt] = []
    for entry in history.own:
        if entry.kind == PLANNED:
            attempts.append(_planned(entry, len(attempts) + 1))
        elif entry.kind not in BEFORE_THE_PLAN:
            number = entry.body["attempt"]
            if not 1 <= number <= len(attempts):
                raise at(entry, f"第 {number} 次尚无方案", f"attempt {number} has no plan yet")
            attempt = attempts[number - 1]
            _check_order(attempt, entry)
            attempt.steps.setdefault(entry.kind, []).append(entry)
    return attempts


def _planned(entry: Step, number: int) -> Attempt:
    if entry.body["attempt"] != number:
        raise at(entry, f"应为第 {number} 次的方案", f"it should be the plan of attempt {number}")
    try:
        plan = check_plan(entry.body["plan"])
    except DrawError as fault:
        raise as_document(entry, fault) from None
    if (plan["draw_id"], plan["attempt"]) != (entry.body["draw_id"], number):
        raise at(entry, "方案属于另一场或另一次摇号", "the plan is of another draw or attempt")
    return Attempt(entry, plan, {PLANNED: [entry]})


def _check_order(attempt: Attempt, entry: Step) -> None:
    """Refuse an entry that comes too early, too late, or twice. Raises EntryFault."""
    kind = entry.kind
    if kind in ONCE and attempt.all(kind):
        first = attempt.needed(kind).seq
        raise at(entry, f"本次已有此种条目（第 {first} 条）", f"the attempt has one already, entry {first}")
    needed, barred = _RULES[attempt.plan["entropy"]].get(kind, ((), ()))
    for other in needed:
        if not attempt.all(other):
            raise at(entry, f"须在 {other} 之后", f"it must follow {other}")
    for other in barred:
        if attempt.all(other):
            seq = attempt.needed(other).seq
            raise at(entry, f"须在 {other}（第 {seq} 条）之前", f"it must come before {other}, entry {seq}")


def _rules(mode: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Kind to the kinds that must stand before it, and those that must not."""
    beacon, dice_first = mode != "dice", mode == "drand+dice"
    never = (PLANNED,)  # which every attempt begins with
    open_to_reveals = (FROZEN, CLOSED, ANNOUNCED) if beacon else (FROZEN, CLOSED)
    after_reveals = (DICE, SEALED) if dice_first else (SEALED,)
    return {
        PUBLISHED: ((), (FROZEN, VOIDED)),
        FROZEN: ((PUBLISHED,), (VOIDED,)),
        CONTRIBUTED: ((FROZEN,), (CLOSED, VOIDED)),
        COMMITTED: ((FROZEN,), (CLOSED, VOIDED)),
        CLOSED: ((FROZEN,), (VOIDED,)),
        ANNOUNCED: ((FROZEN, CLOSED), (REVEALED, REFUSED, VOIDED) if beacon else never),
        REVEALED: (open_to_reveals, (*after_reveals, VOIDED)),
        REFUSED: (open_to_reveals, (*after_reveals, VOIDED)),
        DICE: {
            "drand": ((), never),
            "dice": ((SEALED,), (DRAWN, VOIDED)),
            "drand+dice": (open_to_reveals, (SEALED, VOIDED)),
        }[mode],
        SEALED: ((*open_to_reveals, *((DICE,) if dice_first else ())), (VOIDED,)),
        DRAWN: ((SEALED, DICE) if mode == "dice" else (SEALED,), (VOIDED,)),
        VOIDED: ((), (DRAWN,)),
        SHADOW: ((VOIDED, SEALED), ()),
        STANDING: ((DRAWN,), ()),
    }


_RULES: Final = {mode: _rules(mode) for mode in ("drand", "dice", "drand+dice")}
