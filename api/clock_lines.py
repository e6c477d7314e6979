"""Statutory times as lines for people: what must happen until when, by which article, and whether it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.i18n import Lang
from audit.step import Step
from registry.working_days import CalendarUnknown, day_of
from trading.clocks import Running, rounds
from trading.law import clocks as law
from trading.law.clocks import Clock

OPEN = frozenset({"running", "ahead", "breached", "unknown"})
"""States that a reader has to know of first."""


@dataclass(frozen=True)
class Line:
    """One term."""

    clock: Clock
    words: str
    """What it is that must happen, or must wait."""
    about: str
    state: str
    due_at: int | None
    """Unix seconds."""
    met_at: int | None
    days_left: int | None
    """Whole days from today to the day of the bound; None where nothing runs."""
    stands_still: bool
    """Whether the bound is as if the suspended lot went on today."""


@dataclass(frozen=True)
class LotClocks:
    """The terms of one round of a lot."""

    lot: str
    round: int
    is_present: bool
    open: tuple[Line, ...]
    """Running, still ahead, breached or not to be computed; what is due first stands first."""
    done: tuple[Line, ...]
    """Kept, or a right that nobody used."""


def lot_clocks(steps: Sequence[Step[Any]], now: int, lang: Lang) -> list[LotClocks]:
    """For every round of every lot of a project for which something runs or ran.

    steps: all that the log shows of the project, oldest first. now: Unix milliseconds.
    """
    found = []
    for one in rounds(steps, now // 1000):
        lines = sorted((_line(term, now // 1000, lang) for term in one.terms), key=_when)
        if lines:
            shown, done = ([line for line in lines if (line.state in OPEN) is wanted] for wanted in (True, False))
            found.append(LotClocks(one.lot.lot, one.lot.round, one.is_present, tuple(shown), tuple(done)))
    return found


def sentence(one: Clock, lang: Lang) -> str:
    """A rule in short: as the table has it, and in English made of its parts."""
    if lang == "zh":
        return one.text
    moments = law.table().moments
    begins, ends = moments[one.counted_from].en, moments[one.until].en
    if one.unit == "moment":
        return f"{_capital(ends)}: not {'before' if one.kind == 'min' else 'after'} the {begins}"
    span = f"{one.value} {one.unit.replace('_', ' ')}{'' if one.value == 1 else 's'}"
    if one.back:
        return f"{_capital(begins)}: at least {span} before the {ends}"
    if one.value == 0:
        return f"{_capital(ends)}: on the same day as the {begins}"
    return f"{_capital(ends)}: {'at least' if one.kind == 'min' else 'within'} {span} after the {begins}"


def bound(one: Clock, lang: Lang) -> str:
    """Its length: 不少于 5 个工作日."""
    if one.unit == "moment":
        if lang == "zh":
            return "不得提前" if one.kind == "min" else "不得推迟"
        return "not before" if one.kind == "min" else "not after"
    if lang == "zh":
        unit = {"day": "日", "working_day": "个工作日", "month": "个月", "year": "年"}[one.unit]
        return f"{'不少于' if one.kind == 'min' else '不超过'} {one.value} {unit}"
    unit = one.unit.replace("_", " ") + ("" if one.value == 1 else "s")
    return f"{'at least' if one.kind == 'min' else 'at most'} {one.value} {unit}"


def moment(name: str, lang: Lang) -> str:
    """A moment's name."""
    words = law.table().moments[name]
    return words.zh if lang == "zh" else words.en


def _line(term: Running, now: int, lang: Lang) -> Line:
    one = term.clock
    name = one.counted_from if term.started_at is None else one.until
    left = None
    if term.due_at is not None and term.state in ("running", "ahead"):
        left = _days(now, term.due_at)
    return Line(
        one, _capital(moment(name, lang)), term.about, term.state, term.due_at, term.met_at, left, term.stands_still
    )


def _days(now: int, due: int) -> int | None:
    try:
        return (day_of(due) - day_of(now)).days
    except CalendarUnknown:
        return None


def _when(line: Line) -> tuple[bool, int]:
    return line.due_at is None, line.due_at or 0


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
