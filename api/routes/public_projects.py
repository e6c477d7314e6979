"""The projects for everyone: what is traded, its notices in all their versions, every draw it had."""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from api.clock_lines import lot_clocks, sentence
from api.dependencies import Language, SiteDep, Visitor
from api.draw_wording import vocabulary
from api.errors import NoSuchProject
from api.lot_timeline import timelines
from api.opening_view import lot_openings
from api.routes.public_draws import number, plain
from api.routing import APIRouter
from lottery.queries import committee_draws, project_draws
from registry.queries import agency
from trading import queries
from trading.history import history
from trading.lots import lot_states
from trading.model import TRADES

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/projects")
def project_list(
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    text: Annotated[str, Query(max_length=200)] = "",
    trade: Annotated[str, Query(max_length=2)] = "",
    before: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    kind = trade if trade in TRADES else None
    with site.log.reading() as session:
        found = queries.projects(session, text=plain(text), trade=kind, before=number(before), limit=PAGE + 1)
    last = found[PAGE - 1].place if len(found) > PAGE else None
    return site.pages.render(
        request,
        "projects.html",
        projects=found[:PAGE],
        more=None if last is None else last.seq,
        is_first=not before,
        wanted={"text": plain(text), "trade": kind or ""},
        trades=list(TRADES),
        say=vocabulary(lang),
    )


@router.get("/projects/{code:path}")
def project_page(code: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    """A code is as its source gives it, so it may hold a slash."""
    with site.log.reading() as session:
        project = None if "\0" in code else queries.project(session, code, placed=True)
        if project is None:
            raise NoSuchProject(project=code[:64])
        notices = [
            queries.notice_versions(session, one.id, placed=True) for one in queries.notices(session, code, placed=True)
        ]
        now = site.log.clock()
        draws = project_draws(session, now, code) + committee_draws(session, now, code)
        steps = history(session, code, placed=True)
        contracts = [
            (one, agency(session, one.agent, placed=True))
            for one in queries.engagements(session, project_code=code, placed=True)
        ]
    return site.pages.render(
        request,
        "project.html",
        project=project,
        notices=notices,
        draws=draws,
        contracts=contracts,
        lot_openings=lot_openings(code, lot_states(steps).values()),
        timelines=timelines(project.lots, lot_states(steps), lang),
        lot_clocks=lot_clocks(steps, site.log.clock(), lang),
        clock_sentence=lambda one: sentence(one, lang),
        say=vocabulary(lang),
    )
