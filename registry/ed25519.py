"""Whether 32 bytes are a public key that can be trusted to stand for one holder (RFC 8032 section 5.1.3).

Libraries accept any 32 bytes as a key. Two kinds must not be recorded: bytes that are no point of the curve, and the
few points of small order, under which one signature verifies for nearly every message.
"""

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
_SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)


def is_public_key(data: bytes) -> bool:
    """data: 32 bytes, the key as signed acts name it."""
    point = _point(data)
    return point is not None and not _is_small_order(*point)


def _point(data: bytes) -> tuple[int, int] | None:
    """The affine coordinates that the bytes stand for, or None."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if len(data) != 32 or y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * _SQRT_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def _is_small_order(x: int, y: int) -> bool:
    """Whether eight times the point is the neutral element (0, 1)."""
    for _ in range(3):
        # The addition law of the twisted Edwards curve -x² + y² = 1 + D x² y², a point with itself; D is no square,
        # so neither denominator is ever zero.
        product = D * x * x * y * y
        x, y = 2 * x * y * pow(1 + product, -1, P) % P, (y * y + x * x) * pow(1 - product, -1, P) % P
    return (x, y) == (0, 1)
