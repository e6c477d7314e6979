"""Joining: an account and an application, of which nothing is public before a registrar admits it."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from audit.log import Log
from registry import commands, queries
from registry.queries import forms
from tests.api.desk_applicant import APPLICATION, CODE, NAME, admit, apply, browser
from tests.api.desk_clerk import faults_of
from tests.api.site import ON_SQLITE, catch_up, make_member
from tests.registry.builders import REGISTRAR, Register, a_code

pytestmark = ON_SQLITE


@pytest.fixture
def register(log: Log) -> Register:
    return Register(log)


def test_who_joins_is_signed_in_and_waits_and_no_entry_tells(app: FastAPI, log: Log, register: Register) -> None:
    before = catch_up(log)
    applicant = apply(app)
    home = applicant.get("/desk/agency")
    assert "等待核对营业执照" in home.text
    assert NAME in home.text
    assert catch_up(log) == before
    with log.reading() as session:
        (asked,) = forms.applications(session)
    assert (asked.code, asked.contact_phone) == (CODE, APPLICATION["contact_phone"])
    for path in ("/", "/agencies", "/entries", "/api/v1/agencies", f"/agencies/{CODE}"):
        assert NAME not in browser(app).get(path).text


def test_an_admitted_applicant_acts_for_the_agency(app: FastAPI, log: Log, register: Register) -> None:
    applicant = apply(app)
    admit(log, register)
    assert "下一步：机构情况登记表" in applicant.get("/desk/agency").text
    assert applicant.get("/join").headers["location"] == "/desk/agency"
    with log.reading() as session:
        organisation = queries.organisation_with_code(session, CODE)
    assert organisation is not None
    assert organisation.capacities == ("agency",)


def test_a_refused_applicant_reads_why_and_asks_again(app: FastAPI, log: Log, register: Register) -> None:
    applicant = apply(app)
    with log.reading() as session:
        (asked,) = forms.applications(session)
    register.do(REGISTRAR, commands.refuse_applicant, asked.account, "执照名称与申请不一致")
    assert "执照名称与申请不一致" in applicant.get("/desk/agency").text
    page = applicant.get("/join")
    assert "sign_in_name" not in page.text
    again = {name: value for name, value in APPLICATION.items() if name not in ("sign_in_name", "password")}
    assert applicant.post("/join", data=again).headers["location"] == "/desk/agency"
    assert "等待核对营业执照" in applicant.get("/desk/agency").text


def test_everything_wrong_is_told_beside_its_field_and_the_password_is_not_sent_back(
    app: FastAPI, register: Register
) -> None:
    answer = browser(app).post(
        "/join", data=APPLICATION | {"code": a_code(1)[:-1] + "%", "password": "long enough 99 xyz"}
    )
    assert answer.status_code == 422
    assert 'id="f-code-wrong"' in answer.text
    assert NAME in answer.text
    assert "long enough 99" not in answer.text
    empty = browser(app).post("/join", data={})
    assert faults_of(empty).count("api.field-missing") == len(APPLICATION)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("password", "short", "api.password-too-short"),
        ("sign_in_name", "аdmin", "api.bad-sign-in-name"),
        ("sign_in_name", "registrar", "api.sign-in-name-taken"),
        ("contact_phone", "<script>", "registry.bad-fact"),
        ("name", "a\u202eb", "registry.bad-text"),
    ],
)
def test_hostile_or_unfit_values_are_refused_and_no_account_is_made(
    app: FastAPI, log: Log, register: Register, field: str, value: str, code: str
) -> None:
    make_member(log, "registrar", "registrar")
    client = browser(app)
    answer = client.post("/join", data=APPLICATION | {field: value})
    assert faults_of(answer) == [code]
    assert f'id="f-{field}-wrong"' in answer.text
    assert "<script>" not in answer.text.replace("<script ", "")
    with log.reading() as session:
        assert forms.applications(session) == []
    assert client.get("/desk/agency").status_code == 401


def test_names_cannot_be_guessed_quickly_and_typing_errors_do_not_count(
    app: FastAPI, log: Log, register: Register
) -> None:
    make_member(log, "taken.name", "registrar")
    client = browser(app)
    for _ in range(8):
        assert client.post("/join", data=APPLICATION | {"password": "short"}).status_code == 422
    taken = APPLICATION | {"sign_in_name": "taken.name"}
    answers = [client.post("/join", data=taken).status_code for _ in range(6)]
    assert answers == [409] * 5 + [429]
    assert "申请过于频繁" in client.post("/join", data=APPLICATION).text
    assert client.post("/sign-in", data={"name": "taken.name", "password": "wrong"}).status_code == 401


def test_another_site_cannot_let_somebody_join(app: FastAPI, log: Log, register: Register) -> None:
    answer = browser(app).post("/join", data=APPLICATION, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    with log.reading() as session:
        assert forms.applications(session) == []


def test_an_account_with_another_role_does_not_join(app: FastAPI, log: Log, register: Register) -> None:
    make_member(log, "registrar", "registrar")
    client = browser(app)
    client.post("/sign-in", data={"name": "registrar", "password": APPLICATION["password"]})
    assert client.post("/join", data=APPLICATION).status_code == 303
    assert client.get("/desk/agency").headers["location"] == "/desk"


def test_the_page_speaks_english(app: FastAPI, register: Register) -> None:
    page = browser(app).get("/join?lang=en")
    assert "Join as an agency" in page.text
    assert "Unified social credit code" in page.text


def test_a_program_joins_too(client: TestClient, log: Log, register: Register) -> None:
    answer = client.post("/api/v1/registry/applications", json=APPLICATION)
    assert answer.status_code == 201
    header = {"Authorization": f"Bearer {answer.json()['token']}"}
    own = client.get("/api/v1/registry/applications/own", headers=header).json()
    assert (own["code"], own["organisation"], own["refused"]) == (CODE, None, None)
    assert client.post("/api/v1/registry/applications", json=APPLICATION | {"password": None}).status_code == 401
    draft = {"content": {"name": [NAME]}, "revision": 0}
    missing = client.get("/api/v1/registry/drafts/agency", headers=header)
    assert (missing.status_code, missing.json()["code"]) == (404, "registry.no-such-draft")
    assert client.put("/api/v1/registry/drafts/agency", json=draft, headers=header).json() == {"revision": 1}
    moved = client.put("/api/v1/registry/drafts/agency", json=draft, headers=header)
    assert (moved.status_code, moved.json()["code"]) == (409, "registry.draft-moved")
    assert client.get("/api/v1/registry/drafts/agency", headers=header).json()["content"] == {"name": [NAME]}
