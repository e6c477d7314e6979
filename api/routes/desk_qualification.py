"""The desk where applications to be prequalified are read and judged, each with a reason for whoever does not pass."""

from api.opened_bids import READERS
from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routes.trading_qualification import Application, applications_to_judge
from api.routing import APIRouter
from audit.act import Act
from trading.bids.qualifying import judge_applicants
from trading.events import Judgement

router = APIRouter(prefix="/desk", include_in_schema=False)
MAX_REASON = 200


def qualification(desk: Desk) -> Form:
    """Everybody who applied, with what they handed in."""
    code, lot = desk.path("project"), desk.path("lot")
    desk.roles(*READERS)
    _, found = applications_to_judge(desk.site, desk.user, code, lot)

    def command(act: Act, given: Given) -> int:
        return judge_applicants(act, code, lot, [_judgement(one, at, given) for at, one in enumerate(found)])

    fields: list[Field] = []
    for at, one in enumerate(found):
        group = f"{at + 1}. {one.row.bidder}"
        choices = (("yes", desk.say("通过")), ("no", desk.say("不通过")))
        fields.append(
            Field(name=f"passed_{at}", label="审查结果", type="choice", choices=choices, value="yes", group=group)
        )
        fields.append(
            Field(
                name=f"reason_{at}",
                label="不通过的原因",
                needed=False,
                most=MAX_REASON,
                group=group,
                visibility="投标截止前不公开",
            )
        )
    return Form(
        title="审查资格预审申请",
        roles=READERS,
        back=f"/desk/projects/{code}",
        note="申请人的名称、家数和审查结果在投标截止前不公开，公开日志只显示已经审查、是否不少于三个通过。每个申请人只能看到自己的结果。",
        fields=tuple(fields),
        facts={"project_code": code, "lot": lot, "applications": found},
        above="trading/qualification_above.html",
        blame={"trading.bad-judgements": "reason_0"},
        command=command,
    )


def _judgement(one: Application, at: int, given: Given) -> Judgement:
    passed = given.text(f"passed_{at}") == "yes"
    return Judgement(
        receipt=one.row.receipt,
        applicant=one.row.bidder,
        applicant_code=one.row.bidder_code,
        passed=passed,
        reason=None if passed else given.optional(f"reason_{at}"),
    )


mount(router, "/qualification/{project}/{lot}", qualification)
