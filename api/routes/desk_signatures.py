"""What several organisations sign together, each in its own browser, and the operator then submits (会签).

Drawn up by `desk_dice`, `desk_void` and `desk_standing`.
"""

from starlette.responses import RedirectResponse, Response

import registry.queries
from api import problems
from api.routes.desk_draw_words import VOID_REASONS
from api.routes.desk_forms import Fault
from api.routes.desk_request import Desk, DeskDep, PostedDep
from api.routes.desk_steps import Form, in_script, mount
from api.routes.desk_waiting import ENOUGH, SIGNATURES, WaitingAct, drop, owners, sign, waiting_act, waiting_for
from api.routing import APIRouter
from audit.act import Act
from audit.errors import Refusal
from lottery import commands
from lottery.events import DiceThrown, StandingChanged, Voided
from lottery.rules import OPERATOR

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("/signatures")
def list_waiting(desk: DeskDep) -> Response:
    with desk.log.reading() as session:
        found = waiting_for(desk, session)
        signed = {one.id: owners(session, one) for one in found}
    return desk.render("signatures.html", waiting=found, signed=signed, enough=ENOUGH)


@router.get("/signatures/{waiting}")
def one_waiting(waiting: str, desk: DeskDep) -> Response:
    return _show(desk, waiting)


@router.post("/signatures/{waiting}")
def sign_waiting(waiting: str, desk: DeskDep, posted: PostedDep) -> Response:
    """Take a signature that was made in this browser."""
    try:
        sign(desk, waiting, posted.text("signed_body"))
    except Refusal as refusal:
        return _show(desk, waiting, refusal)
    return RedirectResponse(f"{SIGNATURES}/{waiting}", 303)


@router.post("/signatures/{waiting}/drop")
def drop_waiting(waiting: str, desk: DeskDep) -> Response:
    """Let an act that was drawn up wait no longer: nothing of it was ever of effect."""
    desk.roles(*OPERATOR)
    with desk.log.database.writing() as session:
        act = waiting_act(desk.log, session, waiting)
        drop(session, act.id)
    return RedirectResponse(f"/desk/draws/{act.draw_id}", 303)


def _show(desk: Desk, waiting: str, refusal: Refusal | None = None) -> Response:
    with desk.log.reading() as session:
        act = waiting_act(desk.log, session, waiting)
        own = {held.organisation for held in desk.user.holdings if held.organisation is not None}
        if not own & set(act.signers):
            desk.roles(*OPERATOR)
        signed = owners(session, act)
        named = {one: registry.queries.organisation(session, one) for one in act.signers}
    faults = [] if refusal is None else [Fault("", refusal.code, refusal.message(desk.lang))]
    return desk.render(
        "signature.html",
        200 if refusal is None else problems.status_of(refusal),
        act=act,
        signed=signed,
        signers=[one for one in named.values() if one is not None],
        own=[one for one in named.values() if one is not None and one.id in own and one.id not in signed],
        body=in_script(act.body),
        enough=len(signed) >= ENOUGH,
        void_reasons=VOID_REASONS,
        faults=faults,
    )


def carry_out(desk: Desk) -> Form:
    """The operator's last step: the act itself, with the signatures that came in."""
    with desk.log.reading() as session:
        waiting = waiting_act(desk.log, session, desk.path("waiting"))
        signed = owners(session, waiting)

    return Form(
        title="提交已会签的事项",
        roles=OPERATOR,
        back=f"{SIGNATURES}/{waiting.id}",
        done=f"/desk/draws/{waiting.draw_id}",
        command=lambda act, given: carry_out_act(act, waiting),
        facts={"act": waiting, "signed": signed},
        above="desk/for_signatures.html",
    )


def carry_out_act(act: Act, waiting: WaitingAct) -> int:
    """The command, which checks every signature anew."""
    signatures = [one.model_dump() for one in waiting.signatures]
    if waiting.kind == DiceThrown.kind:
        entry = commands.throw_dice(act, DiceThrown.of(waiting.body | {"signatures": signatures}))
    elif waiting.kind == Voided.kind:
        record = Voided.of(waiting.body).void
        entry = commands.void(
            act,
            waiting.draw_id,
            record.reason,
            record.note,
            time=record.time,
            confirmations=waiting.signatures,
        )
    else:
        assert waiting.kind == StandingChanged.kind
        assert waiting.document is not None
        entry = commands.change_standing(
            act,
            StandingChanged.of(waiting.body | {"signatures": signatures}),
            waiting.terms["changes"],
            waiting.document,
            document_name=waiting.terms["name"],
            media_type=waiting.terms["media_type"],
            public=waiting.terms["public"],
        )
    drop(act.session, waiting.id)
    return entry


mount(router, "/signatures/{waiting}/submit", carry_out)
