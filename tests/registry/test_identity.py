import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry.identity import BadIdentityNumber, check_identity_number, identity_digest, masked

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "gb32100.json").read_text(encoding="utf-8")
)["resident_id"]["cases"]
TODAY = date(2025, 3, 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_every_number_is_judged_as_the_standard_says(case: dict[str, Any]) -> None:
    if case["valid"]:
        assert check_identity_number(case["number"], TODAY) == case["number"].upper()
    else:
        with pytest.raises(BadIdentityNumber):
            check_identity_number(case["number"], TODAY)


def test_who_is_born_today_has_a_number_and_who_is_born_tomorrow_has_none() -> None:
    number = "210102199003070011"
    assert check_identity_number(number, date(1990, 3, 7)) == number
    with pytest.raises(BadIdentityNumber):
        check_identity_number(number, date(1990, 3, 6))


def test_a_refusal_never_says_the_number() -> None:
    for case in CASES:
        if not case["valid"]:
            with pytest.raises(BadIdentityNumber) as refusal:
                check_identity_number(case["number"], TODAY)
            told = refusal.value.message("zh") + refusal.value.message("en") + repr(refusal.value.facts)
            assert case["number"] not in told


def test_the_digest_depends_on_key_and_number() -> None:
    digests = {identity_digest(key * 32, number) for key in (b"a", b"b") for number in ("1", "2")}
    assert len(digests) == 4
    assert all(len(digest) == 64 for digest in digests)


def test_the_masked_form_shows_first_six_and_last_two() -> None:
    assert masked("210102199003070011") == "210102**********11"
