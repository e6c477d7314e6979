"""The table of limits of sums, at the last sum that each allows."""

from datetime import date
from typing import Any

import pytest

from trading.law.limits import limits


@pytest.mark.parametrize(
    ("what", "trade", "category", "again", "day", "base", "last", "wrong"),
    [
        ("bond_fen", "A", "services", False, "2012-02-01", 4_999_950, 99_999, 100_000),
        ("bond_fen", "A", "services", False, "2012-01-31", 50, 10**9, None),
        ("bond_fen", "A", "works", False, "2023-01-01", None, 80_000_000, 80_000_001),
        ("bond_fen", "A", "works", False, "2013-04-30", None, 80_000_001, None),
        ("bond_fen", "D", "goods", False, "2023-01-01", 5_000_000, 100_000, 100_001),
        ("deposit_fen", "B", "land", False, "2010-03-08", 1_000_001, 200_001, 200_000),
        ("deposit_fen", "B", "mining", False, "2023-01-01", 1_000_001, 0, None),
        ("asking_fen", "C", "equity_transfer", False, "2023-01-01", 1_000_000, 1_000_000, 999_999),
        ("asking_fen", "C", "equity_transfer", True, "2023-01-01", 1_000_001, 900_001, 900_000),
        ("asking_fen", "C", "asset_transfer", False, "2023-01-01", 1_000_000, 1, None),
        ("performance", "A", "works", False, "2012-02-01", 1_000_009, 100_000, 100_001),
        ("performance", "D", "goods", False, "2015-03-01", 1_000_000, 100_000, 100_001),
        ("retention", "A", "works", False, "2017-07-01", 1_000_000, 30_000, 30_001),
    ],
)
def test_the_last_sum_that_the_law_allows_is_allowed_and_the_next_is_not(
    what: str, trade: Any, category: Any, again: bool, day: str, base: int | None, last: int, wrong: int | None
) -> None:
    found = limits(what, trade, category, date.fromisoformat(day), again=again)
    assert all(one.allows(last, base) for one in found)
    if wrong is None:
        assert not [one for one in found if one.of is None or base is not None]
        return
    refusing = [one for one in found if not one.allows(wrong, base)]
    assert [one.bound_fen(base) for one in refusing] == [last]
    assert all(one.allows(wrong, None) for one in found if one.of is not None), "of what is not known nothing is said"
