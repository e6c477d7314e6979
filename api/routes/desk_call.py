"""What leads to the meeting: the call, the answers to it, the roster (征集公告、报名、候选名单)."""

from dataclasses import replace

import registry.queries
from api.routes.desk_forms import Field, Given
from api.routes.desk_offers import form_of, offered, own_agency
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from lottery import commands, queries, rules
from lottery.events import Conditions

router = APIRouter(prefix="/desk", include_in_schema=False)

REQUIREMENTS = (
    ("forms", "三表（机构、法人、从业人员登记表）均已通过登记"),
    ("commitment", "已作入场服务承诺"),
    ("code", "已确认现行入场行为准则"),
)
"""What a call may ask of the register, in the words of its form."""


def publish_call(desk: Desk) -> Form:
    draw, action = offered(desk, "publish_call")
    with desk.log.reading() as session:
        known = sorted({field for one in registry.queries.agencies(session) for field in one.facts.fields})

    def command(act: Act, given: Given) -> int:
        conditions = Conditions.model_validate(
            {
                "text": given.text("conditions"),
                "fields": given.list("fields"),
                "requires": given.list("requires"),
                "practitioners": given.optional_number("practitioners") or 0,
                "certificates": given.list("certificates"),
            }
        )
        until, draws_at = given.number("sign_up_until"), given.number("draws_at")
        return commands.publish_call(act, draw.draw_id, conditions, until, draws_at)

    return replace(
        form_of(draw, action),
        fields=(
            Field(
                name="conditions",
                label="报名条件",
                type="long",
                most=rules.LONG_TEXT,
                public=True,
                hint="不得设置与项目无关的条件，不得限制地区。",
            ),
            Field(
                name="fields",
                label="须具备的业务范围",
                type="choices",
                needed=False,
                public=True,
                choices=[(one, one) for one in known],
            ),
            Field(
                name="requires",
                label="须在有效期内的三表三制",
                type="choices",
                needed=False,
                public=True,
                hint="只有勾选的才作为条件；公布之后不得增加。",
                choices=REQUIREMENTS,
                value=[value for value, _ in REQUIREMENTS],
            ),
            Field(
                name="practitioners",
                label="从业人员至少几名",
                type="number",
                most=rules.MAX_PRACTITIONERS,
                needed=False,
                public=True,
                hint="以登记在册且在有效期内的为准；不填即不作要求。",
            ),
            Field(
                name="certificates",
                label="从业人员须持有的证书",
                type="lines",
                needed=False,
                public=True,
                hint="每行一项，名称与从业人员登记表中的一致；每项至少有一人持有且未过期。",
            ),
            Field(name="sign_up_until", label="报名截止", type="moment", public=True, hint="北京时间。"),
            Field(
                name="draws_at",
                label="摇号时间",
                type="moment",
                public=True,
                hint="北京时间；方案和名单公布后须隔至少一个完整工作日。",
            ),
        ),
        command=command,
    )


def sign_up(desk: Desk) -> Form:
    return _sign_up(desk, "sign_up")


def withdraw_sign_up(desk: Desk) -> Form:
    return _sign_up(desk, "withdraw_sign_up")


def _sign_up(desk: Desk, name: str) -> Form:
    """By an agent for its own agency; by a registrar for any, on paper."""
    draw, action = offered(desk, name)
    with desk.log.reading() as session:
        own = None if desk.user.holds("registrar") else own_agency(desk, session)
        answered = set(queries.sign_ups(session, draw.draw_id))
        listed = [(one.code, one.name) for one in registry.queries.agencies(session) if one.removal is None]
    listed = [one for one in listed if (one[0] in answered) == (name == "withdraw_sign_up")]
    take = commands.sign_up if name == "sign_up" else commands.withdraw_sign_up

    def command(act: Act, given: Given) -> int:
        return take(act, draw.draw_id, given.text("code").upper() if own is None else own)

    code = Field(
        name="code",
        label="统一社会信用代码",
        most=18,
        public=True,
        choices=listed,
        hint="机构递交纸质报名材料的，由登记员代为录入。",
    )
    return replace(
        form_of(draw, action),
        fields=(code,) if own is None else (),
        command=command,
        blame={
            "lottery.unknown-agency": "code",
            "lottery.signed-up-already": "code",
            "lottery.not-signed-up": "code",
        },
        facts={"draw": draw, "own": own, "requirements": dict(REQUIREMENTS)},
        above="desk/for_call.html",
        warning="报名情况记入公开日志。",
    )


def publish_roster(desk: Desk) -> Form:
    draw, action = offered(desk, "publish_roster")
    return replace(
        form_of(draw, action),
        command=lambda act, given: commands.publish_roster(act, draw.draw_id),
        before="desk/roster.html",
        warning="名单连同未入池的原因将永久公开；公示满一个完整工作日后方可冻结。",
    )


mount(router, "/draws/{draw_id}/call", publish_call)
mount(router, "/draws/{draw_id}/sign-up", sign_up)
mount(router, "/draws/{draw_id}/withdraw-sign-up", withdraw_sign_up)
mount(router, "/draws/{draw_id}/roster", publish_roster)
