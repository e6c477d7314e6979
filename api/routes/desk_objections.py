"""Objections at the desks: filed by anybody with a part in it, answered by operator or supervisor (异议)."""

from dataclasses import replace

from api.routes.desk_draw_words import ABOUT, OUTCOMES
from api.routes.desk_forms import Field, Given
from api.routes.desk_offers import attempt_of, form_of, offered
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from lottery import commands, rules

router = APIRouter(prefix="/desk", include_in_schema=False)


def file_objection(desk: Desk) -> Form:
    draw, action = offered(desk, "file_objection")

    def command(act: Act, given: Given) -> int:
        about = next(one for one in ABOUT if one == given.text("about"))
        return commands.file_objection(act, draw.draw_id, about, given.text("text"))

    return replace(
        form_of(draw, action),
        fields=(
            Field(name="about", label="针对", type="choice", public=True, choices=tuple(ABOUT.items())),
            Field(
                name="text",
                label="异议内容",
                type="long",
                most=rules.LONG_TEXT,
                public=True,
                hint="不得写入身份证号、电话等个人信息。",
            ),
        ),
        command=command,
    )


def answer_objection(desk: Desk) -> Form:
    draw, action = offered(desk, "answer_objection")
    texts = {one.number: one.filed.event.text for one in attempt_of(draw).objections}

    def command(act: Act, given: Given) -> int:
        outcome = next(one for one in OUTCOMES if one == given.text("outcome"))
        return commands.answer_objection(act, draw.draw_id, int(given.text("objection")), outcome, given.text("reason"))

    return replace(
        form_of(draw, action),
        fields=(
            Field(
                name="objection",
                label="异议",
                type="choice",
                public=True,
                choices=[(str(number), f"{number}. {texts[number][:60]}") for number in rules.open_objections(draw)],
            ),
            Field(name="outcome", label="处理结果", type="choice", public=True, choices=tuple(OUTCOMES.items())),
            Field(name="reason", label="理由", type="long", most=rules.LONG_TEXT, public=True),
        ),
        command=command,
        blame={"lottery.unknown-objection": "objection"},
    )


mount(router, "/draws/{draw_id}/object", file_objection)
mount(router, "/draws/{draw_id}/answer", answer_objection)
