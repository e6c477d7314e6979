"""Ending an attempt without a result, for a reason that is legal now (作废)."""

from dataclasses import replace

from api.routes.desk_draw_words import VOID_REASONS
from api.routes.desk_forms import Field, Given
from api.routes.desk_offers import form_of, offered
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routes.desk_waiting import draw_up, seat_organisations
from api.routing import APIRouter
from audit.act import Act
from lottery import commands, rules
from lottery.events import VoidReason
from lottery.model import subject

router = APIRouter(prefix="/desk", include_in_schema=False)


def void(desk: Desk) -> Form:
    """Where two seats must confirm the reason, they sign first."""
    draw, action = offered(desk, "void")
    fields = (
        Field(
            name="reason",
            label="作废原因",
            type="choice",
            public=True,
            choices=[(one, VOID_REASONS[one]) for one in action.reasons],
            value=action.reasons[0] if len(action.reasons) == 1 else "",
        ),
        Field(
            name="note",
            label="说明",
            type="long",
            public=True,
            hint="中签或候补家数、号球如需在下一次改变，须在此写明，例如 winners 1→2。",
        ),
    )

    def reason_of(given: Given) -> VoidReason:
        return next(one for one in action.reasons if one == given.text("reason"))

    def command(act: Act, given: Given) -> int:
        return commands.void(act, draw.draw_id, reason_of(given), given.text("note"))

    def propose(given: Given) -> str:
        rules.check_text("note", given.text("note"))
        event = commands.void_to_sign(desk.log.blobs, draw, reason_of(given), given.text("note"), desk.now // 1000)
        about = subject(draw.draw_id, event.attempt)
        with desk.log.reading() as session:
            signers = set(seat_organisations(session, draw.draw_id).values())
        return draw_up(desk, event, about, sorted(signers), {})

    form = replace(
        form_of(draw, action),
        fields=fields,
        facts={"draw": draw, "void_reasons": VOID_REASONS},
        before="desk/check_void.html",
        warning="作废后不能恢复；原因、封存和全部记录永久公开，下一次摇号另行编号。",
    )
    if not action.confirmed:
        return replace(form, command=command)
    return replace(form, direct=propose, note="须由两个不同机构的席位确认并签名，十分钟内提交。")


mount(router, "/draws/{draw_id}/void", void)
