"""Cosignatures (C2SP tlog-cosignature): a witness's word "at this time, this was the largest tree head I saw".

A cosignature is a signature line of the checkpoint: key ID ‖ time (8 bytes, big-endian, Unix seconds) ‖ signature.

    type 0x04, Ed25519, signs                 type 0x06, ML-DSA-44, signs
        cosignature/v1⏎                           "subtree/v1" ⏎ NUL
        time 1700000000⏎                          length(1) witness's name
        the checkpoint's whole text               time(8)  length(1) origin  start(8) = 0  size(8)  root(32)

An Ed25519 cosignature does not name its witness, so one public key counts as one witness whatever it is called.
"""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from audit.checkpoint import Checkpoint
from audit.errors import Refusal
from audit.note import (
    COSIGNATURE_ED25519,
    COSIGNATURE_ML_DSA_44,
    ED25519,
    BadKey,
    Signature,
    VerifierKey,
    ed25519_verifies,
    parse_vkey,
)

MAX_TIME = 2**63 - 1


class WrongCosignature(Refusal):
    code = "audit.wrong-cosignature"
    zh = "见证人 {witness} 的联署验证不通过"
    en = "the cosignature of witness {witness} does not verify"


class NoQuorum(Refusal):
    code = "audit.no-quorum"
    zh = "所列 {named} 个见证人中只有 {signed} 个联署，须有 {quorum} 个"
    en = "{signed} of the {named} named witnesses cosigned, {quorum} are needed"


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that verified, with its time in Unix seconds."""

    witness: VerifierKey
    time: int


@dataclass(frozen=True, slots=True)
class Cosigner:
    """A witness's private key, Ed25519 (0x04) or ML-DSA-44 (0x06), with its name."""

    name: str
    private: Ed25519PrivateKey | MLDSA44PrivateKey

    @property
    def key(self) -> VerifierKey:
        is_ed25519 = isinstance(self.private, Ed25519PrivateKey)
        kind = COSIGNATURE_ED25519 if is_ed25519 else COSIGNATURE_ML_DSA_44
        return VerifierKey(self.name, kind, self.private.public_key().public_bytes_raw())

    def cosign(self, checkpoint: Checkpoint, time: int) -> Signature:
        """The signature line for a checkpoint seen at `time` (Unix seconds, not 0)."""
        assert 0 < time <= MAX_TIME
        key = self.key
        return Signature(self.name, key.id, struct.pack(">Q", time) + self.private.sign(message(checkpoint, key, time)))


def parse_witness(vkey: str) -> VerifierKey:
    """A witness's key. Raises BadKey.

    Some public lists write a witness's key as type 0x01. What a witness signs is of type 0x04, so the same key is
    meant with the ID that this type gives.
    """
    key = parse_vkey(vkey)
    return replace(key, type=COSIGNATURE_ED25519) if key.type == ED25519 else key


def parse_witnesses(vkeys: Iterable[str]) -> list[VerifierKey]:
    """The distinct witnesses of a list. Raises BadKey, also where one public key stands under two names."""
    witnesses: dict[bytes, VerifierKey] = {}
    for vkey in vkeys:
        witness = parse_witness(vkey)
        if witnesses.setdefault(witness.public, witness) != witness:
            raise BadKey(vkey=vkey)
    return list(witnesses.values())


def message(checkpoint: Checkpoint, witness: VerifierKey, time: int) -> bytes:
    """The bytes that this witness signs for a checkpoint at a time."""
    if witness.type == COSIGNATURE_ED25519:
        return b"cosignature/v1\ntime %d\n%b" % (time, checkpoint.note.text)
    name, origin = witness.name.encode(), checkpoint.origin.encode()
    if len(name) > 255 or len(origin) > 255:
        raise WrongCosignature(witness=witness.name)
    head = b"subtree/v1\n\0" + bytes([len(name)]) + name + struct.pack(">Q", time)
    return head + bytes([len(origin)]) + origin + struct.pack(">QQ", 0, checkpoint.size) + checkpoint.root


def verify_cosignatures(checkpoint: Checkpoint, witnesses: Sequence[VerifierKey]) -> list[Cosignature]:
    """The cosignatures of known witnesses, in the order of their lines. Raises WrongCosignature for a wrong one.

    Lines of others are ignored. A witness may have several; `signers` and `quorum_time` count it once.
    """
    return [
        Cosignature(witness, _verified_time(checkpoint, witness, signature))
        for signature in checkpoint.note.signatures
        for witness in witnesses
        if signature.is_for(witness)
    ]


def _verified_time(checkpoint: Checkpoint, witness: VerifierKey, signature: Signature) -> int:
    """When the witness says it signed. Raises WrongCosignature."""
    if len(signature.payload) <= 8:
        raise WrongCosignature(witness=witness.name)
    (time,) = struct.unpack_from(">Q", signature.payload)
    # Zero says nothing of when, and a witness never gives it for a whole tree.
    if not 0 < time <= MAX_TIME:
        raise WrongCosignature(witness=witness.name)
    signed, made = message(checkpoint, witness, time), signature.payload[8:]
    if witness.type == COSIGNATURE_ED25519:
        holds = ed25519_verifies(witness.public, made, signed)
    else:
        holds = _ml_dsa_44_verifies(witness.public, made, signed)
    if not holds:
        raise WrongCosignature(witness=witness.name)
    return int(time)


def _ml_dsa_44_verifies(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signers(cosignatures: Iterable[Cosignature]) -> int:
    """How many distinct witnesses signed."""
    return len({cosignature.witness.public for cosignature in cosignatures})


def check_quorum(cosignatures: Sequence[Cosignature], quorum: int, named: int) -> None:
    """Refuse fewer than `quorum` distinct witnesses of the `named`. Raises NoQuorum."""
    if signers(cosignatures) < quorum:
        raise NoQuorum(signed=signers(cosignatures), named=named, quorum=quorum)


def quorum_time(cosignatures: Iterable[Cosignature], quorum: int) -> int | None:
    """The earliest time (Unix seconds) by which `quorum` distinct witnesses had signed; None without so many."""
    earliest: dict[bytes, int] = {}
    for cosignature in cosignatures:
        key = cosignature.witness.public
        earliest[key] = min(cosignature.time, earliest.get(key, cosignature.time))
    times = sorted(earliest.values())
    return times[quorum - 1] if 0 < quorum <= len(times) else None
