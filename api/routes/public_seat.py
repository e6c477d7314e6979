"""The public seat 群众席: a visitor's telephone adds a random number of its own to the draw, and sees that it counted.

The number is sent to `/api/v1/draws/{draw_id}/contributions`; all here only reads.
"""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.draw_state import known_draw
from api.errors import NoSuchDraw
from api.routes.public_draws import number
from audit.errors import Refusal
from audit.events import Event
from lottery import rules
from lottery.model import Attempt, Draw, Step
from lottery.protocol.contributions import PUBLIC_SEAT

router = APIRouter(include_in_schema=False)
E = TypeVar("E", bound=Event)


class ContributionOut(BaseModel):
    seq: int
    contribution: str
    at: int
    """Unix milliseconds at which the log took it."""


class CommitOut(BaseModel):
    seq: int
    commit: str


class RevealOut(BaseModel):
    seq: int
    secret: str


class PublicSeatOut(BaseModel):
    """All that the log has about the public seat of an attempt."""

    draw_id: str
    attempt: int
    size: int
    """Entries that the published checkpoint holds: what is beyond is left out."""
    contributions: list[ContributionOut]
    commit: CommitOut | None
    reveal: RevealOut | None
    sealed: int | None
    """The place of the seal."""
    is_open: bool
    is_over: bool
    """Whether the seat cannot reveal any more."""


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


@router.get("/draws/{draw_id}/public-seat/list")
def public_seat_list(
    draw_id: str, site: SiteDep, response: Response, attempt: Annotated[str, Query(max_length=16)] = ""
) -> PublicSeatOut:
    """attempt: its number; the present one where none is named. Raises NoSuchDraw."""
    published = site.log.published_size
    with site.log.reading() as session:
        draw = known_draw(session, draw_id)
    wanted = number(attempt) or len(draw.attempts)
    if not 1 <= wanted <= len(draw.attempts):
        raise NoSuchDraw(draw_id=draw_id[:64])
    response.headers["Cache-Control"] = "no-cache"
    return _out(draw, draw.attempts[wanted - 1], site.log.clock(), published)


def _out(draw: Draw, attempt: Attempt, now: int, published: int) -> PublicSeatOut:
    """published: how many entries the published checkpoint holds; of others nobody could have a receipt."""

    def place(step: Step[E]) -> int | None:
        return step.seq if step.seq is not None and step.seq < published else None

    committed = next((one for one in attempt.commitments if one.event.seat == PUBLIC_SEAT), None)
    revealed = next((one for one in attempt.reveals if one.event.seat == PUBLIC_SEAT), None)
    is_past = attempt.sealed is not None or attempt.voided is not None or attempt.reveals_closed_at(now) is not None
    contributions = [
        ContributionOut(seq=seq, contribution=one.event.contribution, at=one.logged)
        for one in attempt.contributions
        if (seq := place(one)) is not None and one.logged is not None
    ]
    commit = reveal = None
    if committed is not None and (seq := place(committed)) is not None:
        commit = CommitOut(seq=seq, commit=committed.event.commit)
    if revealed is not None and (seq := place(revealed)) is not None:
        reveal = RevealOut(seq=seq, secret=revealed.event.secret)
    return PublicSeatOut(
        draw_id=draw.draw_id,
        attempt=attempt.number,
        size=published,
        contributions=contributions,
        commit=commit,
        reveal=reveal,
        sealed=None if attempt.sealed is None else place(attempt.sealed),
        is_open=attempt is draw.attempt and _may_contribute(draw, now),
        is_over=revealed is None and (is_past or (attempt.closed is not None and committed is None)),
    )


def _may_contribute(draw: Draw, now: int) -> bool:
    try:
        rules.may_contribute(draw, now)
    except Refusal:
        return False
    return True
