"""Releases of bids: how many came in once that may be known, what was read out, what open bidding came to."""

from typing import Any

from audit.step import Step
from trading.consortia import as_led
from trading.events import (
    BidClosed,
    BiddingClosed,
    BiddingOpened,
    BidOpened,
    BidRejected,
    OpeningObjected,
    OpeningReplied,
    PrequalificationDecided,
    QuoteOpened,
)
from trading.ocds.process import Process, consortium, happened_at
from trading.ocds.values import Json, moment, money
from trading.ocds.writing import Written, writes


@writes(PrequalificationDecided)
def prequalified(process: Process, step: Step[PrequalificationDecided], _: str) -> Written:
    event = step.event
    judged = [
        {
            "id": one.receipt,
            "applicant": process.coded(one.applicant_code, one.applicant, "interestedParty"),
            "passed": one.passed,
            "reason": one.reason,
        }
        for one in event.judgements
    ]
    milestone = process.milestone(
        f"prequalification-{event.lot}",
        "资格审查",
        event.lot,
        type="assessment",
        dateMet=happened_at(step),
        status="met",
    )
    return ["tenderUpdate"], process.tender(milestones=[milestone], x_prequalifications=judged)


@writes(BidClosed)
def closed(process: Process, step: Step[BidClosed], _: str) -> Written:
    event = step.event
    return ["tenderUpdate"], _statistics(event.lot, "bids", event.bids, step)


@writes(BiddingOpened)
def bidding_opened(process: Process, step: Step[BiddingOpened], _: str) -> Written:
    event = step.event
    process.deadlines[event.lot] = event.ends_at
    starts = (process.merged.get("tender", "lots", event.lot, "tenderPeriod") or {}).get("startDate")
    period = {"startDate": starts or happened_at(step), "endDate": moment(event.ends_at)}
    lot = {"id": event.lot, "minValue": money(event.starting_fen), "tenderPeriod": period}
    return ["tenderUpdate"], process.tender(lots=[lot], submissionMethod=["electronicAuction"])


@writes(BiddingClosed)
def bidding_closed(process: Process, step: Step[BiddingClosed], _: str) -> Written:
    event = step.event
    return ["tenderUpdate"], _statistics(event.lot, "offers", event.offers, step, event.price_fen)


def _statistics(lot: str, measure: str, count: int, step: Step[Any], highest: int | None = None) -> Json:
    date = happened_at(step)
    statistics: list[Json] = [
        {"id": f"{measure}-{lot}", "measure": measure, "date": date, "value": count, "relatedLot": lot}
    ]
    if highest is not None:
        value = money(highest)
        assert value is not None
        statistics.append(
            {
                "id": f"highest-{lot}",
                "measure": "highestValidBidValue",
                "date": date,
                "value": value["amount"],
                "currency": "CNY",
                "relatedLot": lot,
            }
        )
    return {"bids": {"statistics": statistics}}


@writes(BidOpened)
def opened(process: Process, step: Step[BidOpened], _: str) -> Written:
    event = step.event
    bidders = process.bidders(event.bidder_code, event.bidder, event.members, "tenderer")
    process.tenderers |= {one["id"] for one in bidders}
    detail = {
        "id": event.receipt,
        "date": happened_at(step),
        "status": "pending" if event.outcome == "opened" else "disqualified",
        "tenderers": bidders,
        "value": money(event.price_fen),
        "relatedLots": [event.lot],
        "x_outcome": event.outcome,
        "x_custody": event.custody,
        "x_sha256": event.sha256,
        "x_plainSha256": event.plain_sha256,
        "x_note": event.note,
        "x_quotes": _quotes(event),
        "x_consortium": consortium(as_led(event.members)),
    }
    return ["tenderUpdate"], {
        "bids": {"details": [detail]},
        **process.tender(numberOfTenderers=len(process.tenderers), tenderers=bidders),
    }


@writes(QuoteOpened)
def quoted(process: Process, step: Step[QuoteOpened], _: str) -> Written:
    """A later quote takes the place of its bid's price and particulars."""
    event = step.event
    if event.outcome != "opened":
        return None
    detail = {"id": event.bid, "value": money(event.price_fen), "x_quotes": _quotes(event)}
    return ["tenderUpdate"], {"bids": {"details": [detail]}}


def _quotes(event: BidOpened) -> list[Json]:
    return [
        {"id": one.name, "text": one.value if isinstance(one.value, list) else [str(one.value)]} for one in event.quotes
    ]


@writes(BidRejected)
def rejected(process: Process, step: Step[BidRejected], _: str) -> Written:
    event = step.event
    rejection = {"id": event.receipt, "status": "disqualified", "x_note": f"{event.clause}：{event.reason}"}
    return ["tenderUpdate"], {"bids": {"details": [rejection]}}


@writes(OpeningObjected)
def objected(process: Process, step: Step[OpeningObjected], _: str) -> Written:
    event = step.event
    document = {
        "id": event.objection,
        "documentType": "complaints",
        "title": "开标异议",
        "description": "\n".join(event.text),
        "datePublished": happened_at(step),
        "relatedLots": [event.lot],
    }
    return ["tenderUpdate"], process.tender(documents=[document])


@writes(OpeningReplied)
def replied(process: Process, step: Step[OpeningReplied], _: str) -> Written:
    event = step.event
    if process.merged.get("tender", "documents", event.objection) is None:
        return None
    document = {"id": event.objection, "x_reply": "\n".join(event.text), "dateModified": happened_at(step)}
    return ["tenderUpdate"], process.tender(documents=[document])
