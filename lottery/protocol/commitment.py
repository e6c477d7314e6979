"""Commitment and reveal (承诺 / 揭示)."""

from __future__ import annotations

import hashlib

from lottery.protocol import PROTOCOL


def commitment(draw_id: str, attempt: int, seat: str, secret: str) -> str:
    """Return the commitment to a secret, 64 lower-case hexadecimal digits.

    secret: 32 random bytes as 64 lower-case hexadecimal digits; this text is hashed, not the 32 bytes.

    Draw, attempt and seat are inside, so that a commitment can be replayed neither in a later attempt nor by
    another seat. Every line, also the last, ends with one line feed.
    """
    lines = f"{PROTOCOL}/commit\n{draw_id}\n{attempt}\n{seat}\n{secret}\n"
    return hashlib.sha256(lines.encode()).hexdigest()
