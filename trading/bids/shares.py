"""What commits to a seat's share, and from shares back to the key. No web, no database: verifiers use it too."""

import hashlib
from collections.abc import Mapping
from typing import Final

import pyrage  # type: ignore[import-untyped]  # it ships no types

from registry.age import BECH32, polymod
from trading.bids import shamir

SHARE: Final = 33
"""Bytes: the secret's 32, and where."""


def commitment_to(seat: str, share: bytes) -> str:
    return hashlib.sha256(f"mingtang-bid-share/1\n{seat}\n".encode() + share).hexdigest()


def recipient_of(identity: str) -> str | None:
    """`age1…` of an identity; None where it is none."""
    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError:
        return None


def combined(shares: Mapping[str, bytes], threshold: int, recipient: str) -> str | None:
    """The identity from seats' shares, each checked before; None where they are too few, or give another one."""
    chosen = [shares[seat] for seat in sorted(shares)][:threshold]
    if not chosen or len(chosen) < threshold:
        return None
    try:
        identity = identity_of(shamir.combine(chosen))
    except ValueError:
        return None
    return identity if recipient_of(identity) == recipient else None


def identity_of(secret: bytes) -> str:
    """32 bytes as age writes an X25519 identity: `AGE-SECRET-KEY-1…`, bech32 (BIP 173)."""
    if len(secret) != 32:
        raise ValueError("an X25519 identity is 32 bytes")
    prefix = "age-secret-key-"
    bits = int.from_bytes(secret, "big") << 4
    data = [bits >> (5 * place) & 31 for place in range(51, -1, -1)]
    expanded = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix]
    check = polymod([*expanded, *data, 0, 0, 0, 0, 0, 0]) ^ 1
    data += [check >> (5 * place) & 31 for place in range(5, -1, -1)]
    return (prefix + "1" + "".join(BECH32[one] for one in data)).upper()
