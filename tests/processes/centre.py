"""A centre as it runs in an office: `mingtang serve` under a supervisor, and clients that remember what they were told.

What is checked is the promise to those clients: whatever dies, an acknowledged entry stands in the published log once,
at the place that was named, with the body that was sent.
"""

import http.client
import json
import os
import random
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from api.accounts import create_account
from audit import entry
from audit.checkpoint import open_checkpoint
from audit.database import Database
from audit.entry import SYSTEM, Entry
from audit.folder import Folder
from audit.log import create_log, open_log, system_clock
from audit.migrate import upgrade
from audit.note import parse_vkey
from audit.rebuild import published_entries
from audit.verify import Verified, verify_log
from registry import commands
from registry.events import RoleGranted
from tests import program
from tests.ground import ORIGIN
from tests.kept import empty_tables
from tests.program import Program

ADMIN, PASSWORD = "soak.admin", "correct horse battery 9"
BETWEEN = 0.05
"""Seconds a supervisor waits before it starts again what died."""
PATIENCE = 60.0
"""Seconds after which a test gives up on a process that should come back."""
ROLE = "bidder"


@dataclass(frozen=True)
class Centre:
    """A data folder and its database, made by hand as an office would before it serves."""

    data: Path
    database_url: str
    """Empty: SQLite in the data folder."""
    account: str
    """Id of the administrator, who may sign in."""
    vkey: str

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'mingtang.db'}"

    def environment(self, **settings: str) -> dict[str, str]:
        given = {"MINGTANG_DATA": str(self.data), "MINGTANG_DATABASE_URL": self.database_url, "LANG": "en"}
        return os.environ | given | {"MINGTANG_DISK_RESERVE": "0"} | settings

    def run(self, *arguments: str) -> str:
        """What a command of `mingtang` prints; it must succeed."""
        done = program.run(*arguments, env=self.environment())
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def verify(self, since: bytes | None = None, workers: int = 1) -> Verified:
        """The published folder verifies as it lies there, and extends the older checkpoint."""
        found = verify_log(str(self.data / "log"), self.vkey, since=since, blobs=True, workers=workers)
        assert isinstance(found, Verified), found.line("en")
        return found

    def checkpoint(self) -> bytes:
        return (self.data / "log" / "checkpoint").read_bytes()

    def published_bytes(self) -> Iterator[bytes]:
        """The bytes of every published entry, from the files."""
        size = open_checkpoint(self.checkpoint(), parse_vkey(self.vkey)).size
        return published_entries(Folder(self.data / "log"), size)

    def published(self) -> list[Entry]:
        """Every published entry, from the files."""
        return [entry.parse(data) for data in self.published_bytes()]

    def rebuild_check(self) -> None:
        """Every public table is what the log says."""
        assert self.run("log", "rebuild-check").startswith("OK ")


def a_centre(data: Path, database_url: str = "") -> Centre:
    """A new log with one administrator."""
    if not database_url:
        (data / "mingtang.db").write_bytes(empty_tables())
    database = Database(database_url or f"sqlite:///{data / 'mingtang.db'}")
    upgrade(database)  # where it has none yet
    create_log(data, database, ORIGIN, system_clock)
    log = open_log(data, database, system_clock, reserve=0)
    account = create_account(log, ADMIN, PASSWORD)
    with log.act(SYSTEM) as act:
        commands.grant_role(act, RoleGranted(account=account, role="admin", organisation=None))
    log.settle()
    vkey = log.vkey
    database.dispose()
    return Centre(data, database_url, account, vkey)


# Serving


class Serving:
    """One `mingtang serve` on a port of its own."""

    def __init__(self, centre: Centre, script: Path | None = None, **settings: str) -> None:
        """script: what runs in place of `mingtang`, and then is it."""
        self.centre, self.script = centre, script
        self.settings = settings
        self.port = _free_port()
        self.process: Program | None = None

    def start(self) -> None:
        with (self.centre.data.parent / f"serve-{self.port}.log").open("ab") as talk:
            environment = self.centre.environment(**self.settings)
            self.process = Program(
                "serve", "--port", self.port, env=environment, stdout=talk, stderr=talk, script=self.script
            )

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        """As the kernel would, or a power cut: nothing of it runs any more."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)

    def wait(self) -> None:
        assert self.process is not None
        self.process.wait()

    def answers(self) -> bool:
        """Wait until it serves; False if it ended instead, or takes too long."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process is not None and self.process.poll() is not None:
                return False
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
            time.sleep(0.02)
        return False


