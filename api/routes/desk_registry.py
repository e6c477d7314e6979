"""`/desk/registry`: the registrar's desk. What waits for him, and every form, finding and promise of the register.

Inspectors read all of it and change nothing; who operates draws sees none of it.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes import (
    desk_registry_admission,
    desk_registry_agency,
    desk_registry_dossier,
    desk_registry_erasing,
    desk_registry_findings,
    desk_registry_forms,
    desk_registry_import,
    desk_registry_ties,
    desk_rulebook_commitment,
)
from api.routes.desk_agency_fields import FORMS
from api.routes.desk_registry_agency import form_path
from api.routes.desk_registry_dossier import DESK, READERS
from api.routes.desk_request import Desk, DeskDep
from api.routing import APIRouter
from registry.queries import findings, forms, intake
from registry.queries.forms import Waiting
from registry.queries.persons import private_values
from registry.rules.forms import REMINDED_BEFORE
from registry.working_days import DAY

router = APIRouter(include_in_schema=False)

PAGE = 50


@dataclass(frozen=True)
class Line:
    """A version that waits. title: what form, and whose, in the reader's language."""

    waiting: Waiting
    title: str
    path: str


@router.get("/desk/registry")
def registry_home(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    with desk.log.reading() as session:
        waiting = forms.queue(session)
        asked = forms.applications(session)
        due = intake.renewals(session, _reminded_until(desk))
        found = findings.findings(session)
        lines = [_line(desk, session, one) for one in waiting[:10]]
    counts = (
        (f"{DESK}/applications", "入驻申请", len(asked)),
        (f"{DESK}/queue", "待核对的登记表", len(waiting)),
        (f"{DESK}/findings", "比对发现", len(found)),
        (f"{DESK}/renewals", "即将到期和已到期", len(due)),
    )
    return desk.render("registry/home.html", counts=counts, lines=lines, asked=asked[:10], total=len(waiting))


@router.get("/desk/registry/queue")
def registry_queue(desk: DeskDep) -> Response:
    """What waits, oldest first; `form` and `q` choose, `from` pages."""
    desk.roles(*READERS)
    wanted, text = desk.query("form"), desk.query("q").strip()
    with desk.log.reading() as session:
        waiting = forms.queue(session)
        counts = {form: sum(one.form == form for one in waiting) for form in FORMS}
        found = [
            one
            for one in waiting
            if wanted in ("", one.form) and (not text or text in one.name or text.upper() in one.code)
        ]
        start = min(_start(desk), len(found))
        lines = [_line(desk, session, one) for one in found[start : start + PAGE]]
    return desk.render(
        "registry/queue.html",
        lines=lines,
        counts=[(form, title, counts[form]) for form, title in FORMS.items()],
        total=len(waiting),
        agencies=len({one.code for one in waiting}),
        found=len(found),
        wanted=wanted,
        text=text,
        start=start,
        following=start + PAGE if start + PAGE < len(found) else None,
    )


@router.get("/desk/registry/renewals")
def registry_renewals(desk: DeskDep) -> Response:
    """What must be renewed soon, or should have been."""
    desk.roles(*READERS)
    at = desk.now // 1000
    with desk.log.reading() as session:
        due = intake.renewals(session, _reminded_until(desk))
        start = min(_start(desk), len(due))
        shown = due[start : start + PAGE]
        names = intake.party_names(session, {f"agency:{one.code}" for one in shown})
        rows = [
            (
                one,
                names.get(f"agency:{one.code}", one.code),
                desk.say(FORMS[one.form]),
                form_path(one.code, one.form, one.practitioner, one.version),
            )
            for one in shown
        ]
    return desk.render(
        "registry/renewals.html",
        rows=rows,
        at=at,
        total=len(due),
        over=sum(one.until <= at for one in due),
        days=REMINDED_BEFORE,
        following=start + PAGE if start + PAGE < len(due) else None,
    )


def _line(desk: Desk, session: Session, one: Waiting) -> Line:
    title = desk.say(FORMS[one.form])
    if one.form == "practitioner":
        name = private_values(session, one.entry_id).get("name")
        title += f" · {name.decode()}" if name is not None else ""
    return Line(one, title, form_path(one.code, one.form, one.practitioner, one.version))


def _reminded_until(desk: Desk) -> int:
    return desk.now // 1000 + REMINDED_BEFORE * DAY


def _start(desk: Desk) -> int:
    text = desk.query("from")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


for part in (
    desk_registry_dossier,
    desk_registry_admission,
    desk_registry_forms,
    desk_registry_agency,
    desk_registry_findings,
    desk_registry_ties,
    desk_registry_erasing,
    desk_registry_import,
    desk_rulebook_commitment,
):
    router.include_router(part.router)
