"""Releases of documents: how they are handed out, asked about and clarified, and how the deadline moves with them."""

from audit.step import Step
from trading.events import ClarificationIssued, DeadlineMoved, Document, DocumentIssued, QuestionAsked
from trading.ocds.process import Process, happened, happened_at
from trading.ocds.values import Json, moment, money, pruned
from trading.ocds.writing import Written, writes

_DOCUMENTS: dict[Document, str | None] = {
    "prequalification": "biddingDocuments",
    "tender": "biddingDocuments",
    "clarification": "clarifications",
    "drawings": "technicalSpecifications",
    "bill_of_quantities": "billOfQuantity",
    "other": None,
}


@writes(DocumentIssued)
def issued(process: Process, step: Step[DocumentIssued], _: str) -> Written:
    event = step.event
    start = moment(event.issued_from) or ""
    kind = _DOCUMENTS[event.document]
    handed_out = {
        "id": f"documents-{event.lot}-{event.document}",
        "documentType": kind,
        "title": "发放文件",
        "datePublished": start,
        "relatedLots": [event.lot],
        "x_availableUntil": moment(event.issued_until),
        "x_price": money(event.price_fen),
    }
    documents = [handed_out, *process.files(step.files, kind, start, event.lot)]
    return [process.update], process.tender(documents=documents)


@writes(QuestionAsked)
def asked(process: Process, step: Step[QuestionAsked], _: str) -> Written:
    event = step.event
    enquiry = {
        "id": event.question,
        "date": happened_at(step),
        "description": "\n".join(event.text),
        "relatedLots": [event.lot],
    }
    return [process.update], process.tender(hasEnquiries=True, enquiries=[enquiry])


@writes(ClarificationIssued)
def clarified(process: Process, step: Step[ClarificationIssued], identifier: str) -> Written:
    event, date = step.event, happened_at(step)
    text = "\n".join(event.text)
    answers = [{"id": one, "answer": text, "dateAnswered": date} for one in event.questions]
    clarification = {
        "id": f"clarification-{step.seq}",
        "documentType": "clarifications",
        "title": "澄清或者修改",
        "description": text,
        "datePublished": date,
        "relatedLots": [event.lot],
    }
    files = process.files(step.files, "clarifications", date or "", event.lot)
    amendment = {"id": identifier, "date": date, "description": text, "releaseID": identifier}
    sections = process.tender(
        documents=[clarification, *files],
        enquiries=answers or None,
        hasEnquiries=True if answers else None,
        amendments=[amendment] if event.affects_bids else None,
    )
    kept: Json = pruned(sections)
    return ["tenderAmendment" if event.affects_bids and process.announced else process.update], kept


@writes(DeadlineMoved)
def moved(process: Process, step: Step[DeadlineMoved], identifier: str) -> Written:
    event = step.event
    process.deadlines[event.lot] = event.new
    former = process.merged.get("tender", "lots", event.lot, "tenderPeriod") or {}
    period = {"startDate": former.get("startDate"), "endDate": moment(event.new)}
    amendment = {
        "id": identifier,
        "date": moment(happened(step)),
        "rationale": event.cause,
        "description": f"投标截止时间由 {moment(event.old)} 顺延至 {moment(event.new)}",
        "releaseID": identifier,
    }
    opening = process.merged.get("tender", "milestones", f"opening-{event.lot}")
    milestones = [{"id": f"opening-{event.lot}", "dueDate": moment(event.new)}] if opening else []
    sections = process.tender(
        lots=[{"id": event.lot, "tenderPeriod": period}],
        tenderPeriod=process.whole_period({event.lot: period}),
        milestones=milestones,
        amendments=[amendment],
    )
    kept: Json = pruned(sections)
    return ["tenderAmendment"], kept
