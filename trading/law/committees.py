"""How an evaluation committee (评标委员会、谈判小组) must be made up, as a dated table, `committees.json`. Pure.

Every committee has an odd number of members. A row with a higher `from_fen` goes before one with a lower.
"""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

from trading.events import Category, Method, Trade

Confidence = Literal["read", "quoted", "unconfirmed"]
THIRDS = 3


@dataclass(frozen=True)
class Size:
    """One row."""

    trades: tuple[Trade, ...]
    methods: tuple[Method, ...]
    categories: tuple[Category, ...]
    """Empty: all."""
    from_fen: int
    """The budget from which on it is for."""
    least: int
    """Members."""
    experts_of_three: int
    """How many thirds of the members are experts at least; 0: the law does not say."""
    since: date
    to: date | None
    """Its last day."""
    law: str
    confidence: Confidence

    def is_for(self, trade: Trade, method: Method | None, category: Category | None, fen: int, day: date) -> bool:
        return (
            trade in self.trades
            and method in self.methods
            and (not self.categories or category in self.categories)
            and fen >= self.from_fen
            and self.since <= day
            and (self.to is None or day <= self.to)
        )

    def fits(self, experts: int, representatives: int) -> bool:
        members = experts + representatives
        return members >= self.least and members % 2 == 1 and experts * THIRDS >= members * self.experts_of_three


def wanted(trade: Trade, method: Method | None, category: Category | None, fen: int, day: date) -> Size | None:
    """What the law demands; None: no committee. fen: the budget, 0 where none is known."""
    found = [one for one in table() if one.is_for(trade, method, category, fen, day)]
    return max(found, key=lambda one: one.from_fen, default=None)


@lru_cache(maxsize=1)
def table() -> tuple[Size, ...]:
    return read(files("trading.law").joinpath("committees.json").read_text("utf-8"))


def read(text: str) -> tuple[Size, ...]:
    """Raises ValueError where it is no such table."""
    rows = tuple(_row(values) for values in json.loads(text))
    for at, row in enumerate(rows):
        if any(_are_one(row, other) for other in rows[:at]):
            raise ValueError(f"two rows hold for {row.trades} and {row.methods}")
    return rows


def _are_one(row: Size, other: Size) -> bool:
    return (
        bool(set(row.trades) & set(other.trades))
        and bool(set(row.methods) & set(other.methods))
        and (not row.categories or not other.categories or bool(set(row.categories) & set(other.categories)))
        and row.from_fen == other.from_fen
        and (row.to is None or other.since <= row.to)
        and (other.to is None or row.since <= other.to)
    )


def _row(values: dict[str, Any]) -> Size:
    row = dict(values)
    for name, kind in (("trades", Trade), ("methods", Method), ("categories", Category)):
        if strange := set(row[name]) - set(get_args(kind)):
            raise ValueError(f"{name} cannot hold {sorted(strange)}")
        row[name] = tuple(row[name])
    if row["confidence"] not in get_args(Confidence) or row["least"] % 2 == 0:
        raise ValueError(f"no row for {row['law']}")
    row["since"] = date.fromisoformat(row.pop("from"))
    row["to"] = None if row["to"] is None else date.fromisoformat(row["to"])
    return Size(**row)
