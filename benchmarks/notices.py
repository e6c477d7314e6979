"""Search, list and notice on top of 10^5 and, where asked, 10^6 notices, against a primary-key read in the same run.

The generator writes what the program itself would have written: the entry's canonical body, the rows of the notice,
its index and its words, made by the same functions as in the projection. Only the log's own numbers are made up: an
entry gets its place at once, and instead of the hashes of a chain the hash of its own body. So nothing here can be
verified as a log, and everything that is searched, listed or shown is as in a real one.
"""

import hashlib
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

import trading.projection  # noqa: F401 - the tables
from audit import canonical
from audit.database import Database
from audit.migrate import upgrade
from audit.tables import EntryRow
from benchmarks.figures import Figure, heading, percentile, show
from tests.ground import Cluster
from trading import queries
from trading.events import NoticePublished, ProjectRegistered
from trading.history import history
from trading.lots import lot_states
from trading.market import Market
from trading.search import Wanted, search, tally
from trading.search_projection import month_of
from trading.search_tables import WORDS, NoticeIndexRow
from trading.search_tokens import document, facets
from trading.tables import NoticeRow, ProjectLotRow, ProjectRow

SIZES = (100_000,)
LARGE = (100_000, 1_000_000)
CHUNK = 5_000
RUNS = 150
"""Of each question; the 95th percentile of all is told."""
PER_PROJECT = 4
DAY = 86_400_000
FIRST = 1_600_000_000_000
SPACING = 90_000
"""Milliseconds between two entries."""
KINDS = ("announcement", "clarification", "candidates", "result", "contract", "failure")
TRADES = ("A", "A", "A", "D", "D", "D", "D", "B", "C")
REGIONS = tuple(f"2101{number:02}" for number in range(1, 14))
TENDERERS = 800
FRAGMENTS = (  # noqa: SIM905 - to be read
    "市政道路 养护工程 食堂改造 教学设备 污水处理 水厂扩建 桥梁维修 景观绿化 信息系统 停车场 "
    "医疗器械 办公家具 保安服务 物业管理 监理服务 勘察设计 电梯更新 消防设施 供热管网 老旧小区 "
    "施工总承包 招标文件 投标保证金 资格要求 评标办法 联合体投标 最高限价 开标时间 公示期间 工期 "
    "质量标准 安全生产 信用评价 财政资金 自筹资金 建设地点 建设规模 获取方式 联系方式 监督部门"
).split()
RARE = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"


def words(chance: random.Random, count: int) -> str:
    return "".join(FRAGMENTS[min(int(chance.expovariate(0.09)), len(FRAGMENTS) - 1)] for _ in range(count))


def _entry(id_: int, kind: str, code: str, body: bytes, at: int) -> dict[str, Any]:
    return {
        "id": id_,
        "kind": kind,
        "subject": f"project:{code}",
        "actor": "tenderer:bench",
        "at": at,
        "body": body,
        "private": b"{}",
        "files": b"[]",
        "seq": id_ - 1,
        "prev": "0" * 64,
        "logged": at + 300,
        "leaf_hash": hashlib.sha256(body).digest(),
    }


