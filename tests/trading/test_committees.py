"""A lot's evaluation committee: drawn by the lottery's protocol from experts' codes, verified, recorded, named."""

import hashlib
import json
from base64 import b64decode
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from api.cli.verify import main
from audit.rebuild import rebuild_check
from audit.source import open_source
from audit.tables import EntryRow
from lottery import commands, queries
from lottery.committee import committee_code, committee_of, private_name
from lottery.events import Conditions, ExpertsListed
from lottery.logged.attempt import attempts_of
from lottery.logged.experts import check_experts
from lottery.logged.faults import EntryFault
from lottery.logged.reading import read_history
from lottery.model import subject
from lottery.protocol.standing import Change
from tests.api.site import ON_SQLITE
from tests.lottery.hall import HOUR, MONDAY, OPERATOR, PROJECT, REGISTRAR, TENDERER, Hall, signed
from tests.trading.floor import Floor, scores, winner
from trading import events
from trading.commands import decide_draw, engage_agent
from trading.events import AgentEngaged
from trading.law import committees

NAMES = {f"ZJ-{number:03}": f"专家{'甲乙丙丁戊己庚辛'[number]}" for number in range(8)}
ABOUT = committee_code(PROJECT, "1", 1)
COMMITTEE = events.CommitteeDrawn


def a_list(draw_id: str, **changed: Any) -> ExpertsListed:
    members: dict[str, Any] = {
        "draw_id": draw_id,
        "experts": [{"code": code, "speciality": "给排水"} for code in NAMES],
        "avoided": [{"code": "ZJ-900", "reason": "CONFLICT", "note": "与投标人有利害关系"}],
        "draws_at": MONDAY + 49 * HOUR,
    }
    return ExpertsListed.of(members | changed)


def listed(hall: Hall, event: ExpertsListed) -> None:
    hall.do(REGISTRAR, commands.list_experts, event, {one.code: NAMES[one.code] for one in event.experts})


def decided(hall: Hall) -> Floor:
    """A lot that takes bids, and the tenderer's decision on its committee."""
    floor = Floor(hall, "D", "goods", "open_tender", bidders=3)
    floor.announce()
    hall.do(TENDERER, decide_draw, hall.decision(project_code=ABOUT))
    return floor


def drawn(hall: Hall) -> list[str]:
    """From the list to the result: the codes in their order."""
    listed(hall, a_list(hall.draw_id))
    hall.clock.advance(HOUR)
    hall.publish_plan("dice", winners=5, alternates=2, min_agents=5, code_scheme="opaque")
    hall.publish_roster()
    hall.to_result()
    return queries.attempt_page(hall.log.blobs, hall.attempt).winners


def removed(hall: Hall, *codes: str) -> None:
    changes: list[Change] = [
        {"seq": place, "code": code, "kind": "DISQUALIFIED", "reason": "与投标人有利害关系，回避"}
        for place, code in enumerate(codes, 1)
    ]
    event = signed(
        commands.standing_to_sign(hall.log.blobs, hall.draw(), changes), subject(hall.draw_id, 1), "centre", "notary"
    )
    paper = {"document": b"%PDF-1.7", "document_name": "回避.pdf", "media_type": "application/pdf", "public": False}
    hall.do(OPERATOR, commands.change_standing, event, changes, **paper)


