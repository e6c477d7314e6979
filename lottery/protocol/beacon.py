"""The drand network quicknet, the public randomness beacon (公共随机信标): its times and its signatures."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Final, TypedDict

from lottery.protocol.errors import BlsMissingError, DrawError

if TYPE_CHECKING:
    from py_arkworks_bls12381 import G2Point


class Chain(TypedDict):
    """What names a drand network. genesis_time in Unix seconds, period in seconds."""

    chain_hash: str
    genesis_time: int
    period: int
    public_key: str
    scheme: str


PINNED: Final[Chain] = {
    "chain_hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
    "genesis_time": 1692803367,
    "period": 3,
    "public_key": (
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    "scheme": "bls-unchained-g1-rfc9380",
}
"""quicknet. The chain hash covers all of it but the scheme, which is therefore pinned too. Copy it, never change it."""

_DST: Final = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
_SIGNATURE: Final = re.compile("[0-9a-f]{96}")

# The standard generator of G2, compressed (the pairing-friendly curves draft, section 4.2.1).
_G2: Final = bytes.fromhex(
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)


def round_time(number: int) -> int:
    """Return the Unix second at which a round (1, 2, 3 ...) is due."""
    return PINNED["genesis_time"] + (number - 1) * PINNED["period"]


def first_round_at(time: int) -> int:
    """Return the first round that is due at this Unix second or later."""
    return max(1, 1 - (PINNED["genesis_time"] - time) // PINNED["period"])


def randomness(signature: str) -> str:
    """Return the value of a round, SHA-256 of the signature's 48 bytes. signature: 96 hexadecimal digits."""
    return hashlib.sha256(bytes.fromhex(signature)).hexdigest()


def message(number: int) -> bytes:
    """Return the 32 bytes that the network signs for a round: unchained, nothing but the round's number enters."""
    return hashlib.sha256(number.to_bytes(8, "big")).digest()


def verify_round(number: int, signature: str) -> str:
    """Return the randomness of a round, 64 hexadecimal digits, if the signature is the network's.

    number: 1..2^53-1. signature: 96 lower-case hexadecimal digits, from whatever source, since the check is complete:
    exactly one signature for each round is accepted.
    Raises DrawError E_BEACON for another form, E_BEACON_SIG for a signature that is not valid; BlsMissingError
    if there is no library to tell.
    """
    if not 1 <= number < 2**53:
        raise DrawError("E_BEACON", "轮次应为 1..2^53-1 的整数", "the round is not an integer in 1..2^53-1")
    if _SIGNATURE.fullmatch(signature) is None:
        raise DrawError(
            "E_BEACON",
            "签名应为 96 个小写十六进制数字",
            "the signature is not 96 lower-case hexadecimal digits",
        )
    if not _is_signature(number, bytes.fromhex(signature)):
        raise DrawError(
            "E_BEACON_SIG",
            f"第 {number} 轮的信标签名错误",
            f"not the network's signature of round {number}",
        )
    return randomness(signature)


def _is_signature(number: int, signature: bytes) -> bool:
    """Whether e(signature, g2) = e(hash_to_curve(message), public_key) on BLS12-381, signature in G1.

    A point outside the subgroup of prime order is refused on its own: the pairing does not see a component of an
    order that divides the cofactor, but SHA-256 of the bytes does, so whoever may add one chooses the randomness.
    """
    try:
        from py_arkworks_bls12381 import GT, G1Point
    except ImportError as missing:
        raise BlsMissingError("py_arkworks_bls12381 is not installed") from missing
    try:
        point = G1Point.from_compressed_bytes(signature)
    except ValueError:
        return False
    # A decoder may be lax in its own ways (this one takes the point at infinity in several spellings): only the
    # one compressed form of a point counts.
    if point.to_compressed_bytes() != signature or point == G1Point.identity() or not point.is_in_subgroup():
        return False
    hashed = G1Point.hash_to_curve(message(number), _DST)
    generator, public_key = _points_of_g2()
    return GT.pairing_check([point, -hashed], [generator, public_key])


@cache
def _points_of_g2() -> tuple[G2Point, G2Point]:
    from py_arkworks_bls12381 import G2Point

    key = bytes.fromhex(PINNED["public_key"])
    return G2Point.from_compressed_bytes(_G2), G2Point.from_compressed_bytes(key)
