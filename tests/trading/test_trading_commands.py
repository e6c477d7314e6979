"""Each command of trading on both databases: what it records, and what it refuses."""

from dataclasses import replace
from typing import Any

import pytest

from audit.act import Act
from audit.canonical import NotNormalised
from audit.errors import Refusal
from audit.rebuild import rebuild_check
from lottery.queries import attempt_page
from registry import commands as registry
from registry.events import OrganisationRecorded, RoleRevoked
from tests.lottery.hall import ADMIN, HOUR, MONDAY, OPERATOR, PROJECT, REGISTRAR, TENDERER, Hall
from tests.trading.builders import TITLE, a_notice, a_project
from tests.trading.events_of import DAY
from trading import queries, rules
from trading.commands import (
    correct_notice,
    decide_draw,
    engage_agent,
    publish_notice,
    register_project,
    withdraw_notice,
)
from trading.events import AgentEngaged, NoticeWithdrawn, Term
from trading.model import Content, Notice, Project

CONTENT = rules.content_of(a_notice())


def project_of(hall: Hall, code: str = PROJECT, placed: bool = False) -> Project:
    with hall.log.reading() as session:
        found = queries.project(session, code, placed)
    assert found is not None
    return found


def notice_of(hall: Hall, placed: bool = False) -> Notice:
    with hall.log.reading() as session:
        found = queries.notice(session, "gg-2023-0001", placed)
    assert found is not None
    return found


def with_files(command: Any, *names: str) -> Any:
    """The command, given files with these names."""

    def run(act: Act, *arguments: Any) -> Any:
        files = [act.blobs.put_file(name, "application/pdf", name.encode()) for name in names]
        return command(act, *arguments, files=files)

    return run


def with_terms(**values: Any) -> Content:
    """The announcement with other particulars."""
    terms = {term.name: term.value for term in CONTENT.terms} | values
    return replace(CONTENT, terms=tuple(Term(name=name, value=terms[name]) for name in sorted(terms)))


def other_tenderer(hall: Hall) -> str:
    """Someone who acts for another tenderer."""
    event = OrganisationRecorded(organisation="tenderer-2", name="演示市教育局", code=None, capacities=["tenderer"])
    hall.do(REGISTRAR, registry.record_organisation, event)
    hall.grant("tenderer:te2", "tenderer-2")
    return "tenderer:te2"


@pytest.fixture
def project(hall: Hall) -> Project:
    hall.do(TENDERER, register_project, a_project())
    return project_of(hall)


# Projects


def test_a_project_is_registered_whole(hall: Hall, project: Project) -> None:
    assert (project.code, project.trade, project.title, project.tenderer) == (PROJECT, "A", TITLE, "tenderer")
    assert [(lot.lot, lot.title, lot.estimate_fen) for lot in project.lots] == [
        ("1", "取水泵房", None),
        ("2", "净水车间", 100),
    ]
    assert project.place is not None
    assert project_of(hall, placed=True) == project


def test_a_project_is_registered_once_and_by_those_concerned_only(hall: Hall, project: Project) -> None:
    hall.refused("trading.project-exists", REGISTRAR, register_project, a_project(title="又一名称"))
    other = a_project(code="XM-2")
    hall.refused("registry.not-permitted", OPERATOR, register_project, other)
    hall.refused("trading.not-for-that-tenderer", other_tenderer(hall), register_project, other)
    hall.refused("trading.not-a-tenderer", REGISTRAR, register_project, a_project(code="XM-2", tenderer="notary"))
    wrong_name = a_project(code="XM-2", tenderer_name="演示市建设投资公司")
    hall.refused("trading.not-a-tenderer", TENDERER, register_project, wrong_name)
    hall.do(REGISTRAR, register_project, other)


