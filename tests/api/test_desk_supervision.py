"""The supervisor's desk without a browser: incidents, decisions, appeals, the code of conduct, the credit formula."""

import re
from functools import partial

import pytest
from fastapi import FastAPI

from audit.log import Log
from registry import commands, queries
from registry.documents import forget_files
from registry.events import FormulaPublished
from registry.queries import rulebook, supervision
from tests.api.desk_clerk import faults_of
from tests.api.desk_office import Office, an_office
from tests.api.site import ON_SQLITE, catch_up
from tests.ground import FakeClock
from tests.kept import once
from tests.registry.builders import a_code
from tests.registry.forms import PDF

CODE = a_code(1)
DESK = "/desk/supervision"
RECORD = f"{DESK}/agencies/{CODE}/incident"
STORY = {"place": "第三开标室", "course": "开标时代递文件。\n劝阻后停止。", "witnesses": "张三、李四"}
DAY = 86_400


@pytest.fixture
def office(app: FastAPI, log: Log, clock: FakeClock) -> Office:
    return an_office(app, log, clock)


def seen(office: Office, files: dict[str, tuple[str, bytes, str]] | None = None) -> str:
    """An agency on record, and an incident of it that the supervisor's page recorded; returns its path."""
    office.put_on_record()
    office.publish_conduct()
    record = partial(office.clerk("supervisor").do, RECORD, files, article="A-2", **STORY)
    once(office.log, ("an incident", files is None), record)
    return f"{DESK}/incidents/{office.incident()}"


def heard(office: Office) -> str:
    path = seen(office)
    once(office.log, "an answer", partial(answer, office, office.incident()))
    return path


def answer(office: Office, number: str) -> None:
    with office.log.reading() as session:
        organisation = queries.organisation_with_code(session, CODE)
    assert organisation is not None
    office.register.grant("g1", "agent", organisation.id)
    office.register.do("agent:g1", commands.answer_incident, CODE, number, "当时系误会。")
    catch_up(office.log)


def test_an_incident_is_recorded_with_its_private_parts_marked_and_none_of_them_in_the_entry(office: Office) -> None:
    path = seen(office, {"evidence_1": ("照片.png", b"\x89PNG\r\n\x1a\n1", "image/png")})
    supervisor = office.clerk("supervisor")
    form = supervisor.get(RECORD).text
    assert form.count("不公开") >= 6
    assert "决定有效期内公开，届满撤下" in form
    looked = supervisor.look(RECORD, None, article="A-1", **STORY).text
    assert "将永久公开" in looked
    draft = looked[looked.index('class="drafts"') : looked.index('class="confirm"')]
    assert "A-1" in draft
    assert "第三开标室" not in draft
    page = supervisor.get(path).text
    assert "张三、李四" in page
    link = re.findall(rf'href="({path}/files/[0-9]+/evidence_1)"', page)[0]
    assert supervisor.get(link).content == b"\x89PNG\r\n\x1a\n1"
    assert supervisor.get(link.replace("evidence_1", "witnesses")).status_code == 404
    assert "等待陈述申辩" in supervisor.get(DESK).text


@ON_SQLITE
def test_nothing_typed_is_lost_and_each_fault_stands_beside_its_field(office: Office) -> None:
    office.put_on_record()
    office.publish_conduct()
    supervisor = office.clerk("supervisor")
    typed = STORY | {"course": "只此一句"}
    answer = supervisor.send(supervisor.form(RECORD), None, article="", happened="2030-01-01T00:00", **typed)
    assert answer.status_code == 422
    assert faults_of(answer) == ["api.field-missing"]
    assert "f-article-wrong" in answer.text
    assert "只此一句" in answer.text
    answer = supervisor.send(supervisor.form(RECORD), None, article="A-1", happened="2030-01-01T00:00", **typed)
    assert faults_of(answer) == ["registry.bad-incident"]
    assert "f-happened-wrong" in answer.text


