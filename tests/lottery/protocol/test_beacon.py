"""drand quicknet: published rounds, signatures to be refused, and a second library's opinion."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from py_arkworks_bls12381 import G1Point

from lottery.protocol import beacon
from lottery.protocol.errors import BlsMissingError, DrawError

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "drand_quicknet.json").read_text())
VALID, INVALID = VECTORS["valid"], VECTORS["invalid"]

COFACTOR = 0x396C8C005555E1568C00AAAB0000AAAB  # of G1, RFC 9380 section 8.8.1 (h, not h_eff)


def code_of(number: int, signature: str) -> str:
    try:
        beacon.verify_round(number, signature)
    except DrawError as fault:
        return fault.code
    return "OK"


def test_the_pinned_chain_is_the_published_one() -> None:
    info, pinned = VECTORS["chain_info"], beacon.PINNED
    assert (pinned["chain_hash"], pinned["scheme"]) == (info["hash"], info["schemeID"])
    assert (pinned["genesis_time"], pinned["period"]) == (info["genesis_time"], info["period"])
    assert pinned["public_key"] == info["public_key"]
    covered = (
        pinned["period"].to_bytes(4, "big")
        + pinned["genesis_time"].to_bytes(8, "big")
        + bytes.fromhex(pinned["public_key"])
        + bytes.fromhex(info["groupHash"])
        + b"quicknet"
    )
    assert hashlib.sha256(covered).hexdigest() == pinned["chain_hash"]


@pytest.mark.parametrize("vector", VALID, ids=lambda vector: str(vector["round"]))
def test_a_published_round_verifies(vector: dict[str, Any]) -> None:
    assert beacon.message(vector["round"]).hex() == vector["message"]
    assert beacon.round_time(vector["round"]) == vector["time"]
    assert beacon.verify_round(vector["round"], vector["signature"]) == vector["randomness"]


@pytest.mark.parametrize("vector", INVALID, ids=lambda vector: vector["why"][:30])
def test_a_signature_that_must_be_refused_is(vector: dict[str, Any]) -> None:
    wanted = "E_BEACON_SIG" if len(vector["signature"]) == 96 else "E_BEACON"
    assert code_of(vector["round"], vector["signature"]) == wanted


def test_a_second_library_agrees_on_a_round() -> None:
    from tests.lottery.protocol import second_library as second

    assert second.pairing_holds(1000, second.decompressed(VALID[2]["signature"]))
    assert not second.pairing_holds(1000, second.neg(second.decompressed(VALID[2]["signature"])))


def test_a_point_of_small_order_is_refused_although_the_equation_holds() -> None:
    from tests.lottery.protocol import second_library as second

    torsion, genuine = second.point_of_small_order(), second.decompressed(VALID[2]["signature"])
    assert second.is_on_curve(torsion, second.b)
    assert second.multiply(torsion, COFACTOR)[2] == second.FQ(0)
    moved = second.add(genuine, torsion)
    assert second.pairing_holds(1000, moved)
    assert code_of(1000, second.compressed(moved)) == "E_BEACON_SIG"
    assert code_of(1000, second.compressed(torsion)) == "E_BEACON_SIG"
    assert code_of(1000, second.compressed(second.add(moved, second.neg(torsion)))) == "OK"


def test_a_decoder_that_does_not_test_the_subgroup_is_not_relied_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.lottery.protocol import second_library as second

    class Lax:
        from_compressed_bytes = staticmethod(G1Point.from_compressed_bytes_unchecked)
        identity = staticmethod(G1Point.identity)
        hash_to_curve = staticmethod(G1Point.hash_to_curve)

    monkeypatch.setattr("py_arkworks_bls12381.G1Point", Lax)
    moved = second.add(second.decompressed(VALID[2]["signature"]), second.point_of_small_order())
    assert code_of(1000, VALID[2]["signature"]) == "OK"
    assert code_of(1000, second.compressed(moved)) == "E_BEACON_SIG"


def test_the_point_at_infinity_is_refused_in_every_spelling() -> None:
    from tests.lottery.protocol import second_library as second

    assert second.compressed(second.Z1) == "c" + "0" * 95
    for signature in ("c" + "0" * 95, "e" + "0" * 95, "c" + "0" * 94 + "1", "4" + "0" * 95):
        assert code_of(1000, signature) == "E_BEACON_SIG"


def test_an_x_that_is_not_below_the_prime_is_refused() -> None:
    from tests.lottery.protocol import second_library as second

    for x in (second.p, second.p + 1, 2**381 - 1):
        assert code_of(1000, f"{x | 1 << 383:096x}") == "E_BEACON_SIG"


@pytest.mark.parametrize("signature", ["", "0" * 95, "B" + VALID[2]["signature"][1:], VALID[2]["signature"] + "\n"])
def test_only_ninety_six_lower_case_digits_are_looked_at(signature: str) -> None:
    assert code_of(1000, signature) == "E_BEACON"


@pytest.mark.parametrize("number", [0, -1, 2**53, 2**64])
def test_a_round_has_a_number_in_range(number: int) -> None:
    assert code_of(number, VALID[2]["signature"]) == "E_BEACON"


@given(st.integers(0, 383))
def test_one_flipped_bit_of_a_signature_is_found(bit: int) -> None:
    flipped = int(VALID[2]["signature"], 16) ^ 1 << bit
    assert code_of(1000, f"{flipped:096x}") == "E_BEACON_SIG"


def test_without_a_library_nothing_is_accepted_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)
    with pytest.raises(BlsMissingError):
        beacon.verify_round(1000, VALID[2]["signature"])


@given(st.integers(1, 2**53 - 1))
def test_the_first_round_at_its_own_time_is_the_round_itself(number: int) -> None:
    due = beacon.round_time(number)
    assert beacon.first_round_at(due) == number
    assert beacon.first_round_at(due + 1) == beacon.first_round_at(due + 3) == number + 1


@given(st.integers(0, 2**40))
def test_the_first_round_is_not_before_the_time_and_the_one_before_it_is(time: int) -> None:
    number = beacon.first_round_at(time)
    assert beacon.round_time(number) >= time
    assert number == 1 or beacon.round_time(number - 1) < time