@pytest.mark.parametrize("actor", [TENDERER, REGISTRAR])
def test_who_lost_the_role_does_no_more_of_what_it_could_do(hall: Hall, actor: str) -> None:
    hall.do(actor, register_project, a_project())
    hall.do(actor, publish_notice, a_notice())
    role, account = actor.split(":")
    hall.do(ADMIN, registry.revoke_role, RoleRevoked.of({"account": account, "role": role, "reason": "调离"}))
    notice = "gg-2023-0001"
    contract = AgentEngaged(
        project=PROJECT, draw_id=hall.draw_id, attempt=1, agent=hall.codes[0], contract_number="演委2023-1"
    )
    for command, *arguments in (
        (register_project, a_project(code="XM-2")),
        (publish_notice, a_notice(notice="gg-2023-0002")),
        (correct_notice, PROJECT, notice, replace(CONTENT, title="更正后的公告"), "笔误"),
        (withdraw_notice, PROJECT, NoticeWithdrawn(notice=notice, reason="项目终止")),
        (engage_agent, contract),
    ):
        hall.refused("registry.role-missing", actor, command, *arguments)


def test_projects_are_listed_newest_first_and_filtered(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, register_project, a_project(code="XM-2", trade="D", title="办公家具100%采购"))
    with hall.log.reading() as session:
        assert [one.code for one in queries.projects(session)] == ["XM-2", PROJECT]
        newest = queries.projects(session, limit=1)[0]
        assert newest.place is not None
        assert [one.code for one in queries.projects(session, before=newest.place.seq)] == [PROJECT]
        assert [one.code for one in queries.projects(session, text="水厂")] == [PROJECT]
        assert [one.code for one in queries.projects(session, text="100% 家具", trade="D")] == ["XM-2"]
        assert [one.code for one in queries.projects(session, text="xm-2", tenderer="tenderer")] == ["XM-2"]
        assert queries.projects(session, text="家具 水厂") == queries.projects(session, text="家具", trade="A") == []
        assert queries.projects(session, text="%") == queries.projects(session, text="家具", tenderer="notary") == []
        assert [one.code for one in queries.projects(session, trade="D")] == ["XM-2"]
        assert len(queries.projects(session, tenderer="tenderer")) == 2
        assert queries.projects(session, tenderer="notary") == []
        assert queries.project(session, "XM-3") is None
    for number in range(3, 9):
        hall.do(TENDERER, register_project, a_project(code=f"XM-{number}", trade="D", title="办公家具采购"))
    with hall.log.reading() as session:
        seen: list[str] = []
        before: int | None = None
        while page := queries.projects(session, text="家", before=before, limit=3):
            place = page[-1].place
            assert place is not None
            seen, before = seen + [one.code for one in page], place.seq
        assert seen == [f"XM-{number}" for number in range(8, 1, -1)]


# Notices


def test_a_notice_is_published_with_its_files(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, with_files(publish_notice, "招标文件.pdf", "图纸.pdf"), a_notice())
    notice = notice_of(hall, placed=True)
    assert notice.content == CONTENT
    assert (notice.version, notice.lot, notice.round, notice.kind) == (1, "1", 1, "announcement")
    assert [file.name for file in notice.files] == ["招标文件.pdf", "图纸.pdf"]
    assert (notice.changed, notice.reason, notice.withdrawn) == ((), None, None)
    assert all((hall.log.folder.path("blob") / file.sha256).exists() for file in notice.files)


def test_wrong_notices_are_refused(hall: Hall, project: Project) -> None:
    hall.refused("trading.no-such-project", TENDERER, publish_notice, a_notice(project="XM-9"))
    hall.refused("trading.no-such-lot", TENDERER, publish_notice, a_notice(lot="3"))
    hall.refused("trading.no-such-notice", TENDERER, publish_notice, a_notice(predecessor="gg-2023-0009"))
    hall.refused("registry.not-permitted", OPERATOR, publish_notice, a_notice())
    hall.refused("trading.not-for-that-tenderer", other_tenderer(hall), publish_notice, a_notice())
    hall.tie_agency(1)
    hall.refused("trading.not-for-that-tenderer", "agent:ag1", publish_notice, a_notice())
    hall.refused("audit.entry-too-large", TENDERER, publish_notice, a_notice(text=["长" * 1000] * 22))
    hall.refused("audit.forbidden-character", TENDERER, publish_notice, a_notice(text=["换\n行"]))
    hall.do(TENDERER, publish_notice, a_notice())
    hall.refused("trading.notice-exists", TENDERER, publish_notice, a_notice(title="又一份"))


