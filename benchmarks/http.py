"""Commands a second over HTTP, each until its 201, against a bare endpoint that inserts one row.

    python -m benchmarks.http bare URL PORT          the bare endpoint, under the same server with the same settings
    python -m benchmarks.http centre DATA URL PORT   a centre, with a command that does nothing but record its entry

All are loaded in turn by the same clients with requests of the same size: one answer is a row, the other an entry whose
sender was known, that was checked, hashed, signed for and published, with its receipt. A command of the register reads
and writes the register besides.
"""

import asyncio
import itertools
import json
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import anyio.to_thread
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert

from api.app import THREADS, create_app
from api.cli.place import load_packages
from api.dependencies import ACT, Do, Done
from api.routes import registry as register
from audit.act import Act
from audit.database import Database
from audit.entry import SYSTEM
from audit.events import Event
from audit.log import Log, open_log, system_clock
from audit.settings import Settings
from benchmarks.figures import Figure, heading, percentile, show
from registry import commands
from registry.events import RoleGranted
from tests.ground import Cluster
from tests.processes.centre import Centre, a_centre, sign_in

CLIENTS = 64
SECONDS = 6.0
ROUNDS = 3

metadata = MetaData()
rows = Table("rows", metadata, Column("id", Integer, primary_key=True), Column("name", Text), Column("kinds", Text))


class Row(BaseModel):
    """The members that the measured command has."""

    organisation: str
    name: str
    code: str | None
    capacities: list[str]


def bare_app(database: Database) -> FastAPI:
    """The least that an endpoint can do and still keep what it was sent."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/rows", status_code=201)
    def insert_row(row: Row) -> dict[str, int]:
        with database.writing() as session:
            statement = insert(rows).values(name=row.name, kinds=json.dumps(row.capacities)).returning(rows.c.id)
            return {"id": session.execute(statement).scalar_one()}

    return app


class Sent(Event):
    """An entry with the members of the bare endpoint's row."""

    kind = "bench.sent"
    organisation: str
    name: str
    code: str | None
    capacities: list[str]


def centre_app(log: Log, data: Path) -> FastAPI:
    """A whole centre, and the least of all commands.

    It stands among the register's own commands: behind the last of all routes it would be looked for longer than any
    command that a centre has.
    """

    @register.router.post("/least", **ACT)
    def least(body: Sent, do: Do) -> Done:
        subject = f"bench:{body.organisation}"

        def command(act: Act) -> None:
            act.lock(subject, shared=["registry"])
            act.record(body, subject)

        return do(("registrar",), command)

    return create_app(log, Settings(data=data))


def serve(app: FastAPI, port: int) -> None:
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", proxy_headers=True)


def serve_bare(url: str, port: int) -> None:
    database = Database(url)
    metadata.create_all(database.engine)
    serve(bare_app(database), port)


def serve_centre(data: Path, url: str, port: int) -> None:
    load_packages()
    serve(centre_app(open_log(data, Database(url), system_clock, reserve=0), data), port)


# The load


async def _load(port: int, path: str, headers: str, first: int, seconds: float) -> list[float]:
    """Seconds that each request took, of clients that each send the next as soon as the last is answered."""
    numbers, key = itertools.count(first), path.rpartition("/")[2]
    took: list[float] = []
    begun = time.perf_counter()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() - begun < seconds:
            number = next(numbers)
            members = {"organisation": f"b-{number}", "name": f"演示测量单位{number}号", "code": None}
            body = json.dumps(members | {"capacities": ["tenderer"]}, ensure_ascii=False).encode()
            head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n{headers}"
            sent = time.perf_counter()
            writer.write(
                f"{head}Idempotency-Key: {key}-{number}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
            )
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line[15:]) for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length")
            )
            text = await reader.readexactly(length)
            assert answer.startswith(b"HTTP/1.1 201"), (answer, text)
            took.append(time.perf_counter() - sent)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return took


def _run_load(*arguments: Any) -> list[float]:
    return asyncio.run(_load(*arguments))


def load(port: int, path: str, headers: str, first: int, seconds: float) -> list[float]:
    """The load, sent from a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run_load, (port, path, headers, first, seconds))


# The comparison


def a_registrar(centre: Centre) -> None:
    """Let the administrator's account record organisations."""
    database = Database(centre.url)
    log = open_log(centre.data, database, system_clock, reserve=0)
    with log.act(SYSTEM) as act:
        commands.grant_role(act, RoleGranted(account=centre.account, role="registrar", organisation=None), "0" * 64)
    log.settle()
    database.dispose()


@contextmanager
def served(*arguments: object) -> Iterator[int]:
    """The port of a server of this module in a process of its own."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.http", *map(str, arguments), str(port)])
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None, "the server did not start"
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def compare(name: str, data: Path, url: str, bare_url: str, seconds: float) -> None:
    centre = a_centre(data, url)
    a_registrar(centre)
    done: dict[str, list[float]] = {"/rows": [], "/api/v1/least": [], "/api/v1/organisations": []}
    waits: dict[str, list[float]] = {path: [] for path in done}
    with served("centre", data, centre.url) as port, served("bare", bare_url) as bare:
        headers = f"Authorization: Bearer {sign_in(port)}\r\n"
        for round_ in range(ROUNDS + 1):  # the first only warms up
            for path in done:
                spent = seconds if round_ else seconds / 3
                place = (bare, path, "") if path == "/rows" else (port, path, headers)
                took = load(*place, round_ * 1_000_000, spent)
                if round_:
                    done[path].append(len(took) / spent)
                    waits[path] += took
    for path, what, aim in (
        ("/api/v1/least", "the least command over HTTP with receipt", "≥ 0.5"),
        ("/api/v1/organisations", "an organisation recorded over HTTP", ""),
    ):
        ratios = [mine / peer for mine, peer in zip(done[path], done["/rows"], strict=True)]
        means = (
            f"of a bare insert; {median(done[path]):,.0f}/s to {median(done['/rows']):,.0f}/s, {CLIENTS} clients, "
            f"p50 {percentile(waits[path], 0.5) * 1000:.0f} ms; runs {min(ratios):.2f} to {max(ratios):.2f}"
        )
        show(Figure(f"{what}, {name}", median(ratios), "x bare", means, aim))


def run(cluster: Cluster, seconds: float = SECONDS) -> None:
    heading("Over HTTP")
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        data = Path(folder, "sqlite", "data")
        data.mkdir(parents=True)
        compare("SQLite", data, "", f"sqlite:///{folder}/bare.db", seconds)
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        data = Path(folder, "data")
        data.mkdir()
        compare("PostgreSQL", data, cluster.create(), cluster.create(), seconds)


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        serve_bare(sys.argv[2], int(sys.argv[3]))
    else:
        serve_centre(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
