"""Evidence on paper: what goes into the codes comes out of them, byte for byte, or nothing does."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from lottery.protocol import canonical
from lottery.protocol.errors import DrawError
from lottery.protocol.qr_chain import MAX_CODES, ChainError, TooLarge, base45, from_base45, join, split

Build = Callable[..., dict[str, Any]]

REFERENCE = json.loads((Path(__file__).parents[2] / "vectors" / "lottery_reference.json").read_text("utf-8"))
CASES = {case["name"]: canonical.encode(case["evidence"]) for case in REFERENCE["cases"]}
POOL = {f"A-{number}": 1 + number % 3 for number in range(100, 300)}


@pytest.fixture(scope="module")
def evidence(a_draw: Build) -> bytes:
    return canonical.encode(a_draw(pool=POOL, removed=(1,)))


@pytest.fixture(scope="module")
def codes(evidence: bytes) -> list[str]:
    found = split(evidence)
    assert isinstance(found, list)
    assert len(found) > 3
    return found


@pytest.mark.parametrize(
    ("plain", "encoded"), [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
)
def test_base45_is_that_of_the_rfc(plain: str, encoded: str) -> None:
    assert base45(plain.encode()) == encoded
    assert from_base45(encoded) == plain.encode()


@given(st.binary(max_size=200))
def test_base45_gives_back_any_bytes(data: bytes) -> None:
    assert from_base45(base45(data)) == data


@pytest.mark.parametrize("text", ["A", "ABCD", "GGX", ":::", "::", "ab", "A\n0", "Ⅷ00"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not base45"):
        from_base45(text)


@pytest.mark.parametrize("name", CASES)
def test_every_reference_case_comes_back_or_is_too_large(name: str) -> None:
    made = split(CASES[name])
    if isinstance(made, TooLarge):
        assert made.codes > MAX_CODES
        assert len(CASES[name]) > 15_000
    else:
        assert len(made) <= MAX_CODES
        assert join(made) == CASES[name]


def test_a_few_hundred_agents_fit_and_ten_thousand_do_not(a_draw: Build) -> None:
    assert isinstance(split(canonical.encode(a_draw(pool={f"A-{one}": 1 for one in range(500)}))), list)
    assert isinstance(split(canonical.encode(a_draw(pool={f"A-{one}": 1 for one in range(10_000)}))), TooLarge)


def test_every_code_is_alphanumeric_and_small_enough_for_a_telephone(codes: list[str]) -> None:
    for code in codes:
        made = segno.make(code, error="m", micro=False)
        assert made.mode == "alphanumeric"
        assert isinstance(made.version, int)
        assert made.version <= 15


@given(seed=st.integers(0, 2**32), doubled=st.integers(0, 3))
def test_order_and_repetition_do_not_matter(codes: list[str], evidence: bytes, seed: int, doubled: int) -> None:
    read = [*codes, *codes[:doubled]]
    random.Random(seed).shuffle(read)
    assert join(read) == evidence


def test_a_missing_code_is_named(codes: list[str]) -> None:
    with pytest.raises(ChainError, match=f"还缺第 2 码，共 {len(codes)} 码"):
        join([codes[0], *codes[2:]])


def test_no_code_at_all_gives_nothing() -> None:
    with pytest.raises(ChainError, match="没有读到码"):
        join([])


def test_codes_of_two_files_are_not_mixed(codes: list[str], a_draw: Build) -> None:
    other = split(canonical.encode(a_draw()))
    assert isinstance(other, list)
    with pytest.raises(ChainError, match="不同的证据包"):
        join([*codes, *other])


def test_one_number_with_two_contents_is_refused(codes: list[str]) -> None:
    with pytest.raises(ChainError, match="第 1 码"):
        join([*codes, codes[0] + "00"])


@pytest.mark.parametrize(
    "code",
    [
        "",
        "MT1/1/1/0123456789ABCDEF/",
        "MT1/0/1/0123456789ABCDEF/00",
        "MT1/2/1/0123456789ABCDEF/00",
        "MT1/01/1/0123456789ABCDEF/00",
        "MT1/1/41/0123456789ABCDEF/00",
        "MT1/1/1/0123456789abcdef/00",
        "MT1/1/1/0123456789ABCDEF/00\n",
        "MT2/1/1/0123456789ABCDEF/00",
        "https://example.org/",
    ],
)
def test_what_is_no_code_of_a_chain_is_refused(code: str) -> None:
    with pytest.raises(ChainError, match="不是证据包的二维码"):
        join([code])


def in_one(packed: bytes, mark: str = "0123456789ABCDEF") -> list[str]:
    return [f"MT1/1/1/{mark}/{base45(packed)}"]


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    "packed", [b"\xff\xff", deflated(b"{}")[:-1], deflated(b"{}") + b"\0", deflated(b"\0" * 2**23)]
)
def test_what_does_not_unfold_is_refused(packed: bytes) -> None:
    with pytest.raises(ChainError, match="不能解压"):
        join(in_one(packed))


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"null", b'{"plan":null}', b"{ }", b"\xff"])
def test_what_holds_no_draw_is_refused(payload: bytes) -> None:
    with pytest.raises(DrawError):
        join(in_one(deflated(payload)))
    with pytest.raises(DrawError):
        split(payload)


def test_evidence_under_another_mark_is_refused(evidence: bytes, codes: list[str]) -> None:
    mark = codes[0].split("/")[3]
    with pytest.raises(ChainError, match="校验码不符"):
        join([code.replace(mark, "0123456789ABCDEF") for code in codes])


def test_evidence_with_another_result_does_not_become_codes(a_draw: Build) -> None:
    wrong = a_draw()
    wrong["result"]["winners"].reverse()
    with pytest.raises(ChainError, match="结果不是由其余各项算出的"):
        split(canonical.encode(wrong))


@given(at=st.integers(0, 10**6), letter=st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
def test_a_letter_misread_never_gives_another_file(codes: list[str], evidence: bytes, at: int, letter: str) -> None:
    whole = "\n".join(codes)
    at %= len(whole)
    read = (whole[:at] + letter + whole[at + 1 :]).split("\n")
    try:
        found = join(read)
    except (ChainError, DrawError):
        return
    assert found == evidence
