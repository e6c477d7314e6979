"""The draws for everyone: the list, a draw as it happens, its evidence, its state for screens."""

import hashlib
import io
from typing import Annotated

import segno
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.conditional import respond
from api.dependencies import Language, SiteDep, Visitor
from api.draw_page import GROUPS, AttemptView, attempt_view, chance, deadline, ladder, progress
from api.draw_wording import vocabulary
from api.endings import ended_numbers, quotes
from api.errors import NoSuchDraw, NoSuchEvidence
from lottery import public_queries, queries
from lottery.model import Draw
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


def known_draw(session: Session, draw_id: str) -> Draw:
    """Raises NoSuchDraw."""
    found = None if "\0" in draw_id else queries.draw(session, draw_id, placed=True)
    if found is None:
        raise NoSuchDraw(draw_id=draw_id[:64])
    return found


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


# The state for screens


class SeatOut(BaseModel):
    seat: str
    organisation: str
    mark: str
    commit: str | None


class RosterOut(BaseModel):
    sha256: str
    agents: int
    excluded: int
    balls: int
    is_frozen: bool


class RankOut(BaseModel):
    rank: int
    code: str
    name: str
    ball: int
    ticket: str


class DeadlineOut(BaseModel):
    name: str
    at: int


class AttemptOut(BaseModel):
    attempt: int
    entropy: str
    winners: int
    alternates: int
    plan_sha256: str
    roster: RosterOut | None
    seats: list[SeatOut]
    round: int | None
    round_at: int | None
    """Unix seconds."""
    seal_sha256: str | None
    seal_time: int | None
    dice: str | None
    randomness: str | None
    seed: str | None
    result_sha256: str | None
    ranking: list[RankOut]
    standing: list[str] | None
    """Codes of the winners in force; null without a result."""
    void_reason: str | None
    void_note: str | None


class StateOut(BaseModel):
    """A draw at one moment. `sequence` is the place in the log of its newest entry: it only grows."""

    draw_id: str
    sequence: int
    is_drill: bool
    project_code: str
    project_name: str
    tenderer: str
    state: str
    server_time: int
    """Unix milliseconds."""
    deadline: DeadlineOut | None
    attempts: int
    present: AttemptOut | None


@router.get("/draws/{draw_id}/state")
def draw_state(draw_id: str, site: SiteDep, response: Response) -> StateOut:
    now = site.log.clock()
    with site.log.reading() as session:
        draw = known_draw(session, draw_id)
        sequence = public_queries.newest_seq(session, draw_id)
    state = draw.state_at(now)
    present = None
    if draw.attempt is not None:
        present = _attempt_out(attempt_view(draw, queries.attempt_page(site.log.blobs, draw.attempt), now))
    waits = deadline(draw, state, now)
    response.headers["Cache-Control"] = "no-cache"
    decision = draw.decided.event
    return StateOut(
        draw_id=draw.draw_id,
        sequence=sequence,
        is_drill=draw.is_drill,
        project_code=decision.project_code,
        project_name=decision.project_name,
        tenderer=decision.tenderer,
        state=state.value,
        server_time=now,
        deadline=None if waits is None else DeadlineOut(name=waits.name, at=waits.at),
        attempts=len(draw.attempts),
        present=present,
    )


def _attempt_out(view: AttemptView) -> AttemptOut:
    attempt, page = view.attempt, view.page
    drawn = attempt.drawn
    lines = [] if view.outcome is None else view.outcome.lines
    return AttemptOut(
        attempt=attempt.number,
        entropy=attempt.plan["entropy"],
        winners=attempt.plan["winners"],
        alternates=attempt.plan["alternates"],
        plan_sha256=page.plan_sha256,
        roster=_roster_out(view),
        seats=[
            SeatOut(seat=one.name, organisation=one.organisation, mark=one.mark, commit=one.commit)
            for one in view.seats
        ],
        round=attempt.round,
        round_at=None if attempt.round_at is None else attempt.round_at // 1000,
        seal_sha256=page.seal_sha256,
        seal_time=attempt.seal_time,
        dice=None if attempt.dice is None else attempt.dice.event.digits,
        randomness=None if drawn is None or drawn.event.beacon is None else drawn.event.beacon.randomness,
        seed=None if drawn is None else drawn.event.seed,
        result_sha256=None if drawn is None else drawn.event.result_sha256,
        ranking=[
            RankOut(rank=one.rank, code=one.code, name=one.name, ball=one.ball, ticket=one.ticket) for one in lines
        ],
        standing=None if drawn is None else page.winners,
        void_reason=None if attempt.voided is None else attempt.voided.event.void.reason,
        void_note=None if attempt.voided is None else attempt.voided.event.void.note,
    )


def _roster_out(view: AttemptView) -> RosterOut | None:
    if view.page.roster is None:
        return None
    return RosterOut(
        sha256=view.attempt.rosters[-1].event.roster_sha256,
        agents=len(view.page.roster["agents"]),
        excluded=len(view.page.roster["excluded"]),
        balls=view.balls,
        is_frozen=view.attempt.frozen is not None,
    )
