"""Fictional projects and notices."""

from typing import Any

from tests.lottery.hall import MONDAY, ORGANISATIONS, PROJECT
from trading.events import NoticePublished, ProjectRegistered

TITLE = "演示市第三水厂扩建工程"


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


def a_notice(**changed: Any) -> NoticePublished:
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
    }
    return NoticePublished.of(members | changed)
