"""Objections, challenges, complaints: what they need, what they stop and what lets it go on."""

from collections.abc import Sequence
from typing import TypeVar

from audit.events import Event
from registry.working_days import DAY
from trading import errors
from trading.events import (
    AwardDecided,
    AwardRevoked,
    ChallengeFiled,
    ChallengeReplied,
    ComplaintAccepted,
    ComplaintDecided,
    ComplaintFiled,
    ComplaintRefused,
    DeadlineMoved,
    EvaluationCompleted,
    LotEvent,
    ObjectionFiled,
    ObjectionReplied,
    OpeningObjected,
    OpeningReplied,
    ProcessResumed,
    ProcessSuspended,
)
from trading.lots import LotState
from trading.rules.case import Case, checks, follows

E = TypeVar("E", bound=LotEvent)

HIDDEN_PARTY = "潜在投标人"
"""Who asks or objects before the deadline, for all to read."""
_TAKING_BIDS = ("announced", "receiving")


@checks
def hidden_party(case: Case) -> None:
    if case.lot.stage in _TAKING_BIDS and case.event.party != HIDDEN_PARTY:
        raise errors.PartyMustBeHidden(party=HIDDEN_PARTY)


@checks
def party_is_bidder(case: Case) -> None:
    party = case.event.bidder if isinstance(case.event, OpeningObjected) else case.event.party
    if case.party is not None and party != case.party:
        raise errors.NotThatParty(wanted=case.party)


@checks
def new_dispute(case: Case) -> None:
    """The number of an objection, challenge or complaint is used once in a project."""
    number = _number(case.event)
    if number in {_number(step.event) for step in case.history if _is_filing(step.event)}:
        raise errors.ReferenceUsed(reference=number)


@checks
def known_dispute(case: Case) -> None:
    """An objection or challenge of this round that was not answered yet."""
    if case.event.objection not in open_disputes(case):
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.objection)


@checks
def known_opening_objection(case: Case) -> None:
    made = {step.event.objection for step in case.lot.all(OpeningObjected)}
    answered = {step.event.objection for step in case.lot.all(OpeningReplied)}
    if case.event.objection not in made - answered:
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.objection)


@checks
def objection_first(case: Case) -> None:
    """Before a complaint on these matters comes one's own objection, answered or overdue (实施条例 60)."""
    _dispute_first(case, ("documents", "opening", "result"))


@checks
def challenge_first(case: Case) -> None:
    """Before any complaint comes a challenge (政府采购法 55)."""
    _dispute_first(case, ("prequalification", "documents", "opening", "result"))


def _dispute_first(case: Case, stages: Sequence[str]) -> None:
    if case.event.stage not in stages:
        return
    wanted = case.event.objection
    for step in case.lot.steps:
        event = step.event
        if isinstance(event, OpeningObjected) and event.objection == wanted and case.event.stage == "opening":
            if event.bidder != case.event.party:
                break  # who complains has objected itself
            return
        if isinstance(event, ObjectionFiled) and event.objection == wanted and event.stage == case.event.stage:
            if wanted in open_disputes(case) and (event.due_at is None or case.now <= event.due_at):
                break
            if event.party not in (HIDDEN_PARTY, case.event.party):
                break
            return
    raise errors.ObjectionFirst


@checks
def undecided_complaint(case: Case) -> None:
    """A complaint that was neither accepted nor refused."""
    if case.event.complaint not in _complaints(case) - _numbers(case, ComplaintAccepted) - _ended(case):
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.complaint)


@checks
def accepted_complaint(case: Case) -> None:
    if case.event.complaint not in _numbers(case, ComplaintAccepted) - _ended(case):
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.complaint)


@checks
def order_obeyed(case: Case) -> None:
    """What the supervisor ordered is done before anything else is (实施条例 61、71, 政府采购法 56)."""
    for step in case.lot.all(ComplaintDecided):
        later = [one.event for one in case.lot.steps if one.entry_id > step.entry_id]
        before = [one.event for one in case.lot.steps if one.entry_id < step.entry_id]
        awards = [one for one in before if isinstance(one, AwardDecided | AwardRevoked)]
        stood = bool(awards) and isinstance(awards[-1], AwardDecided)
        done = {
            "evaluate_again": any(isinstance(one, EvaluationCompleted) for one in later),
            "revoke_award": not stood or any(isinstance(one, AwardRevoked) for one in later),
            "start_again": False,
        }
        if not done.get(step.event.order, True):
            raise errors.OrderStands(lot=case.lot.lot, reference=step.event.reference)


# What stops, and what goes on


@checks
def new_suspension(case: Case) -> None:
    """A supervisor suspends by an order of its own, or for a complaint that it accepted."""
    event = case.event
    if event.cause == "complaint" and event.reference not in _numbers(case, ComplaintAccepted) - _ended(case):
        raise errors.UnknownReference(lot=case.lot.lot, reference=event.reference)
    if event.cause in ("objection", "challenge"):  # these the program suspends for, and nobody else
        raise errors.UnknownReference(lot=case.lot.lot, reference=event.reference)
    if _cause(case.event) in _suspensions(case):
        raise errors.ReferenceUsed(reference=case.event.reference)


