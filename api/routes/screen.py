"""The big screen 大屏 of a live draw: for everyone in the hall, without signing in."""

from typing import Final

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from api.dependencies import SiteDep
from api.draw_wording import TABLES
from api.errors import NoSuchDraw
from api.routing import APIRouter
from lottery import queries

router = APIRouter(include_in_schema=False)

TABLES_SHOWN: Final = ("seat", "exclusion", "void", "removal", "role")


class ClockOut(BaseModel):
    offset: float | None
    """Seconds by which the server's clock is ahead of the beacon's; null where nobody asked of late."""


def vocabulary() -> dict[str, dict[str, dict[str, str]]]:
    """What the site calls things, in both languages: the screen shows one below the other."""
    return {name: {key: words._asdict() for key, words in TABLES[name].items()} for name in TABLES_SHOWN}


@router.get("/draws/{draw_id}/screen")
def big_screen(draw_id: str, request: Request, site: SiteDep) -> Response:
    """A bare frame: what is in it follows from the draw's state, in the browser."""
    with site.log.reading() as session:
        if "\0" in draw_id or queries.draw(session, draw_id, placed=True) is None:
            raise NoSuchDraw(draw_id=draw_id[:64])
    return site.pages.render(
        request,
        "screen.html",
        draw_id=draw_id,
        site_url=site.settings.base_url.rstrip("/"),
        vocabulary=vocabulary(),
    )


@router.get("/draws/{draw_id}/screen/clock")
def clock_of_the_hall(site: SiteDep, response: Response) -> ClockOut:
    """How far the server's clock is off, as the console's relays last said."""
    response.headers["Cache-Control"] = "public, max-age=30"
    return ClockOut(offset=site.lights.clock_offset)
