"""How quick the log is: placing, publishing, and from commit to signed checkpoint."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert, text

from audit import canonical, entry, merkle
from audit.canonical import Value
from audit.database import Database
from audit.events import Event
from audit.log import Log, create_log, open_log, system_clock
from audit.migrate import upgrade
from audit.tables import EntryRow
from benchmarks.figures import Figure, heading, percentile, seconds, show, timed
from tests.ground import Cluster

BODY: dict[str, Value] = {
    "code": "91210100MA0000000X",
    "name": "沈阳某某招标代理有限公司",
    "text": "本机构承诺所报信息真实、准确、完整。" * 6,
}
COUNT = 40_000


class Measured(Event):
    kind = "bench.measured"
    text: str


@contextmanager
def new_log(url: str | None = None) -> Iterator[Log]:
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        data = Path(folder)
        database = Database(url or f"sqlite:///{data / 'mingtang.db'}")
        upgrade(database)
        create_log(data, database, "bench.example.org/log", system_clock)
        yield open_log(data, database, system_clock, reserve=0)
        database.dispose()


def outbox_rows(count: int) -> list[dict[str, object]]:
    body = canonical.encode(BODY)
    return [
        {
            "kind": "bench.measured",
            "subject": f"bench:{number % 1000}",
            "actor": "operator:bench",
            "at": 1_700_000_000_000,
            "body": body,
            "private": b"{}",
            "files": b"[]",
        }
        for number in range(count)
    ]


def bound(count: int) -> None:
    """What no log of this form can do without: canonical JSON, SM3, leaf and node hashes."""
    prev, leaves = entry.ZERO_PREV, []
    for seq in range(count):
        data = entry.compose(
            seq=seq,
            prev=prev,
            at=1_700_000_000_000,
            logged=1_700_000_000_000,
            kind="bench.measured",
            subject="bench:1",
            actor="operator:bench",
            body=canonical.encode(BODY),
            private=b"{}",
            files=b"[]",
        )
        leaves.append(merkle.leaf_hash(data))
        prev = entry.sm3(data).hex()
    merkle.root(leaves)


def sequencing(name: str, url: str | None) -> None:
    limit = seconds(lambda: bound(COUNT))
    runs: list[float] = []
    with new_log(url) as log:
        rows = outbox_rows(COUNT)
        for _ in range(3):  # the best of three is the limit, too
            with log.database.writing() as session:
                session.execute(insert(EntryRow), rows)
            runs.append(seconds(log.settle, repeat=1))
        with log.database.writing() as session:
            session.execute(text("CREATE TABLE raw (id INTEGER PRIMARY KEY, data TEXT)"))
        data = canonical.encode(BODY).decode() * 2  # about an entry's bytes

        def raw() -> None:
            with log.database.writing() as session:
                session.execute(
                    text("INSERT INTO raw VALUES (:id, :data)"), [{"id": id_, "data": data} for id_ in range(COUNT)]
                )

        inserting = seconds(raw, repeat=1)
    placing, ratios = min(runs), [run / limit for run in runs]
    rate = f"{COUNT / placing:,.0f} entries/s, runs {min(ratios):.2f} to {max(ratios):.2f}"
    means = f"of hashing + canonical JSON; {rate}"
    show(Figure(f"placing and publishing, {name}", min(ratios), "x bound", means, "≤ 4"))
    show(
        Figure(
            f"placing and publishing, {name}", placing / inserting, "x insert", "of a raw bulk insert of the same bytes"
        )
    )


def latency(name: str, url: str | None, per_second: int = 100, run_seconds: int = 10) -> None:
    """From commit to a signed, published checkpoint, at a steady rate from several clients."""
    waits: list[float] = []
    with new_log(url) as log:
        log.start()

        def client(number: int) -> None:
            start = time.perf_counter()
            for step in range(per_second * run_seconds // 10):
                due = start + (step * 10 + number) / per_second
                time.sleep(max(0, due - time.perf_counter()))
                with log.act("operator:bench") as act:
                    act.lock(f"bench:{number}")
                    entry_id = act.record(Measured(text="一"), f"bench:{number}")
                with timed(waits):
                    assert log.wait(entry_id) is not None

        clients = [threading.Thread(target=client, args=(number,)) for number in range(10)]
        for thread in clients:
            thread.start()
        for thread in clients:
            thread.join()
        log.stop()
    p50, p99 = percentile(waits, 0.5) * 1000, percentile(waits, 0.99) * 1000
    show(
        Figure(
            f"commit to signed checkpoint, {name}, p99", p99 / 150, "x 150 ms", f"{p99:.0f} ms; p50 {p50:.0f} ms", "≤ 1"
        )
    )


def run(cluster: Cluster) -> None:
    heading("The log")
    for name, url in (("SQLite", None), ("PostgreSQL", cluster.create())):
        sequencing(name, url)
    for name, url in (("SQLite", None), ("PostgreSQL", cluster.create())):
        latency(name, url)
