"""Whoever holds only the log works out every frozen roster anew, and sees where one was not what the rules say."""

import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from audit.act import Act
from audit.entry import SYSTEM
from audit.events import Event
from audit.log import Log
from lottery import commands, pool, queries
from lottery.beacon.relays import BeaconClient
from lottery.commands import roster as command
from lottery.events import Conditions
from lottery.explain import explain, explain_all
from lottery.protocol.roster import Roster
from registry import commands as registry
from registry import events
from registry.queries import agencies as registered
from registry.rules import Reason
from tests.ground import FakeClock
from tests.lottery.hall import HOUR, OPERATOR, REGISTRAR, ROUND, Hall, a_code
from tests.registry.happenings import Happenings, a_certificate, a_form, a_formula

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FAR = 4_000_000_000
"""A second that no test reaches."""
REASONS: tuple[Reason, ...] = (
    "NOT_RECORDED",
    "REMOVED",
    "SUSPENDED",
    "CONFLICT",
    "FORM_NOT_ACCEPTED",
    "FORM_EXPIRED",
    "COMMITMENT_MISSING",
    "COMMITMENT_EXPIRED",
    "CODE_NOT_ACKNOWLEDGED",
    "OUT_OF_SCOPE",
    "CONDITION_NOT_MET",
    "DID_NOT_ANSWER",
)


class Writer:
    """Writes entries of the register without asking its commands."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    def record(self, subject: str, *events: Event) -> None:
        def command(act: Act) -> None:
            act.lock(subject)
            for event in events:
                act.record(event, subject)

        self.hall.do(SYSTEM, command)

    def complete(self, code: str, until: int = FAR, promised: int = FAR, people: int = 2) -> None:
        """All that the three forms and the three rules ask for, as it is where nothing is wrong."""
        forms: list[tuple[events.Form, str | None]] = [("agency", None), ("legal_person", None)]
        forms += [("practitioner", f"p{number}") for number in range(people)]
        held = [a_certificate("造价工程师")]
        versions = [events.FormVersion(form=form, practitioner=who, version=1) for form, who in forms]
        self.record(
            f"agency:{code}",
            *(a_form(code, form, who, 1, held) for form, who in forms),
            events.FormsAccepted(code=code, forms=versions, until=until),
            events.CommitmentOnPaper(code=code, version=1, text_sha256="0" * 64, until=promised),
            events.ConductAcknowledged(code=code, version=1, practitioners=[]),
        )

    def rules(self) -> None:
        article = events.Article(article="A-1", text="不得陪标", points=3)
        self.record("rule:conduct", events.ConductPublished(version=1, effective=0, articles=[article]))
        self.record("rule:credit", a_formula(random.Random(1), 1))


def every_reason(hall: Hall) -> dict[str, Reason]:
    """A frozen roster in which everybody but the last three is out for a reason of its own; code to reason."""
    writer = Writer(hall)
    writer.rules()
    ends = hall.clock.now // 1000 + HOUR  # before the meeting
    codes = dict(zip(REASONS[1:], hall.codes, strict=False))
    for code in hall.codes:
        if code not in (codes["FORM_NOT_ACCEPTED"], codes["COMMITMENT_MISSING"]):
            writer.complete(
                code,
                until=ends if code == codes["FORM_EXPIRED"] else FAR,
                promised=ends if code == codes["COMMITMENT_EXPIRED"] else FAR,
                people=1 if code == codes["CONDITION_NOT_MET"] else 2,
            )
    lacking = codes["COMMITMENT_MISSING"]
    forms = [events.FormVersion(form="agency", practitioner=None, version=1)]
    forms += [events.FormVersion(form="legal_person", practitioner=None, version=1)]
    forms += [events.FormVersion(form="practitioner", practitioner="p1", version=1)]
    given = (a_form(lacking, "agency"), a_form(lacking, "legal_person"), a_form(lacking, "practitioner", "p1"))
    writer.record(f"agency:{lacking}", *given, events.FormsAccepted(code=lacking, forms=forms, until=FAR))
    struck = events.AgencyRemoved(code=codes["REMOVED"], ground="演示办法第十二条", decision_number="演监决9号")
    writer.record(f"agency:{struck.code}", struck)
    hall.suspend(codes["SUSPENDED"])
    parties = [f"agency:{codes['CONFLICT']}", "organisation:tenderer"]
    finding = events.FindingMade(finding="f1", ground="SAME_CONTROLLER", parties=parties, key=False)
    writer.record("finding:f1", finding)
    facts = events.AgencyAmended.of(
        {
            "code": codes["OUT_OF_SCOPE"],
            "name": "演示招标代理政采有限公司",
            "organisation": None,
            "region": "210100",
            "address": "演示市演示路 1 号",
            "fields": ["政府采购"],
            "founded": None,
            "reason": "变更",
        }
    )
    writer.record(f"agency:{facts.code}", facts)
    late = codes["CODE_NOT_ACKNOWLEDGED"]
    article = events.Article(article="A-1", text="不得陪标", points=3)
    writer.record("rule:conduct", events.ConductPublished(version=2, effective=ends, articles=[article]))
    for code in hall.codes:
        if code != late:
            writer.record(f"agency:{code}", events.ConductAcknowledged(code=code, version=2, practitioners=[]))
    unknown = events.OrganisationRecorded(
        organisation="newcomer", name="新来的代理有限公司", code=a_code(90), capacities=["agency"]
    )
    hall.do(REGISTRAR, registry.record_organisation, unknown)
    hall.grant("agent:new", "newcomer")
    hall.decide()
    conditions = Conditions(
        text="三表三制齐备的招标代理机构均可报名",
        fields=["工程建设"],
        requires=["forms", "commitment", "code"],
        practitioners=2,
        certificates=["造价工程师"],
    )
    hall.do(OPERATOR, commands.publish_call, hall.draw_id, conditions, ends, ends + 48 * HOUR)
    hall.sign_up(code for code in hall.codes if code != codes["DID_NOT_ANSWER"])
    hall.do("agent:new", commands.sign_up, hall.draw_id, a_code(90))
    hall.clock.advance(HOUR)
    hall.publish_plan("drand", ROUND)
    hall.publish_roster()
    hall.freeze()
    reasons: dict[str, Reason] = {code: reason for reason, code in codes.items()}
    return reasons | {a_code(90): REASONS[0]}


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
    hall.prepare()
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
