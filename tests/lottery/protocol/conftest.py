"""Whole draws to break, built in small."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings

from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.beacon import PINNED, round_time
from lottery.protocol.documents import Change, Evidence
from lottery.protocol.draw import commitment, make_result
from lottery.protocol.standing import make_standing

# How long an example takes says how busy the machine is, not whether the protocol holds.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

VECTORS = Path(__file__).parents[2] / "vectors"

Tree = dict[str, Any]  # documents that tests put any JSON value into, anywhere

ROUND = 1000
SIGNATURE = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
RANDOMNESS = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd"

SEATS = {"notary": "示例公证处", "operator": "示例交易中心", "supervisor": "示例监督机构", "witness": "示例交易中心"}
POOL = {"A-1": 1, "A-2": 3, "A-3": 2, "A-4": 1, "A-5": 5}


def build_draw(
    mode: str = "drand",
    pool: dict[str, int] | None = None,
    winners: int = 2,
    alternates: int = 2,
    silent: tuple[str, ...] = ("witness",),
    removed: tuple[int, ...] | None = None,
    lead: int = 90,
) -> Tree:
    """Return valid evidence. silent: seats that do not reveal. removed: ranks (1, 2 ...) that a standing removes."""
    pool = POOL if pool is None else pool
    draw_id, attempt = "TEST-2026-001", 1
    seal_time = round_time(ROUND) - lead
    with_dice, with_beacon = mode != "drand", mode != "dice"
    digits = "31415926535897932384" if with_dice else None
    plan: Tree = {
        "v": PROTOCOL,
        "type": "plan",
        "draw_id": draw_id,
        "attempt": attempt,
        "prev_sha256": None,
        "project_code": "XM-001",
        "project_name": "示例项目",
        "tenderer": "示例招标人",
        "winners": winners,
        "alternates": alternates,
        "min_agents": winners,
        "code_scheme": "opaque",
        "entropy": mode,
        "seats": [{"seat": seat, "org": org} for seat, org in SEATS.items()],
        "min_reveals": 2,
        "beacon": dict(PINNED) if with_beacon else None,
        "min_lead": 60 if with_beacon else 0,
        "max_lead": 600 if with_beacon else 0,
        "dice_digits": 20 if with_dice else 0,
    }
    roster: Tree = {
        "v": PROTOCOL,
        "type": "roster",
        "draw_id": draw_id,
        "attempt": attempt,
        "agents": [{"code": code, "name": f"虚构机构{code}", "balls": balls} for code, balls in sorted(pool.items())],
        "excluded": [{"code": "X-1", "name": "虚构关联机构", "reason": "CONFLICT", "note": "回避"}],
    }
    secrets = {seat: hashlib.sha256(seat.encode()).hexdigest() for seat in SEATS}
    seal: Tree = {
        "v": PROTOCOL,
        "type": "seal",
        "draw_id": draw_id,
        "attempt": attempt,
        "plan_sha256": canonical.doc_hash(plan),
        "roster_sha256": canonical.doc_hash(roster),
        "seats": [
            {
                "seat": seat,
                "commit": commitment(draw_id, attempt, seat, secret),
                "secret": None if seat in silent else secret,
            }
            for seat, secret in secrets.items()
        ],
        "dice": digits if mode == "drand+dice" else None,
        "round": ROUND if with_beacon else None,
    }
    evidence: Tree = {
        "v": PROTOCOL,
        "type": "evidence",
        "plan": plan,
        "roster": roster,
        "seal": seal,
        "seal_time": seal_time,
        "beacon": {"round": ROUND, "signature": SIGNATURE, "randomness": RANDOMNESS} if with_beacon else None,
        "dice": {
            "digits": digits,
            "time": seal_time - 60 if mode == "drand+dice" else seal_time + 60,
            "confirmed_by": ["notary", "operator"],
        }
        if with_dice
        else None,
        "standing": None,
    }
    typed = cast(Evidence, evidence)
    result = make_result(typed["plan"], typed["roster"], typed["seal"], typed["beacon"], typed["dice"])
    evidence["result"] = result
    if removed is not None:
        changes: list[Change] = [
            {"seq": seq, "code": result["ranking"][rank - 1]["code"], "kind": "DECLINED", "reason": "书面放弃"}
            for seq, rank in enumerate(removed, start=1)
        ]
        evidence["standing"] = make_standing(typed["plan"], result, changes)
    return evidence


def put_at(tree: Tree, path: str, value: object) -> None:
    """Set, add or (value `...`) delete a member or item; the path's parts are joined by dots."""
    *parents, last = path.split(".")
    at: Any = tree
    for part in parents:
        at = at[int(part)] if isinstance(at, list) else at[part]
    if isinstance(at, list):
        at[int(last)] = value
    elif value is ...:
        del at[last]
    else:
        at[last] = value


@pytest.fixture(scope="session")
def a_draw() -> Callable[..., Tree]:
    return build_draw


@pytest.fixture(scope="session")
def put() -> Callable[[Tree, str, object], None]:
    return put_at


@pytest.fixture(scope="session")
def reference() -> Tree:
    loaded: Tree = json.loads((VECTORS / "lottery_reference.json").read_text("utf-8"))
    return loaded
