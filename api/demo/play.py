"""The trading day, scene by scene.

Monday: the register, three projects, decisions, calls, sign-ups, plans and rosters. Tuesday: the whole working day that
the law of the draw leaves for objections. Wednesday: three meetings; one draws with dice, one with drand, one is voided
for want of commitments and drawn again at once with both; then a winner declines and the alternate moves up.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.accounts import create_account
from api.demo.city import (
    BRIDGE,
    MONDAY,
    ORGANISATIONS,
    PEOPLE,
    PROJECTS,
    ROUND,
    SCHOOL,
    SEATS,
    WATERWORKS,
    WEDNESDAY,
    Person,
    Project,
    agencies,
    identity_number,
    moment,
    person_of,
)
from api.demo.clock import DemoClock
from audit.entry import signed_bytes
from audit.events import Event, Signature
from audit.log import Log
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
from registry.events import AgencySuspended, KeyRecorded, OrganisationRecorded, RoleGranted
from registry.importing import import_agencies
from trading import commands as trading
from trading.events import AgentEngaged, NoticePublished, ProjectRegistered

MINUTE = 60
UNWATCHED = 4
"""Seconds from one act to the next where nobody watches."""
MIN_LEAD, MAX_LEAD = 60, 600
"""Seconds between the seal and its round, as the protocol recommends."""
COUNTDOWN = 20
"""Seconds before the round that pass as they do in the hall, where somebody watches."""
WATCHED = 0.5
"""A pause between acts, in seconds, from which on somebody is taken to watch."""
E = TypeVar("E", bound=Event)
SUSPENDED = 10
"""Which agency of the list is suspended on Monday afternoon."""


@dataclass
class Seat:
    """What a seat keeps on its own device: the secret of each attempt, until it is revealed."""

    organisation: str
    secrets: dict[tuple[str, int], str] = field(default_factory=dict)


@dataclass
class Play:
    """The players with what each of them keeps, and the stage."""

    log: Log
    clock: DemoClock
    beacon: BeaconClient
    say: Callable[[str], None]
    pause: float = 0.0
    """Seconds between two acts, so that people can follow; 0 plays as fast as it goes."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Person to account."""
    passwords: dict[str, str] = field(default_factory=dict)
    """Sign-in name to password."""
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    """Organisation to its key, which in life never leaves its own browser."""
    seats: dict[str, Seat] = field(default_factory=dict)

    def run(self) -> None:
        self.register_the_city()
        self.announce_projects()
        self.answer_calls()
        self.publish_rosters()
        self.hear_objections()
        self.draw_with_dice()
        self.draw_that_fails()
        self.draw_with_drand()
        self.decline()

    # Ways to act

    def do(self, person: str, command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One act, in the log before it returns."""
        with self.log.act(self._actor(person)) as act:
            answer = command(act, *arguments, **named)
        for entry_id in act.recorded[-1:]:
            if self.log.wait(entry_id, 30) is None:
                raise RuntimeError(f"the log did not place the entry of {command.__name__} within 30 s")
        self._breathe()
        return answer

    def _breathe(self) -> None:
        """Let people follow; where nobody watches, let the clock say that some seconds have passed."""
        if self.pause:
            time.sleep(self.pause)
        else:
            self.clock.jump(self.clock.second + UNWATCHED)

    def _actor(self, person: str) -> str:
        if person == "system":
            return person
        role = "admin" if person == "admin" else next(one.role for one in PEOPLE if one.key == person)
        return f"{role}:{self.accounts[person]}"

    def signed(self, event: E, about: str, *organisations: str) -> E:
        """The event signed with the keys of these organisations, as their browsers do it."""
        message = signed_bytes(event.kind, about, event.body())
        made = [
            Signature(key=key.public_key().public_bytes_raw().hex(), signature=key.sign(message).hex())
            for key in (self.keys[one] for one in organisations)
        ]
        return event.model_copy(update={"signatures": sorted(made, key=lambda item: item.key)})

    def at(self, text: str) -> None:
        self.clock.jump(moment(text))

    @contextmanager
    def scene(self, words: str) -> Iterator[None]:
        self.say(words)
        self._breathe()
        yield

    def draw(self, project: Project) -> Draw:
        with self.log.reading() as session:
            return queries.known_draw(session, project.draw)

    def attempt(self, project: Project) -> Attempt:
        attempt = self.draw(project).attempt
        assert attempt is not None
        return attempt

    # Monday

    def register_the_city(self) -> None:
        self.at(f"{MONDAY} 08:30")
        with self.scene("单位、账户、密钥、机构名录入册"):
            self._open_account(Person("admin", "admin", "admin", None))
            for organisation in ORGANISATIONS:
                event = OrganisationRecorded(
                    organisation=organisation.id,
                    name=organisation.name,
                    code=None,
                    capacities=[organisation.capacity],
                )
                self._as_system(registry.record_organisation, event)
            for person in PEOPLE:
                self._open_account(person)
            for organisation in ORGANISATIONS:
                self.keys[organisation.id] = Ed25519PrivateKey.generate()
                public = self.keys[organisation.id].public_key().public_bytes_raw().hex()
                self.do("registrar", registry.record_key, KeyRecorded(organisation=organisation.id, key=public))
                self.seats[organisation.id] = Seat(organisation.id)
            report = self.do("registrar", import_agencies, agencies())
            self.say(f"  导入 {len(report.added)} 家招标代理机构")

    def _open_account(self, person: Person) -> None:
        password = secrets.token_urlsafe(15)
        number = None if person.born is None else identity_number(person.born)
        self.accounts[person.key] = create_account(self.log, person.sign_in_name, password, number)
        self.passwords[person.sign_in_name] = password
        event = RoleGranted(account=self.accounts[person.key], role=person.role, organisation=person.organisation)
        self._as_system(registry.grant_role, event)

    def _as_system(self, command: Callable[..., Any], event: Event) -> None:
        """What the centre's administrator does on the server itself, before anybody has a role."""
        self.do("system", command, event)

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
        self.at(f"{MONDAY} 10:30")
        with self.scene("公告邀请，在册机构报名"):
            for project in PROJECTS:
                conditions = events.Conditions(
                    text=f"在册且业务范围含“{project.field}”的招标代理机构均可报名", fields=[project.field]
                )
                until = moment(f"{MONDAY} 16:00")
                self.do("operator", lottery.publish_call, project.draw, conditions, until, _meeting(project))
            listed = agencies().rows
            for number, row in enumerate(listed):
                for place, project in enumerate(PROJECTS):
                    if number % 7 != place:  # each agency lets a project go now and then
                        self.do("registrar", lottery.sign_up, project.draw, row.cells["code"])
            self.at(f"{MONDAY} 15:00")
            suspension = AgencySuspended.decided(
                code=listed[SUSPENDED].cells["code"],
                starts=self.clock.second,
                until=moment("2023-12-25 00:00"),
                ground="《明川市招标代理机构入场监察规则》（演示）第九条",
                decision_number="明发改监〔2023〕11号",
            )
            self.do("supervisor", registry.suspend_agency, suspension)

    def publish_rosters(self) -> None:
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
        self.at("2023-09-26 09:20")
        with self.scene("公示期：异议与答复"):
            text = "请说明本次名单中暂停机构的依据。"
            self.do("notary", lottery.file_objection, WATERWORKS.draw, "roster", text)
            answer = "依据为明发改监〔2023〕11号决定，全文见日志；名单不变。"
            self.do("operator", lottery.answer_objection, WATERWORKS.draw, 1, "rejected", answer)

    # Wednesday

    def draw_with_dice(self) -> None:
        self.at(f"{WEDNESDAY} 10:00")
        with self.scene("第一场：掷骰摇号（教学设备采购）"):
            self.do("operator", lottery.freeze_roster, SCHOOL.draw)
            self._commit(SCHOOL)
            self.at(f"{WEDNESDAY} 10:10")
            self._advance(SCHOOL)
            self._reveal(SCHOOL)
            self._advance(SCHOOL)
            self.clock.jump(self.clock.second + 2 * MINUTE)
            self._throw(SCHOOL, "50728841639057216034")
            self._advance(SCHOOL)

    def draw_that_fails(self) -> None:
        self.at(f"{WEDNESDAY} 14:00")
        with self.scene("第二场：大桥维修。承诺不足，作废；名单未变，当日重摇"):
            self.do("operator", lottery.freeze_roster, BRIDGE.draw)
            self._commit(BRIDGE, "centre")
            self.at(f"{WEDNESDAY} 14:10")
            self.clock.jump(self.clock.second + 5)
            note = "截止时仅一个席位承诺，不足三个；名单、号球、中签数均不变"
            self.do("operator", lottery.void, BRIDGE.draw, "QUORUM", note)
            self.at(f"{WEDNESDAY} 14:20")
            self._plan(BRIDGE, "drand+dice", _closing(ROUND, "drand+dice"), moment(f"{WEDNESDAY} 15:50"))
            self.do("operator", lottery.publish_roster, BRIDGE.draw)

    def draw_with_drand(self) -> None:
        self.at(f"{WEDNESDAY} 15:50")
        with self.scene("第三场：两个项目等待同一轮公共随机数"):
            self.do("operator", lottery.freeze_roster, BRIDGE.draw)
            self._commit(BRIDGE)
            self.at(f"{WEDNESDAY} 16:00")
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
            self.clock.jump(round_time(ROUND) - (20 if self.pause else 0))
            if self.pause:
                time.sleep(20)
            self.clock.jump(round_time(ROUND))
            if self.beacon.fetch(ROUND, 30) is None:
                raise RuntimeError("the demo's own relay does not answer")
            self._advance(BRIDGE)
            self._advance(WATERWORKS)

    def decline(self) -> None:
        self.at(f"{WEDNESDAY} 16:50")
        with self.scene("首位中签机构放弃，候补递补；招标人与其签订委托合同"):
            with self.log.reading() as session:
                evidence = queries.evidence(session, self.log.blobs, WATERWORKS.draw, 1)
            assert evidence is not None
            winner = json.loads(evidence)["result"]["winners"][0]
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
            engaged = AgentEngaged(
                project=WATERWORKS.code,
                draw_id=WATERWORKS.draw,
                attempt=1,
                agent=successor,
                contract_number="明水合〔2023〕代-018",
            )
            self.do("water", trading.engage_agent, engaged)

    # A meeting's steps

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
        """Every step that is the program's own now (close, announce, seal, complete)."""
        while conductor.advance(self.log, self.beacon, project.draw) is not None:
            self.log.wait_for_all()
            self._breathe()


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
