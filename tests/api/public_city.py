"""A centre whose draws stand in every state at one moment, for tests that look at its pages."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from lottery import commands
from lottery.beacon.recorded import RecordedRelay
from lottery.beacon.relays import BeaconClient
from lottery.model import subject
from registry import commands as registry
from registry.events import AgencyAmended
from tests.ground import FakeClock
from tests.kept import a_log, once
from tests.lottery.hall import (
    HOUR,
    LATER_ROUND,
    MONDAY,
    OPERATOR,
    ORGANISATIONS,
    REGISTRAR,
    ROUND,
    SUPERVISOR,
    TENDERER,
    Hall,
    closing_second,
    signed,
)
from tests.trading.builders import a_notice, a_project
from trading import commands as trading
from trading.events import AgentEngaged, NoticeWithdrawn
from trading.rules import content_of

DRAWN, DICE, VOID, ROSTER, CALLED = (f"MT-2023-000{number}" for number in range(1, 6))
COUNTDOWN, REVEALING, COMMITTING, DECIDED = (f"MT-2023-000{number}" for number in range(6, 10))
DRILL = "DRILL-MT-2023-0001"
PROJECTS = {
    DRAWN: "演示市第三水厂扩建工程",
    DICE: "演示市中小学教学设备采购",
    VOID: "演示市沿河大桥维修加固工程",
    ROSTER: "演示市人民医院门诊楼工程",
    CALLED: "演示市城北污水处理厂提标改造工程",
    COUNTDOWN: "演示市东湖公园景观工程",
    REVEALING: "演示市智慧停车系统采购",
    COMMITTING: "演示市粮食储备库仓房工程",
    DECIDED: "演示市档案馆数字化服务采购",
    DRILL: "季度演练",
}
HOSTILE = "<script>alert(1)</script><b>粗体</b>&amp;\"'{{7*7}}有限公司"
"""A name that the register takes, since nothing in it is invisible or ambiguous."""
LATER = 1_000_000
"""A round some weeks later."""


@contextmanager
def a_hall(folder: Path, agencies: int = 6) -> Iterator[Hall]:
    """A centre on Monday morning, with nothing to draw yet."""
    clock = FakeClock(MONDAY * 1000)
    with a_log(folder, clock) as log, RecordedRelay(clock) as relay:
        beacon = BeaconClient([relay.url])
        yield Hall(log, clock, beacon, agencies)
        beacon.close()


@contextmanager
def a_city(folder: Path) -> Iterator[Hall]:
    with a_hall(folder, agencies=12) as hall:
        once(hall.log, "city", partial(_played, hall))
        hall.draw_id = DRAWN
        yield hall


def project_of(draw_id: str) -> str:
    return f"XM-{draw_id.removeprefix('DRILL-')[-9:]}" + ("-Y" if draw_id == DRILL else "")


def begin(hall: Hall, draw_id: str, is_called: bool = True, sign_up_until: int = MONDAY + 2 * HOUR) -> None:
    """From nothing to a call that most agencies have answered."""
    hall.draw_id = draw_id
    facts = {"project_code": project_of(draw_id), "project_name": PROJECTS[draw_id]}
    hall.do(TENDERER, trading.register_project, a_project(code=facts["project_code"], title=facts["project_name"]))
    hall.do(TENDERER, trading.decide_draw, hall.decision(draw_id, **facts))
    if is_called:
        hall.call(sign_up_until)
        hall.sign_up(hall.codes[1:-1])


def _played(hall: Hall) -> None:
    _monday(hall)
    _wednesday(hall)


def _monday(hall: Hall) -> None:
    amended = {
        "code": hall.codes[2],
        "name": HOSTILE,
        "organisation": None,
        "region": "210100",
        "address": "演示市演示路 3 号",
        "fields": ["工程建设", "政府采购"],
        "founded": "2011-05-06",
        "reason": "名称变更",
    }
    hall.do(REGISTRAR, registry.amend_agency, AgencyAmended.of(amended))
    hall.suspend(hall.codes[1])
    hall.waits = False
    planned = {
        DRAWN: ("drand", ROUND),
        DICE: ("dice", LATER_ROUND),
        VOID: ("drand", ROUND),
        ROSTER: ("drand+dice", LATER),
        COUNTDOWN: ("drand", LATER_ROUND),
        REVEALING: ("drand", LATER_ROUND),
        COMMITTING: ("drand", LATER_ROUND),
        DRILL: ("drand", LATER),
    }
    for draw_id in PROJECTS:
        begin(hall, draw_id, draw_id != DECIDED, MONDAY + (2 if draw_id in planned else 72) * HOUR)
    hall.at(MONDAY + 2 * HOUR)
    for draw_id, (mode, round_) in planned.items():
        hall.draw_id = draw_id
        if draw_id == COMMITTING:
            closing = closing_second(round_)
            hall.do(OPERATOR, commands.plan_draw, draw_id, hall.plan(mode), closing - 600, closing + 300)
        else:
            hall.publish_plan(mode, round_, **({"winners": 2, "alternates": 3} if draw_id == DRAWN else {}))
        hall.publish_roster()
    hall.waits = True
    hall.draw_id = ROSTER
    hall.do(SUPERVISOR, commands.file_objection, ROSTER, "roster", "名单中一家机构疑与招标人有关联，请核查。")
    hall.do(OPERATOR, commands.answer_objection, ROSTER, 1, "rejected", "经核查工商登记，二者无股权关系。")
    hall.do(SUPERVISOR, commands.file_objection, ROSTER, "plan", "<img src=x onerror=alert(1)>")
    _notices(hall)


def _notices(hall: Hall) -> None:
    code = project_of(DRAWN)
    hall.do(TENDERER, trading.publish_notice, a_notice(project=code))
    corrected = content_of(a_notice(text=["一、招标条件", "二、项目概况（规模有更正）"]))
    hall.do(TENDERER, trading.correct_notice, code, "gg-2023-0001", corrected, "规模笔误")
    hall.do(
        TENDERER,
        trading.publish_notice,
        a_notice(project=code, notice="gg-2023-0002", notice_kind="other", title="资格预审公告"),
    )
    withdrawn = NoticeWithdrawn(notice="gg-2023-0002", reason="改为公开招标")
    hall.do(TENDERER, trading.withdraw_notice, code, withdrawn)


def each(hall: Hall, draw_ids: tuple[str, ...], step: Callable[[], Any]) -> None:
    for draw_id in draw_ids:
        hall.draw_id = draw_id
        step()


def _wednesday(hall: Hall) -> None:
    """One draw to its result, one that was sealed and voided to its second attempt, the others part of the way."""
    first = (DRAWN, VOID)
    each(hall, first, hall.freeze)
    each(hall, first, hall.commit)
    hall.at(closing_second(ROUND))
    each(hall, first, hall.advance)
    each(hall, first, hall.advance)
    each(hall, (DRAWN,), hall.reveal)
    each(hall, (VOID,), lambda: hall.reveal("centre", "notary"))
    assert hall.attempt.closed is not None
    hall.at(hall.attempt.closed.event.reveal_deadline)
    each(hall, first, hall.advance)
    hall.void("FORCE_MAJEURE", "现场停电，摇号会议无法继续")
    assert hall.attempt.round_at is not None
    hall.at(hall.attempt.round_at / 1000)
    assert hall.beacon.fetch(ROUND, 20) is not None
    each(hall, first, hall.advance)
    hall.draw_id = DRAWN
    _removal(hall)

    hall.draw_id = VOID
    hall.publish_plan("drand", LATER_ROUND)
    hall.publish_roster()
    later = (DICE, COUNTDOWN, REVEALING, COMMITTING)
    each(hall, later, hall.freeze)
    each(hall, later[:3], hall.commit)
    each(hall, (COMMITTING,), lambda: hall.commit("notary"))
    hall.at(closing_second(LATER_ROUND))
    each(hall, later[:3], hall.advance)
    each(hall, (COUNTDOWN, REVEALING), hall.advance)
    each(hall, (DICE, COUNTDOWN), hall.reveal)
    each(hall, (REVEALING,), lambda: hall.reveal("notary"))
    each(hall, (DICE, COUNTDOWN), hall.advance)


def _removal(hall: Hall) -> None:
    """A winner declines, the first alternate moves up, and the other winner is engaged."""
    ranking = _ranking(hall)
    changes: list[Any] = [{"seq": 1, "code": ranking[0], "kind": "DECLINED", "reason": "来函放弃，附后"}]
    event = commands.standing_to_sign(hall.log.blobs, hall.draw(), changes)
    hall.do(
        OPERATOR,
        commands.change_standing,
        signed(event, subject(hall.draw_id, 1), "centre", "notary"),
        changes,
        document=b"%PDF-1.7 scan",
        document_name="放弃声明.pdf",
        media_type="application/pdf",
        public=True,
    )
    engaged = {
        "project": project_of(hall.draw_id),
        "draw_id": hall.draw_id,
        "attempt": 1,
        "agent": ranking[1],
        "contract_number": "演合〔2023〕7号",
    }
    hall.do(TENDERER, trading.engage_agent, AgentEngaged.of(engaged))


def _ranking(hall: Hall) -> list[str]:
    from lottery.queries import attempt_page

    result = attempt_page(hall.log.blobs, hall.attempt).result
    assert result is not None
    return [line["code"] for line in result["ranking"]]


__all__ = ["HOSTILE", "ORGANISATIONS", "PROJECTS", "a_city", "a_hall", "begin", "project_of"]
