"""Checkpoints against the C2SP vectors."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import checkpoint, merkle
from audit.checkpoint import BadCheckpoint, OtherOrigin
from audit.errors import Refusal
from audit.note import Signer, parse_vkey, sign_note

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
CHECKPOINTS = VECTORS["checkpoints"]
TESSERA = VECTORS["published_notes"]["tessera_log"]


@pytest.mark.parametrize("case", CHECKPOINTS["cases"], ids=lambda case: case["name"])
def test_checkpoint_vectors(case: dict[str, Any]) -> None:
    key = parse_vkey(CHECKPOINTS["vkey"])
    if not case["ok"]:
        with pytest.raises(Refusal):
            checkpoint.open_checkpoint(case["note"].encode(), key, CHECKPOINTS["origin"])
        return
    opened = checkpoint.open_checkpoint(case["note"].encode(), key, CHECKPOINTS["origin"])
    assert (opened.origin, opened.size, opened.root.hex()) == (case["origin"], case["size"], case["root_hex"])
    assert opened.note.text == case["text"].encode()


@pytest.mark.parametrize(
    "case", [case for case in VECTORS["published_notes"]["notes"] if case["checkpoint"]], ids=lambda case: case["name"]
)
def test_published_checkpoints(case: dict[str, Any]) -> None:
    key = parse_vkey(case["vkey"])
    assert checkpoint.open_checkpoint(case["note"].encode(), key, case["origin"]).size == case["size"]
    with pytest.raises(OtherOrigin):
        checkpoint.open_checkpoint(case["note"].encode(), key)


@pytest.mark.parametrize("size", range(16))
def test_the_checkpoints_of_a_log_that_another_program_wrote(size: int) -> None:
    opened = checkpoint.open_checkpoint(TESSERA["checkpoints_by_size"][size].encode(), parse_vkey(TESSERA["vkey"]))
    tile = bytes.fromhex(TESSERA["tile_hex"])
    assert opened.size == size
    assert opened.root == merkle.root(tile[32 * at : 32 * at + 32] for at in range(size))


def test_signing_is_the_vectors_signing() -> None:
    case, key = CHECKPOINTS["cases"][0], VECTORS["keys"]["keys"][0]
    signer = Signer(key["name"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key["seed_hex"])))
    signed = checkpoint.sign_checkpoint(signer, case["size"], bytes.fromhex(case["root_hex"]))
    assert signed == case["note"].encode()


def test_a_size_beyond_63_bits_is_no_size() -> None:
    signer = Signer("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    text = checkpoint.checkpoint_text("log.example", 2**63 - 1, bytes(32))
    assert checkpoint.open_checkpoint(sign_note(text, [signer]), signer.key).size == 2**63 - 1
    for size in (2**63, 10**19, 10**5000):
        beyond = text.replace(b"9223372036854775807", b"1" + b"0" * 5000 if size > 10**20 else b"%d" % size)
        with pytest.raises(BadCheckpoint):
            checkpoint.open_checkpoint(sign_note(beyond, [signer]), signer.key)
