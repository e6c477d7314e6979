"""Texts of the three rules, promises, acknowledgements, and the facts of credit, on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.entry import WrongSignature
from audit.errors import Refusal
from audit.rebuild import rebuild_check
from registry import commands, documents, errors
from registry.events import (
    Article,
    CommitmentOnPaper,
    CommitmentPublished,
    ConductAcknowledged,
    ConductPublished,
    CreditFactRecorded,
    FormulaPublished,
    Grade,
    KeyRevoked,
    PractitionerFormSubmitted,
    PractitionerLeft,
)
from registry.names import BadText
from registry.queries import rulebook
from registry.rules import rulebook as rules
from registry.working_days import day_of
from tests.ground import FakeClock
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code, a_key
from tests.registry.supervised import (
    AGENT,
    CODE,
    a_commitment,
    a_conduct,
    a_formula,
    a_promise,
    settle,
    signed,
    supervised,
)

PDF = b"%PDF-1.7 a scan"


def refused(register: Register, refusal: type[Refusal], actor: str, command: Any, *arguments: Any) -> None:
    with pytest.raises(refusal):
        register.do(actor, command, *arguments)


# Texts


def test_a_text_is_published_by_whose_it_is_and_by_nobody_else(register: Register, clock: FakeClock) -> None:
    texts = (
        (commands.publish_commitment, a_commitment(), REGISTRAR, SUPERVISOR),
        (commands.publish_conduct, a_conduct(effective=clock.now // 1000), SUPERVISOR, REGISTRAR),
        (commands.publish_formula, a_formula(), SUPERVISOR, REGISTRAR),
    )
    for command, event, own, other in texts:
        for actor in (other, "operator:o1", "agent:g1", "tenderer:t1", "inspector:i1", "admin:a1"):
            refused(register, errors.NotPermitted, actor, command, event)
        register.do(own, command, event)
        refused(register, errors.VersionNotNext, own, command, event)
        refused(register, errors.VersionNotNext, own, command, event.model_copy(update={"version": 3}))
        register.do(own, command, event.model_copy(update={"version": 2}))
    with register.log.reading() as session:
        newest = rulebook.newest(session, CommitmentPublished)
        assert newest is not None
        assert newest.event == a_commitment(version=2)
        assert [one.event.version for one in rulebook.versions(session, FormulaPublished)] == [2, 1]
        first = rulebook.version(session, ConductPublished, 1)
        assert first is not None
        assert first.event.articles == a_conduct().articles


@pytest.mark.parametrize(
    "changed",
    [
        {"text": []},
        {"text": [""]},
        {"text": ["一 "]},
        {"text": ["一\n二"]},
        {"text": ["\u202e"]},
        {"text": ["字" * 2001]},
        {"text": ["一"] * 201},
        {"term_months": 0},
        {"term_months": 61},
    ],
)
def test_a_commitment_that_does_not_have_its_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(errors.BadRule):
        rules.check_commitment(a_commitment(**changed))


def test_a_commitment_may_be_as_long_as_the_limits_say() -> None:
    rules.check_commitment(a_commitment(text=["字" * 2000, *["一"] * 199], term_months=60))
    with pytest.raises(BadText):
        rules.check_commitment(a_commitment(title=""))


def test_a_code_of_conduct_never_holds_for_what_was_done_before_it() -> None:
    rules.check_conduct(a_conduct(effective=100), 100)
    with pytest.raises(errors.BadRule):
        rules.check_conduct(a_conduct(effective=99), 100)


@pytest.mark.parametrize(
    "articles",
    [
        [],
        [Article(article="A-1", text="一", points=1)] * 2,
        [Article(article="a-1", text="一", points=1)],
        [Article(article="A-1", text="", points=1)],
        [Article(article="A-1", text="一", points=101)],
        [Article(article="A-1", text="一", points=-1)],
    ],
)
def test_articles_that_do_not_have_their_form_are_refused(articles: list[Article]) -> None:
    with pytest.raises(errors.BadRule):
        rules.check_conduct(a_conduct(articles=articles), 0)


def grades(*rows: tuple[str, int, int]) -> list[Grade]:
    return [Grade(grade=grade, at_least=at_least, balls=balls) for grade, at_least, balls in rows]


@pytest.mark.parametrize(
    "changed",
    [
        {"grades": []},
        {"grades": grades(("甲", 1, 1))},
        {"grades": grades(("甲", 0, 0))},
        {"grades": grades(("甲", 0, 1001))},
        {"grades": grades(("甲", 10, 1), ("甲", 0, 1))},
        {"grades": grades(("甲", 0, 2), ("乙", 10, 1))},
        {"grades": grades(("甲", 10, 1), ("乙", 10, 1), ("丙", 0, 1))},
        {"grades": grades(("甲", 10, 1), ("乙", 0, 2))},
        {"base": -1},
        {"point": 100_001},
        {"window_months": 121},
    ],
)
def test_a_formula_that_does_not_have_its_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(errors.BadRule):
        rules.check_formula(a_formula(**changed))


def test_balls_lie_between_1_and_1000() -> None:
    rules.check_formula(a_formula(grades=grades(("甲", 10, 1000), ("乙", 0, 1))))


def test_the_newest_code_that_has_taken_effect_is_in_force(register: Register, clock: FakeClock) -> None:
    now = clock.now // 1000
    for number, effective in ((1, now), (2, now + 200), (3, now + 100)):
        register.do(SUPERVISOR, commands.publish_conduct, a_conduct(version=number, effective=effective))
    with register.log.reading() as session:
        found = [rulebook.conduct_at(session, at) for at in (now - 1, now, now + 99, now + 100, now + 300)]
    assert [None if one is None else one.event.version for one in found] == [None, 1, 1, 3, 3]


# Terms


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        ("2025-11-24", 12, "2026-11-24"),
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2025-12-31", 12, "2026-12-31"),
        ("2025-12-01", 1, "2026-01-01"),
    ],
)
def test_a_term_of_months_ends_with_the_same_day_or_the_months_last(day: str, months: int, last: str) -> None:
    until = rules.term_until(date.fromisoformat(day), months)
    assert day_of(until - 1) == date.fromisoformat(last)
    assert day_of(until) == date.fromisoformat(last) + timedelta(days=1)


@given(st.dates(date(2004, 1, 1), date(2090, 1, 1)), st.integers(1, 60))
def test_a_longer_term_never_ends_sooner(day: date, months: int) -> None:
    assert rules.term_until(day, months) < rules.term_until(day, months + 1)
    assert rules.term_until(day, months) <= rules.term_until(day + timedelta(days=1), months)


# Promises


def test_an_agency_promises_with_its_own_key_before_it_is_on_record_too(register: Register, clock: FakeClock) -> None:
    register.organisation("agency-1", "演示代理机构1号", "agency", code=CODE, key=1)
    register.grant("g1", "agent", "agency-1")
    register.do(REGISTRAR, commands.publish_commitment, a_commitment())
    register.do(AGENT, commands.sign_commitment, a_promise(register))
    register.publish()
    with register.log.reading() as session:
        found = rulebook.promise(session, CODE, placed=True)
        assert found is not None
        assert (found.version, found.on_paper) == (1, False)
        assert day_of(found.until - 1) == date(2026, 11, 24)
        assert rulebook.newest_promises(session, placed=True) == {CODE: found}
        assert rulebook.promise(session, a_code(2)) is None


def test_a_promise_is_refused_unless_the_agency_itself_signed_the_present_text(
    register: Register, clock: FakeClock
) -> None:
    supervised(register, clock, agencies=2)
    register.do(REGISTRAR, commands.publish_commitment, a_commitment())
    promise = a_promise(register)
    unsigned = promise.model_copy(update={"signatures": []})
    sign = commands.sign_commitment
    refused(register, errors.NotThatAgency, "agent:g2", sign, promise)
    refused(register, errors.NotPermitted, REGISTRAR, sign, promise)
    refused(register, errors.NotThatAgency, AGENT, sign, promise.model_copy(update={"organisation": "agency-2"}))
    refused(register, errors.NotSignedByIt, AGENT, sign, unsigned)
    refused(register, errors.NotSignedByIt, AGENT, sign, signed(unsigned, 2))
    refused(register, errors.NotSignedByIt, AGENT, sign, signed(unsigned, 1, 2))
    refused(register, errors.NotSignedByIt, AGENT, sign, signed(unsigned, 77))
    for changed in ({"until": promise.until + 1}, {"version": 2}, {"text_sha256": "0" * 64}):
        refused(register, errors.NotCurrentVersion, AGENT, sign, signed(unsigned.model_copy(update=changed), 1))
    flipped = promise.signatures[0].signature
    flipped = ("1" if flipped[0] == "0" else "0") + flipped[1:]
    broken = [promise.signatures[0].model_copy(update={"signature": flipped})]
    refused(register, WrongSignature, AGENT, sign, promise.model_copy(update={"signatures": broken}))
    register.do(REGISTRAR, commands.publish_commitment, a_commitment(version=2, text=["新的文本。"]))
    refused(register, errors.NotCurrentVersion, AGENT, sign, promise)
    promise = a_promise(register)
    register.do(REGISTRAR, commands.revoke_key, KeyRevoked(organisation="agency-1", key=a_key(1), reason="介质遗失"))
    refused(register, errors.NotSignedByIt, AGENT, sign, promise)


def test_a_promise_of_yesterday_is_signed_again_today(register: Register, clock: FakeClock) -> None:
    supervised(register, clock)
    register.do(REGISTRAR, commands.publish_commitment, a_commitment())
    promise = a_promise(register)
    clock.now += (14 * 3600 - 1) * 1000  # 23:59:59
    register.do(AGENT, commands.sign_commitment, promise)
    clock.advance(1)
    refused(register, errors.NotCurrentVersion, AGENT, commands.sign_commitment, promise)
    register.do(AGENT, commands.sign_commitment, a_promise(register))


def test_a_paper_is_recorded_with_its_scan_for_at_most_its_term(register: Register, clock: FakeClock) -> None:
    supervised(register, clock)
    register.do(REGISTRAR, commands.publish_commitment, a_commitment())
    now = clock.now // 1000
    longest = rules.term_until(day_of(now), 12)

    def paper(until: int, code: str = CODE) -> CommitmentOnPaper:
        return CommitmentOnPaper(code=code, version=1, text_sha256=rules.text_sha256(a_commitment().text), until=until)

    scan = documents.store(register.log.blobs, PDF, "承诺书.pdf", "application/pdf")
    command = commands.commitment_on_paper
    refused(register, errors.BadRule, REGISTRAR, command, paper(longest + 1), scan)
    refused(register, errors.BadRule, REGISTRAR, command, paper(now), scan)
    refused(register, errors.BadFact, REGISTRAR, command, paper(longest), b"{}")
    refused(register, errors.NoSuchAgency, REGISTRAR, command, paper(longest, a_code(9)), scan)
    refused(register, errors.NotPermitted, AGENT, command, paper(longest), scan)
    register.do(REGISTRAR, command, paper(now + 1), scan)
    entry_id = register.do(REGISTRAR, command, paper(longest), scan)
    with register.log.reading() as session:
        assert [one.until for one in rulebook.promises(session, CODE)] == [longest, now + 1]
        file = documents.read(session, entry_id, "scan")
    assert file is not None
    assert register.log.blobs.get(file.sha256) == PDF


# Acknowledgements


def test_an_agency_acknowledges_what_is_in_force_or_to_come(register: Register, clock: FakeClock) -> None:
    supervised(register, clock, agencies=2)
    now = clock.now // 1000
    register.do(SUPERVISOR, commands.publish_conduct, a_conduct(version=2, effective=now + 100))

    def acknowledged(version: int, *practitioners: str) -> ConductAcknowledged:
        return ConductAcknowledged(code=CODE, version=version, practitioners=list(practitioners))

    command = commands.acknowledge_conduct
    refused(register, errors.NoSuchVersion, AGENT, command, acknowledged(3))
    refused(register, errors.NotThatAgency, "agent:g2", command, acknowledged(1))
    refused(register, errors.UnknownPractitioner, AGENT, command, acknowledged(1, "p1"))
    register.do(AGENT, command, acknowledged(1))
    refused(register, errors.Unchanged, AGENT, command, acknowledged(1))
    register.do(AGENT, command, acknowledged(2))
    clock.advance(100)
    refused(register, errors.NotCurrentVersion, AGENT, command, acknowledged(1))
    with register.log.reading() as session:
        assert [one.version for one in rulebook.acknowledgements(session, CODE)] == [2, 1]


def test_practitioners_acknowledge_with_their_agency_or_after_it_while_they_are_there(
    register: Register, clock: FakeClock
) -> None:
    supervised(register, clock)
    with register.as_(REGISTRAR) as act:
        act.lock(f"agency:{CODE}")
        for practitioner in ("p1", "p2", "p3"):
            form = PractitionerFormSubmitted(
                code=CODE,
                version=1,
                practitioner=practitioner,
                titles=[],
                certificates=[],
                employed_since="2020-01-01",
                insurance_months=60,
                fields=["工程建设"],
                key=False,
                reason=None,
            )
            act.record(form, f"agency:{CODE}")
        act.record(PractitionerLeft(code=CODE, practitioner="p3", day="2025-11-01"), f"agency:{CODE}")

    def acknowledged(*practitioners: str) -> ConductAcknowledged:
        return ConductAcknowledged(code=CODE, version=1, practitioners=list(practitioners))

    command = commands.acknowledge_conduct
    refused(register, errors.UnknownPractitioner, AGENT, command, acknowledged("p1", "p3"))
    refused(register, errors.BadRule, AGENT, command, acknowledged("p2", "p1"))
    refused(register, errors.BadRule, AGENT, command, acknowledged("p1", "p1"))
    register.do(AGENT, command, acknowledged("p1"))
    refused(register, errors.Unchanged, AGENT, command, acknowledged("p1"))
    register.do(AGENT, command, acknowledged("p2"))
    with register.log.reading() as session:
        (found,) = rulebook.acknowledgements(session, CODE)
    assert found.practitioners == {"p1", "p2"}


# Credit


def an_objection(**changed: str) -> CreditFactRecorded:
    members = {
        "code": CODE,
        "fact": "objection_upheld",
        "project_code": "XM-2025-0001",
        "reference": "演示异议〔2025〕1号",
        "day": "2025-11-24",
    }
    return CreditFactRecorded.of(members | changed)


def test_an_objection_upheld_is_recorded_once_by_the_supervisor(register: Register, clock: FakeClock) -> None:
    settle(register)
    command = commands.record_objection_upheld
    refused(register, errors.BadRule, SUPERVISOR, command, an_objection(day="2025-11-25"))
    refused(register, errors.BadRule, SUPERVISOR, command, an_objection(day="2025-1-1"))
    refused(register, BadText, SUPERVISOR, command, an_objection(reference=""))
    refused(register, errors.NoSuchAgency, SUPERVISOR, command, an_objection(code=a_code(9)))
    for actor in (REGISTRAR, AGENT, "operator:o1", "tenderer:t1"):
        refused(register, errors.NotPermitted, actor, command, an_objection())
    register.do(SUPERVISOR, command, an_objection())
    refused(register, errors.FactRecorded, SUPERVISOR, command, an_objection(day="2025-11-23"))
    register.do(SUPERVISOR, command, an_objection(reference="演示异议〔2025〕2号"))
    register.publish()
    with register.log.reading() as session:
        facts = rulebook.credit_facts(session, CODE, placed=True)
        assert [one.reference for one in facts] == ["演示异议〔2025〕1号", "演示异议〔2025〕2号"]
        assert rulebook.credit_facts(session, CODE, "commission_completed") == []
        assert rulebook.credit_facts(session, CODE, project_code="XM-2") == []


def test_the_log_alone_gives_back_every_row_of_the_rules(register: Register, clock: FakeClock) -> None:
    supervised(register, clock)
    register.do(REGISTRAR, commands.publish_commitment, a_commitment())
    register.do(SUPERVISOR, commands.publish_formula, a_formula())
    register.do(AGENT, commands.sign_commitment, a_promise(register))
    register.do(AGENT, commands.acknowledge_conduct, ConductAcknowledged(code=CODE, version=1, practitioners=[]))
    register.do(SUPERVISOR, commands.record_objection_upheld, an_objection())
    register.publish()
    report = rebuild_check(register.log.database, register.log.folder, register.log.signer.key)
    assert report.differences == []
