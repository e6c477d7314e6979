"""What the three forms may say: each field at its boundary, all faults at once, and never a private value in a text."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.errors import Refusal
from registry.errors import FieldFault
from registry.events import Certificate, Fault
from registry.model import (
    AgencyPrivate,
    LegalPersonForm,
    LegalPersonPrivate,
    OrganisationTies,
    PractitionerPrivate,
)
from registry.rules.fields import check_number
from registry.rules.forms import (
    FIELDS,
    agency_form_faults,
    changed_fields,
    check_faults,
    check_leaving,
    legal_person_form_faults,
    practitioner_form_faults,
    renewal_until,
    ties_faults,
)
from registry.working_days import BEIJING_OFFSET, DAY
from tests.registry.builders import a_code
from tests.registry.forms import a_person, a_practitioner_form, an_agency_form

TODAY = date(2026, 1, 5)
PRIVATE = AgencyPrivate("联系人", "024-23001234", "演示银行", "6222 0000 0001", "控制人", a_person(1), b"{}")
LEGAL = LegalPersonPrivate("法人", a_person(2), "13900000001")
PERSON = PractitionerPrivate("人员", a_person(3), ("ZC000001",))


def of_agency(version: int = 1, private: AgencyPrivate = PRIVATE, code: str = a_code(1), **changed: Any) -> list[str]:
    return [one.field for one in agency_form_faults(code, an_agency_form(**changed), private, version, TODAY)]


def of_practitioner(version: int = 1, private: PractitionerPrivate = PERSON, **changed: Any) -> list[str]:
    found = practitioner_form_faults(a_practitioner_form(**changed), private, version, TODAY)
    return [one.field for one in found]


def of_legal_person(version: int = 1, private: LegalPersonPrivate = LEGAL, **changed: Any) -> list[str]:
    form = replace(LegalPersonForm("2020-01-01"), **changed)
    return [one.field for one in legal_person_form_faults(form, private, version, TODAY)]


def test_complete_forms_have_no_fault() -> None:
    assert of_agency() == of_practitioner() == of_legal_person() == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("name", "演示\u202e公司"),
        ("name", " 演示公司"),
        ("legal_form", ""),
        ("founded", "2026-01-06"),
        ("founded", "2015-02-30"),
        ("region", "2101"),
        ("address", ""),
        ("premises", "squatted"),
        ("premises_area", 0),
        ("premises_area", 1_000_001),
        ("capital", -1),
        ("capital", 10**15 + 1),
        ("scope", ()),
        ("scope", ("招标代理",) * 2),
        ("scope", tuple(f"范围{number}" for number in range(41))),
        ("fields", ()),
        ("recording_equipment", "字" * 201),
        ("office_equipment", "\x00"),
        ("reason", "首次"),
    ],
)
def test_a_wrong_field_of_an_agency_form_is_named(field: str, wrong: Any) -> None:
    assert of_agency(**{field: wrong}) == [field]


@pytest.mark.parametrize(
    ("field", "right"),
    [
        ("founded", "2026-01-05"),
        ("premises_area", 1),
        ("premises_area", 1_000_000),
        ("capital", 0),
        ("capital", 10**15),
        ("scope", tuple(f"范围{number}" for number in range(40))),
        ("recording_equipment", "字" * 200),
    ],
)
def test_the_boundary_itself_is_right(field: str, right: Any) -> None:
    assert of_agency(**{field: right}) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("contact_name", ""),
        ("contact_phone", "拨打 110"),
        ("bank_name", "演示\u200b银行"),
        ("bank_account", "1234567"),
        ("bank_account", "1" * 33),
        ("bank_account", "１２３４５６７８"),
        ("controller_name", "甲  乙"),
        ("controller_number", a_person(1)[:17] + "Z"),
        ("controller_number", a_code(1)[:17] + "O"),
    ],
)
def test_a_wrong_private_field_is_named_and_its_value_is_not(field: str, wrong: str) -> None:
    private = replace(PRIVATE, **{field: wrong})  # type: ignore[arg-type]  # a text
    (fault,) = agency_form_faults(a_code(1), an_agency_form(), private, 1, TODAY)
    assert fault.field == field
    assert len(wrong) < 7 or (wrong not in fault.zh and wrong not in fault.en)


def test_every_fault_is_told_at_once_in_the_order_of_the_form() -> None:
    found = of_agency(
        version=2, private=replace(PRIVATE, bank_account="1", contact_phone="1"), code="X", region="1", capital=-1
    )
    assert found == ["code", "region", "capital", "contact_phone", "bank_account", "reason"]


def test_a_later_version_says_why() -> None:
    assert of_agency(version=2) == of_legal_person(version=2) == of_practitioner(version=2) == ["reason"]
    assert of_agency(version=2, reason="年度续期") == of_practitioner(version=2, reason="年度续期") == []


def test_a_controller_may_be_a_person_or_a_body() -> None:
    assert check_number(a_person(1).lower(), "controller_number", TODAY) == a_person(1)
    assert check_number(a_code(5).lower(), "controller_number", TODAY) == a_code(5)


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("term_from", {"term_from": "2026-01-06"}),
        ("term_from", {"term_from": "昨天"}),
        ("term_until", {"term_until": "2019-12-31"}),
        ("term_until", {"term_until": "2030-13-01"}),
    ],
)
def test_a_term_has_days_in_order(field: str, changed: dict[str, Any]) -> None:
    assert of_legal_person(**changed) == [field]


def test_a_term_may_begin_today_and_end_the_day_it_began() -> None:
    assert of_legal_person(term_from="2026-01-05", term_until="2026-01-05") == []


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("titles", {"titles": ("工程师", "工程师")}),
        ("employed_since", {"employed_since": "2026-01-06", "insurance_months": 0}),
        ("insurance_months", {"insurance_months": -1}),
        ("insurance_months", {"employed_since": "2025-12-31", "insurance_months": 3}),
        ("fields", {"fields": tuple(f"业务{number}" for number in range(21))}),
        ("certificates.0", {"certificates": (Certificate(name="证", issued="2026-01-06", until=None),)}),
        ("certificates.0", {"certificates": (Certificate(name="证", issued="2020-01-02", until="2020-01-01"),)}),
        ("certificate_numbers", {"certificates": ()}),
    ],
)
def test_a_wrong_field_of_a_practitioner_form_is_named(field: str, changed: dict[str, Any]) -> None:
    assert of_practitioner(**changed) == [field]


def test_social_insurance_is_paid_since_the_month_of_employment_at_most() -> None:
    assert of_practitioner(employed_since="2025-12-31", insurance_months=2) == []
    assert of_practitioner(employed_since="2026-01-05", insurance_months=1) == []


def test_an_expired_certificate_is_no_fault_but_a_finding() -> None:
    assert of_practitioner(certificates=(Certificate(name="证", issued="2020-01-01", until="2021-01-01"),)) == []


def test_each_certificate_has_its_own_number() -> None:
    two = (
        Certificate(name="甲", issued="2020-01-01", until=None),
        Certificate(name="乙", issued="2020-01-01", until=None),
    )
    numbers = replace(PERSON, certificate_numbers=("ZC000001", "ZC000001"))
    assert of_practitioner(private=numbers, certificates=two) == ["certificate_numbers"]


@given(st.text(), st.text(), st.text())
def test_no_text_of_a_fault_holds_what_was_typed_into_a_private_field(name: str, number: str, phone: str) -> None:
    def check(faults: list[FieldFault]) -> None:
        said = "".join(fault.zh + fault.en for fault in faults)
        for typed in (name, number, phone):
            assert len(typed) < 7 or typed not in said

    check(legal_person_form_faults(LegalPersonForm("2020-01-01"), LegalPersonPrivate(name, number, phone), 1, TODAY))
    private = AgencyPrivate(name, phone, name, number, name, number, b"")
    check(agency_form_faults(a_code(1), an_agency_form(), private, 1, TODAY))
    check(practitioner_form_faults(a_practitioner_form(), PractitionerPrivate(name, number, (phone,)), 1, TODAY))


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2026, 1, 5), date(2027, 1, 5)),
        (date(2027, 12, 31), date(2028, 12, 31)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
    ],
)
def test_acceptance_holds_until_the_same_day_next_year_is_over_in_beijing(day: date, last: date) -> None:
    until = renewal_until(day) + BEIJING_OFFSET
    assert divmod(until, DAY) == (last.toordinal() + 1 - date(1970, 1, 1).toordinal(), 0)


def test_a_return_names_fields_of_that_form_and_says_why() -> None:
    check_faults("agency", [Fault(field="licence", reason="扫描件不清")])
    check_faults("practitioner", [Fault(field="certificates.2", reason="已过期")])
    for faults in ([], [Fault(field="phone", reason="有误")], [Fault(field="name", reason="")]):
        with pytest.raises(Refusal):
            check_faults("agency", faults)


def test_a_practitioner_leaves_today_at_the_latest() -> None:
    check_leaving("2026-01-05", TODAY)
    with pytest.raises(Refusal):
        check_leaving("2026-01-06", TODAY)


def test_every_field_of_the_forms_is_in_their_order() -> None:
    for form, parts in (
        ("agency", (an_agency_form(), PRIVATE)),
        ("legal_person", (LegalPersonForm("2020-01-01"), LEGAL)),
        ("practitioner", (a_practitioner_form(), PERSON)),
    ):
        named = {one.name for part in parts for one in fields(part)}
        assert named == set(FIELDS[form])  # type: ignore[index]  # the three forms


def test_what_changed_between_versions_leaves_out_what_always_does() -> None:
    former = {"code": "x", "version": 1, "reason": None, "address": "甲", "capital": 1}
    assert list(changed_fields(former, former | {"version": 2, "reason": "迁址", "address": "乙"})) == [
        ("address", "甲", "乙")
    ]


def test_ties_of_an_organisation_are_checked_too() -> None:
    assert ties_faults(OrganisationTies(a_person(1), a_code(1), (a_person(2),)), "演示路 1 号", TODAY) == []
    wrong = ties_faults(OrganisationTies("1", "2", ("3",)), "", TODAY)
    assert [one.field for one in wrong] == ["legal_person_number", "controller_number", "key_persons", "address"]
