"""Notices in bulk, the same ones whenever they are asked for: what the program itself would have written of each.

The canonical body of the entry, the rows of the notice, its index and its words are made by the functions of the
projection. Only the log's own numbers are made up: an entry gets its place at once, and instead of the hashes of a
chain the hash of its own body. So nothing here can be verified as a log, and everything that is searched, listed or
shown is as in a real one.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import orjson

from audit import canonical
from trading.events import NoticePublished, ProjectRegistered
from trading.search_projection import month_of
from trading.search_tokens import facets, project_document, put_together, titled
from trading.words import tokens

CHUNK = 10_000
"""Notices that are loaded together."""
PER_PROJECT = 4
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
"""The first ones stand in nearly every notice, the last ones in few."""
HALF = ("绿色建材", "智慧工地")
"""Each in half of all notices, whatever the other does."""
APART = ("甲类厂房", "乙级资质")
"""Each in half of all notices, and no notice has both."""
RARE = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未"
"""Four of these in each notice: three together are in one of three thousand."""
FEW = ("春夏秋冬东南西北中外", "金木水火土山川林海江河湖日月星辰风云雨雪雷电松竹梅兰菊桃李柳荷枫")
"""Of each a word of three in each notice: one in 1,000 notices has the same one, or one in 10,240."""
HOLD_FEW = 100
"""Notices that hold a word of `few`, or nearly so many, whatever is stored."""
NEXT = 10
"""Signs that may follow two of them: so each two are in ten times as many notices as a whole word, of either kind."""
PARAGRAPHS = 3000
"""Different ones; a notice has three of them and some words of its own."""
CHECKED = 1000
"""Of so many bodies one is held against the event's own."""

COLUMNS = {
    "entries": "id kind subject actor at body private files seq prev logged leaf_hash",
    "projects": "entry_id code trade class_code title tenderer tenderer_name legal_basis approval funding "
    "estimate_fen region",
    "project_lots": "entry_id position lot title estimate_fen",
    "notices": "entry_id notice version project lot round notice_kind predecessor title text valid_from valid_until "
    "media reason",
    "notice_index": "entry_id notice version trade notice_kind region tenderer agent amount_fen month",
    "notice_words": "entry_id words",
}
Rows = dict[str, list[tuple[Any, ...]]]


def a_few(chance: random.Random, signs: str) -> str:
    first, second = chance.randrange(len(signs)), chance.randrange(len(signs))
    third = (7 * first + 3 * second + chance.randrange(NEXT)) % len(signs)
    return signs[first] + signs[second] + signs[third]


def few(chance: random.Random, notices: int) -> str:
    """A word that about `HOLD_FEW` of so many notices hold."""
    signs = min(FEW, key=lambda one: abs(notices / (NEXT * len(one) ** 2) - HOLD_FEW))
    return a_few(chance, signs)


@cache
def _tokens(text: str) -> list[str]:
    return tokens(text)


@cache
def _unsaid(event: type[ProjectRegistered | NoticePublished]) -> dict[str, Any]:
    """Members with their defaults."""
    return {
        name: orjson.loads(orjson.dumps(known.get_default(call_default_factory=True)))
        for name, known in event.model_fields.items()
        if not known.is_required()
    }


