"""Whether the log slows down or swells as it grows: placing and publishing on top of 10^4, 10^5, 10^6 entries."""

import gc
import os
import time
from pathlib import Path

from sqlalchemy import insert

from audit.log import Log
from audit.tables import EntryRow
from benchmarks.figures import Figure, heading, show
from benchmarks.sequencing import new_log, outbox_rows
from tests.ground import Cluster

SIZES = (10_000, 100_000, 1_000_000)
MEASURED = 20_000
"""Entries placed at each size."""


def held_memory_mib() -> float:
    """What this process holds now, MiB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def place(log: Log, rows: list[dict[str, object]]) -> float:
    """Seconds to place and publish so many entries more."""
    with log.database.writing() as session:
        session.execute(insert(EntryRow), rows)
    begun = time.perf_counter()
    log.settle()
    return time.perf_counter() - begun


def grow(name: str, url: str | None, sizes: tuple[int, ...]) -> None:
    rows = outbox_rows(MEASURED)
    times: dict[int, float] = {}
    memory: dict[int, float] = {}
    with new_log(url) as log:
        size = 1
        for wanted in sizes:
            while size < wanted:
                more = rows[: min(len(rows), wanted - size)]
                place(log, more)
                size += len(more)
            runs = [place(log, rows) for _ in range(3)]
            size += 3 * len(rows)
            times[wanted], memory[wanted] = min(runs), held_memory_mib()
            rate = MEASURED / times[wanted]
            means = f"of the time at {sizes[0]:,}; {rate:,.0f} entries/s, {memory[wanted]:,.0f} MiB held"
            show(
                Figure(
                    f"placing on top of {wanted:,} entries, {name}", times[wanted] / times[sizes[0]], "x", means, "1"
                )
            )
    swelling = memory[sizes[-1]] / memory[sizes[0]]
    show(Figure(f"memory held at {sizes[-1]:,} entries, {name}", swelling, "x", f"of that at {sizes[0]:,}", "1"))


def run(cluster: Cluster, sizes: tuple[int, ...] = SIZES) -> None:
    heading("As the log grows")
    for name, url in (("SQLite", None), ("PostgreSQL", cluster.create())):
        grow(name, url, sizes)
