"""Statutory times (法定期限) as a dated table, and how days are counted. No clock, no database.

`clocks.json` is the table, to be read by a lawyer: one row for each rule in each of its versions. A rule that changes
gets a last day, and a new row with the same id; what was begun under the old version keeps it.

Days are Beijing's. The day of the event is not counted (民法典 201); a term whose last day is not worked ends with the
next working day (民法典 203), unless it is counted back from the later event, where that would take time away.
"""

import calendar
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, Literal, get_args

from registry.working_days import DAY, add_working_days, day_of, end_of, is_working_day
from trading.events import Category, Method, Trade
from trading.law.errors import NoSuchClock

Unit = Literal["day", "working_day", "month", "year", "moment"]
"""日, 工作日, 月, 年; `moment`: not counted in days, the second itself is the bound."""
Kind = Literal["min", "max"]
"""`min`: the later event comes after that time at the earliest. `max`: within that time."""
Effect = Literal["refuse", "breach", "show"]
"""What follows where it is not kept: the act is refused; a breach is logged, since the act is owed; or nothing, since
it is a party's right, or begins with a knowledge that no log has."""
Confidence = Literal["read", "quoted", "unconfirmed"]
"""The article was read; it was seen quoted; it is to be confirmed by a lawyer (待律师确认)."""


@dataclass(frozen=True)
class Words:
    """A moment's name."""

    zh: str
    en: str


@dataclass(frozen=True)
class Clock:
    """One version of one rule."""

    id: str
    law: str
    article: str
    text: str
    """What it says, in short (要旨), not the article's own words."""
    value: int
    unit: Unit
    kind: Kind
    effect: Effect
    counted_from: str
    """The name of the moment that begins it."""
    until: str
    """The name of the moment that it is about."""
    back: bool
    """Whether it is counted back from the later event (截止前若干日)."""
    pauses: bool
    """Whether days on which the lot is suspended do not count: what it is about cannot be done meanwhile."""
    trades: tuple[Trade, ...]
    methods: tuple[Method, ...]
    """Empty: all."""
    categories: tuple[Category, ...]
    """Empty: all."""
    asking_from_fen: int | None
    """The asking prices that it is for: from this one …"""
    asking_to_fen: int | None
    """… to this one."""
    since: date
    to: date | None
    """Its last day."""
    confidence: Confidence

    @property
    def ref(self) -> str:
        """`ID@DATE`, as entries name a version."""
        return f"{self.id}@{self.since.isoformat()}"

    @property
    def is_duty(self) -> bool:
        """Whether its lapse is a breach."""
        return self.effect == "breach"

    def is_in_force(self, on: date) -> bool:
        return self.since <= on and (self.to is None or on <= self.to)

    def is_for(self, trade: Trade, category: Category | None, method: Method | None, asking_fen: int | None) -> bool:
        return (
            trade in self.trades
            and (not self.methods or method in self.methods)
            and (not self.categories or category in self.categories)
            and self._is_for_price(asking_fen)
        )

    def _is_for_price(self, asking_fen: int | None) -> bool:
        if self.asking_from_fen is None and self.asking_to_fen is None:
            return True
        if asking_fen is None:
            return False
        low, high = self.asking_from_fen or 0, self.asking_to_fen
        return low <= asking_fen and (high is None or asking_fen <= high)


def clock(id_: str, on: date) -> Clock:
    """The version of a rule in force on a day. Raises NoSuchClock."""
    for one in versions(id_):
        if one.is_in_force(on):
            return one
    raise NoSuchClock(clock=id_, day=on.isoformat())


def by_ref(ref: str) -> Clock | None:
    """The version that an entry names `ID@DATE`; None where this table never had it."""
    return next((one for one in versions(ref.partition("@")[0]) if one.ref == ref), None)


def versions(id_: str) -> tuple[Clock, ...]:
    """Every version of a rule, oldest first; none: there is no such rule."""
    return table().versions.get(id_, ())


# Counting


def due(one: Clock, start: int, stood_still: Collection[date] = ()) -> int:
    """The bound of a term that begins with an event: Unix seconds, and the bound itself is still right.

    `max`: the last second of the last day. `min`: the first second of the last day, since a deadline on that day ends
    the term. stood_still: days on which the lot was suspended. Raises CalendarUnknown.
    """
    if one.unit == "moment":
        return start
    day = last_day(one, day_of(start), stood_still)
    return end_of(day) - (DAY if one.kind == "min" else 1)


