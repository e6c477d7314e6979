"""The draws as their desks: the list, and of one draw what may be done now and what it waits for."""

from sqlalchemy.orm import Session
from starlette.responses import Response

import registry.queries
from api import draw_wording
from api.routes.desk_draw_words import ABOUT, VOID_REASONS
from api.routes.desk_offers import offers_of, own_seats
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_waiting import waiting_for
from api.routing import APIRouter
from lottery import queries, rules
from lottery.model import Draw, State

router = APIRouter(prefix="/desk", include_in_schema=False)

LIST_PAGE = 30


@router.get("/draws")
def list_draws(desk: DeskDep) -> Response:
    before = desk.query("before")
    with desk.log.reading() as session:
        found = queries.draws(
            session,
            desk.now,
            drills=None,
            before=int(before) if before.isascii() and before.isdigit() else None,
            limit=LIST_PAGE + 1,
        )
    more = found[LIST_PAGE - 1].seq if len(found) > LIST_PAGE else None
    return desk.render("draws.html", draws=found[:LIST_PAGE], more=more, states=draw_wording.STATES)


@router.get("/draws/{draw_id}")
def one_draw(draw_id: str, desk: DeskDep) -> Response:
    """What may be done in a draw now, and what it waits for."""
    with desk.log.reading() as session:
        draw = queries.known_draw(session, draw_id)
        offers = offers_of(desk, session, draw)
        seats = own_seats(desk, session, draw)
        waiting = [one for one in waiting_for(desk, session) if one.draw_id == draw_id]
        signed_up = queries.sign_ups(session, draw_id)
        winners = winners_of(desk, session, draw)
    state = draw.state_at(desk.now)
    return desk.render(
        "draw.html",
        draw=draw,
        state=draw_wording.STATES[state],
        meaning=draw_wording.NOW[state],
        offers=offers,
        seats=seats,
        waiting=waiting,
        signed_up=len(signed_up),
        deadlines=deadlines(draw, desk.now),
        missing=_missing(draw, state),
        winners=winners,
        about=ABOUT,
        void_reasons=VOID_REASONS,
        published=desk.log.published_size - 1,
    )


def winners_of(desk: Desk, session: Session, draw: Draw) -> list[tuple[str, str]]:
    """Code and name of each present winner; an expert has no name here."""
    if draw.attempt is None or draw.attempt.drawn is None:
        return []
    names = {} if draw.is_committee else {one.code: one.name for one in registry.queries.agencies(session)}
    return [(code, names.get(code, "")) for code in queries.attempt_page(desk.log.blobs, draw.attempt).winners]


def deadlines(draw: Draw, now: int) -> list[tuple[str, int]]:
    """What the draw waits for by the clock: words and Unix seconds, those to come only."""
    found: list[tuple[str, int]] = []
    if draw.call is not None:
        found.append(("报名截止", draw.call.event.sign_up_until))
    attempt = draw.attempt
    if attempt is not None and attempt.is_running:
        found.append(("摇号时间", attempt.planned.event.draws_at))
        if attempt.closed is None:
            found.append(("承诺截止", attempt.planned.event.commit_deadline))
        elif attempt.sealed is None:
            found.append(("揭示截止", attempt.closed.event.reveal_deadline))
        if attempt.round_at is not None:
            found.append(("随机数轮次", attempt.round_at // 1000))
        throws_now = attempt.state_at(now) is State.DICE_AFTER_SEAL
        if throws_now and attempt.seal_time is not None:
            found.append(("掷骰时限", attempt.seal_time + rules.DICE_AFTER_SEAL))
    return [(words, at) for words, at in found if at * 1000 > now]


def _missing(draw: Draw, state: State) -> list[str]:
    """The seats that are waited for."""
    attempt = draw.attempt
    if attempt is None:
        return []
    if state is State.COMMITTING:
        return [seat for seat in attempt.seats if seat not in attempt.committed]
    if state is State.REVEALING:
        return [seat for seat in attempt.committed if seat not in attempt.revealed]
    return []
