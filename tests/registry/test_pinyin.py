import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.pinyin import initials


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("明远招标代理有限公司", "myzbdlyxgs"),
        ("明堂（沈阳）A座2号", "mtsyaz2h"),
        ("ＡＢＣ招标", "abczb"),
        ("吕氏咨询", "lszx"),
        ("—— 。", ""),
        ("", ""),
    ],
)
def test_a_name_is_found_by_the_first_letters_of_its_syllables(name: str, wanted: str) -> None:
    assert initials(name) == wanted


@pytest.mark.parametrize(("name", "wanted"), [("重庆招标", "cqzb"), ("重量检测", "zljc"), ("长春银行", "ccyh")])
def test_a_character_with_several_sounds_is_read_as_its_word_asks(name: str, wanted: str) -> None:
    assert initials(name) == wanted


@given(st.text(max_size=40))
def test_initials_of_anything_are_plain_letters_and_digits(name: str) -> None:
    assert re.fullmatch("[a-z0-9]*", initials(name))
