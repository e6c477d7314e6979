"""What closes soon: the nearest deadline first, as it was moved last, of lots that one can still come into."""

import pytest

from audit.log import Log
from tests.trading.noticed import DAY, award, correct, move, project, publish, put, register, withdraw
from trading.closings import closing_soon
from trading.events import LotTerminated


def soon(log: Log, limit: int = 8) -> list[tuple[str, str | None, int]]:
    """Project, notice and days from now."""
    now = log.clock() // 1000
    with log.reading() as session:
        found = closing_soon(session, now, log.published_size, limit)
    return [(one.project, one.notice, (one.closes_at - now) // DAY) for one in found]


@pytest.fixture
def markets(log: Log) -> Log:
    register(log)
    now = log.clock() // 1000
    for code, days in (("XM-2025-A01", 30), ("XM-2025-B01", 20), ("XM-2025-D01", 25)):
        terms = [{"name": "bid_deadline", "value": now + days * DAY}]
        publish(log, code, f"gg-{code[-3].lower()}1", terms=terms)
    publish(log, "XM-2025-C01", "gg-c1", notice_kind="result")
    return log


def test_the_nearest_deadline_stands_first_and_what_is_over_is_left_out(markets: Log) -> None:
    b, d, a = ("XM-2025-B01", "gg-b1", 20), ("XM-2025-D01", "gg-d1", 25), ("XM-2025-A01", "gg-a1", 30)
    assert soon(markets) == [b, d, a]
    assert soon(markets, limit=1) == [b]
    markets.clock.advance(20 * DAY)  # type: ignore[attr-defined]  # a test's clock
    assert [project for project, *_ in soon(markets)] == ["XM-2025-D01", "XM-2025-A01"]


def test_a_moved_deadline_counts_and_the_former_no_more(markets: Log) -> None:
    now = markets.clock() // 1000
    move(markets, "XM-2025-B01", now + 40 * DAY)
    assert soon(markets)[-1] == ("XM-2025-B01", None, 40)
    correct(markets, "XM-2025-D01", "gg-d1", 2, terms=[{"name": "bid_deadline", "value": now + 50 * DAY}])
    assert soon(markets) == [("XM-2025-A01", "gg-a1", 30), ("XM-2025-B01", None, 40), ("XM-2025-D01", "gg-d1", 50)]


def test_a_lot_that_nobody_can_come_into_any_more_closes_no_more(markets: Log) -> None:
    award(markets, "XM-2025-A01", "演示建工有限公司", "91000000DEM000008X", 1)
    withdraw(markets, "XM-2025-D01", "gg-d1")
    members = {"project": "XM-2025-B01", "lot": "1", "round": 1, "reason": "规划调整", "approval": None}
    put(markets, LotTerminated.of(members), "project:XM-2025-B01")
    assert soon(markets) == []
    project(markets, "XM-2025-A02", "A", "演示市南湖泵站工程", "water", "210102")
    publish(markets, "XM-2025-A02", "gg-a2", lot=None)
    assert soon(markets) == [("XM-2025-A02", "gg-a2", 30)]
    award(markets, "XM-2025-A02", "演示建工有限公司", "91000000DEM000008X", 1)
    assert soon(markets) == []
