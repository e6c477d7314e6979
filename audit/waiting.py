"""Who waits for an entry's place, in threads and on event loops, and which places this process published lately."""

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue

RETRY_SECONDS = 0.5
LOOK_SECONDS = 2.0
"""How long who waits for an entry of this process trusts to be told of it, before looking for it."""
REMEMBERED = 100_000
"""Places that are known without a query."""


class _Bell:
    """Rung for somebody who waits on an event loop."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._rung = self.loop.create_future()

    def ring(self) -> None:
        if not self._rung.done():
            self._rung.set_result(None)

    async def wait(self, seconds: float) -> None:
        """Until it is rung, but no longer than this; a timeout of asyncio's own costs several times as much."""
        in_vain = self.loop.call_later(seconds, self.ring)
        try:
            await self._rung
        finally:
            in_vain.cancel()
            self._rung = self.loop.create_future()


_Told = SimpleQueue[None] | _Bell


class Waiting:
    """`announce` tells whoever waits. Each waits for its own entry: to wake a hundred for one costs more than it."""

    def __init__(self, look: Callable[[int], int | None]) -> None:
        """look: the published place of an entry, asked of the database."""
        self._look = look
        self._lock = threading.Lock()
        """Held to change, or to look at both, what was published lately and who waits."""
        self._recent: OrderedDict[int, int] = OrderedDict()
        """Row id to place."""
        self._waiting: dict[int, list[_Told]] = {}
        """By row id."""

    def announce(self, places: Mapping[int, int]) -> None:
        """Tell who waits for these, row id to place; with none everybody looks, since other processes name none."""
        with self._lock:
            self._recent.update(places)
            while len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)  # a plain dict would look for its first item ever longer
            if places:
                waiting = [told for entry_id in places for told in self._waiting.pop(entry_id, ())]
            else:
                waiting = [told for those in self._waiting.values() for told in those]
        # When the lock is free: who wakes would only wait for it.
        on_loops: dict[asyncio.AbstractEventLoop, list[_Bell]] = {}
        for told in waiting:
            if isinstance(told, _Bell):
                on_loops.setdefault(told.loop, []).append(told)
            else:
                told.put(None)
        for loop, bells in on_loops.items():
            with suppress(RuntimeError):  # a loop that has ended, and nobody waits there any more
                loop.call_soon_threadsafe(_ring, bells)

    def wait(self, entry_id: int, timeout: float, leads: bool) -> int | None:
        """The place of an entry once it is published, or None if that takes longer (seconds).

        leads: whether this process will place a new entry itself, and then says so; of any other, the database knows
        more.
        """
        deadline, told = time.monotonic() + timeout, SimpleQueue[None]()
        with self._asking(entry_id, told, leads) as (seq, pause):
            while seq is None:
                with suppress(Empty):
                    told.get(timeout=max(0, min(pause, deadline - time.monotonic())))
                seq = self._place(entry_id)
                if time.monotonic() >= deadline:
                    break
                pause = RETRY_SECONDS
            return seq

    async def wait_on_loop(self, entry_id: int, timeout: float, leads: bool) -> int | None:
        """The same without a thread, which a request would hold all the while."""
        told = _Bell()
        deadline = told.loop.time() + timeout
        with self._asking(entry_id, told, leads) as (seq, pause):
            while seq is None:
                await told.wait(max(0, min(pause, deadline - told.loop.time())))
                seq = self._recent.get(entry_id)
                if seq is None:
                    seq = await asyncio.to_thread(self._place, entry_id)
                if told.loop.time() >= deadline:
                    break
                pause = RETRY_SECONDS
            return seq

    @contextmanager
    def _asking(self, entry_id: int, told: _Told, leads: bool) -> Iterator[tuple[int | None, float]]:
        with self._lock:
            seq = self._recent.get(entry_id)
            is_new = leads and entry_id > next(reversed(self._recent), entry_id)
            self._waiting.setdefault(entry_id, []).append(told)
        try:
            yield seq, LOOK_SECONDS if is_new else 0
        finally:
            self._leave(entry_id, told)

    def _place(self, entry_id: int) -> int | None:
        seq = self._recent.get(entry_id)
        return self._look(entry_id) if seq is None else seq

    def _leave(self, entry_id: int, told: _Told) -> None:
        if entry_id not in self._waiting:  # who was told of a place is on the list no more
            return
        with self._lock:
            others = self._waiting.get(entry_id, [])
            if told in others:
                others.remove(told)
            if not others:
                self._waiting.pop(entry_id, None)


def _ring(bells: Iterable[_Bell]) -> None:
    for bell in bells:
        bell.ring()
