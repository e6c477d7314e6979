"""What a form about a lot knows before anybody types: the bids opened, the candidates, what waits for a reply."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from api.forms_events import Asked
from api.forms_words import VALUES, value_words
from api.i18n import Lang, translate
from trading.events import (
    AwardDecided,
    BidClosed,
    BiddingClosed,
    BidOpened,
    CandidatesPublicised,
    ChallengeFiled,
    ChallengeReplied,
    ClarificationIssued,
    CommitteeDrawn,
    CommitteeFormed,
    ComplaintAccepted,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintRefused,
    ContractAmended,
    ContractSigned,
    EvaluationCompleted,
    LotEvent,
    ObjectionFiled,
    ObjectionReplied,
    OfferMade,
    OpeningObjected,
    OpeningReplied,
    QuestionAsked,
    RelationJudged,
)
from trading.law.procedures import Row
from trading.lots import LotState
from trading.quotes import number as quote_number
from trading.quotes import still_in
from trading.rules.awarding import offers_left, revoked
from trading.rules.disputes import HIDDEN_PARTY
from trading.rules.relating import unjudged

Facts = dict[str, Any]
Choices = dict[str, Sequence[tuple[str, str]]]
"""Values and labels; a label that is empty is the value's own word."""
Known = tuple[Facts, Choices, Facts, dict[str, int]]
"""Values, choices, fixed members, numbers of rows."""
DAY = 24 * 3600
WHEN = {"occurred_at": "北京时间。不填即为此刻，补记以前发生的事才填。"}
HINTS: Mapping[str, dict[str, str]] = {
    "trading.committee_formed": {
        "reference": "不在本系统抽取的必填：抽取记录或者批准的文号。",
        "experts": "每行一个代号：大写字母、数字和连字符，如 ZJ-1。",
        "representatives": "每行一个代号，如 DB-1；没有即不填。",
    },
    "trading.evaluation_completed": {
        "scores.score_milli": "得分的一千倍：92.5 分写 92500。",
    },
}
"""Kind to what is said beside its members."""


def asked_for(
    model: type[LotEvent], project: str, lot: LotState, rows: Sequence[Row], now: int, lang: Lang, party: str = ""
) -> Asked:
    """rows: by which it may be recorded. now: Unix seconds. party: the name for which the account acts."""
    make = _KNOWN.get(model.kind)
    values, choices, fixed, counts = make(lot, now, party) if make else ({}, {}, {}, {})
    fixed = {"project": project, "lot": lot.lot, "round": lot.round} | fixed
    if party:
        fixed["occurred_at"] = None  # what a bidder does here is done when it arrives
    if "due_at" in model.model_fields:
        fixed["due_at"] = None  # where the law says when, that is written when it is recorded
    for name in {name for row in rows for name, _ in row.when}:
        allowed = [dict(row.when).get(name) for row in rows]
        if None not in allowed and name in VALUES and name not in fixed:
            choices[name] = [(str(one), value_words(name, one, lang)) for one in dict.fromkeys(allowed)]
            if len(choices[name]) == 1:
                fixed[name] = choices.pop(name)[0][0]
    if model is RelationJudged:
        choices["relation"] = [(one, _with_tie(lot, one, said, lang)) for one, said in choices["relation"]]
    labelled = {
        name: [(value, said or value_words(name, value, lang)) for value, said in found]
        for name, found in choices.items()
    }
    hints = {name: translate(text, lang) for name, text in (HINTS.get(model.kind, {}) | WHEN).items()}
    return Asked(lang, fixed=fixed, values=values, choices=labelled, rows=counts, hints=hints)


def _with_tie(lot: LotState, relation: str, said: str, lang: Lang) -> str:
    tie = next(one.tie for one in unjudged(lot) if one.relation == relation)
    return f"{said} {value_words('tie', tie, lang)}"


# What happened in this round


def opened_bids(lot: LotState) -> list[BidOpened]:
    """The bids that were read out and not rejected, at the prices last quoted by those still in."""
    return list(still_in(lot).values())


def evaluated(lot: LotState) -> list[tuple[int, BidOpened]]:
    """Rank and bid, best first."""
    step = lot.last(EvaluationCompleted)
    bids = {one.receipt: one for one in opened_bids(lot)}
    scores = [] if step is None else step.event.scores
    return [(one.rank, bids[one.receipt]) for one in scores if one.receipt in bids]


