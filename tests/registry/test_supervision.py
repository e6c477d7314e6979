"""Incidents from what was seen to the end of the sanction, on both databases."""

from collections.abc import Callable
from typing import Any

import pytest

from audit.erase import erase_private
from audit.errors import Refusal
from audit.rebuild import rebuild_check
from registry import commands, documents, errors, queries
from registry.events import AgencyReinstated, AgencyRemoved
from registry.model.supervision import Ruling, Story
from registry.queries import supervision
from registry.rules.supervision import appeal_until, shown_until
from tests.ground import START, FakeClock
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code, at_once
from tests.registry.supervised import (
    AGENT,
    CODE,
    DAY,
    GROUND,
    OTHER_SUPERVISOR,
    STORY,
    a_conduct,
    case,
    decide,
    heard,
    seen,
    supervised,
)

NOW = START // 1000
NOBODY_ELSE = (
    REGISTRAR,
    "operator:o1",
    "tenderer:t1",
    "notary:n1",
    "bidder:b1",
    "inspector:i1",
    "admin:a1",
    "system",
)
WARNING = Ruling("warning", ends=NOW + 30 * DAY)
SUSPENSION = Ruling("suspension", until=NOW + 30 * DAY)


@pytest.fixture
def centre(register: Register, clock: FakeClock) -> Register:
    supervised(register, clock)
    return register


def refused(
    register: Register, refusal: type[Refusal], actor: str, command: Any, *arguments: Any, **named: Any
) -> None:
    with pytest.raises(refusal):
        register.do(actor, command, *arguments, **named)


def appealed(register: Register, clock: FakeClock, ruling: Ruling, decision: str = "一号") -> str:
    """Decide on an incident of the agency, which appeals; returns the incident's number."""
    number = heard(register, clock)
    decide(register, number, ruling, decision)
    register.do(AGENT, commands.file_appeal, CODE, number, "处理过重。")
    return number


def review(register: Register, number: str, ruling: Ruling | None, decision: str, by: str = OTHER_SUPERVISOR) -> None:
    register.do(by, commands.decide_appeal, CODE, number, ruling, GROUND, decision, "复核认为如此。")


def standing(register: Register, at: int, code: str = CODE) -> str | None:
    """Number of the suspension or removal in force, as a draw would see it."""
    with register.log.reading() as session:
        agency = queries.agency(session, code)
    assert agency is not None
    if agency.removal is not None:
        return agency.removal.decision_number
    found = agency.suspension_at(at)
    return None if found is None else found.decision_number


def in_force(register: Register, at: int) -> list[str]:
    register.publish()
    with register.log.reading() as session:
        return [one.decision.decision_number for one in supervision.in_force(session, CODE, at)]


# Who may do what


def test_only_the_supervisor_records_and_decides(centre: Register, clock: FakeClock) -> None:
    number = heard(centre, clock)
    for actor in (AGENT, *NOBODY_ELSE):
        refused(centre, errors.NotPermitted, actor, commands.record_incident, CODE, "A-1", NOW, STORY)
        decision = (CODE, number, WARNING, GROUND, "一号", "事实清楚。")
        refused(centre, errors.NotPermitted, actor, commands.decide_incident, *decision)
        refused(centre, errors.NotPermitted, actor, commands.decide_appeal, *decision)
    refused(centre, errors.RoleMissing, "supervisor:nobody", commands.record_incident, CODE, "A-1", NOW, STORY)


def test_only_the_agency_itself_answers_and_appeals(register: Register, clock: FakeClock) -> None:
    supervised(register, clock, agencies=2)
    number = seen(register, clock)
    for command in (commands.answer_incident, commands.file_appeal):
        for actor in (SUPERVISOR, *NOBODY_ELSE):
            refused(register, errors.NotPermitted, actor, command, CODE, number, "说明")
        refused(register, errors.NotThatAgency, "agent:g2", command, CODE, number, "说明")
        refused(register, errors.NoSuchIncident, "agent:g2", command, a_code(2), number, "说明")
        refused(register, errors.NoSuchIncident, AGENT, command, CODE, "JC-2025-0009", "说明")


def test_nobody_reviews_his_own_decision_under_whatever_account(centre: Register, clock: FakeClock) -> None:
    centre.grant("s3", "supervisor", person="s1")
    number = appealed(centre, clock, WARNING)
    for actor in (SUPERVISOR, "supervisor:s3"):
        with pytest.raises(errors.SameDecider):
            review(centre, number, None, "二号", by=actor)
    review(centre, number, None, "二号")


# Incidents and answers


