"""The law's tables for everyone, and each project's times as lines: in both languages, and as the program has them."""

import re
from importlib.resources import files
from typing import Any

import pytest
from fastapi.testclient import TestClient

from audit.entry import SYSTEM
from audit.events import Event
from audit.log import Log
from tests.api.site import ON_SQLITE, catch_up
from tests.ground import FakeClock
from tests.lottery.hall import HOUR, MONDAY, PROJECT
from tests.trading.builders import a_project
from tests.trading.events_of import a_beginning, an_event
from trading.breaches import write_breaches
from trading.events import ContractSigned, ObjectionFiled, ObjectionReplied
from trading.law import clocks, committees, fields, limits, procedures

pytestmark = ON_SQLITE
DAY = 86_400


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page))


def test_every_row_of_every_table_is_on_the_page_and_the_files_are_the_programs_own(client: TestClient) -> None:
    page = client.get("/law").text
    for several in clocks.table().versions.values():
        for one in several:
            assert f'<tr id="{one.ref}">' in page
            assert one.text in page
            assert f"{one.law} {one.article}" in page
    dated = [one for several in clocks.table().versions.values() for one in several]
    rows: list[Any] = [*dated, *committees.table(), *limits.table()]
    assert page.count("待律师确认") == sum(one.confidence == "unconfirmed" for one in rows)
    for field in fields.table():
        assert field.zh in page
    text = words(page)
    for row in procedures.table():
        assert row.law in text
    for name in ("clocks", "committees", "limits", "fields", "procedures"):
        answer = client.get(f"/law/{name}.json")
        assert answer.content == files("trading.law").joinpath(f"{name}.json").read_bytes()
        assert answer.headers["content-type"] == "application/json"
        again = client.get(f"/law/{name}.json", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert client.get("/law/secrets.json").status_code == 404


def test_a_trades_page_has_its_rules_and_no_others(client: TestClient) -> None:
    found = set(re.findall('<tr id="([^"@]+)@', client.get("/law?trade=B").text))
    assert {"b-listing", "b-mining-listing", "auction-viewing", "disclosure-reply"} <= found
    assert not any(one.startswith(("a-", "c-", "d-")) for one in found)
    assert client.get("/law?trade=X").text.count("<tr id=") == client.get("/law").text.count("<tr id=")


def test_the_english_page_says_each_rule_in_english(client: TestClient) -> None:
    page = client.get("/law?lang=en").text
    said = words(re.sub(r'<(\w+)[^>]* lang="zh-CN"[^>]*>.*?</\1>', "", page))
    assert set(re.findall("[\u4e00-\u9fff]+", said)) <= {"中文"}
    for sentence in (
        "Deadline for bids: at least 20 days after the first issue of the documents",
        "Objection to the documents: at least 10 days before the deadline for bids",
        "Reply to the objection: within 3 days after the objection to the result",
        "Opening: not before the deadline for bids",
        "Reply at the opening: on the same day as the objection at the opening",
        "End of the result's publication: at least 1 working day after the publication of the result",
    ):
        assert sentence.replace("'", "&#39;") in said
    assert "to be confirmed by a lawyer" in said


@pytest.fixture
def project(log: Log, clock: FakeClock) -> Log:
    """A lot that is announced, of which somebody asked something on Monday."""
    clock.now = MONDAY * 1000
    put(log, a_project(category="works"))
    terms = {"documents_from": MONDAY, "documents_until": MONDAY + 7 * DAY}
    deadline = {"bid_deadline": MONDAY + 25 * DAY, "opening_at": MONDAY + 25 * DAY}
    put(log, a_beginning("announcement", "open_tender", **terms, **deadline))
    put(log, an_event(ObjectionFiled, objection="yy-1", stage="documents", party="甲", abstract="资格", due_at=0))
    return log


def put(log: Log, event: Event) -> None:
    with log.act(SYSTEM) as act:
        act.lock(f"project:{PROJECT}")
        act.record(event, f"project:{PROJECT}")
    catch_up(log)


def lines(client: TestClient, lang: str = "zh") -> list[str]:
    page = client.get(f"/projects/{PROJECT}?lang={lang}").text
    return [words(item) for item in re.findall('(?s)<li class="clock .*?</li>', page)]


def line(client: TestClient, *parts: Any, lang: str = "zh") -> str:
    (found,) = [one for one in lines(client, lang) if all(part in one for part in parts)]
    return found


def test_a_project_shows_what_runs_with_article_and_days_left_then_kept_or_breached(
    client: TestClient, project: Log, clock: FakeClock
) -> None:
    reply = line(client, "答复异议")
    for part in ("yy-1", "不得晚于 2023-08-24 23:59:59", "还有 3 天", "招标投标法实施条例 第二十二条"):
        assert part in reply
    window = line(client, "第二十四条")
    assert "不得早于 2023-09-11 00:00:00" in window  # 10 September 2023 is a Sunday
    assert "✓ 遵守 2023-09-15 09:00:00" in window
    ahead = line(client, "发出影响编制的澄清或修改")
    assert "不得晚于 2023-08-31 23:59:59" in ahead
    assert "20 days after the first issue" in line(client, "20 days", lang="en")
    clock.now = (MONDAY + 3 * DAY) * 1000
    assert "今天" in line(client, "答复异议")
    clock.now = (MONDAY + 3 * DAY + 15 * HOUR) * 1000
    assert "✗ 违反" in line(client, "答复异议")
    assert write_breaches(project) == 1
    put(project, an_event(ObjectionReplied, objection="yy-1", outcome="rejected", abstract="合法"))
    assert "✗ 违反，实际 2023-08-25 00:00:00" in line(client, "yy-1", "不得晚于 2023-08-24")
    assert "breached, done 2023-08-25" in line(client, "yy-1", "2023-08-24", lang="en")


def test_what_the_calendar_does_not_reach_is_said_and_not_guessed(
    client: TestClient, project: Log, clock: FakeClock
) -> None:
    signed = 1_798_640_000  # 30 December 2026
    clock.now = signed * 1000
    put(project, an_event(ContractSigned, contract="HT-1", signed_at=signed, amount_fen=1))
    assert "工作日安排尚未公布" in line(client, "退还中标人的保证金")
    assert client.get("/law").status_code == 200
