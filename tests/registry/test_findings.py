"""What is found by comparing the forms: in the act that changes them, each night, and nobody's fault by itself."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from audit.entry import SYSTEM
from audit.tables import EntryRow
from registry import commands, errors
from registry.commands.findings import FINDINGS, replace_ties
from registry.events import Certificate, PractitionerLeft
from registry.model import OrganisationTies
from registry.nightly import review
from registry.queries import findings as found
from registry.tables import TieRow
from registry.ties import Found, Holder, Tie, Ties, found_between
from tests.ground import FakeClock
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code, at_once
from tests.registry.forms import Forms, a_person, an_agency_form

ONE, TWO, THREE = (f"agency:{a_code(number)}" for number in (1, 2, 3))
TENDERER = "organisation:tenderer-1"


def open_now(forms: Forms) -> dict[Found, bool]:
    with forms.log.reading() as session:
        return {one: key for one, (_, key) in found.open_findings(session).items()}


def a_tenderer(register: Register) -> None:
    register.organisation("tenderer-1", "演示招标人", "tenderer")


@pytest.mark.parametrize(
    ("ground", "key", "shared"),
    [
        ("SAME_PHONE", False, {"private": {"contact_phone": "024-2300 0001"}}),
        ("SAME_ACCOUNT", False, {"private": {"bank_account": "6222000000000001"}}),
        ("SAME_CONTROLLER", True, {"private": {"controller_number": a_person(101)}}),
        ("SAME_CONTROLLER", True, {"private": {"controller_number": a_code(1)}}),
        ("SAME_ADDRESS", False, {"address": "沈阳市和平区演示路１号"}),
        ("SAME_NAME", False, {"name": "演示乙1咨询（辽宁）有限责任公司"}),
    ],
)
def test_what_two_agency_forms_share_is_found_when_the_second_is_handed_in(
    forms: Forms, ground: str, key: bool, shared: dict[str, Any]
) -> None:
    forms.agency(1)
    assert open_now(forms) == {}
    forms.agency(2, **shared)
    assert open_now(forms) == {(ground, (ONE, TWO)): key}


def test_a_contact_is_the_same_by_name_and_telephone_and_not_by_a_name_alone(forms: Forms) -> None:
    forms.agency(1)
    forms.agency(2, private={"contact_name": "联系人1"})
    assert open_now(forms) == {}
    forms.agency(3, private={"contact_name": "联系人1", "contact_phone": "024-23000001"})
    assert set(open_now(forms)) == {("SAME_CONTACT", (ONE, THREE)), ("SAME_PHONE", (ONE, THREE))}


def test_one_practitioner_at_two_agencies_is_found_and_ends_with_leaving(forms: Forms, register: Register) -> None:
    forms.agency(1)
    forms.agency(2)
    forms.practitioner(1, 5)
    person = forms.practitioner_of(forms.practitioner(2, 5, key=True))
    assert open_now(forms) == {("SAME_PRACTITIONER", (ONE, TWO)): False}
    left = PractitionerLeft(code=a_code(2), practitioner=person, day="2025-11-24")
    register.do(SYSTEM, commands.practitioner_left, left)
    assert open_now(forms) == {}
    with forms.log.reading() as session:
        (ended,) = found.findings(session, ONE, open_only=False)
        assert found.findings(session, ONE) == []
    assert ended.ended is not None


def test_a_practitioner_who_becomes_a_key_one_makes_another_finding(forms: Forms, register: Register) -> None:
    a_tenderer(register)
    forms.agency(1)
    forms.ties("tenderer-1", key_persons=(a_person(305),))
    person = forms.practitioner_of(forms.practitioner(1, 5))
    assert open_now(forms) == {("SAME_PRACTITIONER", (ONE, TENDERER)): False}
    forms.practitioner(1, 5, practitioner=person, key=True, reason="任主要人员")
    assert open_now(forms) == {("SAME_PRACTITIONER", (ONE, TENDERER)): True}


def test_a_legal_person_who_works_elsewhere_is_found(forms: Forms) -> None:
    forms.agency(1)
    forms.agency(2)
    forms.legal_person(1, identity_number=a_person(305))
    forms.practitioner(2, 5, key=True)
    assert open_now(forms) == {("SAME_PERSON", (ONE, TWO)): True}


def test_a_new_version_ends_what_it_mended(forms: Forms) -> None:
    forms.agency(1)
    forms.agency(2, address=an_agency_form(1).address)
    forms.agency(2, reason="迁址")
    assert open_now(forms) == {}


def test_whoever_had_it_longest_is_the_centre_of_the_star_and_the_next_one_follows(forms: Forms) -> None:
    address = "沈阳市演示大厦 1 座"
    for number in (2, 1, 3):
        forms.agency(number, address=address)
    assert set(open_now(forms)) == {("SAME_ADDRESS", (ONE, TWO)), ("SAME_ADDRESS", (TWO, THREE))}
    forms.agency(1, address=address, reason="补充")
    assert set(open_now(forms)) == {("SAME_ADDRESS", (ONE, TWO)), ("SAME_ADDRESS", (TWO, THREE))}
    forms.agency(2, reason="迁出")
    assert set(open_now(forms)) == {("SAME_ADDRESS", (ONE, THREE))}


def test_each_agency_is_tied_to_the_tenderer_by_itself(forms: Forms, register: Register) -> None:
    a_tenderer(register)
    for number in (1, 2):
        forms.agency(number, address="沈阳市演示大厦 1 座")
    forms.ties("tenderer-1", address="沈阳市演示大厦１座")
    assert set(open_now(forms)) == {
        ("SAME_ADDRESS", (ONE, TWO)),
        ("SAME_ADDRESS", (ONE, TENDERER)),
        ("SAME_ADDRESS", (TWO, TENDERER)),
    }


def test_an_agency_is_not_tied_to_its_own_organisation(forms: Forms, register: Register) -> None:
    register.organisation("agency-1", an_agency_form(1).name, "agency", "tenderer", code=a_code(1))
    forms.agency(1)
    forms.ties("agency-1", address=an_agency_form(1).address, legal_person_number=a_person(201))
    forms.legal_person(1)
    assert open_now(forms) == {}
    forms.review()
    assert open_now(forms) == {}


def test_an_expired_certificate_is_found_at_once_or_in_the_night_after(forms: Forms, clock: FakeClock) -> None:
    forms.agency(1)
    forms.practitioner(1, 5, certificates=(Certificate(name="证", issued="2020-01-01", until="2025-11-24"),))
    assert open_now(forms) == {}
    clock.advance(86_400)
    assert review(forms.log)
    assert open_now(forms) == {("CERTIFICATE_EXPIRED", (ONE,)): False}
    forms.practitioner(1, 6, certificates=(Certificate(name="证", issued="2020-01-01", until="2025-11-23"),))
    assert open_now(forms) == {("CERTIFICATE_EXPIRED", (ONE,)): False}


@pytest.mark.parametrize(("practitioners", "few"), [(4, True), (5, False)])
def test_fewer_than_five_accepted_practitioners_are_too_few(forms: Forms, practitioners: int, few: bool) -> None:
    forms.whole(1, practitioners)
    assert (("TOO_FEW_PRACTITIONERS", (ONE,)) in open_now(forms)) == few


def test_practitioners_who_leave_or_run_out_count_no_more(forms: Forms, register: Register, clock: FakeClock) -> None:
    persons = forms.whole(1)
    left = PractitionerLeft(code=a_code(1), practitioner=persons[0], day="2025-11-24")
    register.do(SYSTEM, commands.practitioner_left, left)
    assert set(open_now(forms)) == {("TOO_FEW_PRACTITIONERS", (ONE,))}
    forms.whole(2)
    clock.advance(400 * 86_400)
    forms.agency(2, reason="年度续期")
    forms.accept(2, ("agency", None, 2))
    assert ("TOO_FEW_PRACTITIONERS", (TWO,)) in open_now(forms)


def test_the_night_finds_what_was_recorded_without_forms(forms: Forms, register: Register) -> None:
    register.agency(1, name="演示旧名咨询有限公司", address="沈阳市演示大厦 1 座")
    register.agency(2, name="演示旧名咨询（辽宁）有限公司")
    forms.agency(3, address="沈阳市演示大厦1座")
    assert open_now(forms) == {}
    assert len(forms.review()) == 2
    assert set(open_now(forms)) == {("SAME_NAME", (ONE, TWO)), ("SAME_ADDRESS", (ONE, THREE))}
    assert forms.review() == []


def test_the_night_changes_nothing_that_the_day_left_right(forms: Forms, register: Register) -> None:
    a_tenderer(register)
    for number in (1, 2, 3):
        forms.agency(number, address="沈阳市演示大厦 1 座")
    forms.ties("tenderer-1", legal_person_number=a_person(201), address="沈阳市演示大厦 1 座")
    forms.legal_person(1)
    before = open_now(forms)
    assert forms.review() == []
    assert open_now(forms) == before


def test_a_finding_says_nothing_but_parties_and_ground(forms: Forms) -> None:
    forms.agency(1)
    forms.agency(2, address=an_agency_form(1).address)
    with forms.log.reading() as session:
        (finding,) = found.findings(session)
        entry = session.get_one(EntryRow, finding.entry_id)
    assert set(forms.body(finding.entry_id)) == {"finding", "ground", "parties", "key"}
    assert (entry.actor, entry.subject, entry.private) == ("system", f"finding:{finding.finding}", b"{}")


@pytest.mark.parametrize("actor", [SUPERVISOR, REGISTRAR])
def test_only_the_system_reviews(forms: Forms, register: Register, actor: str) -> None:
    with pytest.raises(errors.NotPermitted):
        register.do(actor, commands.review_findings, key=forms.key)


def test_ties_are_recorded_by_a_registrar_for_an_organisation_on_record(forms: Forms, register: Register) -> None:
    with pytest.raises(errors.NoSuchOrganisation):
        forms.ties("tenderer-1", legal_person_number=a_person(1))
    a_tenderer(register)
    with pytest.raises(errors.NoTies):
        forms.ties("tenderer-1")
    with pytest.raises(errors.FormFaults):
        forms.ties("tenderer-1", legal_person_number="1")
    with pytest.raises(errors.NotPermitted):
        ties = OrganisationTies(a_person(1))
        register.do(SUPERVISOR, commands.record_ties, "tenderer-1", ties, None, key=forms.key)


def a_tenderer_with_a_code(register: Register) -> None:
    register.organisation("tenderer-1", "演示招标人", "tenderer", code=a_code(9))


def test_an_agency_that_the_tenderer_controls_is_found_though_nobody_recorded_the_tenderers_ties(
    forms: Forms, register: Register
) -> None:
    a_tenderer_with_a_code(register)
    forms.agency(1, private={"controller_number": a_code(9)})
    assert open_now(forms) == {("SAME_CONTROLLER", (ONE, TENDERER)): True}
    assert forms.review() == []
    forms.agency(1, reason="股权变更")
    assert open_now(forms) == {}


def test_a_tenderer_recorded_after_the_agency_that_it_controls_is_found_at_night(
    forms: Forms, register: Register
) -> None:
    forms.agency(1, private={"controller_number": a_code(9)})
    a_tenderer_with_a_code(register)
    assert open_now(forms) == {}
    assert len(forms.review()) == 1
    assert open_now(forms) == {("SAME_CONTROLLER", (ONE, TENDERER)): True}
    assert forms.review() == []


def test_an_agency_without_another_capacity_is_tied_as_an_agency_alone(forms: Forms, register: Register) -> None:
    forms.agency(1)
    forms.agency(2, private={"controller_number": a_code(1)})
    forms.review()
    assert open_now(forms) == {("SAME_CONTROLLER", (ONE, TWO)): True}


def test_two_forms_handed_in_at_once_see_each_other(forms: Forms) -> None:
    forms.agency(1)
    forms.agency(2)

    def move(number: int) -> None:
        forms.agency(number, address="沈阳市演示大厦 1 座", reason="迁址")

    raised = at_once(lambda: move(1), lambda: move(2))
    assert raised == [None, None]
    assert set(open_now(forms)) == {("SAME_ADDRESS", (ONE, TWO))}


@pytest.mark.parametrize(
    ("database", "seed"), [("sqlite", 0), ("sqlite", 1), ("postgresql", 2), ("postgresql", 3)], indirect=["database"]
)
def test_whatever_the_order_the_findings_are_those_of_all_pairs_up_to_the_star(
    forms: Forms, register: Register, seed: int
) -> None:
    pick = random.Random(seed)
    register.organisation("x-1", "演示单位一", "tenderer")
    register.organisation("x-2", "演示单位二", "notary")
    parties = [ONE, TWO, THREE, f"agency:{a_code(4)}", "organisation:x-1", "organisation:x-2"]
    ties: list[Tie] = ["legal_person", "controller", "key_practitioner", "practitioner"]
    things: list[Tie] = ["phone", "address"]
    since: dict[tuple[str, str], int] = {}
    held: dict[tuple[str, str], Ties] = {}
    for entry in range(1, 41):
        party, source = pick.choice(parties), pick.choice(["agency", "legal_person", "practitioner:p"])
        mine = {(pick.choice(ties), f"person {pick.randrange(3)}") for _ in range(pick.randrange(3))}
        mine |= {(thing, f"{thing} {pick.randrange(2)}") for thing in things if pick.random() < 0.4}
        with forms.log.act(SYSTEM) as act:
            act.lock(FINDINGS)
            replace_ties(act, entry, party, source, frozenset(mine))
        held[party, source] = frozenset(mine)
        now = {(one, digest) for (one, _), all_ in held.items() for _, digest in all_}
        since = {each: since.get(each, entry) for each in now}
        rows = [Holder(one, tie, digest, since[one, digest]) for (one, _), all_ in held.items() for tie, digest in all_]
        assert open_now(forms) == found_between(rows)
    with forms.log.reading() as session:
        assert session.scalars(select(TieRow)).first() is not None
    assert forms.review() == []
