"""Projects and notices put straight into a log, for tests of what is found and shown: no rule is asked."""

from collections.abc import Sequence
from typing import Any

import registry.projection  # noqa: F401 - what is put into the log is applied to the tables
import trading.projection  # noqa: F401
from audit.entry import File
from audit.events import Event
from audit.log import Log
from registry.events import AgencyRecorded, OrganisationRecorded
from tests.lottery.hall import a_code
from trading.events import (
    AgentEngaged,
    AwardDecided,
    BidOpened,
    DeadlineMoved,
    NoticeCorrected,
    NoticePublished,
    NoticeWithdrawn,
    ProjectRegistered,
)

DAY = 86_400
TENDERERS = {"water": "演示市水务集团有限公司", "school": "演示市教育局"}
AGENT = a_code(7)
BIDDER = a_code(8)


def put(log: Log, event: Event, subject: str, files: Sequence[File] = ()) -> int:
    """Record one event, published before it returns; returns its place."""
    with log.act("system") as act:
        act.lock(subject)
        entry_id = act.record(event, subject, files=files)
    seq = log.wait(entry_id, 20)
    assert seq is not None
    return seq


def register(log: Log) -> None:
    """Two tenderers, an agent and four projects, one of each trade."""
    for id_, name in TENDERERS.items():
        event = OrganisationRecorded.of({"organisation": id_, "name": name, "code": None, "capacities": ["tenderer"]})
        put(log, event, f"organisation:{id_}")
    agency = {
        "code": AGENT,
        "name": "演示诚信招标代理有限公司",
        "organisation": None,
        "region": "210100",
        "address": "演示市演示路 1 号",
        "fields": ["工程建设"],
        "founded": None,
    }
    put(log, AgencyRecorded.of(agency), f"agency:{AGENT}")
    project(log, "XM-2025-A01", "A", "演示市第三水厂扩建工程", "water", "210102")
    project(log, "XM-2025-B01", "B", "演示湖西岸地块出让", "school", "210103")
    project(log, "XM-2025-C01", "C", "演示酒店公司股权转让", "water", "210200")
    project(log, "XM-2025-D01", "D", "中小学食堂改造与餐桌采购", "school", "210102")
    engaged = {"project": "XM-2025-A01", "draw_id": "MT-2025-0001", "attempt": 1, "agent": AGENT}
    put(log, AgentEngaged.of(engaged | {"contract_number": "演合〔2025〕1号"}), "project:XM-2025-A01")


def project(log: Log, code: str, trade: str, title: str, tenderer: str, region: str) -> None:
    members: dict[str, Any] = {
        "code": code,
        "trade": trade,
        "class_code": None,
        "title": title,
        "tenderer": tenderer,
        "tenderer_name": TENDERERS[tenderer],
        "legal_basis": "招标投标法第三条",
        "approval": None,
        "funding": None,
        "estimate_fen": 3_000_000_00,
        "region": region,
        "lots": [{"lot": "1", "title": "全部", "estimate_fen": 2_000_000_00}],
    }
    put(log, ProjectRegistered.of(members), f"project:{code}")


def a_notice(log: Log, code: str, notice: str, **changed: Any) -> dict[str, Any]:
    now = log.clock() // 1000
    members: dict[str, Any] = {
        "project": code,
        "lot": "1",
        "round": 1,
        "notice": notice,
        "notice_kind": "announcement",
        "version": 1,
        "predecessor": None,
        "title": "招标公告",
        "text": ["一、招标条件。", "二、项目概况。"],
        "valid_from": now,
        "valid_until": now + 30 * DAY,
        "media": ["演示市公共资源交易平台"],
        "terms": [],
    }
    return members | changed


def publish(log: Log, code: str, notice: str, *, files: Sequence[File] = (), **changed: Any) -> int:
    return put(log, NoticePublished.of(a_notice(log, code, notice, **changed)), f"project:{code}", files)


def correct(log: Log, code: str, notice: str, version: int, *, files: Sequence[File] = (), **changed: Any) -> int:
    members = a_notice(log, code, notice, version=version, changed=["title", "text"], reason="笔误", **changed)
    return put(log, NoticeCorrected.of(members), f"project:{code}", files)


def withdraw(log: Log, code: str, notice: str, reason: str = "项目终止") -> int:
    return put(log, NoticeWithdrawn(notice=notice, reason=reason), f"project:{code}")


def move(log: Log, code: str, new: int) -> int:
    members = {"project": code, "lot": "1", "round": 1, "old": new - DAY, "new": new, "cause": "澄清"}
    return put(log, DeadlineMoved.of(members), f"project:{code}")


def open_bid(log: Log, code: str, name: str, bidder_code: str, price_fen: int) -> int:
    members: dict[str, Any] = {
        "project": code,
        "lot": "1",
        "round": 1,
        "receipt": "0" * 32,
        "outcome": "opened",
        "custody": "bidder",
        "bidder": name,
        "bidder_code": bidder_code,
        "price_fen": price_fen,
        "quotes": [],
        "sha256": "0" * 64,
        "plain_sha256": "0" * 64,
        "note": None,
    }
    return put(log, BidOpened.of(members), f"project:{code}")


def award(log: Log, code: str, name: str, bidder_code: str, price_fen: int) -> int:
    winner = {"bidder": name, "bidder_code": bidder_code, "price_fen": price_fen, "rank": 1, "reason": None}
    members = {"project": code, "lot": "1", "round": 1, "winners": [winner]}
    return put(log, AwardDecided.of(members), f"project:{code}")
