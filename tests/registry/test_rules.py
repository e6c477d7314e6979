from datetime import date
from typing import Any, get_args

import pytest

from audit.errors import Refusal
from registry import errors, rules
from registry.events import Role
from registry.model import Agency, Contact, Facts, Organisation, Removal, Suspension
from registry.names import BadText
from tests.registry.builders import a_code

TODAY = date(2025, 11, 24)
NOW = 1_763_949_600
ROLES: tuple[Role, ...] = get_args(Role)


def facts(**changed: Any) -> Facts:
    members = {
        "code": a_code(1),
        "name": "明远招标代理有限公司",
        "organisation": None,
        "region": "210100",
        "address": "沈阳市演示路 1 号",
        "fields": ("工程建设", "政府采购"),
        "founded": "2015-03-01",
    }
    return Facts(**(members | changed))


def suspension(starts: int = 0, until: int | None = None, number: str = "监决1号") -> Suspension:
    return Suspension(starts, until, "第十条", number)


def party(name: str = "演示招标人", code: str | None = None, id_: str = "tenderer-1") -> Organisation:
    return Organisation(id_, name, code, ("tenderer",))


# Facts


def test_right_facts_pass_with_their_code_folded() -> None:
    assert rules.check_facts(facts(code=f" {a_code(1).lower()} "), TODAY) == facts()


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "91210100MA0TEXT12A"},
        {"name": ""},
        {"name": "两  格"},
        {"region": "21010"},
        {"region": "010100"},
        {"region": "２１０１００"},
        {"address": " 沈阳"},
        {"fields": ()},
        {"fields": ("工程建设", "工程建设")},
        {"fields": ("",)},
        {"fields": tuple(f"范围{n}" for n in range(rules.MAX_FIELDS + 1))},
        {"founded": "2025-02-29"},
        {"founded": "20150301"},
        {"founded": "2025-11-25"},
    ],
)
def test_wrong_facts_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_facts(facts(**changed), TODAY)
    assert refusal.value.message("zh") != refusal.value.message("en")


def test_an_agency_may_be_founded_today() -> None:
    rules.check_facts(facts(founded="2025-11-24"), TODAY)


@pytest.mark.parametrize("phone", ["024-12345678", "13800000000", "+86 24 1234 5678", "024 12345678 (12) 3"])
def test_phone_numbers_of_every_habit_are_accepted(phone: str) -> None:
    rules.check_contact(Contact("张某", phone))


@pytest.mark.parametrize("contact", [Contact(phone="12345"), Contact(phone="张三"), Contact(name=" 某")])
def test_a_refused_contact_is_not_repeated_in_the_refusal(contact: Contact) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_contact(contact)
    told = refusal.value.message("zh") + refusal.value.message("en") + repr(refusal.value.facts)
    assert (contact.phone or contact.name or "") not in told


# Suspensions


def test_a_suspension_holds_from_its_first_second_to_the_last_before_its_end() -> None:
    one = suspension(100, 200)
    assert [one.holds_at(at) for at in (99, 100, 199, 200)] == [False, True, True, False]
    assert suspension(100).holds_at(2**53)


def test_of_several_suspensions_the_one_that_ends_last_is_given() -> None:
    agency = Agency(facts(), (suspension(0, 300, "甲"), suspension(0, None, "乙"), suspension(0, 200, "丙")))
    found = agency.suspension_at(100)
    assert found is not None
    assert found.decision_number == "乙"


@pytest.mark.parametrize(("starts", "until"), [(0, NOW), (NOW + 10, NOW + 10), (NOW + 10, NOW + 5)])
def test_a_suspension_that_never_holds_is_refused(starts: int, until: int) -> None:
    with pytest.raises(errors.BadFact):
        rules.check_suspension(starts, until, NOW)


def test_a_suspension_may_end_a_second_from_now() -> None:
    rules.check_suspension(0, NOW + 1, NOW)


def test_only_what_still_holds_or_will_hold_can_be_ended() -> None:
    rules.check_can_reinstate(Agency(facts(), (suspension(NOW + 100, NOW + 200),)), None, NOW)
    rules.check_can_reinstate(Agency(facts(), (), Removal("g", "d")), None, NOW)
    for agency in (Agency(facts()), Agency(facts(), (suspension(0, NOW),))):
        with pytest.raises(errors.NothingToReinstate):
            rules.check_can_reinstate(agency, None, NOW)


def test_a_reinstatement_names_a_decision_that_holds_or_none() -> None:
    agency = Agency(facts(), (suspension(NOW - 100, NOW + 200),), Removal("g", "除名1号"))
    held = agency.suspensions[0].decision_number
    for ends in (None, held, "除名1号"):
        rules.check_can_reinstate(agency, ends, NOW)
    with pytest.raises(errors.NothingToReinstate):
        rules.check_can_reinstate(agency, "别的1号", NOW)
    with pytest.raises(errors.NothingToReinstate):
        rules.check_can_reinstate(agency, held, NOW + 200)


def test_a_decision_number_is_short_enough_to_be_quoted_in_a_roster() -> None:
    rules.check_decision("依据", "号" * rules.MAX_DECISION_NUMBER)
    with pytest.raises(BadText):
        rules.check_decision("依据", "号" * (rules.MAX_DECISION_NUMBER + 1))


# Roles


def test_who_supervises_does_not_operate() -> None:
    for left in ROLES:
        for right in ROLES:
            pair = {left, right}
            apart = pair & rules.OPERATING and pair & rules.SUPERVISING
            if apart or ("notary" in pair and pair & {"tenderer", "agent", "bidder"}):
                with pytest.raises(errors.RolesConflict):
                    rules.check_roles_together(left, [right])
            else:
                rules.check_roles_together(left, [right])


@pytest.mark.parametrize("actor", ["operator:x", "admin:x", "system", "registrars:x", "registrar_:x"])
def test_only_the_wanted_role_may_act(actor: str) -> None:
    with pytest.raises(errors.NotPermitted):
        rules.check_actor(actor, "registrar")
    rules.check_actor("registrar:x", "registrar")


@pytest.mark.parametrize("key", ["", "A" * 64, "0" * 64, "02" + "00" * 31, a_code(1)])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(errors.BadKey):
        rules.check_key(key)


@pytest.mark.parametrize("id_", ["ab", "-ab", "ab-", "Abc", "a" * 41, "a_b", "单位一", "abc\n"])
def test_ids_of_organisations_have_one_form(id_: str) -> None:
    with pytest.raises(errors.BadOrganisationId):
        rules.check_organisation(party(id_=id_))
    for good in ("abc", "a-b", "0" * 40):
        rules.check_organisation(party(id_=good))
