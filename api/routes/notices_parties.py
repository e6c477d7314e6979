"""Who tenders, who acts for tenderers, who bids: each with a page of what it published or won."""

from fastapi import Request
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.draw_wording import vocabulary
from api.routing import APIRouter
from registry.errors import NoSuchAgency, NoSuchOrganisation
from registry.queries import agency, organisation
from trading import queries
from trading.parties import bids_of, won_by, won_from
from trading.search import Wanted, search, tally

router = APIRouter(include_in_schema=False)

NEWEST = 20
MOST_CODE = 40


@router.get("/tenderers/{id_}")
def tenderer_page(id_: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    size = site.log.published_size
    with site.log.reading() as session:
        found = None if "\0" in id_ else organisation(session, id_, placed=True)
        if found is None or "tenderer" not in found.capacities:
            raise NoSuchOrganisation(organisation=id_[:MOST_CODE])
        wanted = Wanted(tenderer=id_)
        return site.pages.render(
            request,
            "notices/party.html",
            role="tenderer",
            name=found.name,
            code=found.code,
            hits=search(session, wanted, size, limit=NEWEST),
            counts=tally(session, wanted, size),
            all_notices={"tenderer": id_},
            projects=queries.projects(session, tenderer=id_, limit=NEWEST),
            wins=won_from(session, id_),
            bids=[],
            engagements=[],
            say=vocabulary(lang),
        )


@router.get("/agents/{code}")
def agent_page(code: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    size = site.log.published_size
    with site.log.reading() as session:
        found = None if "\0" in code else agency(session, code, placed=True)
        if found is None:
            raise NoSuchAgency(code=code[:MOST_CODE])
        wanted = Wanted(agent=code)
        engagements = queries.engagements(session, agent=code, placed=True)
        of_projects = {one.project: queries.project(session, one.project, placed=True) for one in engagements}
        return site.pages.render(
            request,
            "notices/party.html",
            role="agent",
            name=found.facts.name,
            code=code,
            hits=search(session, wanted, size, limit=NEWEST),
            counts=tally(session, wanted, size),
            all_notices={"agent": code},
            projects=[],
            wins=None,
            bids=[],
            engagements=[(one, of_projects[one.project]) for one in reversed(engagements)],
            say=vocabulary(lang),
        )


@router.get("/bidders/{code}")
def bidder_page(code: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    """By its unified social credit code; a bidder is public once its bid was read out or it won."""
    with site.log.reading() as session:
        wins, bids = won_by(session, code.replace("\0", "")), bids_of(session, code.replace("\0", ""))
    if not wins.newest and not bids:
        raise NoSuchOrganisation(organisation=code[:MOST_CODE])
    return site.pages.render(
        request,
        "notices/party.html",
        role="bidder",
        name=(wins.newest + bids)[0].bidder,
        code=code,
        hits=[],
        counts=None,
        all_notices={},
        projects=[],
        wins=wins,
        bids=bids,
        engagements=[],
        say=vocabulary(lang),
    )
