"""The check page 核验页 of one draw, and the same page as one file to take away."""

from urllib.parse import quote

from fastapi import Request
from starlette.responses import FileResponse, Response

from api.dependencies import SiteDep, Visitor
from api.errors import NoSuchCheckPage, NoSuchDraw
from api.pages import BUILT
from api.routing import APIRouter
from lottery import queries

router = APIRouter(include_in_schema=False)

FILE = "核验.html"


@router.get("/verify/file")
def check_page_file() -> Response:
    """One file that takes an evidence file without server and network."""
    path = BUILT / "verify.html"
    if not path.is_file():
        raise NoSuchCheckPage
    headers = {
        "Content-Disposition": f"attachment; filename=\"verify.html\"; filename*=UTF-8''{quote(FILE)}",
        "Cache-Control": "no-cache",
    }
    return FileResponse(path, media_type="text/html", headers=headers)


@router.get("/verify/{draw_id}")
def check_page(draw_id: str, request: Request, site: SiteDep, user: Visitor) -> Response:
    """What a telephone opens from the code on the big screen and on the minutes."""
    with site.log.reading() as session:
        draw = None if "\0" in draw_id else queries.draw(session, draw_id, placed=True)
        if draw is None:
            raise NoSuchDraw(draw_id=draw_id[:64])
        drawn = next((one for one in reversed(draw.attempts) if one.drawn is not None), None)
        page = None if drawn is None else queries.attempt_page(site.log.blobs, drawn)
    present = draw.attempt
    return site.pages.render(
        request,
        "check.html",
        draw=draw,
        attempt=drawn,
        winners=[] if page is None else page.winners,
        round=present.round if present is not None and present.drawn is None else None,
    )
