"""Fictional projects and notices."""

from typing import Any

from tests.lottery.hall import MONDAY, ORGANISATIONS, PROJECT
from trading.events import Category, Method, NoticeKind, NoticePublished, ProjectRegistered, Term, Trade
from trading.law.fields import Field, fields

TITLE = "演示市第三水厂扩建工程"
IN_DAYS = {
    "documents_from": 0,
    "documents_until": 10,
    "bid_deadline": 30,
    "opening_at": 30,
    "sign_up_until": 40,
    "viewing_from": 1,
    "viewing_until": 5,
    "listing_from": 45,
    "listing_until": 75,
    "disclosure_from": 0,
    "signed_at": 0,
    "disclosure_until": 80,
    "publicised_from": 0,
    "publicised_until": 15,
}
"""Moments of a notice, in days after its publication, so that every least time is kept."""


def a_project(**changed: Any) -> ProjectRegistered:
    members: dict[str, Any] = {
        "code": PROJECT,
        "trade": "A",
        "class_code": "A02",
        "title": TITLE,
        "tenderer": "tenderer",
        "tenderer_name": ORGANISATIONS["tenderer"][0],
        "legal_basis": "招标投标法第三条",
        "approval": "演发改审〔2023〕1号",
        "funding": None,
        "estimate_fen": 12_345_678_900,
        "region": "210100",
        "lots": [
            {"lot": "1", "title": "取水泵房", "estimate_fen": None},
            {"lot": "2", "title": "净水车间", "estimate_fen": 100},
        ],
    }
    return ProjectRegistered.of(members | changed)


def lawful_terms(
    kind: NoticeKind, trade: Trade, method: Method | None, category: Category | None = None, now: int = MONDAY
) -> list[Term]:
    """What the law wants in a notice, and no more, with times that it allows."""
    wanted = {one.name: one for one in fields(kind, trade, method, category) if one.required}
    return [Term(name=name, value=_lawful(wanted[name], now)) for name in sorted(wanted)]


def _lawful(field: Field, now: int) -> bool | int | str | list[str]:
    if field.type == "moment":
        return now + IN_DAYS[field.name] * 86_400
    values: dict[str, bool | int | str | list[str]] = {
        "text": "依招标文件",
        "paragraphs": ["依招标文件"],
        "fen": 1_000_000,
        "days": 90,
        "flag": False,
        "int": 40,
    }
    return 100_000_000 if field.name == "budget_fen" else values[field.type]


def a_notice(**changed: Any) -> NoticePublished:
    """An announcement that the law allows; of another kind, a notice that begins nothing unless told to."""
    begins = changed.get("notice_kind", "announcement") == "announcement"
    members: dict[str, Any] = {
        "project": PROJECT,
        "lot": "1",
        "round": 1,
        "notice": "gg-2023-0001",
        "notice_kind": "announcement",
        "version": 1,
        "predecessor": None,
        "title": "取水泵房施工招标公告",
        "text": ["一、招标条件", "二、项目概况"],
        "valid_from": MONDAY,
        "valid_until": MONDAY + 20 * 86_400,
        "media": ["演示市公共资源交易平台"],
        "method": "open_tender" if begins else None,
        "terms": [one.model_dump() for one in lawful_terms("announcement", "A", "open_tender")] if begins else [],
    }
    return NoticePublished.of(members | changed)