@ON_SQLITE
def test_without_a_code_of_conduct_nothing_can_be_recorded_and_the_page_says_so(office: Office) -> None:
    office.put_on_record()
    assert "尚无施行中的入场行为准则" in office.clerk("supervisor").get(RECORD).text


@ON_SQLITE
def test_an_incident_is_due_once_its_agency_answered_or_had_its_time(office: Office) -> None:
    path = seen(office)
    supervisor = office.clerk("supervisor")
    home = supervisor.get(DESK).text
    assert home.index("等待陈述申辩") < home.index(office.incident())
    refused = supervisor.send(
        supervisor.form(f"{path}/decide"),
        sanction="points",
        points="3",
        ends="2026-06-30",
        ground="演示办法第十条",
        decision_number="演示监决〔2025〕7号",
        reasons="事实清楚。",
    )
    assert faults_of(refused) == ["registry.answer-awaited"]
    assert "f-sanction-wrong" in refused.text
    answer(office, office.incident())
    home = supervisor.get(DESK).text
    assert home.index("待作出监察决定") < home.index(office.incident()) < home.index("待作出复核决定")
    assert "当时系误会。" in supervisor.get(path).text
    office.clock.advance(10 * DAY)


@ON_SQLITE
def test_what_does_not_belong_to_a_sanction_is_told_beside_its_field(office: Office) -> None:
    path, supervisor = f"{heard(office)}/decide", office.clerk("supervisor")
    form = supervisor.form(path)
    grounds = {"ground": "演示办法第十条", "decision_number": "演示监决〔2025〕7号", "reasons": "事实清楚。"}
    for filled, field in WRONGLY_FILLED:
        answer = supervisor.send(form, None, **filled, **grounds)
        assert faults_of(answer) == ["registry.bad-ruling"], filled
        assert f"f-{field}-wrong" in answer.text, filled


WRONGLY_FILLED: list[tuple[dict[str, str], str]] = [
    ({"sanction": "points", "ends": "2026-06-30"}, "points"),
    ({"sanction": "points", "points": "13", "ends": "2026-06-30"}, "points"),
    ({"sanction": "points", "points": "3"}, "ends"),
    ({"sanction": "warning", "ends": "2027-06-30"}, "ends"),
    ({"sanction": "suspension"}, "until"),
    ({"sanction": "suspension", "until": "2020-01-01T00:00"}, "until"),
    ({"sanction": "none", "points": "1"}, "points"),
]
"""What is filled in, to the field that does not fit."""