@checks
def known_suspension(case: Case) -> None:
    """What the reply resumes, nobody else does."""
    if _cause(case.event) not in _suspensions(case) or case.event.cause in ("objection", "challenge"):
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.reference)


@checks
def overdue_objection(case: Case) -> None:
    """Where no law says so, silence does not hold a sale for ever: once the reply is overdue the supervisor decides."""
    filed = next((one for one in case.lot.all(ObjectionFiled) if one.event.objection == case.event.reference), None)
    if filed is None or _cause(case.event) not in _suspensions(case):
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.reference)
    due_at = filed.event.due_at
    if due_at is None or case.now <= due_at:
        raise errors.ReplyStillDue(lot=case.lot.lot, reference=case.event.reference)


@follows
def suspends(case: Case) -> Sequence[Event]:
    """Nothing moves until the reply (实施条例 22、54; 政府采购法实施条例 54)."""
    event = case.event
    cause = "challenge" if isinstance(event, ChallengeFiled) else "objection"
    return [_of(event, ProcessSuspended, cause=cause, reference=event.objection, until=None)]


@follows
def resumes(case: Case) -> Sequence[Event]:
    """The reply lets it go on."""
    event = case.event
    cause = "challenge" if isinstance(event, ChallengeReplied) else "objection"
    return _resumed(case, cause, event.objection)


@follows
def ends_complaint(case: Case) -> Sequence[Event]:
    """What was suspended for a complaint goes on once it is refused or decided."""
    return _resumed(case, "complaint", case.event.complaint)


@follows
def regains_time(case: Case) -> Sequence[Event]:
    """A deadline that passed while all stood still is moved by the days lost, so that bids can be handed in.

    One that had passed before stays: a suspension opens no sale or prequalification to who came too late.
    """
    lot, event = case.lot, case.event
    left = [one for one in lot.suspended if (one.cause, one.reference) != _cause(event)]
    deadline = lot.open_until
    if left or lot.stage not in _TAKING_BIDS or deadline is None or deadline > case.now:
        return []
    since = _stands_still_since(lot)
    if deadline <= since:
        return []
    days = -(-(case.now - since) // DAY)
    new = deadline + max(1, days) * DAY
    return [_of(event, DeadlineMoved, old=deadline, new=new, cause="截止时间在暂停期间已过，按暂停天数顺延")]


def _stands_still_since(lot: LotState) -> int:
    """When the first of the suspensions began that follow each other without a break until now."""
    reasons: set[tuple[str, str]] = set()
    since = min(one.since for one in lot.suspended)
    for step in lot.steps:
        if isinstance(step.event, ProcessSuspended):
            since = since if reasons else step.at // 1000
            reasons.add(_cause(step.event))
        elif isinstance(step.event, ProcessResumed):
            reasons.discard(_cause(step.event))
    return since


def _resumed(case: Case, cause: str, reference: str) -> list[Event]:
    if (cause, reference) not in _suspensions(case):
        return []
    resumed = _of(case.event, ProcessResumed, cause=cause, reference=reference)
    later = Case(case.lot, resumed, case.now, case.history, None)
    return [resumed, *regains_time(later)]


def _suspensions(case: Case) -> set[tuple[str, str]]:
    return {(one.cause, one.reference) for one in case.lot.suspended}


def _cause(event: ProcessSuspended | ProcessResumed) -> tuple[str, str]:
    return event.cause, event.reference


def _of(event: LotEvent, kind: type[LotEvent], **members: object) -> LotEvent:
    """An event about the same lot and round."""
    return kind.of({"project": event.project, "lot": event.lot, "round": event.round, "occurred_at": None, **members})


# What is open


def open_disputes(case: Case) -> dict[str, ObjectionFiled]:
    """Objections and challenges of this round without a reply, by number."""
    answered = {one.objection for one in _events(case, ObjectionReplied)}
    return {one.objection: one for one in _events(case, ObjectionFiled) if one.objection not in answered}


def unsettled(case: Case) -> set[str]:
    """Numbers of what was filed in this round and neither answered nor decided."""
    return set(open_disputes(case)) | (_complaints(case) - _ended(case))


def _events(case: Case, kind: type[E]) -> list[E]:
    """With those of its subclasses: a challenge is an objection too."""
    return [step.event for step in case.lot.steps if isinstance(step.event, kind)]


def _complaints(case: Case) -> set[str]:
    return _numbers(case, ComplaintFiled)


def _ended(case: Case) -> set[str]:
    return _numbers(case, ComplaintRefused) | _numbers(case, ComplaintDecided)


def _numbers(
    case: Case, kind: type[ComplaintFiled | ComplaintAccepted | ComplaintRefused | ComplaintDecided]
) -> set[str]:
    return {step.event.complaint for step in case.lot.steps if isinstance(step.event, kind)}


def _is_filing(event: Event) -> bool:
    return isinstance(event, ObjectionFiled | ComplaintFiled | OpeningObjected)


def _number(event: ObjectionFiled | ComplaintFiled | OpeningObjected) -> str:
    return event.complaint if isinstance(event, ComplaintFiled) else event.objection
