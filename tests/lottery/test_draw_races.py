"""Suspensions against freezes on both databases: what the log shows before a freeze was seen by it."""

import threading
from contextlib import suppress

import orjson
from sqlalchemy import func, select

from audit.errors import Refusal
from audit.tables import EntryRow
from lottery import commands
from lottery.events import Decided
from registry import commands as registry
from registry.events import AgencyReinstated, AgencySuspended
from tests.lottery.hall import OPERATOR, SUPERVISOR, TENDERER, Hall

FREEZES = 10
"""A sample; thousands in `make soak`."""
TRIES = 5000


def test_a_suspension_logged_before_a_freeze_was_seen_by_it(hall: Hall) -> None:
    """One agency is suspended and reinstated without end, while draw after draw is frozen if its roster still holds."""
    code = hall.codes[0]
    hall.prepare()
    hall.at(hall.attempt.planned.event.draws_at)
    stopping = threading.Event()

    def supervise() -> None:
        for number in range(1, 10**6, 2):
            suspension = AgencySuspended.decided(
                code=code, starts=0, until=None, ground="演示", decision_number=f"演〔2023〕{number}号"
            )
            end = AgencyReinstated(code=code, reason="演示", decision_number=f"演〔2023〕{number + 1}号")
            with hall.log.act(SUPERVISOR) as act:
                registry.suspend_agency(act, suspension)
            if stopping.wait(0.002):  # SQLite has one writer, and whoever asks again at once would always be it
                return
            with hall.log.act(SUPERVISOR) as act:
                registry.reinstate_agency(act, end)
            if stopping.wait(0.002):
                return

    supervisor = threading.Thread(target=supervise)
    supervisor.start()
    frozen = 0
    try:
        for _ in range(TRIES):
            frozen += freeze_and_void(hall)
            if frozen == FREEZES or stopping.wait(0.002):
                break
    finally:
        stopping.set()
        supervisor.join()
    with hall.log.reading() as session:
        newest = session.scalar(select(func.max(EntryRow.id)))
    assert newest is not None
    assert hall.log.wait(newest, 30) is not None
    assert check_log(hall, code) == frozen
    assert frozen == FREEZES


def freeze_and_void(hall: Hall) -> int:
    """Try to freeze; start the next attempt if that went well. The roster is the published one, or it is refused."""
    try:
        with hall.log.act(OPERATOR) as act:
            commands.freeze_roster(act, hall.draw_id)
    except Refusal:
        return 0
    if hall.attempt.number < 99:
        with hall.log.act(OPERATOR) as act:
            commands.void(act, hall.draw_id, "FORCE_MAJEURE", "再来一次")
        event = hall.attempt.planned.event
        plan = hall.plan()
        with hall.log.act(OPERATOR) as act:
            commands.plan_draw(act, hall.draw_id, plan, hall.clock.now // 1000, event.commit_deadline)
        while True:
            with suppress(Refusal), hall.log.act(OPERATOR) as act:  # refused while nothing has changed
                commands.publish_roster(act, hall.draw_id)
            if hall.attempt.rosters and hall.attempt.rosters[-1].event.counts.agents == 5:
                break
    return 1


def check_log(hall: Hall, code: str) -> int:
    """Read the log in its order: a freeze never follows a suspension that its roster does not show."""
    kinds = ("registry.agency_suspended", "registry.agency_reinstated", "lottery.roster_frozen")
    with hall.log.reading() as session:
        rows = session.execute(
            select(EntryRow.kind, EntryRow.body).where(EntryRow.kind.in_(kinds)).order_by(EntryRow.seq)
        ).all()
    suspended, frozen = False, 0
    for kind, body in rows:
        if kind == "lottery.roster_frozen":
            frozen += 1
            roster = orjson.loads(hall.log.blobs.get(orjson.loads(body)["roster_sha256"]) or b"")
            assert (code in {agent["code"] for agent in roster["agents"]}) is not suspended
        else:
            suspended = kind == "registry.agency_suspended"
    return frozen


def test_two_decisions_at_once_give_one_number_and_one_draw_to_a_project(hall: Hall) -> None:
    """Eight at once for the first number, four of them for one project."""
    decisions = [hall.decision("MT-2023-0001") for _ in range(4)]
    decisions += [hall.decision("MT-2023-0001", project_code=f"XM-2023-{number:04}") for number in range(2, 6)]
    taken: list[str] = []
    codes: list[str] = []
    together = threading.Barrier(len(decisions))

    def decide(event: Decided) -> None:
        together.wait()
        try:
            with hall.log.act(TENDERER) as act:
                commands.decide(act, event)
            taken.append(event.project_code)
        except Refusal as refusal:
            codes.append(refusal.code)

    threads = [threading.Thread(target=decide, args=(event,)) for event in decisions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1
    assert set(codes) <= {"lottery.draw-id-not-next", "lottery.project-has-draw", "lottery.former-draw-wrong"}
    assert len(codes) == 7
