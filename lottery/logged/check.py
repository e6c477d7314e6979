"""All that the log must say of an evidence file: stage 9 of the verification (protocol section 9)."""

from audit.receipt import rfc3339
from lottery.logged.attempt import PUBLISHED, SEALED, VOIDED, Attempt, attempts_of
from lottery.logged.experts import check_experts
from lottery.logged.faults import Remark, at
from lottery.logged.meeting import check_meeting
from lottery.logged.projects import check_decision, check_numbers, check_project
from lottery.logged.reading import History
from lottery.logged.result import NoResult, check_drawn, check_standings, check_voided_seal
from lottery.logged.successors import check_next
from lottery.logged.voids import Sightings, check_voided
from lottery.logged.witnesses import in_force
from lottery.protocol.verify import Evidence


def check_history(history: History, evidence: Evidence, sightings: Sightings) -> list[Remark]:
    """Check the whole history of the evidence's draw, and that the evidence is its outcome.

    Returns what must be told. Raises LogFault for the first contradiction, Unreadable.
    """
    plan = evidence["plan"]
    check_decision(history, plan)
    attempts = attempts_of(history)
    if plan["attempt"] > len(attempts):
        raise NoResult(draw_id=plan["draw_id"], attempt=plan["attempt"])
    remarks: list[Remark] = []
    for attempt in attempts:
        check_meeting(attempt, history.register)
        if attempt.one(VOIDED) is not None:
            remarks += check_voided(history, attempt, sightings)
            remarks += check_voided_seal(history, attempt)
        elif attempt.number < len(attempts):
            later = attempts[attempt.number]
            raise at(later.planned, f"第 {attempt.number} 次并未作废", f"attempt {attempt.number} was not voided")
        if attempt.number > 1:
            remarks += check_next(history, attempts[attempt.number - 2], attempt)
    own = attempts[plan["attempt"] - 1]
    check_drawn(own, evidence)
    _check_counts(own, evidence)
    check_experts(history, own, evidence["roster"])
    remarks += check_standings(history, own, evidence)
    check_numbers(history)
    remarks += check_project(history, plan["project_code"])
    return [*remarks, *_witnesses(history, own, evidence, sightings)]


def _check_counts(attempt: Attempt, evidence: Evidence) -> None:
    """What was told of the roster when it was published is so. Raises EntryFault."""
    published, roster = attempt.all(PUBLISHED)[-1], evidence["roster"]
    counts = {
        "agents": len(roster["agents"]),
        "excluded": len(roster["excluded"]),
        "balls": sum(agent["balls"] for agent in roster["agents"]),
    }
    if published.body["counts"] != counts:
        raise at(published, "所记数目与名单不同", "its counts are not those of the roster")


def _witnesses(history: History, attempt: Attempt, evidence: Evidence, sightings: Sightings) -> list[Remark]:
    """Whether witnesses saw the seal before anybody could know the outcome."""
    seq = attempt.needed(SEALED).seq
    dice = evidence["dice"]
    due = attempt.due if attempt.due is not None else dice["time"] if dice is not None else None
    terms = in_force(history, attempt.planned.seq)
    remarks = []
    if not terms.keys:
        zh, en = "未见证：公布方案时日志没有有效见证人", "no witness was in force when the plan was published"
        remarks.append(Remark(zh, en, open=False))
    seen = sightings.seen.get(seq)
    if seen is None or due is None:
        zh = f"未核：封存（第 {seq} 条）在结果产生之前已有见证；需其回执（--receipt、--entry）和见证方公钥（--witness）"
        en = (
            f"not checked: that a witness saw the seal (entry {seq}) before the outcome existed; it takes its receipt "
            f"(--receipt, --entry) and the witness's key (--witness)"
        )
        return [*remarks, Remark(zh, en)]
    if attempt.due is None and seen > due:
        zh = f"未能证明：封存在掷骰（{rfc3339(due)}）之前已有见证，见证时间为 {rfc3339(seen)}"
        en = f"not shown: that a witness saw the seal before the dice ({rfc3339(due)}); it did at {rfc3339(seen)}"
        return [*remarks, Remark(zh, en)]
    counted = terms.saw(seq, sightings.checkpoints) if terms.keys and attempt.due is not None else seen
    if counted is None or counted > due or (attempt.due is not None and counted == due):
        zh = "未能证明：方案公布时有效的见证人在该轮时间之前达到法定数"
        en = "not shown: that a quorum of the witnesses in force at the plan had signed before the round"
        remarks.append(Remark(zh, en))
    return remarks
