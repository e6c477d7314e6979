import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.names import BadText, check_name, check_text, name_key


@pytest.mark.parametrize("name", ["明远招标代理有限公司", "A", "辽宁（沈阳）咨询 有限公司", "𠮷田招标", "x" * 200])
def test_ordinary_names_are_accepted(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x" * 201,
        " 首空格",
        "尾空格\u3000",
        "不\u00a0换行",
        "\u1680x",
        "四\u2003开",
        "窄\u202f空格",
        "数学\u205f空格",
        "两  格",
        "两\u3000 格",
        "零\u200b宽",
        "换\n行",
        "\ue000",
        "e\u0301",  # NFC has one code point for it
        "\uf900",  # a compatibility ideograph that NFC replaces
        "未\u0378定义",
        "代\ud800理",
    ],
)
def test_names_that_deceive_the_eye_are_refused(name: str) -> None:
    with pytest.raises(BadText):
        check_name(name)


def test_the_refusal_says_which_field_in_both_languages() -> None:
    with pytest.raises(BadText) as refusal:
        check_text("", "地址")
    assert "地址" in refusal.value.message("zh")
    assert "地址" in refusal.value.message("en")


def test_a_shorter_limit_holds_exactly() -> None:
    check_text("字" * 100, "f", limit=100)
    with pytest.raises(BadText):
        check_text("字" * 101, "f", limit=100)


def test_spellings_of_one_name_share_a_key() -> None:
    spellings = ["明远（沈阳）招标 有限公司", "明远(沈阳)招标有限公司", "明远（沈阳)招标\u3000有限公司"]
    assert {name_key(spelling) for spelling in spellings} == {"明远(沈阳)招标有限公司"}
    assert name_key("ＡＢＣ招标") == name_key("ABC招标")
    assert name_key("明远招标") != name_key("明达招标")


@given(st.text())
def test_the_key_is_its_own_key(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)
