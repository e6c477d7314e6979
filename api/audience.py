"""Who holds a stream open: so many at most, so that files, the database and plain requests keep their descriptors.

Whoever is sent away asks again later, and in between for single states (`state-stream.js`): nobody is left without.
"""

import resource
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Final

from api.errors import StreamsBusy

MOST: Final = 10_000
"""Streams of one process at most: some hundred kilobytes each."""
EACH: Final = 2_500
"""From one address, which all telephones of a hall may share, or a proxy that does not tell addresses."""
KEPT_BACK: Final = 512
"""Descriptors for everything else: connections to the database, files, requests that end."""


def raise_limit() -> None:
    """Let this process open as many files as it may: the usual 1,024 are too few for a hall's telephones."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # a system that promises more than it gives keeps what it had
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Audience:
    """Lives on one event loop."""

    def __init__(self) -> None:
        self._by_address: Counter[str] = Counter()

    @property
    def watching(self) -> int:
        """Streams that are open."""
        return self._by_address.total()

    def check(self, address: str) -> None:
        """Raises StreamsBusy where no further stream may begin."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST if soft == resource.RLIM_INFINITY else min(MOST, soft - KEPT_BACK)
        if self.watching >= most or self._by_address[address] >= EACH:
            raise StreamsBusy

    async def seated(self, address: str, events: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
        """The same events, counted as long as somebody takes them."""
        with self.seat(address):
            async with aclosing(events):
                async for one in events:
                    yield one

    @contextmanager
    def seat(self, address: str) -> Iterator[None]:
        """Be counted for as long as this is held: a stream, or somebody who waits for an answer."""
        self._by_address[address] += 1
        try:
            yield
        finally:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
