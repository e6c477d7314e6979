"""A second maker of sealed bids beside the browser's: for the demo, and so that tests and measurements can make many,
and wrong ones. No bid of a real bidder is made here: its content must never be in a server's memory."""

import hashlib
import hmac
import json
import secrets
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pyrage  # type: ignore[import-untyped]  # it ships no types
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from py_arkworks_bls12381 import GT, G1Point, G2Point

from lottery.protocol.beacon import PINNED, message
from trading.bids import shamir, tlock
from trading.bids.keys import commitment_to
from trading.events import Sealing

DST = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"


@dataclass(frozen=True)
class Made:
    """What a bidder's browser makes of a bid."""

    plain: bytes
    sealed: bytes
    keys: bytes
    identity: str

    @property
    def plain_sha256(self) -> str:
        return hashlib.sha256(self.plain).hexdigest()


def pack(files: dict[str, bytes] | None = None, **statement: Any) -> bytes:
    files = {"标书.pdf": b"bid"} if files is None else files
    listed = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()
    ]
    head = {"round": 1, "price_fen": 1, "quotes": [], "nonce": secrets.token_hex(32), "files": listed} | statement
    return b"mingtang-bid/1\n" + json.dumps(head, ensure_ascii=False).encode() + b"\n" + b"".join(files.values())


def seal(plan: Sealing, plain: bytes) -> Made:
    """As `sealBid` of api/browser/src/bid/seal.js."""
    identity = pyrage.x25519.Identity.generate()
    secret = secret_of(str(identity))
    shares = split(secret, len(plan.seats), plan.threshold) if plan.seats else []
    keys = {
        "format": "mingtang-bid-keys/1",
        "recipient": str(identity.to_public()),
        "threshold": plan.threshold,
        "shares": [
            {
                "seat": one.seat,
                "commitment": commitment_to(one.seat, share),
                "sealed": b64encode(encrypt(one.recipient, share)).decode(),
            }
            for one, share in zip(plan.seats, shares, strict=True)
        ],
        "timelock": None
        if plan.round_number is None
        else {
            "round": plan.round_number,
            "sealed": b64encode(timelock(plan.round_number, str(identity).encode())).decode(),
        },
    }
    sealed = pyrage.encrypt(plain, [identity.to_public()])
    return Made(plain, sealed, json.dumps(keys).encode(), str(identity))


def encrypt(recipient: str, data: bytes) -> bytes:
    return bytes(pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)]))


def secret_of(identity: str) -> bytes:
    """The 32 bytes of `AGE-SECRET-KEY-1…`."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = 0
    for letter in identity.lower().rpartition("1")[2][:-6]:
        bits = bits << 5 | letters.index(letter)
    return (bits >> 4).to_bytes(32, "big")


def split(secret: bytes, count: int, threshold: int) -> list[bytes]:
    points = secrets.SystemRandom().sample(range(1, 256), count)
    polynomials = [bytes([byte]) + secrets.token_bytes(threshold - 1) for byte in secret]
    return [bytes(_value(polynomial, point) for polynomial in polynomials) + bytes([point]) for point in points]


def _value(polynomial: bytes, point: int) -> int:
    value = 0
    for coefficient in reversed(polynomial):
        value = shamir.times(value, point) ^ coefficient
    return value


def timelock(round_number: int, data: bytes) -> bytes:
    """An age file for the round, of one chunk."""
    key, sigma = secrets.token_bytes(16), secrets.token_bytes(16)
    r = tlock.h3(sigma, key)
    hashed = G1Point.hash_to_curve(message(round_number), DST)
    gate = GT.pairing(hashed * r, G2Point.from_compressed_bytes(bytes.fromhex(PINNED["public_key"])))
    body = (
        (G2Point() * r).to_compressed_bytes()
        + tlock.xor(sigma, tlock.h2(gate))
        + tlock.xor(key, hashlib.sha256(b"IBE-H4" + sigma).digest()[:16])
    )
    text = b64encode(body).rstrip(b"=")
    lines = b"\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    ending = b"\n" if len(text) % 64 else b"\n\n"
    head = b"age-encryption.org/v1\n-> tlock %d %b\n" % (round_number, PINNED["chain_hash"].encode())
    head += lines + ending + b"---"
    mac = hmac.digest(tlock.derive(key, b"", b"header"), head, "sha256")
    nonce = secrets.token_bytes(16)
    stream = ChaCha20Poly1305(tlock.derive(key, nonce, b"payload"))
    sealed = stream.encrypt(bytes(11) + b"\1", data, None)
    return head + b" " + b64encode(mac).rstrip(b"=") + b"\n" + nonce + sealed
