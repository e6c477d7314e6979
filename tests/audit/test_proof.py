"""Offline proofs against the C2SP vectors."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import proof
from audit.cosignature import parse_witnesses
from audit.errors import Refusal
from audit.note import parse_vkey
from audit.proof import MalformedProof, Proof

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
PROOFS = VECTORS["proofs"]


@pytest.mark.parametrize("case", PROOFS["cases"], ids=lambda case: case["name"])
def test_proof_vectors(case: dict[str, Any]) -> None:
    key, witnesses = parse_vkey(PROOFS["vkey"]), parse_witnesses(PROOFS["witnesses"])
    data, entry = case["proof"].encode(), bytes.fromhex(case["entry_hex"])
    if not case["ok"]:
        with pytest.raises(Refusal):
            proof.verify_proof(proof.parse_proof(data), entry, key, witnesses, case["quorum"], PROOFS["origin"])
        return
    read = proof.parse_proof(data)
    assert bytes(read) == data
    assert read.index == case["index"]
    assert (read.extra or b"").hex() == case.get("extra_hex", "")
    checkpoint, _ = proof.verify_proof(read, entry, key, witnesses, case["quorum"], PROOFS["origin"])
    assert checkpoint.origin == PROOFS["origin"]


hashes = st.binary(min_size=32, max_size=32)


@given(st.integers(0, 2**63 - 1), st.lists(hashes, max_size=63), st.none() | st.binary(max_size=50))
def test_proof_files_both_ways(index: int, path: list[bytes], extra: bytes | None) -> None:
    written = Proof(index, tuple(path), b"log.example\n0\n", extra)
    assert proof.parse_proof(bytes(written)) == written


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for sample in (data, proof.HEADER + b"\n" + data, proof.HEADER + b"\nindex 1\n" + data):
        try:
            proof.parse_proof(sample)
        except MalformedProof:
            continue


def test_no_tree_needs_more_than_63_hashes() -> None:
    with pytest.raises(MalformedProof):
        proof.parse_proof(bytes(Proof(0, (bytes(32),) * 64, b"")))
