"""Offline proofs of inclusion (C2SP tlog-proof, extension `.tlog-proof`).

    c2sp.org/tlog-proof@v1⏎
    extra dHh0⏎                 optional, base64, authenticated by nothing
    index 3⏎                    the entry's place
    ApjRIpBt…f+c=⏎              the path: the leaf's sibling first, the child of the root last
    ⏎
    (the checkpoint, with all its signature lines)

The entry itself is not in the file; it is handed over beside it.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from audit.checkpoint import Checkpoint, open_checkpoint, parse_decimal
from audit.cosignature import Cosignature, check_quorum, verify_cosignatures
from audit.errors import Refusal
from audit.merkle import leaf_hash, verify_inclusion
from audit.note import VerifierKey, decode_base64

HEADER = b"c2sp.org/tlog-proof@v1"
MAX_HASHES = 63  # no tree below 2^63 leaves is higher


class MalformedProof(Refusal):
    code = "audit.malformed-proof"
    zh = "不是合格的 .tlog-proof 文件"
    en = "not a well-formed .tlog-proof file"


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file as read. `hashes` are 32 bytes each; `checkpoint` is verbatim; `extra` is None without the line."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def __bytes__(self) -> bytes:
        lines = [HEADER]
        if self.extra is not None:
            lines.append(b"extra " + base64.b64encode(self.extra))
        lines.append(b"index %d" % self.index)
        lines.extend(map(base64.b64encode, self.hashes))
        return b"\n".join(lines) + b"\n\n" + self.checkpoint


def parse_proof(data: bytes) -> Proof:
    """Take a proof file apart, verifying nothing. Raises MalformedProof."""
    head, separator, checkpoint = data.partition(b"\n\n")
    lines = head.split(b"\n")
    if not separator or lines.pop(0) != HEADER:
        raise MalformedProof
    extra = None
    if lines and lines[0].startswith(b"extra "):
        extra = decode_base64(lines.pop(0).removeprefix(b"extra "))
        if extra is None:
            raise MalformedProof
    if not lines or not lines[0].startswith(b"index "):
        raise MalformedProof
    index = parse_decimal(lines.pop(0).removeprefix(b"index "))
    if index is None or len(lines) > MAX_HASHES:
        raise MalformedProof
    hashes = []
    for line in lines:
        item = decode_base64(line)
        if item is None or len(item) != 32:
            raise MalformedProof
        hashes.append(item)
    return Proof(index, tuple(hashes), checkpoint, extra)


def verify_proof(
    proof: Proof,
    entry: bytes,
    key: VerifierKey,
    witnesses: Sequence[VerifierKey],
    quorum: int,
    origin: str | None = None,
) -> tuple[Checkpoint, list[Cosignature]]:
    """Check that the log of `key` has `entry` at the proof's index, and that `quorum` of the witnesses saw that tree.

    Returns the checkpoint, from which alone the tree's size may be taken, and the witnesses' cosignatures.
    Raises BadNote, BadCheckpoint, OtherOrigin, WrongCosignature, NoQuorum, BadProof.
    """
    checkpoint = open_checkpoint(proof.checkpoint, key, origin)
    cosignatures = verify_cosignatures(checkpoint, witnesses)
    check_quorum(cosignatures, quorum, len(witnesses))
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint, cosignatures
