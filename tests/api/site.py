"""What tests of the site build with: a served application, people who may sign in, entries."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from api import accounts
from api.app import create_app
from api.server import Server
from audit.events import Event
from audit.log import Log
from audit.settings import Settings
from audit.tables import EntryRow
from registry import commands as registry
from registry.events import OrganisationRecorded, RoleGranted

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what no database has a part in, or for which it executes nothing that another test does not on both."""
BASE_URL = "http://testserver"
PASSWORD = "correct horse battery 9"


class Noted(Event):
    """An entry that means nothing."""

    kind = "test.said"
    text: str


def say(log: Log, text: str, subject: str = "test:a") -> int:
    """Record an entry and wait until it is published; returns its place."""
    with log.act("operator:abc") as act:
        act.lock(subject)
        entry = act.record(Noted(text=text), subject)
    seq = log.wait(entry)
    assert seq is not None
    return seq


def catch_up(log: Log) -> int:
    """Wait until all that was committed is published; returns the size."""
    with log.reading() as session:
        committed = session.scalars(select(func.count()).select_from(EntryRow)).one()
    deadline = time.monotonic() + 20
    while log.published_size < committed:
        assert time.monotonic() < deadline, "nothing is published"
        time.sleep(0.005)
    return log.published_size


def make_member(log: Log, name: str, *roles: str, organisation: str | None = None) -> str:
    """A new account that holds the roles, made as the command line would; returns its id."""
    account = accounts.create_account(log, name, PASSWORD)
    for role in roles:
        event = RoleGranted.of({"account": account, "role": role, "organisation": organisation})
        with log.act("system") as act:
            registry.grant_role(act, event, account.encode().hex().ljust(64, "0"))
    catch_up(log)
    return account


def make_organisation(log: Log, organisation: str, name: str, *capacities: str, code: str | None = None) -> None:
    event = OrganisationRecorded.of(
        {"organisation": organisation, "name": name, "code": code, "capacities": list(capacities)}
    )
    with log.act("system") as act:
        registry.record_organisation(act, event)
    catch_up(log)


@dataclass(frozen=True)
class Served:
    """An application under a real server, which browsers and streams need."""

    base_url: str
    log: Log
    app: FastAPI


@contextmanager
def serving(log: Log, *, demo: bool = False, relays: Sequence[str] = ()) -> Iterator[Served]:
    """Serve the log, which somebody else started, on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    app = create_app(
        log, Settings(data=log.data, base_url=base_url, drand_relays=list(relays)), demo=demo, sequencing=False
    )
    server = Server(app, "127.0.0.1", port)
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    try:
        yield Served(base_url, log, app)
    finally:
        server.stop()
        thread.join(15)
    assert not thread.is_alive(), "the server did not stop"
