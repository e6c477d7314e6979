"""Releases of evaluation and award, and of rounds that have none."""

from audit.step import Step
from trading.consortia import led_by
from trading.events import (
    AwardDecided,
    AwardNotified,
    AwardRevoked,
    CandidatesPublicised,
    EvaluationCompleted,
    LotFailed,
    LotTerminated,
    ReportSubmitted,
)
from trading.ocds.process import Process, consortium, happened, happened_at
from trading.ocds.values import Json, moment, money
from trading.ocds.writing import Written, writes

FAILURES = {
    "too_few": "投标人不足",
    "all_rejected": "全部投标被否决",
    "over_budget": "报价均超过预算",
    "below_reserve": "未达底价",
    "irregular": "违法违规",
    "task_cancelled": "采购任务取消",
}
REVOCATIONS = {
    "winner_renounced": "中标人放弃中标",
    "no_contract": "不签订合同",
    "no_performance_bond": "未提交履约保证金",
    "unlawful": "违法行为",
    "complaint": "投诉成立",
}


@writes(EvaluationCompleted)
def evaluated(process: Process, step: Step[EvaluationCompleted], _: str) -> Written:
    event = step.event
    tag, award = _pending(process, event.lot)
    report = {
        "id": event.report_sha256,
        "documentType": "evaluationReports",
        "title": "评标（评审）报告",
        "datePublished": happened_at(step),
        "relatedLots": [event.lot],
    }
    details = [
        {"id": one.receipt, "status": "valid", "x_rank": one.rank, "x_scoreMilli": one.score_milli}
        for one in event.scores
        if process.merged.get("bids", "details", one.receipt) is not None
    ]
    return [tag], {
        "awards": [{"id": award, "status": "pending", "relatedLots": [event.lot], "documents": [report]}],
        "bids": {"details": details},
    }


@writes(CandidatesPublicised)
def publicised(process: Process, step: Step[CandidatesPublicised], _: str) -> Written:
    """Candidates stand in a list of their own: nothing takes a supplier out of an award when another one wins."""
    event = step.event
    tag, award = _pending(process, event.lot)
    role = _winner_role(process) if process.feed.is_sale else "tenderer"
    leads = [one.bidder_code for one in event.candidates]
    for member in event.members:
        process.coded(member.code, member.name, role)
    candidates = [
        {
            "id": str(one.rank),
            "candidate": process.coded(one.bidder_code, one.bidder, role),
            "value": money(one.price_fen),
            "quality": one.quality,
            "duration": one.duration,
            "consortium": consortium(led_by(one.bidder_code, event.members, leads)),
        }
        for one in event.candidates
    ]
    publicity = {"startDate": moment(event.publicised_from), "endDate": moment(event.publicised_until)}
    return [tag], {
        "awards": [
            {
                "id": award,
                "status": "pending",
                "relatedLots": [event.lot],
                "x_candidates": candidates,
                "x_publicityPeriod": publicity,
                "x_objectionChannel": event.channel,
            }
        ]
    }


def _pending(process: Process, lot: str) -> tuple[str, str]:
    """The tag of a release and the id of the lot's award that is not decided yet."""
    pending = [one for one in process.award_ids(lot) if process.merged.get("awards", one, "status") == "pending"]
    return ("awardUpdate", pending[0]) if pending else ("award", process.new_award(lot))


def _winner_role(process: Process) -> str:
    return "x_acquirer" if process.feed.is_sale else "supplier"


@writes(AwardDecided)
def decided(process: Process, step: Step[AwardDecided], _: str) -> Written:
    event = step.event
    awards = []
    tags = set()
    leads = [one.bidder_code for one in event.winners]
    for place, winner in enumerate(event.winners):
        tag, award = _pending(process, event.lot) if not place else ("award", process.new_award(event.lot))
        tags.add(tag)
        members = led_by(winner.bidder_code, event.members, leads)
        awards.append(
            {
                "id": award,
                "status": "active",
                "date": happened_at(step),
                "value": money(winner.price_fen),
                "suppliers": process.bidders(winner.bidder_code, winner.bidder, members, _winner_role(process)),
                "relatedLots": [event.lot],
                "x_rank": winner.rank,
                "x_reason": winner.reason,
                "x_consortium": consortium(members),
            }
        )
    sections = process.tender(lots=[{"id": event.lot, "status": "complete"}], status=_status(process, event.lot))
    return sorted(tags), {"awards": awards, **sections}


