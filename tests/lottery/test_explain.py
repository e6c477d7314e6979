"""Whoever holds only the log works out every frozen roster anew, and sees where one was not what the rules say."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from audit.act import Act
from audit.log import Log
from lottery import commands, pool, queries
from lottery.beacon.relays import BeaconClient
from lottery.commands import roster as command
from lottery.events import Conditions
from lottery.explain import explain, explain_all
from lottery.protocol.roster import Roster
from registry.queries import agencies as registered
from tests.ground import FakeClock
from tests.lottery.hall import HOUR, OPERATOR, Hall, a_code
from tests.lottery.reasons import Writer, every_reason
from tests.registry.happenings import Happenings

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def folder(hall: Hall) -> str:
    return str(hall.log.data / "log")


def roster(hall: Hall) -> Roster:
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.roster is not None
    return page.roster


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_is_found_again_from_the_log_alone(
    log: Log, clock: FakeClock, beacon: BeaconClient, lang: str
) -> None:
    hall = Hall(log, clock, beacon, agencies=14)
    reasons = every_reason(hall)
    assert {one["code"]: one["reason"] for one in roster(hall)["excluded"]} == reasons
    assert explain_all(folder(hall)) == (["OK 1 rosters, 15 agencies"], 0)
    for code, reason in reasons.items():
        lines, status = explain(folder(hall), code, "MT-2023-0001/1", lang)
        assert status == 0
        assert lines[0].startswith(f"OK MT-2023-0001/1 {code} {reason} ")
        failed = next(line for line in lines if line.startswith("FAILED"))
        assert failed.startswith(f"FAILED {reason} entries=")
        assert failed.endswith("]")  # the article
    (winner,) = (one for one in roster(hall)["agents"] if one["code"] == hall.codes[-1])
    lines, status = explain(folder(hall), winner["code"], "MT-2023-0001/1", lang)
    assert lines[0].startswith(f"OK MT-2023-0001/1 {winner['code']} in balls={winner['balls']} ")
    assert {line.split()[0] for line in lines[1:]} == {"PASSED", "CREDIT"}


def test_what_comes_after_the_freeze_changes_nothing(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    hall.suspend(hall.codes[0])
    hall.record_agency(50)
    assert explain_all(folder(hall)) == (["OK 1 rosters, 6 agencies"], 0)


def test_every_frozen_attempt_counts(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    hall.void("FORCE_MAJEURE")
    hall.publish_plan(prev_sha256=hall.plan()["prev_sha256"], attempt=2)
    hall.publish_roster()
    hall.freeze()
    assert explain_all(folder(hall)) == (["OK 2 rosters, 12 agencies"], 0)


# What does not hold


def rigged(monkeypatch: pytest.MonkeyPatch, change: Any) -> None:
    """A program that is not the published one."""

    def compute(act: Act, draw: Any, attempt: Any) -> Roster:
        found = pool.compute_roster(act, draw, attempt)
        change(found)
        return found

    monkeypatch.setattr(command, "compute_roster", compute)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda found: found["agents"].pop(0), "computed=(in balls=1 name=演示招标代理0号有限公司) roster=(missing)"),
        (lambda found: found["agents"][0].update(balls=9), "roster=(in balls=9 "),
        (lambda found: found["excluded"][0].update(reason="SUSPENDED"), "computed=(DID_NOT_ANSWER "),
        (lambda found: found["agents"].append({"code": a_code(70), "name": "影子", "balls": 1}), "computed=(missing)"),
        (lambda found: found["agents"][0].update(name="别名"), "name=别名"),
    ],
)
def test_a_rigged_roster_is_named_by_its_first_agency(
    hall: Hall, monkeypatch: pytest.MonkeyPatch, change: Any, says: str
) -> None:
    rigged(monkeypatch, change)
    hall.prepare_anew()
    hall.freeze()
    (line,), status = explain_all(folder(hall))
    assert status == 1
    assert line.startswith("FAIL MT-2023-0001/1 ")
    assert says in line
    code = line.split()[2]
    assert explain(folder(hall), code, "MT-2023-0001/1") == ([line], 1)


def test_what_cannot_be_told_has_a_status_of_its_own(hall: Hall, tmp_path: Path) -> None:
    hall.prepare()
    hall.freeze()
    where = folder(hall)
    for agency, draw, wanted in (
        (hall.codes[0], "MT-2023-0001", 2),
        (hall.codes[0], "MT-2023-0001/2", 1),
        (hall.codes[0], "MT-2023-0009/1", 1),
        (a_code(77), "MT-2023-0001/1", 1),
    ):
        lines, status = explain(where, agency, draw)
        assert (len(lines), status) == (1, wanted), lines
    (line,), status = explain_all(str(tmp_path / "nowhere"))
    assert (line.split()[0], status) == ("E_READ", 3)
    (line,), status = explain_all(str(tmp_path))  # there, but no log
    assert (line.split()[0], status) == ("E_READ", 3)


def test_a_roster_file_that_is_gone_or_altered_is_told(hall: Hall, tmp_path: Path) -> None:
    hall.prepare()
    hall.freeze()
    copy = tmp_path / "copy"
    shutil.copytree(folder(hall), copy)
    frozen = hall.attempt.frozen
    assert frozen is not None
    file = copy / "blob" / frozen.event.roster_sha256
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data.replace(b'"balls":1', b'"balls":2'))
    (line,), status = explain_all(str(copy))
    assert (line.split()[0], status) == ("FAIL", 1)
    file.unlink()
    (line,), status = explain_all(str(copy))
    assert (line.split()[0], status) == ("E_READ", 3)


# Whatever happened before


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_to_the_register_the_log_tells_each_roster_again(hall: Hall, seed: int) -> None:
    """Random pasts of a dozen agencies, of whom some answer; those of the hall keep the pool large enough."""
    pick = random.Random(seed)
    happenings = Happenings(hall.log, pick, agencies=12, organisations=["outsider"])
    conditions = Conditions(text="均可报名", fields=["工程建设"], requires=["commitment"])
    for code in hall.codes:
        Writer(hall).complete(code)
    outsiders = set()
    for number in (1, 2, 3):
        happenings.happen(100)
        hall.draw_id = f"MT-2023-{number:04d}"
        hall.decide(project_code=f"XM-2023-{number:04d}")
        until = hall.clock.now // 1000 + HOUR
        meeting = until + 120 * HOUR
        hall.do(OPERATOR, commands.publish_call, hall.draw_id, conditions, until, meeting)
        with hall.log.reading() as session:
            recorded = [one.code for one in registered(session)]
        hall.sign_up(code for code in recorded if code in hall.codes or pick.random() < 0.7)
        happenings.happen(30)
        hall.clock.advance(HOUR)
        hall.do(OPERATOR, commands.plan_draw, hall.draw_id, hall.plan("dice"), meeting, meeting + HOUR)
        happenings.happen(30)
        hall.publish_roster()
        hall.freeze()
        outsiders |= {one["reason"] for one in roster(hall)["excluded"]}
    assert len(outsiders) > 2
    lines, status = explain_all(folder(hall))
    assert status == 0, lines
    assert lines[0].startswith("OK 3 rosters, ")
