"""The table of procedures: what may be recorded of a lot, in which stage, by whom, and what follows.

`procedures.json` is one row a line, to be read by a lawyer. A change of law is a row with an end (`until`) and a new
one with a beginning (`from`): rounds that began under the old row are finished under it. No trade and no method is
named anywhere else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args

from trading.events import Method, NoticeKind, Trade

Stage = Literal[
    "registered",
    "announced",
    "receiving",
    "closed",
    "opened",
    "evaluated",
    "publicised",
    "decided",
    "contracted",
    "performing",
    "completed",
    "failed",
    "terminated",
]
STAGES: tuple[Stage, ...] = get_args(Stage)
STAGE_WORDS: dict[Stage, tuple[str, str]] = {
    "registered": ("已登记", "registered"),
    "announced": ("已公告", "announced"),
    "receiving": ("接收投标", "receiving bids"),
    "closed": ("已截止", "closed"),
    "opened": ("已开标", "opened"),
    "evaluated": ("已评审", "evaluated"),
    "publicised": ("公示中", "publicised"),
    "decided": ("已定标", "decided"),
    "contracted": ("已签约", "contracted"),
    "performing": ("履约中", "performing"),
    "completed": ("已完成", "completed"),
    "failed": ("已流标", "failed"),
    "terminated": ("已终止", "terminated"),
}
"""In Chinese and English."""
METHODS: tuple[Method, ...] = get_args(Method)
TRADES: tuple[Trade, ...] = get_args(Trade)
ROLES = ("tenderer", "agent", "registrar", "operator", "notary", "supervisor", "bidder", "system")


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    event: str
    """Kind of entry."""
    notice_kind: NoticeKind | None
    """Of a notice: its kind; None: any, or no notice at all."""
    trades: tuple[Trade, ...]
    methods: tuple[Method, ...]
    """Empty: any, and none too."""
    stages: tuple[Stage, ...]
    """In which it may be recorded."""
    to: Stage | None
    """Into which it brings the lot; None: it stays in its stage."""
    when: tuple[tuple[str, object], ...]
    """Members of the body that must have these values for this row to hold."""
    after: tuple[str, ...]
    """Kinds that must have been recorded in this round before, a notice's as `KIND:NOTICE_KIND`."""
    rules: tuple[str, ...]
    """What else is asked, and what follows: names of `trading/rules` and ids of statutory times."""
    by: tuple[str, ...]
    """Roles that may record it."""
    suspended: bool
    """Whether it may be recorded while the lot is suspended; then it moves nothing."""
    from_: date
    until: date | None
    law: str
    """Where it is written, or what this centre set itself."""

    @property
    def begins(self) -> bool:
        """Whether it begins a new round of a lot that failed."""
        return "failed" in self.stages and self.to in ("registered", "announced")

    def holds_on(self, day: date) -> bool:
        return self.from_ <= day and (self.until is None or day <= self.until)

    def is_for(self, trade: Trade, method: Method | None) -> bool:
        return trade in self.trades and (not self.methods or method in self.methods)

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether an event with these members is meant."""
        if self.notice_kind is not None and facts.get("notice_kind") != self.notice_kind:
            return False
        return all(facts.get(name) == value for name, value in self.when)


@lru_cache(maxsize=1)
def table() -> tuple[Row, ...]:
    """All rows, past and present, in the order of a procedure."""
    return read(files("trading.law").joinpath("procedures.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def rule_words() -> Mapping[str, tuple[str, str]]:
    """What each rule asks or does, in Chinese and English."""
    rows = json.loads(files("trading.law").joinpath("rules.json").read_text("utf-8"))
    return {row["rule"]: (row["zh"], row["en"]) for row in rows}


@lru_cache(maxsize=1)
def _by_event() -> Mapping[str, tuple[Row, ...]]:
    found: dict[str, list[Row]] = {}
    for row in table():
        found.setdefault(row.event, []).append(row)
    return {event: tuple(rows) for event, rows in found.items()}


def rows_of(event: str, day: date) -> Sequence[Row]:
    """The rows in force on a day for a kind of entry."""
    return [row for row in _by_event().get(event, ()) if row.holds_on(day)]


def methods_of(trade: Trade, day: date) -> list[Method]:
    """The methods that a trade knows on a day, as its table begins procedures."""
    rows = [row for row in rows_of("trading.notice_published", day) if row.begins and trade in row.trades]
    return [method for method in METHODS if any(method in row.methods for row in rows)]


def read(text: str) -> tuple[Row, ...]:
    """Raises ValueError where the table is not one, so that a slip in it is seen before anybody is refused by it."""
    rows = tuple(_row(number, values) for number, values in enumerate(json.loads(text), 1))
    for number, row in enumerate(rows):
        for other in rows[:number]:
            if _are_one(row, other):
                raise ValueError(f"two rows say what {row.event} does in {sorted(set(row.stages) & set(other.stages))}")
    return rows


def _are_one(row: Row, other: Row) -> bool:
    """Whether some event at some time would find both."""
    return (
        row.event == other.event
        and (row.notice_kind is None or other.notice_kind in (None, row.notice_kind))
        and not _exclude(dict(row.when), dict(other.when))
        and bool(set(row.trades) & set(other.trades))
        and (not row.methods or not other.methods or bool(set(row.methods) & set(other.methods)))
        and bool(set(row.stages) & set(other.stages))
        and (row.until is None or other.from_ <= row.until)
        and (other.until is None or row.from_ <= other.until)
    )


def _exclude(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    return any(name in other and other[name] != value for name, value in one.items())


_NAMES = {
    "event", "notice_kind", "trades", "methods", "stages", "to", "when", "after", "rules", "by", "suspended", "from",
    "until", "law",
}  # fmt: skip


def _row(number: int, values: dict[str, Any]) -> Row:
    if set(values) - _NAMES or not {"event", "trades", "stages", "by", "from", "law"} <= set(values):
        raise ValueError(f"row {number} has other members than a row has")
    kinds: tuple[str, ...] = get_args(NoticeKind)
    for name, known in (("trades", TRADES), ("methods", METHODS), ("stages", STAGES), ("by", ROLES)):
        _check(number, name, values.get(name, []), known)
    _check(number, "to", [values["to"]] if values.get("to") else [], STAGES)
    _check(number, "notice_kind", [values["notice_kind"]] if values.get("notice_kind") else [], kinds)
    if values.get("suspended") and values.get("to"):
        raise ValueError(f"row {number}: what may be recorded while a lot is suspended moves nothing")
    return Row(
        event=values["event"],
        notice_kind=values.get("notice_kind"),
        trades=tuple(cast(Trade, one) for one in values["trades"]),
        methods=tuple(cast(Method, one) for one in values.get("methods", ())),
        stages=tuple(cast(Stage, one) for one in values["stages"]),
        to=values.get("to"),
        when=tuple(sorted(values.get("when", {}).items())),
        after=tuple(values.get("after", ())),
        rules=tuple(values.get("rules", ())),
        by=tuple(values["by"]),
        suspended=values.get("suspended", False),
        from_=date.fromisoformat(values["from"]),
        until=date.fromisoformat(values["until"]) if values.get("until") else None,
        law=values["law"],
    )


def _check(number: int, name: str, found: Sequence[str], known: Sequence[str]) -> None:
    if strange := [one for one in found if one not in known]:
        raise ValueError(f"row {number}: {name} knows no {strange}")
