"""`/desk/supervision`: the supervisor's desk. Incidents, decisions that are due, appeals, and what is in force.

Inspectors read all of it and change nothing; neither registrars nor operators see any of it.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes import desk_rulebook_conduct, desk_rulebook_formula, desk_supervision_cases, desk_supervision_decisions
from api.routes.desk_registry_words import SANCTIONS
from api.routes.desk_request import DeskDep
from api.routes.desk_supervision_cases import READERS, answer_by
from api.routing import APIRouter
from registry import queries
from registry.events import ConductPublished, FormulaPublished
from registry.model import Agency
from registry.model.supervision import Incident
from registry.queries import intake, rulebook, supervision
from registry.queries.supervision import InForce
from registry.rules.supervision import is_heard
from registry.working_days import CalendarUnknown

router = APIRouter(include_in_schema=False)

PAGE = 50


@dataclass(frozen=True)
class Waiting:
    """An incident that waits, and since or until when."""

    incident: Incident
    name: str
    until: int | None
    """Unix seconds."""


@router.get("/desk/supervision")
def supervision_home(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    at = desk.now // 1000
    with desk.log.reading() as session:
        open_now = supervision.open_incidents(session)
        appealed = supervision.appeals_waiting(session)
        decided = _in_force(session, at)
        measures = _measures(session, at)
        names = _names(session, [*open_now, *appealed, *(one.incident for one in decided)])
        conduct = rulebook.conduct_at(session, at)
        coming = rulebook.newest(session, ConductPublished)
        formula = rulebook.newest(session, FormulaPublished)
    due = [_waiting(one, names) for one in open_now if _is_heard(one, at)]
    unheard = [_waiting(one, names) for one in open_now if not _is_heard(one, at)]
    return desk.render(
        "supervision/home.html",
        due=due,
        unheard=unheard,
        appealed=[(one, names.get(one.code, one.code)) for one in appealed],
        decided=[(one, names.get(one.incident.code, one.incident.code)) for one in decided],
        measures=measures,
        sanctions=SANCTIONS,
        conduct=conduct,
        coming=coming if coming is not None and coming != conduct else None,
        formula=formula,
    )


@router.get("/desk/supervision/incidents")
def supervision_incidents(desk: DeskDep) -> Response:
    """Every incident, newest first; `q` chooses by number, or by the agency's code or name."""
    desk.roles(*READERS)
    text, at = desk.query("q").strip(), desk.now // 1000
    start = int(desk.query("from")) if desk.query("from").isdecimal() and len(desk.query("from")) <= 9 else 0
    with desk.log.reading() as session:
        every = supervision.incidents(session)[::-1]
        names = _names(session, every)
    found = [
        one
        for one in every
        if not text or text.upper() in f"{one.number} {one.code}" or text in names.get(one.code, "")
    ]
    shown = found[start : start + PAGE]
    return desk.render(
        "supervision/incidents.html",
        incidents=[(one, names.get(one.code, one.code), one.is_over_at(at)) for one in shown],
        sanctions=SANCTIONS,
        text=text,
        total=len(found),
        following=start + PAGE if start + PAGE < len(found) else None,
    )


def _is_heard(incident: Incident, at: int) -> bool:
    try:
        return is_heard(incident, at)
    except CalendarUnknown:  # of next year, before it is announced: nobody can say yet that the time is over
        return False


def _waiting(incident: Incident, names: dict[str, str]) -> Waiting:
    return Waiting(incident, names.get(incident.code, incident.code), answer_by(incident))


def _in_force(session: Session, at: int) -> list[InForce]:
    """The decisions on incidents that have not ended, of all agencies; the first to end first."""
    last = [one for one in supervision.incidents(session) if one.decision is not None and not one.is_over_at(at)]
    codes = sorted({one.code for one in last})
    found = [one for code in codes for one in supervision.in_force(session, code, at, placed=False)]
    return sorted(found, key=lambda one: (one.decision.ruling.ends is None, one.decision.ruling.ends or 0))


def _measures(session: Session, at: int) -> list[Agency]:
    """Agencies that are suspended or removed now, on whatever decision."""
    known = [queries.agency(session, code) for code in intake.ever_decided(session)]
    return [one for one in known if one is not None and (one.removal is not None or one.suspension_at(at) is not None)]


def _names(session: Session, incidents: list[Incident]) -> dict[str, str]:
    """By code."""
    found = intake.party_names(session, {f"agency:{one.code}" for one in incidents})
    return {party.removeprefix("agency:"): name for party, name in found.items()}


for part in (desk_supervision_cases, desk_supervision_decisions, desk_rulebook_conduct, desk_rulebook_formula):
    router.include_router(part.router)
