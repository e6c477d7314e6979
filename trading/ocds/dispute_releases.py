"""Releases of objections, challenges and complaints, and of what they stop. The standard has no section for them: each
is a document of type `complaints`, with a milestone for the day by which it must be answered."""

from audit.step import Step
from trading.events import (
    ChallengeFiled,
    ChallengeReplied,
    ComplaintAccepted,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintRefused,
    ObjectionFiled,
    ObjectionReplied,
    ProcessResumed,
    ProcessSuspended,
)
from trading.ocds.process import Process, happened_at
from trading.ocds.values import Json, moment
from trading.ocds.writing import Written, writes

TITLES = {"trading.objection_filed": "异议", "trading.challenge_filed": "质疑", "trading.complaint_filed": "投诉"}
OUTCOMES = {"upheld": "成立", "partly_upheld": "部分成立", "rejected": "不成立", "withdrawn": "撤回"}
ORDERS = {
    "continue": "继续进行",
    "correct": "责令改正",
    "evaluate_again": "重新评审",
    "revoke_award": "撤销中标结果",
    "start_again": "重新开展",
}
CAUSES = {"objection": "异议", "challenge": "质疑", "complaint": "投诉", "supervisor": "监督部门决定"}


@writes(ObjectionFiled, ChallengeFiled)
def objected(process: Process, step: Step[ObjectionFiled], _: str) -> Written:
    event = step.event
    return _filed(process, step, event.objection, event.abstract, "答复期限", event.party)


@writes(ComplaintFiled)
def complained(process: Process, step: Step[ComplaintFiled], _: str) -> Written:
    event = step.event
    process.authority(event.authority)
    return _filed(process, step, event.complaint, event.abstract, "受理期限", event.party)


def _filed(
    process: Process,
    step: Step[ObjectionFiled] | Step[ComplaintFiled],
    identifier: str,
    abstract: str,
    until: str,
    party: str,
) -> Written:
    event, title = step.event, TITLES[step.event.kind]
    document = {
        "id": identifier,
        "documentType": "complaints",
        "title": f"{title}（{party}）",
        "description": abstract,
        "datePublished": happened_at(step),
        "relatedLots": [event.lot],
        "x_stage": event.stage,
    }
    due = process.milestone(
        f"due-{identifier}",
        f"{title}{until}",
        event.lot,
        type="assessment",
        dueDate=moment(event.due_at),
        status="scheduled",
    )
    return ["tenderUpdate"], process.tender(documents=[document], milestones=[due])


@writes(ObjectionReplied, ChallengeReplied)
def replied(process: Process, step: Step[ObjectionReplied], _: str) -> Written:
    event = step.event
    reply = f"{OUTCOMES[event.outcome]}：{event.abstract}"
    return _answered(process, event.objection, happened_at(step), reply, {"status": "met"})


@writes(ComplaintAccepted)
def accepted(process: Process, step: Step[ComplaintAccepted], _: str) -> Written:
    event = step.event
    due = {"title": "投诉处理期限", "dueDate": moment(event.due_at), "status": "scheduled"}
    return _answered(process, event.complaint, None, None, due)


@writes(ComplaintRefused)
def refused(process: Process, step: Step[ComplaintRefused], _: str) -> Written:
    event = step.event
    return _answered(process, event.complaint, happened_at(step), f"不予受理：{event.reason}", {"status": "met"})


@writes(ComplaintDecided)
def decided(process: Process, step: Step[ComplaintDecided], _: str) -> Written:
    event = step.event
    reply = f"{event.reference}：{OUTCOMES[event.outcome]}，{ORDERS[event.order]}。{event.abstract}"
    return _answered(process, event.complaint, happened_at(step), reply, {"status": "met"})


def _answered(process: Process, identifier: str, date: str | None, reply: str | None, due: Json) -> Written:
    if process.merged.get("tender", "documents", identifier) is None:
        return None
    met = {"dateMet": date} if due.get("status") == "met" else {}
    sections = process.tender(milestones=[{"id": f"due-{identifier}", **due, **met}])
    if reply is not None:
        sections["tender"]["documents"] = [{"id": identifier, "x_reply": reply, "dateModified": date}]
    return ["tenderUpdate"], sections


@writes(ProcessSuspended)
def suspended(process: Process, step: Step[ProcessSuspended], _: str) -> Written:
    event = step.event
    milestone = process.milestone(
        _suspension(event.cause, event.reference),
        f"暂停（{CAUSES[event.cause]}）",
        event.lot,
        type="assessment",
        description=event.reference,
        dueDate=None if event.until is None else moment(event.until),
        status="scheduled",
        x_suspendedAt=happened_at(step),
    )
    return ["tenderUpdate"], process.tender(milestones=[milestone])


@writes(ProcessResumed)
def resumed(process: Process, step: Step[ProcessResumed], _: str) -> Written:
    event = step.event
    identifier = _suspension(event.cause, event.reference)
    if process.merged.get("tender", "milestones", identifier) is None:
        return None
    milestone = {"id": identifier, "status": "met", "dateMet": happened_at(step)}
    return ["tenderUpdate"], process.tender(milestones=[milestone])


def _suspension(cause: str, reference: str) -> str:
    return f"suspended-{cause}-{reference}"
