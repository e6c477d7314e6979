"""The one byte form of a value, its bounds, and what it refuses."""

import json
import re
import unicodedata
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import canonical
from audit.canonical import (
    FORBIDDEN_RANGES,
    BadInteger,
    BadName,
    BadType,
    BadValue,
    ForbiddenCharacter,
    NotCanonical,
    NotJson,
    NotNormalised,
    TooDeep,
)

FORBIDDEN = [code for low, high in FORBIDDEN_RANGES for code in range(low, high + 1)]

characters = st.characters(exclude_categories=["Cs"]).filter(
    lambda char: not any(low <= ord(char) <= high for low, high in FORBIDDEN_RANGES)
)
texts = st.text(characters).map(lambda text: unicodedata.normalize("NFC", text))
names = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_encoding_is_that_of_rfc_8785_and_decodes_to_itself(value: Any) -> None:
    data = canonical.encode(value)
    assert data == rfc8785.dumps(value)
    assert canonical.decode(data) == value


@given(values, st.data())
def test_one_other_byte_gives_another_value_or_a_refusal(value: Any, data: st.DataObject) -> None:
    written = bytearray(canonical.encode(value))
    at = data.draw(st.integers(0, len(written) - 1))
    written[at] ^= data.draw(st.integers(1, 255))
    try:
        other = canonical.decode(bytes(written))
    except BadValue:
        return
    assert canonical.encode(other) == bytes(written)
    assert other != value or type(other) is not type(value)


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    try:
        assert canonical.encode(canonical.decode(data)) == data
    except BadValue:
        return


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", NotJson),
        ("{", NotJson),
        ("nul", NotJson),
        ("NaN", NotJson),
        ("\ufeff1", NotJson),
        ('"\\ud800"', NotJson),
        ('"a\tb"', NotJson),
        ("01", NotJson),
        ("[1,]", NotJson),
        (" 1", NotCanonical),
        ("1\n", NotCanonical),
        ("[1, 2]", NotCanonical),
        ('{"b":1,"a":2}', NotCanonical),
        ('{"a":1,"a":2}', NotCanonical),
        ('{"a":1,"a":1}', NotCanonical),
        ('"\\u0041"', NotCanonical),
        ('"\\/"', NotCanonical),
        ('"\\ud83d\\ude00"', NotCanonical),
        ("1.0", BadType),
        ("1e2", BadType),
        ("0.5", BadType),
        ("-0.0", BadType),
        ("18446744073709551616", BadType),
        ("-1", BadInteger),
        ("9007199254740992", BadInteger),
        ('{"A":1}', BadName),
        ('{"":1}', BadName),
        ('{"1":1}', BadName),
        ('{"a-b":1}', BadName),
        ('{"a\\u0062":1}', NotCanonical),
        ('{"' + "a" * 41 + '":1}', BadName),
        ('"\\n"', ForbiddenCharacter),
        ('"\\u0000"', ForbiddenCharacter),
        ('"\\\\\\n"', ForbiddenCharacter),
        ('"\x7f"', ForbiddenCharacter),
        ('"\u200b"', ForbiddenCharacter),
        ('"e\u0301"', NotNormalised),
        ('"\uf900"', NotNormalised),
        ('"\u0307\u0323"', NotNormalised),
        ("[" * 33 + "]" * 33, TooDeep),
        ("[" * 60_000, NotJson),
        ("[" * 900 + "]" * 900, TooDeep),
        ("1" * 60_000, BadType),
    ],
)
def test_bytes_that_are_not_canonical_are_refused(text: str, refusal: type[BadValue]) -> None:
    data = text.encode()
    with pytest.raises(BadValue) as caught:
        canonical.decode(data)
    # A huge number may already be beyond the JSON reader: refused all the same.
    assert isinstance(caught.value, refusal | NotJson if text.isdigit() else refusal)
    assert caught.value.message("zh") != caught.value.message("en")


def test_minus_zero_is_refused() -> None:
    with pytest.raises(BadValue):
        canonical.decode(b"-0")


@pytest.mark.parametrize("data", [b'"\xff"', b'"\xc0\xaf"', b'"\xed\xa0\x80"', b'"\xf4\x90\x80\x80"', b"\xef\xbb\xbf1"])
def test_what_is_not_utf_8_is_refused(data: bytes) -> None:
    with pytest.raises(NotJson):
        canonical.decode(data)


@pytest.mark.parametrize(
    "text",
    ['"\\\\n"', '"\\\\\\""', '"a\\"b"', "9007199254740991", "true", "null", '{"a":{},"a0":[],"a_":""}', '"\u3000"'],
)
def test_canonical_bytes_are_accepted(text: str) -> None:
    assert canonical.encode(canonical.decode(text.encode())) == text.encode()


def test_a_combining_mark_at_the_start_of_a_string_joins_nothing_outside_it() -> None:
    for mark in ("\u0338", "\u0301", "\u0327"):
        value: Any = [mark, "\\" + mark, '"' + mark, {"a": mark}]
        assert canonical.decode(canonical.encode(value)) == value


