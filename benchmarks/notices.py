"""Search, list and notice on top of 10^5 and, where asked, beside them 10^6 notices, against a read by primary key.

Both sizes lie beside each other in databases of their own, and every question is asked of both in turn, with a read by
key before each: whatever else the machine does meets all of them alike. Beside what passes on the clock stands the time
of the processor, this process's and the server's, in which what else the machine does is not counted.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

import trading.projection  # noqa: F401 - the tables
from audit.database import Database
from audit.tables import EntryRow
from benchmarks.figures import Figure, heading, percentile, show
from benchmarks.notices_loaded import load_beside
from benchmarks.notices_made import APART, FIRST, FRAGMENTS, HALF, PER_PROJECT, RARE, REGIONS, SPACING, few
from tests.ground import Cluster
from trading import queries
from trading.history import history
from trading.lots import lot_states
from trading.market import Market
from trading.search import Wanted, search_page, tally

SIZES = (100_000,)
LARGE = (100_000, 1_000_000)
RUNS = 100
"""Of each question; the 95th percentile of all is told."""
PAGE = 30
"""Notices of a page."""
AIM = "< 1.5"
OFTEN = 40
"""Of so many tenderers each has more notices than are counted, of 100,000 already."""
OFTEN_SAID = 20
"""So many fragments are in the titles of more projects than a page has, of 100,000 notices already."""
GROWING = "answers that are longer"
"""What is asked in this part fills no page, or no count, of the smaller size and fills that of the larger one."""
WARM = 10
"""Times that each question is asked before it is measured."""

Question = Callable[[Session, random.Random], object]


def questions(entries: int) -> dict[str, list[Question]]:
    """What is asked, by the figure it belongs to."""
    last = entries - 1
    notices = entries * PER_PROJECT // (PER_PROJECT + 1)

    def find(wanted: Callable[[random.Random], Wanted]) -> Question:
        return lambda session, chance: search_page(session, wanted(chance), entries, limit=PAGE)

    def count(wanted: Callable[[random.Random], Wanted]) -> Question:
        return lambda session, chance: tally(session, wanted(chance), entries)

    def rare(chance: random.Random) -> str:
        return "".join(chance.choice(RARE) for _ in range(3))

    def known(chance: random.Random) -> str:
        return few(chance, notices)

    def half(chance: random.Random) -> str:
        return chance.choice((*HALF, *APART))[:2]

    def between(chance: random.Random) -> Wanted:
        until = (FIRST + chance.randrange(entries) * SPACING) // 1000
        return Wanted(since=until - 30 * 86_400, until=until, trade="D")

    return {
        "search": [
            find(lambda chance: Wanted(chance.choice(FRAGMENTS)[:2])),
            find(lambda chance: Wanted(chance.choice(FRAGMENTS))),
            find(lambda chance: Wanted(rare(chance)[:2])),
            find(lambda chance: Wanted(f"{chance.choice(FRAGMENTS)} {chance.choice(FRAGMENTS)}", trade="C")),
            find(lambda chance: Wanted(f"gg-{chance.randrange(notices):08}")),
            find(lambda chance: Wanted("公告", region=chance.choice(REGIONS), kind="failure")),
        ],
        "words in half of all notices": [
            find(lambda chance: Wanted(half(chance))),
            find(lambda chance: Wanted(" ".join(word[:2] for word in HALF))),
            find(lambda chance: Wanted(f"{half(chance)} {chance.choice(FRAGMENTS)[:2]}", trade="B")),
        ],
        "two such words, never together": [find(lambda chance: Wanted(" ".join(word[:2] for word in APART)))],
        "rare words": [
            find(lambda chance: Wanted(known(chance))),
            find(lambda chance: Wanted(f"{chance.choice(FRAGMENTS)} {known(chance)}")),
            find(lambda chance: Wanted(f"{half(chance)} {known(chance)}", trade="A")),
            find(lambda chance: Wanted(rare(chance) + "没有")),
        ],
        "facets": [
            count(lambda chance: Wanted(half(chance))),
            count(lambda chance: Wanted(known(chance))),
            count(lambda chance: Wanted(tenderer=f"tenderer-{chance.randrange(OFTEN)}")),
        ],
        GROWING: [
            find(lambda chance: Wanted(rare(chance))),
            find(lambda chance: Wanted(f"{chance.choice(FRAGMENTS)} {rare(chance)}")),
            count(lambda chance: Wanted(rare(chance))),
            count(lambda chance: Wanted(tenderer=f"tenderer-{chance.randrange(OFTEN, 300)}")),
        ],
        "list": [
            find(lambda chance: Wanted()),
            find(lambda chance: Wanted(trade="B", kind="result")),
            find(lambda chance: Wanted(tenderer=f"tenderer-{chance.randrange(300)}")),
            find(lambda chance: Wanted(least_fen=3_000_000_00, most_fen=4_000_000_00)),
            find(between),
            lambda session, chance: search_page(
                session, Wanted(trade="A"), entries, before=chance.randrange(1, last), limit=PAGE
            ),
        ],
        "projects": [
            lambda session, chance: queries.projects(session, text=chance.choice(FRAGMENTS[:OFTEN_SAID]), limit=PAGE),
            lambda session, chance: queries.projects(session, text=_project(chance, notices), limit=PAGE),
            lambda session, chance: queries.projects(
                session, text="项目", tenderer=f"tenderer-{chance.randrange(OFTEN)}", limit=PAGE
            ),
            lambda session, chance: queries.projects(
                session, tenderer=f"tenderer-{chance.randrange(300)}", before=chance.randrange(last), limit=PAGE
            ),
        ],
        "notice": [lambda session, chance: _page(session, f"gg-{chance.randrange(notices):08}")],
    }


def _project(chance: random.Random, notices: int) -> str:
    """A code."""
    return f"XM-{chance.randrange(notices) // PER_PROJECT * PER_PROJECT:08}"


def _page(session: Session, notice: str) -> object:
    """What the page of a notice reads: its versions, the project, all that happened in it, its other notices."""
    versions = queries.notice_versions(session, notice, placed=True)
    code = versions[0].project
    states = lot_states(history(session, code, placed=True))
    rest = queries.project(session, code, placed=True), queries.engagements(session, project_code=code, placed=True)
    return versions, states, rest, queries.notices(session, code, placed=True)


@dataclass
class Stand:
    """One size."""

    size: int
    """Notices."""
    entries: int
    session: Session
    server: Path | None
    """Where the kernel tells the processor time of the server's process; None: the database is in this one."""
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def took(self, ask: Question) -> tuple[float, float]:
        """Milliseconds, on the clock and of the processor."""
        server, own, start = self._server(), time.thread_time(), time.perf_counter()
        ask(self.session, self.chance)
        clock, own = time.perf_counter() - start, time.thread_time() - own
        self.session.expunge_all()
        return clock * 1000, (own + self._server() - server) * 1000

    def by_key(self, session: Session, chance: random.Random) -> object:
        return session.execute(select(EntryRow).where(EntryRow.id == chance.randrange(1, self.entries))).all()

    def _server(self) -> float:
        return 0 if self.server is None else int(self.server.read_text().split()[0]) / 1e9