def test_a_committee_is_who_was_drawn_and_its_names_open_what_the_list_committed_to(
    hall: Hall, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    floor = decided(hall)
    members: dict[str, Any] = {"draw_id": hall.draw_id, "specialities": ["给排水"]}
    floor.refused("not-that-draw", COMMITTEE, **members)
    codes = drawn(hall)
    assert len(codes) == 5
    assert set(codes) < set(NAMES)
    verified(hall, tmp_path, capfd, codes)
    floor.refused("not-that-draw", COMMITTEE, **(members | {"draw_id": "MT-2023-0002"}))
    floor.refused("not-the-drawn", COMMITTEE, experts=[*codes[1:], "ZJ-900"], **members)
    floor.refused("not-the-drawn", COMMITTEE, experts=sorted(codes, reverse=codes == sorted(codes)), **members)
    floor.step(COMMITTEE, experts=codes, **members)
    removed(hall, codes[0])
    floor.refused("not-the-drawn", COMMITTEE, experts=codes, **members)
    floor.step(COMMITTEE, **members)
    committee = floor.last(COMMITTEE).experts
    assert committee == queries.attempt_page(hall.log.blobs, hall.attempt).winners
    assert codes[0] not in committee

    agent = AgentEngaged(project=PROJECT, draw_id=hall.draw_id, attempt=1, agent=hall.codes[0], contract_number="1")
    hall.refused("trading.not-drawn", TENDERER, engage_agent, agent)
    again = hall.decision("MT-2023-0002", project_code=ABOUT)
    hall.refused("lottery.project-has-draw", TENDERER, decide_draw, again)

    floor.close(3)
    floor.open(0, 1, 2)
    ranking: dict[str, Any] = {"scores": scores(0, 1, 2), "report_sha256": "0" * 64}
    floor.refused("no-committee", events.EvaluationCompleted, **ranking)
    forms_the_committee(floor, committee, codes[0])
    floor.step(COMMITTEE, **members)
    floor.refused("no-committee", events.EvaluationCompleted, **ranking)  # who was drawn anew is formed anew
    floor.step(events.CommitteeFormed, whole="DB-1 | 代表甲\nDB-2｜代表乙", **formed(committee))
    floor.step(events.EvaluationCompleted, **ranking)
    floor.step(events.AwardDecided, winners=winner(0))
    floor.announce("other", method=None, notice="qt-1")
    floor.refused("unknown-reference", events.CommitteeNamed, notice="qt-1")
    assert not any(name in whole_log(hall) for name in NAMES.values()), "no name is public before the result is"
    (won,) = winner(0)
    said = {"winner": won["bidder"], "winner_code": won["bidder_code"], "amount_fen": won["price_fen"]}
    floor.announce("result", method=None, notice="jg-1", **said)
    floor.step(events.CommitteeNamed, notice="jg-1")
    assert named(hall, committee) == [NAMES[code] for code in committee]
    assert "代表甲" in whole_log(hall)
    left = [NAMES[code] for code in NAMES if code not in committee]
    assert not any(name in whole_log(hall) for name in left), "who was not drawn stays unnamed"
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert not report.differences


def formed(drawn: list[str], **changed: Any) -> dict[str, Any]:
    members: dict[str, Any] = {"selection": "drawn", "experts": drawn, "representatives": ["DB-1", "DB-2"]}
    return members | changed


def forms_the_committee(floor: Floor, drawn: list[str], removed: str) -> None:
    """Of the drawn and no others, odd, by two thirds of experts; who has to avoid it stays out."""
    kind, names = events.CommitteeFormed, "DB-1 | 代表甲\nDB-2 | 代表乙"
    others = [f"DB-{number}" for number in range(1, 5)]
    for why, changed in (
        ("bad-committee", {"experts": [*drawn[1:], removed]}),
        ("bad-committee", {"experts": drawn[1:]}),
        ("bad-committee", {"representatives": [drawn[0]]}),
        ("bad-committee", {"representatives": ["代表甲"]}),
        ("bad-committee", {"reference": "演专库1号"}),
        ("bad-committee", {"selection": "superior"}),
        ("bad-committee", {"avoided": [{"code": "DB-2", "reason": "与投标人有利害关系"}]}),
        ("committee-unlawful", {"representatives": others[:1]}),  # six of them
        ("committee-unlawful", {"representatives": others}),  # nine of them, five experts
        ("committee-names-wrong", {"representatives": ["DB-1", "DB-3"]}),
    ):
        floor.refused(why, kind, whole=names, **formed(drawn, **changed))
    for wrong in (names + "\nDB-2 | 代表丙", "DB-1 | 代表甲", "DB-1 | \nDB-2 | 代表乙", f"{names}\n{drawn[0]} | 某"):
        floor.refused("committee-names-wrong", kind, whole=wrong, **formed(drawn))
    floor.step(kind, whole=names, **formed(drawn, avoided=[{"code": "ZJ-999", "reason": "本人申请"}]))
    floor.refused("bad-committee", kind, whole="ZJ-999 | 某", **formed(drawn, representatives=["ZJ-999"]))


@pytest.mark.parametrize(
    ("lot", "day", "least"),
    [
        (("A", "open_tender", "works", 0), date(2000, 1, 1), 5),
        (("B", "open_tender", "land", 0), date(2007, 11, 1), 5),
        (("B", "listing", "land", 0), date(2023, 1, 1), None),
        (("C", "open_tender", "equity_transfer", 0), date(2023, 1, 1), None),
        (("D", "single_source", "goods", 0), date(2023, 1, 1), None),
        (("D", "open_tender", "goods", 10**9 - 1), date(2023, 1, 1), 5),
        (("D", "open_tender", "goods", 10**9), date(2017, 9, 30), 5),
        (("D", "open_tender", "goods", 10**9), date(2017, 10, 1), 7),
        (("D", "inquiry", "goods", 2 * 10**8 - 1), date(2023, 1, 1), 3),
        (("D", "inquiry", "goods", 2 * 10**8), date(2023, 1, 1), 5),
        (("D", "inquiry", "works", 2 * 10**8), date(2023, 1, 1), 3),
        (("D", "competitive_consultation", "services", 10**9), date(2014, 12, 30), None),
        (("D", "competitive_consultation", "services", 10**9), date(2014, 12, 31), 3),
    ],
)
def test_how_large_a_committee_is_follows_from_trade_method_budget_and_day(lot: Any, day: date, least: Any) -> None:
    trade, method, category, fen = lot
    size = committees.wanted(trade, method, category, fen, day)
    assert (size and size.least) == least
    if size is not None and size.experts_of_three:
        experts = -(-size.least * 2 // 3)
        assert size.fits(experts, size.least - experts)
        assert not size.fits(experts - 1, size.least - experts + 1)
        assert not size.fits(size.least + 1, 0)
        assert not size.fits(size.least - 2, 0)


def verified(hall: Hall, folder: Path, capfd: pytest.CaptureFixture[str], codes: list[str]) -> None:
    """The draw is checked offline like any other, against the log too; another pool than the list is seen."""
    with hall.log.reading() as session:
        evidence = queries.evidence(session, hall.log.blobs, hall.draw_id, 1)
    assert evidence is not None
    file = folder / "evidence.json"
    file.write_bytes(evidence)
    capfd.readouterr()
    assert main(["draw", str(file), "--log", str(hall.log.folder.root), "--key", hall.log.vkey]) == 0
    assert f"winners={','.join(codes)}" in capfd.readouterr().out

    source = open_source(str(hall.log.folder.root))
    history = read_history(source, *_tree(hall), hall.draw_id, ABOUT)
    attempt = attempts_of(history)[0]
    roster: Any = json.loads(evidence)["roster"]
    check_experts(history, attempt, roster)
    with pytest.raises(EntryFault):
        check_experts(history, attempt, roster | {"agents": roster["agents"][1:]})
    with pytest.raises(EntryFault):
        check_experts(history, attempt, roster | {"excluded": []})
    with pytest.raises(EntryFault):
        check_experts(history, replace(attempt, plan={**attempt.plan, "code_scheme": "gb32100"}), roster)


def _tree(hall: Hall) -> tuple[int, bytes]:
    """Size and root of the published tree."""
    lines = hall.log.checkpoint().decode().split("\n")
    return int(lines[1]), b64decode(lines[2])


def whole_log(hall: Hall) -> str:
    """All that is public: entries and their files."""
    with hall.log.reading() as session:
        rows = session.scalars(select(EntryRow)).all()
        texts = [row.body.decode() for row in rows]
        files = [file["sha256"] for row in rows for file in json.loads(row.files)]
    return "\n".join([*texts, *((hall.log.blobs.get(one) or b"").decode(errors="replace") for one in files)])


def named(hall: Hall, committee: list[str]) -> list[str]:
    """The names in the entry's file, each checked against the list's commitment as anybody can."""
    with hall.log.reading() as session:
        rows = {
            row.kind: row
            for row in session.scalars(select(EntryRow).order_by(EntryRow.id))
            if row.kind in ("lottery.experts_listed", "trading.committee_formed", "trading.committee_named")
        }
    commitments = json.loads(rows["lottery.experts_listed"].private)
    (file,) = json.loads(rows["trading.committee_named"].files)
    data = hall.log.blobs.get(file["sha256"])
    assert data is not None
    document = json.loads(data)
    assert (file["name"], document["format"]) == ("committee.json", "mingtang-committee/2")
    assert [one["code"] for one in document["experts"]] == committee
    own = json.loads(rows["trading.committee_formed"].private)
    for one, promised in [(one, commitments) for one in document["experts"]] + [
        (one, own) for one in document["representatives"]
    ]:
        told = f"mingtang-log/1/private\n{one['salt']}\n{one['name']}".encode()
        assert hashlib.sha256(told).hexdigest() == promised[private_name(one["code"])]
    return [one["name"] for one in document["experts"]]


@ON_SQLITE
def test_the_list_may_be_renewed_until_the_freeze(hall: Hall) -> None:
    decided(hall)
    hall.refused(
        "lottery.not-now",
        OPERATOR,
        commands.plan_draw,
        hall.draw_id,
        hall.plan(),
        MONDAY + 49 * HOUR,
        MONDAY + 50 * HOUR,
    )
    listed(hall, a_list(hall.draw_id))
    hall.clock.advance(HOUR)
    plan = hall.plan("dice", winners=5, alternates=2, min_agents=5)
    hall.refused(
        "lottery.plan-differs", OPERATOR, commands.plan_draw, hall.draw_id, plan, MONDAY + 49 * HOUR, MONDAY + 50 * HOUR
    )
    hall.publish_plan("dice", winners=5, alternates=2, min_agents=5, code_scheme="opaque")
    hall.publish_roster()
    short = [{"code": code, "speciality": "给排水"} for code in sorted(NAMES)[:5]]
    recused = {"code": "ZJ-007", "reason": "RECUSED", "note": "本人申请回避"}
    listed(hall, a_list(hall.draw_id, experts=short, avoided=[recused]))
    hall.at(hall.attempt.planned.event.draws_at)
    hall.refused("lottery.roster-changed", OPERATOR, commands.freeze_roster, hall.draw_id)


@ON_SQLITE
def test_a_committee_with_a_place_for_which_nobody_is_left_is_not_recorded(hall: Hall) -> None:
    floor = decided(hall)
    drawn(hall)
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    removed(hall, *page.winners[:1], *page.alternates)
    hall.refused("lottery.not-now", REGISTRAR, commands.list_experts, a_list(hall.draw_id), NAMES)
    floor.refused("committee-places-vacant", COMMITTEE, draw_id=hall.draw_id)


@ON_SQLITE
@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"experts": []}, {}),
        ({"experts": [{"code": "专家1", "speciality": "给排水"}]}, {"专家1": "某"}),
        ({"experts": [{"code": "B", "speciality": "甲"}, {"code": "A", "speciality": "乙"}]}, {"A": "甲", "B": "乙"}),
        ({"experts": [{"code": "ZJ-900", "speciality": "给排水"}]}, {"ZJ-900": "某"}),
        ({}, {}),
        ({}, NAMES | {"ZJ-900": "某"}),
    ],
)
def test_a_list_of_experts_that_will_not_do_is_refused(
    hall: Hall, changed: dict[str, Any], names: dict[str, str]
) -> None:
    decided(hall)
    event = a_list(hall.draw_id, **changed)
    hall.refused("lottery.bad-experts", REGISTRAR, commands.list_experts, event, names)