def last_day(one: Clock, first: date, stood_still: Collection[date] = ()) -> date:
    """The last day of a term whose event falls on `first`. Raises CalendarUnknown."""
    lost = frozenset(stood_still) if one.pauses else frozenset()
    if one.unit == "working_day":
        return _counted(first, one.value, lambda day: is_working_day(day) and day not in lost)
    day = _later(one, first)
    day = _counted(day, sum(first < it <= day for it in lost), lambda it: it not in lost)
    while not one.back and not (is_working_day(day) and day not in lost):
        day += timedelta(days=1)
    return day


def _counted(day: date, count: int, counts: Callable[[date], bool]) -> date:
    """The day on which the last of so many later days falls that count."""
    while count > 0:
        day += timedelta(days=1)
        count -= counts(day)
    return day


def latest_start(one: Clock, end: int) -> int:
    """For a term that is counted back: the last second at which the earlier event may happen. Raises CalendarUnknown.

    end: of the later event.
    """
    assert one.back
    day = day_of(end)
    if one.unit == "day":
        return end_of(day - timedelta(days=one.value)) - 1
    first = day
    while add_working_days(first, one.value) > day:
        first -= timedelta(days=1)
    return end_of(first) - 1


def _later(one: Clock, first: date) -> date:
    """So many days, months or years later; a day that its month lacks is the month's last (民法典 202)."""
    if one.unit == "day":
        return first + timedelta(days=one.value)
    months = first.year * 12 + first.month - 1 + one.value * (12 if one.unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))


# The table


@dataclass(frozen=True)
class Table:
    """All of `clocks.json`."""

    moments: Mapping[str, Words]
    versions: Mapping[str, tuple[Clock, ...]]
    """By id, in the order of the table, each oldest first."""


@lru_cache(maxsize=1)
def table() -> Table:
    return read(files("trading.law").joinpath("clocks.json").read_text("utf-8"))


def read(text: str) -> Table:
    """Raises ValueError where it is no such table, so that a slip in it is seen before anybody is refused by it."""
    data = json.loads(text)
    moments = {name: Words(**words) for name, words in data["moments"].items()}
    found: dict[str, list[Clock]] = {}
    for row in data["clocks"]:
        one = _clock(row)
        for name in (one.counted_from, one.until):
            if name not in moments:
                raise ValueError(f"{one.id}: there is no moment {name!r}")
        found.setdefault(one.id, []).append(one)
    for id_, several in found.items():
        several.sort(key=lambda one: one.since)
        for former, later in pairwise(several):
            if former.to is None or former.to >= later.since:
                raise ValueError(f"{id_}: two versions are in force on {later.since}")
            if _form(former) != _form(later):
                raise ValueError(f"{id_}: what it compares, and how, is the same in all versions")
    return Table(moments, {id_: tuple(several) for id_, several in found.items()})


def _form(one: Clock) -> tuple[object, ...]:
    return one.kind, one.counted_from, one.until, one.back


def _clock(row: Mapping[str, Any]) -> Clock:
    values = dict(row)
    for name, kind in (("unit", Unit), ("kind", Kind), ("effect", Effect), ("confidence", Confidence)):
        if values[name] not in get_args(kind):
            raise ValueError(f"{values['id']}: {name} cannot be {values[name]!r}")
    for name, kind in (("trades", Trade), ("methods", Method), ("categories", Category)):
        if strange := set(values[name]) - set(get_args(kind)):
            raise ValueError(f"{values['id']}: {name} cannot hold {sorted(strange)}")
        values[name] = tuple(values[name])
    if values["back"] and (values["kind"], values["unit"]) not in (("min", "day"), ("min", "working_day")):
        raise ValueError(f"{values['id']}: only a least number of days is counted back")
    if values["pauses"] and values["kind"] != "max":
        raise ValueError(f"{values['id']}: only a longest time stands still")
    values["since"] = date.fromisoformat(values.pop("from"))
    values["to"] = date.fromisoformat(values["to"]) if values["to"] else None
    return Clock(**values)