def test_incidents_are_counted_without_gaps_within_a_year_of_beijing(centre: Register, clock: FakeClock) -> None:
    assert seen(centre, clock) == "JC-2025-0001"
    refused(centre, errors.NoSuchArticle, SUPERVISOR, commands.record_incident, CODE, "Z-9", NOW, STORY)
    assert seen(centre, clock) == "JC-2025-0002"
    clock.now = 1_767_196_799_000  # 31 December, 23:59:59
    assert seen(centre, clock) == "JC-2025-0003"
    clock.advance(1)
    assert seen(centre, clock) == "JC-2026-0001"


def test_two_supervisors_at_once_get_two_numbers(centre: Register, clock: FakeClock) -> None:
    def record(actor: str) -> Callable[[], None]:
        return lambda: centre.do(actor, commands.record_incident, CODE, "A-1", NOW, STORY)

    assert at_once(record(SUPERVISOR), record(OTHER_SUPERVISOR)) == [None, None]
    with centre.log.reading() as session:
        assert [one.number for one in supervision.incidents(session)] == ["JC-2025-0001", "JC-2025-0002"]


def test_an_incident_rests_on_the_code_that_was_in_force_when_it_happened(centre: Register, clock: FakeClock) -> None:
    clock.advance(100)
    conduct = a_conduct(version=2, effective=NOW + 100, articles=a_conduct().articles[:1])
    centre.do(SUPERVISOR, commands.publish_conduct, conduct)
    record = commands.record_incident
    refused(centre, errors.NoSuchArticle, SUPERVISOR, record, CODE, "A-2", NOW + 100, STORY)
    refused(centre, errors.NoSuchArticle, SUPERVISOR, record, CODE, "A-2", NOW - 1, STORY)
    refused(centre, errors.BadIncident, SUPERVISOR, record, CODE, "A-1", NOW + 101, STORY)
    refused(centre, errors.BadIncident, SUPERVISOR, record, CODE, "A-1", NOW, Story("", "经过", "张三"))
    refused(centre, errors.NoSuchAgency, SUPERVISOR, record, a_code(9), "A-1", NOW, STORY)
    refused(centre, errors.UnknownPractitioner, SUPERVISOR, record, CODE, "A-1", NOW, STORY, practitioner="p1")
    refused(centre, errors.BadFact, SUPERVISOR, record, CODE, "A-1", NOW, STORY, evidence=[b"{}"])
    assert case(centre, seen(centre, clock, happened=NOW + 99)).conduct_version == 1
    assert case(centre, seen(centre, clock, article="A-1")).conduct_version == 2


def test_evidence_is_kept_privately_with_the_story(centre: Register, clock: FakeClock) -> None:
    photo = documents.store(centre.log.blobs, b"\x89PNG\r\n\x1a\n", "现场.png", "image/png")
    number = seen(centre, clock, evidence=[photo, photo])
    incident = case(centre, number)
    with centre.log.reading() as session:
        told = supervision.private_values(session, incident, NOW)[incident.entry_id]
    assert told["course"].decode() == STORY.course
    assert told["evidence_1"] == told["evidence_2"] == photo
    assert set(told) == {"place", "course", "witnesses", "evidence_1", "evidence_2"}


def test_an_agency_adds_to_its_answer_until_the_decision(centre: Register, clock: FakeClock) -> None:
    number = heard(centre, clock)
    centre.do(AGENT, commands.answer_incident, CODE, number, "补充：有录像。")
    refused(centre, errors.BadIncident, AGENT, commands.answer_incident, CODE, number, " ")
    decide(centre, number, WARNING, "一号")
    refused(centre, errors.IncidentIsDecided, AGENT, commands.answer_incident, CODE, number, "再补充")
    assert [step.step for step in case(centre, number).steps] == ["answered", "answered"]


def test_what_waits_for_whom_is_listed(centre: Register, clock: FakeClock) -> None:
    unheard, answered = seen(centre, clock), heard(centre, clock)
    waiting = appealed(centre, clock, WARNING)

    def numbers(found: list[Any]) -> list[str]:
        return [one.number for one in found]

    with centre.log.reading() as session:
        assert numbers(supervision.open_incidents(session, CODE)) == [unheard, answered]
        assert numbers(supervision.decisions_due(session, NOW)) == [answered]
        assert numbers(supervision.decisions_due(session, NOW + 14 * DAY)) == [unheard, answered]
        assert numbers(supervision.appeals_waiting(session)) == [waiting]
        assert supervision.open_incidents(session, a_code(2)) == []
    review(centre, waiting, None, "二号")
    with centre.log.reading() as session:
        assert supervision.appeals_waiting(session) == []


# Decisions


def test_a_suspension_keeps_out_to_the_second_and_is_told_as_long(centre: Register, clock: FakeClock) -> None:
    decide(centre, heard(centre, clock), SUSPENSION, "一号")
    end = NOW + 30 * DAY
    assert [standing(centre, at) for at in (NOW - 1, NOW, end - 1, end)] == [None, "一号", "一号", None]
    assert in_force(centre, end - 1) == ["一号"]
    assert in_force(centre, end) == []


