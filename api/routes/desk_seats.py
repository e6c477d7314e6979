"""A seat's page: its secret is made and kept on the seat's own device, and sent only when it is revealed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api import dispatch, draw_wording, problems
from api.routes.desk_forms import Fault, Field, NotTicked
from api.routes.desk_request import Desk, DeskDep, Posted, PostedDep
from api.routes.desk_steps import in_script, signed_event
from api.routes.desk_waiting import SIGNATURES, WaitingAct, owners, waiting_for
from api.routing import APIRouter
from audit.act import Act
from audit.errors import Refusal
from audit.step import Step
from lottery import authority, commands, queries, rules
from lottery.errors import NotThatOrganisation, UnknownSeat
from lottery.events import Committed, Revealed
from lottery.model import Attempt, Draw, State, subject
from lottery.rules.seats import MAX_REFUSED_REVEALS
from registry.model import Organisation

router = APIRouter(include_in_schema=False)

PRINTED = Field(name="printed", label="我已打印或抄写秘密的备份，并核对无误", type="tick")
PUBLIC = "public"
"""The seat whose secret is what visitors gave, where anybody gave anything."""
POLLED = frozenset({State.DICE_BEFORE_SEAL, State.DICE_AFTER_SEAL, State.COUNTDOWN, State.DERIVING})
"""When something may wait for signatures, of which the log tells nothing."""


@router.get("/draws/{draw_id}/seat")
def own_seats(draw_id: str, desk: DeskDep) -> Response:
    """To the account's seat; where it has several, to choose."""
    with desk.log.reading() as session:
        draw = queries.known_draw(session, draw_id)
        seats = {} if draw.attempt is None else authority.seat_organisations(session, draw.attempt)
    held = {one.organisation for one in desk.user.holdings}
    own = {seat: organisation for seat, organisation in seats.items() if organisation.id in held}
    if len(own) == 1:
        return RedirectResponse(f"/draws/{draw.draw_id}/seat/{next(iter(own))}", 303)
    say = draw_wording.vocabulary(desk.lang)
    return desk.render("seats.html", draw=draw, attempt=draw.attempt, own=own, say=say)


@router.get("/draws/{draw_id}/seat/{seat}")
def seat_page(draw_id: str, seat: str, desk: DeskDep) -> Response:
    return _show(desk, draw_id, seat)


@router.get("/draws/{draw_id}/seat/{seat}/commit")
@router.get("/draws/{draw_id}/seat/{seat}/reveal")
def back(draw_id: str, seat: str) -> Response:
    """Where a page that tells of a refusal comes from when it is asked for again, as it does itself."""
    return RedirectResponse(f"/draws/{quote(draw_id)}/seat/{quote(seat)}", 303)


@router.post("/draws/{draw_id}/seat/{seat}/commit")
def commit(draw_id: str, seat: str, desk: DeskDep, posted: PostedDep) -> Response:
    """The seat's commitment, signed on its device."""

    def act(act: Act) -> int:
        event = signed_event(Committed, posted.text("signed_body"))
        assert isinstance(event, Committed)
        return commands.commit(act, event)

    return _act(desk, posted, draw_id, seat, (PRINTED,), act)


@router.post("/draws/{draw_id}/seat/{seat}/reveal")
def reveal(draw_id: str, seat: str, desk: DeskDep, posted: PostedDep) -> Response:
    """The seat's secret, signed on its device: only now does it leave it."""

    def act(act: Act) -> int:
        event = signed_event(Revealed, posted.text("signed_body"))
        assert isinstance(event, Revealed)
        return commands.reveal(act, event, desk.log.published_size)

    return _act(desk, posted, draw_id, seat, (), act)


def _act(
    desk: Desk, posted: Posted, draw_id: str, seat: str, ticks: Sequence[Field], command: Callable[[Act], int]
) -> Response:
    try:
        organisation = _seat(desk, draw_id, seat).organisation
        for tick in ticks:
            if posted.raw.get(tick.name) != ["yes"]:
                raise NotTicked(label_zh=tick.label, label_en=desk.say(tick.label))
        role = next(held.role for held in desk.user.holdings if held.organisation == organisation.id)
        dispatch.perform(desk.log, desk.user, role, posted.intent, command)
    except Refusal as refusal:
        return _show(desk, draw_id, seat, refusal)
    return RedirectResponse(f"/draws/{draw_id}/seat/{seat}", 303)


