"""A committee's draw as the log tells it: its pool is the list of experts that stood when it was frozen."""

from typing import Any, Final

from lottery.committee import committee_of
from lottery.logged.attempt import FROZEN, Attempt
from lottery.logged.faults import at
from lottery.logged.reading import History
from lottery.protocol.roster import Roster

LISTED: Final = "lottery.experts_listed"


def check_experts(history: History, attempt: Attempt, roster: Roster) -> None:
    """Raises EntryFault."""
    is_committee = committee_of(attempt.plan["project_code"]) is not None
    if is_committee != (attempt.plan["code_scheme"] == "opaque"):
        raise at(attempt.planned, "代码规则与抽取对象不符", "its code scheme is not that of whom it draws")
    frozen = attempt.one(FROZEN)
    if not is_committee or frozen is None:
        return
    listed = [entry for entry in history.own if entry.kind == LISTED and entry.seq < frozen.seq]
    if not listed:
        raise at(frozen, "冻结之前没有公布专家范围", "no experts were listed before the freeze")
    body = listed[-1].body
    agents = [{"code": one["code"], "name": one["code"], "balls": 1} for one in body["experts"]]
    excluded = [{**one, "name": one["code"]} for one in body["avoided"]]
    found: dict[str, Any] = {**roster}
    if found["agents"] != agents or found["excluded"] != excluded:
        raise at(listed[-1], "冻结的名单不是所公布的专家范围", "what was frozen is not the list of experts")
