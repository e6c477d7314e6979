"""The desk of projects: registering them, their notices, the decision to draw, the contract with the drawn agent."""

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session
from starlette.responses import Response

import lottery.queries
import registry.queries
from api.forms_words import VALUES
from api.pages import SHANGHAI
from api.routes.desk_forms import Field, Given, wrong
from api.routes.desk_lots import acting_roles, is_engaged, lot_lines
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, Signing, mount
from api.routing import APIRouter
from audit.act import Act
from lottery import documents, rules
from lottery.committee import committee_code
from lottery.events import Decided
from lottery.model import Draw, subject
from registry.errors import NoSuchOrganisation
from registry.model import Organisation
from trading import commands, queries
from trading.bids import queries as bids
from trading.errors import NoSuchLot, NoSuchProject, NotForThatTenderer
from trading.events import AgentEngaged, ProjectRegistered
from trading.model import TRADES, Project

router = APIRouter(prefix="/desk", include_in_schema=False)

WRITERS = ("tenderer", "registrar")
EDITORS = ("tenderer", "agent", "registrar")
PROJECTS = "/desk/projects"
LIST_PAGE = 50
COMMITTEE_FIELDS = {"scope": "抽取要求", "fee": "专家劳务报酬"}
"""What a decision's members are called where it is about a committee."""


@router.get("/projects")
def list_projects(desk: DeskDep) -> Response:
    """The projects that the account may work on: a tenderer's own, an engaged agency's, all for a registrar."""
    desk.roles(*EDITORS)
    text = desk.query("q").replace("\0", "")
    before = desk.query("before")
    with desk.log.reading() as session:
        found = _projects(desk, session, text, int(before) if before.isascii() and before.isdigit() else None)
    more = found[LIST_PAGE - 1].place if len(found) > LIST_PAGE else None
    return desk.render("projects.html", projects=found[:LIST_PAGE], text=text, more=more and more.seq)


def _projects(desk: Desk, session: Session, text: str, before: int | None) -> list[Project]:
    if desk.user.holds("registrar"):
        return queries.projects(session, text=text, before=before, limit=LIST_PAGE + 1)
    tenderer = desk.organisation("tenderer")
    if tenderer is not None:
        return queries.projects(session, text=text, tenderer=tenderer, before=before, limit=LIST_PAGE + 1)
    return [one for one in queries.projects(session, text=text, before=before) if is_engaged(desk, session, one)]


@router.get("/projects/{code}")
def one_project(code: str, desk: DeskDep) -> Response:
    """What may be done for a project."""
    project = known_project(desk, code)
    with desk.log.reading() as session:
        roles = acting_roles(desk, session, project)
        if not roles:
            raise NotForThatTenderer(actor=desk.user.account, tenderer=project.tenderer_name)
        lots = lot_lines(desk, session, project, roles)
        notices = queries.notices(session, project.code)
        draws = lottery.queries.project_draws(session, desk.now, project.code)
        draws += lottery.queries.committee_draws(session, desk.now, project.code)
        engagements = queries.engagements(session, project_code=project.code)
        names = {one.code: one.name for one in registry.queries.agencies(session)} if engagements else {}
        former = lottery.queries.newest_draw_of_project(session, project.code)
    is_tenderer = desk.organisation("tenderer") == project.tenderer
    return desk.render(
        "project.html",
        project=project,
        lots=lots,
        may_publish=bool({*EDITORS} & {*roles}),
        notices=notices,
        draws=draws,
        engagements=engagements,
        agents=names,
        is_tenderer=is_tenderer,
        may_decide=is_tenderer and may_decide(desk, former),
        may_engage=_may_write(desk, project) and bool(_to_engage(desk, project)),
        trades=TRADES,
    )


def may_decide(desk: Desk, former: Draw | None) -> bool:
    """Whether a project may have a draw now: one project, one draw, unless the former was given up or left places."""
    if former is None or rules.was_given_up_before_seal(former):
        return True
    return documents.vacant(desk.log.blobs, former.attempt) > 0


def _may_write(desk: Desk, project: Project) -> bool:
    return desk.user.holds("registrar") or desk.organisation("tenderer") == project.tenderer


def known_project(desk: Desk, code: str) -> Project:
    """Raises NoSuchProject."""
    with desk.log.reading() as session:
        found = queries.project(session, code)
    if found is None:
        raise NoSuchProject(project=code[:64])
    return found


# Registering

LOTS = Field(
    name="lots",
    label="各标段",
    type="lines",
    public=True,
    hint="每行一个：编号 | 名称 | 估算金额（元，可省）。不分标段的写一行：1 | 项目名称。",
)


