"""The event stream: from where it starts, how it resumes, what it costs."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import httpx2
import pytest
from sqlalchemy.exc import OperationalError

from api import stream
from api.stream import Head
from audit.log import Log
from tests.api.site import Noted, Served, catch_up, say, serving

Event = dict[str, str]


@contextmanager
def following(url: str, **headers: str) -> Iterator[Iterator[Event]]:
    with httpx2.stream("GET", url, headers=headers, timeout=20) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Event]:
    """The events, by the rules of the standard."""
    event: Event = {}
    for line in lines:
        if not line:
            if "data" in event:
                yield event
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = value


def fill(log: Log, count: int) -> int:
    """Many entries at once; returns the size."""
    with log.act("operator:abc") as act:
        act.lock("test:many")
        for number in range(count):
            act.record(Noted(text=f"第 {number} 件"), "test:many")
    return catch_up(log)


def stand_at_head(served: Served) -> None:
    """Wait until the head has read what is published: it follows on a loop of its own."""
    while served.app.state.site.head.size < served.log.published_size:
        time.sleep(0.005)


def test_a_reader_without_a_place_gets_what_comes_from_now_on(served: Served) -> None:
    say(served.log, "以前")
    stand_at_head(served)
    with following(f"{served.base_url}/log/stream") as found:
        seq = say(served.log, "以后")
        event = next(found)
    assert event == {
        "event": "entry",
        "id": str(seq),
        "data": httpx2.get(f"{served.base_url}/log/entry/{seq}").text,
    }


@pytest.mark.parametrize("place", ["address", "header"])
def test_a_reader_resumes_after_the_last_it_had(served: Served, place: str) -> None:
    size = fill(served.log, 5)
    url = f"{served.base_url}/log/stream" + ("?after=2" if place == "address" else "?after=0")
    headers = {} if place == "address" else {"Last-Event-ID": "2"}
    with following(url, **headers) as found:
        assert [next(found)["id"] for _ in range(size - 3)] == [str(seq) for seq in range(3, size)]
        seq = say(served.log, "后来")
        assert next(found)["id"] == str(seq)


def test_after_a_gap_everything_comes_from_the_store_in_order_and_as_logged(served: Served) -> None:
    size = fill(served.log, stream.CHUNK * 2 + 50)
    with following(f"{served.base_url}/log/stream?after=0") as found:
        got = [next(found) for _ in range(size - 1)]
    assert [int(event["id"]) for event in got] == list(range(1, size))
    for event in (got[0], got[stream.CHUNK], got[-1]):
        assert event["data"] == httpx2.get(f"{served.base_url}/log/entry/{event['id']}").text


@pytest.mark.parametrize("header", ["", "x", "-1", "99999999999999999999999", "1.5", "0x1"])
def test_a_last_event_id_that_is_no_place_is_as_none(served: Served, header: str) -> None:
    with following(f"{served.base_url}/log/stream?after=0", **{"Last-Event-ID": header}) as found:
        seq = say(served.log, "一")
        assert next(found)["id"] == str(seq)


def test_a_place_that_is_not_there_yet_means_the_head(served: Served) -> None:
    stand_at_head(served)
    with following(f"{served.base_url}/log/stream?after=9007199254740991") as found:
        seq = say(served.log, "一")
        assert next(found)["id"] == str(seq)


def test_many_readers_get_every_entry_once_and_in_order(served: Served) -> None:
    readers, entries = 20, 40
    got: list[list[int]] = [[] for _ in range(readers)]
    ready = threading.Barrier(readers + 1)

    def read(number: int) -> None:
        with following(f"{served.base_url}/log/stream?after=0") as found:
            ready.wait()
            for event in found:
                got[number].append(int(event["id"]))
                if len(got[number]) == entries:
                    return

    threads = [threading.Thread(target=read, args=(number,)) for number in range(readers)]
    for thread in threads:
        thread.start()
    ready.wait()
    for number in range(entries):
        say(served.log, str(number), f"test:{number % 3}")
    for thread in threads:
        thread.join(20)
    assert got == [list(range(1, entries + 1))] * readers


def test_the_server_stops_while_streams_are_open(log: Log) -> None:
    with serving(log) as served, following(f"{served.base_url}/log/stream") as found:
        threading.Timer(0.3, served.app.state.site.head.close).start()
        assert list(found) == []


# The head alone, without a server


async def take(source: AsyncIterator[bytes], count: int) -> list[int]:
    """The ids of the next events, comments left out."""
    ids: list[int] = []
    async for chunk in source:
        ids += [int(line[4:]) for line in chunk.split(b"\n") if line.startswith(b"id: ")]
        if len(ids) >= count:
            break
    return ids


def test_one_read_of_the_store_serves_all_readers_at_the_head(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[tuple[int, int]] = []
    read = Head._read

    def counted(self: Head, start: int, end: int) -> list[bytes]:
        reads.append((start, end))
        return read(self, start, end)

    monkeypatch.setattr(Head, "_read", counted)
    monkeypatch.setattr(log, "lately", lambda *_: None)  # as where another process publishes

    async def scene() -> None:
        head = Head(log)
        running = asyncio.create_task(head.run())
        readers = [asyncio.create_task(take(head.follow(head.size - 1), 10)) for _ in range(200)]
        await asyncio.sleep(0.05)
        await asyncio.to_thread(fill, log, 10)
        assert await asyncio.gather(*readers) == [list(range(1, 11))] * 200
        running.cancel()

    asyncio.run(scene())
    assert sum(end - start for start, end in reads) == 10


def test_a_slow_reader_holds_no_more_than_a_chunk(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 8)
    monkeypatch.setattr(stream, "KEPT", 16)

    async def scene() -> None:
        head = Head(log)
        running = asyncio.create_task(head.run())
        slow = head.follow(0)
        size = await asyncio.to_thread(fill, log, 100)
        first = await anext(slow)
        assert first.count(b"event: entry") == 8
        while head.size < size:
            await asyncio.sleep(0.01)
        assert len(head._events) == 16
        assert await take(slow, size - 9) == list(range(9, size))
        running.cancel()

    asyncio.run(scene())


def test_large_entries_push_old_ones_out_of_memory(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "KEPT_BYTES", 2000)

    async def scene() -> None:
        head = Head(log)
        running = asyncio.create_task(head.run())
        size = await asyncio.to_thread(fill, log, 50)
        while head.size < size:
            await asyncio.sleep(0.01)
        assert sum(map(len, head._events)) <= 2000
        assert await take(head.follow(0), size - 1) == list(range(1, size))
        running.cancel()

    asyncio.run(scene())


def test_silence_is_broken_by_a_comment(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.02)

    async def scene() -> None:
        head = Head(log)
        running = asyncio.create_task(head.run())
        assert await anext(head.follow(head.size - 1)) == b":\n\n"
        running.cancel()

    asyncio.run(scene())


def test_a_store_that_fails_for_a_moment_ends_no_stream(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "RETRY", 0.01)
    read, failures = Head._read, [OperationalError("SELECT", {}, OSError("gone"))] * 2

    def failing(self: Head, start: int, end: int) -> list[bytes]:
        if failures:
            raise failures.pop()
        return read(self, start, end)

    monkeypatch.setattr(Head, "_read", failing)

    async def scene() -> None:
        head = Head(log)
        running = asyncio.create_task(head.run())
        await asyncio.sleep(0.02)
        reader = asyncio.create_task(take(head.follow(head.size - 1), 1))
        await asyncio.to_thread(say, log, "一")
        assert await asyncio.wait_for(reader, 10) == [1]
        running.cancel()

    asyncio.run(scene())
