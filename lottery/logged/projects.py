"""One project, one draw (section 12, rule 13), as far as the log shows it: against drawing until it suits."""

from itertools import pairwise

from audit.errors import Refusal
from lottery.logged.attempt import DRAWN, PLANNED, SEALED, STANDING, VOIDED
from lottery.logged.faults import LogFault, Remark, at
from lottery.logged.forms import Step
from lottery.logged.reading import DECIDED, History
from lottery.logged.register import check_signed_by
from lottery.numbering import read_draw_id
from lottery.protocol.canonical import decode
from lottery.protocol.errors import DrawError
from lottery.protocol.plan import Plan

DRILL = "DRILL-"


class NoDecision(LogFault):
    zh = "日志中没有摇号 {draw_id}"
    en = "the log holds no draw {draw_id}"


def check_decision(history: History, plan: Plan) -> None:
    """The draw begins with one decision, of the plan's tenderer and signed with its key. Raises LogFault."""
    if not history.own:
        raise NoDecision(draw_id=history.draw_id)
    first = history.own[0]
    if first.kind != DECIDED:
        raise at(first, "早于招标人的决定", "it came before the tenderer's decision")
    for entry in history.own[1:]:
        if entry.kind == DECIDED:
            raise at(entry, f"第 {first.seq} 条已决定本次摇号", f"entry {first.seq} had decided on this draw")
    for name in ("project_code", "project_name", "tenderer"):
        if first.body[name] != dict(plan)[name]:
            raise at(first, f"{name} 与方案不同", f"its {name} is not that of the plan")
    tenderer = history.register.named(first.body["tenderer"], first.seq)
    if tenderer is None:
        raise at(first, "招标人当时未登记", "the tenderer was not on record")
    check_signed_by(history.register, first, {tenderer})


def check_numbers(history: History) -> None:
    """No draw of the same centre and year is missing before this one. Raises EntryFault."""
    try:
        own = read_draw_id(history.draw_id)
    except Refusal:
        return  # not a number of the kind that is counted
    last = 0
    for entry in history.decisions:
        try:
            number = read_draw_id(entry.body["draw_id"])
        except Refusal:
            continue
        if (number.series, number.year) != (own.series, own.year) or number.number > own.number:
            continue
        if number.number != last + 1:
            raise at(entry, f"编号不连续，应为 {last + 1}", f"numbers have a gap: it should be {last + 1}")
        last += 1


def check_project(history: History, project_code: str) -> list[Remark]:
    """Each further draw of the project followed one that could give no winner. Raises EntryFault, Unreadable."""
    if history.draw_id.startswith(DRILL):
        return []
    decisions = [
        entry
        for entry in history.decisions
        if entry.body["project_code"] == project_code and not entry.body["draw_id"].startswith(DRILL)
    ]
    if decisions and decisions[0].body["former_draw"] is not None:
        raise at(decisions[0], "此前没有同一项目的摇号", "the project had no draw before")
    remarks: list[Remark] = []
    for former, later in pairwise(decisions):
        draw_id = former.body["draw_id"]
        if later.body["former_draw"] != draw_id or later.body["former_reason"] is None:
            raise at(later, f"同一项目已有摇号 {draw_id}（第 {former.seq} 条）", f"the project has the draw {draw_id}")
        remarks += _check_over(history, draw_id, later)
    return remarks


def _check_over(history: History, draw_id: str, later: Step) -> list[Remark]:
    """The former draw was given up before its seal, or has a place for which nobody is left."""
    before = [entry for entry in history.steps[draw_id] if entry.seq < later.seq]
    kinds = [entry.kind for entry in before]
    if DRAWN in kinds:
        changed = [entry for entry in before if entry.kind == STANDING]
        vacant = _vacant(history, changed[-1]) if changed else 0
        if vacant is None:
            zh = f"未核：{draw_id} 的现行结果确有空缺，日志中没有该文件"
            en = f"not checked: that a place of {draw_id} was vacant; the standing is not with the log"
            return [Remark(zh, en)]
        if not vacant:
            raise at(later, f"{draw_id} 已有结果且无空缺", f"{draw_id} has a result and no vacant place")
        return []
    if SEALED in kinds or kinds.count(VOIDED) < kinds.count(PLANNED):
        raise at(later, f"{draw_id} 尚在进行或已封存", f"{draw_id} went on, or had been sealed")
    for entry in history.steps[draw_id]:
        if entry.seq > later.seq and entry.kind in (PLANNED, SEALED, DRAWN):
            raise at(entry, f"本场已由第 {later.seq} 条取代", f"the draw had been given up, entry {later.seq}")
    return []


def _vacant(history: History, entry: Step) -> int | None:
    """Places for which the standing has nobody; None if its file is not with the log. Raises EntryFault, Unreadable."""
    data = history.blob(entry, "standing.json")
    if data is None:
        return None
    try:
        standing = decode(data)
    except DrawError:
        standing = None
    vacant = standing.get("vacant") if isinstance(standing, dict) else None
    if type(vacant) is not int:
        raise at(entry, "文件不是现行结果", "its file is not a standing")
    return vacant
