"""States of a draw as screens get them, for each picture of the live draw, made from one evidence file."""

import copy
import hashlib
from typing import Any

from lottery.protocol import canonical
from lottery.protocol.beacon import round_time
from lottery.protocol.draw import commitment, make_result
from lottery.protocol.standing import make_standing

Tree = dict[str, Any]

LONG = "虚构市高新技术产业开发区公共资源交易招标代理与工程造价咨询及全过程管理服务" * 6
"""A name of 200 code points, once it is cut."""
LONG_NAME = LONG[:200]
WIDE = "Fictional International Tendering and Procurement Consultants of the Municipality and its Seven Districts "
LONG_LATIN = (WIDE * 2)[:199].strip()
PLACES = "东湖西岭南浦北原中山新桥石门金沙白云青田长宁安平太和永兴福田广济"
TRADES = ("工程咨询有限公司", "招标代理有限公司", "工程项目管理有限公司", "造价咨询事务所有限公司")


def a_name(number: int) -> str:
    """Like the names that agencies have: a dozen characters and more, all of them different."""
    first, second = PLACES[number % len(PLACES)], PLACES[(number * 7 + number // len(PLACES) + 3) % len(PLACES)]
    return f"虚构{first}{second}{TRADES[number % 4]}"


def dressed(evidence: Tree, names: dict[str, str] | None = None, **plan: Any) -> Tree:
    """The evidence with other names and facts of the plan, everything that follows from them made anew."""
    new = copy.deepcopy(evidence)
    new["plan"] |= plan
    for agent in new["roster"]["agents"]:
        agent["name"] = (names or {}).get(agent["code"], agent["name"])
    new["seal"]["plan_sha256"] = canonical.doc_hash(new["plan"])
    new["seal"]["roster_sha256"] = canonical.doc_hash(new["roster"])
    new["result"] = make_result(new["plan"], new["roster"], new["seal"], new["beacon"], new["dice"])
    if new["standing"] is not None:
        new["standing"] = make_standing(new["plan"], new["result"], new["standing"]["changes"])
    return new


def with_excluded(evidence: Tree, codes: list[str]) -> Tree:
    new = copy.deepcopy(evidence)
    new["roster"]["excluded"] = [
        {"code": code, "name": f"虚构关联{number + 1}有限公司", "reason": "CONFLICT", "note": "与招标人同一控制人"}
        for number, code in enumerate(sorted(codes))
    ]
    return dressed(new)


PRESENTATION = {
    "page": 0,
    "shown": 0,
    "digits": "",
    "invalid_throws": 0,
    "second": False,
    "message": "",
    "version": 0,
}


def base(evidence: Tree, screen: str, state: str, now: int, **present: Any) -> Tree:
    """now: Unix seconds."""
    plan, roster, seal = evidence["plan"], evidence["roster"], evidence["seal"]
    sealed_at = evidence["seal_time"]
    round_at = None if seal["round"] is None else round_time(seal["round"])
    in_seal = {one["seat"] for one in seal["seats"]}
    attempt = {
        "attempt": plan["attempt"],
        "entropy": plan["entropy"],
        "winners": plan["winners"],
        "alternates": plan["alternates"],
        "plan_sha256": canonical.doc_hash(plan),
        "dice_digits": plan["dice_digits"],
        "min_lead": plan["min_lead"],
        "min_reveals": plan["min_reveals"],
        "commit_deadline": sealed_at - 400,
        "roster": {
            "sha256": canonical.doc_hash(roster),
            "agents": len(roster["agents"]),
            "excluded": len(roster["excluded"]),
            "balls": sum(agent["balls"] for agent in roster["agents"]),
            "is_frozen": True,
            "url": f"/log/blob/{canonical.doc_hash(roster)}",
        },
        "seats": [
            {
                "seat": one["seat"],
                "organisation": one["org"],
                "mark": "waiting" if one["seat"] in in_seal else "absent",
                "commit": None,
                "committed_seq": None,
                "revealed_seq": None,
                "refused": [],
            }
            for one in plan["seats"]
        ],
        "contributions": 0,
        "round": None,
        "round_at": None,
        "round_announced_at": None,
        "seal_sha256": None,
        "seal_time": None,
        "sealed_at": None,
        "witness": "none",
        "witness_have": 0,
        "witness_need": 0,
        "dice": None,
        "randomness": None,
        "seed": None,
        "result_sha256": None,
        "result_at": None,
        "evidence_url": None,
        "minutes_sha256": None,
        "ranking": [],
        "standing": None,
        "void": None,
        "void_reason": None,
        "void_note": None,
    }
    if screen in ("S4", "S4d", "S5", "S6", "S6d", "S7", "S8", "S9", "S10"):
        attempt |= {"round": seal["round"], "round_at": round_at}
    if screen in ("S5", "S6", "S6d", "S7", "S8", "S9", "S10"):
        attempt |= {
            "seal_sha256": canonical.doc_hash(seal),
            "seal_time": sealed_at,
            "sealed_at": sealed_at * 1000,
            "witness": "witnessed",
            "witness_have": 2,
            "witness_need": 2,
        }
    if screen in ("S8", "S9", "S10"):
        attempt |= {
            "dice": evidence["dice"] and evidence["dice"]["digits"],
            "randomness": evidence["beacon"] and evidence["beacon"]["randomness"],
            "seed": evidence["result"]["seed"],
            "result_sha256": canonical.doc_hash(evidence["result"]),
            "result_at": (now - 20) * 1000,
            "evidence_url": "/evidence.json",
            "standing": (evidence["standing"] or evidence["result"])["winners"],
        }
    return {
        "draw_id": plan["draw_id"],
        "sequence": 0,
        "is_drill": plan["draw_id"].startswith("DRILL-"),
        "is_committee": False,
        "project_code": plan["project_code"],
        "project_name": plan["project_name"],
        "tenderer": plan["tenderer"],
        "state": state,
        "screen": screen,
        "deadline": None,
        "draws_at": sealed_at - 1800,
        "commit_deadline": sealed_at - 400,
        "reveal_deadline": sealed_at - 10,
        "meeting": {"place": "第三开标室", "opened_at": sealed_at - 1800, "closed_at": None},
        "restored_at": None,
        "objections": {"filed": 0, "open": 0},
        "attempts": plan["attempt"],
        "former": [],
        "present": attempt | present,
        "presentation": dict(PRESENTATION),
        "checkpoint": 1000,
        "server_time": now * 1000,
    }


def seats_of(state: Tree, evidence: Tree, **marks: str) -> list[Tree]:
    """The state's seats, each with its mark; a seat that is marked has committed unless it says otherwise."""
    commits = {one["seat"]: one["commit"] for one in evidence["seal"]["seats"]}
    return [
        seat | {"mark": marks.get(seat["seat"], seat["mark"]), "commit": commits.get(seat["seat"])}
        for seat in state["present"]["seats"]
    ]


def every_state(evidence: Tree) -> dict[str, Tree]:
    """By name, in the order of the meeting, those that the draw's mode has; each a moment before the next one."""
    at = evidence["seal_time"]
    mode = evidence["plan"]["entropy"]
    seats = [one["seat"] for one in evidence["plan"]["seats"]]
    secret = {one["seat"]: one["secret"] for one in evidence["seal"]["seats"]}
    states = {
        "S0": base(evidence, "S0", "roster", at - 2100),
        "S1": base(evidence, "S1", "roster", at - 1700),
        "S2": base(evidence, "S2", "committing", at - 460),
        "S3": base(evidence, "S3", "announcing", at - 390),
        "S4": base(evidence, "S4", "revealing", at - 70),
    }
    states["S2"]["present"]["seats"] = seats_of(states["S2"], evidence, **{seats[0]: "committed"})
    states["S2"]["present"]["contributions"] = 12
    committed = dict.fromkeys(secret, "committed")
    some = committed | {seats[0]: "revealed"}
    states["S4"]["present"]["seats"] = seats_of(states["S4"], evidence, **some)
    states["S4"]["present"]["seats"][1]["refused"] = ["WRONG"]
    if mode == "drand+dice":
        states["S4d"] = base(evidence, "S4d", "dice-before-seal", at - 30)
    states["S5"] = base(evidence, "S5", "countdown" if mode != "dice" else "dice-after-seal", at + 4)
    if mode == "dice":
        states["S6d"] = base(evidence, "S6d", "dice-after-seal", at + 61)
    else:
        states["S6"] = base(evidence, "S6", "countdown", at + 43)
    ends = at + (300 if mode == "dice" else evidence["plan"]["max_lead"])
    if mode != "dice":
        ends = round_time(evidence["seal"]["round"]) + 2
        states["S7"] = base(evidence, "S7", "deriving", ends)
    states["S8"] = base(evidence, "S8", "drawn", ends + 30)
    states["S9"] = base(evidence, "S9", "drawn", ends + 60)
    states["S10"] = base(evidence, "S10", "drawn", ends + 90)
    places = min(evidence["plan"]["winners"] + evidence["plan"]["alternates"], len(evidence["roster"]["agents"]))
    states["S8"]["presentation"] |= {"shown": max(1, places - 1), "version": 3}
    for name in ("S9", "S10"):
        states[name]["presentation"] |= {"shown": places, "version": 4}
    for name in ("S4d", "S6d"):
        if name in states:
            states[name]["presentation"] |= {"digits": evidence["dice"]["digits"][:7], "version": 2}
    for name in ("S8", "S9", "S10"):
        states[name]["present"]["seats"] = seats_of(
            states[name], evidence, **{seat: "revealed" if value else "missed" for seat, value in secret.items()}
        )
    states["V"] = voided(evidence, "QUORUM", at - 5)
    return states


def voided(evidence: Tree, reason: str, now: int) -> Tree:
    state = base(evidence, "V", "void", now)
    end = {"reason": reason, "note": "揭示期限已过，揭示的席位不足", "time": now - 3, "who": "operator"}
    state["present"] |= {"void": end, "void_reason": reason, "void_note": end["note"]}
    seats = [one["seat"] for one in evidence["plan"]["seats"]]
    marks = dict.fromkeys(seats[1:], "missed") | {seats[0]: "revealed"}
    state["present"]["seats"] = seats_of(state, evidence, **marks)
    return state


def with_secrets(evidence: Tree, salt: str) -> Tree:
    """The same plan and roster, drawn by seats that made other secrets."""
    new = copy.deepcopy(evidence)
    plan = new["plan"]
    for one in new["seal"]["seats"]:
        secret = hashlib.sha256(f"{salt} {one['seat']}".encode()).hexdigest()
        one["commit"] = commitment(plan["draw_id"], plan["attempt"], one["seat"], secret)
        one["secret"] = None if one["secret"] is None else secret
    return dressed(new)
