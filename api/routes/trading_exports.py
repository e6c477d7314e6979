"""Projects and notices as CSV and XLSX files for everybody, and a project's deadlines as a calendar."""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.responses import Response

from api.calendar import MEDIA_TYPE, calendar
from api.conditional import respond
from api.deadlines import deadlines
from api.dependencies import Language, Site, SiteDep
from api.downloads import download
from api.errors import NoSuchProject
from api.routing import APIRouter
from registry.exporting import MEDIA_TYPES, Format
from trading import queries
from trading.events import NoticeKind, Trade
from trading.exporting import NOTICES, PROJECTS, Sheet, Wanted, write
from trading.history import history
from trading.ocds.values import BEIJING

router = APIRouter(include_in_schema=False)


async def _wanted(
    trade: Trade | None = None,
    kind: NoticeKind | None = None,
    since: Annotated[date | None, Query(description="The first day of publication")] = None,
    until: Annotated[date | None, Query(description="The last")] = None,
) -> Wanted:
    return Wanted(trade, kind, None if since is None else _begin(since), None if until is None else _begin(until, 1))


def _begin(day: date, later: int = 0) -> int:
    """When a day begins in Beijing, or one so many days later, Unix milliseconds."""
    begin = datetime.combine(day, time(), BEIJING)
    try:
        return int((begin + timedelta(later)).timestamp()) * 1000
    except OverflowError:  # the last day that there is
        return int(begin.timestamp()) * 1000


WantedDep = Annotated[Wanted, Depends(_wanted)]


@router.get("/projects.csv")
def projects_csv(site: SiteDep, wanted: WantedDep) -> Response:
    return _export(site, "csv", PROJECTS, "projects", wanted)


@router.get("/projects.xlsx")
def projects_xlsx(site: SiteDep, wanted: WantedDep) -> Response:
    return _export(site, "xlsx", PROJECTS, "projects", wanted)


@router.get("/notices.csv")
def notices_csv(site: SiteDep, wanted: WantedDep) -> Response:
    return _export(site, "csv", NOTICES, "notices", wanted)


@router.get("/notices.xlsx")
def notices_xlsx(site: SiteDep, wanted: WantedDep) -> Response:
    return _export(site, "xlsx", NOTICES, "notices", wanted)


def _export(site: Site, form: Format, sheet: Sheet, name: str, wanted: Wanted) -> Response:
    url = site.settings.base_url.rstrip("/")
    with site.log.reading() as session:
        return download(
            lambda file: write(file, form, sheet, session, wanted, url), f"mingtang-{name}.{form}", MEDIA_TYPES[form]
        )


@router.get("/projects/{code:path}.ics")
def project_calendar(code: str, request: Request, site: SiteDep, lang: Language) -> Response:
    """All deadlines of a project that are ahead, with their articles. Taken again, it replaces what a calendar had."""
    with site.log.reading() as session:
        project = None if "\0" in code else queries.project(session, code, placed=True)
        if project is None:
            raise NoSuchProject(project=code[:64])
        notices = queries.notices(session, code, placed=True)
        steps = history(session, code, placed=True)
    base = site.settings.base_url.rstrip("/")
    found = deadlines(project, notices, steps, site.log.clock(), site.log.origin, base, lang)
    data = calendar(project.title, found, version=len(steps), changed=steps[-1].logged or 0, cancelled=False)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Disposition": 'attachment; filename="project.ics"',
        "Vary": "Cookie, Accept-Language",
    }
    return respond(request, data, hashlib.sha256(data).hexdigest(), MEDIA_TYPE, headers)
