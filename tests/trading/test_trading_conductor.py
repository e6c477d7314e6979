"""What trading does by itself: no fault of one step stops another, and draws are not held up by it."""

import asyncio
import threading
from types import SimpleNamespace
from typing import Any

import pytest

import lottery.conductor
from api import background
from audit.log import Log
from trading import conductor
from trading.opening import Signatures


def test_no_fault_of_one_step_stops_another(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> int:
        raise RuntimeError("a fault")

    asked: list[int] = []

    def opens(_: Log, signatures: Signatures) -> int:
        asked.append(7)
        return 3 if signatures(7) == "sig" else 0

    monkeypatch.setattr(conductor, "STEPS", (fails, opens, fails, lambda *_: 2))
    assert conductor.advance_all(log, lambda number: "sig" if number == 7 else None) == 5
    assert asked == [7]


def test_every_step_of_trading_finds_nothing_to_do_in_an_empty_log(log: Log) -> None:
    assert conductor.advance_all(log) == 0


def test_trading_is_conducted_beside_the_draws_and_waits_for_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, drawn = threading.Event(), threading.Event()

    def an_opening_that_takes_long(_: Any, signatures: Any) -> int:
        assert signatures(1) == "sig"
        assert drawn.wait(60)  # it ends only once a draw has moved meanwhile
        opened.set()
        return 1

    def a_draw(*_: Any) -> int:
        drawn.set()
        return 1

    monkeypatch.setattr(conductor, "advance_all", an_opening_that_takes_long)
    monkeypatch.setattr(lottery.conductor, "advance_all", a_draw)
    beacon: Any = SimpleNamespace(poll=lambda number: "sig")
    nothing: Any = None

    async def both() -> None:
        running = asyncio.ensure_future(background.conducting(beacon)(nothing))
        await asyncio.to_thread(opened.wait, 60)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(both())
    assert opened.is_set()