def test_text_that_is_not_normalised_is_refused(hall: Hall, project: Project) -> None:
    hall.refused(NotNormalised.code, TENDERER, publish_notice, a_notice(text=["e\u0301"]))


def test_a_correction_is_a_new_version_and_the_former_stays_readable(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, with_files(publish_notice, "招标文件.pdf"), a_notice())
    content = replace(CONTENT, title="更正后的标题", valid_until=(CONTENT.valid_until or 0) + 86_400)
    hall.do(TENDERER, with_files(correct_notice, "招标文件.pdf"), PROJECT, "gg-2023-0001", content, "截止时间顺延")
    with hall.log.reading() as session:
        newest, first = queries.notice_versions(session, "gg-2023-0001", placed=True)
        assert queries.notices(session, PROJECT) == [newest]
        assert queries.newest_notices(session) == [newest, first]
        assert queries.newest_notices(session, text="更正后") == [newest]
        assert queries.newest_notices(session, kind="result") == []
        assert newest.place is not None
        assert queries.newest_notices(session, before=newest.place.seq, limit=1) == [first]
    assert (newest.version, newest.changed, newest.reason) == (2, ("title", "valid_until"), "截止时间顺延")
    assert newest.content == content
    assert (first.version, first.content, first.files) == (1, CONTENT, newest.files)


def test_a_correction_that_changes_nothing_is_refused(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, publish_notice, a_notice())
    arguments = (PROJECT, "gg-2023-0001", CONTENT, "无")
    hall.refused("trading.nothing-corrected", TENDERER, correct_notice, *arguments)
    hall.refused("trading.no-such-notice", TENDERER, correct_notice, PROJECT, "gg-9999", CONTENT, "无")
    hall.do(TENDERER, with_files(correct_notice, "补遗.pdf"), *arguments)
    assert notice_of(hall).changed == ("files",)


def test_a_notice_of_another_project_is_not_reached_through_this_one(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, publish_notice, a_notice())
    hall.do(TENDERER, register_project, a_project(code="XM-2"))
    content = Content("题", ("文",), 0, None, ())
    hall.refused("trading.no-such-notice", TENDERER, correct_notice, "XM-2", "gg-2023-0001", content, "无")
    withdrawn = NoticeWithdrawn(notice="gg-2023-0001", reason="误发")
    hall.refused("trading.no-such-notice", TENDERER, withdraw_notice, "XM-2", withdrawn)


def test_a_correction_keeps_what_the_law_asks_and_brings_no_deadline_forward(hall: Hall, project: Project) -> None:
    hall.refused("trading.method-missing", TENDERER, publish_notice, a_notice(method=None))
    hall.refused("trading.bad-notice-field-missing", TENDERER, publish_notice, a_notice(terms=[]))
    soon = {"bid_deadline": MONDAY + 19 * DAY, "opening_at": MONDAY + 19 * DAY}
    short = a_notice(terms=[one.model_dump() for one in with_terms(**soon).terms])
    hall.refused("trading.too-soon", TENDERER, publish_notice, short)
    hall.do(TENDERER, publish_notice, a_notice())
    published = notice_of(hall)
    assert published.method == "open_tender"
    assert {"a-bid-window", "a-sale"} <= {one.partition("@")[0] for one in published.rules}
    earlier = with_terms(bid_deadline=MONDAY + 25 * DAY, opening_at=MONDAY + 25 * DAY)
    correct = (TENDERER, correct_notice, PROJECT, published.id)
    hall.refused("trading.not-a-later-deadline", *correct, earlier, "提前")
    later = with_terms(bid_deadline=MONDAY + 40 * DAY, opening_at=MONDAY + 40 * DAY)
    hall.do(*correct, later, "顺延")
    corrected = notice_of(hall)
    assert (corrected.changed, corrected.content) == (("terms",), later)
    hall.clock.advance(41 * DAY)
    hall.refused("trading.deadline-passed", *correct, replace(later, title="迟到的更正"), "无")


