"""The secret of the seat `public` (群众席), made of what visitors contributed and of nothing else.

    secret = SHA-256 of: mingtang-draw/1/public LF draw_id LF attempt LF contribution 1 LF ... contribution n LF

The contributions come in the order of the log and as 64 lower-case hexadecimal digits each. So anybody who kept a
contribution of their own can see it in the log, and that the seat committed to it: whoever holds the seat chooses
nothing once a single visitor has taken part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from lottery.protocol import PROTOCOL
from lottery.protocol.commitment import commitment

PUBLIC_SEAT: Final = "public"
MAX_CONTRIBUTIONS: Final = 1000
"""In one attempt."""


def public_secret(draw_id: str, attempt: int, contributions: Sequence[str]) -> str:
    """Return the seat's secret, 64 lower-case hexadecimal digits. contributions: at least one, in the log's order."""
    assert contributions, "without a contribution the holder makes a secret as any seat does"
    lines = "".join(f"{line}\n" for line in (f"{PROTOCOL}/public", draw_id, str(attempt), *contributions))
    return hashlib.sha256(lines.encode()).hexdigest()


def public_commitment(draw_id: str, attempt: int, contributions: Sequence[str]) -> str:
    """Return the only commitment that the seat may make then."""
    return commitment(draw_id, attempt, PUBLIC_SEAT, public_secret(draw_id, attempt, contributions))
