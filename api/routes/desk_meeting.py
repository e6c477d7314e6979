"""The operator's steps from the freeze to the result, and the shadow outcome of a voided attempt (摇号会议).

What several organisations sign has files of its own: `desk_dice`, `desk_void`, `desk_standing`.
"""

from collections.abc import Callable
from dataclasses import replace

from api.routes.desk_forms import Field, Given
from api.routes.desk_offers import attempt_of, form_of, offered
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from lottery import commands, rules
from lottery.model import Attempt, Draw
from lottery.rules import Action

router = APIRouter(prefix="/desk", include_in_schema=False)


def freeze_roster(desk: Desk) -> Form:
    return replace(_plain(desk, "freeze_roster", commands.freeze_roster), warning="冻结后名单不能再改。确认？")


def close_commitments(desk: Desk) -> Form:
    draw, action = offered(desk, "close_commitments")

    def command(act: Act, given: Given) -> int:
        return commands.close_commitments(act, draw.draw_id, given.number("reveal_seconds"))

    return replace(
        form_of(draw, action),
        fields=(
            Field(
                name="reveal_seconds",
                label="揭示时限（秒）",
                type="number",
                least=rules.MIN_REVEAL_SECONDS,
                most=rules.MAX_REVEAL_SECONDS,
                value=str(rules.REVEAL_SECONDS),
            ),
        ),
        command=command,
    )


def announce_round(desk: Desk) -> Form:
    return _plain(desk, "announce_round", commands.announce_round)


def seal(desk: Desk) -> Form:
    return _plain(desk, "seal", commands.seal)


def _plain(desk: Desk, name: str, take: Callable[[Act, str], int]) -> Form:
    """An action that asks for nothing."""
    draw, action = offered(desk, name)
    return replace(form_of(draw, action), command=lambda act, given: take(act, draw.draw_id))


def complete(desk: Desk) -> Form:
    """The result. The signature of the round may come from anywhere: it is checked before anything is shown."""
    draw, action = offered(desk, "complete")
    attempt = attempt_of(draw)

    def command(act: Act, given: Given) -> int:
        return commands.complete(act, draw.draw_id, given.text("signature") if attempt.uses_beacon else None)

    form = replace(
        _of_round(draw, action, attempt),
        command=command,
        before="desk/checked.html",
        hides_entries=True,
        warning="提交后立即公布结果。",
    )
    return form if attempt.uses_beacon else replace(form, fields=())


def shadow_draw(desk: Desk) -> Form:
    draw, action = offered(desk, "shadow_draw")
    attempt = next(one for one in draw.attempts if rules.owes_shadow(one, desk.now))

    def command(act: Act, given: Given) -> int:
        return commands.shadow_draw(act, draw.draw_id, attempt.number, given.text("signature"))

    return replace(_of_round(draw, action, attempt), command=command)


def _of_round(draw: Draw, action: Action, attempt: Attempt) -> Form:
    """An action that needs the signature of the attempt's round."""
    signature = Field(
        name="signature",
        label="随机信标签名",
        type="hex",
        most=96,
        public=True,
        hint="96 位十六进制，可从任何手机抄录；空格不计。是否属实当场以 BLS 核验，来源不必可信。",
    )
    return replace(
        form_of(draw, action),
        fields=(signature,),
        blame={"lottery.bad-document": "signature"},
        facts={"draw": draw, "attempt": attempt, "round_number": attempt.round},
        above="desk/for_round.html",
    )


mount(router, "/draws/{draw_id}/freeze", freeze_roster)
mount(router, "/draws/{draw_id}/close", close_commitments)
mount(router, "/draws/{draw_id}/announce", announce_round)
mount(router, "/draws/{draw_id}/seal", seal)
mount(router, "/draws/{draw_id}/complete", complete)
mount(router, "/draws/{draw_id}/shadow", shadow_draw)
