"""Receipts (回执): an entry and the proof that it has its place, good offline and for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from audit import entry as entries
from audit.cosignature import parse_witnesses, quorum_time, signers
from audit.errors import Refusal
from audit.note import parse_vkey
from audit.proof import parse_proof, verify_proof


class OtherPlace(Refusal):
    code = "audit.other-place"
    zh = "条目自称序号 {claimed}，证明给出的位置是 {place}"
    en = "the entry says it is number {claimed}, the proof puts it at {place}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt proves."""

    seq: int
    size: int
    """Of the tree whose checkpoint the receipt holds."""
    signed: int
    """How many of the named witnesses cosigned that checkpoint…"""
    named: int
    """…and how many were named."""
    cosigned: int | None
    """The earliest time by which a quorum of witnesses had signed, Unix seconds; None where no quorum is asked for."""
    logged: int
    """When the entry got its place, by the log's clock: Unix milliseconds."""
    entry: entries.Entry

    def __str__(self) -> str:
        return (
            f"OK seq={self.seq} size={self.size} witnesses={self.signed}/{self.named} cosigned={rfc3339(self.cosigned)}"
        )


def verify_receipt(
    proof: bytes, entry: bytes, vkey: str, witnesses: Sequence[str] = (), quorum: int | None = None
) -> Receipt:
    """Check a receipt against the log's vkey and the witnesses' vkeys.

    quorum: how many witnesses must have signed; by default all that are named. Raises a Refusal that says what fails,
    BadKey for a vkey that is none.
    """
    key, named = parse_vkey(vkey), parse_witnesses(witnesses)
    quorum = len(named) if quorum is None else quorum
    read = parse_proof(proof)
    checkpoint, cosignatures = verify_proof(read, entry, key, named, quorum)
    found = entries.parse(entry)
    if found.seq != read.index:
        raise OtherPlace(claimed=found.seq, place=read.index)
    return Receipt(
        seq=found.seq,
        size=checkpoint.size,
        signed=signers(cosignatures),
        named=len(named),
        cosigned=quorum_time(cosignatures, quorum),
        logged=found.logged,
        entry=found,
    )


def rfc3339(time: int | None) -> str:
    """Unix seconds in UTC as RFC 3339 writes them; `-` for none, and for a time past the year 9999."""
    if time is None or time > 253_402_300_799:
        return "-"
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