@dataclass
class Generator:
    """For one kind of database."""

    dialect: str
    chance: random.Random = field(default_factory=lambda: random.Random(20251124))
    id: int = 0
    """Entries so far."""
    made: int = 0
    """Notices so far."""

    def __post_init__(self) -> None:
        self._paragraphs = [self._words(12) + "。" for _ in range(PARAGRAPHS)]
        self._project: dict[str, Any] = {}

    def upto(self, size: int) -> Iterator[Rows]:
        """Until there are so many notices."""
        while self.made < size:
            rows: Rows = {name: [] for name in COLUMNS}
            for _ in range(min(CHUNK, size - self.made)):
                if self.made % PER_PROJECT == 0:
                    self._project = self._add_project(rows)
                self._add_notice(rows, self._project)
            yield rows

    def _words(self, count: int) -> str:
        chance = self.chance
        return "".join(FRAGMENTS[min(int(chance.expovariate(0.09)), len(FRAGMENTS) - 1)] for _ in range(count))

    def _entry(
        self, rows: Rows, event: type[ProjectRegistered | NoticePublished], members: dict[str, Any], code: str
    ) -> tuple[int, int]:
        """Returns the entry's number and when it was, Unix milliseconds."""
        self.id += 1
        at = FIRST + self.id * SPACING
        body = orjson.dumps(_unsaid(event) | members, option=orjson.OPT_SORT_KEYS)
        assert self.id % CHECKED != 1 or body == canonical.encode(event.of(members).body()), "no body of the program's"
        acted = (self.id, event.kind, f"project:{code}", "tenderer:bench", at, body)
        digest = hashlib.sha256(body).digest()
        rows["entries"].append((*acted, b"{}", b"[]", self.id - 1, "0" * 64, at + 300, digest))
        return self.id, at

    def _add_project(self, rows: Rows) -> dict[str, Any]:
        chance = self.chance
        tenderer = min(int(chance.expovariate(0.008)), TENDERERS - 1)
        estimate = int(10 ** chance.uniform(6, 10))
        title = f"演示市{self._words(2)}项目"
        members: dict[str, Any] = {
            "code": f"XM-{self.made:08}",
            "trade": chance.choice(TRADES),
            "class_code": None,
            "title": title,
            "tenderer": f"tenderer-{tenderer}",
            "tenderer_name": f"演示单位{tenderer}号有限公司",
            "legal_basis": "招标投标法第三条",
            "approval": None,
            "funding": None,
            "estimate_fen": estimate,
            "region": chance.choice(REGIONS),
            "lots": [{"lot": "1", "title": title, "estimate_fen": estimate}],
        }
        id_, _ = self._entry(rows, ProjectRegistered, members, members["code"])
        rows["projects"].append((id_, *(members[name] for name in COLUMNS["projects"].split()[1:])))
        words = project_document(self.dialect, id_, *(members[name] for name in ("code", "title", "trade", "tenderer")))
        rows["notice_words"].append((id_, words))
        rows["project_lots"].append((id_, 0, "1", title, estimate))
        return members

    def _add_notice(self, rows: Rows, project: dict[str, Any]) -> None:
        chance = self.chance
        kind = KINDS[self.made % PER_PROJECT if chance.random() < 0.9 else 5]
        said = chance.choices(self._paragraphs, k=3)
        said += [word for word in HALF if chance.random() < 0.5]
        said += [APART[chance.random() < 0.5], "".join(chance.choices(RARE, k=4))]
        said += [a_few(chance, signs) for signs in FEW]
        begins = (FIRST + (self.id + 1) * SPACING) // 1000
        members: dict[str, Any] = {
            "project": project["code"],
            "lot": "1",
            "round": 1,
            "notice": f"gg-{self.made:08}",
            "notice_kind": kind,
            "version": 1,
            "predecessor": None,
            "title": f"{project['title']}{self._words(1)}公告",
            "text": said,
            "valid_from": begins,
            "valid_until": begins + 30 * 86_400,
            "media": ["演示市公共资源交易平台"],
        }
        self.made += 1
        id_, at = self._entry(rows, NoticePublished, members, project["code"])
        title, named = members["title"], (id_, members["notice"], 1)
        text = (title, "\n".join(said), begins, begins + 30 * 86_400, members["media"][0], None)
        rows["notices"].append((*named, project["code"], "1", 1, kind, None, *text))
        asked = (project["trade"], kind, project["region"], project["tenderer"], None, project["estimate_fen"])
        rows["notice_index"].append((*named, *asked, month_of(at)))
        words = [_tokens(project["title"]), tokens(project["code"]), tokens(members["notice"])]
        words = [tokens(title), *words, _tokens(project["tenderer_name"]), *map(_tokens, said)]
        marks = [*facets(*asked), *titled((title, project["title"]))]
        rows["notice_words"].append((id_, put_together(self.dialect, id_, marks, words)))
