"""The agencies on record for everyone: who they are, how they stand, and how they fared in every draw."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.draw_wording import vocabulary
from api.errors import NoSuchAgency
from api.routes.public_draws import plain
from lottery.queries import agency_draws
from registry import queries
from registry.model import Agency
from registry.queries import supervision

router = APIRouter(include_in_schema=False)

PAGE = 50


def status_of(agency: Agency, at: int) -> str:
    """A key of `draw_wording.STATUSES`. at: Unix seconds."""
    if agency.removal is not None:
        return "removed"
    return "in-force" if agency.suspension_at(at) is None else "suspended"


@router.get("/agencies")
def agency_list(
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    text: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    with site.log.reading() as session:
        found = queries.find_agencies(session, plain(text), plain(after), PAGE + 1)
    at = site.log.clock() // 1000
    return site.pages.render(
        request,
        "agencies.html",
        agencies=[(one, status_of(one, at)) for one in found[:PAGE]],
        more=found[PAGE - 1].code if len(found) > PAGE else None,
        text=plain(text),
        is_first=not after,
        say=vocabulary(lang),
    )


@router.get("/agencies/{code}")
def agency_page(code: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    now = site.log.clock()
    with site.log.reading() as session:
        agency = None if "\0" in code else queries.agency(session, code, placed=True)
        if agency is None:
            raise NoSuchAgency(agency=code[:32])
        over = supervision.ended(session, [code], now // 1000)
        changes = [change for change in queries.history(session, code) if change.seq not in over]
        draws = agency_draws(session, site.log.blobs, now, code)
    return site.pages.render(
        request,
        "agency.html",
        agency=agency,
        in_register=status_of(agency, now // 1000),
        suspension=agency.suspension_at(now // 1000),
        history=changes,
        draws=draws,
        say=vocabulary(lang),
    )
