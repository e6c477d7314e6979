"""Stages 1.1 and 1.3 to 1.6: one byte form and no other."""

from __future__ import annotations

import json
import sys
import unicodedata
from enum import StrEnum
from typing import cast

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lottery.protocol import canonical
from lottery.protocol.errors import DrawError

FORBIDDEN_BLOCKS = """
0000-001F  007F-009F  00AD       061C       180B-180F  200B-200F  2028-202E  2060-206F  D800-DFFF
E000-F8FF  FDD0-FDEF  FE00-FE0F  FEFF       FFF0-FFFB  E0000-E0FFF  F0000-10FFFF
"""


def forbidden_points() -> set[int]:
    points = {point for point in range(0x110000) if point & 0xFFFE == 0xFFFE}
    for block in FORBIDDEN_BLOCKS.split():
        low, _, high = block.partition("-")
        points.update(range(int(low, 16), int(high or low, 16) + 1))
    return points


FORBIDDEN = forbidden_points()


def code_of(data: bytes) -> str:
    try:
        canonical.decode(data)
    except DrawError as fault:
        return fault.code if fault.why("zh").isprintable() and fault.why("en").isprintable() else "more than one line"
    return "OK"


def code_of_value(value: object) -> str:
    try:
        canonical.encode(value)
    except DrawError as fault:
        return fault.code
    return "OK"


def nested(levels: int, core: str = "1") -> bytes:
    return ("[" * levels + core + "]" * levels).encode()


names = st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True)


# Every reader that is exact about texts has to agree with the one that takes the short way.
@given(st.text(st.sampled_from([*'\\"nu0 a', "\n", "\x00", "\u200b", "\u0301", "e", "\u00e9"])), st.booleans())
def test_the_short_way_takes_only_what_the_exact_one_takes(text: str, ascii_only: bool) -> None:
    data = json.dumps(text, ensure_ascii=ascii_only).encode()
    is_good = unicodedata.is_normalized("NFC", text) and not {*map(ord, text)} & FORBIDDEN
    assert (code_of_value(text) == "OK") == is_good
    if ascii_only and not text.isascii():
        assert code_of(data) == ("E_CANON" if is_good else "E_TEXT")
    else:
        assert code_of(data) == ("OK" if is_good else "E_TEXT")


texts = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Mn"])).map(
    lambda text: unicodedata.normalize("NFC", text)
)
values = st.recursive(
    st.none() | st.integers(0, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
    max_leaves=30,
)


@given(values)
def test_a_value_comes_back_from_the_bytes_that_rfc_8785_gives_it(value: object) -> None:
    data = canonical.encode(value)
    assert data == rfc8785.dumps(cast(None, value))  # its type of a JSON value is private
    assert canonical.decode(data) == value


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff", "E_CANON"),
        (b'"\xc0\x80"', "E_CANON"),
        (b'"\xed\xa0\x80"', "E_CANON"),
        (b'"\xf4\x90\x80\x80"', "E_CANON"),
        (b"\xef\xbb\xbf{}", "E_CANON"),
        (b"{}\n", "E_CANON"),
        (b" {}", "E_CANON"),
        (b'{"a": 1}', "E_CANON"),
        (b'{"b":1,"a":1}', "E_CANON"),
        (b"-0", "E_CANON"),
        (b'"\\u0061"', "E_CANON"),
        (b'"\\/"', "E_CANON"),
        (b'"\\ud83d\\ude00"', "E_CANON"),
        (b'"\\"\\\\"', "OK"),
        (b"true", "E_FORMAT"),
        (b"[false]", "E_FORMAT"),
        (b"-1", "E_FORMAT"),
        (b"9007199254740991", "OK"),
        (b"9007199254740992", "E_FORMAT"),
        (b"1" + b"0" * 5000, "E_FORMAT"),
        (b'{"A":1}', "E_FORMAT"),
        (b'{"":1}', "E_FORMAT"),
        (b'{"1a":1}', "E_FORMAT"),
        (b'{"a-b":1}', "E_FORMAT"),
        (b'{"' + b"a" * 40 + b'":1}', "OK"),
        (b'{"' + b"a" * 41 + b'":1}', "E_FORMAT"),
        (b'{"a\\n":1}', "E_TEXT"),
        ('{"é":1}'.encode(), "E_FORMAT"),
        ('{"e\u0301":1}'.encode(), "E_TEXT"),
        ('"e\u0301"'.encode(), "E_TEXT"),
        ('"\u0301"'.encode(), "OK"),
        ('"\uf900"'.encode(), "E_TEXT"),
        (b'"\\ud800"', "E_TEXT"),
        (b'"\\udc00\\ud800"', "E_TEXT"),
        (b'"\\u0000"', "E_TEXT"),
        (b'"\\n"', "E_TEXT"),
        (b'"\\\\n"', "OK"),
        (b'"\\\\\\n"', "E_TEXT"),
        (b'"\\\\u0000"', "OK"),
        (b'{"a\\t":1}', "E_TEXT"),
        (b'"\x7f"', "E_TEXT"),
    ],
)
def test_one_byte_form_and_no_other(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff[1.5", "E_CANON"),
        (nested(33, "1.5"), "E_FORMAT"),
        (nested(33, '"\\u0000"'), "E_FORMAT"),
        (nested(40) + b"x", "E_CANON"),
        (b'[true,"\\u0000"]', "E_TEXT"),
        (b'[-1,"\\ud800"]', "E_TEXT"),
        (b'{"A":1,"a":"\\u200b"}', "E_TEXT"),
        (b'{"a":1, "A":1}', "E_FORMAT"),
        (b"[ true]", "E_FORMAT"),
        (b'{"b":"\\u200b","a":1}', "E_TEXT"),
        (b'{"a":1,"a":"\\u200b"}', "E_CANON"),
    ],
)
def test_of_two_faults_the_earlier_stage_wins(data: bytes, code: str) -> None:
    assert code_of(data) == code


