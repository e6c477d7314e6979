"""Releases of notices and documents: what is announced, corrected, asked and answered, and how the deadline moves."""

from dataclasses import dataclass
from typing import Any

from audit.step import Step
from trading.events import (
    Method,
    NoticeCorrected,
    NoticeKind,
    NoticePublished,
    NoticeWithdrawn,
    Term,
)
from trading.model import NOTICE_KINDS
from trading.ocds.process import Process
from trading.ocds.values import Json, moment, money, pruned
from trading.ocds.writing import Written, writes


@dataclass(frozen=True)
class _Kind:
    """How notices of a kind stand in a release. section: where their document does; status: what the lots become."""

    document: str | None
    section: str = "tender"
    status: str | None = None


_KINDS: dict[NoticeKind, _Kind] = {
    "intention": _Kind("plannedProcurementNotice", "planning", "planned"),
    "pre_disclosure": _Kind("plannedProcurementNotice", "planning", "planned"),
    "announcement": _Kind("tenderNotice", status="active"),
    "prequalification": _Kind("tenderNotice", status="active"),
    "invitation": _Kind("tenderNotice", status="active"),
    "disclosure": _Kind("tenderNotice", status="active"),
    "single_source": _Kind("tenderNotice", status="active"),
    "clarification": _Kind("clarifications"),
    "opening": _Kind("bidders"),
    "candidates": _Kind("shortlistedFirms", "awards"),
    "result": _Kind("awardNotice", "awards"),
    "failure": _Kind("cancellationDetails"),
    "termination": _Kind("cancellationDetails"),
    "contract": _Kind("contractNotice", "contracts"),
    "performance": _Kind("physicalProgressReport", "contracts"),
    "other": _Kind(None),
}
_METHODS: dict[Method, tuple[str, str]] = {
    "open_tender": ("open", "公开招标"),
    "invited_tender": ("limited", "邀请招标"),
    "competitive_negotiation": ("limited", "竞争性谈判"),
    "competitive_consultation": ("limited", "竞争性磋商"),
    "inquiry": ("limited", "询价"),
    "single_source": ("direct", "单一来源"),
    "listing": ("open", "挂牌"),
    "auction": ("open", "拍卖"),
    "online_bidding": ("open", "网络竞价"),
}
_AUCTIONS = ("listing", "auction", "online_bidding")
_MOMENTS = frozenset(
    {
        "documents_from",
        "documents_until",
        "bid_deadline",
        "opening_at",
        "listing_from",
        "listing_until",
        "sign_up_until",
        "disclosure_from",
        "disclosure_until",
        "publicised_from",
        "publicised_until",
        "new_deadline",
        "signed_at",
    }
)
ENDS = ("bid_deadline", "new_deadline", "listing_until", "disclosure_until", "sign_up_until")
"""Terms that say until when bids are taken; the first that a notice has counts."""
BEGINS = ("documents_from", "listing_from", "disclosure_from")


@writes(NoticePublished)
def published(process: Process, step: Step[NoticePublished], identifier: str) -> Written:
    event = step.event
    kind = _KINDS[event.notice_kind]
    process.notice_kinds[event.notice] = event.notice_kind
    process.last_release[event.notice] = identifier
    sections = _announced(process, step, kind) if kind.status else {}
    tag = "planningUpdate"
    if kind.status == "active":
        tag = "tenderUpdate" if process.announced else "tender"
        process.announced = True
    elif kind.status is None:
        tag = "tenderUpdate" if process.announced else "planningUpdate"
    return _with_document(process, step, kind, tag, sections)


