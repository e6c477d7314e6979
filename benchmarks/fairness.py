"""How long all draws together take to be read and weighed, against a loop that only reads the same files' JSON."""

import hashlib
import tempfile
import time
from pathlib import Path

import orjson

from audit.database import Database
from audit.migrate import upgrade
from benchmarks.figures import Figure, heading, show
from lottery.queries.fairness import History
from tests.lottery.many_draws import KeptInMemory, ManyDraws, a_pool

DRAWS, AGENCIES = 1_000, 300


def only_read(blobs: KeptInMemory) -> float:
    """The plain loop: each file hashed and parsed once."""
    start = time.perf_counter()
    for data in blobs.kept.values():
        hashlib.sha256(data).hexdigest()
        orjson.loads(data)
    return time.perf_counter() - start


def run(draws: int = DRAWS, agencies: int = AGENCIES) -> None:
    heading("Fairness over all draws")
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'mingtang.db'}")
        upgrade(database)
        blobs = KeptInMemory(Path(folder))
        many = ManyDraws(database, blobs)
        pool = a_pool(agencies, balls=(1, 2, 3))
        for at in range(draws):
            many.draw(pool, winners=1 + at % 3)
        history = History()
        took = []
        with database.reading() as session:
            for size in (many.size - 4, many.size, many.size):  # all draws but one, the last one, nothing new
                start = time.perf_counter()
                history.upto(session, blobs, size)
                took.append(time.perf_counter() - start)
        database.dispose()
        first, last, _ = took
        means = f"of reading their files; {first:.2f} s for {draws:,} draws of {agencies} agencies, once after a start"
        show(Figure("all draws, from nothing", first / only_read(blobs), "x", means))
        show(Figure("one more draw", last / first * draws, "x", f"of a draw's part of that; {last * 1000:.0f} ms"))