@pytest.mark.parametrize("core", ["1", "", '"a"', "null"])
def test_thirty_two_levels_are_the_most(core: str) -> None:
    assert code_of(nested(32, core)) == "OK"
    assert code_of(nested(33, core)) == "E_FORMAT"
    assert code_of(nested(5000, core)) == "E_FORMAT"
    assert code_of(b'{"a":' * 32 + b"1" + b"}" * 32) == "OK"
    assert code_of(b'{"a":' * 33 + b"{}" + b"}" * 33) == "E_FORMAT"


DEEP = 100_000
"""Levels: at 70,000 a recursive reader is at the end of a stack of 8 MiB."""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"[" * DEEP, "E_CANON"),
        (b'{"a":' * DEEP, "E_CANON"),
        (b'["]",' * DEEP, "E_CANON"),
        (b'["\\"]",' * DEEP, "E_CANON"),
        (nested(DEEP), "E_FORMAT"),
    ],
)
def test_a_deep_file_is_harmless_whatever_the_interpreter_allows(data: bytes, code: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10**6)  # as some libraries do, and then the stack ends before the limit
    try:
        assert code_of(data) == code
    finally:
        sys.setrecursionlimit(limit)


def test_brackets_in_strings_do_not_count() -> None:
    for text in ("[[[", "]]]", '"[', '\\"[', "{}" * 40, "[" * 100):
        assert code_of(canonical.encode({"a": [text, {"b": text}]})) == "OK"


def test_each_forbidden_code_point_is_refused_and_no_other() -> None:
    for point in range(0x110000):
        is_found = canonical._FORBIDDEN.search(chr(point)) is not None
        assert is_found == (point in FORBIDDEN), hex(point)


def test_the_quotation_mark_and_the_backslash_compose_with_nothing() -> None:
    # What one look at a whole text, instead of one at each string in it, rests on.
    assert [unicodedata.combining(mark) for mark in '"\\'] == [0, 0]
    for point in range(sys.maxunicode + 1):
        if not 0xD800 <= point <= 0xDFFF:
            one = chr(point)
            alone = unicodedata.normalize("NFC", one)
            assert unicodedata.normalize("NFC", f'"{one}"\\{one}\\') == f'"{alone}"\\{alone}\\'


class Colour(StrEnum):
    RED = "red"


class Word(str):
    pass


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "E_FORMAT"),
        (1.0, "E_FORMAT"),
        (float("nan"), "E_FORMAT"),
        ((1, 2), "E_FORMAT"),
        (b"a", "E_FORMAT"),
        ({1, 2}, "E_FORMAT"),
        ({1: 2}, "E_FORMAT"),
        ({None: 2}, "E_FORMAT"),
        ({"A": 2}, "E_FORMAT"),
        (-1, "E_FORMAT"),
        (2**53, "E_FORMAT"),
        (10**100, "E_FORMAT"),
        (Colour.RED, "E_FORMAT"),
        (Word("a"), "E_FORMAT"),
        ("\ud800", "E_TEXT"),
        ("\n", "E_TEXT"),
        ("\\n", "OK"),
        ({"a\n": 1}, "E_TEXT"),
        ("e\u0301", "E_TEXT"),
        ([True, "\u200b"], "E_TEXT"),
        (["\u0301", '"'], "OK"),
    ],
)
def test_a_python_value_without_canonical_form_is_refused_with_the_code_of_the_file(value: object, code: str) -> None:
    assert code_of_value(value) == code


def test_a_value_that_holds_itself_is_too_deep() -> None:
    endless: list[object] = []
    endless.append(endless)
    assert code_of_value(endless) == "E_FORMAT"


@given(st.binary() | st.text().map(str.encode))
def test_no_bytes_whatever_do_more_than_earn_a_code(data: bytes) -> None:
    if code_of(data) == "OK":
        assert canonical.encode(canonical.decode(data)) == data


def test_the_fault_names_its_place() -> None:
    with pytest.raises(DrawError, match="E_TEXT") as caught:
        canonical.decode(b'{"a":[1,{"b":"\\u200b"}]}')
    assert caught.value.why("en") == "a[1].b: holds U+200B, which is not allowed"
    assert caught.value.why("en-GB") == caught.value.why("en")
    assert caught.value.why("zh-CN").startswith("a[1].b：")