def test_a_withdrawn_notice_stays_readable_and_is_changed_no_more(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, publish_notice, a_notice())
    withdrawn = NoticeWithdrawn(notice="gg-2023-0001", reason="误发")
    hall.refused("registry.bad-text", TENDERER, withdraw_notice, PROJECT, withdrawn.model_copy(update={"reason": ""}))
    hall.do(TENDERER, withdraw_notice, PROJECT, withdrawn)
    notice = notice_of(hall, placed=True)
    assert (notice.withdrawn, notice.content) == ("误发", CONTENT)
    hall.refused("trading.notice-is-withdrawn", TENDERER, withdraw_notice, PROJECT, withdrawn)
    content = replace(CONTENT, title="新标题")
    hall.refused("trading.notice-is-withdrawn", TENDERER, correct_notice, PROJECT, notice.id, content, "无")
    later = a_notice(notice="gg-2023-0002", predecessor="gg-2023-0001", round=2)
    hall.do(TENDERER, publish_notice, later)


@pytest.mark.parametrize("junk", ["", "a\x00b", "a\ud800b", "x" * 300])
def test_ids_and_codes_that_no_database_could_hold_are_refused(hall: Hall, project: Project, junk: str) -> None:
    hall.do(TENDERER, publish_notice, a_notice())
    before = hall.entries()
    engaged = AgentEngaged(
        project=PROJECT, draw_id=hall.draw_id, attempt=1, agent=hall.codes[0], contract_number="演委2023-1"
    )
    commands: list[tuple[Any, list[Any]]] = [
        (register_project, [a_project(code=junk)]),
        (register_project, [a_project(code="XM-2", tenderer=junk)]),
        (publish_notice, [a_notice(notice="gg-2", project=junk)]),
        (publish_notice, [a_notice(notice=junk)]),
        (publish_notice, [a_notice(notice="gg-2", predecessor=junk)]),
        (publish_notice, [a_notice(notice="gg-2", text=[f"{junk}\n"])]),
        (correct_notice, [junk, "gg-2023-0001", CONTENT, "无"]),
        (correct_notice, [PROJECT, junk, CONTENT, "无"]),
        (withdraw_notice, [PROJECT, NoticeWithdrawn(notice=junk, reason="误发")]),
        (decide_draw, [hall.decision().model_copy(update={"project_code": junk})]),
        (decide_draw, [hall.decision().model_copy(update={"draw_id": junk})]),
        (engage_agent, [engaged.model_copy(update={"project": junk})]),
        (engage_agent, [engaged.model_copy(update={"draw_id": junk})]),
        (engage_agent, [engaged.model_copy(update={"agent": junk})]),
    ]
    for command, arguments in commands:
        with pytest.raises(Refusal):
            hall.do(TENDERER, command, *arguments)
    assert hall.entries() == before


# The draw of a project's agent


def test_a_draw_begins_only_for_a_registered_project_of_that_tenderer(hall: Hall) -> None:
    hall.refused("trading.no-such-project", TENDERER, decide_draw, hall.decision())
    hall.do(TENDERER, register_project, a_project())
    hall.refused("trading.other-project", TENDERER, decide_draw, hall.decision(project_name="又一工程"))
    hall.do(
        REGISTRAR,
        registry.record_organisation,
        OrganisationRecorded(organisation="tenderer-2", name="另一招标人", code=None, capacities=["tenderer"]),
    )
    hall.refused("trading.other-project", TENDERER, decide_draw, hall.decision(tenderer="另一招标人"))
    hall.refused("trading.other-project", TENDERER, decide_draw, hall.decision(tenderer="没有的招标人"))
    hall.do(TENDERER, decide_draw, hall.decision())
    assert hall.draw().decided.event.project_code == PROJECT