@writes(NoticeCorrected)
def corrected(process: Process, step: Step[NoticeCorrected], identifier: str) -> Written:
    event = step.event
    kind = _KINDS[event.notice_kind]
    former = process.last_release.get(event.notice)
    process.last_release[event.notice] = identifier
    sections = _announced(process, step, kind) if kind.status else {}
    change = {
        "id": identifier,
        "date": moment(step.at // 1000),
        "rationale": event.reason,
        "description": "更正：" + "、".join(event.changed),
        "amendsReleaseID": former,
        "releaseID": identifier,
    }
    process.notice_kinds.setdefault(event.notice, event.notice_kind)
    return _amended(process, _with_document(process, step, kind, "tenderUpdate", sections), change)


@writes(NoticeWithdrawn)
def withdrawn(process: Process, step: Step[NoticeWithdrawn], identifier: str) -> Written:
    event = step.event
    former = process.last_release.get(event.notice)
    if former is None:
        return None
    change = {
        "id": identifier,
        "date": moment(step.at // 1000),
        "rationale": event.reason,
        "description": f"撤回公告 {event.notice}",
        "amendsReleaseID": former,
        "releaseID": identifier,
    }
    tombstone = {"id": event.notice, "x_withdrawn": event.reason, "dateModified": change["date"]}
    stands = process.merged.get("tender", "documents", event.notice) is not None
    sections = process.tender(documents=[tombstone]) if stands else {}
    return _amended(process, (["tenderUpdate"], sections), change)


def _amended(process: Process, written: Written, change: Json) -> Written:
    """The same, as an amendment of the tender; before there is one, of the plan."""
    assert written is not None
    tags, sections = written
    tender = sections.get("tender", {}) | {"id": process.project.code, "amendments": [change]}
    tag = "tenderAmendment" if process.announced else "planningUpdate"
    return [tag, *(one for one in tags if one.startswith(("award", "contract")))], sections | {"tender": tender}


def _with_document(
    process: Process, step: Step[NoticePublished], kind: _Kind, tag: str, sections: Json
) -> tuple[list[str], Json]:
    """The notice itself and its files: in its lot's awards or contracts where it is about them, else in the tender."""
    event = step.event
    documents = _documents(process, step, kind)
    tender = sections.get("tender", {"id": process.project.code})
    if kind.section == "awards" and event.lot and process.award_ids(event.lot):
        awards = [{"id": award, "documents": documents} for award in process.award_ids(event.lot)]
        return ["awardUpdate"], {"awards": awards}
    contracts = [one for one in process.merged.each("contracts") if event.lot in one.get("relatedLots", ())]
    if kind.section == "contracts" and contracts:
        update = [{"id": one["id"], "awardID": one["awardID"], "documents": documents} for one in contracts]
        return ["contractUpdate"], {"contracts": update}
    if kind.section == "planning":
        return [tag], sections | {"planning": {"documents": documents}, "tender": tender}
    return [tag], sections | {"tender": tender | {"documents": documents}}


def _documents(process: Process, step: Step[NoticePublished], kind: _Kind) -> list[Json]:
    event, logged = step.event, moment((step.logged or step.at) // 1000)
    assert logged is not None
    stands = _published_at(process, event.notice)
    related = None if event.lot is None else [event.lot]
    notice = {
        "id": event.notice,
        "documentType": kind.document,
        "title": event.title,
        "description": NOTICE_KINDS[event.notice_kind],
        "url": f"{process.publication.base_url}/notices/{event.notice}",
        "datePublished": stands or logged,
        "dateModified": None if stands is None else logged,
        "format": "text/html",
        "language": "zh",
        "relatedLots": related,
        "x_text": event.text,
        "x_version": event.version,
        "x_validFrom": moment(event.valid_from),
        "x_validUntil": moment(event.valid_until),
        "x_media": event.media,
        "x_rules": event.rules,
        "x_terms": _terms(event.terms),
    }
    return [notice, *process.files(step.files, kind.document, logged, event.lot)]


def _published_at(process: Process, notice: str) -> str | None:
    """When the notice's first version was, wherever its document stands."""
    lists = [("planning", "documents"), ("tender", "documents")]
    for section in ("awards", "contracts"):
        lists += [(section, one["id"], "documents") for one in process.merged.each(section)]  # type: ignore[misc]
    for path in lists:
        found = process.merged.get(*path, notice)
        if found is not None:
            return str(found["datePublished"])
    return None


def _terms(terms: list[Term]) -> list[Json]:
    """Everything that the notice says by name, in a form for each type."""
    found = []
    for term in terms:
        value: Any = term.value
        if term.name.endswith("_fen") and isinstance(value, int):
            value = {"value": money(value)}
        elif term.name in _MOMENTS and isinstance(value, int):
            value = {"date": moment(value)}
        elif isinstance(value, bool):
            value = {"flag": value}
        elif isinstance(value, int):
            value = {"number": value}
        else:
            value = {"text": value if isinstance(value, list) else [value]}
        found.append({"id": term.name, **value})
    return found


def _announced(process: Process, step: Step[NoticePublished], kind: _Kind) -> Json:
    """What a notice that begins a procedure says of the tender."""
    event = step.event
    terms = {term.name: term.value for term in event.terms}
    lots = [one.lot for one in process.lots_of(event.lot)]
    assert kind.status is not None
    tender: Json = {"status": _further(process.merged.get("tender", "status"), kind.status)}
    if event.method is not None:
        process.method = event.method
    if process.method is not None:
        code, words = _METHODS[process.method]
        selective = event.notice_kind == "prequalification" and code == "open"
        tender |= {
            "procurementMethod": "selective" if selective else code,
            "procurementMethodDetails": words,
            "procurementMethodRationale": _text(terms.get("reason")),
            "submissionMethod": ["electronicAuction" if process.method in _AUCTIONS else "electronicSubmission"],
        }
    tender |= {
        "description": _text(terms.get("scope")),
        "eligibilityCriteria": _text(terms.get("qualification")),
        "hasEnquiries": process.merged.get("tender", "hasEnquiries") or (False if kind.status == "active" else None),
    }
    budget = next((terms[name] for name in ("budget_fen", "starting_fen", "asking_fen") if name in terms), None)
    value = money(budget) if isinstance(budget, int) else None
    if event.lot is None:
        tender["value"] = value
    opening = terms.get("opening_at")
    if isinstance(opening, int):
        title = "开标" if not process.feed.is_sale else "竞价"
        place = _text(terms.get("opening_place"))
        tender["milestones"] = [
            process.milestone(
                f"opening-{lot}",
                title,
                lot,
                type="assessment",
                description=place,
                dueDate=moment(opening),
                status="scheduled",
            )
            for lot in lots
        ]
    ends = next((terms[name] for name in ENDS if isinstance(terms.get(name), int)), None)
    begins = next((terms[name] for name in BEGINS if isinstance(terms.get(name), int)), event.valid_from)
    period = {"startDate": moment(int(str(begins))), "endDate": None if ends is None else moment(int(str(ends)))}
    if ends is not None:
        process.deadlines |= dict.fromkeys(lots, int(str(ends)))
    active = kind.status == "active"
    tender["lots"] = [
        {
            "id": lot,
            "status": _further(process.merged.get("tender", "lots", lot, "status"), kind.status),
            "value": value if event.lot is not None else None,
            "tenderPeriod": period if active else None,
        }
        for lot in lots
    ]
    if active:
        tender["tenderPeriod"] = process.whole_period(dict.fromkeys(lots, period))
    kept: Json = pruned(tender)  # a null would take away what an earlier notice said
    return {"tender": {"id": process.project.code} | kept}


def _further(stands: str | None, wanted: str) -> str:
    """The later of two statuses: a correction does not open again what is over."""
    before_the_end = ("planning", "planned", "active")
    if stands is None or stands not in before_the_end:
        return stands or wanted
    return max(stands, wanted, key=before_the_end.index)


def _text(value: object) -> str | None:
    """A text, or paragraphs as lines."""
    if isinstance(value, list):
        return "\n".join(value)
    return value if isinstance(value, str) else None
