"""The check character of GB 32100-2015, against codes computed elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery.protocol import uscc

VECTORS = Path(__file__).parents[2] / "vectors"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

bodies = st.text(ALPHABET, min_size=17, max_size=17)


def codes_of_the_reference() -> list[str]:
    roster = json.loads((VECTORS / "lottery_reference.json").read_text("utf-8"))["cases"][0]["evidence"]["roster"]
    return [entry["code"] for part in ("agents", "excluded") for entry in roster[part]]


@pytest.mark.parametrize("code", codes_of_the_reference())
def test_a_fictional_code_of_the_reference_is_right(code: str) -> None:
    assert uscc.is_code(code)


@given(bodies)
def test_exactly_one_last_character_is_right(body: str) -> None:
    assert [last for last in ALPHABET if uscc.is_code(body + last)] == [uscc.check_character(body)]


@given(bodies, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(body: str, place: int, other: str) -> None:
    code = body + uscc.check_character(body)
    changed = code[:place] + other + code[place + 1 :]
    assert uscc.is_code(changed) == (changed == code)


@pytest.mark.parametrize("code", ["", "0", "A" * 17, "I" * 18, "０" * 18, "0" * 17 + "0\n", "0" * 19])
def test_another_form_is_no_code(code: str) -> None:
    assert not uscc.is_code(code)