def test_a_rehearsal_needs_no_project(hall: Hall) -> None:
    hall.do(TENDERER, decide_draw, hall.decision("DRILL-MT-2023-0001"))


def test_only_a_present_winner_is_engaged_and_then_acts_for_the_project(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, decide_draw, hall.decision())
    engaged = AgentEngaged(
        project=PROJECT, draw_id=hall.draw_id, attempt=1, agent=hall.codes[0], contract_number="演委2023-1"
    )
    hall.refused("trading.not-drawn", TENDERER, engage_agent, engaged)
    hall.call()
    hall.sign_up()
    hall.publish_plan()
    hall.clock.advance(HOUR)
    hall.publish_roster()
    hall.to_result()
    (winner,) = attempt_page(hall.log.blobs, hall.attempt).winners
    loser = next(code for code in hall.codes if code != winner)
    for changed in ({"agent": loser}, {"attempt": 2}, {"draw_id": "MT-2023-0009"}):
        wrong = engaged.model_copy(update={"agent": winner} | changed)
        hall.refused("trading.not-drawn", TENDERER, engage_agent, wrong)
    engaged = engaged.model_copy(update={"agent": winner})
    hall.refused("trading.not-for-that-tenderer", other_tenderer(hall), engage_agent, engaged)
    hall.refused("registry.not-permitted", OPERATOR, engage_agent, engaged)
    number = hall.codes.index(winner)
    hall.tie_agency(number)
    hall.refused("trading.not-for-that-tenderer", f"agent:ag{number}", publish_notice, a_notice())
    hall.do(TENDERER, engage_agent, engaged)
    hall.refused("trading.engaged-already", TENDERER, engage_agent, engaged)
    hall.do(f"agent:ag{number}", publish_notice, a_notice())
    with hall.log.reading() as session:
        (found,) = queries.engagements(session, project_code=PROJECT, placed=True)
        assert (found.agent, found.contract_number) == (winner, "演委2023-1")
        assert queries.engagements(session, draw_id="MT-2023-0009") == []


# The log alone


def test_the_log_alone_gives_back_every_public_row(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, with_files(publish_notice, "招标文件.pdf"), a_notice())
    content = replace(CONTENT, title="更正后的标题", media=())
    hall.do(TENDERER, correct_notice, PROJECT, "gg-2023-0001", content, "更正")
    hall.do(TENDERER, withdraw_notice, PROJECT, NoticeWithdrawn(notice="gg-2023-0001", reason="误发"))
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert report.differences == []
    assert report.rows > 20


def test_pages_show_only_what_has_its_place(hall: Hall, project: Project) -> None:
    hall.do(TENDERER, publish_notice, a_notice())
    hall.log.stop()
    hall.waits = False
    hall.do(TENDERER, correct_notice, PROJECT, "gg-2023-0001", replace(CONTENT, title="新标题"), "更正")
    hall.do(TENDERER, withdraw_notice, PROJECT, NoticeWithdrawn(notice="gg-2023-0001", reason="误发"))
    shown, newest = notice_of(hall, placed=True), notice_of(hall)
    assert (shown.version, shown.withdrawn) == (1, None)
    assert (newest.version, newest.withdrawn, newest.place) == (2, "误发", None)
    hall.do(TENDERER, register_project, a_project(code="XM-2"))
    with hall.log.reading() as session:
        assert queries.project(session, "XM-2", placed=True) is None
        assert queries.notice_versions(session, "gg-2023-0001", placed=True) == [shown]