@ON_SQLITE
def test_a_committee_is_drawn_for_a_lot_that_is_there_in_its_round_and_stage(hall: Hall) -> None:
    floor = Floor(hall, "D", "goods", "open_tender", bidders=3)
    hall.refused("trading.not-in-this-stage", TENDERER, decide_draw, hall.decision(project_code=ABOUT))
    floor.announce()
    for lot, number, why in (("1", 2, "wrong-round"), ("9", 1, "no-such-lot")):
        decision = hall.decision(project_code=committee_code(PROJECT, lot, number))
        hall.refused(f"trading.{why}", TENDERER, decide_draw, decision)
    unknown = hall.decision(project_code=committee_code("XM-0", "1", 1))
    hall.refused("trading.no-such-project", TENDERER, decide_draw, unknown)
    hall.do(TENDERER, decide_draw, hall.decision(project_code=ABOUT))
    now = hall.clock.now // 1000
    call = (
        OPERATOR,
        commands.publish_call,
        hall.draw_id,
        Conditions(text="均可报名", fields=[]),
        now + HOUR,
        now + 49 * HOUR,
    )
    hall.refused("lottery.not-now", *call)
    agent = hall.decision("MT-2023-0002")
    hall.do(TENDERER, decide_draw, agent)
    hall.refused("lottery.not-now", REGISTRAR, commands.list_experts, a_list("MT-2023-0002"), NAMES)
    hall.refused("registry.not-permitted", TENDERER, commands.list_experts, a_list(hall.draw_id), NAMES)


def test_a_committees_code_says_what_it_is_for_and_is_no_projects() -> None:
    assert committee_of(committee_code("P-1", "1#2", 3)) == ("P-1", "1#2", 3)
    for other in ("P-1", "P-1#1", "#1#1", "P##1", "P#1#01", "P#1#x", "P#1#"):
        assert committee_of(other) is None
