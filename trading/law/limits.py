"""What sums of money may be at most, or must be at least, as a dated table, `limits.json`. Pure; money is fen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

from trading.events import Category, Trade

Confidence = Literal["read", "quoted", "unconfirmed"]
Bound = Literal["most", "least"]
Round = Literal["first", "later", "any"]
WHOLE = 100


@dataclass(frozen=True)
class Limit:
    """One row."""

    id: str
    law: str
    article: str
    text: str
    """What it says, in short (要旨), not the article's own words."""
    en: str
    what: str
    """The sum: a particular of a notice, or a kind of security."""
    of: str | None
    """The sum of which it is a share; None: `fen` is the limit."""
    per_cent: int | None
    fen: int | None
    bound: Bound
    round: Round
    """For which rounds of a lot: the first that was announced, the later ones, or any."""
    unless: str | None
    """The particular of a notice that lifts it."""
    trades: tuple[Trade, ...]
    categories: tuple[Category, ...]
    """Empty: all."""
    since: date
    to: date | None
    """Its last day."""
    confidence: Confidence

    def allows(self, amount: int, base: int | None) -> bool:
        """base: the sum `of` which it is a share; where it is not known nothing can be said."""
        if self.per_cent is None:
            assert self.fen is not None
            return amount <= self.fen if self.bound == "most" else amount >= self.fen
        if base is None:
            return True
        found, wanted = amount * WHOLE, base * self.per_cent
        return found <= wanted if self.bound == "most" else found >= wanted

    def bound_fen(self, base: int | None) -> int:
        """The last sum that is allowed."""
        if self.per_cent is None or base is None:
            return self.fen or 0
        whole, rest = divmod(base * self.per_cent, WHOLE)
        return whole + (rest > 0 and self.bound == "least")


def limits(what: str, trade: Trade, category: Category | None, day: date, *, again: bool) -> Sequence[Limit]:
    """Those that hold for a sum on a day. again: the lot was announced before, and failed."""
    return [
        one
        for one in table()
        if one.what == what
        and trade in one.trades
        and (not one.categories or category in one.categories)
        and one.round in ("any", "later" if again else "first")
        and one.since <= day
        and (one.to is None or day <= one.to)
    ]


@lru_cache(maxsize=1)
def table() -> tuple[Limit, ...]:
    return read(files("trading.law").joinpath("limits.json").read_text("utf-8"))


def read(text: str) -> tuple[Limit, ...]:
    """Raises ValueError where it is no such table."""
    return tuple(_row(values) for values in json.loads(text))


def _row(values: dict[str, Any]) -> Limit:
    row = dict(values)
    for name, kind in (("trades", Trade), ("categories", Category)):
        if strange := set(row[name]) - set(get_args(kind)):
            raise ValueError(f"{row['id']}: {name} cannot hold {sorted(strange)}")
        row[name] = tuple(row[name])
    for name, kind in (("bound", Bound), ("round", Round), ("confidence", Confidence)):
        if row[name] not in get_args(kind):
            raise ValueError(f"{row['id']}: {name} cannot be {row[name]!r}")
    if (row["per_cent"] is None) != (row["of"] is None) or (row["fen"] is None) == (row["of"] is None):
        raise ValueError(f"{row['id']} is neither a share nor a sum")
    row["since"] = date.fromisoformat(row.pop("from"))
    row["to"] = None if row["to"] is None else date.fromisoformat(row["to"])
    return Limit(**row)
