"""The draws for everyone: the list, a draw as it happens, its evidence."""

import hashlib
import io
from typing import Annotated

import segno
from fastapi import Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.conditional import respond
from api.dependencies import Language, SiteDep, Visitor
from api.draw_page import GROUPS, attempt_view, chance, deadline, ladder, progress
from api.draw_state import known_draw
from api.draw_wording import vocabulary
from api.endings import ended_numbers, quotes
from api.errors import NoSuchEvidence
from api.routing import APIRouter
from lottery import public_queries, queries
from lottery.protocol.roster import Roster
from registry.rules import ARTICLES

router = APIRouter(include_in_schema=False)

PAGE = 50
QR_HEADERS = {"Cache-Control": "public, max-age=86400"}


def number(text: str) -> int | None:
    """A number typed into an address; anything else asks for nothing."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def plain(text: str) -> str:
    """What was searched for; no database has a NUL in a text."""
    return text.replace("\0", "").strip()


@router.get("/draws")
def draw_list(
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    state: Annotated[str, Query(max_length=20)] = "",
    year: Annotated[str, Query(max_length=10)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    drills: Annotated[str, Query(max_length=10)] = "",
    before: Annotated[str, Query(max_length=16)] = "",
) -> Response:
    """Newest first, without rehearsals unless they are asked for; a form sends empty fields, which ask for nothing."""
    wanted = {
        "state": state if state in GROUPS else "",
        "year": number(year) or "",
        "text": plain(text),
        "drills": "1" if drills == "1" else "",
    }
    size = site.log.published_size
    with site.log.reading() as session:
        found = queries.draws(
            session,
            site.log.clock(),
            year=number(year),
            drills=None if drills == "1" else False,
            text=plain(text),
            states=GROUPS.get(state, ()),
            before=number(before),
            limit=PAGE + 1,
        )
        years = public_queries.years(session)
    return site.pages.render(
        request,
        "draws.html",
        draws=found[:PAGE],
        more=found[PAGE - 1].seq if len(found) > PAGE else None,
        is_first=not before,
        wanted=wanted,
        groups=list(GROUPS),
        years=years,
        say=vocabulary(lang),
        stream_after=size - 1,
    )


@router.get("/draws/{draw_id}")
def draw_page(draw_id: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    """Every attempt, the present one first."""
    size, now = site.log.published_size, site.log.clock()  # before reading, so that the stream leaves nothing out
    with site.log.reading() as session:
        draw = known_draw(session, draw_id)
        signed_up = queries.sign_ups(session, draw_id, placed=True)
        attempts = [
            attempt_view(draw, queries.attempt_page(site.log.blobs, one), now) for one in reversed(draw.attempts)
        ]
        over = _over(session, attempts[0].page.roster if attempts else None, now // 1000)
    state = draw.state_at(now)
    phases = attempts[0].phases if attempts else ladder(draw, None, state, is_first=True)
    return site.pages.render(
        request,
        "draw.html",
        draw=draw,
        state=state.value,
        view=attempts[0] if attempts else None,
        former=attempts[1:],
        phases=phases,
        progress=progress(phases),
        deadline=deadline(draw, state, now),
        signed_up=signed_up,
        over=over,
        chance=chance,
        say=vocabulary(lang),
        stream_after=size - 1,
    )


def _over(session: Session, roster: Roster | None, at: int) -> set[str]:
    """Codes of those left out for a decision that has ended since and is told no more. at: Unix seconds."""
    left_out = [] if roster is None else roster["excluded"]
    notes = {one["code"]: one["note"] for one in left_out if one["reason"] not in ARTICLES}  # by decision
    ended = ended_numbers(session, notes.keys(), at)
    return {code for code, numbers in ended.items() if quotes(notes[code], numbers)}


@router.get("/draws/{draw_id}/qr.svg")
def draw_qr(draw_id: str, request: Request, site: SiteDep) -> Response:
    """The address of a draw's page as a QR code."""
    with site.log.reading() as session:
        known_draw(session, draw_id)
    address = f"{site.settings.base_url.rstrip('/')}/draws/{draw_id}"
    data = io.BytesIO()
    segno.make(address, micro=False, error="m").save(data, kind="svg", xmldecl=False, omitsize=True, border=2)
    digest = hashlib.sha256(data.getvalue()).hexdigest()
    return respond(request, data.getvalue(), digest, "image/svg+xml", QR_HEADERS)


@router.get("/draws/{draw_id}/{attempt}/evidence.json")
def draw_evidence(draw_id: str, attempt: str, request: Request, site: SiteDep) -> Response:
    """The evidence file, with the newest standing that the log shows."""
    data = None
    with site.log.reading() as session:
        known_draw(session, draw_id)
        wanted = number(attempt)
        if wanted is not None:
            data = queries.evidence(session, site.log.blobs, draw_id, wanted)
    if data is None:
        raise NoSuchEvidence
    headers = {
        "Cache-Control": "no-cache",
        "Content-Disposition": f'attachment; filename="{draw_id}-{wanted}.evidence.json"',
        "Access-Control-Allow-Origin": "*",
    }
    return respond(request, data, hashlib.sha256(data).hexdigest(), "application/json", headers)