def _status(process: Process, lot: str, status: str = "complete") -> str | None:
    """What the tender is now that a lot has this status; None where other lots go on."""
    return process.status(**{lot: status})


@writes(AwardNotified)
def notified(process: Process, step: Step[AwardNotified], _: str) -> Written:
    event = step.event
    document = {
        "id": f"notified-{event.number}",
        "documentType": "awardNotice",
        "title": f"中标（成交）通知书 {event.number}",
        "datePublished": moment(event.sent_at),
        "relatedLots": [event.lot],
    }
    awards = [{"id": one, "documents": [document]} for one in _active(process, event.lot)]
    return (["awardUpdate"], {"awards": awards}) if awards else None


def _active(process: Process, lot: str) -> list[str]:
    return [one for one in process.award_ids(lot) if process.merged.get("awards", one, "status") == "active"]


@writes(AwardRevoked)
def revoked(process: Process, step: Step[AwardRevoked], identifier: str) -> Written:
    event = step.event
    change = {
        "id": identifier,
        "date": happened_at(step),
        "rationale": f"{REVOCATIONS[event.ground]}；{event.legal_basis}",
        "description": "由后一名候选人递补" if event.next == "next_candidate" else "重新进行",
        "releaseID": identifier,
    }
    awards = [{"id": one, "status": "cancelled", "amendments": [change]} for one in _active(process, event.lot)]
    process.awards[event.lot] = []
    if not awards:
        return None
    status = "active" if event.next == "next_candidate" else "unsuccessful"
    tender = process.tender(
        lots=[{"id": event.lot, "status": status}],
        status="active" if status == "active" else _status(process, event.lot, status),
    )
    return ["awardCancellation"], {"awards": awards, **tender}


@writes(ReportSubmitted)
def reported(process: Process, step: Step[ReportSubmitted], _: str) -> Written:
    event = step.event
    milestone = process.milestone(
        f"report-{event.lot}",
        "招标投标情况书面报告",
        event.lot,
        type="reporting",
        description=event.authority,
        dateMet=happened_at(step),
        status="met",
    )
    return ["tenderUpdate"], process.tender(milestones=[milestone])


@writes(LotFailed)
def failed(process: Process, step: Step[LotFailed], _: str) -> Written:
    event = step.event
    why = f"{FAILURES[event.failure]}：{event.reason}"
    return _over(process, step.seq, happened_at(step), event.lot, "unsuccessful", why)


@writes(LotTerminated)
def terminated(process: Process, step: Step[LotTerminated], _: str) -> Written:
    event = step.event
    before = happened(step) < process.deadlines.get(event.lot, 0)
    why = event.reason if event.approval is None else f"{event.reason}（{event.approval}）"
    return _over(process, step.seq, happened_at(step), event.lot, "withdrawn" if before else "cancelled", why)


def _over(process: Process, seq: int | None, date: str | None, lot: str, status: str, why: str) -> Written:
    document = {
        "id": f"cancellation-{seq}",
        "documentType": "cancellationDetails",
        "title": "流标（废标）" if status == "unsuccessful" else "终止",
        "description": why,
        "datePublished": date,
        "relatedLots": [lot],
    }
    pending = [one for one in process.award_ids(lot) if process.merged.get("awards", one, "status") == "pending"]
    sections: Json = process.tender(
        lots=[{"id": lot, "status": status}], status=process.status(**{lot: status}), documents=[document]
    )
    awards = [{"id": one, "status": "unsuccessful"} for one in pending]
    return ["tenderCancellation"], sections | {"awards": awards}
