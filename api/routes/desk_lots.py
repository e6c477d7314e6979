"""The desk of a project's lots: where each stands, what is due, and what this account may record of it now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session

import registry.queries
from api import forms_words
from api.act_words import act_title
from api.party_words import notice_title
from api.routes.desk_lots_fit import is_fillable, leads_on, may_decide_committee
from api.routes.desk_request import Desk
from trading import queries
from trading.clocks import Running, running
from trading.events import CommitteeDrawn, NoticePublished, ProjectLot
from trading.history import history
from trading.law.procedures import Row, methods_of
from trading.lots import LotState, lot_states, offers
from trading.model import Project

PROJECTS = "/desk/projects"
WATCHING = ("registrar", "supervisor", "bidder")
"""Roles that concern every project; a tenderer's and an agent's concern their own."""
ELSEWHERE: dict[str, str] = {
    "trading.opening_planned": "/desk/openings/{project}/{lot}/plan",
    "trading.applicants_judged": "/desk/qualification/{project}/{lot}",
    "trading.bidders_invited": "/desk/invitations/{project}/{lot}",
    "trading.share_given": "/desk/openings/{project}/{lot}",
    "trading.bid_opened": "/desk/openings/{project}/{lot}",
    "trading.quote_share_given": "/desk/openings/{project}/{lot}",
    "trading.quote_opened": "/desk/openings/{project}/{lot}",
    "trading.bond_recorded": "/desk/bonds/{project}/{lot}",
    "trading.bid_sealed": "/desk/bids/new?project={project}&lot={lot}",
    "trading.prequalification_applied": "/desk/applications/{project}/{lot}",
    "trading.bidding_opened": "/desk/bidding/{project}/{lot}/open",
    "trading.paddle_given": "/desk/bidding/{project}/{lot}/paddles",
    "trading.application_refused": "/desk/bidding/{project}/{lot}/refusal",
    "trading.offer_made": "/projects/{project}/lots/{lot}/bidding",
}
"""Kinds that have pages of their own, and where these are."""


@dataclass(frozen=True)
class LotOffer:
    """Something that may be recorded of a lot now."""

    kind: str
    words: str
    href: str
    onward: bool
    """Whether it brings the lot into another stage."""


@dataclass(frozen=True)
class LotLine:
    """A lot as its desk shows it."""

    lot: ProjectLot
    position: int
    """From 1: part of the addresses of its forms."""
    state: LotState
    words: str
    method: str
    offers: Sequence[LotOffer] = ()
    due: Sequence[Running] = field(default=())


def acting_roles(desk: Desk, session: Session, project: Project) -> list[str]:
    """The roles in which the account may do something for this project."""
    found = [role for role in WATCHING if desk.user.holds(role)]
    if desk.organisation("tenderer") == project.tenderer:
        found.append("tenderer")
    if is_engaged(desk, session, project):
        found.append("agent")
    return found


def is_engaged(desk: Desk, session: Session, project: Project) -> bool:
    """Whether the account acts for the agency that was engaged for the project: no other agency may."""
    own = desk.organisation("agent")
    agency = registry.queries.agency_of(session, own) if own else None
    engaged = queries.engagements(session, project_code=project.code)
    return agency is not None and any(one.agent == agency.code for one in engaged)


def lot_lines(desk: Desk, session: Session, project: Project, roles: Sequence[str]) -> list[LotLine]:
    """Every lot, in the project's order."""
    states, now = lot_states(history(session, project.code)), desk.now // 1000
    return [
        LotLine(
            lot=lot,
            position=position,
            state=states[lot.lot],
            words=forms_words.stage_words(states[lot.lot].stage, desk.lang),
            method=method_words(desk, states[lot.lot]),
            offers=lot_offers(desk, session, project, position, states[lot.lot], roles),
            due=due_of(states[lot.lot], now),
        )
        for position, lot in enumerate(project.lots, 1)
        if lot.lot in states
    ]


def method_words(desk: Desk, state: LotState) -> str:
    return "" if state.method is None else forms_words.value_words("method", state.method, desk.lang)


def rows_for(desk: Desk, state: LotState, roles: Iterable[str]) -> list[Row]:
    """The rows of the table of procedures by which one of these roles may record something now."""
    found: list[Row] = []
    for role in roles:
        found += [row for row in offers(state, role, desk.now // 1000) if row not in found]
    return found


def lot_offers(
    desk: Desk, session: Session, project: Project, position: int, state: LotState, roles: Sequence[str]
) -> list[LotOffer]:
    """In the order of the table; notices by their kinds, everything else once for each kind of entry."""
    found: dict[str, LotOffer] = {}
    for row in rows_for(desk, state, roles):
        base = f"{PROJECTS}/{project.code}/lots/{position}"
        onward = row.to is not None and row.to not in (state.stage, "failed", "terminated")
        if row.event == NoticePublished.kind:
            if row.notice_kind is not None:
                words = notice_title(row.notice_kind, state.trade, desk.lang)
                href = f"{base}/notice/{row.notice_kind}"
                found.setdefault(href, LotOffer(row.event, words, href, onward))
        elif row.event in ELSEWHERE:
            href = ELSEWHERE[row.event].format(project=quote(project.code, safe=""), lot=quote(state.lot, safe=""))
            if leads_on(desk, session, project, state, row):
                found.setdefault(href, LotOffer(row.event, act_title(row.event, desk.lang), href, onward))
        else:
            if (
                row.event == CommitteeDrawn.kind
                and "tenderer" in roles
                and may_decide_committee(session, project, state)
            ):
                decide = f"{PROJECTS}/{quote(project.code, safe='')}/committees/{quote(state.lot, safe='')}"
                found.setdefault(decide, LotOffer(row.event, desk.say("决定抽取评标专家"), decide, False))
            if is_fillable(desk, session, project, state, row):
                href = f"{base}/{row.event.removeprefix('trading.')}"
                found.setdefault(href, LotOffer(row.event, act_title(row.event, desk.lang), href, onward))
    return list(found.values())


def due_of(state: LotState, now: int) -> list[Running]:
    """The statutory times of a lot that run now or ran out unmet, the next one first."""
    found = running(state.steps, state.trade, state.category, state.method, now)
    waiting = [one for one in found if one.met_at is None and one.due_at is not None and _concerns(one, now)]
    return sorted(waiting, key=lambda one: (one.due_at or 0, one.clock.id))


def _concerns(one: Running, now: int) -> bool:
    """Whether it is still to be kept, or was owed and not done: no right that nobody used, no wait that is over."""
    if one.breached:
        return True
    return one.state in ("running", "ahead") and (one.clock.kind == "max" or (one.due_at or 0) > now)


def methods_for(state: LotState, notice_kind: str, rows: Sequence[Row], day: Any) -> list[str]:
    """The methods by which a notice of this kind may be published of a lot now; empty: the notice has none."""
    mine = [row for row in rows if row.event == NoticePublished.kind and row.notice_kind == notice_kind]
    begins = [row for row in mine if row.begins]
    if not begins or (state.method is not None and state.stage != "failed"):
        return []
    known = methods_of(state.trade, day)
    return [one for one in known if any(not row.methods or one in row.methods for row in begins)]
