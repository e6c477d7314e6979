"""What was judged of applicants to be prequalified: a secret until bids are closed; only who passed can bid."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy.orm import Session

from audit.act import Act
from audit.tables import PrivateValueRow
from registry.names import check_text
from trading import errors
from trading.bids.queries import applicants
from trading.events import ApplicantsJudged, Judgement
from trading.lots import LotState

VALUE: Final = "judgements"
NOTICE: Final = "trading.notice_published:prequalification"


def check_complete(act: Act, project: str, number: str, round_number: int, judgements: Sequence[Judgement]) -> None:
    """Everybody who applied is judged and nobody else, with a reason for who did not pass. Raises BadJudgements."""
    applied = applicants(act.session, project, number, round_number)
    known = {one.receipt: (one.bidder, one.bidder_code) for one in applied}
    judged = {one.receipt: (one.applicant, one.applicant_code) for one in judgements}
    unexplained = any(not one.passed and not (one.reason or "").strip() for one in judgements)
    if judged != known or len(judged) < len(judgements) or unexplained:
        raise errors.BadJudgements(lot=number, applied=len(known))
    for one in judgements:
        if one.reason is not None:
            check_text(one.reason, "原因")


def judgements_of(session: Session, state: LotState) -> list[Judgement] | None:
    """What was judged of a round's applicants; None: nothing yet. Before bids are closed for whom it concerns only."""
    step = state.last(ApplicantsJudged)
    value = None if step is None else session.get(PrivateValueRow, (step.entry_id, VALUE))
    if value is None:
        return None
    listed: list[dict[str, Any]] = orjson.loads(value.value)["judgements"]
    return [Judgement(**one) for one in listed]


def check_qualified(session: Session, state: LotState, bidder: str, code: str) -> None:
    """Where applicants were prequalified, whoever has this code passed. Raises NotQualified."""
    judged = judgements_of(session, state) if state.has(NOTICE) else None
    if judged is not None and not any(one.passed and one.applicant_code == code for one in judged):
        raise errors.NotQualified(lot=state.lot, bidder=bidder)
