"""Cookies, other sites' requests, headers on every answer, redirects that stay here."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api import accounts
from api.app import create_app
from api.routes.sign_in import own_path
from audit.log import Log
from audit.settings import Settings
from tests.api.conftest import SignIn
from tests.api.site import BASE_URL, ON_SQLITE, PASSWORD, make_member

FORM = {"name": "zhang.wei", "password": PASSWORD}


@pytest.fixture
def https(log: Log) -> Iterator[TestClient]:
    app = create_app(log, Settings(data=log.data, base_url="https://trading.example"), sequencing=False)
    with TestClient(app, base_url="https://trading.example", follow_redirects=False) as client:
        yield client


def test_signing_in_on_the_page_sets_a_cookie_that_scripts_and_other_sites_do_not_get(
    client: TestClient, log: Log
) -> None:
    account = make_member(log, "zhang.wei", "registrar")
    answer = client.post("/sign-in", data=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("session=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    page = client.get("/account", headers={"Accept": "text/html"})
    assert account in page.text
    assert page.headers["cache-control"] == "no-store"
    assert client.get("/api/v1/me").json()["account"] == account


def test_over_https_the_cookie_is_bound_to_this_host_and_the_site_stays_https(https: TestClient, log: Log) -> None:
    make_member(log, "zhang.wei")
    answer = https.post("/sign-in", data=FORM)
    assert answer.headers["set-cookie"].startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(answer.headers["set-cookie"].split("; "))
    assert "Domain" not in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_signing_out_ends_the_session_and_the_cookie(client: TestClient, log: Log) -> None:
    make_member(log, "zhang.wei")
    client.post("/sign-in", data=FORM)
    token = client.cookies["session"]
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "session" not in client.cookies
    assert accounts.who(log, token) is None


def test_each_sign_in_gives_a_new_session_and_ends_the_former(client: TestClient, log: Log) -> None:
    make_member(log, "zhang.wei")
    client.post("/sign-in", data=FORM)
    former = client.cookies["session"]
    client.post("/sign-in", data=FORM)
    assert client.cookies["session"] != former
    assert accounts.who(log, former) is None


def test_a_planted_token_is_never_taken_over(client: TestClient, log: Log) -> None:
    make_member(log, "zhang.wei")
    client.cookies["session"] = "planted"
    client.post("/sign-in", data=FORM)
    assert accounts.who(log, "planted") is None


def test_a_wrong_password_shows_the_form_again_with_the_name_and_without_the_password(
    client: TestClient, log: Log
) -> None:
    make_member(log, "zhang.wei")
    answer = client.post("/sign-in", data=FORM | {"name": '"><b>x', "password": "wrong wrong wrong"})
    assert answer.status_code == 401
    assert "登录名或口令不正确" in answer.text
    assert "wrong wrong wrong" not in answer.text
    assert '"><b>x' not in answer.text
    assert "&#34;&gt;&lt;b&gt;x" in answer.text
    assert "set-cookie" not in answer.headers


def test_too_many_attempts_are_told_with_429(client: TestClient, log: Log) -> None:
    make_member(log, "zhang.wei")
    for _ in range(5):
        assert client.post("/sign-in", data=FORM | {"password": "wrong"}).status_code == 401
    answer = client.post("/sign-in", data=FORM)
    assert answer.status_code == 429
    assert "15 分钟" in answer.text
    again = client.post("/api/v1/sessions", json={"name": "zhang.wei", "password": PASSWORD})
    assert (again.status_code, again.headers["retry-after"]) == (429, "60")


@ON_SQLITE
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": BASE_URL},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://testserver:81"},
    ],
)
def test_unsafe_requests_from_other_sites_are_refused_wherever_they_go(
    client: TestClient, headers: dict[str, str]
) -> None:
    for path in ("/sign-in", "/sign-out", "/account/password", "/api/v1/sessions", "/nothing"):
        answer = client.post(path, data=FORM, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "api.cross-site")
        assert answer.headers["x-content-type-options"] == "nosniff"


@ON_SQLITE
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": BASE_URL},
        {"Sec-Fetch-Site": "none"},
        {"Origin": BASE_URL},
        {"Host": "192.0.2.9:8000", "Origin": "http://192.0.2.9:8000"},
    ],
)
def test_own_pages_and_programs_pass(client: TestClient, log: Log, headers: dict[str, str]) -> None:
    make_member(log, "zhang.wei")
    assert client.post("/sign-in", data=FORM, headers=headers).status_code == 303


@ON_SQLITE
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_from_other_sites_is_free(client: TestClient, method: str) -> None:
    assert client.request(method, "/entries", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@ON_SQLITE
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "QUERY"])
def test_every_other_method_counts_as_unsafe(client: TestClient, method: str) -> None:
    answer = client.request(method, "/api/v1/sessions/current", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@ON_SQLITE
@pytest.mark.parametrize("path", ["/", "/log/checkpoint", "/api/v1/log", "/static/site.css", "/nothing", "/feed.atom"])
def test_every_answer_has_the_headers_that_keep_browsers_safe(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = dict(item.split(" ", 1) for item in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("path", ["/account", "/entries?kind=a", "/draws/SY-1"])
def test_after_sign_in_one_is_led_back_within_the_site(path: str) -> None:
    assert own_path(path) == path


@ON_SQLITE
@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "", "/a\r\nb", "/\t/x"]
)
def test_and_never_out_of_it(client: TestClient, log: Log, path: str) -> None:
    assert own_path(path) == "/desk"
    make_member(log, "zhang.wei")
    assert client.post("/sign-in", data=FORM | {"next": path}).headers["location"] == "/desk"


def test_a_new_password_asks_for_the_old_one_and_signs_everybody_out(client: TestClient, log: Log) -> None:
    make_member(log, "zhang.wei")
    client.post("/sign-in", data=FORM)
    token = client.cookies["session"]
    wrong = client.post("/account/password", data={"current": "wrong", "password": "another good one 7"})
    assert wrong.status_code == 401
    plain = client.post("/account/password", data={"current": PASSWORD, "password": "short"})
    assert plain.status_code == 422
    assert accounts.who(log, token) is not None
    changed = client.post("/account/password", data={"current": PASSWORD, "password": "another good one 7"})
    assert (changed.status_code, changed.headers["location"]) == (303, "/sign-in")
    assert accounts.who(log, token) is None


# Accounts over the API


def test_only_administrators_see_and_make_accounts(client: TestClient, log: Log, signed_in: SignIn) -> None:
    make_member(log, "root", "admin")
    make_member(log, "zhang.wei", "registrar")
    new = {"name": "li.na", "password": PASSWORD}
    for headers, status in ((signed_in("zhang.wei"), 403), ({}, 401)):
        assert client.get("/api/v1/accounts", headers=headers).status_code == status
        assert client.post("/api/v1/accounts", json=new, headers=headers).status_code == status
        assert client.delete("/api/v1/accounts/x", headers=headers).status_code == status
    admin = signed_in("root")
    made = client.post("/api/v1/accounts", json=new, headers=admin)
    assert made.status_code == 201
    account = made.json()["account"]
    assert client.post("/api/v1/accounts", json=new, headers=admin).json()["code"] == "api.sign-in-name-taken"
    grant = {"role": "registrar", "identity_number": "11010519491231002X"}
    granted = client.post(f"/api/v1/accounts/{account}/roles", json=grant, headers=admin)
    assert granted.status_code == 201
    assert client.get(f"/log/entry/{granted.json()['seq']}").json()["kind"] == "registry.role_granted"
    found = {one["name"]: one for one in client.get("/api/v1/accounts", headers=admin).json()}
    assert found["li.na"]["roles"] == [{"role": "registrar", "organisation": None}]
    assert client.get("/api/v1/me", headers=signed_in("li.na")).json()["roles"] == found["li.na"]["roles"]
    withdrawal = {"role": "registrar", "reason": "调离"}
    path = f"/api/v1/accounts/{account}/withdrawn-roles"
    assert client.post(path, json=withdrawal, headers=admin).status_code == 201
    assert client.delete(f"/api/v1/accounts/{account}", headers=admin).status_code == 204
    again = client.post("/api/v1/sessions", json=new)
    assert again.status_code == 401


def test_a_role_that_needs_the_holders_identity_is_granted_with_it(
    client: TestClient, log: Log, signed_in: SignIn
) -> None:
    make_member(log, "root", "admin")
    account = accounts.create_account(log, "li.na", PASSWORD)
    admin, path = signed_in("root"), f"/api/v1/accounts/{account}/roles"
    assert client.post(path, json={"role": "operator"}, headers=admin).json()["code"] == "registry.holder-unknown"
    wrong = {"role": "operator", "identity_number": "110105194912310021"}
    refused = client.post(path, json=wrong, headers=admin)
    assert refused.status_code == 422
    assert "110105194912310021" not in refused.text
    right = {"role": "operator", "identity_number": "11010519491231002X"}
    done = client.post(path, json=right, headers=admin)
    assert done.status_code == 201
    assert "11010519491231002X" not in client.get(f"/log/entry/{done.json()['seq']}").text


def test_a_token_ends_with_its_session(client: TestClient, log: Log, signed_in: SignIn) -> None:
    make_member(log, "zhang.wei")
    headers = signed_in("zhang.wei")
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
    assert client.get("/api/v1/me", headers=headers).status_code == 401


@ON_SQLITE
@pytest.mark.parametrize("header", ["Bearer", "Bearer  ", "Basic abc", "Bearer ' OR 1=1 --", "Bearer \x7f", "x"])
def test_no_other_authorization_is_a_session(client: TestClient, header: str) -> None:
    assert client.get("/api/v1/me", headers={"Authorization": header}).status_code == 401
