"""What is due next over all the projects that concern an account, and where it may do something now."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

import registry.queries
from api.routes.desk_lots import LotLine, acting_roles, lot_lines
from api.routes.desk_request import Desk, DeskDep
from api.routing import APIRouter
from audit.tables import EntryRow
from trading import queries
from trading.clocks import Running
from trading.model import Project
from trading.search_tables import ClosingRow

router = APIRouter(prefix="/desk", include_in_schema=False)

ROLES = ("tenderer", "agent", "registrar", "supervisor", "bidder")
PROJECTS = 40
"""Projects that a page tells of."""
SOON = 20
"""Statutory times that it lists."""
CASES = (
    "trading.complaint_filed",
    "trading.complaint_accepted",
    "trading.process_suspended",
    "trading.rule_breached",
    "trading.complaint_decided",
)
"""What brings a project before the supervisor."""


@dataclass(frozen=True)
class Concern:
    """A project and those of its lots that are not over."""

    project: Project
    lots: list[LotLine]


@dataclass(frozen=True)
class Due:
    """A statutory time of a lot."""

    project: Project
    line: LotLine
    term: Running


@router.get("/trading")
def trading_desk(desk: DeskDep) -> Response:
    """The tenderer's, agent's, bidder's, supervisor's and registrar's own view."""
    desk.roles(*ROLES)
    with desk.log.reading() as session:
        concerns = [one for code in _codes(desk, session) if (one := _concern(desk, session, code)) is not None]
    due = [Due(one.project, line, term) for one in concerns for line in one.lots for term in line.due]
    due.sort(key=lambda one: (one.term.due_at or 0, one.project.code))
    return desk.render(
        "lots_due.html",
        concerns=concerns,
        due=due[:SOON],
        suspended=[(one.project, line) for one in concerns for line in one.lots if line.state.suspended],
        is_bidder=desk.user.holds("bidder"),
        is_supervisor=desk.user.holds("supervisor"),
    )


def _concern(desk: Desk, session: Session, code: str) -> Concern | None:
    project = queries.project(session, code)
    roles = [] if project is None else acting_roles(desk, session, project)
    if project is None or not roles:
        return None
    lots = [one for one in lot_lines(desk, session, project, roles) if one.offers or one.due or one.state.suspended]
    return Concern(project, lots) if lots else None


def _codes(desk: Desk, session: Session) -> list[str]:
    """Codes of the projects that concern the account, those first that moved last."""
    found: list[str] = []
    tenderer, own = desk.organisation("tenderer"), desk.organisation("agent")
    if tenderer is not None:
        found += [one.code for one in queries.projects(session, tenderer=tenderer, limit=PROJECTS)]
    agency = registry.queries.agency_of(session, own) if own else None
    if agency is not None:
        engaged = queries.engagements(session, agent=agency.code)
        found += [one.project for one in reversed(engaged)]
    if desk.user.holds("supervisor"):
        found += _with_cases(session)
    if desk.user.holds("bidder"):
        found += _closing_soon(session, desk.now // 1000)
    if desk.user.holds("registrar"):
        found += [one.code for one in queries.projects(session, limit=PROJECTS)]
    return list(dict.fromkeys(found))[:PROJECTS]


def _with_cases(session: Session) -> list[str]:
    newest = func.max(EntryRow.id)
    rows = session.execute(
        select(EntryRow.subject)
        .where(EntryRow.kind.in_(CASES), EntryRow.subject.startswith("project:"))
        .group_by(EntryRow.subject)
        .order_by(newest.desc())
        .limit(PROJECTS)
    )
    return [subject.removeprefix("project:") for (subject,) in rows]


def _closing_soon(session: Session, now: int) -> list[str]:
    rows = session.execute(
        select(ClosingRow.project).where(ClosingRow.closes_at >= now).order_by(ClosingRow.closes_at).limit(PROJECTS * 2)
    )
    return [code for (code,) in rows]
