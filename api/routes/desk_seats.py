"""A seat's page: its secret is made and kept on the seat's own device, and sent only when it is revealed."""

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from api import dispatch, draw_wording, problems
from api.pages import with_query
from api.routes.desk_forms import Fault, Field, NotTicked
from api.routes.desk_request import Desk, DeskDep, Posted, PostedDep
from api.routes.desk_steps import done_before, in_script, signed_event
from audit.act import Act
from audit.errors import Refusal
from lottery import authority, commands, queries, rules
from lottery.errors import NotThatOrganisation, UnknownSeat
from lottery.events import Committed, Revealed
from lottery.model import Attempt, Draw, State, Step, subject
from registry.model import Organisation

router = APIRouter(include_in_schema=False)

PRINTED = Field(name="printed", label="我已打印或抄写秘密的备份，并核对无误", type="tick")
AWARE = Field(name="aware", label="我知道揭示后秘密即永久公开，不能撤回", type="tick")


@router.get("/draws/{draw_id}/seat/{seat}")
def seat_page(draw_id: str, seat: str, desk: DeskDep) -> Response:
    return _show(desk, draw_id, seat)


@router.post("/draws/{draw_id}/seat/{seat}/commit")
def commit(draw_id: str, seat: str, desk: DeskDep, posted: PostedDep) -> Response:
    """The seat's commitment, signed on its device."""

    def act(act: Act) -> int:
        event = signed_event(Committed, posted.text("signed_body"))
        assert isinstance(event, Committed)
        return commands.commit(act, event)

    return _act(desk, posted, draw_id, seat, PRINTED, act)


@router.post("/draws/{draw_id}/seat/{seat}/reveal")
def reveal(draw_id: str, seat: str, desk: DeskDep, posted: PostedDep) -> Response:
    """The seat's secret, signed on its device: only now does it leave it."""

    def act(act: Act) -> int:
        event = signed_event(Revealed, posted.text("signed_body"))
        assert isinstance(event, Revealed)
        return commands.reveal(act, event, desk.log.published_size)

    return _act(desk, posted, draw_id, seat, AWARE, act)


def _act(desk: Desk, posted: Posted, draw_id: str, seat: str, tick: Field, command: Callable[[Act], int]) -> Response:
    if (before := done_before(desk, posted)) is not None:
        return before
    try:
        organisation = _seat(desk, draw_id, seat)[2]
        if posted.raw.get(tick.name) != ["yes"]:
            raise NotTicked(label_zh=tick.label, label_en=desk.say(tick.label))
        role = next(held.role for held in desk.user.holdings if held.organisation == organisation.id)
        outcome = dispatch.perform(desk.log, desk.user, role, posted.intent, command)
    except Refusal as refusal:
        return _show(desk, draw_id, seat, refusal)
    return RedirectResponse(with_query(f"/desk/done/{outcome.entry}", next=f"/draws/{draw_id}/seat/{seat}"), 303)


def _seat(desk: Desk, draw_id: str, seat: str) -> tuple[Draw, Attempt, Organisation]:
    """The draw, its present attempt and the seat's organisation, for which the account must act.

    Raises UnknownDraw, UnknownSeat, NotThatOrganisation.
    """
    with desk.log.reading() as session:
        draw = queries.known_draw(session, draw_id)
        if draw.attempt is None or seat not in draw.attempt.seats:
            raise UnknownSeat(seat=seat[:32])
        organisation = authority.seat_organisation(session, draw.attempt, seat)
    if all(held.organisation != organisation.id for held in desk.user.holdings):
        raise NotThatOrganisation(organisation=organisation.name)
    return draw, draw.attempt, organisation


def _show(desk: Desk, draw_id: str, seat: str, refusal: Refusal | None = None) -> Response:
    draw, attempt, organisation = _seat(desk, draw_id, seat)
    now = desk.now
    offered = {one.name: one for one in rules.next_actions(draw, now, published=desk.log.published_size)}
    may = {name: name in offered and seat in offered[name].seats for name in ("commit", "reveal")}
    body = {"draw_id": draw.draw_id, "attempt": attempt.number, "seat": seat}
    state = draw.state_at(now)
    faults = [] if refusal is None else [Fault("", refusal.code, refusal.message(desk.lang))]
    return desk.render(
        "seat.html",
        200 if refusal is None else problems.status_of(refusal),
        draw=draw,
        attempt=attempt,
        seat=seat,
        organisation=organisation,
        subject_name=subject(draw.draw_id, attempt.number),
        state=draw_wording.STATES[state],
        may_commit=may["commit"],
        may_reveal=may["reveal"],
        is_over=state in (State.DRAWN, State.VOID, State.GIVEN_UP),
        commitment=_own(attempt.commitments, seat),
        revealed=_own(attempt.reveals, seat),
        refused=[one for one in attempt.refused if one.event.seat == seat],
        body=in_script(body),
        printed=PRINTED,
        aware=AWARE,
        faults=faults,
        published=desk.log.published_size - 1,
        frozen=attempt.frozen is not None,
    )


def _own(
    steps: tuple[Step[Committed], ...] | tuple[Step[Revealed], ...], seat: str
) -> Step[Committed] | Step[Revealed] | None:
    return next((one for one in steps if one.event.seat == seat), None)
