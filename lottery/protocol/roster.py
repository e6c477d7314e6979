"""The roster (候选名单): the frozen pool, and who was left out and why."""

from __future__ import annotations

from typing import Final, TypedDict, cast

from lottery.protocol import PROTOCOL, canonical, uscc
from lottery.protocol.errors import DrawError
from lottery.protocol.forms import Form, array, check_ascending, closed, equal_to, matching, text, whole
from lottery.protocol.plan import Plan


class Agent(TypedDict):
    """A candidate agent (候选招标代理机构) and the number of its balls (号球)."""

    code: str
    name: str
    balls: int


class Exclusion(TypedDict):
    """An agent that is not in the pool (回避或排除), with a reason such as CONFLICT and a note."""

    code: str
    name: str
    reason: str
    note: str


class Roster(TypedDict):
    """Both arrays strictly ascending by code; no code in both."""

    v: str
    type: str
    draw_id: str
    attempt: int
    agents: list[Agent]
    excluded: list[Exclusion]


MAX_BALLS_EACH: Final = 1000
MAX_BALLS_IN_ALL: Final = 10_000_000

_CODE: Final = matching("[0-9A-Z][0-9A-Z-]{0,31}")
_AGENT: Final = closed({"code": _CODE, "name": text, "balls": whole(1, MAX_BALLS_EACH)})
_EXCLUSION: Final = closed({"code": _CODE, "name": text, "reason": matching("[A-Z][A-Z0-9_]{0,31}"), "note": text})


def check_roster(roster: object, plan: Plan) -> Roster:
    """Return the value as a roster of a checked plan, or raise DrawError: E_ROSTER, E_POOL, E_FORMAT or E_TEXT."""
    canonical.check(roster)
    return roster_of(roster, plan)


def roster_of(value: object, plan: Plan) -> Roster:
    """Stage 4, for a value that has passed stage 1."""
    _members(plan)(value, "E_ROSTER", "roster")
    roster = cast(Roster, value)
    for index, agent in enumerate(roster["agents"]):
        _AGENT(agent, "E_ROSTER", f"roster.agents[{index}]")
    for index, exclusion in enumerate(roster["excluded"]):
        _EXCLUSION(exclusion, "E_ROSTER", f"roster.excluded[{index}]")
    _check_codes(roster, plan)
    _check_pool(roster, plan)
    return roster


def _members(plan: Plan) -> Form:
    return closed(
        {
            "v": equal_to(PROTOCOL),
            "type": equal_to("roster"),
            "draw_id": equal_to(plan["draw_id"], "plan.draw_id"),
            "attempt": equal_to(plan["attempt"], "plan.attempt"),
            "agents": array,
            "excluded": array,
        }
    )


def _check_codes(roster: Roster, plan: Plan) -> None:
    inside = [agent["code"] for agent in roster["agents"]]
    outside = [exclusion["code"] for exclusion in roster["excluded"]]
    check_ascending(inside, "E_ROSTER", "roster.agents")
    check_ascending(outside, "E_ROSTER", "roster.excluded")
    if both := set(inside).intersection(outside):
        raise _refusal("excluded", f"{min(both)} 同时在候选与排除名单", f"{min(both)} is in the pool as well")
    names: set[str] = set()
    for agent in roster["agents"]:
        if agent["name"] in names:
            raise _refusal("agents", f"两个机构同名：{agent['name']}", f"two agents named {agent['name']}")
        names.add(agent["name"])
    if plan["code_scheme"] == "gb32100":
        for code in (*inside, *outside):
            if not uscc.is_code(code):
                raise _refusal(
                    "agents", f"{code} 不是校验码正确的统一社会信用代码", f"{code} fails the check of GB 32100"
                )


def _check_pool(roster: Roster, plan: Plan) -> None:
    agents = len(roster["agents"])
    if agents < plan["min_agents"]:
        raise DrawError(
            "E_POOL",
            f"候选机构 {agents} 家，少于 min_agents = {plan['min_agents']}",
            f"{agents} agents, fewer than min_agents = {plan['min_agents']}",
        )
    balls = sum(agent["balls"] for agent in roster["agents"])
    if balls > MAX_BALLS_IN_ALL:
        raise DrawError(
            "E_POOL", f"号球 {balls} 个，多于 {MAX_BALLS_IN_ALL}", f"{balls} balls, more than {MAX_BALLS_IN_ALL}"
        )


def _refusal(member: str, zh: str, en: str) -> DrawError:
    return DrawError("E_ROSTER", f"roster.{member}：{zh}", f"roster.{member}: {en}")
