"""What a refusal about a field says to a reader of English."""

import pytest

from registry.errors import BadFact, BadIncident, BadRule
from registry.field_names import ENGLISH, in_english
from registry.names import BadText
from registry.rules.fields import LABELS


def test_every_field_of_the_forms_has_an_english_name() -> None:
    assert set(LABELS.values()) <= set(ENGLISH)
    assert not [name for name in ENGLISH.values() if not name.isascii()]


@pytest.mark.parametrize("kind", [BadFact, BadText, BadRule, BadIncident])
def test_a_refusal_names_the_field_in_the_readers_language_and_keeps_it_as_a_fact(
    kind: type[BadFact | BadText | BadRule | BadIncident],
) -> None:
    refusal = kind(field="注册资本", why_zh="须为正数", why_en="more than nothing")
    assert "“注册资本”" in refusal.message("zh")
    assert "'registered capital'" in refusal.message("en")
    assert refusal.facts["field"] == "注册资本"


def test_one_field_among_several_keeps_its_code() -> None:
    assert in_english("条款 A-3") == "article A-3"
    assert in_english("条款 A-3 的记分") == "points of article A-3"
    assert in_english("等级 甲 的号球") == "balls of grade 甲"
    assert in_english("没有译名") == "没有译名"
