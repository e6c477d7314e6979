"""Rules of the time in which bids are taken: documents, questions, deadlines."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from audit.events import Event
from registry.working_days import DAY, day_of, is_working_day
from trading import errors
from trading.events import ClarificationIssued, DeadlineMoved, QuestionAsked
from trading.law import clocks as law
from trading.lots import DEADLINES
from trading.rules.case import Case, checks, follows

SUBSTANCE = ("scope", "qualification", "consortium", "ceiling_fen", "budget_fen", "contract_period")
"""Terms of an announcement on which bids are made up."""


@checks
def before_deadline(case: Case) -> None:
    """What may be done only before bids end; a bid that comes in that very second is the matter of `trading.bids`."""
    if case.lot.open_until is not None and case.now >= case.lot.open_until:
        raise errors.DeadlinePassed(lot=case.lot.lot)


@checks
def deadline_passed(case: Case) -> None:
    if case.lot.deadline is None or case.now < case.lot.deadline:
        raise errors.DeadlineAhead(lot=case.lot.lot)


@checks
def later_deadline(case: Case) -> None:
    event = case.event
    if case.lot.open_until != event.old or event.new <= max(event.old, case.now):
        raise errors.NotALaterDeadline(lot=case.lot.lot)


@checks
def corrected_deadline(case: Case) -> None:
    """A correction may give a later deadline, but not an earlier one, nor any once it has passed."""
    before_deadline(case)
    standing, deadline = case.lot.notices.get(case.event.notice), case.lot.open_until
    if standing is None or deadline is None:
        return
    former = {term.name: term.value for term in standing.event.terms}
    _check_effect_said(case, former)
    for term in case.event.terms:
        earlier = isinstance(term.value, int) and term.value < deadline
        if term.name in DEADLINES and term.value != former.get(term.name) and earlier:
            raise errors.NotALaterDeadline(lot=case.lot.lot)


def _check_effect_said(case: Case, former: Mapping[str, object]) -> None:
    """Who changes what is bought or who may bid says whether that affects bids (实施条例 21)."""
    terms = {term.name: term.value for term in case.event.terms}
    changed = [name for name in SUBSTANCE if terms.get(name) != former.get(name)]
    if case.lot.trade in ("A", "D") and changed and "affects_bids" not in terms:
        raise errors.EffectUnsaid(field=changed[0])


@checks
def documents_period(case: Case) -> None:
    if case.event.issued_until <= case.event.issued_from:
        raise errors.BadPeriod(field="发放期间")


@checks
def new_question(case: Case) -> None:
    if any(step.event.question == case.event.question for step in case.lot.all(QuestionAsked)):
        raise errors.ReferenceUsed(reference=case.event.question)


@checks
def known_questions(case: Case) -> None:
    asked = {step.event.question for step in case.lot.all(QuestionAsked)}
    for question in case.event.questions:
        if question not in asked:
            raise errors.UnknownReference(lot=case.lot.lot, reference=question)


@follows
def keeps_time_for_bids(case: Case) -> Sequence[Event]:
    """A change that may affect bids leaves the least time before the deadline, or moves it (招标投标法实施条例 21)."""
    event, old = case.event, case.lot.deadline
    if not isinstance(event, ClarificationIssued) or not event.affects_bids or old is None:
        return []
    if event.document == "prequalification":
        return []
    new = max((_first_deadline(one, old, case.now) for one in _least_times(case)), default=old)
    if new == old:
        return []
    moved = DeadlineMoved(
        project=event.project, lot=event.lot, round=event.round, old=old, new=new, cause="澄清、修改后不足法定期限"
    )
    return [moved]


def _least_times(case: Case) -> list[law.Clock]:
    """The rules for a clarification of such a lot."""
    lot, found = case.lot, []
    for versions in law.table().versions.values():
        one = next((one for one in versions if one.since <= day_of(case.now) <= (one.to or day_of(case.now))), None)
        if (
            one is not None
            and (one.counted_from, one.until) == ("clarification_issued", "bid_deadline")
            and one.is_for(lot.trade, lot.category, lot.method, None)
        ):
            found.append(one)
    return found


def _first_deadline(one: law.Clock, old: int, now: int) -> int:
    """The first deadline, at the same time of the day, that leaves the time of a rule; it falls on a working day."""
    if old >= law.due(one, now):
        return old
    new = old
    while new < law.due(one, now) or not is_working_day(day_of(new)):
        new += int(timedelta(days=1).total_seconds())
    assert (new - old) % DAY == 0
    return new
