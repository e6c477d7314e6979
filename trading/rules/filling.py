"""What the program writes into an event itself: numbers of objections and complaints, when a reply is due, who is to
quote again."""

from collections.abc import Sequence
from typing import Any

from audit.step import Step
from lottery.protocol.beacon import first_round_at
from registry.working_days import day_of
from trading import quotes
from trading.consortia import consortia_of, consortium_of
from trading.events import (
    AwardDecided,
    CandidatesPublicised,
    ComplaintAccepted,
    ComplaintFiled,
    ContractSigned,
    LotEvent,
    ObjectionFiled,
    OpeningObjected,
    OpeningPlanned,
    ProcessSuspended,
    QuestionAsked,
    QuotesAsked,
)
from trading.law import clocks as law
from trading.lots import LotState


def filled(event: LotEvent, lot: LotState, history: Sequence[Step[Any]], now: int) -> LotEvent:
    """The event with its number, where it was left empty, and with the dates that the law gives, or none."""
    members: dict[str, object] = {}
    if isinstance(event, ObjectionFiled | OpeningObjected) and not event.objection:
        members["objection"] = _number("yy", history, ObjectionFiled, OpeningObjected)
    elif isinstance(event, ComplaintFiled) and not event.complaint:
        members["complaint"] = _number("ts", history, ComplaintFiled)
    elif isinstance(event, QuestionAsked) and not event.question:
        members["question"] = _number("tw", history, QuestionAsked)
    if isinstance(event, ObjectionFiled | ComplaintFiled | ComplaintAccepted):
        members["due_at"] = _due(event, lot, now)
    if isinstance(event, AwardDecided):
        members["members"] = consortia_of(lot, [one.bidder_code for one in event.winners])
    elif isinstance(event, CandidatesPublicised):
        members["members"] = consortia_of(lot, [one.bidder_code for one in event.candidates])
    elif isinstance(event, ContractSigned):
        members["members"] = consortium_of(lot, event.supplier_code)
    if isinstance(event, QuotesAsked):
        members |= _quotes_asked(event, lot)
    if isinstance(event, ProcessSuspended) and event.cause == "complaint" and event.until is None:
        members["until"] = due_after("complaint_suspended", lot, now)
    return event.model_copy(update=members) if members else event


def _quotes_asked(event: QuotesAsked, lot: LotState) -> dict[str, object]:
    """Who is asked, which time it is, and for which seats and timelock quotes are sealed: as the bids were."""
    former, plan = quotes.asked(lot), lot.last(OpeningPlanned)
    members: dict[str, object] = {"receipts": sorted(quotes.still_in(lot))}
    if not event.quote:
        members["quote"] = 1 if former is None else former.event.quote + 1
    if plan is not None:
        timelocked = plan.event.round_number is not None
        round_number = first_round_at(event.quotes_until) if timelocked else None
        members |= {"seats": plan.event.seats, "threshold": plan.event.threshold, "round_number": round_number}
    return members


def due_after(moment: str, lot: LotState, start: int) -> int | None:
    """The end of the term in which something must be done after a moment, by the law for such a lot; None: no law."""
    found = []
    for versions in law.table().versions.values():
        for one in versions:
            if (
                one.counted_from == moment
                and (one.kind, one.effect) == ("max", "breach")
                and one.since <= day_of(start)
                and (one.to is None or day_of(start) <= one.to)
                and one.is_for(lot.trade, lot.category, lot.method, None)
            ):
                found.append(law.due(one, start))
    return min(found, default=None)


def _due(event: ObjectionFiled | ComplaintFiled | ComplaintAccepted, lot: LotState, now: int) -> int | None:
    if isinstance(event, ComplaintFiled):
        return due_after("complaint_filed", lot, now)
    if isinstance(event, ComplaintAccepted):
        due = due_after("complaint_accepted", lot, now)
        filed = (one for one in lot.all(ComplaintFiled) if one.event.complaint == event.complaint)
        step = next(filed, None)
        return due_after("complaint_filed", lot, step.at // 1000) if due is None and step is not None else due
    found = due_after("challenge_filed", lot, now)
    return due_after(f"objection_{event.stage}", lot, now) if found is None else found


def _number(stem: str, history: Sequence[Step[Any]], *kinds: type[LotEvent]) -> str:
    """The next number of a project."""
    return f"{stem}-{sum(isinstance(step.event, kinds) for step in history) + 1}"
