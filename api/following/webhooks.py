"""Standard Webhooks 1.0: secrets, headers, signatures, and when a call that failed is made again."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"
BOTH = 24 * 3600 * 1000
"""Milliseconds after a rotation during which the secret before signs too."""
AGAIN = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
"""Seconds from one attempt to the next: about a day in all."""
GONE = 410


def shown(secret: bytes) -> str:
    """As its owner is told it."""
    return PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, id_: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA-256 over `id.timestamp.body`, base64."""
    signed = f"{id_}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def headers(secrets: Sequence[bytes], id_: str, timestamp: int, body: bytes) -> dict[str, str]:
    """timestamp: of the attempt, Unix seconds. secrets: the present one first."""
    return {
        "Content-Type": "application/json",
        "User-Agent": "mingtang",
        "webhook-id": id_,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, id_, timestamp, body) for one in secrets),
    }


def delay(attempts: int) -> int | None:
    """Milliseconds until the next attempt after so many; None: it is given up."""
    return AGAIN[attempts - 1] * 1000 if attempts <= len(AGAIN) else None
