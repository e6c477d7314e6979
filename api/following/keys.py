"""What only the owner of a saved search knows, derived and never stored."""

import base64
import hashlib
import hmac

from audit import keys
from audit.log import Log


def _derived(log: Log, what: str) -> bytes:
    key = keys.load_digest_key(log.data / "keys")
    return hmac.new(key, f"following {what}".encode(), hashlib.sha256).digest()


def owner_key(log: Log, following: str) -> str:
    """In the links of its mails: with it a search is confirmed, changed and ended."""
    return base64.urlsafe_b64encode(_derived(log, f"owner {following}")[:24]).decode()


def is_owner_key(log: Log, following: str, key: str) -> bool:
    return hmac.compare_digest(owner_key(log, following).encode(), key.encode())


def webhook_secret(log: Log, following: str, number: int) -> bytes:
    """32 bytes."""
    return _derived(log, f"webhook {number} {following}")
