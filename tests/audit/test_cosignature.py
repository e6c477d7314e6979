"""Witnesses' cosignatures, of both kinds, against vectors and real checkpoints."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from audit import cosignature
from audit.checkpoint import open_checkpoint, parse_checkpoint, sign_checkpoint
from audit.cosignature import Cosigner, NoQuorum, WrongCosignature
from audit.note import BadKey, Signer, parse_vkey

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
COSIGNATURES = VECTORS["cosignatures"]
LOG = Signer("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
ONE = Cosigner("one.example", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
TWO = Cosigner("two.example", MLDSA44PrivateKey.from_seed_bytes(b"2" * 32))


@pytest.mark.parametrize("case", COSIGNATURES["cases"], ids=lambda case: case["name"])
def test_cosignature_vectors(case: dict[str, Any]) -> None:
    checkpoint = open_checkpoint(case["note"].encode(), parse_vkey(COSIGNATURES["vkey"]))
    witnesses = cosignature.parse_witnesses(case["witnesses"])
    if case["ok"]:
        found = cosignature.verify_cosignatures(checkpoint, witnesses)
        assert cosignature.signers(found) == case["valid_cosignatures"]
    else:
        with pytest.raises(WrongCosignature):
            cosignature.verify_cosignatures(checkpoint, witnesses)


def test_the_signed_bytes_and_the_line_are_those_of_the_example() -> None:
    example = COSIGNATURES["example"]
    witness = parse_vkey(example["witness_vkey"])
    checkpoint = parse_checkpoint(COSIGNATURES["cases"][0]["note"].encode())
    assert cosignature.message(checkpoint, witness, example["timestamp"]) == example["signed_bytes_text"].encode()
    seed = next(key["seed_hex"] for key in VECTORS["keys"]["keys"] if key["vkey"] == example["witness_vkey"])
    cosigner = Cosigner(witness.name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed)))
    line = cosigner.cosign(checkpoint, example["timestamp"])
    assert bytes(line) == example["signature_line"].encode()
    assert (line.key_id + line.payload).hex() == example["line_payload_hex"]


def test_the_post_quantum_vector_verifies() -> None:
    case = COSIGNATURES["ml_dsa_44"]
    witness = parse_vkey(case["vkey"])
    assert witness.id.hex() == case["key_id_hex"]
    checkpoint = open_checkpoint(case["note"].encode(), parse_vkey(COSIGNATURES["vkey"]))
    assert cosignature.message(checkpoint, witness, case["timestamp"]).hex() == case["signed_bytes_hex"]
    (found,) = cosignature.verify_cosignatures(checkpoint, [witness])
    assert found.time == case["timestamp"]
    cosigner = Cosigner(case["name"], MLDSA44PrivateKey.from_seed_bytes(bytes.fromhex(case["seed_hex"])))
    assert cosigner.key == witness


@pytest.mark.parametrize("case", VECTORS["published_notes"]["cosigned"])
def test_real_cosignatures_verify_also_when_a_list_writes_the_keys_as_plain_ones(case: dict[str, Any]) -> None:
    checkpoint = parse_checkpoint(case["note"].encode())
    if "log_vkey" in case:
        open_checkpoint(case["note"].encode(), parse_vkey(case["log_vkey"]), checkpoint.origin)
    witnesses = [parse_vkey(witness["vkey"]) for witness in case["witnesses"]]
    found = cosignature.verify_cosignatures(checkpoint, witnesses)
    times = {str(item.witness): item.time for item in found}
    assert times == {witness["vkey"]: witness["timestamp"] for witness in case["witnesses"]}
    plain = [str(type(witness)(witness.name, 1, witness.public)) for witness in witnesses]
    assert cosignature.parse_witnesses(plain) == witnesses


def cosigned(*lines: tuple[Cosigner, int]) -> bytes:
    signed = sign_checkpoint(LOG, 1, bytes(32))
    checkpoint = parse_checkpoint(signed)
    return signed + b"".join(bytes(cosigner.cosign(checkpoint, time)) for cosigner, time in lines)


def test_a_quorum_counts_witnesses_and_takes_the_earliest_time_it_was_reached() -> None:
    witnesses = [ONE.key, TWO.key]
    checkpoint = parse_checkpoint(cosigned((ONE, 500), (ONE, 100), (TWO, 300), (TWO, 400)))
    found = cosignature.verify_cosignatures(checkpoint, witnesses)
    assert cosignature.signers(found) == 2
    assert [cosignature.quorum_time(found, quorum) for quorum in (0, 1, 2, 3)] == [None, 100, 300, None]
    cosignature.check_quorum(found, 2, 2)
    with pytest.raises(NoQuorum):
        cosignature.check_quorum(found, 3, 2)


@pytest.mark.parametrize("cosigner", [ONE, TWO], ids=["Ed25519", "ML-DSA-44"])
def test_a_cosignature_of_another_time_or_none_is_wrong(cosigner: Cosigner) -> None:
    checkpoint = parse_checkpoint(cosigned((cosigner, 500)))
    line = checkpoint.note.signatures[1]
    for payload in (
        (501).to_bytes(8, "big") + line.payload[8:],
        bytes(8) + line.payload[8:],
        line.payload[:8],
        line.payload[:7],
        line.payload + b"\0",
        line.payload[:-1] + bytes([line.payload[-1] ^ 1]),
    ):
        wrong = sign_checkpoint(LOG, 1, bytes(32)) + bytes(type(line)(line.name, line.key_id, payload))
        with pytest.raises(WrongCosignature):
            cosignature.verify_cosignatures(parse_checkpoint(wrong), [cosigner.key])


def test_one_key_under_two_names_is_not_two_witnesses() -> None:
    alias = type(ONE.key)("alias.example", 4, ONE.key.public)
    assert cosignature.parse_witnesses([str(ONE.key), str(ONE.key)]) == [ONE.key]
    with pytest.raises(BadKey):
        cosignature.parse_witnesses([str(ONE.key), str(alias)])