@ON_SQLITE
def test_a_suspension_is_decided_appealed_and_changed_by_another_supervisor(office: Office) -> None:
    path = heard(office)
    supervisor, second = office.clerk("supervisor"), office.clerk("second")
    grounds = {"ground": "演示办法第十条", "decision_number": "演示监决〔2025〕7号", "reasons": "事实清楚。"}
    looked = supervisor.look(f"{path}/decide", None, sanction="suspension", until="2026-03-01T00:00", **grounds).text
    assert "将永久公开" in looked
    assert "暂停代理机构" in looked  # the same act suspends
    draft = looked[looked.index('class="drafts"') : looked.index('class="confirm"')]
    assert "事实清楚" not in draft
    supervisor.do(f"{path}/decide", None, sanction="suspension", until="2026-03-01T00:00", **grounds)
    with office.log.reading() as session:
        agency = queries.agency(session, CODE)
    assert agency is not None
    assert agency.suspension_at(office.clock.now // 1000) is not None
    assert "有效的决定" in supervisor.get(DESK).text
    assert supervisor.get(f"{path}/decide").status_code == 409
    number = office.incident()
    office.register.do("agent:g1", commands.file_appeal, CODE, number, "处理过重。")
    catch_up(office.log)
    assert "处理过重。" in second.get(path).text
    review = {"ground": "演示办法第十二条", "decision_number": "演示监复〔2025〕1号", "reasons": "情节较轻。"}
    refused = supervisor.send(supervisor.form(f"{path}/appeal"), None, **review)
    assert faults_of(refused) == ["registry.same-decider"]
    worse = second.send(second.form(f"{path}/appeal"), None, sanction="removal", **review)
    assert faults_of(worse) == ["registry.appeal-makes-worse"]
    unclear = second.send(second.form(f"{path}/appeal"), None, points="2", **review)
    assert faults_of(unclear) == ["registry.bad-ruling"]
    second.do(f"{path}/appeal", None, sanction="warning", ends="2026-06-30", **review)
    with office.log.reading() as session:
        case = supervision.incident(session, number)
        agency = queries.agency(session, CODE)
    assert case is not None
    assert [one.result for one in case.decisions] == [None, "changed"]
    assert agency is not None
    assert not agency.suspensions
    page = supervisor.get(path).text
    assert "复核决定：变更" in page
    office.clock.advance(300 * DAY)
    supervisor.sign_in()
    over = supervisor.get(path).text
    assert "决定已届满" in over
    for private in ("张三、李四", "处理过重。", "情节较轻。", "第三开标室"):
        assert private not in over
    assert "没有。" in supervisor.get(DESK).text


def test_an_appeal_that_fails_leaves_the_decision_standing(office: Office) -> None:
    path = heard(office)
    grounds = {"ground": "演示办法第十条", "decision_number": "演示监决〔2025〕7号", "reasons": "事实清楚。"}
    office.clerk("supervisor").do(f"{path}/decide", None, sanction="points", points="3", ends="2026-06-30", **grounds)
    office.register.do("agent:g1", commands.file_appeal, CODE, office.incident(), "处理过重。")
    catch_up(office.log)
    second = office.clerk("second")
    assert office.incident() in second.get(DESK).text
    second.do(f"{path}/appeal", None, **(grounds | {"decision_number": "演示监复〔2025〕1号"}))
    page = second.get(path).text
    assert "复核决定：维持" in page
    assert page.count("3 分") == 2


@ON_SQLITE
def test_a_code_of_conduct_is_typed_line_by_line_and_published_whole(office: Office) -> None:
    supervisor, path = office.clerk("supervisor"), f"{DESK}/conduct/new"
    answer = supervisor.send(supervisor.form(path), articles="A-1 按时到场。")
    assert faults_of(answer) == ["registry.bad-rule"]
    assert "f-articles-wrong" in answer.text
    assert "第 1 行" in answer.text
    answer = supervisor.send(supervisor.form(path), articles="A-1 | 3 | 按时到场。\nA-1 | 3 | 重复。")
    assert "f-articles-wrong" in answer.text
    supervisor.do(path, articles="A-1 | 3 | 按时到场。\nA-2｜12｜不得代递 | 或代签。")
    assert "待施行" in supervisor.get(f"{DESK}/conduct").text
    office.clock.advance(DAY)
    supervisor.sign_in()
    with office.log.reading() as session:
        conduct = rulebook.conduct_at(session, office.clock.now // 1000)
    assert conduct is not None
    assert [(one.article, one.points, one.text) for one in conduct.event.articles] == [
        ("A-1", 3, "按时到场。"),
        ("A-2", 12, "不得代递 | 或代签。"),
    ]
    again = supervisor.form(path)
    assert again.values["articles"] == ["A-1 | 3 | 按时到场。\nA-2 | 12 | 不得代递 | 或代签。"]


@ON_SQLITE
def test_a_formula_is_published_after_a_look_at_what_it_does_to_every_agency(office: Office) -> None:
    office.put_on_record(1)
    office.put_on_record(2)
    office.publish_conduct()
    supervisor, path = office.clerk("supervisor"), f"{DESK}/formula/new"
    assert supervisor.form(path).values["grades"] == ["甲 | 0 | 1"]
    answer = supervisor.send(supervisor.form(path), grades="甲 | 90")
    assert "f-grades-wrong" in answer.text
    answer = supervisor.send(supervisor.form(path), grades="甲 | 90 | 1\n乙 | 0 | 5")
    assert faults_of(answer) == ["registry.bad-rule"]
    looked = supervisor.look(path, base="100", objection="20", grades="甲 | 90 | 10\n乙 | 0 | 5").text
    assert "在册 2 家，其中 2 家的号球有变化" in looked
    assert looked.count("<strong>1 → 10</strong>") == 2
    supervisor.do(path, base="100", objection="20", grades="甲 | 90 | 10\n乙 | 0 | 5")
    supervisor.do(
        f"{DESK}/agencies/{CODE}/objection",
        project_code="SY-2025-0001",
        reference="演示处〔2025〕3号",
        day="2025-11-20",
    )
    looked = supervisor.look(path, point="1").text  # as before, but for what points cost
    assert "其中 0 家的号球有变化" in looked
    assert '<td data-label="号球">5</td>' in looked
    with office.log.reading() as session:
        newest = rulebook.newest(session, FormulaPublished)
    assert newest is not None
    assert newest.event.version == 1
    assert [(one.grade, one.at_least, one.balls) for one in newest.event.grades] == [("甲", 90, 10), ("乙", 0, 5)]


READ = (DESK, f"{DESK}/incidents", f"{DESK}/agencies", f"{DESK}/conduct", f"{DESK}/formula")


@ON_SQLITE
def test_an_inspector_reads_everything_and_changes_nothing_and_nobody_else_sees_any_of_it(office: Office) -> None:
    path = heard(office)
    change = [
        RECORD,
        f"{DESK}/agencies/{CODE}/objection",
        f"{path}/decide",
        f"{DESK}/conduct/new",
        f"{DESK}/formula/new",
    ]
    inspector = office.clerk("inspector")
    others = [office.clerk(name) for name in ("operator", "registrar", "admin")]
    for address in (*READ, path):
        assert inspector.get(address).status_code == 200, address
        assert inspector.get(f"{address}?lang=en").status_code == 200, address
        assert all(one.get(address).status_code == 403 for one in others), address
    for address in change:
        assert office.clerk("supervisor").get(address).status_code == 200, address
        for one in (inspector, *others):
            assert one.get(address).status_code == 403, address
            assert one.client.post(address, data={"step": "confirm"}).status_code == 403, address
    text = inspector.get(path).text + inspector.get(DESK).text + inspector.get(f"{DESK}/agencies").text
    assert not [address for address in change if f'"{address}"' in text]


@ON_SQLITE
def test_addresses_of_nothing_are_not_found(office: Office) -> None:
    office.publish_conduct()
    supervisor = office.clerk("supervisor")
    for path in (
        f"{DESK}/incidents/JC-2025-0009",
        f"{DESK}/incidents/JC-2025-0009/decide",
        f"{DESK}/incidents/JC-2025-0009/files/1/evidence_1",
        f"{DESK}/agencies/{a_code(9)}/incident",
    ):
        assert supervisor.get(path).status_code == 404, path


def test_evidence_that_was_only_looked_at_does_not_stay(office: Office) -> None:
    office.put_on_record()
    office.publish_conduct()
    supervisor = office.clerk("supervisor")
    supervisor.look(RECORD, {"evidence_1": ("a.pdf", PDF + b"gone", "application/pdf")}, article="A-1", **STORY)
    supervisor.do(RECORD, {"evidence_2": ("b.pdf", PDF + b"kept", "application/pdf")}, article="A-1", **STORY)
    assert forget_files(office.log) == 1


@ON_SQLITE
def test_incidents_are_found_by_number_agency_and_name(office: Office) -> None:
    seen(office)
    supervisor = office.clerk("supervisor")
    for text in (office.incident(), CODE, "演示", ""):
        assert office.incident() in supervisor.get(f"{DESK}/incidents?q={text}").text
    assert "没有找到" in supervisor.get(f"{DESK}/incidents?q=没有这家").text
