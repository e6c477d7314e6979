"""The agencies on record for everyone: the list, and all that may be told of one of them."""

from typing import Annotated, Any

from fastapi import Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api import agency_page as view
from api.dependencies import Language, Site, SiteDep, Visitor
from api.directory import Found, Wanted, search, status_of
from api.draw_page import chance
from api.draw_wording import STATUSES, vocabulary
from api.errors import NoSuchAgency
from api.routes.desk_agency_fields import PREMISES
from api.routes.desk_registry_words import DECIDED, SANCTIONS
from api.routes.public_draws import number, plain
from api.routing import APIRouter
from registry import queries
from registry.model import Agency
from registry.queries import forms, rulebook
from registry.queries.directory import CHANGING
from registry.rules import ARTICLES
from trading import queries as trading

router = APIRouter(include_in_schema=False)

PAGE = 50
PEOPLE = 12
"""Practitioners on an agency's own page; a page of their own has them all."""
HISTORY = 20
"""Newest entries on an agency's page."""
Word = Annotated[str, Query(max_length=200)]
Tick = Annotated[str, Query(max_length=10)]


def known_agency(session: Session, code: str) -> Agency:
    """Raises NoSuchAgency."""
    found = None if "\0" in code else queries.agency(session, code, placed=True)
    if found is None:
        raise NoSuchAgency(agency=code[:32])
    return found


def found_in(site: Site, wanted: Wanted) -> Found:
    """What a search finds in the register as the log shows it now."""
    size = site.log.published_size
    with site.log.reading() as session:
        counts = site.kinds.upto(session, size)
        listed = site.directory.of(session, tuple(one for one in counts if one[0] in CHANGING))
    return search(listed, wanted, site.log.clock() // 1000)


@router.get("/agencies")
def agency_list(
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    text: Word = "",
    field: Word = "",
    region: Word = "",
    status: Tick = "",
    forms: Tick = "",
    promise: Tick = "",
    after: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """By code; a form sends empty fields, which ask for nothing."""
    wanted = Wanted(
        text=plain(text),
        field=field,
        region=region,
        status=status if status in STATUSES else "",
        forms=forms == "1",
        promise=promise == "1",
    )
    found, at = found_in(site, wanted), site.log.clock() // 1000
    shown = [one for one in found.agencies if one.agency.code > after][: PAGE + 1]
    asked = {"text": wanted.text, "field": field, "region": region, "status": wanted.status}
    return site.pages.render(
        request,
        "agencies.html",
        agencies=[(one, status_of(one.agency, at)) for one in shown[:PAGE]],
        more=shown[PAGE - 1].agency.code if len(shown) > PAGE else None,
        found=found,
        wanted=wanted,
        asked=asked | {"forms": "1" if wanted.forms else "", "promise": "1" if wanted.promise else ""},
        at=at,
        is_first=not after,
        say=vocabulary(lang),
    )


@router.get("/agencies/{code}")
def agency_page(
    code: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    before: Annotated[str, Query(max_length=16, description="Draws before this place")] = "",
) -> Response:
    now, blobs = site.log.clock(), site.log.blobs
    at = now // 1000
    with site.log.reading() as session:
        agency = known_agency(session, code)
        history = view.told_history(session, code, at)
        fared = view.fared(session, blobs, code)
        draws, more = view.drawn_lines(session, blobs, code, now, fared.chances, number(before), view.DRAWS)
        facts: dict[str, Any] = {
            "forms": view.public_forms(session, code),
            "versions": {one: forms.versions(session, code, one, placed=True) for one in ("agency", "legal_person")},
            "promises": rulebook.promises(session, code, placed=True),
            "acknowledged": view.acknowledged(session, code, at),
            "decisions": view.decisions(session, agency, history, at),
            "credit_facts": rulebook.credit_facts(session, code, placed=True)[::-1],
            "engagements": trading.engagements(session, agent=code, placed=True)[::-1],
            "credit": view.credit(session, code, at),
        }
    return site.pages.render(
        request,
        "agency.html",
        agency=agency,
        in_register=status_of(agency, at),
        suspension=agency.suspension_at(at),
        history=history[-HISTORY:],
        is_all=len(history) <= HISTORY,
        draws=draws,
        more=more,
        is_first=not before,
        fared=fared,
        chance=chance,
        by_law=ARTICLES,
        at=at,
        most=view.FARED,
        people=PEOPLE,
        premises=PREMISES,
        decided=DECIDED,
        sanctions=SANCTIONS,
        say=vocabulary(lang),
        **facts,
    )
