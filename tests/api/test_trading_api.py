"""Trading by the JSON API: one address for every event of a lot, with the same rules as the desks."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from audit import queries as log_queries
from audit.log import Log
from lottery.beacon.relays import BeaconClient
from tests.api.conftest import SignIn
from tests.api.site import make_member
from tests.api.trading_desks import HELD_FOR, PROJECT, Trading
from tests.ground import FakeClock
from tests.lottery.hall import MONDAY, Hall
from tests.trading.builders import a_notice

EVENTS = f"/api/v1/projects/{PROJECT}/events"
LOT = {"project": PROJECT, "lot": "1", "round": 1, "occurred_at": None}
PAPER = {"name": "图纸.pdf", "media_type": "application/pdf", "content": "JVBERi0xLjc="}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY * 1000)


@pytest.fixture
def trading(app: FastAPI, log: Log, clock: FakeClock) -> Iterator[Trading]:
    found = Trading(app, Hall(log, clock, BeaconClient([]), agencies=1))
    found.register()
    yield found
    found.close()


@pytest.fixture
def by(client: TestClient, signed_in: SignIn, trading: Trading) -> dict[str, dict[str, str]]:
    """Role to the headers of somebody who holds it."""
    roles = ("tenderer", "registrar", "supervisor", "bidder")
    for role in roles:
        make_member(trading.hall.log, role, role, organisation=HELD_FOR[role])
    return {role: signed_in(role) for role in roles}


def entry(trading: Trading, seq: int) -> Any:
    with trading.hall.log.reading() as session:
        return log_queries.entries(session, trading.hall.log.published_size, after=seq - 1, limit=1)[0]


def test_events_are_recorded_by_their_kind_and_refused_by_the_table(
    client: TestClient, trading: Trading, by: dict[str, dict[str, str]]
) -> None:
    def send(role: str, kind: str, body: dict[str, Any], **more: Any) -> Any:
        return client.post(EVENTS, json={"kind": kind, "body": {**LOT, **body}, **more}, headers=by[role])

    issued = {"document": "tender", "issued_from": MONDAY, "issued_until": MONDAY + 8 * 86_400, "price_fen": 0}
    early = send("tenderer", "trading.document_issued", issued)
    assert (early.status_code, early.json()["code"]) == (409, "trading.not-in-this-stage")
    notice = a_notice(valid_until=None).body()
    assert client.post("/api/v1/notices", json={"notice": notice}, headers=by["tenderer"]).status_code == 201
    stands = client.get(f"/api/v1/projects/{PROJECT}/lots").json()
    assert [(one["lot"], one["stage"], one["method"]) for one in stands] == [
        ("1", "announced", "open_tender"),
        ("2", "registered", None),
    ]
    assert any(one["rule"].startswith("a-") for one in stands[0]["terms"])
    offered = client.get(f"/api/v1/projects/{PROJECT}/offers", headers=by["bidder"]).json()
    assert {one["role"] for one in offered} == {"bidder"}
    assert ("1", "trading.question_asked") in {(one["lot"], one["kind"]) for one in offered}
    done = send("tenderer", "trading.document_issued", issued, documents=[PAPER])
    assert done.status_code == 201, done.text
    assert [one.name for one in entry(trading, done.json()["seq"]).files] == ["图纸.pdf"]
    filed = send(
        "bidder",
        "trading.objection_filed",
        {"objection": "", "stage": "documents", "party": "潜在投标人", "abstract": "资质要求过高", "due_at": 0},
        text="本公司认为第二章不合理。",
    )
    assert filed.status_code == 201, filed.text
    told = entry(trading, filed.json()["seq"])
    assert told.kind == "trading.objection_filed"
    assert told.actor == "system"
    assert (told.body["objection"], set(told.private)) == ("yy-1", {"asker", "text"})
    assert client.get(f"/api/v1/projects/{PROJECT}/lots").json()[0]["suspended"][0]["reference"] == "yy-1"
    stopped = send("tenderer", "trading.lot_failed", {"failure": "task_cancelled", "reason": "取消", "bids": 0})
    assert stopped.json()["code"] == "trading.is-suspended"
    reply = {"objection": "yy-1", "outcome": "rejected", "abstract": "资质要求合法"}
    assert send("supervisor", "trading.objection_replied", reply).status_code == 403
    assert send("tenderer", "trading.objection_replied", reply).status_code == 201
    assert client.get(f"/api/v1/projects/{PROJECT}/lots").json()[0]["suspended"] == []


def test_what_has_another_form_is_refused_and_nothing_else_is_recorded_here(
    client: TestClient, trading: Trading, by: dict[str, dict[str, str]]
) -> None:
    good: dict[str, Any] = {"kind": "trading.lot_terminated", "body": {**LOT, "reason": "任务取消", "approval": None}}
    before = trading.hall.entries()
    for sent, status in (
        ({**good, "kind": "trading.bid_closed"}, 422),
        ({**good, "kind": "lottery.decided"}, 422),
        ({**good, "more": 1}, 422),
        ({"body": good["body"]}, 422),
        ({**good, "body": {**LOT, "reason": 5, "approval": None}}, 422),
        ({**good, "body": {**good["body"], "project": "XM-2"}}, 409),
        ({**good, "body": {**good["body"], "lot": "9"}}, 404),
        ({**good, "body": {**good["body"], "round": 2}}, 409),
        ({**good, "body": {**good["body"], "reason": "取\n消"}}, 422),
    ):
        answer = client.post(EVENTS, json=sent, headers=by["tenderer"])
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post(EVENTS, json=good).status_code == 401
    assert client.post(EVENTS, json=good, headers=by["bidder"]).status_code == 403
    assert client.get("/api/v1/projects/XM-9/lots").status_code == 404
    assert client.get("/api/v1/projects/XM-9/offers", headers=by["bidder"]).status_code == 404
    assert trading.hall.entries() == before
    assert client.post(EVENTS, json=good, headers=by["tenderer"]).status_code == 201


def test_a_registrar_amends_a_project_and_gives_it_its_codes(
    client: TestClient, trading: Trading, by: dict[str, dict[str, str]]
) -> None:
    base = f"/api/v1/projects/{PROJECT}"
    amended = {"values": {"funding": "财政资金"}, "reason": "补充资金来源"}
    assert client.post(f"{base}/amendments", json=amended, headers=by["tenderer"]).status_code == 403
    done = client.post(f"{base}/amendments", json=amended, headers=by["registrar"])
    assert done.status_code == 201, done.text
    assert entry(trading, done.json()["seq"]).body["changed"][0]["field"] == "funding"
    platform = {"platform": trading.hall.codes[0]}
    assert client.post(f"{base}/codes", json={}, headers=by["registrar"]).json()["code"] == "trading.no-platform"
    assert client.post(f"{base}/platform", json=platform, headers=by["registrar"]).status_code == 201
    code = client.post(f"{base}/codes", json={}, headers=by["registrar"])
    assert code.status_code == 201, code.text
    assert entry(trading, code.json()["seq"]).body["issuer"] == "local"


def test_every_kind_that_is_taken_is_a_schema_of_the_document(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    operation = document["paths"]["/api/v1/projects/{project}/events"]["post"]
    mapping = operation["requestBody"]["content"]["application/json"]["schema"]["discriminator"]["mapping"]
    assert {"trading.document_issued", "trading.objection_filed", "trading.contract_signed"} <= set(mapping)
    assert not {"trading.bid_closed", "trading.rule_breached", "trading.notice_published"} & set(mapping)
    assert all(ref.rpartition("/")[2] in document["components"]["schemas"] for ref in mapping.values())
