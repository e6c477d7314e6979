"""Notices for everyone: search and its API, versions with their differences, the calendar, parties, markets."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, expect

from api import app as application
from api.calendar import Moment, calendar
from api.routes.notices import marked
from audit.log import Log
from tests.api.desk_people import findings
from tests.api.site import ON_SQLITE, Served, serving
from tests.ground import FakeClock
from tests.trading import noticed
from tests.trading.noticed import AGENT, BIDDER, DAY, TENDERERS, correct, move, publish, register, withdraw

HOSTILE = "<script>alert(1)</script>&amp;取水"


@pytest.fixture
def city(log: Log) -> Log:
    """A notice corrected once whose deadline moved then, a withdrawn one, a result with its winner."""
    register(log)
    now = log.clock() // 1000
    first, second = (
        log.blobs.put_file(name, "application/pdf", name.encode()) for name in ("招标文件.pdf", "更正文件.pdf")
    )
    terms = [{"name": "bid_deadline", "value": now + 25 * DAY}, {"name": "ceiling_fen", "value": 123_456_700}]
    terms += [{"name": "opening_at", "value": now + 25 * DAY}, {"name": "scope", "value": ["土建", "安装"]}]
    members: dict[str, Any] = {"title": "取水泵房施工招标公告", "method": "open_tender"}
    publish(log, "XM-2025-A01", "gg-a1", terms=terms, files=[first], **members)
    corrected = [terms[0], terms[1] | {"value": 120_000_000}, terms[2], terms[3] | {"value": ["土建", "设备安装"]}]
    text = ["一、招标条件。", "二、项目概况（规模有更正）。"]
    correct(log, "XM-2025-A01", "gg-a1", 2, terms=corrected, files=[second], text=text, **members)
    move(log, "XM-2025-A01", now + 30 * DAY)
    publish(log, "XM-2025-D01", "gg-d1", title="食堂餐桌采购公告", text=[HOSTILE])
    withdraw(log, "XM-2025-D01", "gg-d1")
    publish(log, "XM-2025-B01", "gg-b1", notice_kind="result", title="成交公示")
    noticed.open_bid(log, "XM-2025-A01", "演示建工有限公司", BIDDER, 110_000_000)
    noticed.award(log, "XM-2025-A01", "演示建工有限公司", BIDDER, 110_000_000)
    return log


def test_programs_find_notices_page_by_page_with_counts(client: TestClient, city: Log) -> None:
    first = client.get("/api/v1/notices", params={"limit": 2}).json()
    assert [one["id"] for one in first["items"]] == ["gg-b1", "gg-d1"]
    assert first["counts"]["total"] == 3
    assert first["counts"]["is_all"]
    kinds = [{"value": "announcement", "count": 2}, {"value": "result", "count": 1}]
    assert first["counts"]["facets"]["kind"] == kinds
    second = client.get("/api/v1/notices", params={"limit": 2, "before": first["next"]}).json()
    assert [(one["id"], one["version"], one["amount_fen"]) for one in second["items"]] == [("gg-a1", 2, 120_000_000)]
    assert second["next"] is None
    found = client.get("/api/v1/notices", params={"q": "更正", "agent": AGENT, "since": "2025-01-01"}).json()
    assert [one["id"] for one in found["items"]] == ["gg-a1"]
    assert found["counts"]["facets"]["tenderer"] == [{"value": "water", "count": 1}]
    by_amount = client.get("/api/v1/notices", params={"least_fen": 110_000_000, "most_fen": 120_000_000}).json()
    assert [one["id"] for one in by_amount["items"]] == ["gg-a1"]
    assert client.get("/api/v1/notices", params={"until": "2025-01-01"}).json()["items"] == []
    assert client.get("/api/v1/notices", params={"region": "21010x"}).status_code == 422
    versions = client.get("/api/v1/notices/gg-a1").json()
    assert [(one["version"], one["terms"][1]["value"]) for one in versions] == [(2, 120_000_000), (1, 123_456_700)]
    missing = client.get("/api/v1/notices/gg-none")
    assert (missing.status_code, missing.json()["code"]) == (404, "trading.no-such-notice")


def test_counts_of_markets_follow_corrections_and_awards(client: TestClient, city: Log) -> None:
    before = client.get("/api/v1/statistics").json()
    markets = {one["trade"]: one for one in before["trades"]}
    assert {trade: one["notices"] for trade, one in markets.items()} == {"A": 1, "B": 1, "C": 0, "D": 1}
    assert (markets["A"]["projects"], markets["A"]["awards"], markets["A"]["awarded_fen"]) == (1, 1, 110_000_000)
    withdraw(city, "XM-2025-B01", "gg-b1")
    publish(city, "XM-2025-C01", "gg-c1")
    terms = [{"name": "asking_fen", "value": 9_999_999_999}]
    correct(city, "XM-2025-C01", "gg-c1", 2, terms=terms)
    after = client.get("/api/v1/statistics").json()
    assert {one["trade"]: one["notices"] for one in after["trades"]} == {"A": 1, "B": 1, "C": 1, "D": 1}
    bands = client.get("/api/v1/notices", params={"trade": "C"}).json()["counts"]["facets"]["band"]
    assert bands == [{"value": "5", "count": 1}]
    for path in ("/", "/tenderers/water", f"/agents/{AGENT}", f"/bidders/{BIDDER}", "/statistics", "/notices/gg-a1"):
        assert client.get(path).status_code == 200, path


@ON_SQLITE
def test_pages_answer_whatever_is_asked(client: TestClient, city: Log) -> None:
    for query in (
        "agent='",
        "region='",
        'tenderer="',
        "q='%22|&!*()",
        "",
        "q=取水",
        "q=%00",
        "band=9&least=x&most=-1&since=2025-13-01&until=0001-01-01",
        "before=zz",
    ):
        assert client.get(f"/notices?{query}").status_code == 200
    for path in ("/tenderers/water", f"/agents/{AGENT}", f"/bidders/{BIDDER}", "/statistics", "/"):
        assert client.get(path, headers={"Accept-Language": "en"}).status_code == 200
    for path in ("/notices/gg-none", "/notices/gg-none.ics", "/tenderers/none", "/agents/none", f"/bidders/{AGENT}"):
        assert client.get(path).status_code == 404
    assert "演示建工有限公司" in client.get(f"/bidders/{BIDDER}").text
    assert HOSTILE not in client.get("/notices?q=取水").text
    assert "已撤回" in client.get("/notices/gg-d1").text


def test_what_was_looked_for_is_marked_and_nothing_else_becomes_markup() -> None:
    assert marked("取水<泵房>与泵房", "泵房 ， 取水") == "<mark>取水</mark>&lt;<mark>泵房</mark>&gt;与<mark>泵房</mark>"
    assert marked("ABab", "ab") == "<mark>AB</mark><mark>ab</mark>"
    assert marked("aaa", "aa a") == "<mark>a</mark>" * 3


@ON_SQLITE
def test_a_calendar_holds_the_deadlines_as_they_are_now(client: TestClient, city: Log) -> None:
    answer = client.get("/notices/gg-a1.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    lines = answer.content.decode().replace("\r\n ", "").split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert sum(line == "BEGIN:VEVENT" for line in lines) == 2
    begins = {line for line in lines if line.startswith("DTSTART:")}
    (moved,) = begins  # the opening goes with the deadline, as it was moved
    assert re.fullmatch(r"DTSTART:\d{8}T\d{6}Z", moved)
    assert "UID:gg-a1-bid_deadline@log.example.org.mingtang" in lines
    assert client.get("/notices/gg-a1.ics", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert b"STATUS:CANCELLED" in client.get("/notices/gg-d1.ics").content


@ON_SQLITE
def test_a_projects_calendar_holds_every_deadline_that_is_ahead_with_its_article(
    client: TestClient, city: Log, clock: FakeClock
) -> None:
    answer = client.get("/projects/XM-2025-A01.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = answer.content.decode().replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    shown = client.get("/projects/XM-2025-A01").text
    assert 'href="/projects/XM-2025-A01.ics"' in shown
    running = shown.count('class="clock is-running"') + shown.count('class="clock is-ahead"')
    of_law = [one for one in events if "/law#" in one]
    assert len(of_law) == running > 0
    assert all(re.search(r"DESCRIPTION:[^\r]*(法|条例|办法)[^\r]* ?[0-9]", one) for one in of_law), of_law[0]
    assert any("UID:gg-a1-bid_deadline@" in one for one in events)
    assert len({re.search("UID:.*", one)[0] for one in events}) == len(events)  # type: ignore[index]  # each has one
    again = client.get("/projects/XM-2025-A01.ics", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    clock.advance(2000 * 86_400)
    assert len(client.get("/projects/XM-2025-A01.ics").content) < len(answer.content), "what is over is no deadline"
    assert client.get("/projects/none.ics").status_code == 404
    assert client.get("/projects/%00.ics").status_code == 404


def test_a_long_line_of_a_calendar_is_folded_between_characters() -> None:
    moment = Moment("a@b", 0, "长" * 60 + ";,\\", "一\n二", "https://example.org/")
    data = calendar("公告", [moment], version=1, changed=0, cancelled=False)
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert "长" * 60 + "\\;\\,\\\\" in data.decode().replace("\r\n ", "")
    assert b"DTSTART:19700101T000000Z" in data
    assert "一\\n二" in data.decode()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.set_default_timeout(10_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert faults == []


CLIPPED = """[...document.querySelectorAll('svg.chart text')].filter((text) => {
  const all = text.ownerSVGElement.getBoundingClientRect(), own = text.getBoundingClientRect();
  return own.left < all.left - 1 || own.right > all.right + 1;
}).map((text) => text.textContent)"""
"""Labels of charts that are not whole."""


MILDER = """() => {
  const isGrave = (one) => ['serious', 'critical'].includes(one.impact);
  const isUsual = (one) => one.enabled !== false && !/experimental|deprecated/.test(one.tags);
  const runOnly = axe._audit.rules.filter((one) => isUsual(one) && !isGrave(one)).map((one) => one.id);
  return axe.run({ runOnly, resultTypes: ['violations'], preload: false })
    .then((found) => found.violations.map((one) => one.id));
}"""
"""What else axe finds, however slight: a rule's impact is that of all it finds."""


