"""Receipts: what one proves, and that no other entry, place or tree is proved by it."""

from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import entry, merkle
from audit.cosignature import Cosigner, NoQuorum
from audit.errors import Refusal
from audit.note import BadKey
from audit.proof import Proof
from audit.receipt import OtherPlace, rfc3339, verify_receipt
from tests.audit.logs import FIRST_MILLISECOND, SIGNER, LogFolder, chained

ONE = Cosigner("one.example", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
TWO = Cosigner("two.example", Ed25519PrivateKey.from_private_bytes(b"2" * 32))
WITNESSES = [str(ONE.key), str(TWO.key)]
LOG = LogFolder(Path("unwritten"), chained(70))
CHECKPOINT = LOG.checkpoint(witnesses=[(ONE, 1_785_000_100), (TWO, 1_785_000_050)])


def receipt_of(seq: int, entries: list[bytes] = LOG.entries, checkpoint: bytes = CHECKPOINT) -> bytes:
    leaves = [merkle.leaf_hash(item) for item in entries]
    path = merkle.inclusion_proof(
        lambda level, index, width: b"".join(leaves[index * 256 : index * 256 + width]), seq, len(leaves)
    )
    return bytes(Proof(seq, tuple(path), checkpoint))


@settings(deadline=None)
@given(st.integers(0, 69))
def test_a_receipt_proves_its_entry_and_when_a_quorum_had_seen_it(seq: int) -> None:
    found = verify_receipt(receipt_of(seq), LOG.entries[seq], LOG.vkey, WITNESSES)
    assert str(found) == f"OK seq={seq} size=70 witnesses=2/2 cosigned=2026-07-25T17:21:40Z"
    assert found.logged == FIRST_MILLISECOND + seq
    assert found.entry.seq == seq


def test_the_time_is_the_earliest_at_which_the_quorum_was_reached() -> None:
    def line(witnesses: list[str], quorum: int | None = None) -> str:
        return str(verify_receipt(receipt_of(3), LOG.entries[3], LOG.vkey, witnesses, quorum))

    assert line([]).endswith(" witnesses=0/0 cosigned=-")
    assert line(WITNESSES, 1).endswith(" witnesses=2/2 cosigned=2026-07-25T17:20:50Z")
    assert line(WITNESSES[:1]).endswith(" witnesses=1/1 cosigned=2026-07-25T17:21:40Z")
    with pytest.raises(NoQuorum):
        line(WITNESSES, 3)


@settings(deadline=None)
@given(st.integers(0), st.integers(1, 255), st.booleans())
def test_one_other_byte_in_the_receipt_or_the_entry_is_refused(at: int, change: int, in_entry: bool) -> None:
    files = [bytearray(receipt_of(5)), bytearray(LOG.entries[5])]
    data = files[in_entry]
    data[at % len(data)] ^= change
    with pytest.raises(Refusal):
        verify_receipt(bytes(files[0]), bytes(files[1]), LOG.vkey, WITNESSES)


def test_another_entry_or_another_log_has_no_use_for_it() -> None:
    with pytest.raises(Refusal):
        verify_receipt(receipt_of(5), LOG.entries[6], LOG.vkey)
    with pytest.raises(Refusal):
        verify_receipt(receipt_of(5), LOG.entries[5], str(ONE.key))
    with pytest.raises(BadKey):
        verify_receipt(receipt_of(5), LOG.entries[5], "no key")


def test_an_entry_that_claims_another_place_than_the_tree_gives_it_is_refused() -> None:
    members = orjson.loads(LOG.entries[5])
    entries = [*LOG.entries[:5], orjson.dumps(members | {"seq": 6}, option=orjson.OPT_SORT_KEYS), *LOG.entries[6:]]
    signed = LogFolder(Path("unwritten"), entries).checkpoint()
    with pytest.raises(OtherPlace):
        verify_receipt(receipt_of(5, entries, signed), entries[5], LOG.vkey)


def test_bytes_that_are_no_entry_are_refused_even_where_the_tree_holds_them() -> None:
    entries = [*LOG.entries[:5], b"anything", *LOG.entries[6:]]
    signed = LogFolder(Path("unwritten"), entries).checkpoint()
    with pytest.raises((entry.BadEntry, Refusal)):
        verify_receipt(receipt_of(5, entries, signed), entries[5], str(SIGNER.key))


def test_times_are_written_as_rfc_3339_writes_them() -> None:
    times = [None, 0, 1_785_000_000, 253_402_300_799, 253_402_300_800, 2**63 - 1]
    assert [rfc3339(time) for time in times] == [
        "-",
        "1970-01-01T00:00:00Z",
        "2026-07-25T17:20:00Z",
        "9999-12-31T23:59:59Z",
        "-",
        "-",
    ]
