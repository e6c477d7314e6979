"""When applications to be prequalified are judged, and what their result allows."""

from trading import errors
from trading.events import ApplicantsJudged
from trading.rules.case import Case, checks

LEAST_QUALIFIED = 3
"""招标投标法实施条例 19."""


@checks
def applications_over(case: Case) -> None:
    """Applications are judged once no more are taken, and before bids are invited."""
    until = case.lot.applications_until
    if until is None or case.now <= until or case.lot.deadline is not None:
        raise errors.ApplicationsOpen(lot=case.lot.lot)


@checks
def enough_qualified(case: Case) -> None:
    """Bids are invited once applications were judged and three passed (实施条例 19)."""
    judged = case.lot.last(ApplicantsJudged)
    if judged is None:
        raise errors.NotJudgedYet(lot=case.lot.lot)
    if not judged.event.enough:
        raise errors.TooFewQualified(lot=case.lot.lot)
