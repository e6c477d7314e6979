"""An organisation for everyone: who it is, and every key that it signs with or has its shares encrypted to."""

from fastapi import Request
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.routes.desk_organisations import CAPACITIES, ENDS
from api.routing import APIRouter
from registry import queries
from registry.errors import NoSuchOrganisation

router = APIRouter(include_in_schema=False)


@router.get("/organisations/{organisation}")
def organisation_page(organisation: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    with site.log.reading() as session:
        found = None if "\0" in organisation else queries.organisation(session, organisation, placed=True)
        if found is None:
            raise NoSuchOrganisation(organisation=organisation[:40])
        keys = queries.key_history(session, found.id)
        opening_keys = queries.opening_keys(session, found.id, placed=True)
    return site.pages.render(
        request,
        "organisation.html",
        organisation=found,
        capacities=CAPACITIES,
        keys=keys,
        opening_keys=opening_keys,
        ends=ENDS,
    )