def new_project(desk: Desk) -> Form:
    with desk.log.reading() as session:
        tenderers = registry.queries.organisations(session, "tenderer")
    own = desk.organisation("tenderer")
    if own is not None and not desk.user.holds("registrar"):
        tenderers = [one for one in tenderers if one.id == own]

    def command(act: Act, given: Given) -> int:
        tenderer = next((one for one in tenderers if one.id == given.text("tenderer")), None)
        if tenderer is None:
            raise NoSuchOrganisation(organisation=given.text("tenderer"))
        return commands.register_project(act, _registered(given, tenderer))

    return Form(
        title="登记项目",
        roles=WRITERS,
        back=PROJECTS,
        fields=(
            Field(
                name="code",
                label="项目编号",
                most=64,
                public=True,
                hint="沿用来源编号，不含空格和 / \\ ? # %。",
            ),
            Field(name="title", label="项目名称", public=True),
            Field(
                name="trade",
                label="交易类别",
                type="choice",
                public=True,
                choices=tuple(TRADES.items()),
            ),
            Field(
                name="tenderer",
                label="招标人",
                type="choice",
                public=True,
                choices=[(one.id, one.name) for one in tenderers],
                value=own or "",
            ),
            Field(
                name="category",
                label="标的类别",
                type="choice",
                needed=False,
                public=True,
                hint="法定期限按类别适用。",
                choices=[(name, words.zh) for name, words in VALUES["category"].items()],
            ),
            Field(name="legal_basis", label="法律依据", public=True),
            Field(name="approval", label="批准文号", needed=False, public=True),
            Field(name="funding", label="资金来源", needed=False, public=True),
            Field(name="estimate_fen", label="估算金额（元）", type="money", needed=False, public=True),
            Field(
                name="region",
                label="行政区划代码",
                most=6,
                public=True,
                hint="项目所在地，6 位（GB/T 2260）。",
            ),
            Field(name="class_code", label="交易分类代码", most=64, needed=False, public=True),
            LOTS,
        ),
        command=command,
        done=lambda given: f"{PROJECTS}/{given.text('code')}",
        blame={
            "trading.bad-project-code": "code",
            "trading.project-exists": "code",
            "trading.not-a-tenderer": "tenderer",
            "trading.not-for-that-tenderer": "tenderer",
            "trading.bad-lots": "lots",
            "trading.bad-amount": "estimate_fen",
            "registry.bad-text": "lots",
        },
    )


def _registered(given: Given, tenderer: Organisation) -> ProjectRegistered:
    return ProjectRegistered.of(
        {
            "code": given.text("code"),
            "trade": given.text("trade"),
            "class_code": given.optional("class_code"),
            "title": given.text("title"),
            "tenderer": tenderer.id,
            "tenderer_name": tenderer.name,
            "legal_basis": given.text("legal_basis"),
            "approval": given.optional("approval"),
            "funding": given.optional("funding"),
            "estimate_fen": given.optional_number("estimate_fen"),
            "region": given.text("region"),
            "lots": [_lot(line) for line in given.list("lots")],
            "category": given.optional("category"),
        }
    )


def _lot(line: str) -> dict[str, object]:
    """`1 | 第一标段 | 1200000` as a lot. Raises BadField."""
    lot, *rest = (part.strip(" \u3000") for part in line.replace("｜", "|").split("|"))
    amount = rest[1].replace(",", "") if len(rest) == 2 else ""
    yuan, _, cents = amount.partition(".")
    is_amount = not amount or (yuan.isascii() and yuan.isdigit() and len(yuan) <= 13 and len(cents) <= 2)
    if not lot or not rest or not rest[0] or len(rest) > 2 or not is_amount or (cents and not cents.isdigit()):
        raise wrong(LOTS, f"有一行不合格式：{line[:60]}", f"has a line of another form: {line[:60]}")
    return {
        "lot": lot,
        "title": rest[0],
        "estimate_fen": int(yuan) * 100 + int(cents.ljust(2, "0")) if amount else None,
    }


# The decision and what it leads to


def decide(desk: Desk) -> Form:
    return _decision(desk, is_drill=False)


def decide_drill(desk: Desk) -> Form:
    return _decision(desk, is_drill=True)


def decide_committee(desk: Desk) -> Form:
    """The same of the committee that evaluates a lot's bids."""
    project = known_project(desk, desk.path("code"))
    with desk.log.reading() as session:
        lot = bids.lot(session, project.code, desk.path("lot"))
    if lot is None:
        raise NoSuchLot(project=project.code, lot=desk.path("lot")[:64])
    form = _decision(desk, is_drill=False, about=committee_code(project.code, lot.lot, lot.round))
    return replace(
        form,
        title="决定抽取评标专家",
        fields=tuple(replace(one, label=COMMITTEE_FIELDS.get(one.name, one.label)) for one in form.fields),
        note="评标委员会的专家以摇号方式抽取，由招标人以其密钥在本机签名决定。",
        warning="决定签名后即记入公开日志；一个标段每轮只有一次抽取。",
    )


