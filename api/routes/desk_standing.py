"""Removing a winner or an alternate, so that others move up in drawn order (变更现行结果)."""

from dataclasses import replace
from typing import Any

import registry.queries
from api.routes.desk_draw_words import REMOVALS
from api.routes.desk_forms import Field, Given
from api.routes.desk_offers import attempt_of, form_of, offered
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routes.desk_waiting import draw_up, seat_organisations
from api.routing import APIRouter
from lottery import commands, documents, rules
from lottery.model import subject
from lottery.protocol.standing import Change

router = APIRouter(prefix="/desk", include_in_schema=False)


def change_standing(desk: Desk) -> Form:
    draw, action = offered(desk, "change_standing")
    attempt = attempt_of(draw)
    result = documents.result(desk.log.blobs, attempt)
    former = documents.standing(desk.log.blobs, attempt)
    assert result is not None  # the action is offered after the result only
    changes: list[Change] = list(former["changes"]) if former else []
    left = rules.removable(attempt, result, {one["code"] for one in changes})
    with desk.log.reading() as session:
        names = {one.code: one.name for one in registry.queries.agencies(session)}

    def propose(given: Given) -> str:
        upload = given.upload("document")
        assert upload is not None
        kind = next(one for one in REMOVALS if one == given.text("kind"))
        change: Change = {
            "seq": len(changes) + 1,
            "code": given.text("code"),
            "kind": kind,
            "reason": given.text("reason"),
        }
        rules.check_text("reason", change["reason"])
        event = commands.standing_to_sign(desk.log.blobs, draw, [*changes, change])
        terms: dict[str, Any] = {
            "changes": [*changes, change],
            "name": upload.name,
            "media_type": upload.media_type,
            "public": given.text("publicity") == "public",
        }
        with desk.log.reading() as session:
            signers = set(seat_organisations(session, draw.draw_id).values())
        own = desk.organisation("operator")
        signers |= {own} if own else set()
        about = subject(draw.draw_id, attempt.number)
        return draw_up(desk, event, about, sorted(signers), terms, upload.data)

    return replace(
        form_of(draw, action),
        note="由操作员所属机构和另一机构的席位会签后生效；候补严格按摇号次序递补，无人可以选择。",
        fields=(
            Field(
                name="code",
                label="移出的机构",
                type="choice",
                public=True,
                choices=[(code, f"{names.get(code, '')} {code}".strip()) for code in left],
            ),
            Field(name="kind", label="缘由", type="choice", public=True, choices=tuple(REMOVALS.items())),
            Field(name="reason", label="理由", type="long", public=True, hint="不得写入个人信息。"),
            Field(name="document", label="依据文件", type="file", hint="放弃声明、决定书等，至多 768 KB。"),
            Field(
                name="publicity",
                label="依据文件是否公开",
                type="choice",
                choices=(("private", "不公开，日志只记承诺"), ("public", "公开")),
                value="private",
                hint="含签字或个人信息的扫描件不得公开。",
            ),
        ),
        direct=propose,
    )


mount(router, "/draws/{draw_id}/standing", change_standing)
