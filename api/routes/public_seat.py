"""The public seat 群众席: a visitor's telephone adds a random number of its own to the draw, and sees that it counted.

The number is sent to `/api/v1/draws/{draw_id}/contributions`; all here only reads.
"""

from typing import Annotated

from fastapi import Query, Request
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.draw_state import known_draw
from api.routes.public_draws import number
from api.routing import APIRouter
from api.seat_lists import PublicSeatOut
from lottery.protocol.contributions import PUBLIC_SEAT

router = APIRouter(include_in_schema=False)


@router.get("/draws/{draw_id}/public-seat")
def public_seat(draw_id: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    with site.log.reading() as session:
        draw = known_draw(session, draw_id)
    attempt = draw.attempt
    return site.pages.render(
        request,
        "public_seat.html",
        draw=draw,
        attempt=attempt,
        has_seat=attempt is not None and PUBLIC_SEAT in attempt.seats,
        holder=None if attempt is None else attempt.seats.get(PUBLIC_SEAT),
    )


@router.get("/draws/{draw_id}/public-seat/list", response_model=PublicSeatOut)
def public_seat_list(draw_id: str, site: SiteDep, attempt: Annotated[str, Query(max_length=16)] = "") -> Response:
    """attempt: its number; the present one where none is named. Raises NoSuchDraw."""
    body = site.seat_lists.of(site.log, draw_id, number(attempt) or 0)
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-cache"})
