"""Who is told to have passed a prequalification: everybody who applied, and as it was judged before bids."""

from audit.act import Act
from trading import errors
from trading.bids.qualified import check_complete, judgements_of
from trading.events import PrequalificationDecided
from trading.lots import LotState


def check_judged(act: Act, state: LotState, event: PrequalificationDecided) -> None:
    """Raises BadJudgements."""
    check_complete(act, event.project, event.lot, event.round, event.judgements)
    judged = judgements_of(act.session, state)
    if judged is not None and sorted(event.judgements, key=lambda one: one.receipt) != judged:
        raise errors.BadJudgements(lot=event.lot, applied=len(judged))
