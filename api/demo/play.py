"""The demo from its first day to its last: a year of the register (`history`), then the trading week, scene by scene.

Its markets (`market`) trade all the while. Monday: three projects, decisions, calls, sign-ups, plans and rosters.
Tuesday: the whole working day that the law of the draw leaves for objections. Wednesday: three meetings; one draws with
dice, one with drand, one is voided for want of commitments and drawn again at once with both; then a winner declines,
the alternate moves up, and the minutes are issued. Thursday: the agents that were drawn begin their work.
"""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from api.demo import cases, history, minutes
from api.demo.agencies import BARE, CERTIFICATE, REMOVED, agencies
from api.demo.city import (
    BRIDGE,
    MONDAY,
    ORGANISATIONS,
    PROJECTS,
    ROUND,
    SCHOOL,
    SEATS,
    WATERWORKS,
    WEDNESDAY,
    Project,
    moment,
    person_of,
)
from api.demo.market import stories
from api.demo.market.agenda import Agenda
from api.demo.market.hands import Market
from api.demo.players import Players
from audit.settings import Settings
from lottery import commands as lottery
from lottery import conductor, events, queries, rules
from lottery.beacon.relays import BeaconClient
from lottery.model import Attempt, Draw, subject
from lottery.protocol import PROTOCOL
from lottery.protocol.beacon import PINNED, round_time
from lottery.protocol.canonical import doc_hash
from lottery.protocol.commitment import commitment
from lottery.protocol.standing import Change
from registry import commands as registry
from trading import commands as trading
from trading import queries as trading_queries
from trading.events import AgentEngaged, NoticePublished, ProjectRegistered

MINUTE = 60
MIN_LEAD, MAX_LEAD = 60, 600
"""Seconds between the seal and its round, as the protocol recommends."""
COUNTDOWN = 20
"""Seconds before the round that pass as they do in the hall, where somebody watches."""
WATCHED = 0.5
"""A pause between acts, in seconds, from which on somebody is taken to watch."""

HALL = "明川市公共资源交易中心三楼开标一厅（演示）"

CONDITIONS = {
    WATERWORKS.code: events.Conditions(
        text=f"三表三制齐备、业务范围含“{WATERWORKS.field}”、从业人员不少于五名且有{CERTIFICATE}的招标代理机构均可报名",
        fields=[WATERWORKS.field],
        requires=["forms", "commitment", "code"],
        practitioners=5,
        certificates=[CERTIFICATE],
    ),
    SCHOOL.code: events.Conditions(
        text=f"已登记三表、已作入场服务承诺、业务范围含“{SCHOOL.field}”的招标代理机构均可报名",
        fields=[SCHOOL.field],
        requires=["forms", "commitment"],
    ),
    BRIDGE.code: events.Conditions(
        text=f"在册且业务范围含“{BRIDGE.field}”的招标代理机构均可报名", fields=[BRIDGE.field]
    ),
}