def test_a_removal_keeps_out_until_it_is_lifted(centre: Register, clock: FakeClock) -> None:
    decide(centre, heard(centre, clock), Ruling("removal"), "一号")
    later = NOW + 9999 * DAY
    assert standing(centre, later) == "一号"
    assert in_force(centre, later) == ["一号"]
    number = heard(centre, clock)
    for ruling in (SUSPENSION, Ruling("removal")):
        with pytest.raises(errors.AgencyIsRemoved):
            decide(centre, number, ruling, "二号")
    decide(centre, number, WARNING, "二号")
    lifted = AgencyReinstated(code=CODE, reason="整改完成", decision_number="三号")
    centre.do(SUPERVISOR, commands.reinstate_agency, lifted)
    assert standing(centre, later) is None
    assert in_force(centre, NOW) == ["二号"]


def test_points_and_warnings_keep_nobody_out(centre: Register, clock: FakeClock) -> None:
    decide(centre, heard(centre, clock), WARNING, "一号")
    decide(centre, heard(centre, clock), Ruling("points", points=12, ends=shown_until(NOW)), "二号")
    decide(centre, heard(centre, clock), Ruling("none"), "三号")
    assert standing(centre, NOW) is None
    assert in_force(centre, NOW) == ["一号", "二号"]  # what led to nothing is told to nobody


def test_a_decision_needs_a_number_of_its_own_a_ground_and_reasons(centre: Register, clock: FakeClock) -> None:
    first, second = heard(centre, clock), heard(centre, clock)
    decide(centre, first, WARNING, "一号")
    with pytest.raises(errors.DecisionRecorded):
        decide(centre, second, WARNING, "一号")
    with pytest.raises(errors.IncidentIsDecided):
        decide(centre, first, WARNING, "二号")
    for ground, number, reasons in (("", "二号", "理由"), (GROUND, "", "理由"), (GROUND, "二号", "")):
        refused(centre, Refusal, SUPERVISOR, commands.decide_incident, CODE, second, WARNING, ground, number, reasons)
    assert case(centre, second).decision is None


def test_an_unheard_agency_is_sanctioned_only_when_its_days_are_over(centre: Register, clock: FakeClock) -> None:
    number = seen(centre, clock)
    clock.now = 1_764_604_799_000  # 1 December, 23:59:59
    with pytest.raises(errors.AnswerAwaited):
        decide(centre, number, SUSPENSION, "一号")
    clock.advance(1)
    decide(centre, number, SUSPENSION, "一号")
    with pytest.raises(errors.IncidentIsDecided):
        decide(centre, number, SUSPENSION, "二号")


# Appeals


def test_an_appeal_is_filed_once_within_sixty_days(centre: Register, clock: FakeClock) -> None:
    first, second = heard(centre, clock), heard(centre, clock)
    for number, decision in ((first, "一号"), (second, "二号")):
        refused(centre, errors.NothingToAppeal, AGENT, commands.file_appeal, CODE, number, "处理过重。")
        decide(centre, number, WARNING, decision)
    clock.now = appeal_until(NOW) * 1000 - 1
    centre.do(AGENT, commands.file_appeal, CODE, first, "处理过重。")
    refused(centre, errors.AppealFiledAlready, AGENT, commands.file_appeal, CODE, first, "处理过重。")
    clock.advance(1)
    refused(centre, errors.AppealTooLate, AGENT, commands.file_appeal, CODE, second, "处理过重。")


def test_a_decision_that_stands_keeps_its_number_and_dates(centre: Register, clock: FakeClock) -> None:
    number = appealed(centre, clock, SUSPENSION)
    clock.advance(DAY)
    review(centre, number, None, "二号")
    former, newest = case(centre, number).decisions
    assert newest.ruling == former.ruling
    assert (newest.result, newest.decision_number) == ("stands", "二号")
    assert standing(centre, NOW + DAY) == "一号"
    assert in_force(centre, NOW + DAY) == ["二号"]
    for again in (None, WARNING):
        with pytest.raises(errors.NoAppealWaits):
            review(centre, number, again, "三号")


def test_a_suspension_that_is_changed_ends_at_once_and_what_is_milder_takes_its_place(
    centre: Register, clock: FakeClock
) -> None:
    number = appealed(centre, clock, SUSPENSION)
    clock.advance(DAY)
    with pytest.raises(errors.AppealMakesWorse):
        review(centre, number, Ruling("removal"), "二号")
    review(centre, number, Ruling("suspension", until=NOW + 5 * DAY), "二号")
    assert [standing(centre, NOW + days * DAY) for days in (1, 4, 5)] == ["二号", "二号", None]
    other = appealed(centre, clock, Ruling("suspension", until=NOW + 60 * DAY), "三号")
    review(centre, other, WARNING, "四号")
    assert standing(centre, NOW + DAY) == "二号"  # the other suspension is untouched
    assert in_force(centre, NOW + DAY) == ["二号", "四号"]


