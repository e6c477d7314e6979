"""What goes with a sealed bid so that it can be opened: `mingtang-bid-keys/1`, JSON made in the bidder's browser.

    {"format": "mingtang-bid-keys/1", "recipient": "age1…", "threshold": 2,
     "shares": [{"seat": "notary", "commitment": HEX, "sealed": BASE64}, …], "timelock": {"round": N, "sealed": BASE64}}

The bid is encrypted to `recipient`, a fresh X25519 identity. A share is an age file to its seat's own recipient; the
commitment, SHA-256 of `mingtang-bid-share/1\\n` + seat + `\\n` + share, says later whether what the seat gives is it.
"""

from base64 import b64decode
from typing import Any, Final, Literal

import orjson
import pyrage  # type: ignore[import-untyped]  # it ships no types
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trading.bids import tlock
from trading.bids.shares import SHARE as SHARE
from trading.bids.shares import combined, recipient_of
from trading.bids.shares import commitment_to as commitment_to
from trading.bids.shares import identity_of as identity_of
from trading.bids.tlock import NotOpened
from trading.events import Sealing

FORMAT: Final = "mingtang-bid-keys/1"
MAX_KEYS: Final = 64 * 1024
"""Bytes."""
_HEX64: Final = "^[0-9a-f]{64}$"


class BadKeys(Exception):  # noqa: N818 - becomes a refusal where the bid is taken
    """They are not of the form, or not for the plan."""


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Share(_Closed):
    seat: str
    commitment: str = Field(pattern=_HEX64)
    sealed: str
    """An age file, base64."""


class Timelock(_Closed):
    round: int
    sealed: str
    """An age file with a tlock stanza, base64; it holds the identity's text."""


class Keys(_Closed):
    format: Literal["mingtang-bid-keys/1"]
    recipient: str
    threshold: int
    shares: list[Share]
    timelock: Timelock | None


def read_keys(data: bytes) -> Keys:
    """Raises BadKeys."""
    if len(data) > MAX_KEYS:
        raise BadKeys("too long")
    try:
        keys = Keys.model_validate(orjson.loads(data), strict=True)
        pyrage.x25519.Recipient.from_str(keys.recipient)
        for sealed in (*(one.sealed for one in keys.shares), *([keys.timelock.sealed] if keys.timelock else [])):
            b64decode(sealed, validate=True)
    except (orjson.JSONDecodeError, ValidationError, ValueError, pyrage.RecipientError):
        raise BadKeys("not of the form") from None
    return keys


def check_keys(keys: Keys, plan: Sealing) -> None:
    """Whether a bid can be opened as the plan says. What its encrypted parts hold shows when they are opened.

    Raises BadKeys.
    """
    if [one.seat for one in keys.shares] != [one.seat for one in plan.seats] or keys.threshold != plan.threshold:
        raise BadKeys("not for the plan's seats")
    if (None if keys.timelock is None else keys.timelock.round) != plan.round_number:
        raise BadKeys("not for the plan's round")


def fits(keys: Keys, seat: str, share: bytes) -> bool:
    """Whether this is the share that the bidder committed to for the seat."""
    return any(one.seat == seat and one.commitment == commitment_to(seat, share) for one in keys.shares)


# From each of the three to the identity


def from_bidder(keys: Keys, identity: str) -> str | None:
    """The identity that the bidder kept, or None where it is another one."""
    own = identity.strip()
    return own if recipient_of(own) == keys.recipient else None


def from_shares(keys: Keys, shares: dict[str, bytes]) -> str | None:
    """The identity from seats' shares, each checked before; None where they are too few, or give another one."""
    return combined(shares, keys.threshold, keys.recipient)


def from_timelock(keys: Keys, signature: str) -> str | None:
    """The identity, with the round's signature (checked before); None where the timelock holds no such thing."""
    if keys.timelock is None:
        return None
    try:
        opened = tlock.open_timelock(b64decode(keys.timelock.sealed), keys.timelock.round, signature)
        return from_bidder(keys, opened.decode())
    except (NotOpened, ValueError):
        return None


def decrypt(identity: str, sealed: bytes) -> bytes:
    """What an age file to this identity holds. Raises NotOpened."""
    try:
        opened: Any = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity)])
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise NotOpened("the file does not decrypt") from None
    return bytes(opened)
