"""Shamir's scheme over GF(2^8), byte for byte that of npm `shamir-secret-sharing`, with which the browser splits.

The field is that of AES (x^8 + x^4 + x^3 + x + 1). A share is the secret's bytes, each a point of a polynomial of its
own, and then one byte, where on it: 1 to 255. Shares alone cannot say whether one of them is wrong; the commitments
that came with them can (`keys.py`).
"""

from collections.abc import Sequence
from functools import cache, reduce
from operator import xor
from typing import Final

_MODULUS: Final = 0x11B


def combine(shares: Sequence[bytes]) -> bytes:
    """The secret of these shares, which are as many as the threshold at least. Raises ValueError for unlike ones."""
    points = [share[-1] for share in shares if len(share) > 1]
    if len(points) != len(shares) or len({len(share) for share in shares}) != 1:
        raise ValueError("shares of one secret are of one length, two bytes at least")
    if len(set(points)) != len(points) or 0 in points:
        raise ValueError("shares of one secret stand at different places, none at zero")
    weights = [_weight(point, [other for other in points if other != point]) for point in points]
    return bytes(
        reduce(xor, (times(share[position], weight) for share, weight in zip(shares, weights, strict=True)), 0)
        for position in range(len(shares[0]) - 1)
    )


def _weight(point: int, others: Sequence[int]) -> int:
    """Lagrange's, at zero: the product of other / (other - point), where minus is plus."""
    return reduce(times, (times(other, _inverse(other ^ point)) for other in others), 1)


def times(a: int, b: int) -> int:
    """The product of two elements of the field."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= _MODULUS
        b >>= 1
    return product


@cache  # of 255 elements, asked for again with every bid of an opening
def _inverse(a: int) -> int:
    """a^254: the field has 255 elements beside zero."""
    return reduce(times, [a] * 254, 1)
