"""The registrar's and the supervisor's side of the register by program: what each may read and do."""

import base64
from io import BytesIO
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from audit.log import Log
from registry import commands, queries
from registry.queries import forms
from tests.api.conftest import SignIn
from tests.api.desk_office import Office, an_office
from tests.api.site import ON_SQLITE, PASSWORD, catch_up, make_member, make_organisation
from tests.ground import FakeClock
from tests.registry.builders import a_code
from tests.registry.form_files import rows_of, write_workbook
from tests.registry.forms import PDF, a_person

CODE = a_code(1)
API = "/api/v1/registry"


@pytest.fixture
def office(app: FastAPI, log: Log, clock: FakeClock) -> Office:
    return an_office(app, log, clock)


class Caller:
    def __init__(self, client: TestClient, headers: dict[str, str]) -> None:
        self.client, self.headers = client, headers

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(API + path, headers=self.headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 201) -> Any:
        answer = self.client.post(API + path, headers=self.headers, json=body)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def call(client: TestClient, signed_in: SignIn) -> dict[str, Caller]:
    class Callers(dict[str, Caller]):
        def __missing__(self, name: str) -> Caller:
            self[name] = Caller(client, signed_in(name))
            return self[name]

    return Callers()


def test_forms_are_read_accepted_and_returned(office: Office, call: dict[str, Caller]) -> None:
    office.hand_in()
    registrar = call["registrar"]
    waiting = registrar.get("/queue")
    assert [one["form"] for one in waiting] == ["agency", "legal_person", "practitioner"]
    path = f"/agencies/{CODE}/forms/legal_person/1"
    masked, in_full = registrar.get(path), registrar.get(f"{path}?in_full=true")
    assert masked["private"]["name"] == in_full["private"]["name"] == "法人1"
    assert a_person(201) not in str(masked)
    assert in_full["private"]["identity_number"] == a_person(201)
    assert registrar.get(f"/agencies/{CODE}/forms/agency/1")["private"]["licence"] == "营业执照.pdf"
    registrar.get(f"/agencies/{CODE}/forms/agency/2", 404)
    returned = {"code": CODE, "form": "legal_person", "version": 1, "faults": [{"field": "name", "reason": "不一致"}]}
    registrar.post("/returns", returned)
    registrar.post("/returns", returned, 409)
    versions = [{"form": "agency", "version": 1}]
    versions.append({"form": "practitioner", "practitioner": office.practitioner(), "version": 1})
    registrar.post("/acceptances", {"code": CODE, "forms": versions})
    assert registrar.get("/queue") == []
    assert registrar.get(path)["faults"] == [{"field": "name", "reason": "不一致"}]
    with office.log.reading() as session:
        assert forms.states(session, CODE)["agency", None].accepted == 1
    office.clock.advance(350 * 86_400)
    soon = Caller(registrar.client, {"Authorization": _again(registrar.client)})
    assert [one["form"] for one in soon.get("/renewals")] == ["agency", "practitioner"]


def _again(client: TestClient) -> str:
    answer = client.post("/api/v1/sessions", json={"name": "registrar", "password": PASSWORD})
    return f"Bearer {answer.json()['token']}"


def test_applicants_are_admitted_or_refused(office: Office, call: dict[str, Caller]) -> None:
    accounts = [make_member(office.log, name) for name in ("one", "two")]
    for number, account in enumerate(accounts, 5):
        with office.log.act("system") as act:
            commands.ask_admission(act, account, a_code(number), f"演示申请{number}有限公司", "赵六", "024-23000005")
    registrar = call["registrar"]
    assert [one["account"] for one in registrar.get("/applications")] == accounts
    registrar.post(f"/applications/{accounts[0]}/admission")
    registrar.post(f"/applications/{accounts[1]}/refusal", {"reason": "执照不清"}, 204)
    assert registrar.get("/applications") == []
    registrar.post(f"/applications/{accounts[1]}/admission", status=404)


def test_ties_make_findings_and_erasing_says_what_is_gone(office: Office, call: dict[str, Caller]) -> None:
    office.put_on_record()
    make_organisation(office.log, "tenderer", "演示市建设投资有限公司", "tenderer")
    registrar = call["registrar"]
    faults = registrar.post("/ties", {"organisation": "tenderer", "legal_person_number": "123"}, 422)
    assert "123" not in str(faults)
    registrar.post("/ties", {"organisation": "tenderer", "legal_person_number": a_person(201)})
    found = registrar.get("/findings?party=organisation:tenderer")
    assert [one["ground"] for one in found] == ["SAME_LEGAL_PERSON"]
    erasure = {"code": CODE, "form": "legal_person", "legal_basis": "《个人信息保护法》第四十七条"}
    answer = registrar.post("/erasures", erasure, 200)
    assert answer["values"] == 3
    assert answer["backups"] == []
    assert registrar.get("/findings?party=organisation:tenderer") == []
    assert len(registrar.get("/findings?party=organisation:tenderer&ended=true")) == 1
    assert registrar.get(f"/agencies/{CODE}/forms/legal_person/1?in_full=true")["private"] == {}


