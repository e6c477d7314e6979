"""What stands on record, read over the API: only what the log shows."""

from fastapi.testclient import TestClient

from audit.log import Log
from registry import commands
from registry.events import OrganisationRecorded
from tests.api.conftest import SignIn
from tests.api.site import make_member, make_organisation

AGENCY = {
    "code": "91210102MA0CPKE60A",
    "name": "盛岳信达招标代理有限公司",
    "organisation": None,
    "region": "210102",
    "address": "盛岳市某路 1 号",
    "fields": ["工程"],
    "founded": "2015-03-02",
}
SUSPENSION = {"from": 1_763_949_600, "until": None, "ground": "第十二条", "decision_number": "盛监〔2025〕7 号"}
PROJECT = {
    "code": "XM-2025-001",
    "trade": "A",
    "class_code": None,
    "title": "第三中学食堂改造",
    "tenderer": "school",
    "tenderer_name": "盛岳市第三中学",
    "legal_basis": "招标投标法",
    "approval": None,
    "funding": None,
    "estimate_fen": 320_000_000,
    "region": "210102",
    "lots": [{"lot": "1", "title": "土建", "estimate_fen": None}],
}


def test_the_register_can_be_read_once_it_is_logged(client: TestClient, log: Log, signed_in: SignIn) -> None:
    make_organisation(log, "school", "盛岳市第三中学", "tenderer")
    make_member(log, "zhang.wei", "registrar")
    make_member(log, "sun.li", "supervisor")
    clerk, supervisor = signed_in("zhang.wei"), signed_in("sun.li")
    contact = {"name": "王某某", "phone": "024-00000000"}
    made = client.post("/api/v1/agencies", json={"agency": AGENCY, "contact": contact}, headers=clerk)
    assert made.status_code == 201, made.text
    decided = {"code": AGENCY["code"]} | SUSPENSION
    assert client.post("/api/v1/agencies/suspensions", json=decided, headers=supervisor).status_code == 201
    assert client.post("/api/v1/projects", json=PROJECT, headers=clerk).status_code == 201

    agency = client.get(f"/api/v1/agencies/{AGENCY['code']}").json()
    assert agency.items() >= AGENCY.items()
    assert agency["suspensions"][0]["decision_number"] == SUSPENSION["decision_number"]
    assert "王某某" not in client.get("/api/v1/agencies").text
    assert "024-00000000" not in client.get(f"/log/entry/{made.json()['seq']}").text
    assert [one["code"] for one in client.get("/api/v1/agencies", params={"text": "信达"}).json()] == [AGENCY["code"]]
    assert client.get("/api/v1/agencies", params={"text": "公平"}).json() == []
    project = client.get(f"/api/v1/projects/{PROJECT['code']}").json()
    assert project.items() >= PROJECT.items()
    assert client.get("/api/v1/projects", params={"text": "食堂"}).json() == [project]
    assert [one["id"] for one in client.get("/api/v1/organisations?capacity=tenderer").json()] == ["school"]
    key = {"organisation": "school", "key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}
    assert client.post("/api/v1/keys", json=key, headers=clerk).status_code == 201
    found = client.get("/api/v1/organisations/school").json()
    assert found["keys"] == [{"key": key["key"], "revoked": False}]
    assert client.get("/api/v1/draws").json() == []


def test_what_is_not_there_is_404(client: TestClient) -> None:
    for path in ("agencies/91210102MA0CPKE60A", "projects/XM-1", "organisations/nobody", "projects/%F0%9F%80%84"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_what_is_committed_and_not_logged_is_not_shown(client: TestClient, log: Log) -> None:
    make_organisation(log, "school", "盛岳市第三中学", "tenderer")
    log.stop()
    event = {"organisation": "notary", "name": "盛岳市正信公证处", "code": None, "capacities": ["notary"]}
    with log.act("system") as act:
        commands.record_organisation(act, OrganisationRecorded.of(event))
    assert [one["id"] for one in client.get("/api/v1/organisations").json()] == ["school"]
    assert client.get("/api/v1/organisations/notary").status_code == 404
