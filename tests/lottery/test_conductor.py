"""What the program does by itself: on time, once, and whatever else goes wrong."""

import threading
import time

import pytest

from audit.errors import Refusal
from audit.log import Log
from lottery import commands, conductor, queries
from lottery.beacon.relays import BeaconClient
from lottery.model import State
from lottery.protocol.beacon import round_time
from tests.lottery.hall import OPERATOR, ROUND, Hall


def test_a_meeting_runs_by_itself_between_the_seats_acts(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    assert conductor.advance_all(hall.log, hall.beacon) == 0
    hall.commit()
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert conductor.advance_all(hall.log, hall.beacon) == 2  # closed, announced
    hall.settle()
    hall.reveal()
    assert conductor.advance_all(hall.log, hall.beacon) == 1  # sealed
    hall.settle()
    assert conductor.advance_all(hall.log, hall.beacon) == 0
    hall.at(round_time(ROUND))
    until_drawn(hall)
    assert hall.state is State.DRAWN
    assert conductor.advance_all(hall.log, hall.beacon) == 0


def until_drawn(hall: Hall) -> None:
    for _ in range(200):
        if conductor.advance_all(hall.log, hall.beacon):
            return
        time.sleep(0.05)


def test_two_processes_do_each_step_once(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    hall.commit()
    hall.at(hall.attempt.planned.event.commit_deadline)
    steps: list[int] = []

    def conduct() -> None:
        for _ in range(5):
            steps.append(conductor.advance_all(hall.log, hall.beacon))

    threads = [threading.Thread(target=conduct) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    hall.settle()
    assert sum(steps) == 2
    assert hall.attempt.closed is not None
    assert hall.attempt.announced is not None


def test_a_fault_of_one_draw_stops_no_other(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.prepare("dice")
    hall.freeze()
    hall.commit()
    first, advance = hall.draw_id, conductor.advance

    def broken(log: Log, beacon: BeaconClient, draw_id: str) -> str | None:
        if draw_id == "A-BROKEN-ONE":
            raise RuntimeError("cannot be read")
        return advance(log, beacon, draw_id)

    monkeypatch.setattr(conductor, "advance", broken)
    monkeypatch.setattr(queries, "running_draws", lambda _session: ["A-BROKEN-ONE", first])
    assert conductor.advance_all(hall.log, hall.beacon) == 1


def test_a_log_that_cannot_be_read_does_not_end_the_loop(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(_session: object) -> list[str]:
        raise OSError("disk")

    monkeypatch.setattr(queries, "running_draws", unreadable)
    assert conductor.advance_all(hall.log, hall.beacon) == 0


def test_a_step_that_is_refused_is_no_fault(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.prepare("dice")
    hall.freeze()
    hall.commit()

    def refused(*_arguments: object) -> int:
        raise Refusal

    monkeypatch.setattr(commands, "close_commitments", refused)
    assert conductor.advance(hall.log, hall.beacon, hall.draw_id) is None
    monkeypatch.undo()
    hall.do(OPERATOR, commands.close_commitments, hall.draw_id)
