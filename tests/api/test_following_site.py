"""Saved searches on the site: from what was found to a feed, a mail that asks, and an owner's page."""

import json
import re
import time
from collections.abc import Callable
from xml.etree import ElementTree

from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from api.background import following
from api.following import keeping, keys
from api.following.noticing import notice_new
from api.following.sending import Sender
from api.following.tables import FollowedRow
from audit.log import Log
from audit.settings import Settings
from tests.api.conftest import SignIn
from tests.api.site import BASE_URL, ON_SQLITE, make_member
from tests.api.test_following import MAIL, QUERY, outbox
from tests.trading.noticed import correct, publish, register, withdraw

ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_search_is_a_feed_whose_entries_keep_their_ids(client: TestClient, log: Log) -> None:
    register(log)
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    publish(log, "XM-2025-D01", "GG-2", title="课桌椅采购")
    first = client.get(f"/notices.json?{QUERY}").json()
    assert [one["title"] for one in first["items"]] == ["道路养护工程招标公告"]
    assert first["feed_url"].startswith(f"{BASE_URL}/notices.json?q=")
    seq = correct(log, "XM-2025-A01", "GG-1", 2, title="道路养护工程招标公告（更正）")
    again = client.get(f"/notices.json?{QUERY}").json()
    assert again["items"][0]["id"] == first["items"][0]["id"]
    assert again["items"][0]["_mingtang"] == {"seq": seq, "version": 2, "withdrawn": False}
    withdraw(log, "XM-2025-A01", "GG-1")
    answer = client.get(f"/notices.atom?{QUERY}&lang=en")
    feed = ElementTree.fromstring(answer.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == first["items"][0]["id"]
    assert str(entry.findtext(f"{ATOM}title")).startswith("withdrawn" if "withdrawn" in answer.text else "Withdrawn")
    tag = {"If-None-Match": answer.headers["etag"]}
    assert client.get(f"/notices.atom?{QUERY}&lang=en", headers=tag).status_code == 304


def test_a_stranger_saves_a_search_by_mail_and_ends_it_with_one_click(client: TestClient, log: Log) -> None:
    register(log)
    assert notice_new(log, BASE_URL) == 0
    assert "/following?q=" in client.get(f"/notices?{QUERY}").text
    page = client.get(f"/following?{QUERY}")
    assert f"/notices.atom?{QUERY.replace('&', '&amp;')}" in page.text
    assert client.post("/following", data={"query": QUERY, "email": "no address"}).status_code == 422
    assert client.post("/following", data={"query": "", "email": MAIL}).status_code == 422
    assert client.post("/following", data={"query": QUERY}).status_code == 409
    sent = client.post("/following", data={"query": QUERY, "email": MAIL})
    assert (sent.status_code, "请查收确认邮件" in sent.text) == (202, True)
    sender = Sender(log, Settings(data=log.data, base_url=BASE_URL))
    assert sender.send_due() == 1
    found = re.search(rf"{BASE_URL}(/following/(\S+)\?key=(\S+))", outbox(log)[0].get_content())
    assert found is not None
    link, id_, key = found.groups()
    for wrong in (f"/following/{id_}", f"/following/{id_}?key=x", "/following/nothing?key=x"):
        assert client.get(wrong).status_code == 404
    page = client.get(link)  # as a scanner of mails does: it confirms nothing
    assert "确认订阅" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert keeping.known(log, id_).confirmed is None
    assert client.post(f"/following/{id_}", data={"step": "confirm", "key": "x"}).status_code == 404
    assert client.post(f"/following/{id_}", data={"step": "confirm", "key": key}).status_code == 303
    bad = client.post(f"/following/{id_}", data={"step": "webhook", "key": key, "webhook": "https://127.0.0.1/x"})
    assert (bad.status_code, "不能接收通知" in bad.text) == (422, True)
    set_ = client.post(f"/following/{id_}", data={"step": "webhook", "key": key, "webhook": "https://hook.example/x"})
    assert set_.status_code == 303
    page = client.get(link)
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", page.text.replace("&#43;", "+"))
    assert secret is not None
    assert client.post(f"/following/{id_}", data={"step": "rotate", "key": key}).status_code == 303
    assert secret[0] not in client.get(link).text
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    assert notice_new(log, BASE_URL) == 2
    for address in (f"/following/{id_}.atom", f"/following/{id_}.json", f"/api/v1/following/{id_}"):
        told = client.get(address)
        assert told.status_code == 200
        assert MAIL not in told.text
        assert key not in told.text
    assert client.post(f"/following/{id_}/stop?key=x").status_code == 404
    assert client.post(f"/following/{id_}/stop?key={key}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.get(f"/following/{id_}.atom").status_code == 404
    assert sender.send_due() == 0


@ON_SQLITE
def test_an_account_saves_a_search_without_a_mailbox_also_as_a_program(
    client: TestClient, log: Log, signed_in: SignIn
) -> None:
    make_member(log, "bidder.one", "bidder")
    make_member(log, "bidder.two", "bidder")
    mine, other = signed_in("bidder.one"), signed_in("bidder.two")
    assert client.post("/api/v1/following", json={"query": QUERY}).json()["code"] == "api.no-way-to-tell"
    saved = client.post("/api/v1/following", json={"query": QUERY}, headers=mine).json()
    assert (saved["confirmed"], saved["query"]) == (True, QUERY)
    assert saved["key"] == keys.owner_key(log, saved["id"])
    assert (
        QUERY.split("=")[1][:9] in client.get("/following", headers=mine).text
        or saved["id"] in client.get("/following", headers=mine).text
    )
    assert client.get(f"/following/{saved['id']}", headers=mine).status_code == 200
    assert client.get(f"/following/{saved['id']}", headers=other).status_code == 404
    address = f"/api/v1/following/{saved['id']}"
    assert client.post(f"{address}/webhook/rotation", json={"key": saved["key"]}).json()["code"] == "api.no-webhook-set"
    hook = client.post(f"{address}/webhook", json={"key": saved["key"], "url": "https://hook.example/"}).json()
    assert hook["secret"].startswith("whsec_")
    assert client.post(f"{address}/webhook/rotation", json={"key": saved["key"]}).json()["secret"] != hook["secret"]
    assert client.get(address).json()["webhook"] is None
    mailed = client.post("/api/v1/following", json={"query": QUERY, "email": MAIL}).json()
    assert (mailed["confirmed"], mailed["key"]) == (False, None)
    key = keys.owner_key(log, mailed["id"])
    confirmed = client.post(f"/api/v1/following/{mailed['id']}/confirmation", json={"key": key}).json()
    assert confirmed["confirmed"]
    assert client.post(f"{address}/end", json={"key": "x"}).status_code == 404
    assert client.post(f"{address}/end", json={"key": saved["key"]}).status_code == 204
    assert client.get(address).status_code == 404
    assert json.loads(client.get("/api/v1/log").text)["size"] > 0


@ON_SQLITE
def test_a_served_centre_sends_by_itself(log: Log) -> None:
    settings = Settings(data=log.data, base_url=BASE_URL)
    register(log)
    with TestClient(create_app(log, settings, background=[following(settings)], sequencing=False)):
        until(lambda: mark(log) == log.published_size)
        saved = keeping.save(log, QUERY, "zh", BASE_URL, MAIL, None)
        until(lambda: len(outbox(log)) == 1)
        keeping.confirm(log, saved.id, keys.owner_key(log, saved.id))
        publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
        until(lambda: len(outbox(log)) == 2)
    assert outbox(log)[-1]["Subject"] == "道路养护工程招标公告"


def mark(log: Log) -> int | None:
    with log.reading() as session:
        return session.scalar(select(FollowedRow.size))


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@ON_SQLITE
def test_one_mailbox_is_asked_so_often(client: TestClient, log: Log) -> None:
    for _ in range(5):
        assert client.post("/api/v1/following", json={"query": QUERY, "email": MAIL}).status_code == 201
    refused = client.post("/api/v1/following", json={"query": QUERY, "email": MAIL.upper()})
    assert (refused.status_code, refused.json()["code"]) == (429, "api.too-many-followings")