def test_a_removal_that_is_changed_to_a_suspension_lets_the_agency_back_when_that_is_over(
    centre: Register, clock: FakeClock
) -> None:
    number = appealed(centre, clock, Ruling("removal"))
    review(centre, number, SUSPENSION, "二号")
    assert standing(centre, NOW) == "二号"
    assert standing(centre, NOW + 30 * DAY) is None


def test_an_appeal_that_succeeds_wholly_leaves_nothing(centre: Register, clock: FakeClock) -> None:
    number = appealed(centre, clock, SUSPENSION)
    review(centre, number, Ruling("none"), "二号")
    assert standing(centre, NOW) is None
    assert in_force(centre, NOW) == []


def test_what_was_lifted_already_is_not_lifted_again(centre: Register, clock: FakeClock) -> None:
    number = appealed(centre, clock, SUSPENSION)
    lifted = AgencyReinstated(code=CODE, reason="整改完成", decision_number="二号")
    centre.do(SUPERVISOR, commands.reinstate_agency, lifted)
    review(centre, number, WARNING, "三号")
    centre.publish()
    with centre.log.reading() as session:
        kinds = [change.event.kind for change in queries.history(session, CODE)]
    assert kinds.count("registry.agency_reinstated") == 1


def test_who_was_removed_meanwhile_gets_no_milder_suspension(centre: Register, clock: FakeClock) -> None:
    number = appealed(centre, clock, SUSPENSION)
    removed = AgencyRemoved(code=CODE, ground=GROUND, decision_number="二号")
    centre.do(SUPERVISOR, commands.remove_agency, removed)
    with pytest.raises(errors.AgencyIsRemoved):
        review(centre, number, Ruling("suspension", until=NOW + 5 * DAY), "三号")
    review(centre, number, WARNING, "三号")
    assert standing(centre, NOW) == "二号"


# What is told, and when it is over


def test_the_story_is_told_while_the_decision_is_in_force_and_no_witness_ever(
    centre: Register, clock: FakeClock
) -> None:
    number = heard(centre, clock)
    assert in_force(centre, NOW) == []  # nothing is told before it is decided
    decide(centre, number, WARNING, "一号")
    centre.publish()
    with centre.log.reading() as session:
        (found,) = supervision.in_force(session, CODE, NOW + 30 * DAY - 1)
        assert found.told == {"place": STORY.place, "course": STORY.course, "reasons": "事实清楚。"}
        assert supervision.in_force(session, CODE, NOW + 30 * DAY) == []
        incident = case(centre, number)
        assert len(supervision.private_values(session, incident, NOW + 30 * DAY - 1)) == 3
        assert supervision.private_values(session, incident, NOW + 30 * DAY) == {}


def test_an_erased_story_is_told_no_more(centre: Register, clock: FakeClock) -> None:
    number = heard(centre, clock)
    decide(centre, number, WARNING, "一号")
    centre.publish()
    place = case(centre, number).place
    assert place is not None
    centre.do("system", erase_private, place.seq, ["course"], "个人信息保护法第四十七条")
    with centre.log.reading() as session:
        (found,) = supervision.in_force(session, CODE, NOW)
    assert set(found.told) == {"place", "reasons"}


def test_every_entry_of_a_case_is_over_when_its_decision_is(centre: Register, clock: FakeClock) -> None:
    number = appealed(centre, clock, SUSPENSION)
    clock.advance(DAY)
    review(centre, number, WARNING, "二号")
    centre.publish()
    end = NOW + 30 * DAY
    with centre.log.reading() as session:
        kinds = {change.seq: change.event.kind.removeprefix("registry.") for change in queries.history(session, CODE)}
        at_once = supervision.ended(session, [CODE], NOW + DAY)
        before, after = (supervision.ended(session, [CODE], at) for at in (end - 1, end))
    assert {kinds[seq]: when for seq, when in at_once.items()} == {
        "agency_suspended": NOW + DAY,
        "incident_decided": NOW + DAY,
    }
    assert before == at_once
    assert {kinds[seq] for seq in after} == set(kinds.values()) - {"agency_recorded"}


def test_the_log_alone_gives_back_every_row_of_supervision(centre: Register, clock: FakeClock) -> None:
    review(centre, appealed(centre, clock, SUSPENSION), WARNING, "二号")
    centre.publish()
    report = rebuild_check(centre.log.database, centre.log.folder, centre.log.signer.key)
    assert report.differences == []
