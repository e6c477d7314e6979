"""The witness's decision against every vector, and what it must remember."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import witness
from audit.checkpoint import open_checkpoint
from audit.cosignature import Cosigner, WrongCosignature, verify_cosignatures
from audit.note import MalformedNote, parse_vkey
from audit.witness import Answer, Seen, Suspicion

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
WITNESS = VECTORS["witness"]
NOW = WITNESS["timestamp_of_responses"]
LOGS = {WITNESS["origin"]: parse_vkey(WITNESS["log_vkey"])}
SEED = next(key["seed_hex"] for key in VECTORS["keys"]["keys"] if key["vkey"] == WITNESS["witness_vkey"])
COSIGNER = Cosigner(parse_vkey(WITNESS["witness_vkey"]).name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED)))
BY_NAME = {case["name"]: case for case in WITNESS["cases"]}


def state_of(case: dict[str, Any]) -> Seen | None:
    state = case["state"]
    return Seen(state["size"], bytes.fromhex(state["root_hex"])) if state else None


def answer_to(name: str) -> Answer:
    case = BY_NAME[name]
    return witness.add_checkpoint(state_of(case), case["request"].encode(), LOGS, COSIGNER, NOW)


@pytest.mark.parametrize("name", BY_NAME)
def test_witness_vectors(name: str) -> None:
    case = BY_NAME[name]
    answer = answer_to(name)
    assert answer.status == case["status"]
    if "response_body" in case:
        assert answer.body == case["response_body"].encode()
    if answer.status == 409:
        assert answer.content_type == WITNESS["conflict_content_type"]
    assert (answer.seen is not None) == (answer.status == 200)


def test_what_it_remembers_is_the_cosigned_checkpoint_without_strangers_lines() -> None:
    seen = answer_to("unknown signatures beside the log's").seen
    assert seen is not None
    kept = open_checkpoint(seen.checkpoint, LOGS[WITNESS["origin"]])
    assert (kept.size, kept.root) == (seen.size, seen.root)
    assert [item.time for item in verify_cosignatures(kept, [COSIGNER.key])] == [NOW]
    assert {signature.name for signature in kept.note.signatures} == {WITNESS["origin"], COSIGNER.name}


def test_two_signed_roots_of_one_size_are_kept_as_evidence() -> None:
    answer = answer_to("split view, same size")
    assert answer.suspicion is Suspicion.SPLIT_VIEW
    assert open_checkpoint(answer.checkpoint, LOGS[WITNESS["origin"]]).size == 7


def test_a_history_without_proof_raises_the_alarm_and_a_stranger_does_not() -> None:
    assert answer_to("rewritten history").suspicion is Suspicion.NOT_AN_EXTENSION
    for name in ("signed by another key", "broken signature", "unknown origin", "stale old size", "growth 3 to 7"):
        assert answer_to(name).suspicion is None


@pytest.mark.parametrize(
    "name", ["first checkpoint", "growth 3 to 7", "growth 4 to 8, power of two", "same size again"]
)
def test_a_log_asks_as_the_vectors_ask_and_takes_the_cosignature_from_the_answer(name: str) -> None:
    data = BY_NAME[name]["request"].encode()
    request = witness.parse_request(data)
    assert witness.compose_request(request.old, request.proof, request.verbatim) == data
    (line,) = witness.read_answer(request.checkpoint, answer_to(name).body, COSIGNER.key)
    assert bytes(line) == answer_to(name).body


def test_in_an_answer_strangers_are_ignored_and_a_wrong_cosignature_is_not() -> None:
    checkpoint = witness.parse_request(BY_NAME["first checkpoint"]["request"].encode()).checkpoint
    stranger = Cosigner("stranger.example", Ed25519PrivateKey.from_private_bytes(b"9" * 32))
    body = bytes(stranger.cosign(checkpoint, NOW))
    assert witness.read_answer(checkpoint, body, COSIGNER.key) == ()
    own = COSIGNER.cosign(checkpoint, NOW)
    assert witness.read_answer(checkpoint, body + bytes(own), COSIGNER.key) == (own,)
    with pytest.raises(WrongCosignature):
        witness.read_answer(checkpoint, answer_to("growth 3 to 7").body, COSIGNER.key)
    for odd in (b"", b"7\n", b"\n", body[:-1]):
        with pytest.raises(MalformedNote):
            witness.read_answer(checkpoint, odd, COSIGNER.key)


def test_the_origin_of_a_request_is_known_before_the_state() -> None:
    assert witness.origin_of(BY_NAME["first checkpoint"]["request"].encode()) == WITNESS["origin"]
    assert witness.origin_of(b"old 0\n\nnothing\n") is None


def test_the_monitoring_path() -> None:
    assert witness.monitor_path(WITNESS["origin"]) == WITNESS["monitor_path"]


@settings(deadline=None)
@given(st.sampled_from(sorted(BY_NAME)), st.integers(0), st.integers(1, 255))
def test_a_request_with_one_other_byte_never_crashes_and_never_moves_the_witness_elsewhere(
    name: str, at: int, change: int
) -> None:
    case = BY_NAME[name]
    data = bytearray(case["request"].encode())
    data[at % len(data)] ^= change
    answer = witness.add_checkpoint(state_of(case), bytes(data), LOGS, COSIGNER, NOW)
    assert answer.status in (200, 400, 403, 404, 409, 422)
    if answer.seen is not None:
        signed = open_checkpoint(answer.seen.checkpoint, LOGS[WITNESS["origin"]])
        assert signed.note.text in case["request"].encode()
