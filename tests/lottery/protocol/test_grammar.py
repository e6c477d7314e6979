"""Stage 1.2: JSON from left to right, stopping at the first fault."""

from __future__ import annotations

import json
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery.protocol import grammar
from lottery.protocol.errors import DrawError


def code_of(text: str) -> str:
    try:
        grammar.read(text)
    except DrawError as fault:
        return fault.code if fault.why("zh").isprintable() and fault.why("en").isprintable() else "more than one line"
    return "OK"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "E_CANON"),
        (" ", "E_CANON"),
        ("\ufeff{}", "E_CANON"),
        ("{} {}", "E_CANON"),
        ("{}\x00", "E_CANON"),
        ("[1,]", "E_CANON"),
        ("[,1]", "E_CANON"),
        ("[1 2]", "E_CANON"),
        ('{"a":1,}', "E_CANON"),
        ('{"a" 1}', "E_CANON"),
        ('{"a":}', "E_CANON"),
        ("{a:1}", "E_CANON"),
        ("{1:1}", "E_CANON"),
        ("[1}", "E_CANON"),
        ('{"a":1]', "E_CANON"),
        ("[", "E_CANON"),
        ("nul", "E_CANON"),
        ("True", "E_CANON"),
        ("truefalse", "E_CANON"),
        ("'a'", "E_CANON"),
        ('"a', "E_CANON"),
        ('"\t"', "E_CANON"),
        ('"\x7f"', "OK"),
        ('"\\x"', "E_CANON"),
        ('"\\u12g4"', "E_CANON"),
        ('"\\u12"', "E_CANON"),
        ('"\\u+123"', "E_CANON"),
        ('"\\ud800\\u12x4"', "E_CANON"),
        ('"\\ud800"', "OK"),
        ('"\\', "E_CANON"),
        ("\u00a0{}", "E_CANON"),
        ("\f{}", "E_CANON"),
        ("// {}", "E_CANON"),
    ],
)
def test_only_the_grammar_of_json_is_read(text: str, code: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.0", "E_FORMAT"),
        ("1e5", "E_FORMAT"),
        ("1E+5", "E_FORMAT"),
        ("-0.0", "E_FORMAT"),
        ("1.5e", "E_FORMAT"),
        ("NaN", "E_FORMAT"),
        ("NaNx", "E_FORMAT"),
        ("Infinity", "E_FORMAT"),
        ("-Infinity", "E_FORMAT"),
        ("-Infinit", "E_CANON"),
        ("+1", "E_CANON"),
        ("01", "E_CANON"),
        ("01.5", "E_CANON"),
        ("-", "E_CANON"),
        ("-a", "E_CANON"),
        ("1.", "E_CANON"),
        (".5", "E_CANON"),
        ("1e", "E_CANON"),
        ("1.e5", "E_CANON"),
        ("0x10", "E_CANON"),
        ("１", "E_CANON"),
        ("-0", "OK"),
        ("-1", "OK"),
    ],
)
def test_a_number_that_is_no_integer_has_a_code_of_its_own(text: str, code: str) -> None:
    assert code_of(text) == code
    assert code_of(f"[{text}]") == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[1.5,", "E_FORMAT"),
        ("[1.5 x", "E_FORMAT"),
        ("[x,1.5]", "E_CANON"),
        ('{"a":1,"a":1.5}', "E_FORMAT"),
        ('{"a":1,"a":2} 1.5', "E_CANON"),
        ('[{"a":1,"a":2},1.5]', "E_CANON"),
        ('[1.5,{"a":1,"a":2}]', "E_FORMAT"),
        ('{"a":1,"a":2', "E_CANON"),
        ("{} 1.5", "E_CANON"),
    ],
)
def test_the_first_fault_from_the_left_is_the_one_reported(text: str, code: str) -> None:
    assert code_of(text) == code


def test_equal_names_are_noticed_after_unescaping_and_only_within_one_object() -> None:
    assert code_of('{"a":1,"\\u0061":2}') == "E_CANON"
    assert code_of('{"a":{"a":1},"b":{"a":1}}') == "OK"
    assert code_of('{"a":{"b":1,"b":2}}') == "E_CANON"
    assert code_of('{"a":1,"a":2,"b":3}') == "E_CANON"
    assert code_of('{"a":1,"b":2,"a":3}') == "E_CANON"


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_the_deepest_file_does_not_end_the_program(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    assert code_of(opening * 200_000) == "E_CANON"
    assert code_of(opening * 200_000 + "1" + closing * 200_000) == "OK"


def test_an_integer_of_any_length_is_read_in_a_moment() -> None:
    assert code_of("9" * 1_000_000) == "OK"
    assert not 0 <= cast(int, grammar.read("9" * 1_000_000)) < 2**53


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(json_values, st.booleans(), st.sampled_from([None, 1]))
def test_every_json_text_is_read_as_the_standard_library_reads_it(
    value: object, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert grammar.read(text) == json.loads(text)


def expected(text: str) -> str:
    """What the standard library makes of it, its hooks standing in for the two codes."""

    def no_fraction(token: str) -> object:
        raise DrawError("E_FORMAT", token, token)

    def no_twins(pairs: list[tuple[str, object]]) -> object:
        if len(dict(pairs)) < len(pairs):
            raise DrawError("E_CANON", "", "")
        return dict(pairs)

    try:
        json.loads(text, parse_float=no_fraction, parse_constant=no_fraction, object_pairs_hook=no_twins)
    except DrawError as fault:
        return fault.code
    except ValueError:
        return "E_CANON"
    return "OK"


@given(st.lists(st.sampled_from([*'{}[],:"\\-+.eE01 \n', '"a":', '"a"', "\\u0061", "NaN", "-Infinity", "null"])))
def test_every_other_text_gets_the_code_that_its_first_fault_earns(tokens: list[str]) -> None:
    text = "".join(tokens)
    assert code_of(text) == expected(text)