def open_objections(lot: LotState) -> list[ObjectionFiled]:
    replied = {step.event.objection for step in lot.all(ObjectionReplied)}
    return [step.event for step in lot.all(ObjectionFiled) if step.event.objection not in replied]


def open_challenges(lot: LotState) -> list[ChallengeFiled]:
    replied = {step.event.objection for step in lot.all(ChallengeReplied)}
    return [step.event for step in lot.all(ChallengeFiled) if step.event.objection not in replied]


def open_complaints(lot: LotState, *, accepted: bool) -> list[ComplaintFiled]:
    """Complaints without an end; accepted: those that are being handled, else those that wait for that."""
    taken = {step.event.complaint for step in lot.all(ComplaintAccepted)}
    over = {step.event.complaint for step in lot.all(ComplaintRefused)}
    over |= {step.event.complaint for step in lot.all(ComplaintDecided)}
    filed = (step.event for step in lot.all(ComplaintFiled) if step.event.complaint not in over)
    return [one for one in filed if (one.complaint in taken) == accepted]


def contracts(lot: LotState) -> dict[str, int]:
    """Each contract's number and its amount now, in fen."""
    found = {step.event.contract: step.event.amount_fen for step in lot.all(ContractSigned)}
    for step in lot.all(ContractAmended):
        if step.event.contract in found:
            found[step.event.contract] = step.event.new_fen
    return found


# What each kind asks


def _question(lot: LotState, now: int, party: str) -> Known:
    return {}, {}, {"question": ""}, {}  # its number is given when it is recorded


def _document(lot: LotState, now: int, party: str) -> Known:
    first, last, price = (lot.term(one) for one in ("documents_from", "documents_until", "documents_price_fen"))
    values = {"document": "tender", "issued_from": first or now, "issued_until": last or lot.deadline}
    return values | {"price_fen": price or 0}, {}, {}, {}


def _clarification(lot: LotState, now: int, party: str) -> Known:
    answered = {one for step in lot.all(ClarificationIssued) for one in step.event.questions}
    waiting = [step.event for step in lot.all(QuestionAsked) if step.event.question not in answered]
    if not waiting:
        return {"document": "clarification"}, {}, {"questions": []}, {}
    choices = {"questions": [(one.question, f"{one.question} {' '.join(one.text)[:60]}") for one in waiting]}
    return {"document": "clarification"}, {**choices}, {}, {}


def _deadline(lot: LotState, now: int, party: str) -> Known:
    return {"new": lot.open_until}, {}, {"old": lot.open_until or now}, {}


def _rejected(lot: LotState, now: int, party: str) -> Known:
    return {}, {"receipt": [(one.receipt, f"{one.bidder} {one.receipt[:8]}…") for one in opened_bids(lot)]}, {}, {}


def _relation(lot: LotState, now: int, party: str) -> Known:
    names = {step.event.receipt: step.event.bidder for step in lot.all(BidOpened)}
    waiting = [
        (one.relation, f"{one.relation} {' · '.join(names.get(receipt, receipt) for receipt in one.receipts)}")
        for one in unjudged(lot)
    ]
    return {}, {"relation": waiting}, {}, {}


def _evaluation(lot: LotState, now: int, party: str) -> Known:
    ordered = sorted(opened_bids(lot), key=lambda one: (one.price_fen is None, one.price_fen or 0, one.receipt))
    scores = [{"receipt": one.receipt, "rank": rank, "score_milli": None} for rank, one in enumerate(ordered, 1)]
    names = [(one.receipt, f"{one.bidder} {one.receipt[:8]}…") for one in ordered]
    return {"scores": scores}, {"scores.receipt": names}, {}, {"scores": len(scores) if len(scores) <= 5 else 0}


def _quotes(lot: LotState, now: int, party: str) -> Known:
    fixed: Facts = {"quote": quote_number(lot) + 1, "receipts": [], "seats": [], "threshold": 0, "round_number": None}
    return {}, {}, fixed, {}


def _committee(lot: LotState, now: int, party: str) -> Known:
    return {}, {}, {"experts": []}, {}  # the draw's standing says who they are


def _formed(lot: LotState, now: int, party: str) -> Known:
    drawn, former = lot.last(CommitteeDrawn), lot.last(CommitteeFormed)
    values: Facts = {"selection": "superior" if drawn is None else "drawn"}
    ways = ("superior", "appointed") if drawn is None else ("drawn", "superior", "appointed")
    if drawn is not None:
        values["experts"] = drawn.event.experts
    elif former is not None:
        values["experts"] = former.event.experts
    if former is not None:
        values["representatives"] = former.event.representatives
    return values, {"selection": [(one, "") for one in ways]}, {}, {"avoided": 0}


