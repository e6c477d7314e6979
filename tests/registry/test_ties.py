"""Which spellings are one firm, office or telephone, and what a shared digest says of two parties."""

from dataclasses import replace
from datetime import date
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.model import AgencyPrivate, LegalPersonPrivate, OrganisationTies, PractitionerPrivate
from registry.ties import (
    Found,
    Holder,
    Tie,
    address_key,
    agency_ties,
    firm_key,
    found_between,
    grounds,
    legal_person_ties,
    organisation_ties,
    pairs,
    phone_key,
    practitioner_ties,
)
from tests.registry.builders import a_code
from tests.registry.forms import a_person, a_practitioner_form, an_agency_form

KEY = bytes(range(32))
PERSONAL: list[Tie] = ["legal_person", "controller", "key_practitioner", "practitioner"]
THINGS: list[Tie] = ["phone", "address", "account", "contact", "name"]


def a_private(number: int, **changed: str) -> AgencyPrivate:
    private = AgencyPrivate(
        contact_name=f"联系人{number}",
        contact_phone=f"024-2300{number:04d}",
        bank_name="演示银行",
        bank_account=f"62220000{number:04d}",
        controller_name="控制人",
        controller_number=a_person(number),
        licence=b"",
    )
    return replace(private, **changed)  # type: ignore[arg-type]  # only texts are changed here


@pytest.mark.parametrize(
    "name",
    [
        "沈阳甲乙咨询有限公司",
        "沈阳甲乙咨询有限责任公司",
        "沈阳甲乙咨询（辽宁）有限公司",
        "沈阳甲乙咨询(辽宁) 有限公司",
        "沈阳甲乙咨询有限公司大连分公司",
        "沈阳甲乙咨询股份有限公司第二分公司",
    ],
)
def test_names_of_one_firm_share_a_key(name: str) -> None:
    assert firm_key(name) == "沈阳甲乙咨询"


def test_names_of_two_firms_do_not() -> None:
    assert firm_key("沈阳甲乙咨询有限公司") != firm_key("沈阳甲丙咨询有限公司")
    assert firm_key("有限公司") == "有限公司"


def test_an_address_is_one_however_it_is_set() -> None:
    assert address_key("沈阳市和平区演示路 １ 号（Ａ座）") == address_key("沈阳市和平区演示路1号a座")
    assert address_key("演示路 1 号") != address_key("演示路 11 号")


@pytest.mark.parametrize("phone", ["+86 139 0000 0001", "0086-13900000001", "13900000001", "(139) 0000-0001"])
def test_a_telephone_is_one_however_it_is_written(phone: str) -> None:
    assert phone_key(phone) == "13900000001"


@pytest.mark.parametrize("phone", ["024-23001234", "+86 24 23001234", "0086-24-23001234", "+86 (024) 23001234"])
def test_an_area_code_keeps_its_0(phone: str) -> None:
    assert phone_key(phone) == "02423001234"


def test_a_number_that_begins_with_86_by_itself_keeps_it() -> None:
    assert phone_key("8612345") == "8612345"


def test_two_agencies_of_one_office_share_its_ground() -> None:
    assert grounds(["legal_person"], ["legal_person"]) == {"SAME_LEGAL_PERSON": True}
    assert grounds(["practitioner"], ["key_practitioner"]) == {"SAME_PRACTITIONER": False}
    assert grounds(["key_practitioner"], ["key_practitioner"]) == {"SAME_PRACTITIONER": True}
    assert grounds(["address"], ["address"]) == {"SAME_ADDRESS": False}


def test_one_person_in_two_offices_is_a_person_shared() -> None:
    assert grounds(["legal_person"], ["controller"]) == {"SAME_PERSON": True}
    assert grounds(["legal_person"], ["practitioner"]) == {"SAME_PERSON": False}


def test_what_another_ground_says_better_is_not_said_twice() -> None:
    assert grounds(["legal_person", "controller"], ["legal_person"]) == {"SAME_LEGAL_PERSON": True}
    assert grounds(["legal_person", "practitioner"], ["key_practitioner"]) == {
        "SAME_PRACTITIONER": False,
        "SAME_PERSON": True,  # which makes it a conflict, and the other does not
    }


