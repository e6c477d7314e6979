"""Who may be drawn into an evaluation committee (评标专家抽取范围): lines of codes, and names that stay private."""

from dataclasses import replace

from api.routes.desk_forms import Field, Given, wrong
from api.routes.desk_offers import form_of, offered
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from lottery import commands, rules
from lottery.events import Avoided, Expert, ExpertsListed

router = APIRouter(prefix="/desk", include_in_schema=False)

EXPERTS = Field(
    name="experts",
    label="可以抽取的专家",
    type="lines",
    most=200,
    hint="每行一名：编号 | 专业 | 姓名。公开编号和专业，姓名不公开。编号不得由姓名、证件号码推知。",
    visibility="姓名不公开",
)
AVOIDED = Field(
    name="avoided",
    label="回避的专家",
    type="lines",
    most=200,
    needed=False,
    public=True,
    hint="每行一名：编号 | 原因 | 说明。原因：利害关系、本单位人员、自行回避、暂停资格。说明不得写姓名。",
)
REASONS = {"利害关系": "CONFLICT", "本单位人员": "EMPLOYED", "自行回避": "RECUSED", "暂停资格": "SUSPENDED"}


def list_experts(desk: Desk) -> Form:
    draw, action = offered(desk, "list_experts")

    def command(act: Act, given: Given) -> int:
        rows = sorted(_parts(EXPERTS, line) for line in given.list("experts"))
        event = ExpertsListed(
            draw_id=draw.draw_id,
            experts=[Expert(code=code, speciality=speciality) for code, speciality, _ in rows],
            avoided=[_avoided(line) for line in sorted(given.list("avoided"))],
            draws_at=given.number("draws_at"),
        )
        return commands.list_experts(act, event, {code: name for code, _, name in rows})

    return replace(
        form_of(draw, action),
        roles=rules.LISTERS,
        fields=(
            EXPERTS,
            AVOIDED,
            Field(name="draws_at", label="摇号时间", type="moment", public=True, hint="北京时间。"),
        ),
        blame={"lottery.bad-experts": "experts"},
        command=command,
        warning="编号、专业和回避原因将永久公开。",
    )


def _avoided(line: str) -> Avoided:
    code, reason, note = _parts(AVOIDED, line)
    if reason not in REASONS:
        raise wrong(AVOIDED, f"没有这种原因：{reason[:40]}", f"knows no such ground: {reason[:40]}")
    return Avoided.model_validate({"code": code, "reason": REASONS[reason], "note": note})


def _parts(field: Field, line: str) -> tuple[str, str, str]:
    """Raises BadField."""
    parts = [part.strip(" \u3000") for part in line.replace("｜", "|").split("|")]
    if len(parts) != 3 or not all(parts):
        raise wrong(field, f"有一行不是三项：{line[:60]}", f"has a line that is not three things: {line[:60]}")
    return parts[0], parts[1], parts[2]


mount(router, "/draws/{draw_id}/experts", list_experts)
