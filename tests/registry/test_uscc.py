import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.uscc import ALPHABET, BadCode, BadCodeCheck, check_character, check_uscc, has_right_inner_code

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "gb32100.json").read_text(encoding="utf-8"))["uscc"]
CASES: list[dict[str, Any]] = VECTORS["cases"]

bodies = st.tuples(
    st.sampled_from("123456789ANY"),
    st.sampled_from(ALPHABET),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
).map("".join)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_every_published_and_computed_code_is_judged_as_the_standard_says(case: dict[str, Any]) -> None:
    if case["valid"] is False:
        with pytest.raises(BadCode):
            check_uscc(case["code"])
    else:
        assert check_uscc(case["code"]) == case["code"].replace(" ", "").upper()


@pytest.mark.parametrize("case", [c for c in CASES if c["inner_org_code_ok"] is not None], ids=lambda case: case["why"])
def test_the_inner_organisation_code_is_judged_by_its_own_check(case: dict[str, Any]) -> None:
    assert has_right_inner_code(case["code"]) is case["inner_org_code_ok"]


def test_a_wrong_inner_code_is_accepted_and_can_be_warned_of() -> None:
    (case,) = (case for case in CASES if case["valid"] == "warn")
    assert check_uscc(case["code"]) == case["code"]
    assert not has_right_inner_code(case["code"])


def test_every_department_of_the_standard_is_accepted() -> None:
    for department in VECTORS["departments"]:
        body = f"{department}1210100MA0TEXT12"
        assert check_uscc(body + check_character(body)).startswith(department)


@given(bodies, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_changed_character_is_always_found(body: str, place: int, other: str) -> None:
    code = body + check_character(body)
    changed = code[:place] + other + code[place + 1 :]
    if changed != code:
        with pytest.raises(BadCode):
            check_uscc(changed)


@given(bodies)
def test_the_refusal_names_the_right_check_character(body: str) -> None:
    wanted = check_character(body)
    wrong = body + ALPHABET[(ALPHABET.index(wanted) + 1) % 31]
    with pytest.raises(BadCodeCheck) as refusal:
        check_uscc(wrong)
    assert refusal.value.facts["wanted"] == wanted


@given(st.text())
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        code = check_uscc(text)
    except BadCode:
        return
    assert len(code) == 18


@pytest.mark.parametrize("trick", ["MA0TEXT12ﬀ", "MA0TEXT12ß", "MA0TEXT12９", "MA0TEXT129\n"])
def test_characters_that_fold_into_others_are_refused(trick: str) -> None:
    with pytest.raises(BadCode) as refusal:
        check_uscc("91210100" + trick)
    assert trick in refusal.value.message("zh")
