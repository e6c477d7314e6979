"""Spectators of a draw, or who follows the log: as many open streams as a town may have, in a process of their own.

Where the address asks to `wait`, each asks again as soon as it is answered, from where the answer ended. It begins
after the place that the address ends with: `…?wait=30#12`.

with Crowd(url, 2000) as crowd:
    crowd.wait_for("12.0")       # until everybody has had that state
    crowd.arrivals("12.0")       # when each of them had it, seconds of the machine's monotonic clock
"""

import asyncio
import multiprocessing
import re
import resource
import time
from multiprocessing.connection import Connection
from typing import Any, Self
from urllib.parse import urlsplit

_ID = re.compile(rb"\nid: ([0-9]+(?:\.[0-9]+)?)\n")
_SEQ, _NEXT = re.compile(rb'"seq":([0-9]+)'), re.compile(rb'"next":([0-9]+),"more"')
_LENGTH = re.compile(rb"content-length: ([0-9]+)", re.IGNORECASE)
AT_ONCE = 100
"""Connections that are made at a time."""
PATIENCE = 60.0
"""Seconds after which whoever waits gives up."""

Arrivals = dict[str, dict[int, float]]
"""State's id to spectator to the moment it came."""


class Crowd:
    def __init__(self, url: str, size: int) -> None:
        self.size = size
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_main, args=(url, size, other), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        assert self._ask("ready") is True
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.send(("end", None))
        self._process.join(PATIENCE)
        self._process.kill()

    def wait_for(self, wanted: str) -> None:
        """Until every spectator has had this state, or a later one."""
        assert self._ask("wait", wanted) == self.size

    def arrivals(self, wanted: str) -> list[float]:
        found: list[float] = self._ask("arrivals", wanted)
        return found

    def states(self) -> dict[str, int]:
        """By id, how many spectators had that state."""
        found: dict[str, int] = self._ask("states")
        return found

    def _ask(self, question: str, about: str | None = None) -> Any:
        self._pipe.send((question, about))
        assert self._pipe.poll(2 * PATIENCE), f"the crowd does not answer: {question} {about}"
        return self._pipe.recv()


def _order(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.split(".")))


def _main(url: str, size: int, pipe: Connection) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, size + 200), hard))
    asyncio.run(_watch(url, size, pipe))


async def _watch(url: str, size: int, pipe: Connection) -> None:
    arrivals: Arrivals = {}
    newest: list[tuple[int, ...]] = [(0, 0)] * size
    gate = asyncio.Semaphore(AT_ONCE)
    each = _waiter if "wait=" in url else _spectator
    watching = [asyncio.create_task(each(url, one, arrivals, newest, gate)) for one in range(size)]

    def have(wanted: tuple[int, ...]) -> int:
        return sum(one >= wanted for one in newest)

    async def until(wanted: tuple[int, ...]) -> int:
        end = time.monotonic() + PATIENCE
        while have(wanted) < size and time.monotonic() < end:
            await asyncio.sleep(0.02)
        return have(wanted)

    while True:
        question, about = await asyncio.to_thread(pipe.recv)
        if question == "end":
            break
        answer: Any = None
        if question == "ready":
            answer = await until((0, 1)) == size  # a state, or an entry after the first
        elif question == "wait":
            answer = await until(_order(about))
        elif question == "arrivals":
            answer = list(arrivals.get(about, {}).values())
        elif question == "states":
            answer = {name: len(found) for name, found in arrivals.items()}
        pipe.send(answer)
    for task in watching:
        task.cancel()


async def _spectator(
    url: str, number: int, arrivals: Arrivals, newest: list[tuple[int, ...]], gate: asyncio.Semaphore
) -> None:
    parts = urlsplit(url)
    async with gate:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        asked = f"{parts.path}?{parts.query}" if parts.query else parts.path
        ask = f"GET {asked} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n\r\n"
        writer.write(ask.encode())
        data = await reader.read(1 << 16)
    tail = b""
    while data:
        now = time.monotonic()
        for found in _ID.findall(tail + data):
            name = found.decode()
            arrivals.setdefault(name, {}).setdefault(number, now)
            newest[number] = max(newest[number], _order(name))
        tail = data[-64:]
        data = await reader.read(1 << 16)


async def _waiter(
    url: str, number: int, arrivals: Arrivals, newest: list[tuple[int, ...]], gate: asyncio.Semaphore
) -> None:
    parts = urlsplit(url)
    async with gate:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    after = parts.fragment
    while True:
        asked = f"{parts.path}?{parts.query}&after={after}"
        writer.write(f"GET {asked} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length is not None, head
        body = await reader.readexactly(int(length[1]))
        now = time.monotonic()
        for found in _SEQ.findall(body):
            name = found.decode()
            arrivals.setdefault(name, {}).setdefault(number, now)
            newest[number] = max(newest[number], _order(name))
        (after,) = (place.decode() for place in _NEXT.findall(body))
