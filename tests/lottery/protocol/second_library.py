"""A second library's opinion of BLS12-381. It takes seconds to load: whoever asks it imports this when asking."""

import hashlib
import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

from py_ecc.bls.hash_to_curve import hash_to_G1
from py_ecc.bls.point_compression import compress_G1, decompress_G1, decompress_G2
from py_ecc.fields import optimized_bls12_381_FQ as FQ  # the literature's name of the field
from py_ecc.optimized_bls12_381.optimized_curve import G2, Z1, add, b, curve_order, is_on_curve, multiply, neg
from py_ecc.optimized_bls12_381.optimized_curve import field_modulus as p
from py_ecc.optimized_bls12_381.optimized_pairing import pairing
from py_ecc.typing import Optimized_Point3D

from lottery.protocol import beacon

__all__ = [
    "FQ", "Z1", "add", "b", "compressed", "decompressed", "is_on_curve", "multiply", "neg", "p", "pairing_holds",
    "point_of_small_order",
]  # fmt: skip

# py_ecc raises the limit for the whole process when it is imported; with it so high, json.loads dies of a document that
# is nested too deep, where it would else refuse it.
sys.setrecursionlimit(1000)

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "drand_quicknet.json").read_text())

Point = Optimized_Point3D[FQ]


def compressed(point: Point) -> str:
    return f"{compress_G1(point):096x}"


def decompressed(signature: str) -> Point:
    return decompress_G1(int(signature, 16))  # type: ignore[arg-type]  # its G1Compressed is an int


def pairing_holds(number: int, point: Point) -> bool:
    """The second opinion: the equation alone, without the test of the subgroup."""
    return bool(pairing(G2, point) == _paired_with_the_key(number))


@cache
def _paired_with_the_key(number: int) -> Any:
    """The side of the equation that is the round's, whatever signature is asked about."""
    key = bytes.fromhex(beacon.PINNED["public_key"])
    public_key = decompress_G2((int.from_bytes(key[:48], "big"), int.from_bytes(key[48:], "big")))  # type: ignore[arg-type]  # its G2Compressed is two int
    hashed = hash_to_G1(beacon.message(number), VECTORS["dst"].encode(), hashlib.sha256)  # type: ignore[arg-type]  # it wants the function
    return pairing(public_key, hashed)


@cache
def point_of_small_order() -> Point:
    """A point of G1's curve whose order divides the cofactor: any point of the curve times the prime order."""
    x = 1
    while True:
        square = (x**3 + 4) % p
        y = pow(square, (p + 1) // 4, p)
        if y * y % p == square:
            torsion = multiply((FQ(x), FQ(y), FQ(1)), curve_order)
            if torsion[2] != FQ(0):
                return torsion
        x += 1