@contextmanager
def a_stand(size: int, url: str) -> Iterator[Stand]:
    database = Database(url)
    with database.reading() as session:
        pid = None if database.is_sqlite else session.scalar(text("SELECT pg_backend_pid()"))
        server = None if pid is None else Path(f"/proc/{pid}/schedstat")
        entries = session.scalar(text("SELECT max(id) FROM entries"))
        assert entries is not None
        yield Stand(size, entries, session, server)
    database.dispose()


def read_through(session: Session) -> None:
    """Read all files once, so that the memory of the machine holds either size: what is measured reads no disk."""
    if session.get_bind().dialect.name == "sqlite":
        paths = [Path(str(session.scalar(text("SELECT file FROM pragma_database_list WHERE name = 'main'"))))]
    else:
        folder, number = session.execute(
            text("SELECT current_setting('data_directory'), oid FROM pg_database WHERE datname = current_database()")
        ).one()
        paths = [path for path in Path(folder, "base", str(number)).iterdir() if path.is_file()]
    for path in paths:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass


def measure(name: str, urls: Mapping[int, str], runs: int = RUNS) -> None:
    with ExitStack() as held:
        stands = [held.enter_context(a_stand(size, url)) for size, url in sorted(urls.items())]
        for stand in stands:
            read_through(stand.session)
            start = time.perf_counter()
            Market().upto(stand.session, stand.entries)
            counting = (
                1000
                * (time.perf_counter() - start)
                / percentile([stand.took(stand.by_key)[0] for _ in range(500)], 0.5)
            )
            means = "reads by key; once after a start, before the first visitor; then only what is new"
            show(Figure(f"all of {stand.size:,} counted, {name}", counting, "x", means))
        asked = {stand.size: questions(stand.entries) for stand in stands}
        for part in asked[stands[0].size]:
            _part(name, part, stands, {size: known[part] for size, known in asked.items()}, runs)


def _part(name: str, part: str, stands: list[Stand], asked: Mapping[int, list[Question]], runs: int) -> None:
    keys: dict[int, list[tuple[float, float]]] = {stand.size: [] for stand in stands}
    found: dict[int, list[list[tuple[float, float]]]] = {stand.size: [] for stand in stands}
    for number in range(len(asked[stands[0].size])):
        for stand in stands:
            for _ in range(WARM):
                stand.took(asked[stand.size][number])
            found[stand.size].append([])
        for _ in range(runs):
            for stand in stands:
                keys[stand.size].append(stand.took(stand.by_key))
                found[stand.size][-1].append(stand.took(asked[stand.size][number]))
    ratios: dict[int, tuple[float, float]] = {}
    for stand in stands:
        size, every = stand.size, [one for each in found[stand.size] for one in each]
        clock, processor = (
            percentile([one[at] for one in every], 0.95) / percentile([one[at] for one in keys[size]], 0.95)
            for at in (0, 1)
        )
        ratios[size] = clock, processor
        slowest = max(percentile([one[0] for one in each], 0.95) for each in found[size])
        slowest /= percentile([one[0] for one in keys[size]], 0.95)
        means = f"p95 beside that of a read by key; processor {processor:.1f} x, slowest question {slowest:.1f} x"
        show(Figure(f"{part}, {size:,} notices, {name}", clock, "x a key", means))
    if len(stands) > 1:
        (clock, processor), least = ratios[stands[-1].size], ratios[stands[0].size]
        means = f"the one figure beside the other; by processor time {processor / least[1]:.2f} x"
        aim = "" if part == GROWING else AIM
        show(Figure(f"   from {stands[0].size:,} to {stands[-1].size:,}", clock / least[0], "x", means, aim))


def run(cluster: Cluster, sizes: tuple[int, ...] = SIZES, runs: int = RUNS) -> None:
    heading("Notices found, listed, shown")
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        urls = {
            "SQLite": {size: f"sqlite:///{folder}/{size}.db" for size in sizes},
            "PostgreSQL": {size: cluster.create() for size in sizes},
        }
        for name, seconds in load_beside(urls).items():
            print(f"{name}: loaded in {seconds:.0f} s, both databases at once", flush=True)
        for name, each in urls.items():
            measure(name, each, runs)
