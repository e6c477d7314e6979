"""The clock writes what ran out, once, whoever looks and however often: on both databases."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from audit.entry import SYSTEM
from audit.events import Event
from audit.rebuild import rebuild_check
from audit.step import Step
from tests.lottery.hall import HOUR, MONDAY, PROJECT, TENDERER, Hall
from tests.trading.builders import a_project
from tests.trading.events_of import an_event
from trading import breaches
from trading.breaches import lapses, write_breaches
from trading.commands import register_project
from trading.events import ContractSigned, LotFailed, ObjectionFiled, ObjectionReplied, RuleBreached
from trading.history import history

DUE = MONDAY + 3 * 86_400 + 15 * HOUR - 1
"""Thursday, 24 August 2023, 23:59:59: three days after the Monday on which it was asked."""
OBJECTION = an_event(ObjectionFiled, objection="yy-1", stage="result", party="甲", abstract="评分有误", due_at=DUE)
REPLY = an_event(ObjectionReplied, objection="yy-1", outcome="rejected", abstract="评分无误")


@pytest.fixture
def asked(hall: Hall) -> Hall:
    """Somebody objected to the result on Monday."""
    hall.do(TENDERER, register_project, a_project())
    put(hall, OBJECTION)
    assert write_breaches(hall.log) == 0
    return hall


def put(hall: Hall, event: Event, project: str = PROJECT) -> None:
    """Record it as it is; what the table of procedures says of it is another matter."""
    with hall.log.act(SYSTEM) as act:
        act.lock(f"project:{project}")
        act.record(event, f"project:{project}")
    assert hall.log.wait(act.recorded[-1], 20) is not None


def steps(hall: Hall, project: str = PROJECT) -> list[Step[Any]]:
    with hall.log.reading() as session:
        return history(session, project)


def written(hall: Hall, project: str = PROJECT) -> list[Step[RuleBreached]]:
    return [step for step in steps(hall, project) if isinstance(step.event, RuleBreached)]


def settle(hall: Hall) -> None:
    assert hall.log.wait(steps(hall)[-1].entry_id, 20) is not None


def test_a_reply_that_is_owed_is_a_breach_a_second_after_its_bound_and_is_written_once(asked: Hall) -> None:
    asked.at(DUE)
    assert write_breaches(asked.log) == 0
    asked.at(DUE + 1)
    assert write_breaches(asked.log) == 1
    (step,) = written(asked)
    assert step.actor == SYSTEM
    assert step.at == (DUE + 1) * 1000
    assert step.event == RuleBreached(
        project=PROJECT,
        lot="1",
        round=1,
        rule="a-objection-result-reply@2012-02-01",
        due_at=DUE,
        started_at=MONDAY,
        about="yy-1",
    )
    for _ in range(3):
        asked.clock.advance(HOUR)
        assert write_breaches(asked.log) == 0
    put(asked, REPLY)  # late: it is answered now, and was late for ever
    assert write_breaches(asked.log) == 0
    assert len(written(asked)) == 1
    settle(asked)
    assert rebuild_check(asked.log.database, asked.log.folder, asked.log.signer.key).differences == []


def test_another_process_and_one_that_was_away_write_nothing_twice(asked: Hall) -> None:
    asked.at(DUE + 30 * 86_400)
    lapse = lapses(steps(asked), DUE + 1)
    assert write_breaches(asked.log) == 1
    breaches._watches.clear()  # as after a restart, or in another process
    assert write_breaches(asked.log) == 0
    with asked.log.act(SYSTEM) as act:  # it saw the lapse before the first one wrote it
        assert breaches._write(act, lapse[0]) == 0
    breaches._watches.clear()
    put(asked, an_event(ContractSigned, contract="HT-1", signed_at=MONDAY, amount_fen=1))
    assert write_breaches(asked.log) == 2  # the bonds of losers and winner, long due
    assert {step.event.about for step in written(asked)} == {"yy-1", "HT-1"}


def test_a_reply_in_time_is_no_breach_even_where_the_process_looked_before_it(asked: Hall) -> None:
    asked.at(DUE)
    put(asked, REPLY)
    asked.at(DUE + 86_400)
    assert write_breaches(asked.log) == 0
    early = lapses([step for step in steps(asked) if step.event != REPLY], DUE + 1)
    assert len(early) == 1
    with asked.log.act(SYSTEM) as act:
        assert breaches._write(act, early[0]) == 0
    assert written(asked) == []


def test_a_fault_of_one_project_stops_neither_another_nor_the_caller(
    asked: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "XM-2023-0002"
    asked.do(TENDERER, register_project, a_project(code=other))
    put(asked, OBJECTION.model_copy(update={"project": other}), other)

    def broken(session: Session, project: str, placed: bool = False) -> list[Step[Any]]:
        if project == PROJECT:
            raise RuntimeError("this project cannot be read")
        return history(session, project, placed)

    asked.at(DUE + 1)
    monkeypatch.setattr(breaches, "history", broken)
    assert write_breaches(asked.log) == 1
    assert (len(written(asked)), len(written(asked, other))) == (0, 1)
    monkeypatch.setattr(breaches, "history", history)
    assert write_breaches(asked.log) == 0
    asked.at(DUE + 2 + breaches.AGAIN)
    assert write_breaches(asked.log) == 1
    monkeypatch.setattr(breaches, "_follow", lambda session, watch: 1 // 0)
    assert write_breaches(asked.log) == 0


def test_more_than_fits_into_one_call_is_done_in_the_next(asked: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [PROJECT, *(f"XM-2023-000{number}" for number in range(2, 5))]
    for code in codes[1:]:
        asked.do(TENDERER, register_project, a_project(code=code))
        put(asked, OBJECTION.model_copy(update={"project": code}), code)
    breaches._watches.clear()
    monkeypatch.setattr(breaches, "ENTRIES", 7)
    monkeypatch.setattr(breaches, "PROJECTS", 2)
    monkeypatch.setattr(breaches, "OLDER", 1)
    asked.at(DUE + 1)
    found = [write_breaches(asked.log) for _ in range(20)]
    assert max(found) == 1
    breaches._watches.clear()
    assert [write_breaches(asked.log) for _ in range(20)] == [0] * 20
    assert [len(written(asked, code)) for code in codes] == [1, 1, 1, 1]


def test_what_is_not_owed_is_not_written(asked: Hall) -> None:
    """A round that failed owes no contract, a right that nobody used is no breach; who asked is still answered."""
    signed = an_event(ContractSigned, lot="2", contract="HT-2", signed_at=MONDAY, amount_fen=1)
    put(asked, signed)
    put(asked, an_event(LotFailed, failure="irregular", reason="违法", bids=3))
    put(asked, an_event(LotFailed, lot="2", failure="irregular", reason="违法", bids=3))
    asked.at(DUE + 60 * 86_400)
    assert write_breaches(asked.log) == 1
    assert [step.event.about for step in written(asked)] == ["yy-1"]