def test_a_workbook_is_imported_whole(office: Office, call: dict[str, Caller]) -> None:
    book = BytesIO()
    write_workbook(book, rows_of(2))
    registrar = call["registrar"]
    for added in (2, 0):
        answer = registrar.client.post(
            f"{API}/imports", headers=registrar.headers, files={"workbook": ("三表.xlsx", book.getvalue())}
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["added"] == added
    catch_up(office.log)


def test_the_rules_are_published_and_a_formula_tried_before(office: Office, call: dict[str, Caller]) -> None:
    office.put_on_record()
    registrar, supervisor = call["registrar"], call["supervisor"]
    registrar.post(
        "/rules/commitment", {"version": 1, "title": "入场服务承诺书", "text": ["一、如实登记。"], "term_months": 12}
    )
    scan = {"name": "承诺书.pdf", "media_type": "application/pdf", "content": base64.b64encode(PDF).decode()}
    registrar.post("/commitments/on-paper", {"code": CODE, "signed_on": "2025-11-20", "scan": scan})
    registrar.post("/commitments/on-paper", {"code": CODE, "signed_on": "二〇二五", "scan": scan}, 422)
    article = {"article": "A-1", "text": "按时到场。", "points": 3}
    supervisor.post("/rules/conduct", {"version": 1, "effective": office.clock.now // 1000 + 60, "articles": [article]})
    formula = {
        "version": 1,
        "base": 100,
        "commission": 0,
        "commissions_at_most": 0,
        "point": 1,
        "objection": 20,
        "window_months": 0,
        "grades": [{"grade": "甲", "at_least": 90, "balls": 5}, {"grade": "乙", "at_least": 0, "balls": 1}],
    }
    tried = call["inspector"].post("/rules/credit/preview", formula, 200)
    assert (tried["agencies"], tried["changed"]) == (1, 1)
    assert tried["changes"][0]["after"] == 5
    supervisor.post("/rules/credit", formula)
    supervisor.post(
        "/objections-upheld",
        {"code": CODE, "project_code": "SY-2025-0001", "reference": "演示处〔2025〕3号", "day": "2025-11-20"},
    )
    tried = supervisor.post("/rules/credit/preview", formula | {"version": 2}, 200)
    assert tried["changes"][0]["score"] == 80
    supervisor.post("/rules/credit", formula | {"base": 2**52}, 422)


def test_an_incident_goes_its_way(office: Office, call: dict[str, Caller]) -> None:
    office.put_on_record()
    office.publish_conduct()
    supervisor = call["supervisor"]
    picture = {"name": "a.pdf", "media_type": "application/pdf", "content": base64.b64encode(PDF).decode()}
    incident = {
        "code": CODE,
        "article": "A-2",
        "happened": office.clock.now // 1000,
        "place": "第三开标室",
        "course": "代递文件。",
        "witnesses": "张三",
        "evidence": [picture],
    }
    supervisor.post("/incidents", incident)
    number = office.incident()
    with office.log.reading() as session:
        organisation = queries.organisation_with_code(session, CODE)
    assert organisation is not None
    decision = {
        "code": CODE,
        "ruling": {"sanction": "suspension", "until": office.clock.now // 1000 + 86_400},
        "ground": "演示办法第十条",
        "decision_number": "演示监决〔2025〕7号",
        "reasons": "事实清楚。",
    }
    supervisor.post(f"/incidents/{number}/decision", decision, 409)  # nobody was heard
    office.register.grant("g1", "agent", organisation.id)
    office.register.do("agent:g1", commands.answer_incident, CODE, number, "当时系误会。")
    supervisor.post(f"/incidents/{number}/decision", decision)
    office.register.do("agent:g1", commands.file_appeal, CODE, number, "处理过重。")
    review = decision | {"ruling": None, "decision_number": "演示监复〔2025〕1号"}
    supervisor.post(f"/incidents/{number}/review", review, 409)  # by the one who decided
    assert [one["incident"] for one in supervisor.get("/incidents?waiting=true")] == [number]
    call["second"].post(f"/incidents/{number}/review", review)
    assert supervisor.get("/incidents?waiting=true") == []
    case = call["inspector"].get(f"/incidents/{number}")
    assert [one["result"] for one in case["incident"]["decisions"]] == [None, "stands"]
    told = {one["name"]: one for one in case["told"]}
    assert told["witnesses"]["text"] == "张三"
    entry = told["evidence_1"]["entry"]
    answer = supervisor.client.get(f"{API}/incidents/{number}/files/{entry}/evidence_1", headers=supervisor.headers)
    assert answer.content == PDF
    supervisor.get(f"/incidents/{number}/files/{entry}/witnesses", 404)
    supervisor.get("/incidents/JC-2025-9999", 404)


@ON_SQLITE
def test_nobody_else_reads_or_does_any_of_it(office: Office, call: dict[str, Caller]) -> None:
    office.hand_in()
    registry = ("/applications", "/queue", "/renewals", "/findings", f"/agencies/{CODE}/forms/agency/1")
    for path in registry:
        call["inspector"].get(path)
        for name in ("operator", "supervisor", "admin"):
            call[name].get(path, 403)
    for path in ("/incidents", "/incidents/JC-2025-0001"):
        for name in ("operator", "registrar", "admin"):
            call[name].get(path, 403)
    accepted = {"code": CODE, "forms": [{"form": "agency", "version": 1}]}
    for name in ("operator", "supervisor", "inspector"):
        call[name].post("/acceptances", accepted, 403)
    erasure = {"code": CODE, "form": "agency", "legal_basis": "依据"}
    for name in ("operator", "supervisor", "inspector"):
        call[name].post("/erasures", erasure, 403)
    for path in registry:
        answer = call["operator"].client.get(API + path)
        assert answer.status_code == 401
