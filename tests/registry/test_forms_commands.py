"""The three forms from the first draft to the renewal, on both databases."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from audit.entry import SYSTEM, commitment
from audit.rebuild import rebuild_check
from audit.tables import EntryRow, PrivateValueRow
from registry import commands, errors, queries
from registry.events import AgencyRemoved, Fault, FormReturned, FormVersion, PractitionerLeft
from registry.model import LegalPersonForm
from registry.queries import forms as known
from registry.queries import persons
from registry.rules.forms import renewal_until
from registry.tables import TieRow
from tests.ground import FakeClock
from tests.registry.builders import ADMIN, REGISTRAR, SUPERVISOR, Register, a_code, a_suspension
from tests.registry.forms import Forms, a_legal_person, a_person, a_practitioner, a_practitioner_form, an_agency_form

AGENT, OTHER = "agent:g1", "agent:g2"
AGENCY_1 = ("agency", None, 1)


@pytest.fixture
def agents(register: Register) -> None:
    """Two admitted agencies, 1 and 2, with an agent each."""
    for number, account in ((1, "g1"), (2, "g2")):
        code = a_code(number)
        register.do(
            SYSTEM, commands.ask_admission, account, code, an_agency_form(number).name, "联系人", "024-23001234"
        )
        register.do(REGISTRAR, commands.admit, account)


def a_return(number: int, form: str, version: int, practitioner: str | None = None) -> FormReturned:
    faults = [{"field": "reason", "reason": "请补正"}]
    return FormReturned.of(
        {"code": a_code(number), "form": form, "practitioner": practitioner, "version": version, "faults": faults}
    )


def states_of(forms: Forms, number: int = 1) -> dict[known.FormKey, known.FormState]:
    with forms.log.reading() as session:
        return known.states(session, a_code(number))


# Handing in


@pytest.mark.usefixtures("agents")
def test_an_agency_hands_in_its_own_forms_and_no_others(forms: Forms) -> None:
    forms.agency(1, by=AGENT)
    forms.legal_person(1, by=AGENT)
    forms.practitioner(1, by=AGENT)
    for hand_in in (forms.agency, forms.legal_person, forms.practitioner):
        with pytest.raises(errors.NotThatAgency):
            hand_in(1, by=OTHER)
    assert {key[0] for key in states_of(forms)} == {"agency", "legal_person", "practitioner"}


@pytest.mark.parametrize("actor", [SUPERVISOR, ADMIN])
def test_whoever_supervises_hands_nothing_in(forms: Forms, actor: str) -> None:
    with pytest.raises(errors.NotPermitted):
        forms.agency(1, by=actor)


def test_what_is_private_is_in_no_entry(forms: Forms) -> None:
    forms.whole(1)
    with forms.log.reading() as session:
        public = b"".join(
            body + private + files
            for body, private, files in session.execute(select(EntryRow.body, EntryRow.private, EntryRow.files))
        )
        values = session.scalars(select(PrivateValueRow.value)).all()
        digests = session.scalars(select(TieRow.digest)).all()
    assert len(values) == 7 + 3 + 5 * 3
    assert all(value not in public for value in values)
    assert digests
    assert all(digest.encode() not in public for digest in digests)


def test_every_fault_of_a_form_comes_at_once_and_nothing_is_recorded(forms: Forms) -> None:
    with pytest.raises(errors.FormFaults) as refused:
        forms.agency(1, region="1", private={"bank_account": "1", "licence": b"{}"}, reason="首次")
    assert [one.field for one in refused.value.faults] == ["region", "bank_account", "licence", "reason"]
    assert states_of(forms) == {}


def test_a_scan_that_is_not_stored_is_a_fault(forms: Forms) -> None:
    licence = b'{"media_type":"application/pdf","name":"x.pdf","sha256":"%b","size":1}' % (b"0" * 64)
    with pytest.raises(errors.FormFaults) as refused:
        forms.agency(1, private={"licence": licence})
    assert [(one.field, one.code) for one in refused.value.faults] == [("licence", "registry.document-missing")]


def test_a_name_on_record_for_another_is_a_fault(forms: Forms, register: Register) -> None:
    register.agency(7, name=an_agency_form(1).name)
    with pytest.raises(errors.FormFaults) as refused:
        forms.agency(1)
    assert [(one.field, one.code) for one in refused.value.faults] == [("name", "registry.name-taken")]


def test_versions_are_counted_and_all_stay_readable(forms: Forms) -> None:
    first = forms.agency(1)
    second = forms.agency(1, reason="迁址", address="演示新路 9 号")
    with forms.log.reading() as session:
        newest, oldest = known.versions(session, a_code(1), "agency")
        changed = known.changes(oldest.event, newest.event)
    assert (newest.entry_id, oldest.entry_id) == (second, first)
    assert (newest.decided, oldest.decided) == ("waiting", "superseded")
    assert [(one.field, one.after) for one in changed] == [("address", "演示新路 9 号")]


# Practitioners


def test_a_practitioner_keeps_one_id_through_all_versions(forms: Forms) -> None:
    forms.agency(1)
    person = forms.practitioner_of(forms.practitioner(1))
    again = forms.practitioner(1, practitioner=person, reason="变更职称", titles=("高级工程师",))
    assert forms.body(again)["practitioner"] == person
    assert forms.body(again)["version"] == 2


def test_a_person_has_one_form_with_an_agency(forms: Forms) -> None:
    forms.agency(1)
    forms.practitioner(1, 1)
    with pytest.raises(errors.FormFaults) as refused:
        forms.practitioner(1, 1)
    assert [one.code for one in refused.value.faults] == ["registry.person-listed"]


def test_an_accepted_form_stays_that_persons(forms: Forms) -> None:
    forms.agency(1)
    person = forms.practitioner_of(forms.practitioner(1, 1))
    forms.practitioner(1, 2, practitioner=person, reason="证件号码有误")  # nothing was accepted yet
    forms.accept(1, ("practitioner", person, 2))
    with pytest.raises(errors.FormFaults) as refused:
        forms.practitioner(1, 3, practitioner=person, reason="换人")
    assert [one.code for one in refused.value.faults] == ["registry.person-differs"]
    forms.practitioner(1, 2, practitioner=person, reason="年度续期")


def test_who_left_has_no_more_forms_and_may_come_back_as_new(forms: Forms, register: Register) -> None:
    forms.agency(1)
    person = forms.practitioner_of(forms.practitioner(1))
    left = PractitionerLeft(code=a_code(1), practitioner=person, day="2025-11-24")
    register.do(SYSTEM, commands.practitioner_left, left)
    for again in (
        lambda: register.do(SYSTEM, commands.practitioner_left, left),
        lambda: forms.practitioner(1, practitioner=person, reason="续期"),
    ):
        with pytest.raises(errors.NoSuchPractitioner):
            again()
    with pytest.raises(errors.FormNotWaiting):
        forms.accept(1, ("practitioner", person, 1))
    assert forms.practitioner_of(forms.practitioner(1)) != person


def test_nobody_leaves_tomorrow(forms: Forms, register: Register) -> None:
    forms.agency(1)
    person = forms.practitioner_of(forms.practitioner(1))
    with pytest.raises(errors.BadFact):
        tomorrow = PractitionerLeft(code=a_code(1), practitioner=person, day="2025-11-25")
        register.do(SYSTEM, commands.practitioner_left, tomorrow)


# Deciding


def test_acceptance_puts_the_agency_on_record_in_the_same_act(forms: Forms) -> None:
    forms.agency(1)
    accepted = forms.accept(1, AGENCY_1)
    with forms.log.reading() as session:
        agency = queries.agency(session, a_code(1))
        at = session.scalars(select(EntryRow.kind).where(EntryRow.id > accepted).order_by(EntryRow.id)).first()
    assert agency is not None
    assert agency.name == an_agency_form(1).name
    assert at == "registry.agency_recorded"
    state = states_of(forms)["agency", None]
    assert (state.decided, state.accepted, state.until) == ("accepted", 1, renewal_until(date(2025, 11, 24)))


def test_an_agency_on_record_is_not_recorded_again_but_amended_where_the_form_differs(
    forms: Forms, register: Register
) -> None:
    register.agency(1, name=an_agency_form(1).name, address="演示旧路 1 号")
    forms.agency(1)
    forms.accept(1, AGENCY_1)
    forms.agency(1, reason="年度续期")
    forms.accept(1, ("agency", None, 2))
    register.publish()
    with forms.log.reading() as session:
        kinds = [one.event.kind for one in queries.history(session, a_code(1))]
    assert kinds.count("registry.agency_recorded") == 1
    assert kinds.count("registry.agency_amended") == 1
    assert kinds.count("registry.forms_accepted") == 2


def test_a_new_name_becomes_the_organisations_too(forms: Forms) -> None:
    forms.whole(1)
    forms.agency(1, reason="更名", name="演示更名咨询有限公司")
    forms.accept(1, ("agency", None, 2))
    with forms.log.reading() as session:
        agency = queries.agency(session, a_code(1))
        assert agency is not None
        assert agency.facts.organisation is not None
        organisation = queries.organisation(session, agency.facts.organisation)
    assert agency.name == "演示更名咨询有限公司"
    assert organisation is not None
    assert organisation.name == agency.name


def test_two_forms_of_one_name_are_not_both_accepted(forms: Forms) -> None:
    forms.agency(1)
    forms.agency(2)
    forms.agency(1, reason="更名", name="演示同名咨询有限公司")
    forms.agency(2, reason="更名", name="演示同名咨询有限公司")
    forms.accept(1, ("agency", None, 2))
    with pytest.raises(errors.NameTaken):
        forms.accept(2, ("agency", None, 2))


def test_only_the_newest_version_is_decided_on_and_once(forms: Forms, register: Register) -> None:
    forms.agency(1)
    forms.agency(1, reason="补充")
    for form in (AGENCY_1, ("agency", None, 3)):
        with pytest.raises((errors.FormNotWaiting, errors.NoSuchForm)):
            forms.accept(1, form)
    register.do(REGISTRAR, commands.return_form, a_return(1, "agency", 2))
    with pytest.raises(errors.FormNotWaiting):
        forms.accept(1, ("agency", None, 2))
    with pytest.raises(errors.FormNotWaiting):
        register.do(REGISTRAR, commands.return_form, a_return(1, "agency", 2))
    with pytest.raises(errors.NoSuchForm):
        register.do(REGISTRAR, commands.return_form, a_return(1, "legal_person", 1))


def test_nothing_and_the_same_twice_are_no_acceptance(forms: Forms) -> None:
    forms.agency(1)
    with pytest.raises(errors.NoSuchForm):
        forms.accept(1)
    with pytest.raises(errors.FormNotWaiting):
        forms.accept(1, AGENCY_1, AGENCY_1)


def test_a_newer_version_that_waits_or_came_back_takes_nothing_from_the_accepted_one(
    forms: Forms, register: Register
) -> None:
    forms.whole(1)
    forms.agency(1, reason="增项", fields=("工程建设",))
    waiting = states_of(forms)["agency", None]
    assert (waiting.decided, waiting.accepted) == ("waiting", 1)
    register.do(REGISTRAR, commands.return_form, a_return(1, "agency", 2))
    returned = states_of(forms)["agency", None]
    assert (returned.decided, returned.accepted, returned.until) == ("returned", 1, waiting.until)
    with forms.log.reading() as session:
        newest, oldest = known.versions(session, a_code(1), "agency")
        agency = queries.agency(session, a_code(1))
    assert (newest.decided, oldest.decided) == ("returned", "accepted")
    assert newest.faults == (Fault(field="reason", reason="请补正"),)
    assert agency is not None
    assert agency.facts.fields == ("工程建设", "政府采购")


def test_the_same_form_again_renews_it(forms: Forms, clock: FakeClock) -> None:
    forms.whole(1)
    before = states_of(forms)["agency", None].until
    clock.advance(340 * 86_400)
    forms.agency(1, reason="年度续期")
    forms.accept(1, ("agency", None, 2))
    after = states_of(forms)["agency", None].until
    assert before is not None
    assert after is not None
    assert after - before == 340 * 86_400
    with forms.log.reading() as session:
        (state,) = [one for one in known.states(session, a_code(1)).values() if one.form == "legal_person"]
    assert state.counts_at(before - 1)
    assert not state.counts_at(before)


def test_a_struck_off_agency_has_no_form_accepted(forms: Forms, register: Register) -> None:
    forms.whole(1)
    removal = AgencyRemoved(code=a_code(1), ground="演示办法第十二条", decision_number="演示监决〔2025〕9号")
    register.do(SUPERVISOR, commands.remove_agency, removal)
    forms.agency(1, reason="续期")
    with pytest.raises(errors.AgencyIsRemoved):
        forms.accept(1, ("agency", None, 2))


@pytest.mark.usefixtures("agents")
def test_only_a_registrar_decides(forms: Forms, register: Register) -> None:
    forms.agency(1)
    for actor in (AGENT, SUPERVISOR, ADMIN):
        with pytest.raises(errors.NotPermitted):
            forms.accept(1, AGENCY_1, by=actor)
        with pytest.raises(errors.NotPermitted):
            register.do(actor, commands.return_form, a_return(1, "agency", 1))


# Reading


def test_the_queue_is_what_waits_oldest_first(forms: Forms, register: Register) -> None:
    forms.agency(2)
    forms.agency(1)
    person = forms.practitioner_of(forms.practitioner(1))
    forms.agency(2, reason="补充")
    gone = forms.practitioner_of(forms.practitioner(2, 9))
    register.do(
        SYSTEM, commands.practitioner_left, PractitionerLeft(code=a_code(2), practitioner=gone, day="2025-11-24")
    )
    register.do(REGISTRAR, commands.return_form, a_return(1, "agency", 1))
    with forms.log.reading() as session:
        queue = known.queue(session)
        assert known.queue(session, a_code(1)) == queue[:1]
    assert [(one.code, one.form, one.practitioner, one.version) for one in queue] == [
        (a_code(1), "practitioner", person, 1),
        (a_code(2), "agency", None, 2),
    ]
    assert [one.name for one in queue] == [an_agency_form(1).name, an_agency_form(2).name]


def test_names_are_shown_of_the_newest_accepted_version_with_what_proves_them(forms: Forms, register: Register) -> None:
    (person,) = forms.whole(1, practitioners=1)
    forms.legal_person(1, reason="换届", name="继任者", identity_number=a_person(777))
    register.publish()
    with forms.log.reading() as session:
        shown = persons.shown_persons(session, a_code(1))
        assert shown.legal_person is not None
        entry = session.get_one(EntryRow, shown.legal_person.entry_id)
    assert shown.legal_person.value == "法人1"
    practitioner = shown.practitioners[person]
    assert practitioner.name is not None
    assert practitioner.name.value == "人员50"
    assert practitioner.numbers == ["ZC000050"]
    said = commitment(bytes.fromhex(shown.legal_person.salt), shown.legal_person.value.encode())
    assert said.encode() in entry.private
    assert shown.legal_person.seq == entry.seq


def test_an_agency_sees_its_own_numbers_masked(forms: Forms) -> None:
    entry = forms.agency(1)
    with forms.log.reading() as session:
        shown = persons.masked_values(session, entry)
        plain = persons.private_values(session, entry)
    assert shown["controller_number"] == a_person(101)[:6] + "*" * 10 + a_person(101)[-2:]
    assert shown["bank_account"].endswith("0001")
    assert set(shown["bank_account"][:-4]) == {"*"}
    assert shown["licence"] == "营业执照.pdf"
    assert plain["controller_number"].decode() == a_person(101)


def test_the_log_rebuilds_what_the_forms_left(forms: Forms, register: Register) -> None:
    forms.whole(1)
    forms.whole(2)
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1))
    register.publish()
    report = rebuild_check(forms.log.database, forms.log.folder, forms.log.signer.key)
    assert report.differences == []
    assert report.private == 2 * (7 + 3 + 5 * 3)


def test_a_legal_person_form_alone_is_taken_in_and_accepted(forms: Forms, register: Register) -> None:
    register.organisation("agency-3", an_agency_form(3).name, "agency", code=a_code(3))
    forms.legal_person(3)
    forms.accept(3, ("legal_person", None, 1))
    with forms.log.reading() as session:
        assert queries.agency(session, a_code(3)) is None


def test_a_form_of_nobody_on_record_is_refused_to_a_registrar(forms: Forms) -> None:
    with pytest.raises(errors.NoSuchAgency):
        forms.legal_person(9)


def test_private_values_are_kept_in_the_form_they_are_compared_in(forms: Forms, register: Register) -> None:
    number = next(one for one in map(a_person, range(100)) if one.endswith("X"))
    register.organisation("agency-3", an_agency_form(3).name, "agency", code=a_code(3))
    entry = register.do(
        SYSTEM,
        commands.submit_legal_person_form,
        a_code(3),
        LegalPersonForm("2020-01-01"),
        replace(a_legal_person(3), identity_number=f"{number[:6]} {number[6:].lower()}"),
        key=forms.key,
    )
    with forms.log.reading() as session:
        assert persons.private_values(session, entry)["identity_number"].decode() == number


def test_a_practitioner_of_another_agency_is_nobody_here(forms: Forms, register: Register) -> None:
    forms.agency(1)
    forms.agency(2)
    person = forms.practitioner_of(forms.practitioner(1))
    with pytest.raises(errors.NoSuchPractitioner):
        register.do(
            SYSTEM,
            commands.submit_practitioner_form,
            a_code(2),
            person,
            a_practitioner_form(reason="续期"),
            a_practitioner(),
            key=forms.key,
        )


def test_versions_of_forms_are_accepted_in_one_order_whatever_was_sent(forms: Forms) -> None:
    forms.agency(1)
    forms.legal_person(1)
    entry = forms.accept(1, ("legal_person", None, 1), AGENCY_1)
    assert [FormVersion.model_validate(one).form for one in forms.body(entry)["forms"]] == ["agency", "legal_person"]
