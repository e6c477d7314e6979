"""Who is judged in a prequalification: everybody who applied, and nobody else."""

from audit.act import Act
from trading import errors
from trading.bids.queries import applicants
from trading.events import PrequalificationDecided


def check_judged(act: Act, event: PrequalificationDecided) -> None:
    """Raises BadJudgements."""
    applied = applicants(act.session, event.project, event.lot, event.round)
    known = {one.receipt: (one.bidder, one.bidder_code) for one in applied}
    judged = {one.receipt: (one.applicant, one.applicant_code) for one in event.judgements}
    unexplained = any(not one.passed and not (one.reason or "").strip() for one in event.judgements)
    if judged != known or len(judged) < len(event.judgements) or unexplained:
        raise errors.BadJudgements(lot=event.lot, applied=len(known))
