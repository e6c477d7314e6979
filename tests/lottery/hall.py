"""A trading centre in small: its register, its keys, and short ways to take a draw as far as a test needs."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from functools import partial
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from audit.act import Act
from audit.entry import SYSTEM, signed_bytes
from audit.errors import Refusal
from audit.events import Event, Signature
from audit.log import Actor, Log
from audit.step import Step
from audit.tables import EntryRow
from lottery import commands, conductor, events, queries, rules
from lottery.beacon.recorded import recorded_rounds
from lottery.beacon.relays import BeaconClient
from lottery.model import Attempt, Draw, State, subject
from lottery.protocol import PROTOCOL
from lottery.protocol.beacon import PINNED, round_time
from lottery.protocol.canonical import doc_hash
from lottery.protocol.commitment import commitment
from lottery.protocol.contributions import PUBLIC_SEAT, public_secret
from registry import commands as registry
from registry.events import (
    AgencyAmended,
    AgencyRecorded,
    AgencySuspended,
    KeyRecorded,
    OrganisationRecorded,
    RoleGranted,
)
from registry.uscc import check_character
from tests.ground import FakeClock
from tests.kept import once

MONDAY = 1_692_579_600
"""21 August 2023, 09:00 in Beijing."""
HOUR = 3600
ROUND, LATER_ROUND = 123, 1000
"""Wednesday, 23 August 2023, 23:15:33 and 23:59:24."""

OPERATOR, TENDERER, REGISTRAR, SUPERVISOR = "operator:op1", "tenderer:te1", "registrar:re1", "supervisor:su1"
ADMIN = "admin:ad1"
PROJECT = "XM-2023-0001"
ORGANISATIONS: dict[str, tuple[str, Any, str]] = {
    "centre": ("演示市公共资源交易中心", "centre", "operator:op1"),
    "notary": ("演示市公证处", "notary", "notary:no1"),
    "supervisor": ("演示市发展和改革委员会", "supervisor", "supervisor:su1"),
    "tenderer": ("演示市建设投资有限公司", "tenderer", "tenderer:te1"),
}
"""Organisation, and seat of the same name, to name, capacity and the account that acts for it."""
SEATS = ("centre", "notary", "supervisor")
PUBLIC_HOLDER = "tenderer"
"""Whose organisation holds the seat `public`, in a plan that has it."""
WITH_PUBLIC = [
    {"seat": seat, "org": ORGANISATIONS[PUBLIC_HOLDER if seat == PUBLIC_SEAT else seat][0]}
    for seat in sorted((*SEATS, PUBLIC_SEAT))
]
"""The seats of such a plan."""
E = TypeVar("E", bound=Event)


def a_code(number: int) -> str:
    """A fictional code with a right check character."""
    body = f"91000000DEM{number:06d}"
    return body + check_character(body)


def a_key(organisation: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(organisation.encode()).digest())


def public_half(organisation: str) -> str:
    return a_key(organisation).public_key().public_bytes_raw().hex()


def signatures(event: Event, about: str, *organisations: str) -> list[Signature]:
    message = signed_bytes(event.kind, about, event.body())
    made = [Signature(key=public_half(one), signature=a_key(one).sign(message).hex()) for one in organisations]
    return sorted(made, key=lambda item: item.key)


def signed(event: E, about: str, *organisations: str) -> E:
    """The event with the signatures of these organisations."""
    return event.model_copy(update={"signatures": signatures(event, about, *organisations)})


def a_secret(seat: str, attempt: int = 1) -> str:
    return hashlib.sha256(f"{seat}/{attempt}".encode()).hexdigest()


class Hall:
    """One draw at a time; `draw_id` is the draw that is meant where none is named."""

    def __init__(self, log: Log, clock: FakeClock, beacon: BeaconClient | None, agencies: int = 6) -> None:
        self.log, self.clock = log, clock
        self._beacon = beacon
        self.draw_id = "MT-2023-0001"
        self.codes = [a_code(number) for number in range(agencies)]
        self.waits = beacon is not None  # a log that nobody runs is settled by its test
        once(log, ("hall", agencies), partial(self._fill_register, agencies), placed=self.waits)

    def _fill_register(self, agencies: int) -> None:
        waits, self.waits = self.waits, False  # in one go
        for actor in (ADMIN, REGISTRAR):
            self.grant(actor, None, by=SYSTEM)
        for id_, (name, capacity, actor) in ORGANISATIONS.items():
            event = OrganisationRecorded(organisation=id_, name=name, code=None, capacities=[capacity])
            self.do(REGISTRAR, registry.record_organisation, event)
            self.lend_key(id_)
            self.grant(actor, id_)
        for number in range(agencies - 1):
            self.record_agency(number)
        self.waits = waits
        self.record_agency(agencies - 1)

    @property
    def beacon(self) -> BeaconClient:
        assert self._beacon is not None
        return self._beacon

    # Ways to act

    def do(self, actor: str, command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One act, published before it returns."""
        with self.log.act(actor) as act:
            answer = command(act, *arguments, **named)
        if act.recorded and self.waits:
            assert self.log.wait(act.recorded[-1], 20) is not None
        return answer

    def refused(self, code: str, actor: str, command: Callable[..., Any], *arguments: Any, **named: Any) -> Refusal:
        """Assert that an act is refused with this code and leaves nothing behind."""
        before = self.entries()
        with pytest.raises(Refusal) as caught:
            self.do(actor, command, *arguments, **named)
        assert caught.value.code == code, caught.value.message("en")
        assert caught.value.message("zh")
        assert self.entries() == before
        return caught.value

    def entries(self) -> int:
        with self.log.reading() as session:
            return session.scalar(select(func.count()).select_from(EntryRow)) or 0

    def grant(self, actor: str, organisation: str | None, by: str = ADMIN) -> None:
        role, account = actor.split(":")
        event = RoleGranted.of({"account": account, "role": role, "organisation": organisation})
        self.do(by, registry.grant_role, event, hashlib.sha256(account.encode()).hexdigest())

    def record_agency(self, number: int) -> None:
        facts = {
            "code": a_code(number),
            "name": f"演示招标代理{number}号有限公司",
            "organisation": None,
            "region": "210100",
            "address": "演示市演示路 1 号",
            "fields": ["工程建设"],
            "founded": None,
        }
        self.do(REGISTRAR, registry.record_agency, AgencyRecorded.of(facts))

    def lend_key(self, organisation: str) -> None:
        """Record the organisation's key."""
        event = KeyRecorded(organisation=organisation, key=public_half(organisation))
        self.do(REGISTRAR, registry.record_key, event)

    def tie_agency(self, number: int) -> None:
        """Give an agency an organisation record and an account."""
        id_ = f"agency-{number}"
        name = f"演示招标代理{number}号有限公司"
        event = OrganisationRecorded(organisation=id_, name=name, code=a_code(number), capacities=["agency"])
        self.do(REGISTRAR, registry.record_organisation, event)
        facts = {
            "code": a_code(number),
            "name": name,
            "organisation": id_,
            "region": "210100",
            "address": "演示市演示路 1 号",
            "fields": ["工程建设"],
            "founded": None,
            "reason": "登记账户",
        }
        self.do(REGISTRAR, registry.amend_agency, AgencyAmended.of(facts))
        self.grant(f"agent:ag{number}", id_)

    def suspend(self, code: str, number: str = "演监决〔2023〕1号", starts: int = 0) -> None:
        event = AgencySuspended.decided(
            code=code, starts=starts, until=None, ground="演示办法第十条", decision_number=number
        )
        self.do(SUPERVISOR, registry.suspend_agency, event)

    def at(self, second: float) -> None:
        """Move the clock to a Unix second."""
        assert second * 1000 >= self.clock.now
        self.clock.now = int(second * 1000)

    @contextmanager
    def late_log(self, second: int) -> Iterator[None]:
        """Acts keep the present time, and the log gives them their places at this second."""
        acting = self.clock.now
        self.clock.now = second * 1000

        @contextmanager
        def act(actor: str | Actor) -> Iterator[Act]:
            assert isinstance(actor, str)
            with self.log.database.writing() as session:
                yield (made := Act(session, lambda: acting, actor, self.log.blobs))
            assert made.recorded

        log_act, self.log.act = self.log.act, act  # type: ignore[method-assign]  # for this block
        try:
            yield
        finally:
            self.log.act = log_act  # type: ignore[method-assign]  # as it was

    def advance(self) -> str | None:
        """The program's next step of its own, waited for."""
        name = conductor.advance(self.log, self.beacon, self.draw_id)
        self.settle()
        return name

    def settle(self) -> None:
        with self.log.reading() as session:
            last = queries.known_draw(session, self.draw_id)
        newest = max(step.entry_id for step in steps_of(last))
        assert self.log.wait(newest, 20) is not None

    # What there is

    def draw(self, draw_id: str | None = None, placed: bool = False) -> Draw:
        with self.log.reading() as session:
            return queries.known_draw(session, draw_id or self.draw_id, placed)

    @property
    def attempt(self) -> Attempt:
        attempt = self.draw().attempt
        assert attempt is not None
        return attempt

    @property
    def attempt_number(self) -> int:
        return max(1, len(self.draw().attempts))

    @property
    def state(self) -> State:
        return self.draw().state_at(self.clock.now)

    def actions(self) -> dict[str, rules.Action]:
        offered = rules.next_actions(self.draw(), self.clock.now, published=self.log.published_size)
        return {action.name: action for action in offered}

    # A draw's life

    def decision(self, draw_id: str | None = None, by: str = "tenderer", **changed: Any) -> events.Decided:
        members: dict[str, Any] = {
            "draw_id": draw_id or self.draw_id,
            "project_code": PROJECT,
            "project_name": "演示市第三水厂扩建工程",
            "tenderer": ORGANISATIONS["tenderer"][0],
            "scope": "施工招标代理",
            "fee": "按规定标准下浮百分之二十",
            "former_draw": None,
            "former_reason": None,
            "signatures": [],
        }
        event = events.Decided.of(members | changed)
        return signed(event, subject(event.draw_id), by)

    def decide(self, draw_id: str | None = None, **changed: Any) -> None:
        self.do(TENDERER, commands.decide, self.decision(draw_id, **changed))

    def call(self, second: int | None = None, draws_at: int | None = None) -> None:
        conditions = events.Conditions(text="在册且业务范围含工程建设的招标代理机构均可报名", fields=["工程建设"])
        now = self.clock.now // 1000
        until = second or now + HOUR
        self.do(OPERATOR, commands.publish_call, self.draw_id, conditions, until, draws_at or until + 48 * HOUR)

    def sign_up(self, codes: Iterable[str] | None = None) -> None:
        for code in self.codes if codes is None else codes:
            self.do(REGISTRAR, commands.sign_up, self.draw_id, code)

    def plan(self, mode: str = "drand", **changed: Any) -> dict[str, Any]:
        draw = self.draw()
        former = draw.attempt
        decision = draw.decided.event
        uses_beacon = mode != "dice"
        plan = {
            "v": PROTOCOL,
            "type": "plan",
            "draw_id": self.draw_id,
            "attempt": len(draw.attempts) + 1,
            "prev_sha256": None if former is None or former.void is None else doc_hash(former.void),
            "project_code": decision.project_code,
            "project_name": decision.project_name,
            "tenderer": decision.tenderer,
            "winners": 1,
            "alternates": 2,
            "min_agents": 3,
            "code_scheme": "gb32100",
            "entropy": mode,
            "seats": [{"seat": seat, "org": ORGANISATIONS[seat][0]} for seat in SEATS],
            "min_reveals": 2,
            "beacon": dict(PINNED) if uses_beacon else None,
            "min_lead": 60 if uses_beacon else 0,
            "max_lead": 600 if uses_beacon else 0,
            "dice_digits": 0 if mode == "drand" else 20,
        }
        return plan | changed

    def publish_plan(self, mode: str = "drand", round_: int = ROUND, **changed: Any) -> None:
        """A plan whose meeting leads to this round, if everybody uses the time there is."""
        closing = closing_second(round_, mode)
        plan = self.plan(mode, **changed)
        self.do(OPERATOR, commands.plan_draw, self.draw_id, plan, closing - 600, closing)

    def publish_roster(self) -> None:
        self.do(OPERATOR, commands.publish_roster, self.draw_id)

    def prepare(self, mode: str = "drand", round_: int = ROUND, **changed: Any) -> None:
        """From nothing to a published roster, on Monday."""
        name = ("prepared", self.draw_id, tuple(self.codes), mode, round_, repr(changed))
        once(self.log, name, partial(self.prepare_anew, mode, round_, **changed), placed=self.waits)

    def prepare_anew(self, mode: str = "drand", round_: int = ROUND, **changed: Any) -> None:
        """The same by its commands, where one of them is not what it always is."""
        self.decide()
        self.call(self.clock.now // 1000 + HOUR)
        self.sign_up(self.codes[:-1])
        self.clock.advance(HOUR)
        self.publish_plan(mode, round_, **changed)
        self.publish_roster()

    def freeze(self) -> None:
        self.at(max(self.clock.now / 1000, self.attempt.planned.event.draws_at))
        self.do(OPERATOR, commands.freeze_roster, self.draw_id)

    def commitment(self, seat: str, /, by: str | None = None, **changed: Any) -> events.Committed:
        attempt = self.attempt_number
        members = {
            "draw_id": self.draw_id,
            "attempt": attempt,
            "seat": seat,
            "commit": commitment(self.draw_id, attempt, seat, a_secret(seat, attempt)),
            "signatures": [],
        }
        event = events.Committed.of(members | changed)
        return signed(event, subject(event.draw_id, event.attempt), by or seat)

    def commit(self, *seats: str) -> None:
        for seat in seats or SEATS:
            self.do(ORGANISATIONS[seat][2], commands.commit, self.commitment(seat))

    def commit_to(self, seat: str, secret: str) -> None:
        """A seat's commitment to a secret of its choice."""
        made = commitment(self.draw_id, self.attempt.number, seat, secret)
        self.do(ORGANISATIONS[seat][2], commands.commit, self.commitment(seat, commit=made))

    def contribute(self, *words: str) -> list[str]:
        """What visitors send who think of these words; returns the contributions."""
        made = [hashlib.sha256(word.encode()).hexdigest() for word in words]
        for contribution in made:
            self.do(SYSTEM, commands.contribute, self.draw_id, contribution)
        return made

    def public_secret(self) -> str:
        """What the seat `public` has to commit to and to reveal, as its holder's page computes it."""
        attempt = self.attempt
        made = [step.event.contribution for step in attempt.contributions]
        return public_secret(self.draw_id, attempt.number, made) if made else a_secret(PUBLIC_SEAT, attempt.number)

    def commit_public(self, secret: str | None = None) -> None:
        """The holder of the seat `public` commits, to what it must unless told otherwise."""
        made = commitment(self.draw_id, self.attempt.number, PUBLIC_SEAT, secret or self.public_secret())
        event = self.commitment(PUBLIC_SEAT, by=PUBLIC_HOLDER, commit=made)
        self.do(ORGANISATIONS[PUBLIC_HOLDER][2], commands.commit, event)

    def revelation(self, seat: str, /, by: str | None = None, **changed: Any) -> events.Revealed:
        attempt = self.attempt_number
        members = {
            "draw_id": self.draw_id,
            "attempt": attempt,
            "seat": seat,
            "secret": a_secret(seat, attempt),
            "signatures": [],
        }
        event = events.Revealed.of(members | changed)
        return signed(event, subject(event.draw_id, event.attempt), by or seat)

    def reveal(self, *seats: str, **changed: Any) -> None:
        for seat in seats or SEATS:
            event = self.revelation(seat, **changed)
            self.do(ORGANISATIONS[seat][2], commands.reveal, event, self.log.published_size)

    def dice(self, by: Iterable[str] = ("centre", "notary"), **changed: Any) -> events.DiceThrown:
        members: dict[str, Any] = {
            "draw_id": self.draw_id,
            "attempt": self.attempt_number,
            "digits": "31415926535897932384",
            "time": self.clock.now // 1000,
            "confirmed_by": sorted(by),
            "invalid_throws": 1,
            "first_entries": ["31415926535897932384", "31415926535897932385"],
            "signatures": [],
        }
        event = events.DiceThrown.of(members | changed)
        return signed(event, subject(event.draw_id, event.attempt), *by)

    def throw(self, **changed: Any) -> None:
        self.do(OPERATOR, commands.throw_dice, self.dice(**changed))

    def to_revealing(self) -> None:
        """From a published roster to the moment at which seats may reveal, the announced round being as planned."""
        self.freeze()
        self.commit()
        self.at(self.attempt.planned.event.commit_deadline)
        assert self.advance() == "close_commitments"
        if self.attempt.uses_beacon:
            assert self.advance() == "announce_round"

    def to_seal(self) -> None:
        """From a published roster to the seal."""
        self.to_revealing()
        self.reveal()
        if self.attempt.plan["entropy"] == "drand+dice":
            self.throw()
        if self.attempt.round_at is not None:
            self.at(max(self.clock.now / 1000, self.attempt.round_at // 1000 - self.attempt.plan["max_lead"]))
        assert self.advance() == "seal"

    def to_result(self) -> None:
        """From a published roster to the result."""
        self.to_seal()
        if self.attempt.plan["entropy"] == "dice":
            self.clock.advance(60)
            self.throw()
        else:
            assert self.attempt.round_at is not None
            self.at(self.attempt.round_at / 1000)
            assert self.beacon.fetch(self.attempt.round or 0, 20) is not None
        assert self.advance() == "complete"

    def void(self, reason: Any, note: str = "演示作废") -> None:
        self.do(OPERATOR, commands.void, self.draw_id, reason, note)


def closing_second(round_: int, mode: str = "drand") -> int:
    """When commitments must close for a round to be the one announced."""
    spare = rules.ROUND_SPARE + (rules.DICE_BEFORE_SEAL if mode == "drand+dice" else 0)
    return round_time(round_) - rules.REVEAL_SECONDS - 60 - spare


def signature_of(round_: int) -> str:
    return recorded_rounds()[round_]


def steps_of(draw: Draw) -> list[Any]:
    """Every step of a draw but sign-ups, in log order."""
    steps: list[Any] = [draw.decided, *([draw.call] if draw.call else [])]
    for attempt in draw.attempts:
        for value in (getattr(attempt, field.name) for field in fields(attempt)):
            steps += value if isinstance(value, tuple) else [value] if isinstance(value, Step) else []
    return sorted(steps, key=lambda step: int(step.entry_id))
