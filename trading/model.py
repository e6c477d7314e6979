"""What trading knows, as plain values. Moments are Unix seconds, money is fen (分)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from audit.entry import File
from audit.queries import Place
from trading.events import Category, Field, Method, NoticeKind, ProjectLot, Term, Trade

TRADES: dict[Trade, str] = {"A": "工程建设", "B": "土地使用权和矿业权", "C": "国有产权", "D": "政府采购"}
NOTICE_KINDS: dict[NoticeKind, str] = {
    "intention": "采购意向",
    "announcement": "招标（采购、出让）公告",
    "prequalification": "资格预审公告",
    "invitation": "投标邀请书",
    "disclosure": "信息披露",
    "single_source": "单一来源公示",
    "clarification": "澄清",
    "opening": "开标记录",
    "candidates": "中标候选人公示",
    "result": "结果公告",
    "failure": "流标（废标）公告",
    "termination": "终止公告",
    "contract": "合同公告",
    "performance": "履约信息",
    "pre_disclosure": "信息预披露",
    "other": "其他公告",
}


METHOD_NAMES: dict[Method, str] = {
    "open_tender": "公开招标",
    "invited_tender": "邀请招标",
    "competitive_negotiation": "竞争性谈判",
    "competitive_consultation": "竞争性磋商",
    "inquiry": "询价",
    "single_source": "单一来源",
    "listing": "挂牌",
    "auction": "拍卖",
    "online_bidding": "网络竞价",
}


@dataclass(frozen=True)
class Project:
    """A project (项目) as registered and amended since. `place` is None until the log shows it."""

    code: str
    trade: Trade
    class_code: str | None
    title: str
    tenderer: str
    tenderer_name: str
    legal_basis: str
    approval: str | None
    funding: str | None
    estimate_fen: int | None
    region: str
    lots: tuple[ProjectLot, ...]
    place: Place | None
    category: Category | None = None


CATEGORIES: dict[Trade, tuple[Category | None, ...]] = {
    "A": (None, "works", "goods", "services"),
    "B": ("land", "mining"),
    "C": ("equity_transfer", "capital_increase", "asset_transfer"),
    "D": (None, "works", "goods", "services"),
}
"""What may be traded on each market. Times of B and C are of one category each: without it none would hold."""


AMENDABLE = ("approval", "category", "class_code", "estimate_fen", "funding", "legal_basis", "region", "title")
"""What may be amended of a project."""
AMOUNTS = frozenset({"estimate_fen"})
Issuer = Literal["local", "superior"]


@dataclass(frozen=True)
class Platform:
    """Which platform carries a project (交易平台), and its number among those of that platform and day."""

    project: str
    platform: str
    day: date
    serial: int
    place: Place | None


@dataclass(frozen=True)
class TransactionCode:
    """A unified transaction code (统一交易标识码) of a project or, with `lot`, of a lot."""

    project: str
    lot: str | None
    issuer: Issuer
    code: str
    place: Place | None


@dataclass(frozen=True)
class Content:
    """What a correction may change of a notice, beside its files."""

    title: str
    text: tuple[str, ...]
    """Paragraphs."""
    valid_from: int
    valid_until: int | None
    media: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    """Ascending by name."""


@dataclass(frozen=True)
class Notice:
    """One version of a notice (公告). `place` is None until the log shows it."""

    id: str
    version: int
    project: str
    lot: str | None
    round: int
    kind: NoticeKind
    predecessor: str | None
    content: Content
    files: tuple[File, ...]
    changed: tuple[Field, ...]
    reason: str | None
    """Why it corrects the version before; None in version 1."""
    place: Place | None
    withdrawn: str | None = None
    """Why the notice, in all versions, counts no longer."""
    method: Method | None = None
    rules: tuple[str, ...] = ()
    """Versions of statutory times that it was checked against, `ID@DATE`."""


@dataclass(frozen=True)
class Engagement:
    """A commission contract (委托代理合同) with a drawn agent."""

    project: str
    draw_id: str
    attempt: int
    agent: str
    contract_number: str
    place: Place | None


def paragraphs(text: str) -> list[str]:
    """What someone typed, as the paragraphs that an entry can hold."""
    lines = (line.strip(" \u3000\t") for line in text.splitlines())
    return [line for line in lines if line]