@given(st.sets(st.sampled_from(PERSONAL), min_size=1), st.sets(st.sampled_from(PERSONAL), min_size=1))
def test_a_person_shared_is_key_if_somebody_stands_behind_both(left: set[Tie], right: set[Tie]) -> None:
    behind_both = any("practitioner" not in pair for pair in product(left, right))
    found = grounds(left, right)
    assert found
    assert any(found.values()) == behind_both
    assert found == grounds(right, left)


holders = st.builds(
    Holder,
    party=st.sampled_from([f"agency:{letter}" for letter in "ABCDE"] + ["organisation:x", "organisation:y"]),
    tie=st.sampled_from([*PERSONAL, *THINGS]),
    digest=st.sampled_from(["1", "2", "3"]),
    since=st.integers(1, 9),
)


def by_hand(rows: list[Holder]) -> dict[Found, bool]:
    """Every pair of parties and every digest, by the words of the rule."""
    found: dict[Found, bool] = {}
    for left, right in combinations(sorted({row.party for row in rows}), 2):
        for digest in {row.digest for row in rows}:
            ties = [{row.tie for row in rows if row.digest == digest and row.party == one} for one in (left, right)]
            since = {row.party: row.since for row in sorted(rows, key=lambda row: -row.since) if row.digest == digest}
            agencies = sorted((at, party) for party, at in since.items() if party.startswith("agency:"))
            if left.startswith("organisation:") or not ties[0] or not ties[1]:
                continue  # two organisations are no matter of this register
            if right.startswith("agency:") and agencies[0][1] not in (left, right):
                continue  # the star
            for ground, key in grounds(*ties).items():
                found[ground, (left, right)] = found.get((ground, (left, right)), False) or key
    return found


@given(st.lists(holders, max_size=25))
def test_findings_are_those_of_every_pair_up_to_the_star(rows: list[Holder]) -> None:
    assert found_between(rows) == by_hand(rows)


@given(st.lists(holders, max_size=25), st.randoms())
def test_the_order_of_rows_changes_nothing(rows: list[Holder], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis hands out a random.Random
    assert found_between(shuffled) == found_between(rows)


def test_many_agencies_of_one_office_are_tied_in_linear_number() -> None:
    tower = [Holder(f"agency:{number:04d}", "address", "1", number) for number in range(1000)]
    assert len(set(pairs(tower))) == 999
    assert {pair[0] for pair in pairs(tower)} == {"agency:0000"}


def test_an_agency_that_another_one_controls_is_tied_to_it() -> None:
    today = date(2026, 1, 5)
    owner, owned = (
        agency_ties(KEY, a_code(number), an_agency_form(number), private, today)
        for number, private in ((1, a_private(1)), (2, a_private(2, controller_number=a_code(1))))
    )
    assert {tie for tie, digest in owner & owned} == {"controller"}
    tenderer = organisation_ties(KEY, a_code(1), OrganisationTies(), None, today)
    assert {tie for tie, _ in tenderer & owned} == {"controller"}


def test_persons_share_one_space_whatever_their_office() -> None:
    today = date(2026, 1, 5)
    person = a_person(7)
    legal = legal_person_ties(KEY, LegalPersonPrivate("甲", person, "13900000001"), today)
    working = practitioner_ties(KEY, a_practitioner_form(key=True), PractitionerPrivate("甲", person), today)
    behind = organisation_ties(KEY, None, OrganisationTies(key_persons=(person,)), None, today)
    numbers = [{digest for tie, digest in ties if tie in PERSONAL} for ties in (legal, working, behind)]
    assert numbers[0] == numbers[1] == numbers[2]
    assert all(person not in digest for ties in (legal, working, behind) for _, digest in ties)


def test_a_lower_case_check_character_is_the_same_person() -> None:
    number = next(one for one in map(a_person, range(100)) if one.endswith("X"))
    today = date(2026, 1, 5)
    upper, lower = (
        legal_person_ties(KEY, LegalPersonPrivate("甲", one, "13900000001"), today) for one in (number, number.lower())
    )
    assert upper == lower