def _decision(desk: Desk, is_drill: bool, about: str = "") -> Form:
    """The tenderer's own decision, signed in its browser with its key. about: what is drawn for; empty: the project."""
    project = known_project(desk, desk.path("code"))
    if desk.organisation("tenderer") != project.tenderer:
        raise NotForThatTenderer(actor=desk.user.account, tenderer=project.tenderer_name)
    with desk.log.reading() as session:
        tenderer = registry.queries.organisation(session, project.tenderer)
        former = None if is_drill else lottery.queries.newest_draw_of_project(session, about or project.code)
        year = datetime.fromtimestamp(desk.now / 1000, UTC).astimezone(SHANGHAI).year
        draw_id = lottery.queries.next_draw_id(session, desk.site.settings.draw_prefix, year, is_drill)
    assert tenderer is not None  # a project has one

    def signing(given: Given) -> Signing:
        event = Decided(
            draw_id=draw_id,
            project_code=about or project.code,
            project_name=project.title,
            tenderer=tenderer.name,
            scope=given.text("scope"),
            fee=given.text("fee"),
            former_draw=None if former is None else former.draw_id,
            former_reason=None if former is None else given.text("former_reason"),
            signatures=[],
        )
        rules.check_decision(event)
        vacant = 0 if former is None else documents.vacant(desk.log.blobs, former.attempt)
        rules.check_former_draw(event, former, vacant)
        return Signing(event=event, subject=subject(draw_id), organisation=tenderer)

    def signed(act: Act, event: Decided, given: Given) -> int:
        return commands.decide_draw(act, event)

    former_reason = Field(
        name="former_reason",
        label="终止前一次摇号、重新决定的理由",
        type="long",
        most=rules.LONG_TEXT,
        public=True,
    )
    return Form(
        title="决定以摇号选定代理机构",
        roles=("tenderer",),
        back=f"{PROJECTS}/{project.code}",
        done=f"{PROJECTS}/{project.code}",
        note="由招标人自行决定，并以招标人的密钥在本机签名。",
        fields=(
            Field(name="scope", label="委托范围", type="long", most=rules.LONG_TEXT, public=True),
            Field(name="fee", label="代理费", type="long", most=rules.LONG_TEXT, public=True, hint="标准和由谁支付。"),
            *(() if former is None else (former_reason,)),
        ),
        signing=signing,
        signed=signed,
        facts={"project": project, "draw_id": draw_id, "former": former, "is_drill": is_drill},
        above="desk/for_decision.html",
        warning="决定签名后即记入公开日志，摇号由此开始；一个项目只有一次摇号。",
    )


def engage(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))
    with desk.log.reading() as session:
        names = {one.code: one.name for one in registry.queries.agencies(session)}
    choices = [
        (f"{draw_id}/{attempt}/{code}", f"{names.get(code, '')} {code} · {draw_id}")
        for draw_id, attempt, code in _to_engage(desk, project)
    ]

    def command(act: Act, given: Given) -> int:
        draw_id, attempt, code = given.text("agent").split("/")
        event = AgentEngaged(
            project=project.code,
            draw_id=draw_id,
            attempt=int(attempt),
            agent=code,
            contract_number=given.text("contract_number"),
        )
        return commands.engage_agent(act, event)

    return Form(
        title="登记委托代理合同",
        roles=WRITERS,
        back=f"{PROJECTS}/{project.code}",
        note="只能登记摇号的现行中签机构，使人人可见摇号结果得到履行。",
        fields=(
            Field(name="agent", label="代理机构", type="choice", public=True, choices=choices),
            Field(name="contract_number", label="合同编号", public=True),
        ),
        command=command,
        blame={
            "trading.not-drawn": "agent",
            "trading.engaged-already": "agent",
            "registry.bad-text": "contract_number",
        },
        facts={"project": project},
        above="desk/for_project.html",
    )


def _to_engage(desk: Desk, project: Project) -> list[tuple[str, int, str]]:
    """Draw, attempt and code of each present winner of the project's draws with whom there is no contract yet."""
    with desk.log.reading() as session:
        draws = lottery.queries.project_draws(session, desk.now, project.code)
        engaged = {(one.draw_id, one.agent) for one in queries.engagements(session, project_code=project.code)}
    winners = (one for line in draws for one in _winners(desk, line.draw_id))
    return [one for one in winners if (one[0], one[2]) not in engaged]


def _winners(desk: Desk, draw_id: str) -> list[tuple[str, int, str]]:
    """Draw, attempt and code of each present winner of a draw that is no rehearsal."""
    with desk.log.reading() as session:
        draw: Draw | None = lottery.queries.draw(session, draw_id)
    if draw is None or draw.is_drill or draw.attempt is None or draw.attempt.drawn is None:
        return []
    page = lottery.queries.attempt_page(desk.log.blobs, draw.attempt)
    return [(draw_id, draw.attempt.number, code) for code in page.winners]


mount(router, "/new-project", new_project)  # a project may be called `new`
mount(router, "/projects/{code}/decide", decide)
mount(router, "/projects/{code}/decide-drill", decide_drill)
mount(router, "/projects/{code}/committees/{lot}", decide_committee)
mount(router, "/projects/{code}/engage", engage)