@dataclass(frozen=True)
class Seat:
    """A seat of a draw's present attempt, and acts that wait for its organisation's signature."""

    draw: Draw
    attempt: Attempt
    name: str
    organisation: Organisation
    waiting: Sequence[WaitingAct]

    @property
    def commitment(self) -> Step[Committed] | None:
        return next((one for one in self.attempt.commitments if one.event.seat == self.name), None)

    @property
    def revealed(self) -> Step[Revealed] | None:
        return next((one for one in self.attempt.reveals if one.event.seat == self.name), None)

    @property
    def tries_left(self) -> int:
        refused = sum(one.event.seat == self.name for one in self.attempt.refused)
        return max(0, MAX_REFUSED_REVEALS - refused)

    def step(self, now: int, published: int) -> str:
        """The one thing that the seat's page is about now. now: Unix milliseconds."""
        offered = {one.name: one.seats for one in rules.next_actions(self.draw, now, published=published)}
        if self.attempt.voided is not None:
            return "void"
        if self.revealed is not None:
            return "done"
        if self.name in offered.get("commit", ()):
            return "commit"
        if self.attempt.frozen is None:
            return "early"
        if self.commitment is None:
            return "missed"
        is_past = self.attempt.sealed is not None or self.attempt.reveals_closed_at(now) is not None
        if is_past or self.tries_left == 0:
            return "unrevealed"
        return "reveal" if self.name in offered.get("reveal", ()) else "wait"


def _seat(desk: Desk, draw_id: str, seat: str) -> Seat:
    """The seat, for whose organisation the account must act.

    Raises UnknownDraw, UnknownSeat, NotThatOrganisation.
    """
    with desk.log.reading() as session:
        draw = queries.known_draw(session, draw_id)
        if draw.attempt is None or seat not in draw.attempt.seats:
            raise UnknownSeat(seat=seat[:32])
        organisation = authority.seat_organisation(session, draw.attempt, seat)
        if all(held.organisation != organisation.id for held in desk.user.holdings):
            raise NotThatOrganisation(organisation=organisation.name)
        return Seat(draw, draw.attempt, seat, organisation, _unsigned(desk, session, draw_id, organisation))


def _unsigned(desk: Desk, session: Session, draw_id: str, organisation: Organisation) -> list[WaitingAct]:
    """What of the draw waits for this organisation's signature."""
    return [
        one
        for one in waiting_for(desk, session)
        if one.draw_id == draw_id and organisation.id in one.signers and organisation.id not in owners(session, one)
    ]


def _show(desk: Desk, draw_id: str, seat: str, refusal: Refusal | None = None) -> Response:
    published = desk.log.published_size  # before reading, so that the stream leaves nothing out
    one, now = _seat(desk, draw_id, seat), desk.now
    draw, attempt = one.draw, one.attempt
    state = draw.state_at(now)
    faults = [] if refusal is None else [Fault("", refusal.code, refusal.message(desk.lang))]
    return desk.render(
        "seat.html",
        200 if refusal is None else problems.status_of(refusal),
        one=one,
        draw=draw,
        attempt=attempt,
        seat=seat,
        seat_name=draw_wording.vocabulary(desk.lang)("seat", seat),
        organisation=one.organisation,
        subject_name=subject(draw.draw_id, attempt.number),
        state=draw_wording.STATES[state],
        step=one.step(now, published),
        polled=5 if state in POLLED else None,
        given=len(attempt.contributions) if seat == PUBLIC else 0,
        is_public=seat == PUBLIC,
        commitment=one.commitment,
        revealed=one.revealed,
        size=published,
        refused=[step for step in attempt.refused if step.event.seat == seat],
        signing=[(f"{SIGNATURES}/{act.id}", act.kind) for act in one.waiting],
        body=in_script({"draw_id": draw.draw_id, "attempt": attempt.number, "seat": seat}),
        printed=PRINTED,
        faults=faults,
        published=published - 1,
    )
