"""Feeds: valid, stable, filtered, paged."""

import re
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from api import feeds
from api.feeds import ATOM, Feed
from audit.entry import Entry
from audit.log import Log
from tests.api.site import BASE_URL, say

NS = {"a": ATOM}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def atom(client: TestClient, query: str = "") -> ElementTree.Element:
    answer = client.get(f"/feed.atom{query}")
    assert answer.status_code == 200
    return ElementTree.fromstring(answer.content)


def ids(feed: ElementTree.Element) -> list[str]:
    return [str(one.text) for one in feed.findall("a:entry/a:id", NS)]


def link(feed: ElementTree.Element, rel: str) -> str | None:
    found = feed.find(f"a:link[@rel='{rel}']", NS)
    return None if found is None else found.get("href")


def test_the_atom_document_has_what_rfc_4287_asks_for(client: TestClient, log: Log) -> None:
    say(log, "一")
    feed = atom(client)
    assert feed.tag == f"{{{ATOM}}}feed"
    for one in (feed, *feed.findall("a:entry", NS)):
        for name in ("id", "title", "updated"):
            found = one.findall(f"a:{name}", NS)
            assert len(found) == 1
            assert found[0].text
        assert RFC3339.fullmatch(one.findtext("a:updated", "", NS))
    assert feed.findtext("a:author/a:name", None, NS)
    assert link(feed, "self") == f"{BASE_URL}/feed.atom?lang=zh"
    assert [one.get("term") for one in feed.findall("a:entry/a:category", NS)] == ["test.said", "audit.log_opened"]
    assert all(re.match(r"tag:log\.example\.org,2025-11-24:mingtang/", one) for one in ids(feed))


def test_the_json_feed_has_what_its_version_asks_for(client: TestClient, log: Log) -> None:
    say(log, "一")
    answer = client.get("/feed.json")
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == f"{BASE_URL}/feed.json?lang=zh"
    for item in feed["items"]:
        assert item["id"]
        assert item["url"].startswith(f"{BASE_URL}/entries/")
        assert item["content_text"]
        assert RFC3339.fullmatch(item["date_published"])


def test_an_entry_has_one_id_in_both_feeds_and_both_languages_for_ever(client: TestClient, log: Log) -> None:
    say(log, "一")
    wanted = ids(atom(client))
    assert [item["id"] for item in client.get("/feed.json?lang=en").json()["items"]] == wanted
    say(log, "二")
    assert ids(atom(client, "?lang=en"))[1:] == wanted


def test_feeds_keep_to_a_kind_and_a_subject(client: TestClient, log: Log) -> None:
    say(log, "一", "test:a")
    say(log, "二", "test:b")
    assert len(ids(atom(client, "?kind=test.said"))) == 2
    assert len(ids(atom(client, "?kind=test.said&subject=test:b"))) == 1
    assert len(ids(atom(client, "?subject=test:"))) == 2
    assert ids(atom(client, "?kind=lottery.drawn")) == []
    filtered = atom(client, "?kind=test.said&subject=test:b")
    assert link(filtered, "self") == f"{BASE_URL}/feed.atom?kind=test.said&subject=test%3Ab&lang=zh"
    assert filtered.findtext("a:id", "", NS) != atom(client).findtext("a:id", "", NS)


def test_next_leads_through_the_whole_log(client: TestClient, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.feeds.PAGE", 3)
    for number in range(6):
        say(log, str(number))
    seen: list[str] = []
    address: str | None = "/feed.atom"
    while address:
        feed = ElementTree.fromstring(client.get(address.removeprefix(BASE_URL)).content)
        seen += ids(feed)
        address = link(feed, "next")
    assert [one.rpartition("/")[2] for one in seen] == [str(seq) for seq in range(6, -1, -1)]
    page = client.get("/feed.json").json()
    assert client.get(page["next_url"].removeprefix(BASE_URL)).json()["items"][0]["id"] == seen[3]
    assert "next_url" not in client.get("/feed.json?before=2").json()


def an_entry(subject: str, kind: str = "test.said", seq: int = 0) -> Entry:
    return Entry(seq, "0" * 64, 1, 1, kind, subject, "system", {}, {}, [])


xml_text = st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1, max_size=40)


@given(subject=xml_text, origin=xml_text)
def test_whatever_stands_in_an_entry_the_atom_document_is_well_formed(subject: str, origin: str) -> None:
    feed = Feed(origin, 0, BASE_URL, "zh", {"subject": subject}, [an_entry(subject)], None, None)
    root = ElementTree.fromstring(feeds.atom(feed))
    assert subject in str(root.findtext("a:entry/a:title", "", NS)) or ":" in subject
    assert root.findtext("a:id", "", NS).isascii()
