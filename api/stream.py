"""Follows the log for everybody who reads `/log/stream`: one wake-up and one read for each batch, however many listen.

    sequencer ──> Log.subscribe ──> Head (last entries in memory) ──> every reader at the head
                                    the store, in chunks ───────────> a reader who is behind

A slow reader holds one chunk and nothing more: what it has not taken yet stays in the store.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress

from sqlalchemy.exc import DBAPIError
from starlette.concurrency import run_in_threadpool

from audit import queries
from audit.errors import Refusal
from audit.log import Log

KEPT = 2048
"""Events in memory at most…"""
KEPT_BYTES = 16 * 1024 * 1024
"""…and the bytes of all of them."""
CHUNK = 256
"""Entries read from the store at once."""
HEARTBEAT = 15.0
"""Seconds of silence after which a comment keeps proxies from hanging up."""
RETRY = 1.0
"""Seconds until a store that failed is asked again."""

talk = logging.getLogger(__name__)


def event(seq: int, entry: bytes) -> bytes:
    """One server-sent event. Canonical JSON holds no line break, so the entry is one line."""
    return b"event: entry\nid: %d\ndata: %b\n\n" % (seq, entry)


class Head:
    """The newest published entries as events. Lives on one event loop, from `run` until `close`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._events: deque[bytes] = deque()
        self._bytes = 0
        self._size = log.published_size
        """Entries that readers may have; the newest event is that of `_size - 1`."""
        self._grown = asyncio.Event()
        """Set, and replaced by a new one, whenever the head moves or closes: each waiter waits once."""
        self._closed = False
        self._catching_up = asyncio.Semaphore(4)
        """Readers from the store at a time: a thousand who come back at once must not hold every connection."""

    @property
    def size(self) -> int:
        return self._size

    async def run(self) -> None:
        """Follow the log until cancelled."""
        loop = asyncio.get_running_loop()
        published = asyncio.Event()

        def wake(_: int) -> None:
            with suppress(RuntimeError):  # the loop may have ended just before the log did
                loop.call_soon_threadsafe(published.set)

        unsubscribe = self._log.subscribe(wake)
        try:
            while True:
                published.clear()
                try:
                    while self._size < self._log.published_size:
                        await self._advance()
                except (DBAPIError, Refusal) as fault:  # readers wait; the store may be back in a moment
                    talk.warning("the stream stands still: %s", fault)
                    await asyncio.sleep(RETRY)
                    continue
                await published.wait()
        finally:
            unsubscribe()
            self.close()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        self._grown.set()

    async def follow(self, after: int) -> AsyncIterator[bytes]:
        """Events of all entries that follow `after`, a seq (-1: from the first), and comments in between."""
        at = after + 1
        while not self._closed:
            grown = self._grown  # before looking, so that nothing comes between the look and the wait
            if at >= self._size:
                try:
                    async with asyncio.timeout(HEARTBEAT):  # unlike wait_for it makes no task for each reader
                        await grown.wait()
                except TimeoutError:
                    yield b":\n\n"
                continue
            chunk = self._remembered(at)
            if not chunk:
                async with self._catching_up:
                    chunk = await run_in_threadpool(self._read, at, min(at + CHUNK, self._size))
            at += len(chunk)
            yield b"".join(chunk)

    def _remembered(self, start: int) -> list[bytes]:
        """Up to CHUNK events from `start` on, if memory holds that one."""
        first = self._size - len(self._events)
        if start < first:
            return []
        return [self._events[at] for at in range(start - first, min(start - first + CHUNK, len(self._events)))]

    async def beyond(self, size: int, seconds: float) -> None:
        """Wait until readers may have more than `size` entries, but not longer than this, nor when streams end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._closed and self._size <= size:
                    await self._grown.wait()

    async def _advance(self) -> None:
        start, end = self._size, min(self._size + CHUNK, self._log.published_size)
        known = self._log.lately(start, end)
        events = await run_in_threadpool(self._read, start, end) if known is None else [event(*one) for one in known]
        self._events.extend(events)
        self._bytes += sum(map(len, events))
        while len(self._events) > KEPT or self._bytes > KEPT_BYTES:
            self._bytes -= len(self._events.popleft())
        self._size += len(events)
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    def _read(self, start: int, end: int) -> list[bytes]:
        with self._log.reading() as session:
            return [event(seq, data) for seq, data in queries.entries_data(session, start, end)]