def test_everyday_chinese_that_is_passed_at_once_is_neither_forbidden_nor_ever_composed() -> None:
    plain = [chr(code) for code in range(0x110000) if canonical._plain.fullmatch(chr(code))]
    assert {"公", "，", "·", "龥", "（"} <= set(plain)
    composing = {
        char
        for code in range(0x110000)
        if (parts := unicodedata.decomposition(chr(code)).split()) and not parts[0].startswith("<")
        for char in (chr(int(part, 16)) for part in parts[1:])
    }
    for char in plain:
        assert not any(low <= ord(char) <= high for low, high in FORBIDDEN_RANGES)
        assert unicodedata.combining(char) == 0
        assert unicodedata.is_normalized("NFC", char)
        assert char not in composing


def test_thirty_two_levels_are_enough_and_thirty_three_too_many() -> None:
    nested: Any = 1
    for level in range(33):
        if level < 33:
            assert canonical.decode(canonical.encode(nested)) == nested
        nested = [nested] if level % 2 else {"a": nested}
    with pytest.raises(TooDeep):
        canonical.encode(nested)


def test_exactly_the_listed_code_points_are_forbidden() -> None:
    listed = set(FORBIDDEN)
    for code in [*range(0x3100), *range(0xD700, 0x10000), *range(0xDFFF0, 0xE1010), *range(0xEFFF0, 0xF0010), 0x10FFFF]:
        char = chr(code)
        if code in listed:
            with pytest.raises(ForbiddenCharacter):
                canonical.encode("a" + char)
        elif unicodedata.is_normalized("NFC", "a" + char):
            assert canonical.decode(canonical.encode("a" + char)) == "a" + char
        else:
            with pytest.raises(NotNormalised):
                canonical.encode("a" + char)


def test_the_last_two_code_points_of_every_plane_are_forbidden() -> None:
    for plane in range(17):
        for code in (0xFFFE, 0xFFFF):
            with pytest.raises(ForbiddenCharacter):
                canonical.decode(json.dumps(chr(plane * 0x10000 + code), ensure_ascii=False).encode())


@pytest.mark.parametrize("value", [1.0, b"a", (1,), {1}, object(), float("nan"), {"a": 1.5}])
def test_other_types_are_refused(value: Any) -> None:
    with pytest.raises(BadType):
        canonical.encode(value)


@pytest.mark.parametrize("value", [-1, 2**53, [2**64], {"a": -5}])
def test_integers_out_of_bounds_are_refused(value: Any) -> None:
    with pytest.raises(BadInteger):
        canonical.encode(value)


@pytest.mark.parametrize("name", ["A", "", "名", "a b", 1, None, "a" * 41, "a\n"])
def test_other_names_are_refused(name: Any) -> None:
    with pytest.raises(BadName):
        canonical.encode({name: 1})


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ForbiddenCharacter):
        canonical.encode(["\ud800"])


def accepted_by_the_letter(data: bytes) -> bool:
    """The rules of the canonical form one by one, each in the plainest way: no speed, no cleverness."""

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in members}) < len(members):
            raise ValueError("equal names")
        return dict(members)

    def refuse(text: str) -> None:
        raise ValueError(text)

    def check(value: Any, depth: int) -> None:
        if isinstance(value, str):
            if any(low <= ord(char) <= high for char in value for low, high in FORBIDDEN_RANGES):
                raise ValueError("forbidden")
            if unicodedata.normalize("NFC", value) != value:
                raise ValueError("not NFC")
        elif isinstance(value, dict | list):
            if depth == 32:
                raise ValueError("too deep")
            for name in value if isinstance(value, dict) else ():
                if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name, re.ASCII):
                    raise ValueError("name")
            for item in value.values() if isinstance(value, dict) else value:
                check(item, depth + 1)
        elif isinstance(value, int) and not 0 <= value <= 2**53 - 1:
            raise ValueError("integer")

    try:
        value = json.loads(data.decode(), object_pairs_hook=pairs, parse_float=refuse, parse_constant=refuse)
        check(value, 0)
        return rfc8785.dumps(value) == data
    except (ValueError, RecursionError):
        return False


odd_texts = st.text(
    st.sampled_from(
        'ae"\\/\n\t\x7f\u0301\u0338\u0327\u1100\u1161\u11a8가公告·，（\u3000\uf900\u200b\ufeff\ud7ff\ue000𠀀😀<>=\u0344'
    )
)
odd_names = st.sampled_from(["a", "b", "a1", "a_", "A", "", "名", "a" * 40, "a" * 41, "é"])
odd_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2**53) | st.floats(allow_nan=False, allow_infinity=False) | odd_texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_names, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=500, deadline=None)
@given(odd_values, st.booleans(), st.none() | st.tuples(st.integers(0), st.sampled_from(b'"\\{}[],:0-.e \n\xc3a')))
def test_the_quick_check_and_the_plain_rules_always_agree(
    value: Any, in_ascii: bool, change: tuple[int, int] | None
) -> None:
    data = bytearray(json.dumps(value, ensure_ascii=in_ascii, separators=(",", ":"), sort_keys=True).encode())
    if change:
        data[change[0] % len(data)] = change[1]
    try:
        canonical.decode(bytes(data))
        accepted = True
    except BadValue:
        accepted = False
    assert accepted == accepted_by_the_letter(bytes(data))
