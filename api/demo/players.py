"""Whoever acts in the demo: accounts, passwords, keys, and the few ways in which anybody acts."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import pyrage  # type: ignore[import-untyped]  # it ships no types
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.accounts import open_account, prepared
from api.demo.city import Person, identity_number, moment
from api.demo.clock import DemoClock
from audit.act import Act
from audit.entry import SYSTEM, signed_bytes
from audit.events import Event, Signature
from audit.keys import load_digest_key
from audit.log import Log
from registry import commands as registry
from registry.commands import record_holder
from registry.events import RoleGranted
from registry.identity import identity_digest

PLACED_WITHIN = 120
"""Seconds that a slow machine has to place what was recorded."""
UNWATCHED = 4
"""Seconds from one act to the next where nobody watches."""
E = TypeVar("E", bound=Event)


@dataclass(kw_only=True)
class Players:
    """The players with what each of them keeps, and the stage."""

    log: Log
    clock: DemoClock
    say: Callable[[str], None]
    pause: float = 0.0
    """Seconds between two acts, so that people can follow; 0 plays as fast as it goes."""
    accounts: dict[str, str] = field(default_factory=dict)
    """Person to account."""
    roles: dict[str, str] = field(default_factory=dict)
    """Person to the role that the person acts in."""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(15))
    """Of every account in this demo."""
    names: list[str] = field(default_factory=list)
    """Sign-in names."""
    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    """Organisation to its key, which in life never leaves its own browser."""
    opening_keys: dict[str, Any] = field(default_factory=dict)
    """Organisation to the age identity that opens its shares of bids' keys: its own device keeps that, too."""
    _hurried: bool = False

    def do(self, person: str, command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """One act, in the log before it returns, unless there is no time to watch."""
        with self.log.act(self.actor(person)) as act:
            answer = command(act, *arguments, **named)
        if not self._hurried:
            self.settle()
        self.breathe()
        return answer

    @property
    def digest_key(self) -> bytes:
        """Of the digests by which forms are compared."""
        return load_digest_key(self.log.data / "keys")

    def actor(self, person: str) -> str:
        return SYSTEM if person == SYSTEM else f"{self.roles[person]}:{self.accounts[person]}"

    def breathe(self) -> None:
        """Let people follow; where nobody watches, let the clock say that some seconds have passed."""
        if self.pause and not self._hurried:
            time.sleep(self.pause)
        else:
            self.clock.jump(self.clock.second + UNWATCHED)

    @contextmanager
    def hurry(self) -> Iterator[None]:
        """Many acts that nobody needs to see one by one: all are in the log when the block ends."""
        self._hurried = True
        try:
            yield
        finally:
            self._hurried = False
        self.settle()

    def settle(self) -> None:
        """Let everything that was recorded come into the log: here, where no thread of the log's own does it."""
        self.log.settle(PLACED_WITHIN)
        if not self.log.wait_for_all(0):
            raise RuntimeError("the log did not place what was recorded")

    @contextmanager
    def scene(self, words: str) -> Iterator[None]:
        self.say(words)
        self.breathe()
        yield

    def at(self, text: str) -> None:
        self.clock.jump(moment(text))

    def new_account(self, act: Act, name: str) -> str:
        """An account without any role, within a larger act; returns its id."""
        self.names.append(name)
        return open_account(act, name, self._stored)

    @cached_property
    def _stored(self) -> str:
        """The password as it is kept: once for all, since that takes long on purpose."""
        _, stored = prepared("admin", self.password)
        return stored

    def open_account(self, person: Person) -> None:
        with self.log.act(SYSTEM) as act:
            self.accounts[person.key] = self.new_account(act, person.sign_in_name)
            if person.born is not None:
                digest = identity_digest(self.digest_key, identity_number(person.born))
                record_holder(act, self.accounts[person.key], digest)
        self.roles[person.key] = person.role
        event = RoleGranted(account=self.accounts[person.key], role=person.role, organisation=person.organisation)
        # As the centre's administrator does it on the server itself, before anybody has a role.
        self.do(SYSTEM, registry.grant_role, event)

    def new_key(self, organisation: str) -> str:
        """Make an organisation's key; returns the public half, 64 hex digits."""
        self.keys[organisation] = Ed25519PrivateKey.generate()
        return self.keys[organisation].public_key().public_bytes_raw().hex()

    def new_opening_key(self, organisation: str) -> str:
        """Make an identity for an organisation's seats; returns its recipient, `age1…`."""
        self.opening_keys[organisation] = pyrage.x25519.Identity.generate()
        return str(self.opening_keys[organisation].to_public())

    def signed(self, event: E, about: str, *organisations: str) -> E:
        """The event signed with the keys of these organisations, as their browsers do it."""
        message = signed_bytes(event.kind, about, event.body())
        made = [
            Signature(key=key.public_key().public_bytes_raw().hex(), signature=key.sign(message).hex())
            for key in (self.keys[one] for one in organisations)
        ]
        return event.model_copy(update={"signatures": sorted(made, key=lambda item: item.key)})
