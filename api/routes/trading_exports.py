"""Projects and notices as CSV and XLSX files for everybody."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.dependencies import Site, SiteDep
from api.downloads import download
from registry.exporting import MEDIA_TYPES, Format
from trading.events import NoticeKind, Trade
from trading.exporting import NOTICES, PROJECTS, Sheet, Wanted, write
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