@dataclass
class Seat:
    """What a seat keeps on its own device: the secret of each attempt, until it is revealed."""

    organisation: str
    secrets: dict[tuple[str, int], str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Play(Players):
    """All of it."""

    beacon: BeaconClient
    agenda: Agenda = field(init=False)
    """What the markets do besides."""
    base_url: str = Settings.model_fields["base_url"].default
    """Where the pages are, which the minutes' codes lead to."""
    seats: dict[str, Seat] = field(default_factory=lambda: {one.id: Seat(one.id) for one in ORGANISATIONS})

    def run(self) -> None:
        history.play(self)
        self.agenda = Agenda(self, [history.last_months(self), *stories(Market(self, self.beacon.poll), self.agent_of)])
        with self.scene("此前数周：市场主体入库，四类交易项目登记、公告、答疑、更正、重新招标；登记照常（快放）"):
            self.agenda.until("2023-09-22 00:00")
        with self.scene("九月二十二日：污水处理厂开标，滨河地块挂牌截止，单一来源合同公告，质疑与答复公开申请"):
            self.agenda.until(f"{MONDAY} 09:40")
        self.announce_projects()
        self.answer_calls()
        self.publish_rosters()
        self.hear_objections()
        self.draw_with_dice()
        self.draw_that_fails()
        self.draw_with_drand()
        self.decline()
        self.write_minutes()
        with self.scene("九月二十八日：摇号产生的代理机构发布公告；签约、验收、取消中标资格；节前最后一个工作日"):
            self.agenda.until("2023-09-29 00:00")

    def agent_of(self, project: str) -> str:
        """The person who acts as the agent engaged for a project: the registrar for one without an account."""
        with self.log.reading() as session:
            (engaged,) = trading_queries.engagements(session, project_code=project)
        one = next(one for one in agencies() if one.code == engaged.agent)
        return "registrar" if one.number == BARE else one.sign_in_name

    def draw(self, project: Project) -> Draw:
        with self.log.reading() as session:
            return queries.known_draw(session, project.draw)

    def attempt(self, project: Project) -> Attempt:
        attempt = self.draw(project).attempt
        assert attempt is not None
        return attempt

    # Monday

    def announce_projects(self) -> None:
        self.at(f"{MONDAY} 09:40")
        with self.scene("三个项目登记、公告；招标人决定以摇号选择代理机构"):
            for project in PROJECTS:
                tenderer = next(one for one in ORGANISATIONS if one.id == project.tenderer)
                self.do(project.tenderer, trading.register_project, _registration(project, tenderer.name))
                self.do(project.tenderer, trading.publish_notice, _notice(project, self.clock.second), [])
                decision = events.Decided(
                    draw_id=project.draw,
                    project_code=project.code,
                    project_name=project.title,
                    tenderer=tenderer.name,
                    scope=project.scope,
                    fee="按国家规定标准下浮百分之二十，由中标人支付",
                    former_draw=None,
                    former_reason=None,
                    signatures=[],
                )
                signed = self.signed(decision, subject(project.draw), project.tenderer)
                self.do(project.tenderer, trading.decide_draw, signed)

    def answer_calls(self) -> None:
        with self.scene("九月二十五日上午：门诊楼电梯第二次开标，采矿权拍卖未达底价"):
            self.agenda.until(f"{MONDAY} 10:30")
        self.at(f"{MONDAY} 10:30")
        with self.scene("公告邀请：其中两个项目每家一球；随后公布信用计分办法，再邀请的项目按信用分给球"):
            self._call(SCHOOL)
            self._call(BRIDGE)
            self.do("supervisor", registry.publish_formula, history.FORMULA)
            self._call(WATERWORKS)
        with self.scene("机构报名"), self.hurry():
            for number, agency in enumerate(agencies()):
                for place, project in enumerate(PROJECTS):
                    # Each lets a project go now and then; who was struck off answers none.
                    if number % 7 != place and agency.number != REMOVED:
                        person = "registrar" if agency.number == BARE else agency.sign_in_name
                        self.do(person, lottery.sign_up, project.draw, agency.code)
        with self.scene("九月二十五日下午：异议暂停，抢险物资谈判，公交车网络竞价，询价响应不足三家"):
            self.agenda.until(f"{MONDAY} 15:00")
        self.at(f"{MONDAY} 15:00")
        cases.suspend(self)

    def _call(self, project: Project) -> None:
        until = moment(f"{MONDAY} 16:00")
        self.do("operator", lottery.publish_call, project.draw, CONDITIONS[project.code], until, _meeting(project))

    def publish_rosters(self) -> None:
        self.agenda.until(f"{MONDAY} 16:05")
        self.at(f"{MONDAY} 16:05")
        with self.scene("公布方案和候选名单"):
            self._plan(WATERWORKS, "drand", _closing(ROUND, "drand"))
            self._plan(SCHOOL, "dice", moment(f"{WEDNESDAY} 10:10"))
            self._plan(BRIDGE, "drand", moment(f"{WEDNESDAY} 14:10"))
            for project in PROJECTS:
                self.do("operator", lottery.publish_roster, project.draw)

    def _plan(self, project: Project, mode: events.Entropy, closing: int, draws_at: int | None = None) -> None:
        draw = self.draw(project)
        former = draw.attempt
        seats = sorted([*SEATS, "tenderer"])
        names = {one.id: one.name for one in ORGANISATIONS}
        uses_beacon = mode != "dice"
        plan = {
            "v": PROTOCOL,
            "type": "plan",
            "draw_id": project.draw,
            "attempt": len(draw.attempts) + 1,
            "prev_sha256": None if former is None or former.void is None else doc_hash(former.void),
            "project_code": project.code,
            "project_name": project.title,
            "tenderer": names[project.tenderer],
            "winners": 1,
            "alternates": 2,
            "min_agents": 3,
            "code_scheme": "gb32100",
            "entropy": mode,
            "seats": [{"seat": seat, "org": names[_holder(project, seat)]} for seat in seats],
            "min_reveals": 3,
            "beacon": dict(PINNED) if uses_beacon else None,
            "min_lead": MIN_LEAD if uses_beacon else 0,
            "max_lead": MAX_LEAD if uses_beacon else 0,
            "dice_digits": 0 if mode == "drand" else 20,
        }
        meeting = draws_at or _meeting(project)
        self.do("operator", lottery.plan_draw, project.draw, plan, meeting, closing)

    def hear_objections(self) -> None:
        with self.scene("九月二十六日零点：物业合同逾期未公告，程序自行记载"):
            self.agenda.until("2023-09-26 09:20")
        self.at("2023-09-26 09:20")
        with self.scene("公示期：异议与答复"):
            text = "请说明本次名单中暂停机构的依据。"
            self.do("notary", lottery.file_objection, WATERWORKS.draw, "roster", text)
            answer = "依据为明发改监〔2023〕11号决定，全文见日志；名单不变。"
            self.do("operator", lottery.answer_objection, WATERWORKS.draw, 1, "rejected", answer)
        with self.scene("九月二十六日：园区地块由投标人自持密钥开标，投诉受理并暂停，股权挂牌成交，商铺拍卖终止"):
            self.agenda.until(f"{WEDNESDAY} 10:00")

    # Wednesday

    def draw_with_dice(self) -> None:
        self.at(f"{WEDNESDAY} 10:00")
        with self.scene("第一场：掷骰摇号（教学设备采购）"):
            self._open_meeting(SCHOOL)
            self.do("operator", lottery.freeze_roster, SCHOOL.draw)
            self._commit(SCHOOL)
            self.at(f"{WEDNESDAY} 10:10")
            self._advance(SCHOOL)
            self._reveal(SCHOOL)
            self._advance(SCHOOL)
            slip = "封存单已打印并宣读，各席位签字"
            self.do("operator", lottery.note_meeting, SCHOOL.draw, "SEAL_SLIP", slip)
            self.clock.jump(self.clock.second + 2 * MINUTE)
            self._throw(SCHOOL, "50728841639057216034")
            self._advance(SCHOOL)
            self._end_meeting(SCHOOL)

    def draw_that_fails(self) -> None:
        self.agenda.until(f"{WEDNESDAY} 14:00")
        self.at(f"{WEDNESDAY} 14:00")
        with self.scene("第二场：大桥维修。承诺不足，作废；名单未变，当日重摇"):
            self._open_meeting(BRIDGE)
            self.do("operator", lottery.freeze_roster, BRIDGE.draw)
            self._commit(BRIDGE, "centre")
            self.at(f"{WEDNESDAY} 14:10")
            self.clock.jump(self.clock.second + 5)
            note = "截止时仅一个席位承诺，不足三个；名单、号球、中签数均不变"
            self.do("operator", lottery.void, BRIDGE.draw, "QUORUM", note)
            self._end_meeting(BRIDGE)
            self.at(f"{WEDNESDAY} 14:20")
            self._plan(BRIDGE, "drand+dice", _closing(ROUND, "drand+dice"), moment(f"{WEDNESDAY} 15:50"))
            self.do("operator", lottery.publish_roster, BRIDGE.draw)

    def draw_with_drand(self) -> None:
        with self.scene("九月二十七日：投诉成立，认定中标无效"):
            self.agenda.until(f"{WEDNESDAY} 15:50")
        self.at(f"{WEDNESDAY} 15:50")
        with self.scene("第三场：两个项目等待同一轮公共随机数"):
            self._open_meeting(BRIDGE)
            self.do("operator", lottery.freeze_roster, BRIDGE.draw)
            self._commit(BRIDGE)
            self.at(f"{WEDNESDAY} 16:00")
            self._open_meeting(WATERWORKS)
            self.do("operator", lottery.freeze_roster, WATERWORKS.draw)
            self._commit(WATERWORKS)
            self.clock.jump(_closing(ROUND, "drand+dice"))
            self._advance(BRIDGE)
            self._reveal(BRIDGE)
            self._throw(BRIDGE, "31415926535897932384")
            self.clock.jump(round_time(ROUND) - MAX_LEAD)
            self._advance(BRIDGE)
            self.clock.jump(_closing(ROUND, "drand"))
            self._advance(WATERWORKS)
            self._reveal(WATERWORKS)
            self._advance(WATERWORKS)
            # The last seconds pass as they do in the hall.
            watched = self.pause >= WATCHED
            self.clock.jump(round_time(ROUND) - (COUNTDOWN if watched else 0))
            if watched:
                time.sleep(COUNTDOWN)
            self.clock.jump(round_time(ROUND))
            if self.beacon.fetch(ROUND, 30) is None:
                raise RuntimeError("the demo's own relay does not answer")
            self._advance(BRIDGE)
            self._advance(WATERWORKS)
            self._end_meeting(BRIDGE)
            self._end_meeting(WATERWORKS)

    def decline(self) -> None:
        with self.scene("粮库维修开标：席位无人到场，同一轮公共随机数打开了全部投标文件"):
            self.agenda.until(f"{WEDNESDAY} 16:50")
        self.at(f"{WEDNESDAY} 16:50")
        with self.scene("首位中签机构放弃，候补递补；招标人与其签订委托合同"):
            winner = self._winner(WATERWORKS, 1)
            reason = "项目负责人另有在建项目，书面放弃"
            changes: Sequence[Change] = [{"seq": 1, "code": winner, "kind": "DECLINED", "reason": reason}]
            event = lottery.standing_to_sign(self.log.blobs, self.draw(WATERWORKS), changes)
            signed = self.signed(event, subject(event.draw_id, event.attempt), "centre", "notary")
            self.do(
                "operator",
                lottery.change_standing,
                signed,
                changes,
                "放弃函（演示）：因项目负责人另有在建项目，我公司放弃本次委托。".encode(),
                document_name="放弃函.txt",
                media_type="text/plain",
                public=True,
            )
            with self.log.reading() as session:
                evidence = queries.evidence(session, self.log.blobs, WATERWORKS.draw, 1)
            assert evidence is not None
            successor = json.loads(evidence)["standing"]["winners"][0]
            self._engage(WATERWORKS, 1, successor, "明水合〔2023〕代-018")
            self._engage(SCHOOL, 1, self._winner(SCHOOL, 1), "明教合〔2023〕代-007")
            self._engage(BRIDGE, 2, self._winner(BRIDGE, 2), "明桥合〔2023〕代-011")

    def _engage(self, project: Project, attempt: int, agent: str, number: str) -> None:
        engaged = AgentEngaged(
            project=project.code, draw_id=project.draw, attempt=attempt, agent=agent, contract_number=number
        )
        self.do(project.tenderer, trading.engage_agent, engaged)

    def _winner(self, project: Project, attempt: int) -> str:
        with self.log.reading() as session:
            evidence = queries.evidence(session, self.log.blobs, project.draw, attempt)
        assert evidence is not None
        code: str = json.loads(evidence)["result"]["winners"][0]
        return code

    def write_minutes(self) -> None:
        self.agenda.until(f"{WEDNESDAY} 17:20")
        self.at(f"{WEDNESDAY} 17:20")
        with self.scene("签发第三水厂摇号的会议记录"):
            minutes.issue(self, WATERWORKS.draw, self.base_url)

    # A meeting's steps

    def _open_meeting(self, project: Project) -> None:
        self.do("operator", lottery.open_meeting, project.draw, HALL)

    def _end_meeting(self, project: Project) -> None:
        """What is left to do once the present attempt is drawn or void."""
        self.do("operator", lottery.close_meeting, project.draw)

    def _commit(self, project: Project, *only: str) -> None:
        attempt = self.attempt(project)
        for seat in only or sorted(attempt.seats):
            secret = secrets.token_hex(32)
            holder = _holder(project, seat)
            self.seats[holder].secrets[project.draw, attempt.number] = secret
            event = events.Committed(
                draw_id=project.draw,
                attempt=attempt.number,
                seat=seat,
                commit=commitment(project.draw, attempt.number, seat, secret),
                signatures=[],
            )
            signed = self.signed(event, subject(project.draw, attempt.number), holder)
            self.do(person_of(holder), lottery.commit, signed)

    def _reveal(self, project: Project) -> None:
        attempt = self.attempt(project)
        for seat in sorted(attempt.seats):
            holder = _holder(project, seat)
            event = events.Revealed(
                draw_id=project.draw,
                attempt=attempt.number,
                seat=seat,
                secret=self.seats[holder].secrets[project.draw, attempt.number],
                signatures=[],
            )
            signed = self.signed(event, subject(project.draw, attempt.number), holder)
            self.do(person_of(holder), lottery.reveal, signed, self.log.published_size)

    def _throw(self, project: Project, digits: str) -> None:
        attempt = self.attempt(project)
        event = events.DiceThrown(
            draw_id=project.draw,
            attempt=attempt.number,
            digits=digits,
            time=self.clock.second,
            confirmed_by=["notary", "supervisor"],
            invalid_throws=1,
            first_entries=[digits, digits],
            signatures=[],
        )
        signed = self.signed(event, subject(project.draw, attempt.number), "notary", "supervisor")
        self.do("operator", lottery.throw_dice, signed)

    def _advance(self, project: Project) -> None:
        """Every step that is due now: the program's own, and the round's announcement to those in the hall."""
        while conductor.advance(self.log, self.beacon, project.draw) is not None or self._announce(project):
            self.settle()
            self.breathe()

    def _announce(self, project: Project) -> bool:
        """The operator tells the hall the round, as soon as it follows; whether there was one to tell."""
        offered = rules.next_actions(self.draw(project), self.clock(), published=self.log.published_size)
        if not any(action.name == "announce_round" for action in offered):
            return False
        self.do("operator", lottery.announce_round, project.draw)
        return True


def _holder(project: Project, seat: str) -> str:
    """The organisation that holds a seat of this project's draw."""
    return project.tenderer if seat == "tenderer" else seat


def _meeting(project: Project) -> int:
    hours = {SCHOOL.code: "10:00", BRIDGE.code: "14:00", WATERWORKS.code: "16:00"}
    return moment(f"{WEDNESDAY} {hours[project.code]}")


def _closing(round_: int, mode: str) -> int:
    """When commitments must close for this round to be the one announced.

    Rounds are three seconds apart, and closing may take two of them.
    """
    dice = rules.DICE_BEFORE_SEAL if mode == "drand+dice" else 0
    return round_time(round_) - rules.REVEAL_SECONDS - MIN_LEAD - rules.ROUND_SPARE - dice - 2


def _registration(project: Project, tenderer: str) -> ProjectRegistered:
    return ProjectRegistered.of(
        {
            "code": project.code,
            "trade": project.trade,
            "class_code": None,
            "title": project.title,
            "tenderer": project.tenderer,
            "tenderer_name": tenderer,
            "legal_basis": project.legal_basis,
            "approval": f"明发改审〔2023〕{project.code[-3:]}号",
            "funding": "财政资金",
            "estimate_fen": project.estimate_fen,
            "region": "219900",
            "lots": [{"lot": "1", "title": project.title, "estimate_fen": project.estimate_fen}],
            "category": "goods" if project.trade == "D" else "works",
        }
    )


def _notice(project: Project, now: int) -> NoticePublished:
    return NoticePublished.of(
        {
            "project": project.code,
            "lot": None,
            "round": 1,
            "notice": f"{project.code.lower()}-01",
            "notice_kind": "other",
            "version": 1,
            "predecessor": None,
            "title": f"{project.title}选择招标代理机构公告",
            "text": [
                f"本项目以公开摇号方式选择招标代理机构，委托范围：{project.scope}。",
                "凡在册并符合公告条件的机构均可报名；方案、名单、摇号过程和结果全部记入公开日志。",
            ],
            "valid_from": now,
            "valid_until": moment(f"{WEDNESDAY} 18:00"),
            "media": ["明川市公共资源交易网（演示）"],
        }
    )
