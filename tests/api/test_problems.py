"""What goes wrong is told as a problem document or as a page, in the reader's language, and gives nothing away."""

import importlib
import logging
import pkgutil

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import api
import audit
import lottery
import registry
import trading
from api import problems
from api.errors import CrossSite, WrongSignIn
from audit.errors import Refusal
from audit.log import Log
from tests.api.conftest import SignIn
from tests.api.site import ON_SQLITE, make_member


def refusals() -> list[type[Refusal]]:
    """Every class of refusal that the five packages define."""
    for package in (audit, registry, lottery, trading, api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if "_migrations" not in module.name and "__main__" not in module.name:
                importlib.import_module(module.name)
    found, waiting = [], [Refusal]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.split(".")[0] in ("audit", "registry", "lottery", "trading", "api"):
            found.append(one)
    return found


def test_every_code_belongs_to_one_class_and_its_package() -> None:
    codes: dict[str, type[Refusal]] = {}
    for one in refusals():
        if "code" in vars(one):  # else it shares the code of the class it is a case of
            assert codes.setdefault(one.code, one) is one, f"{one.code}: {one} and {codes[one.code]}"
            package, _, name = one.code.partition(".")
            assert package in (one.__module__.split(".")[0], "demo"), one
            assert name.replace("-", "").isalnum(), one
    assert len(codes) > 100


def test_every_refusal_is_told_in_both_languages() -> None:
    for one in refusals():
        if "zh" in vars(one) or not one.__subclasses__():  # else it only groups others
            assert one is Refusal or (one.zh, one.en) != (Refusal.zh, Refusal.en), one
            # A text may consist of nothing but what its facts say.
            assert any("\u4e00" <= character <= "\u9fff" for character in one.zh) or "zh}" in one.zh, one
            assert not any("\u4e00" <= character <= "\u9fff" for character in one.en), one


def test_every_refusal_has_a_status_that_is_no_server_error_but_unavailable() -> None:
    for one in refusals():
        assert problems.status_of(one) in {400, 401, 403, 404, 409, 422, 429, 503}, one


def test_statuses_that_clients_rely_on() -> None:
    wanted = {
        "registry.no-such-agency": 404,
        "registry.bad-code": 422,
        "registry.agency-exists": 409,
        "registry.not-permitted": 403,
        "registry.role-missing": 403,
        "audit.disk-reserve": 503,
        "audit.database-busy": 503,
        "api.not-signed-in": 401,
        "api.cross-site": 403,
        "api.too-many-attempts": 429,
        "api.idempotency-key-used": 409,
    }
    found = {one.code: problems.status_of(one) for one in refusals()}
    assert {code: found[code] for code in wanted} == wanted


def test_a_document_says_what_rfc_9457_says(client: TestClient) -> None:
    answer = client.get("/api/v1/entries/999", headers={"Accept-Language": "en"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "type": "urn:mingtang:problem:api.no-such-entry-id",
        "title": "Not Found",
        "status": 404,
        "detail": "No entry was accepted under the id 999.",
        "code": "api.no-such-entry-id",
        "facts": {"id": 999},
    }


def test_the_detail_is_chinese_unless_english_is_asked_for(client: TestClient) -> None:
    path = "/api/v1/me"
    assert client.get(path).json()["detail"] == "请先登录。"
    assert client.get(path, headers={"Accept-Language": "en-GB, zh;q=0.5"}).json()["detail"] == "Please sign in first."
    assert client.get(path, headers={"Accept-Language": "zh-CN, en;q=0.5"}).json()["detail"] == "请先登录。"
    assert client.get(path, headers={"Cookie": "lang=en"}).json()["detail"] == "Please sign in first."


def test_a_browser_gets_a_page_that_says_the_same(client: TestClient) -> None:
    answer = client.get("/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "没有此页面" in answer.text
    assert "api.not-found" in answer.text
    assert "text/html" in client.get("/account", headers={"Accept": "text/html"}).headers["content-type"]


def test_a_wrong_form_is_told_by_pointer_and_never_repeats_what_was_sent(client: TestClient) -> None:
    secret = "my secret password"
    answer = client.post("/api/v1/sessions", json={"name": 5, "passwort/~": secret}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    document = answer.json()
    assert document["code"] == "api.invalid"
    assert {one["pointer"]: one["detail"] for one in document["errors"]} == {
        "/name": "must be text",
        "/password": "is missing",
        "/passwort~1~0": "is not known",
    }
    assert secret not in answer.text


@ON_SQLITE
@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("application/json", b"{", 422, "api.invalid"),
        ("application/json", b"\xff\xff", 400, "api.bad-request"),
        ("application/json", b"[" * 100_000, 400, "api.bad-request"),
        ("application/json", b'{"name":' + b"9" * 5000 + b"}", 400, "api.bad-request"),
        ("application/json", b'{"name":NaN,"password":"x"}', 422, "api.invalid"),
        ("text/plain", b'{"name":"a","password":"b"}', 422, "api.invalid"),
        ("application/json", b"null", 422, "api.invalid"),
        ("application/json", b'{"name":"\\ud800","password":"b"}', 422, "api.invalid"),
        ("application/json", b'{"name":"\\u0000","password":"b"}', 401, "api.wrong-sign-in"),
        ("application/json", b'{"name":"' + b"x" * (1 << 20) + b'"}', 413, "api.too-large"),
    ],
)
def test_bodies_that_cannot_be_read_are_refused_as_such(
    client: TestClient, content_type: str, body: bytes, status: int, code: str
) -> None:
    answer = client.post("/api/v1/sessions", content=body, headers={"Content-Type": content_type})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_fault_of_ours_tells_nothing_and_is_logged_without_the_body(
    app: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    @app.post("/api/v1/broken")
    def broken(body: dict[str, str]) -> None:
        raise RuntimeError("the table of secrets is gone")

    with caplog.at_level(logging.ERROR):
        answer = client.post("/api/v1/broken", json={"password": "hidden words"})
    assert answer.status_code == 500
    assert answer.json()["code"] == "api.internal"
    assert "secrets" not in answer.text
    assert "the table of secrets is gone" in caplog.text
    assert "hidden words" not in caplog.text
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


def test_a_disk_without_reserve_is_503_with_the_time_to_come_again(
    client: TestClient, log: Log, signed_in: SignIn
) -> None:
    make_member(log, "zhang.wei", "registrar")
    headers = signed_in("zhang.wei")
    log.reserve = 1 << 60
    body = {"organisation": "jzx", "name": "中心", "code": None, "capacities": ["centre"]}
    answer = client.post("/api/v1/organisations", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "audit.disk-reserve")
    assert answer.headers["retry-after"] == "5"
    assert client.get("/").status_code == 200


def test_nul_in_a_text_is_no_server_error_on_either_database(client: TestClient, log: Log, signed_in: SignIn) -> None:
    make_member(log, "zhang.wei", "registrar")
    headers = signed_in("zhang.wei")
    body = {"organisation": "jzx", "name": "中\0心", "code": None, "capacities": ["centre"]}
    assert client.post("/api/v1/organisations", json=body, headers=headers).status_code == 422
    key = {"organisation": "\0", "key": "0" * 64, "reason": "x"}
    assert client.post("/api/v1/keys/revocations", json=key, headers=headers).status_code in (404, 422)
    for path in ("/entries?subject=a%00b", "/entries?kind=%00", "/entries?before=%00", "/entries/%00"):
        assert client.get(path).status_code < 500
    assert client.get("/api/v1/entries?subject=a%00b").status_code == 422


def test_messages_fit_their_facts() -> None:
    assert WrongSignIn().message("en") == "The sign-in name or the password is wrong."
    assert CrossSite().message() == str(CrossSite())
