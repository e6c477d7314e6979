"""The application in the same process (`client`), or under a real server on a free port (`served`)."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import accounts
from api.app import create_app
from api.server import Server
from audit.log import Log
from audit.settings import Settings
from registry import commands as registry
from registry.events import OrganisationRecorded, RoleGranted
from registry.identity import identity_digest

BASE_URL = "http://testserver"
PASSWORD = "correct horse battery 9"
HOLDERS = ["110101199003077379", "110101198803076517", "110101197503074514"]


@dataclass(frozen=True)
class Served:
    base_url: str
    log: Log
    app: FastAPI


@pytest.fixture
def app(log: Log) -> FastAPI:
    return create_app(log, Settings(data=log.data, base_url=BASE_URL), sequencing=False)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url=BASE_URL, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def served(log: Log) -> Iterator[Served]:
    """A real server on a port of this machine; browsers and streams need one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    app = create_app(log, Settings(data=log.data, base_url=base_url), sequencing=False)
    server = Server(app, "127.0.0.1", port)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    yield Served(base_url, log, app)
    server.stop()
    thread.join(15)
    assert not thread.is_alive(), "the server did not stop"


Member = Callable[..., str]
"""(name, role…, organisation=None) to the id of a new account that holds the roles."""


@pytest.fixture
def member(log: Log) -> Member:
    """Makes accounts with roles, as the command line would."""
    made: list[str] = []

    def make(name: str, *roles: str, organisation: str | None = None) -> str:
        account = accounts.create_account(log, name, PASSWORD)
        made.append(account)
        for role in roles:
            event = RoleGranted.of({"account": account, "role": role, "organisation": organisation})
            with log.act("system") as act:
                registry.grant_role(act, event, identity_digest(b"k" * 32, f"holder {len(made)}"))
        return account

    return make


def record_organisation(log: Log, organisation: str, name: str, *capacities: str) -> None:
    event = OrganisationRecorded.of(
        {"organisation": organisation, "name": name, "code": None, "capacities": list(capacities)}
    )
    with log.act("system") as act:
        registry.record_organisation(act, event)


@pytest.fixture
def signed_in(client: TestClient) -> Callable[[str], dict[str, str]]:
    """The headers of a session of the account with this sign-in name."""

    def begin(name: str) -> dict[str, str]:
        answer = client.post("/api/v1/sessions", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    return begin


def settled(client: TestClient | httpx2.Client, log: Log) -> None:
    """Wait until all that was committed is published."""
    log.settle()
