"""The application in this process (`client`), or under a real server on a free port (`served`)."""

import os
from collections.abc import Callable, Iterator
from typing import get_args

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient
from jinja2 import FileSystemBytecodeCache
from playwright.sync_api import Browser

from api import pages
from api.app import create_app
from api.i18n import Lang
from audit.log import Log
from audit.settings import Settings
from tests.api.browsing import a_browser
from tests.api.site import BASE_URL, PASSWORD, Served, serving

SignIn = Callable[[str], dict[str, str]]


@pytest.fixture(autouse=True, scope="session")
def one_loop() -> Iterator[None]:
    """One event loop for the requests of all clients, each of which would begin one, with threads, for each request."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "portal", portal)
        yield


@pytest.fixture(autouse=True, scope="session")
def templates_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """By one of the processes of a run, which leaves them to the others: it takes seconds, and each needs most."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "templates"
    folder.mkdir(exist_ok=True)
    for lang in get_args(Lang):
        pages._environment(lang).bytecode_cache = FileSystemBytecodeCache(str(folder), f"%s.{lang}")


@pytest.fixture
def app(log: Log) -> FastAPI:
    return create_app(log, Settings(data=log.data, base_url=BASE_URL), sequencing=False)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def served(log: Log) -> Iterator[Served]:
    with serving(log) as served:
        yield served


@pytest.fixture
def signed_in(client: TestClient) -> SignIn:
    """From a sign-in name to the headers of a new session."""

    def begin(name: str) -> dict[str, str]:
        answer = client.post("/api/v1/sessions", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    return begin


@pytest.fixture(scope="session")
def one_chromium() -> Iterator[Browser]:
    with a_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def chromium(one_chromium: Browser) -> Iterator[Browser]:
    """One browser for all tests of a process, each in a context of its own; of one module none sees another's."""
    yield one_chromium
    for context in one_chromium.contexts:
        context.close()


@pytest.fixture(autouse=True)
def no_page_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test opened is closed with it: a page left open goes on ticking and asks a site that is gone."""
    if "one_chromium" not in request.fixturenames:
        yield
        return
    browser: Browser = request.getfixturevalue("one_chromium")
    before = list(browser.contexts)
    yield
    for context in browser.contexts:
        if context not in before:
            context.close()
