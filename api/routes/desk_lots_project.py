"""What a registrar records of a project as a whole: amendments, its platform, its transaction codes."""

from api.forms_words import VALUES
from api.routes.desk_forms import Field, Given, money_text
from api.routes.desk_projects import PROJECTS, known_project
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from trading import commands
from trading.model import AMENDABLE, Project

router = APIRouter(prefix="/desk", include_in_schema=False)

REGISTRAR = ("registrar",)


def amend(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))

    def command(act: Act, given: Given) -> int:
        values = {name: _typed(given, name) for name in AMENDABLE}
        return commands.amend_project(act, project.code, values, given.text("reason"))

    return Form(
        title="变更项目登记",
        roles=REGISTRAR,
        back=f"{PROJECTS}/{project.code}",
        note="只记录改动之处，原值和新值都公开。",
        fields=(*_amendable(project), Field(name="reason", label="变更原因", type="long", public=True)),
        command=command,
        facts={"project": project},
        above="desk/for_project.html",
        blame={"trading.bad-amount": "estimate_fen", "registry.bad-region": "region"},
    )


def _amendable(project: Project) -> list[Field]:
    categories = [(name, words.zh) for name, words in VALUES["category"].items()]
    return [
        Field(name="title", label="项目名称", public=True, value=project.title),
        Field(
            name="category",
            label="标的类别",
            type="choice",
            needed=False,
            public=True,
            choices=categories,
            value=project.category or "",
        ),
        Field(name="legal_basis", label="法律依据", public=True, value=project.legal_basis),
        Field(name="approval", label="批准文号", needed=False, public=True, value=project.approval or ""),
        Field(name="funding", label="资金来源", needed=False, public=True, value=project.funding or ""),
        Field(
            name="estimate_fen",
            label="估算金额（元）",
            type="money",
            needed=False,
            public=True,
            value=money_text(project.estimate_fen),
        ),
        Field(name="region", label="行政区划代码", most=6, public=True, value=project.region),
        Field(
            name="class_code",
            label="交易分类代码",
            most=64,
            needed=False,
            public=True,
            value=project.class_code or "",
        ),
    ]


def _typed(given: Given, name: str) -> str:
    """A value as the command takes it: an amount as digits of fen."""
    value = given.values[name]
    return "" if value is None else str(value)


def platform(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))

    def command(act: Act, given: Given) -> int:
        return commands.assign_platform(act, project.code, given.text("platform"))

    return Form(
        title="分配交易平台",
        roles=REGISTRAR,
        back=f"{PROJECTS}/{project.code}",
        fields=(Field(name="platform", label="交易平台标识码", most=18, public=True, hint="18 位。"),),
        command=command,
        facts={"project": project},
        above="desk/for_project.html",
        blame={
            "registry.bad-code": "platform",
            "registry.bad-code-form": "platform",
            "registry.bad-code-check": "platform",
        },
    )


def code(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))

    def command(act: Act, given: Given) -> int:
        return commands.assign_code(act, project.code, given.optional("superior"), given.optional("lot"))

    return Form(
        title="赋统一交易标识码",
        roles=REGISTRAR,
        back=f"{PROJECTS}/{project.code}",
        note="不填代码即由本系统按平台、日期和序号编制，标明“local”，不声称符合国家规范。",
        fields=(
            Field(name="superior", label="上级平台返回的代码", most=64, needed=False, public=True),
            Field(
                name="lot",
                label="标段",
                type="choice",
                needed=False,
                public=True,
                hint="不选为整个项目；只有上级平台返回的代码可以按标段登记。",
                choices=[(one.lot, f"{one.lot} {one.title}") for one in project.lots],
            ),
        ),
        command=command,
        facts={"project": project},
        above="desk/for_project.html",
        blame={"trading.bad-code": "superior", "trading.no-such-lot": "lot", "trading.code-exists": "superior"},
    )


mount(router, "/projects/{code}/amend", amend)
mount(router, "/projects/{code}/platform", platform)
mount(router, "/projects/{code}/code", code)