def check_page(page: Page) -> None:
    """Readable by everyone, and no wider than the screen."""
    assert findings(page) == []
    assert page.evaluate(MILDER) == [], page.url
    check_width(page)


def check_width(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert page.evaluate(CLIPPED) == [], page.url


@ON_SQLITE
def test_a_bidder_finds_a_notice_by_two_characters_and_reads_all_of_it(served: Served, city: Log, page: Page) -> None:
    publish(city, "XM-2025-C01", "gg-c1", notice_kind="disclosure", title="股权转让信息披露")
    page.goto(served.base_url)
    expect(page.locator(".markets li")).to_have_count(4)
    expect(page.locator(".closings li")).to_have_count(1)  # the others are awarded, withdrawn or over
    expect(page.locator(".closings li")).to_contain_text("演示酒店公司股权转让")
    check_page(page)
    page.locator("#q").fill("泵房")
    page.locator("#q").press("Enter")
    expect(page.locator(".found")).to_have_count(1)
    expect(page.locator(".found mark").first).to_have_text("泵房")
    check_page(page)
    page.get_by_role("link", name="工程建设").last.click()
    expect(page.locator(".chosen li")).to_have_count(1)
    page.locator(".found-title a").click()
    expect(page).to_have_url(f"{served.base_url}/notices/gg-a1")
    expect(page.locator("h1")).to_have_text("取水泵房施工招标公告")
    expect(page.locator(".terms")).to_contain_text("1,200,000.00 元")
    expect(page.locator(".differences").first).to_contain_text("最高投标限价")
    expect(page.locator(".differences ins").first).to_contain_text("规模有更正")
    expect(page.locator(".differences")).to_contain_text("1,234,567.00 元")
    check_page(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="日历文件（.ics）").click()
    assert download.value.suggested_filename == "gg-a1.ics"
    page.locator(".facts").get_by_role("link", name=TENDERERS["water"]).click()
    expect(page.locator("#wins")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="演示建工有限公司").click()
    expect(page.locator("h1")).to_have_text("演示建工有限公司")
    check_page(page)
    page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/notices", "/notices/gg-a1", "/statistics", f"/agents/{AGENT}"):
        page.goto(f"{served.base_url}{path}?lang=en")
        if path in ("/statistics", f"/agents/{AGENT}"):
            check_page(page)
        else:  # in the other language it is the same template
            check_width(page)


@ON_SQLITE
def test_a_long_log_is_counted_before_the_first_visitor_asks(city: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "LONG", city.published_size + 1)
    with serving(city) as site:
        short = site.app.state.site.market
        assert site.app.state.site.head.size == city.published_size
    monkeypatch.setattr(application, "LONG", city.published_size)
    with serving(city) as site:
        long, end = site.app.state.site.market, time.monotonic() + 20
        while long.size < city.published_size and time.monotonic() < end:
            time.sleep(0.01)
    assert (short.size, long.size) == (0, city.published_size)
    assert long.count("A") == 1
