"""What an agency is told to see to, and when it is reminded."""

from collections.abc import Callable
from datetime import date

import pytest

from audit.events import Event
from registry import commands
from registry.events import (
    Article,
    CommitmentOnPaper,
    CommitmentPublished,
    ConductAcknowledged,
    ConductPublished,
    FormReturned,
    FormsAccepted,
    IncidentRecorded,
    KeyRecorded,
    LegalPersonFormSubmitted,
    PractitionerLeft,
)
from registry.queries.matters import Matter, matters
from registry.working_days import end_of
from tests.ground import START, FakeClock
from tests.registry.builders import REGISTRAR, Register, a_code, a_key
from tests.registry.forms import Forms

NOW = START // 1000
DAY = 86_400


@pytest.fixture
def record(register: Register) -> Callable[[Event], None]:
    """Puts an entry about agency 1 on record, by no command: what it takes is tested elsewhere."""

    def record_event(event: Event) -> None:
        with register.log.act(REGISTRAR) as act:
            act.lock(f"agency:{a_code(1)}")
            act.record(event, f"agency:{a_code(1)}")

    return record_event


def told(forms: Forms, at: int = NOW) -> list[Matter]:
    with forms.log.reading() as session:
        return matters(session, a_code(1), at)


def kinds(forms: Forms, at: int = NOW) -> list[str]:
    return [one.kind for one in told(forms, at)]


def test_a_newcomer_is_told_all_three_forms(forms: Forms) -> None:
    assert [(one.kind, one.form, one.practitioner) for one in told(forms)] == [
        ("FORM_MISSING", "agency", None),
        ("FORM_MISSING", "legal_person", None),
        ("FORM_MISSING", "practitioner", None),
    ]


def test_a_form_that_waits_is_said_to_and_one_that_came_back_says_why(forms: Forms, register: Register) -> None:
    forms.agency(1)
    forms.legal_person(1)
    fault = {"field": "phone", "reason": "号码有误"}
    members = {"code": a_code(1), "form": "legal_person", "practitioner": None, "version": 1, "faults": [fault]}
    returned = register.do(REGISTRAR, commands.return_form, FormReturned.of(members))
    waiting, back, missing, key = told(forms)
    assert (waiting.kind, back.kind, missing.kind, key.kind) == (
        "FORM_WAITING",
        "FORM_RETURNED",
        "FORM_MISSING",
        "KEY_MISSING",
    )
    assert (back.entry_id, [one.model_dump() for one in back.faults]) == (returned, [fault])


def test_an_agency_with_everything_has_nothing_to_see_to(forms: Forms, register: Register) -> None:
    forms.whole(1)
    (organisation,) = {forms.body(entry)["organisation"] for entry in (forms.agency(1, reason="补充"),)}
    forms.accept(1, ("agency", None, 2))
    register.do(REGISTRAR, commands.record_key, KeyRecorded(organisation=organisation, key=a_key(1)))
    assert told(forms) == []


def test_renewal_is_reminded_of_from_thirty_days_before(forms: Forms, clock: FakeClock) -> None:
    forms.whole(1, practitioners=1)
    until = told(forms, NOW + 340 * DAY)[0].until
    assert until is not None
    assert kinds(forms, until - 30 * DAY - 1) == ["KEY_MISSING"]
    assert kinds(forms, until - 30 * DAY) == ["FORM_EXPIRING"] * 3 + ["KEY_MISSING"]
    assert kinds(forms, until - 1) == ["FORM_EXPIRING"] * 3 + ["KEY_MISSING"]
    assert kinds(forms, until) == ["FORM_EXPIRED"] * 3 + ["KEY_MISSING"]
    clock.advance(350 * DAY)
    forms.agency(1, reason="年度续期")
    assert kinds(forms, until) == ["FORM_WAITING", "FORM_EXPIRED", "FORM_EXPIRED", "KEY_MISSING"]


def test_a_certificate_and_a_term_are_reminded_of_from_thirty_days_before(
    forms: Forms, record: Callable[[Event], None]
) -> None:
    (person,) = forms.whole(1, practitioners=1)
    last = end_of(date(2030, 5, 31))  # of the certificate that whole() gives everyone
    found = [one for one in told(forms, last - 1) if one.certificate is not None]
    assert [(one.kind, one.practitioner, one.until) for one in found] == [("CERTIFICATE_EXPIRING", person, last)]
    assert "CERTIFICATE_EXPIRED" in kinds(forms, last)
    for at, wanted in ((last - 30 * DAY, True), (last - 30 * DAY - 1, False)):
        assert ("CERTIFICATE_EXPIRING" in kinds(forms, at)) is wanted
    code = a_code(1)
    members = {"code": code, "version": 2, "term_from": "2020-01-01", "term_until": "2026-01-31", "reason": "换届"}
    record(LegalPersonFormSubmitted.of(members))
    accepted = {"form": "legal_person", "practitioner": None, "version": 2}
    record(FormsAccepted.of({"code": code, "forms": [accepted], "until": last}))
    term = end_of(date(2026, 1, 31))
    told_at = {at: [one for one in kinds(forms, at) if one.startswith("TERM")] for at in (term - 1, term)}
    assert told_at == {term - 1: ["TERM_EXPIRING"], term: ["TERM_EXPIRED"]}


def test_who_left_is_nobodys_matter(forms: Forms, register: Register) -> None:
    (person,) = forms.whole(1, practitioners=1)
    left = PractitionerLeft(code=a_code(1), practitioner=person, day="2025-11-24")
    register.do(REGISTRAR, commands.practitioner_left, left)
    assert [(one.kind, one.form) for one in told(forms)] == [("FORM_MISSING", "practitioner"), ("KEY_MISSING", None)]


def test_a_promise_is_asked_for_and_reminded_of(forms: Forms, record: Callable[[Event], None]) -> None:
    assert "COMMITMENT_MISSING" not in kinds(forms)
    record(CommitmentPublished(version=1, title="承诺书", text=["一"], term_months=12))
    assert kinds(forms)[-1] == "COMMITMENT_MISSING"
    record(CommitmentOnPaper(code=a_code(1), version=1, text_sha256="0" * 64, until=NOW + 100 * DAY))
    assert [kinds(forms, NOW + days * DAY)[-1] for days in (69, 70, 99, 100)] == [
        "FORM_MISSING",
        "COMMITMENT_EXPIRING",
        "COMMITMENT_EXPIRING",
        "COMMITMENT_EXPIRED",
    ]


def test_the_code_in_force_is_to_be_acknowledged(forms: Forms, record: Callable[[Event], None]) -> None:
    article = Article(article="A-1", text="准时到场", points=2)
    record(ConductPublished(version=1, effective=NOW + DAY, articles=[article]))
    assert "CODE_NOT_ACKNOWLEDGED" not in kinds(forms)
    assert told(forms, NOW + DAY)[-1].version == 1
    record(ConductAcknowledged(code=a_code(1), version=1, practitioners=[]))
    assert "CODE_NOT_ACKNOWLEDGED" not in kinds(forms, NOW + DAY)


def test_an_incident_waits_for_its_answer(forms: Forms, record: Callable[[Event], None]) -> None:
    members = {"incident": "JC-2025-0001", "code": a_code(1), "article": "A-1", "conduct_version": 1}
    record(IncidentRecorded.of(members | {"practitioner": None, "happened": NOW - 60}))
    (incident,) = [one for one in told(forms) if one.kind == "INCIDENT_TO_ANSWER"]
    assert incident.incident == "JC-2025-0001"
    assert incident.until is not None