def _named(lot: LotState, now: int, party: str) -> Known:
    """Names become public with a notice of the result."""
    results = [step.event for step in lot.notices.values() if step.event.notice_kind == "result"]
    values = {"notice": results[-1].notice if results else None}
    return values, {"notice": [(one.notice, f"{one.title} {one.notice}") for one in results]}, {}, {}


def _candidates(lot: LotState, now: int, party: str) -> Known:
    found = [
        {"rank": rank, "bidder": one.bidder, "bidder_code": one.bidder_code, "price_fen": one.price_fen}
        | _read_out(one)
        for rank, one in evaluated(lot)[:3]
    ]
    values = {"candidates": found, "publicised_from": now, "channel": lot.term("objection_channel")}
    return values, {}, {"members": []}, {"candidates": 3}


def _read_out(bid: BidOpened) -> Facts:
    """The time and the quality that were read out, as a candidate's line has them."""
    said = {one.name: one.value for one in bid.quotes}
    days = said.get("duration_days")
    return {"duration": f"{days} 天" if days else None, "quality": said.get("quality")}


def _award(lot: LotState, now: int, party: str) -> Known:
    """The best of those who lost no award; in open bidding see `with_next_offer`."""
    found: list[Facts] = []
    gone, publicised = revoked(lot), lot.last(CandidatesPublicised)
    if publicised is not None:
        found = [
            {"bidder": one.bidder, "bidder_code": one.bidder_code, "price_fen": one.price_fen, "rank": one.rank}
            for one in publicised.event.candidates
        ]
    elif lot.last(BiddingClosed) is None:
        found = [
            {"bidder": one.bidder, "bidder_code": one.bidder_code, "price_fen": one.price_fen, "rank": rank}
            for rank, one in evaluated(lot)
        ]
    proposed = [one for one in found if one["bidder_code"] not in gone][:1]
    return {"winners": proposed}, {}, {"members": []}, {"winners": 2}  # members of a consortium are those read out


def with_next_offer(asked: Asked, lot: LotState, paddles: Mapping[str, tuple[str, str]]) -> Asked:
    """Who offered most, or after a revocation who did after that one. paddles: whose they are, once that is known."""
    found = [
        {"bidder": name, "bidder_code": code, "price_fen": price, "rank": rank}
        for name, code, price, rank in offers_left(lot, paddles)[:1]
    ]
    return replace(asked, values={**asked.values, "winners": found})


def _notified(lot: LotState, now: int, party: str) -> Known:
    return {"sent_at": now}, {}, {}, {}


def _failed(lot: LotState, now: int, party: str) -> Known:
    closed = lot.last(BidClosed)
    return {"bids": len(lot.all(OfferMade)) if closed is None else closed.event.bids}, {}, {}, {}


def _contract(lot: LotState, now: int, party: str) -> Known:
    step = lot.last(AwardDecided)
    values: Facts = {"signed_at": now}
    if step is not None and step.event.winners:
        winner = step.event.winners[0]
        values |= {"supplier": winner.bidder, "supplier_code": winner.bidder_code, "amount_fen": winner.price_fen}
    return values, {}, {"members": []}, {}


def _of_contract(lot: LotState, now: int, party: str) -> Known:
    known = contracts(lot)
    values: Facts = {"returned_at": now, "received_at": now}
    if len(known) == 1:
        ((number, amount),) = known.items()
        values |= {"contract": number, "old_fen": amount, "new_fen": amount, "final_fen": amount}
    return values, {"contract": [(one, one) for one in known]}, {}, {}


def _returned(lot: LotState, now: int, party: str) -> Known:
    return {"returned_at": now}, {}, {}, {}


def _objection(lot: LotState, now: int, party: str) -> Known:
    return {}, {}, {"objection": "", **_party(lot, party)}, {}


def _opening_objection(lot: LotState, now: int, party: str) -> Known:
    return {}, {}, {"objection": ""} | ({"bidder": party} if party else {}), {}


def _opening_reply(lot: LotState, now: int, party: str) -> Known:
    replied = {step.event.objection for step in lot.all(OpeningReplied)}
    waiting = [step.event for step in lot.all(OpeningObjected) if step.event.objection not in replied]
    return {}, {"objection": _made_at_opening(waiting)}, {}, {}


