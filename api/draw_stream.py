"""Follows draws for everybody who watches them: one look at a draw for each change, however many watch it.

    Log.subscribe, console, once a second ──> Channel (one for each draw that is watched) ──> every listener

A listener gets the newest state and none in between: who is slow misses a step of the ceremony and never the end.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Final

import orjson
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from api.draw_state import Seen, is_writable, see
from audit.errors import Refusal
from audit.log import Log
from lottery import presentation, public_queries
from lottery.model import Draw
from lottery.screen import screen_state, shows_seal_until

POLL: Final = 1.0
"""Seconds between two looks for what nobody tells of: another process's console, cosignatures, a clock that leaps."""
HEARTBEAT: Final = 15.0
"""Seconds of silence after which the time is told: proxies do not hang up, and a lost connection shows."""
APART: Final = 0.1
"""Seconds between two looks at least: a hundred contributions of visitors within a second are not each told to all."""
LINGER: Final = 5.0
"""Seconds for which a draw is still followed that nobody watches: whoever reloads comes back at once."""

talk = logging.getLogger(__name__)


def stamped(body: bytes, now: int) -> bytes:
    """A state as JSON, with the reader's own `server_time`, which is its last member."""
    return b'%b,"server_time":%d}' % (body, now)


def event(sequence: int, version: int, body: bytes, now: int) -> bytes:
    """One server-sent event; JSON as it is made here holds no line break."""
    return b"event: state\nid: %d.%d\ndata: %b\n\n" % (sequence, version, stamped(body, now))


class Channel:
    """One draw that is watched. Lives on one event loop."""

    def __init__(self, log: Log, draw_id: str, started: int) -> None:
        self._log, self._draw_id, self._started = log, draw_id, started
        self.listeners = 0
        self.body: bytes = b""
        """The state without `server_time` and its closing brace."""
        self.id = (0, 0)
        self.shared: bytes = b""
        """The event as those who were waiting for it get it."""
        self.time: bytes = b""
        """What those get who have that state already."""
        self.changed = asyncio.Event()
        """Set, and replaced by a new one, whenever there is something to tell: each waiter waits once."""
        self._told_at = time.monotonic()
        self._stir = asyncio.Event()
        self._seen: Seen | None = None
        self._is_published = False
        self._mark: tuple[object, ...] = ()
        self.looks = 0
        """How often the state was worked out."""

    def stir(self) -> None:
        """Something happened that may be about this draw."""
        self._stir.set()

    async def look(self) -> None:
        """Work the state out, and tell it if it is another. Raises NoSuchDraw."""
        mark = await run_in_threadpool(self._mark_now)  # before, so that nothing comes between
        seen = await run_in_threadpool(see, self._log, self._draw_id, self._started)
        self.looks += 1
        self._seen, self._mark = seen, mark
        state = seen.state.model_dump(exclude={"server_time"})
        body = orjson.dumps(state)[:-1]
        is_published = seen.state.sequence < seen.state.checkpoint  # what seats wait for before they reveal
        if (_told(body), is_published) == (_told(self.body), self._is_published):
            return
        self.body, self._is_published = body, is_published
        shown = seen.state.presentation
        self.id = (seen.state.sequence, shown.version if shown else 0)
        self.shared = event(*self.id, body, seen.state.server_time)
        self._tell()

    def _tell(self) -> None:
        self._told_at = time.monotonic()
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    async def run(self) -> None:
        """Follow the draw until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stir.wait(), self._pause())
            self._stir.clear()
            try:
                if await run_in_threadpool(self._is_news):
                    await self.look()
                    await asyncio.sleep(APART)
                if time.monotonic() >= self._told_at + HEARTBEAT:  # one clock for all, not one for each
                    self.time = b"event: time\ndata: %d\n\n" % self._log.clock()
                    self._tell()
            except (SQLAlchemyError, OSError, Refusal) as fault:  # listeners wait; the store may be back in a moment
                talk.warning("the stream of %s stands still: %s", self._draw_id, fault)
                await asyncio.sleep(POLL)
            except Exception:  # whoever watches gets no other channel: this one must not end in silence
                talk.exception("the stream of %s stands still", self._draw_id)
                await asyncio.sleep(POLL)

    def _pause(self) -> float:
        """Seconds until the next look: sooner than the usual where a deadline passes."""
        if self._seen is None:
            return POLL
        now = self._log.clock()
        left = [at - now for at in moments(self._seen.draw) if at > now]
        return min(POLL, *(one / 1000 + 0.002 for one in left)) if left else POLL

    def _is_news(self) -> bool:
        if self._seen is None or self._mark_now() != self._mark:
            return True
        draw, state = self._seen.draw, self._seen.state
        attempt, now = draw.attempt, self._log.clock()
        if attempt is not None and attempt.sealed is not None and attempt.is_running:
            return True  # cosignatures come without an entry
        shown = state.presentation.shown if state.presentation else 0
        return (state.state, state.screen) != (draw.state_at(now), screen_state(draw, now, shown))

    def _mark_now(self) -> tuple[object, ...]:
        """What tells that something was recorded or presented; cheap to have."""
        size = self._log.published_size
        attempt = None if self._seen is None else self._seen.draw.attempt
        with self._log.reading() as session:
            newest = public_queries.newest_seq(session, self._draw_id)
            number = 1 if attempt is None else attempt.number
            shown = presentation.read(session, self._draw_id, number)
        return newest, newest < size, shown, is_writable(self._log)


def _told(body: bytes) -> bytes:
    """A state without what is no news of the draw: entries of others."""
    return re.sub(rb'"checkpoint":[0-9]+', b"", body[-40:]) + body[:-40]


def moments(draw: Draw) -> list[int]:
    """When a draw's state changes by itself, Unix milliseconds."""
    attempt = draw.attempt
    if attempt is None:
        return [] if draw.call is None else [draw.call.event.sign_up_until * 1000]
    found = [attempt.planned.event.draws_at * 1000, attempt.planned.event.commit_deadline * 1000]
    if attempt.closed is not None:
        found.append(attempt.closed.event.reveal_deadline * 1000)
    if attempt.round_at is not None:
        found.append(attempt.round_at)
    shown_until = shows_seal_until(attempt)
    return found if shown_until is None else [*found, shown_until]


