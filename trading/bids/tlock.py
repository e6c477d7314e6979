"""Timelocks 时间锁: age files for the signature of a drand round, byte for byte those of drand's and npm's tlock.

Boneh-Franklin identity-based encryption over quicknet: the identity is the round's message, its private key the
network's signature of it. Before the round that key is nowhere; after it everybody has it. pyrage knows no such
stanza, so the age file (age-encryption.org/v1) is read here.
"""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from py_arkworks_bls12381 import GT, G1Point, G2Point, Scalar

from lottery.protocol.beacon import PINNED, verify_round

_ORDER: Final = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001
_G2: Final = G2Point()
_POINT, _KEY, _CHUNK, _TAG = 96, 16, 64 * 1024, 16
_STANZA: Final = re.compile(rb"-> ([^\n]*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)")
_HEAD: Final = b"age-encryption.org/v1\n"


class NotOpened(Exception):  # noqa: N818 - an answer about someone's file, not a fault of ours
    """The file is damaged, for another round, or not what it says."""


def check_signature(round_number: int, signature: str) -> None:
    """Raises DrawError where these 96 hexadecimal digits are not the network's signature of the round."""
    verify_round(round_number, signature)


def open_timelock(data: bytes, round_number: int, signature: str) -> bytes:
    """What an age file for the round holds; signature: checked before. Raises NotOpened."""
    if not data.startswith(_HEAD):
        raise NotOpened("not an age file")
    position, bodies = len(_HEAD), []
    wanted = ["tlock", str(round_number), PINNED["chain_hash"]]
    while (found := _STANZA.match(data, position)) is not None:
        position = found.end()
        if found[1].decode("ascii", "replace").split(" ") == wanted:
            bodies.append(found[2].replace(b"\n", b""))
    end = data.find(b"\n", position)
    if not bodies or end < 0 or not data.startswith(b"--- ", position):
        raise NotOpened("no timelock of that round in its head")
    key = _unwrap(_unpadded(bodies[0]), signature)
    mac = hmac.digest(derive(key, b"", b"header"), data[: position + 3], "sha256")
    if not hmac.compare_digest(b64encode(mac).rstrip(b"="), data[position + 4 : end]):
        raise NotOpened("its head was changed")
    return _payload(key, data[end + 1 :])


def _unwrap(body: bytes, signature: str) -> bytes:
    """The age file's key."""
    if len(body) != _POINT + 2 * _KEY:
        raise NotOpened("a timelock of another length")
    try:
        u = G2Point.from_compressed_bytes(body[:_POINT])
    except ValueError:
        raise NotOpened("not a point of the curve") from None
    gate = GT.pairing(G1Point.from_compressed_bytes(bytes.fromhex(signature)), u)
    sigma = xor(body[_POINT : _POINT + _KEY], h2(gate))
    key = xor(body[_POINT + _KEY :], hashlib.sha256(b"IBE-H4" + sigma).digest()[:_KEY])
    if _G2 * h3(sigma, key) != u:
        raise NotOpened("the timelock is not what it says")
    return key


def h2(gate: GT) -> bytes:
    # The library writes an element of Fp12 lowest coefficient and lowest byte first, the network's the other way round.
    written = bytes.fromhex(str(gate))[::-1]
    return hashlib.sha256(b"IBE-H2" + written).digest()[:_KEY]


def h3(sigma: bytes, key: bytes) -> Scalar:
    digest = hashlib.sha256(b"IBE-H3" + sigma + key).digest()
    for i in range(1, 65535):  # one in eleven is not below the order at first
        data = hashlib.sha256(i.to_bytes(2, "little") + digest).digest()
        data = bytes([data[0] >> 1]) + data[1:]
        if int.from_bytes(data, "big") < _ORDER:
            return Scalar.from_le_bytes(data[::-1])
    raise NotOpened("no scalar")


def _payload(key: bytes, data: bytes) -> bytes:
    stream = ChaCha20Poly1305(derive(key, data[:16], b"payload"))
    sealed, opened = data[16:], []
    step = _CHUNK + _TAG
    for number, start in enumerate(range(0, max(len(sealed), 1), step)):
        last = start + step >= len(sealed)
        nonce = number.to_bytes(11, "big") + bytes([last])
        try:
            opened.append(stream.decrypt(nonce, sealed[start : start + step], None))
        except InvalidTag:
            raise NotOpened("its content was changed") from None
    return b"".join(opened)


def derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _unpadded(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4), validate=True)


def xor(a: bytes, b: bytes) -> bytes:
    return bytes(x ^ y for x, y in zip(a, b, strict=True))
