"""`/desk/agency`: an agency's own desk. What is missing, what runs out when, what was told to it, what it may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

import lottery.queries
from api.routes import (
    desk_agency_forms,
    desk_agency_incidents,
    desk_agency_people,
    desk_agency_rules,
)
from api.routes.desk_agency_fields import FORMS
from api.routes.desk_agency_incidents import INCIDENTS
from api.routes.desk_agency_own import DESK, Own, find_own
from api.routes.desk_agency_paper import SLUG_OF
from api.routes.desk_agency_steps import Next, next_of, steps_of
from api.routes.desk_request import Desk, DeskDep
from api.routing import APIRouter
from lottery.events import Conditions
from registry import queries
from registry.model import Agency
from registry.queries import supervision
from registry.queries.matters import Matter, matters
from registry.queries.persons import shown_persons

router = APIRouter(include_in_schema=False)

CALLS = 20
RUNNING_OUT = {
    "FORM_EXPIRING": "即将到期：",
    "FORM_EXPIRED": "已到期：",
    "TERM_EXPIRING": "任期即将届满：",
    "TERM_EXPIRED": "任期已届满：",
    "CERTIFICATE_EXPIRING": "证书即将到期：",
    "CERTIFICATE_EXPIRED": "证书已到期：",
    "COMMITMENT_EXPIRING": "即将到期：",
    "COMMITMENT_EXPIRED": "已到期：",
}
REQUIREMENTS = {"forms": "三表已通过且未到期", "commitment": "入场服务承诺有效", "code": "已确认现行行为准则"}


@dataclass(frozen=True)
class Notice:
    """What the agency should know or do. `what` is said before `until`, Unix seconds."""

    title: str
    href: str = ""
    what: str = ""
    until: int | None = None


@dataclass(frozen=True)
class Call:
    """A call that is open for answers, with what it asks in words."""

    draw_id: str
    project_name: str
    is_drill: bool
    until: int
    """Unix seconds."""
    asks: Sequence[str]
    answered: bool


@router.get("/desk/agency")
def agency_home(desk: DeskDep) -> Response:
    at = desk.now // 1000
    with desk.log.reading() as session:
        own = find_own(session, desk.user)
        if own is None:
            return RedirectResponse("/desk" if desk.user.holdings else "/join", 303)
        steps = steps_of(session, own, at, desk.say)
        agency = queries.agency(session, own.code)
        return desk.render(
            "agency/home.html",
            own=own,
            steps=steps,
            next=_kept_out(agency, at, desk) or next_of(steps, own, desk.say),
            notices=[] if own.organisation is None else _to_see_to(session, own, at, desk),
            calls=_calls(session, own, desk),
            is_recorded=agency is not None,
        )


def _kept_out(agency: Agency | None, at: int, desk: Desk) -> Next | None:
    """What no step of the agency's own can change."""
    if agency is None:
        return None
    if agency.removal is not None:
        return Next(desk.say("已除名"), f"{agency.removal.ground} · {agency.removal.decision_number}")
    suspension = agency.suspension_at(at)
    if suspension is None:
        return None
    return Next(desk.say("暂停中"), f"{suspension.ground} · {suspension.decision_number}")


def _to_see_to(session: Session, own: Own, at: int, desk: Desk) -> list[Notice]:
    """What runs out soon or did, and what waits for the agency's word. What the steps say already is left out."""
    found = []
    people = shown_persons(session, own.code, placed=False).practitioners
    for one in matters(session, own.code, at):
        if one.kind in RUNNING_OUT:
            title = desk.say("入场服务承诺") if one.form is None else desk.say(FORMS[one.form])
            person = people.get(one.practitioner or "")
            if person is not None and person.name is not None:
                title = f"{title} · {person.name.value}"
            if one.certificate is not None:
                title = f"{title} · {one.certificate}"
            found.append(Notice(title, _where(one), desk.say(RUNNING_OUT[one.kind]), one.until))
        elif one.kind == "INCIDENT_TO_ANSWER":
            title = desk.say("监察记录 {n}：待陈述申辩", n=one.incident)
            found.append(Notice(title, _where(one), desk.say("在此之前不会作出不利的决定："), one.until))
        elif one.kind == "APPEAL_POSSIBLE":
            title = desk.say("监察记录 {n}：已作出决定", n=one.incident)
            found.append(Notice(title, _where(one), desk.say("可申请复核，截止："), one.until))
    told = {one.href for one in found}
    return found + [one for one in _incidents(session, own, at, desk) if one.href not in told]


def _where(matter: Matter) -> str:
    if matter.incident is not None:
        return f"{INCIDENTS}/{matter.incident}"
    if matter.form is None:
        return f"{DESK}/commitment"
    return f"{DESK}/forms/{SLUG_OF[matter.form]}" + (f"/{matter.practitioner}" if matter.practitioner else "")


def _incidents(session: Session, own: Own, at: int, desk: Desk) -> list[Notice]:
    """Incidents that somebody else has at hand, and decisions while they are shown."""
    found = []
    for one in supervision.incidents(session, own.code):
        href, decision = f"{INCIDENTS}/{one.number}", one.decision
        if decision is None:
            found.append(Notice(desk.say("监察记录 {n}：等待决定", n=one.number), href))
        elif one.appeal_waits:
            found.append(Notice(desk.say("监察记录 {n}：复核中", n=one.number), href))
        elif one.is_shown_at(at):
            title = desk.say("监察记录 {n}：已作出决定", n=one.number)
            found.append(Notice(title, href, desk.say("届满："), decision.ruling.ends))
    return found


def _calls(session: Session, own: Own, desk: Desk) -> list[Call]:
    if own.organisation is None:
        return []
    found = []
    for draw in lottery.queries.open_calls(session, desk.now, CALLS):
        assert draw.call is not None
        event = draw.call.event
        found.append(
            Call(
                draw_id=draw.draw_id,
                project_name=draw.decided.event.project_name,
                is_drill=draw.is_drill,
                until=event.sign_up_until,
                asks=_asks(event.conditions, desk),
                answered=own.code in lottery.queries.sign_ups(session, draw.draw_id),
            )
        )
    return found


def _asks(conditions: Conditions, desk: Desk) -> list[str]:
    """What a call asks, in words."""
    asks = [conditions.text] if conditions.text else []
    asks += [desk.say(REQUIREMENTS[one]) for one in conditions.requires]
    asks += [desk.say("业务范围含“{one}”", one=one) for one in conditions.fields]
    if conditions.practitioners:
        asks.append(desk.say("从业人员至少 {n} 人", n=conditions.practitioners))
    asks += [desk.say("有人持有“{one}”", one=one) for one in conditions.certificates]
    return asks


for part in (desk_agency_forms, desk_agency_people, desk_agency_rules, desk_agency_incidents):
    router.include_router(part.router)
