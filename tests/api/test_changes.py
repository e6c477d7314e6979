"""The change feed: every entry once, in order, of what is wanted, and as soon as it is there."""

import asyncio
import threading
import time
from dataclasses import asdict
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from audit.log import Log
from tests.api.lives_recorded import record_life
from tests.api.site import ON_SQLITE, Served, say
from tests.trading.lives import CODE, construction, land
from trading import changes as feed
from trading.changes import Filter
from trading.events import NoticeWithdrawn


def get(client: TestClient, **query: Any) -> Any:
    answer = client.get("/api/v1/changes", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def walk(client: TestClient, **query: Any) -> list[Any]:
    """All items of a filter, page by page, until the cursor stands at the end of the log."""
    found: list[Any] = []
    page = get(client, **query)
    while True:
        found += page["items"]
        if not page["more"]:
            assert page["next"] == page["size"] - 1
            return found
        page = get(client, **query | {"after": page["next"]})


def test_a_copy_of_any_part_is_whole_and_in_order(
    client: TestClient, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_life(log, construction(), 12)
    say(log, "something else")
    size = record_life(log, land(), 8)
    for span in (feed.SPAN, 3):  # a filter that finds nothing for long moves its cursor all the same
        monkeypatch.setattr(feed, "SPAN", span)
        everything = walk(client, limit=5)
        assert [one["seq"] for one in everything] == list(range(size))
        assert [one["project"] for one in walk(client, trade="B", limit=3)] == ["DK-2025-1"] * 8
        assert {one["project"] for one in walk(client, region="2101", kind="trading.")} == {CODE, "DK-2025-1"}
        assert walk(client, region="2202") == walk(client, tenderer="other") == walk(client, project="XM-9") == []
        announced = walk(client, project=CODE, kind="trading.notice_published", tenderer="tenderer")
        assert [one["notice"] for one in announced] == ["gg-3", "gg-4"]
    for wanted in (Filter("trading.", region="2101"), Filter(project=CODE), Filter("test.said"), Filter(trade="B")):
        with log.reading() as session:  # what those who wait are told by is what they are answered
            about = [feed.concerns(wanted, one) for one in feed.abouts(session, size, 2)]
        asked = {name: value for name, value in asdict(wanted).items() if value is not None}
        assert sum(about) == len(walk(client, **asked, after=2)) > 0
    assert len(walk(client, kind="test.said")) == 1
    entry = announced[-1]
    assert entry["logged"].endswith("+08:00")
    assert (entry["lot"], entry["tombstone"]) == (None, False)
    assert client.get(entry["entry"]).json()["body"] == entry["body"]


@ON_SQLITE
def test_what_is_withdrawn_is_told_as_a_tombstone_and_the_old_stays(client: TestClient, log: Log) -> None:
    life = construction()
    record_life(log, life)
    assert isinstance(life.steps[-1].event, NoticeWithdrawn)
    (gone,) = [one for one in walk(client, limit=500) if one["tombstone"]]
    assert gone["kind"] == "trading.notice_withdrawn"
    assert [one["seq"] for one in walk(client) if one["notice"] == gone["notice"]][-1] == gone["seq"]


@ON_SQLITE
def test_an_answer_is_not_sent_twice_and_wrong_cursors_do_no_harm(client: TestClient, log: Log) -> None:
    size = record_life(log, construction(), 2)
    answer = client.get("/api/v1/changes")
    again = client.get("/api/v1/changes", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head("/api/v1/changes?wait=30&after=1000")
    assert (head.status_code, head.content) == (200, b"")
    beyond = get(client, after=10**12)
    assert (beyond["items"], beyond["next"], beyond["more"]) == ([], size - 1, False)
    for wrong in ("after=-1", "after=x", "limit=0", "wait=31", "kind=x", "trade=E", "region=2", "project=%00"):
        assert client.get(f"/api/v1/changes?{wrong}").status_code == 422, wrong


@ON_SQLITE
def test_who_waits_is_answered_when_there_is_something(served: Served, log: Log) -> None:
    size = record_life(log, construction(), 2)
    answers: list[httpx2.Response] = []

    def ask(query: str) -> None:
        answers.append(httpx2.get(f"{served.base_url}/api/v1/changes?after={size - 1}&wait=30&{query}", timeout=60))

    waiting = [threading.Thread(target=ask, args=(query,)) for query in ("", "kind=trading.notice_published")]
    for one in waiting:
        one.start()
    site = served.app.state.site
    deadline = time.monotonic() + 20
    while site.audience.watching < 2:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    seq = say(log, "for the first")
    waiting[0].join(20)
    assert [one["seq"] for one in answers[0].json()["items"]] == [seq]
    life = construction()
    life.steps = life.steps[3:4]
    record_life(log, life)
    waiting[1].join(20)
    (item,) = answers[1].json()["items"]
    assert item["kind"] == "trading.notice_published"
    while site.audience.watching:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@ON_SQLITE
def test_who_waits_in_vain_is_told_so(client: TestClient, log: Log) -> None:
    size = record_life(log, construction(), 2)
    assert get(client, after=size - 1, wait=1) == {"size": size, "items": [], "next": size - 1, "more": False}


def test_nobody_waits_longer_than_the_streams_live() -> None:
    """`Head.beyond` ends with the site, and at once where there is more already."""
    from api.stream import Head

    class Small:
        published_size = 5

    async def run() -> None:
        head = Head(Small())  # type: ignore[arg-type]  # only its size is asked for
        await head.beyond(4, 60)
        waiting = asyncio.create_task(head.beyond(5, 60))
        await asyncio.sleep(0)
        head.close()
        await asyncio.wait_for(waiting, 10)

    asyncio.run(run())
