"""Signed notes and verifier keys against the C2SP vectors."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from audit import note
from audit.note import BadKey, BadNote, MalformedNote, NoteSignatureWrong, NotSigned, Signer, VerifierKey

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
KEYS = VECTORS["keys"]
SIGNER = Signer("log.example", Ed25519PrivateKey.from_private_bytes(bytes(32)))


@pytest.mark.parametrize("case", KEYS["keys"], ids=lambda case: case["what"])
def test_keys_have_the_ids_and_texts_of_the_vectors(case: dict[str, Any]) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["seed_hex"]))
    key = VerifierKey(case["name"], case["type"], private.public_key().public_bytes_raw())
    assert key.public.hex() == case["public_hex"]
    assert key.id.hex() == case["key_id_hex"]
    assert str(key) == case["vkey"]
    assert note.parse_vkey(case["vkey"]) == key


def test_the_type_changes_the_id() -> None:
    other = note.parse_vkey(KEYS["same_key_bytes_other_type"]["vkey"])
    assert other.id.hex() == KEYS["same_key_bytes_other_type"]["key_id_hex"]
    assert other.public.hex() == KEYS["keys"][0]["public_hex"]


@pytest.mark.parametrize("case", KEYS["bad_vkeys"], ids=lambda case: case["reason"])
def test_bad_vkeys_are_refused(case: dict[str, str]) -> None:
    with pytest.raises(BadKey):
        note.parse_vkey(case["vkey"])


@pytest.mark.parametrize(
    "vkey", ["", "+", "++", "a+00000000+", "a b+00000000+AA==", "\udcff+00000000+AA==", "a+1+\udcff"]
)
def test_odd_arguments_are_refused_as_keys(vkey: str) -> None:
    with pytest.raises(BadKey):
        note.parse_vkey(vkey)


@pytest.mark.parametrize("case", VECTORS["published_notes"]["vkeys"], ids=lambda case: case["vkey"][:30])
def test_published_vkeys(case: dict[str, Any]) -> None:
    if case["key_id_matches"]:
        assert str(note.parse_vkey(case["vkey"])) == case["vkey"]
    else:
        with pytest.raises(BadKey):
            note.parse_vkey(case["vkey"])


@pytest.mark.parametrize("case", VECTORS["published_notes"]["notes"], ids=lambda case: case["name"])
def test_published_notes_open_and_come_back_to_the_byte(case: dict[str, Any]) -> None:
    data = case["note"].encode()
    opened = note.open_note(data, [note.parse_vkey(case["vkey"])])
    assert bytes(opened) == data
    with pytest.raises(NoteSignatureWrong):
        note.open_note(data.replace(b"\n", b" \n", 1), [note.parse_vkey(case["vkey"])])


@given(st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"]), min_size=1), st.integers(0, 10**6))
def test_what_was_signed_opens_and_one_flipped_bit_does_not(text: str, at: int) -> None:
    data = note.sign_note(text.encode() + b"\n", [SIGNER])
    assert note.open_note(data, [SIGNER.key]).text == text.encode() + b"\n"
    bit = at % (8 * len(data))
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadNote):
        note.open_note(bytes(flipped), [SIGNER.key])


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for sample in (data, b"text\n\n" + data, b"text\n\n" + "— ".encode() + data + b"\n"):
        with pytest.raises(BadNote):
            note.open_note(sample, [SIGNER.key])


def test_a_text_may_hold_empty_lines() -> None:
    data = note.sign_note(b"one\n\ntwo\n\n\n", [SIGNER])
    assert note.open_note(data, [SIGNER.key]).text == b"one\n\ntwo\n\n\n"


def test_a_hundred_signatures_are_enough() -> None:
    other = Signer("other.example", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
    assert note.open_note(note.sign_note(b"text\n", [SIGNER] + [other] * 99), [SIGNER.key])
    with pytest.raises(MalformedNote):
        note.open_note(note.sign_note(b"text\n", [SIGNER] + [other] * 100), [SIGNER.key])


def test_a_wrong_second_signature_of_a_known_key_condemns_the_note() -> None:
    data = note.sign_note(b"text\n", [SIGNER])
    wrong = note.Signature(SIGNER.name, SIGNER.key.id, bytes(64))
    with pytest.raises(NoteSignatureWrong):
        note.open_note(data + bytes(wrong), [SIGNER.key])


def test_the_wrong_key_is_named() -> None:
    other = Signer("other.example", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
    with pytest.raises(NotSigned) as refusal:
        note.open_note(note.sign_note(b"text\n", [SIGNER]), [other.key])
    assert "other.example" in refusal.value.message("en")


@given(st.binary(max_size=40))
def test_base64_has_one_text_for_each_value(data: bytes) -> None:
    text = b64encode(data)
    assert note.decode_base64(text) == data
    for other in (text + b"\n", b" " + text, text + b"=", text[:-1] + b"*"):
        assert note.decode_base64(other) is None
