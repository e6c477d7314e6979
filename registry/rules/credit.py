"""Credit (信用分) and the balls that follow from it, line by line over published facts. Pure."""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from registry.model.standing import CreditFact, Formula, Standing
from registry.working_days import day_of

FLAT = 1
"""Balls of everyone while no formula was published."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum: so many, each worth so much, and the entries that were counted."""

    what: Literal["base", "commissions", "points", "objections"]
    count: int
    each: int
    entries: tuple[int, ...]

    @property
    def sum(self) -> int:
        return self.count * self.each


@dataclass(frozen=True, slots=True)
class Credit:
    """How an agency comes to its balls (号球). Without a formula there are no lines, and everyone has one ball."""

    balls: int
    grade: str | None = None
    score: int | None = None
    lines: tuple[Line, ...] = ()
    formula: Formula | None = None


def credit(standing: Standing, formula: Formula | None, at: int) -> Credit:
    """An agency's credit by a formula at one moment. at: Unix seconds.

    score = base + commission * min(commissions, commissions_at_most) - point * points in force
    - objection * objections upheld, never under 0. Commissions and objections count where their day is not after the
    moment's and less than `window_months` before it.
    """
    if formula is None:
        return Credit(FLAT)
    terms = formula.terms
    today = day_of(at)
    after = "" if terms.window_months == 0 else months_before(today, terms.window_months).isoformat()
    counted = [one for one in standing.credit_facts if after < one.day <= today.isoformat()]
    commissions = _newest([one for one in counted if one.fact == "commission_completed"], terms.commissions_at_most)
    objections = [one for one in counted if one.fact == "objection_upheld"]
    penalties = [one for one in standing.penalties if one.ends is None or at < one.ends]
    lines = (
        Line("base", 1, terms.base, (formula.entry,)),
        Line("commissions", len(commissions), terms.commission, _entries(commissions)),
        Line("points", sum(one.points for one in penalties), -terms.point, tuple(one.entry for one in penalties)),
        Line("objections", len(objections), -terms.objection, _entries(objections)),
    )
    score = max(0, sum(line.sum for line in lines))
    grade = next(one for one in terms.grades if one.at_least <= score)  # the last one begins at 0
    return Credit(grade.balls, grade.grade, score, lines, formula)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of its month where there is none; never before the year 1."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        return date.min
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _newest(facts: Sequence[CreditFact], at_most: int) -> list[CreditFact]:
    """So many of them at most, those that stay longest."""
    newest = sorted(facts, key=lambda one: (one.day, one.entry), reverse=True)[:at_most]
    return sorted(newest, key=lambda one: one.entry)


def _entries(facts: Sequence[CreditFact]) -> tuple[int, ...]:
    return tuple(one.entry for one in facts)
