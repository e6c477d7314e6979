"""An agency with its own account and key, two supervisors, texts of the three rules, and short ways through a case."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.entry import signed_bytes
from audit.events import Signature
from registry import commands
from registry.events import (
    Article,
    CommitmentPublished,
    CommitmentSigned,
    ConductPublished,
    FormulaPublished,
    Grade,
)
from registry.model.supervision import Incident, Ruling, Story
from registry.queries import supervision
from tests.ground import FakeClock
from tests.kept import once
from tests.registry.builders import SUPERVISOR, Register, a_code, a_key

OTHER_SUPERVISOR = "supervisor:s2"
CODE, AGENT = a_code(1), "agent:g1"
GROUND = "演示办法第十条"
STORY = Story("第三开标室", "开标时代投标人递交文件。\n经劝阻后停止。", "张三、李四")
DAY = 86_400


def settle(register: Register, number: int = 1) -> str:
    """Put an agency on record whose account `agent:gN` acts for it with key N; returns its code."""
    register.organisation(f"agency-{number}", f"演示代理机构{number}号", "agency", code=a_code(number), key=number)
    register.grant(f"g{number}", "agent", f"agency-{number}")
    return register.agency(number, organisation=f"agency-{number}")


def supervised(register: Register, clock: FakeClock, agencies: int = 1) -> None:
    """Agencies 1…n, a second supervisor, and a code of conduct in force."""
    once(register.log, ("supervised", agencies), lambda: _supervised(register, clock, agencies), placed=False)


def _supervised(register: Register, clock: FakeClock, agencies: int) -> None:
    register.grant("s2", "supervisor", person="s2")
    for number in range(1, agencies + 1):
        settle(register, number)
    register.do(SUPERVISOR, commands.publish_conduct, a_conduct(effective=clock.now // 1000))


def a_commitment(**changed: Any) -> CommitmentPublished:
    members = {
        "version": 1,
        "title": "入场服务承诺书",
        "text": ["一、如实登记。", "二、不围标串标。"],
        "term_months": 12,
    }
    return CommitmentPublished.of(members | changed)


def a_conduct(**changed: Any) -> ConductPublished:
    articles = [
        Article(article="A-1", text="按时到场。", points=3),
        Article(article="A-2", text="不得代递。", points=12),
    ]
    members: dict[str, Any] = {"version": 1, "effective": 0, "articles": articles}
    return ConductPublished(**(members | changed))


def a_formula(**changed: Any) -> FormulaPublished:
    grades = [Grade(grade="甲", at_least=90, balls=3), Grade(grade="乙", at_least=0, balls=1)]
    members: dict[str, Any] = {
        "version": 1,
        "base": 80,
        "commission": 5,
        "commissions_at_most": 4,
        "point": 2,
        "objection": 10,
        "window_months": 24,
        "grades": grades,
    }
    return FormulaPublished(**(members | changed))


def signed(event: CommitmentSigned, *keys: int) -> CommitmentSigned:
    """The promise with signatures by these keys."""
    message = signed_bytes(event.kind, f"agency:{event.code}", event.body())
    made = [
        Signature(
            key=a_key(key),
            signature=Ed25519PrivateKey.from_private_bytes(key.to_bytes(32, "big")).sign(message).hex(),
        )
        for key in keys
    ]
    return event.model_copy(update={"signatures": sorted(made, key=lambda one: one.key)})


def a_promise(register: Register, code: str = CODE, organisation: str = "agency-1", key: int = 1) -> CommitmentSigned:
    """The newest commitment, signed today."""
    with register.log.reading() as session:
        event = commands.commitment_to_sign(session, code, organisation, register.log.clock() // 1000)
    return signed(event, key)


def seen(register: Register, clock: FakeClock, code: str = CODE, article: str = "A-2", **named: Any) -> str:
    """Record an incident; returns its number."""
    happened = named.pop("happened", clock.now // 1000)
    entry_id = register.do(SUPERVISOR, commands.record_incident, code, article, happened, STORY, **named)
    with register.log.reading() as session:
        return next(one.number for one in supervision.incidents(session, code) if one.entry_id == entry_id)


def heard(register: Register, clock: FakeClock, code: str = CODE, agent: str = AGENT) -> str:
    """Record an incident that its agency answers; returns its number."""
    number = seen(register, clock, code)
    register.do(agent, commands.answer_incident, code, number, "当时系误会。")
    return number


def decide(register: Register, number: str, ruling: Ruling, decision: str, code: str = CODE) -> None:
    register.do(SUPERVISOR, commands.decide_incident, code, number, ruling, GROUND, decision, "事实清楚。")


def case(register: Register, number: str) -> Incident:
    with register.log.reading() as session:
        found = supervision.incident(session, number)
    assert found is not None
    return found