class Generator:
    """Notices in bulk, the same ones whenever it is asked."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.chance = random.Random(20251124)
        self.id = 0
        self.made = 0
        self.project: ProjectRegistered | None = None

    def grow(self, size: int) -> None:
        """Until there are so many notices."""
        while self.made < size:
            rows: dict[Any, list[dict[str, Any]]] = {EntryRow: [], ProjectRow: [], ProjectLotRow: []}
            rows |= {NoticeRow: [], NoticeIndexRow: [], "words": []}
            for _ in range(min(CHUNK, size - self.made)):
                if self.made % PER_PROJECT == 0:
                    self._add_project(rows)
                self._add_notice(rows)
            with self.database.writing() as session:
                for table in (EntryRow, ProjectRow, ProjectLotRow, NoticeRow, NoticeIndexRow):
                    session.execute(insert(table), rows[table])
                session.execute(text(_PUT[session.get_bind().dialect.name]), rows["words"])

    def _next(self) -> tuple[int, int]:
        self.id += 1
        return self.id, FIRST + self.id * SPACING

    def _add_project(self, rows: dict[Any, list[dict[str, Any]]]) -> None:
        id_, at = self._next()
        tenderer = min(int(self.chance.expovariate(0.008)), TENDERERS - 1)
        estimate = int(10 ** self.chance.uniform(6, 10))
        title = f"演示市{words(self.chance, 2)}项目"
        event = ProjectRegistered.of(
            {
                "code": f"XM-{self.made:08}",
                "trade": self.chance.choice(TRADES),
                "class_code": None,
                "title": title,
                "tenderer": f"tenderer-{tenderer}",
                "tenderer_name": f"演示单位{tenderer}号有限公司",
                "legal_basis": "招标投标法第三条",
                "approval": None,
                "funding": None,
                "estimate_fen": estimate,
                "region": self.chance.choice(REGIONS),
                "lots": [{"lot": "1", "title": title, "estimate_fen": estimate}],
            }
        )
        self.project = event
        members = event.model_dump()
        rows[EntryRow].append(_entry(id_, event.kind, event.code, _bytes(event), at))
        rows[ProjectRow].append(
            {"entry_id": id_} | {name: value for name, value in members.items() if name in ProjectRow.__table__.columns}
        )
        lot = {"entry_id": id_, "position": 0, "lot": "1", "title": title, "estimate_fen": estimate}
        rows[ProjectLotRow].append(lot)

    def _add_notice(self, rows: dict[Any, list[dict[str, Any]]]) -> None:
        assert self.project is not None
        id_, at = self._next()
        project, chance = self.project, self.chance
        kind = KINDS[self.made % PER_PROJECT if chance.random() < 0.9 else 5]
        rare = "".join(chance.choice(RARE) for _ in range(4))
        event = NoticePublished.of(
            {
                "project": project.code,
                "lot": "1",
                "round": 1,
                "notice": f"gg-{self.made:08}",
                "notice_kind": kind,
                "version": 1,
                "predecessor": None,
                "title": f"{project.title}{words(chance, 1)}公告",
                "text": [*(words(chance, 12) + "。" for _ in range(5)), rare],
                "valid_from": at // 1000,
                "valid_until": at // 1000 + 30 * 86_400,
                "media": ["演示市公共资源交易平台"],
            }
        )
        self.made += 1
        rows[EntryRow].append(_entry(id_, event.kind, event.project, _bytes(event), at))
        rows[NoticeRow].append(
            {
                "entry_id": id_,
                "notice": event.notice,
                "version": 1,
                "project": event.project,
                "lot": "1",
                "round": 1,
                "notice_kind": kind,
                "predecessor": None,
                "title": event.title,
                "text": "\n".join(event.text),
                "valid_from": event.valid_from,
                "valid_until": event.valid_until,
                "media": event.media[0],
                "reason": None,
            }
        )
        amount = project.estimate_fen
        rows[NoticeIndexRow].append(
            {
                "entry_id": id_,
                "notice": event.notice,
                "version": 1,
                "trade": project.trade,
                "notice_kind": kind,
                "region": project.region,
                "tenderer": project.tenderer,
                "agent": None,
                "amount_fen": amount,
                "month": month_of(at),
            }
        )
        marks = facets(project.trade, kind, project.region, project.tenderer, None, amount)
        texts = [event.project, event.notice, project.tenderer_name, *event.text]
        dialect = self.database.engine.dialect.name
        held = document(dialect, id_, marks, (event.title, project.title), texts)
        rows["words"].append({"id": id_, "words": held})


_PUT = {
    "sqlite": "INSERT INTO notice_words (rowid, words) VALUES (:id, :words)",
    "postgresql": "INSERT INTO notice_words (entry_id, words) VALUES (:id, CAST(:words AS tsvector))",
}


def _bytes(event: ProjectRegistered | NoticePublished) -> bytes:
    return canonical.encode(event.body())


Question = Callable[[Session, random.Random], object]


def questions(size: int) -> dict[str, list[Question]]:
    """What is asked, by the figure it belongs to. size: entries."""
    last = size - 1
    notices = size * PER_PROJECT // (PER_PROJECT + 1)

    def find(wanted: Callable[[random.Random], Wanted]) -> Question:
        return lambda session, chance: search(session, wanted(chance), size)

    def count(wanted: Callable[[random.Random], Wanted]) -> Question:
        return lambda session, chance: tally(session, wanted(chance), size)

    def rare(chance: random.Random) -> str:
        return "".join(chance.choice(RARE) for _ in range(3))

    def between(chance: random.Random) -> Wanted:
        until = (FIRST + chance.randrange(size) * SPACING) // 1000
        return Wanted(since=until - 30 * 86_400, until=until, trade="D")

    return {
        "search": [
            find(lambda chance: Wanted(chance.choice(FRAGMENTS)[:2])),
            find(lambda chance: Wanted(chance.choice(FRAGMENTS))),
            find(lambda chance: Wanted(rare(chance))),
            find(lambda chance: Wanted(f"{chance.choice(FRAGMENTS)} {rare(chance)[:2]}")),
            find(lambda chance: Wanted(f"{chance.choice(FRAGMENTS)} {chance.choice(FRAGMENTS)}", trade="C")),
            find(lambda chance: Wanted(f"gg-{chance.randrange(notices):08}")),
            find(lambda chance: Wanted("公告", region=chance.choice(REGIONS), kind="failure")),
        ],
        "facets": [
            count(lambda chance: Wanted(chance.choice(FRAGMENTS)[:2])),
            count(lambda chance: Wanted(rare(chance))),
            count(lambda chance: Wanted(tenderer=f"tenderer-{chance.randrange(300)}")),
        ],
        "list": [
            find(lambda chance: Wanted()),
            find(lambda chance: Wanted(trade="B", kind="result")),
            find(lambda chance: Wanted(tenderer=f"tenderer-{chance.randrange(300)}")),
            find(lambda chance: Wanted(least_fen=3_000_000_00, most_fen=4_000_000_00)),
            find(between),
            lambda session, chance: search(session, Wanted(trade="A"), size, before=chance.randrange(1, last)),
        ],
        "notice": [lambda session, chance: _page(session, f"gg-{chance.randrange(notices):08}")],
    }


def _page(session: Session, notice: str) -> object:
    """What the page of a notice reads: its versions, the project, all that happened in it, its other notices."""
    versions = queries.notice_versions(session, notice, placed=True)
    code = versions[0].project
    states = lot_states(history(session, code, placed=True))
    rest = queries.project(session, code, placed=True), queries.engagements(session, project_code=code, placed=True)
    return versions, states, rest, queries.notices(session, code, placed=True)


def milliseconds(database: Database, ask: Question, runs: int) -> Iterator[float]:
    chance = random.Random(7)
    with database.reading() as session:
        ask(session, chance)
        for _ in range(runs):
            start = time.perf_counter()
            ask(session, chance)
            yield (time.perf_counter() - start) * 1000
            session.expunge_all()


def measure(name: str, database: Database, sizes: tuple[int, ...]) -> None:
    generator = Generator(database)
    before: dict[str, float] = {}
    for size in sizes:
        start = time.perf_counter()
        _between(database, "DROP INDEX ix_notice_words_words")  # in bulk it is made afterwards, many times as quickly
        generator.grow(size)
        _between(database, WORDS["postgresql"][-1], "VACUUM ANALYZE")
        took = time.perf_counter() - start
        entries = generator.id
        with database.reading() as session:
            start = time.perf_counter()
            Market().upto(session, entries)
            counting = time.perf_counter() - start

        def by_key(session: Session, chance: random.Random, last: int = entries) -> object:
            return session.execute(select(EntryRow).where(EntryRow.id == chance.randrange(1, last))).all()

        key = percentile(list(milliseconds(database, by_key, 1000)), 0.95)
        print(f"{size:,} notices, {name}: loaded in {took:.0f} s, all counted in {counting:.2f} s; a key {key:.3f} ms")
        for part, asked in questions(entries).items():
            each = [list(milliseconds(database, ask, RUNS)) for ask in asked]
            p95 = percentile([value for values in each for value in values], 0.95)
            worst = max(percentile(values, 0.95) for values in each)
            grown = f"; {p95 / key / before[part]:.2f} times that at {sizes[0]:,}" if part in before else ""
            means = f"of a read by key, p95; {p95:.1f} ms, slowest question {worst:.1f} ms{grown}"
            show(Figure(f"{part} among {size:,} notices, {name}", p95 / key, "x", means))
            before.setdefault(part, p95 / key)


def _between(database: Database, *statements: str) -> None:
    """On PostgreSQL."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for statement in statements:
                connection.execute(text(statement))


def run(cluster: Cluster, sizes: tuple[int, ...] = SIZES) -> None:
    heading("Notices found, listed, shown")
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
        databases = {"SQLite": Database(f"sqlite:///{folder}/mingtang.db"), "PostgreSQL": Database(cluster.create())}
        for name, database in databases.items():
            upgrade(database)
            measure(name, database, sizes)
            database.dispose()