@contextmanager
def serving(centre: Centre, script: Path | None = None, **settings: str) -> Iterator[Serving]:
    """Serve without a supervisor, until the block ends or somebody kills it."""
    served = Serving(centre, script, **settings)
    served.start()
    try:
        assert served.answers()
        yield served
    finally:
        served.kill()
        served.wait()


class Supervisor:
    """The plain loop that every service manager has: whatever ends is started again."""

    def __init__(self, centre: Centre, after_death: Callable[[], None]) -> None:
        self.serving = Serving(centre)
        self.deaths = 0
        self.fault: BaseException | None = None
        self._after_death = after_death
        """Called while nothing runs."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def __enter__(self) -> "Supervisor":
        self.serving.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self.serving.kill()
        self._thread.join()

    def kill(self, patience: float = PATIENCE) -> None:
        """Kill the process that runs now, and return when another has been started."""
        deaths = self.deaths
        self.serving.kill()
        deadline = time.monotonic() + patience
        while self.deaths == deaths:
            assert time.monotonic() < deadline, "nothing was started again"
            time.sleep(0.002)
        if self.fault is not None:
            raise self.fault

    def _run(self) -> None:
        while True:
            self.serving.wait()
            try:
                self._after_death()
            except BaseException as fault:
                self.fault = fault
            if self._stopping.wait(BETWEEN):
                return
            self.serving.start()
            self.deaths += 1


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# Clients


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """Of a problem document."""
        return str(self.body.get("code"))


class Unanswered(Exception):  # noqa: N818 - nobody knows whether it was done
    """The connection ended without an answer."""


class Connection:
    """One keep-alive connection to one of the ports, made again when it breaks."""

    def __init__(self, *ports: int, timeout: float = 20) -> None:
        self._ports = list(ports)
        self._timeout = timeout
        self._held: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Answer:
        """Raises Unanswered; the next try goes to the next port."""
        if self._held is None:
            self._held = http.client.HTTPConnection("127.0.0.1", self._ports[0], timeout=self._timeout)
        data = None if body is None else json.dumps(body).encode()
        try:
            self._held.request(method, path, data, {"Content-Type": "application/json"} | (headers or {}))
            response = self._held.getresponse()
            return Answer(response.status, json.loads(response.read() or b"{}"))
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as fault:
            self.close()
            self._ports.append(self._ports.pop(0))
            raise Unanswered(str(fault)) from fault

    def close(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


def sign_in(port: int) -> str:
    """The token of a new session of the administrator."""
    with closing(Connection(port)) as connection:
        answer = connection.send("POST", "/api/v1/sessions", {"name": ADMIN, "password": PASSWORD})
    assert answer.status == 201, answer
    return str(answer.body["token"])


@dataclass
class Request:
    """One command and what was answered."""

    path: str
    body: dict[str, Any]
    kind: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    """The Idempotency-Key under which it is sent until it is answered."""
    entry: int | None = None
    seq: int | None = None
    sendings: int = 0


@dataclass
class Client:
    """Sends its commands one after the other, each until it is answered; its subject is nobody else's."""

    account: str
    token: str
    connection: Connection
    requests: list[Request] = field(default_factory=list)

    @property
    def subject(self) -> str:
        return f"account:{self.account}"

    @property
    def answered(self) -> list[Request]:
        return [request for request in self.requests if request.entry is not None]

    def next_request(self) -> Request:
        """A role is granted and taken back in turn, so that doing one command twice could not go unnoticed."""
        number = len(self.requests)
        if number % 2 == 0:
            body: dict[str, Any] = {"role": ROLE, "organisation": None}
            return Request(f"/api/v1/accounts/{self.account}/roles", body, "registry.role_granted")
        body = {"role": ROLE, "reason": f"第 {number} 次"}
        return Request(f"/api/v1/accounts/{self.account}/withdrawn-roles", body, "registry.role_revoked")

    def send(self, request: Request) -> Answer:
        """Send it once. Raises Unanswered."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": request.key}
        request.sendings += 1
        answer = self.connection.send("POST", request.path, request.body, headers)
        if answer.status in (201, 202):
            entry_id, seq = answer.body["entry"], answer.body["seq"]
            assert request.entry in (None, entry_id), f"{request} was done twice"
            assert seq is None or request.seq in (None, seq), f"{request} moved"
            request.entry = entry_id
            request.seq = request.seq if seq is None else seq
        return answer

    def do(self, stopping: threading.Event) -> bool:
        """The next command, sent until it is acknowledged; False if the client was told to stop before."""
        if not self.requests or self.requests[-1].entry is not None:
            self.requests.append(self.next_request())
        request = self.requests[-1]
        while not stopping.is_set():
            try:
                answer = self.send(request)
            except Unanswered:
                stopping.wait(0.02)
                continue
            if answer.status in (201, 202):
                return True
            assert answer.status == 503, answer
            stopping.wait(0.05)
        return False

    def ask_again(self) -> None:
        """The last acknowledged command, repeated: nothing happens and the answer is the same."""
        if self.answered:
            with suppress(Unanswered):
                answer = self.send(self.answered[-1])
                assert answer.status in (201, 202, 503), answer

    def connect(self, connection: Connection) -> None:
        """Go on over another connection."""
        self.close()
        self.connection = connection

    def close(self) -> None:
        self.connection.close()


class Crowd:
    """Clients at work, each in a thread of its own, until the block ends."""

    def __init__(self, clients: Iterable[Client], *, asking_again: bool = True, seed: int = 0) -> None:
        self.clients = list(clients)
        self.faults: list[BaseException] = []
        self._stopping = threading.Event()
        self._asking_again = asking_again
        self._threads = [
            threading.Thread(target=self._work, args=(client, random.Random(seed + number)), daemon=True)
            for number, client in enumerate(self.clients)
        ]

    def __enter__(self) -> "Crowd":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def check(self) -> None:
        """Raise what a client found wrong."""
        if self.faults:
            raise self.faults[0]

    @property
    def answered(self) -> int:
        return sum(len(client.answered) for client in self.clients)

    def wait_for(self, more: int) -> None:
        """Wait until so many more commands are acknowledged."""
        wanted, deadline = self.answered + more, time.monotonic() + PATIENCE
        while self.answered < wanted:
            self.check()
            assert time.monotonic() < deadline, "nobody is answered any more"
            time.sleep(0.005)

    def wait_for_each(self, more: int) -> None:
        """Wait until every client has so many more acknowledged."""
        wanted = [len(client.answered) + more for client in self.clients]
        deadline = time.monotonic() + PATIENCE
        while any(len(client.answered) < least for client, least in zip(self.clients, wanted, strict=True)):
            self.check()
            assert time.monotonic() < deadline, "one of them is not answered any more"
            time.sleep(0.005)

    def _work(self, client: Client, chance: random.Random) -> None:
        try:
            while not self._stopping.is_set():
                client.do(self._stopping)
                if self._asking_again and chance.random() < 0.05:
                    client.ask_again()
        except BaseException as fault:
            self.faults.append(fault)
        finally:
            client.close()


def clients(token: str, number: int, *ports: int) -> list[Client]:
    """Clients that begin with one port each, in turn, and go to the next when it does not answer."""
    turned = [[*ports[at % len(ports) :], *ports[: at % len(ports)]] for at in range(number)]
    return [Client(f"agent-{at}", token, Connection(*turned[at])) for at in range(number)]


# What was promised


def check_promises(published: list[Entry], asked: Iterable[Client], actor: str) -> None:
    """No acknowledged command is lost, doubled, moved, altered, or out of the order of its subject."""
    by_subject: dict[str, list[Entry]] = {}
    for item in published:
        by_subject.setdefault(item.subject, []).append(item)
    for client in asked:
        found = by_subject.get(client.subject, [])
        sent = [(request.kind, {"account": client.account} | request.body) for request in client.requests]
        assert [(item.kind, item.body) for item in found] == sent[: len(found)], f"{client.subject} has another history"
        assert {item.actor for item in found} <= {actor}
        for request, item in zip(client.requests, found, strict=False):
            assert request.seq in (None, item.seq), f"{request} stands at {item.seq}"
        unpublished = client.requests[len(found) :]
        lost = [request for request in unpublished if request.seq is not None]
        assert not lost, f"acknowledged with a place, and not in the log: {lost}"


def check_all_placed(published: list[Entry], asked: Iterable[Client]) -> None:
    """In the end every acknowledged command is published, those that were told to come back later too."""
    placed = {item.subject: 0 for item in published}
    for item in published:
        placed[item.subject] += 1
    for client in asked:
        assert placed.get(client.subject, 0) >= len(client.answered), f"{client.subject} lost an acknowledged entry"
