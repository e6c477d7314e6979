"""The register reviews itself at the start and once in every day of Beijing, and tries again where it could not."""

import asyncio

import pytest

import api.background
from api.background import reviewing
from audit.database import Database, DatabaseBusy
from audit.log import Log
from registry import commands, documents, nightly
from tests.ground import FakeClock
from tests.registry.builders import REGISTRAR, a_code
from tests.registry.forms import Forms


def test_a_night_compares_and_removes_files(forms: Forms) -> None:
    forms.register.agency(1, address="沈阳市演示大厦 1 座")
    forms.register.agency(2, address="沈阳市演示大厦 1 座")
    forms.agency(3)
    forms.register.publish()
    forms.register.do(REGISTRAR, commands.erase_person, a_code(3), "agency", None, "个人信息保护法第四十七条")
    assert nightly.review(forms.log)
    assert list((forms.log.data / "blobs").iterdir()) == []
    assert forms.review() == []


def test_a_night_that_fails_says_so_and_harms_nothing(forms: Forms, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_log: Log) -> int:
        raise DatabaseBusy

    monkeypatch.setattr(documents, "forget_files", busy)
    assert not nightly.review(forms.log)


def test_each_day_of_beijing_has_its_review(log: Log, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[int] = []
    merged: list[Database] = []
    answers = iter([False, True, True])

    def review(log: Log) -> bool:
        days.append(log.clock() // 1000)
        clock.advance(13 * 3600 if len(days) < 3 else 0)  # from 10:00 over 23:00 to the next day's 12:00
        return next(answers)

    monkeypatch.setattr(api.background, "LOOKED_AT", 0)
    monkeypatch.setattr(nightly, "review", review)
    monkeypatch.setattr(api.background, "merge_words", merged.append)

    async def until_done() -> None:
        running = asyncio.ensure_future(reviewing()(log))
        while len(days) < 3 or len(merged) < 2:
            await asyncio.sleep(0.01)
        running.cancel()

    asyncio.run(until_done())
    start = days[0]
    assert [at - start for at in days] == [0, 13 * 3600, 26 * 3600]
    assert merged == [log.database] * 2  # not after the review that failed
