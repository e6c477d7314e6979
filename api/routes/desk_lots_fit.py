"""What the table of procedures lets an account record of a lot and would still lead nowhere: it is not offered.

The table says who may record what in which stage. A form besides needs something to be about: bids to reject, a
contract that is not signed yet, a committee that was drawn, a seat whose shares are wanted.
"""

from sqlalchemy.orm import Session

import lottery.queries
from api.forms_asked import asked_for
from api.forms_events import members_of
from api.routes.desk_bonds import AMOUNTS
from api.routes.desk_request import Desk
from api.routes.desk_shares import own_organisations, seats_wanted
from audit.events import KINDS
from lottery import rules
from lottery.committee import committee_code
from lottery.model import Draw
from trading import commands
from trading.bids.queries import applicants
from trading.events import (
    AwardDecided,
    AwardRevoked,
    CommitteeDrawn,
    CommitteeFormed,
    ComplaintDecided,
    ContractSigned,
    EvaluationCompleted,
    LotEvent,
    PrequalificationDecided,
    SecurityRecorded,
)
from trading.law.procedures import Row
from trading.lots import LotState
from trading.model import Project

OPENING = frozenset({"trading.share_given", "trading.bid_opened", "trading.quote_share_given", "trading.quote_opened"})
"""What a seat's page is for, once something is closed and until all of it is opened."""


def leads_on(desk: Desk, session: Session, project: Project, state: LotState, row: Row) -> bool:
    """Whether the page of this kind, which is none of the usual forms, has something for the account."""
    if row.event == "trading.bid_sealed":
        return state.has("trading.opening_planned")
    if row.event == "trading.prequalification_applied":
        return state.trade in ("B", "C") or _is_prequalified(state)
    if row.event == "trading.bond_recorded":
        return any(state.term(name) for name in AMOUNTS)
    if row.event in OPENING:
        return bool(seats_wanted(state, own_organisations(desk)))
    return True


def is_fillable(desk: Desk, session: Session, project: Project, state: LotState, row: Row) -> bool:
    """Whether its form could be filled in: there is something to answer, and it was not done or is ordered again."""
    model = KINDS[row.event]
    if row.event not in commands.PLAIN or not issubclass(model, LotEvent):
        return False
    if "once" in row.rules and state.has(row.event):
        return False
    if "evaluation_ordered" in row.rules and not _is_evaluated_again(state):
        return False
    if model is CommitteeDrawn:
        return committee_to_record(session, project, state) is not None
    if model is PrequalificationDecided:
        return bool(applicants(session, project.code, state.lot, state.round))
    if model is ContractSigned and not _lacks_contract(state):
        return False
    if row.event == "trading.security_returned" and not state.has(SecurityRecorded.kind):
        return False
    asked = asked_for(model, project.code, state, [row], desk.now // 1000, desk.lang)
    needed = {one.name for one in members_of(model) if not one.may_be_none}
    return all(found for name, found in asked.choices.items() if name in needed)


def may_decide_committee(session: Session, project: Project, state: LotState) -> bool:
    """Whether the tenderer may decide to have the committee drawn: there is none, and no draw of one goes on."""
    if state.has(CommitteeFormed.kind) or state.has(CommitteeDrawn.kind):
        return False
    former = _committee_draw(session, project, state)
    return former is None or (former.attempt is not None and rules.was_given_up_before_seal(former))


def committee_to_record(session: Session, project: Project, state: LotState) -> str | None:
    """The draw of the lot's committee, if it has a result that is not recorded with the lot."""
    draw = _committee_draw(session, project, state)
    if draw is None or draw.attempt is None or draw.attempt.drawn is None:
        return None
    recorded = {step.event.draw_id for step in state.all(CommitteeDrawn)}
    return None if draw.draw_id in recorded else draw.draw_id


def _committee_draw(session: Session, project: Project, state: LotState) -> Draw | None:
    return lottery.queries.newest_draw_of_project(session, committee_code(project.code, state.lot, state.round))


def _is_prequalified(state: LotState) -> bool:
    """Whether the lot's notices of this round asked for applications."""
    return any(step.event.notice_kind == "prequalification" for step in state.notices.values())


def _lacks_contract(state: LotState) -> bool:
    """Whether somebody who has an award has no contract yet."""
    step, revoked = state.last(AwardDecided), state.last(AwardRevoked)
    if step is None or (revoked is not None and revoked.entry_id > step.entry_id):
        return False
    signed = {one.event.supplier_code for one in state.all(ContractSigned)}
    return any(winner.bidder_code not in signed for winner in step.event.winners)


def _is_evaluated_again(state: LotState) -> bool:
    """Whether a decision on a complaint ordered another evaluation since the last one."""
    done = state.last(EvaluationCompleted)
    orders = [step for step in state.all(ComplaintDecided) if step.event.order == "evaluate_again"]
    return bool(orders) and (done is None or orders[-1].entry_id > done.entry_id)
