"""Notices in the course of a procedure."""

from trading import errors
from trading.rules.case import Case, checks
from trading.rules.disputes import unsettled


@checks
def known_notice(case: Case) -> None:
    """What refers to a notice of this round."""
    if case.event.notice not in case.lot.notices:
        raise errors.UnknownReference(lot=case.lot.lot, reference=case.event.notice)


@checks
def former_settled(case: Case) -> None:
    """A failed round's objections and complaints are answered before the lot is announced again."""
    if case.lot.stage == "failed" and (left := unsettled(case)):
        raise errors.Unsettled(lot=case.lot.lot, reference=min(left))
