"""A client of drand quicknet over several relays (公共随机数来源): the first answer that verifies is taken.

    client = BeaconClient(["https://api.drand.sh", "https://drand.cloudflare.com"])
    client.poll(20791007)       # None: not yet; the relays are asked in the background until one has it
    client.poll(20791007)       # "8d2c8bbc…", the signature

A relay's `randomness` is never looked at. Relays can delay a value, and cannot change it.
"""

import http.client
import json
import logging
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Final

from lottery.protocol.beacon import PINNED, verify_round
from lottery.protocol.errors import DrawError

TIMEOUT: Final = 5.0
"""Seconds for one request."""
MAX_ANSWER: Final = 4096
"""Bytes; an answer has about 300."""
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 30.0
"""Seconds between two requests to one relay: they double from the first to the longest."""

_BASE: Final = re.compile(r"https?://[^\s?#]+")
_PATHS: Final = ("/{chain}/public/{round}", "/v2/chains/{chain}/rounds/{round}")
"""Version 1 of the relays' interface, and version 2 for a relay that no longer has the first."""

talk = logging.getLogger(__name__)


class BeaconClient:
    """Fetches rounds in the background, each relay in a thread of its own. Any thread may call any method."""

    def __init__(self, relays: Sequence[str]) -> None:
        """relays: addresses such as `https://api.drand.sh`, without the chain's hash."""
        for relay in relays:
            if _BASE.fullmatch(relay) is None:
                raise ValueError(f"not the address of a drand relay: {relay}")
        self.relays = tuple(relay.rstrip("/") for relay in relays)
        self._state = threading.Condition()
        self._signatures: dict[int, str] = {}
        self._wanted: set[int] = set()
        self._stopping = threading.Event()

    def poll(self, number: int) -> str | None:
        """The signature of a round if it is here (96 hexadecimal digits, verified); else it is asked for, until it is.

        Never waits. number: the round.
        """
        with self._state:
            found = self._signatures.get(number)
            if found is not None or number in self._wanted or self._stopping.is_set():
                return found
            self._wanted.add(number)
        for relay in self.relays:
            name = f"drand-{number}"
            threading.Thread(target=self._ask_until_it_comes, args=(relay, number), name=name, daemon=True).start()
        return None

    def fetch(self, number: int, timeout: float) -> str | None:
        """As `poll`, but waits as long as `timeout` seconds."""
        self.poll(number)
        with self._state:
            self._state.wait_for(lambda: number in self._signatures or self._stopping.is_set(), timeout)
            return self._signatures.get(number)

    def check(self, number: int) -> dict[str, bool]:
        """Which relays answer now with a past round that verifies: the readiness check of a meeting (自检)."""
        return {relay: ask(relay, number) is not None for relay in self.relays}

    def close(self) -> None:
        """Ask no more."""
        self._stopping.set()
        with self._state:
            self._state.notify_all()

    def _ask_until_it_comes(self, relay: str, number: int) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            signature = ask(relay, number)
            with self._state:
                if signature is not None:
                    self._signatures[number] = signature
                    self._wanted.discard(number)
                    self._state.notify_all()
                if number in self._signatures:
                    return
            self._stopping.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def ask(relay: str, number: int) -> str | None:
    """One relay's signature of a round if it has one now that verifies, whatever else it answers."""
    for path in _PATHS:
        url = relay + path.format(chain=PINNED["chain_hash"], round=number)
        try:
            answer = _get(url)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            continue
        except (OSError, ValueError, http.client.HTTPException) as fault:
            talk.info("%s does not answer: %s", relay, fault)
            return None
        if (signature := _verified(answer, number)) is not None:
            return signature
        talk.warning("%s gives no valid signature of round %d", relay, number)
    return None


def _get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "mingtang"})  # noqa: S310 - _BASE
    with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - only http and https, by _BASE
        data: bytes = response.read(MAX_ANSWER)
        return data


def _verified(answer: bytes, number: int) -> str | None:
    try:
        signature = json.loads(answer)["signature"]
        if not isinstance(signature, str):
            return None
        verify_round(number, signature)
    except (ValueError, TypeError, KeyError, RecursionError, DrawError):
        return None
    return signature