def _made_at_opening(found: Sequence[OpeningObjected]) -> list[tuple[str, str]]:
    return [(one.objection, f"{one.objection} {' '.join(one.text)[:60]}") for one in found]


def _objection_reply(lot: LotState, now: int, party: str) -> Known:
    return {}, {"objection": _objections(open_objections(lot))}, {}, {}


def _challenge_reply(lot: LotState, now: int, party: str) -> Known:
    return {}, {"objection": _objections(open_challenges(lot))}, {}, {}


def _objections(found: Sequence[ObjectionFiled]) -> list[tuple[str, str]]:
    return [(one.objection, f"{one.objection} {one.abstract}") for one in found]


def _complaint(lot: LotState, now: int, party: str) -> Known:
    own = (HIDDEN_PARTY, party) if party else None
    filed = [step.event for step in lot.steps if isinstance(step.event, ObjectionFiled)]
    choices = _objections([one for one in filed if own is None or one.party in own])
    made = [step.event for step in lot.all(OpeningObjected) if own is None or step.event.bidder in own]
    values: Facts = {"authority": lot.term("supervisor")}
    return values, {"objection": choices + _made_at_opening(made)}, {"complaint": "", **_party(lot, party)}, {}


def _party(lot: LotState, party: str) -> Facts:
    """Who files it: no bidder may be known before the deadline; after it, whoever acts for one files for that one."""
    if lot.stage in ("registered", "announced", "receiving"):
        return {"party": HIDDEN_PARTY}
    return {"party": party} if party else {}


def _complaint_waiting(lot: LotState, now: int, party: str) -> Known:
    return {}, {"complaint": _complaints(open_complaints(lot, accepted=False))}, {}, {}


def _complaint_accepted(lot: LotState, now: int, party: str) -> Known:
    return {}, {"complaint": _complaints(open_complaints(lot, accepted=True))}, {}, {}


def _complaints(found: Sequence[ComplaintFiled]) -> list[tuple[str, str]]:
    return [(one.complaint, f"{one.complaint} {one.abstract}") for one in found]


def _suspended(lot: LotState, now: int, party: str) -> Known:
    handled = open_complaints(lot, accepted=True)
    values = {"cause": "complaint" if handled else "supervisor", "reference": handled[0].complaint if handled else ""}
    return values, {"cause": [("complaint", ""), ("supervisor", "")]}, {}, {}


def _resumed(lot: LotState, now: int, party: str) -> Known:
    first = lot.suspended[0] if lot.suspended else None
    choices: Choices = {
        "cause": [(one, "") for one in dict.fromkeys(one.cause for one in lot.suspended)],
        "reference": [(one.reference, one.reference) for one in lot.suspended],
    }
    return {"cause": first and first.cause, "reference": first and first.reference}, choices, {}, {}


_KNOWN: Mapping[str, Callable[[LotState, int, str], Known]] = {
    "trading.opening_objected": _opening_objection,
    "trading.opening_replied": _opening_reply,
    "trading.question_asked": _question,
    "trading.document_issued": _document,
    "trading.clarification_issued": _clarification,
    "trading.deadline_moved": _deadline,
    "trading.bid_rejected": _rejected,
    "trading.relation_judged": _relation,
    "trading.committee_drawn": _committee,
    "trading.committee_formed": _formed,
    "trading.committee_named": _named,
    "trading.quotes_asked": _quotes,
    "trading.evaluation_completed": _evaluation,
    "trading.candidates_publicised": _candidates,
    "trading.award_decided": _award,
    "trading.award_notified": _notified,
    "trading.lot_failed": _failed,
    "trading.contract_signed": _contract,
    "trading.contract_amended": _of_contract,
    "trading.contract_ended": _of_contract,
    "trading.contract_filed": _of_contract,
    "trading.performance_reported": _of_contract,
    "trading.bond_returned": _returned,
    "trading.security_recorded": _of_contract,
    "trading.security_returned": _of_contract,
    "trading.objection_filed": _objection,
    "trading.challenge_filed": _objection,
    "trading.objection_replied": _objection_reply,
    "trading.challenge_replied": _challenge_reply,
    "trading.complaint_filed": _complaint,
    "trading.complaint_accepted": _complaint_waiting,
    "trading.complaint_refused": _complaint_waiting,
    "trading.complaint_decided": _complaint_accepted,
    "trading.process_suspended": _suspended,
    "trading.process_resumed": _resumed,
}