class Draws:
    """The channels of all draws that are watched. Lives on one event loop, from `run` until `close`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.started = log.clock()
        """When this server began, Unix milliseconds."""
        self._channels: dict[str, Channel] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = asyncio.Event()
        self._opening = asyncio.Lock()
        self._attending: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Pass on what is published, until cancelled."""
        self._loop = asyncio.get_running_loop()
        unsubscribe = self._log.subscribe(lambda _: self.stir())
        try:
            await self._closed.wait()
        finally:
            unsubscribe()
            self.close()
            for task in self._attending.values():
                task.cancel()

    def stir(self, draw_id: str | None = None) -> None:
        """From any thread: something happened to this draw, or to any."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop may have ended just before the log did
                self._loop.call_soon_threadsafe(self._wake, draw_id)

    def _wake(self, draw_id: str | None) -> None:
        for name, channel in self._channels.items():
            if draw_id in (None, name):
                channel.stir()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed.set()
        for channel in self._channels.values():
            channel.changed.set()

    def channel(self, draw_id: str) -> Channel | None:
        """Of a draw that is watched."""
        return self._channels.get(draw_id)

    def new_channel(self, draw_id: str) -> Channel:
        """Of a draw that nobody watched; other things that are watched have channels of their own."""
        return Channel(self._log, draw_id, self.started)

    async def follow(self, draw_id: str) -> AsyncGenerator[bytes]:
        """The draw's state now and whenever it changes, and the time in between. Raises NoSuchDraw."""
        if draw_id not in self._channels:
            async with self._opening:  # a thousand who come at once make one look
                if draw_id not in self._channels:
                    channel = self.new_channel(draw_id)
                    await channel.look()
                    self._attend(draw_id, channel)
        return self._events(draw_id, self._channels[draw_id])

    async def _events(self, draw_id: str, channel: Channel) -> AsyncGenerator[bytes]:
        channel = self._channels.get(draw_id, channel)  # which may have been left since, for nobody had come
        channel.listeners += 1
        self._attend(draw_id, channel)
        try:
            changed, had = channel.changed, channel.shared
            yield event(*channel.id, channel.body, self._log.clock())
            while not self._closed.is_set():
                await changed.wait()
                if self._closed.is_set():
                    return
                changed, news = channel.changed, channel.shared
                yield channel.time if news is had else news
                had = news
        finally:
            channel.listeners -= 1

    def _attend(self, draw_id: str, channel: Channel) -> None:
        """Follow a draw as long as somebody watches it, and a little longer."""
        if draw_id in self._channels:
            return
        self._channels[draw_id] = channel

        async def attend() -> None:
            following = asyncio.ensure_future(channel.run())
            try:
                await asyncio.sleep(LINGER)
                while channel.listeners:
                    await asyncio.sleep(LINGER)
            finally:
                following.cancel()
                del self._channels[draw_id], self._attending[draw_id]

        self._attending[draw_id] = asyncio.get_running_loop().create_task(attend())
