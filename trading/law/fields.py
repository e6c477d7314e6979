"""What the law wants in a notice (公告应当载明的内容), as a table: which particulars, of what type. No database.

`fields.json` is the table, one row a line, to be read by a lawyer. A row is for a kind of notice, some trades, and
where it says so some methods or categories. The particulars of a notice are its `terms`, in order of their names.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, NoReturn, get_args

from registry.names import check_text
from registry.uscc import BadCode, check_uscc
from trading.events import Category, Method, NoticeKind, Term, Trade
from trading.law.errors import FieldMissing, FieldUnknown, FieldWrong

Type = Literal["text", "paragraphs", "fen", "moment", "days", "flag", "int"]
Value = bool | int | str | list[str]

MAX_PARAGRAPHS = 100
MAX_PARAGRAPH = 2_000
MAX_NUMBER = 10**15
"""Of fen, ten million million yuan; of anything else more than enough."""
MAX_MOMENT = 4_102_444_800
"""The beginning of the year 2100."""

_ORDERED = (
    ("documents_from", "documents_until"),
    ("documents_from", "bid_deadline"),
    ("listing_from", "listing_until"),
    ("viewing_from", "viewing_until"),
    ("disclosure_from", "disclosure_until"),
    ("publicised_from", "publicised_until"),
)
"""Of each pair the first is earlier than the second."""


@dataclass(frozen=True)
class Field:
    """One particular."""

    kind: NoticeKind
    trades: tuple[Trade, ...]
    methods: tuple[Method, ...]
    """Empty: all."""
    categories: tuple[Category, ...]
    """Empty: all."""
    name: str
    type: Type
    required: bool
    zh: str
    en: str
    law: str
    """Where it is written; empty: this centre wants it."""

    def is_for(self, trade: Trade, method: Method | None, category: Category | None) -> bool:
        return (
            trade in self.trades
            and (not self.methods or method in self.methods)
            and (not self.categories or category in self.categories)
        )


def fields(
    kind: NoticeKind, trade: Trade, method: Method | None = None, category: Category | None = None
) -> tuple[Field, ...]:
    """What a notice of this kind may hold, and must where it is `required`, in the order of the table."""
    return tuple(one for one in table() if one.kind == kind and one.is_for(trade, method, category))


def check_terms(
    terms: Sequence[Term],
    kind: NoticeKind,
    trade: Trade,
    method: Method | None = None,
    category: Category | None = None,
) -> None:
    """Raises FieldMissing, FieldUnknown, FieldWrong, BadText."""
    known = {one.name: one for one in fields(kind, trade, method, category)}
    names = [term.name for term in terms]
    for before, name in zip(["", *names], names, strict=False):
        if name <= before or name not in known:
            raise FieldUnknown(name=name[:64])
    for term in terms:
        _check(known[term.name], term.value)
    for one in known.values():
        if one.required and one.name not in names:
            raise FieldMissing(name=one.name, zh=one.zh, en=one.en)
    _check_order({term.name: term.value for term in terms}, known)


# Checking


def _check(one: Field, value: Value) -> None:
    match one.type:
        case "text":
            if not isinstance(value, str):
                _wrong(one, "须为文字", "a text")
            _check_text(one, value)
        case "paragraphs":
            if not isinstance(value, list) or not 1 <= len(value) <= MAX_PARAGRAPHS:
                _wrong(one, f"须为 1 至 {MAX_PARAGRAPHS} 段文字", f"1 to {MAX_PARAGRAPHS} paragraphs")
            for paragraph in value:
                check_text(paragraph, one.zh, MAX_PARAGRAPH)
        case "flag":
            if not isinstance(value, bool):
                _wrong(one, "须为“是”或“否”", "yes or no")
        case _:
            limit = MAX_MOMENT if one.type == "moment" else MAX_NUMBER
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= limit:
                _wrong(one, f"须为 0 至 {limit} 的整数", f"a whole number, 0 to {limit}")


def _check_text(one: Field, value: str) -> None:
    check_text(value, one.zh)
    if one.name == "winner_code":
        try:
            check_uscc(value)
        except BadCode as refusal:
            _wrong(one, refusal.message("zh"), refusal.message("en"))


def _check_order(values: Mapping[str, Value], known: Mapping[str, Field]) -> None:
    for first, second in _ORDERED:
        begin, end = values.get(first), values.get(second)
        if isinstance(begin, int) and isinstance(end, int) and end <= begin:
            _wrong(known[second], f"须晚于“{known[first].zh}”", f"it must be later than: {known[first].en}")


def _wrong(one: Field, why_zh: str, why_en: str) -> NoReturn:
    raise FieldWrong(name=one.name, zh=one.zh, en=one.en, why_zh=why_zh, why_en=why_en)


# The table


@lru_cache(maxsize=1)
def table() -> tuple[Field, ...]:
    return read(files("trading.law").joinpath("fields.json").read_text("utf-8"))


def read(text: str) -> tuple[Field, ...]:
    """Raises ValueError where it is no such table, or two rows would hold for one field of one notice."""
    rows = tuple(_field(row) for row in json.loads(text))
    for at, one in enumerate(rows):
        for other in rows[:at]:
            if (one.kind, one.name) == (other.kind, other.name) and _meet(one, other):
                raise ValueError(f"{one.kind} has {one.name} twice")
    return rows


def _meet(one: Field, other: Field) -> bool:
    """Whether a notice can be of both."""
    return bool(set(one.trades) & set(other.trades)) and all(
        not mine or not theirs or bool(set(mine) & set(theirs))
        for mine, theirs in ((one.methods, other.methods), (one.categories, other.categories))
    )


def _field(row: Mapping[str, Any]) -> Field:
    values = dict(row)
    for name, kind in (("trades", Trade), ("methods", Method), ("categories", Category)):
        if strange := set(values[name]) - set(get_args(kind)):
            raise ValueError(f"{values['name']}: {name} cannot hold {sorted(strange)}")
        values[name] = tuple(values[name])
    if values["kind"] not in get_args(NoticeKind) or values["type"] not in get_args(Type):
        raise ValueError(f"{values['name']}: there is no {values['kind']!r} or no {values['type']!r}")
    return Field(**values)
