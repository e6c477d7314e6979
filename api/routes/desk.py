"""`/desk`: where those who are signed in act. Its first page shows what each may do and what waits for them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api import draw_wording
from api.errors import NoSuchEntryId
from api.routes import (
    desk_accounts,
    desk_agencies,
    desk_agency,
    desk_bonds,
    desk_call,
    desk_dice,
    desk_disclosure,
    desk_draws,
    desk_experts,
    desk_lots_due,
    desk_lots_notices,
    desk_lots_project,
    desk_lots_record,
    desk_meeting,
    desk_minutes,
    desk_notices,
    desk_objections,
    desk_opening_keys,
    desk_organisations,
    desk_plan,
    desk_projects,
    desk_registry,
    desk_seats,
    desk_signatures,
    desk_standing,
    desk_supervision,
    desk_void,
)
from api.routes.desk_chores import chores
from api.routes.desk_offers import Offer, offers_of, own_seats
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_uploads import forget_old_uploads
from api.routes.desk_waiting import WaitingAct, forget_old_acts, owners, waiting_for
from api.routes.sign_in import names_held, own_path
from api.routing import APIRouter
from api.wording import Words
from audit.log import Log
from audit.tables import EntryRow
from lottery import queries, rules
from lottery.queries import DrawLine
from registry.queries.bidders import registration_of
from registry.queries.forms import application

router = APIRouter(include_in_schema=False)

RECENT = 40
"""Draws that are looked through for something to do."""
LASTING = frozenset({"file_objection", "change_standing", "issue_minutes"})
"""What may be done at most times, and is therefore no news."""

DOORS: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("registrar", "supervisor"), "/desk/agencies", "代理机构", "登记、变更、导入；暂停、恢复、除名"),
    (("registrar", "inspector"), "/desk/registry", "名录登记", "入驻、三表核对、比对发现、利害关系"),
    (("supervisor", "inspector"), "/desk/supervision", "入场监察", "监察记录、决定、复核，行为准则和信用办法"),
    (("supervisor", "inspector"), "/desk/signs", "关联和串通迹象", "开标后比对出的关联关系、同一联系方式、同一设备"),
    (("registrar", "inspector"), "/desk/registrations", "投标人注册", "待确认的投标人注册"),
    (("registrar",), "/desk/disclosure", "依申请公开", "公开申请：答复、延长，期限"),
    (("agent",), "/desk/agency", "本机构", "三张登记表、承诺、准则，缺什么、何时到期"),
    (("registrar",), "/desk/organisations", "单位和公钥", "登记单位，登记和撤销公钥"),
    (
        ("tenderer", "agent", "bidder", "supervisor", "registrar"),
        "/desk/trading",
        "交易待办",
        "各标段此刻可办的事、接下来到期的期限，投诉和暂停",
    ),
    (
        ("bidder", "tenderer", "agent", "registrar", "operator", "notary", "supervisor"),
        "/desk/bids",
        "投标和开标",
        "递交、替换、撤回投标文件，回执；开标方案、席位份额",
    ),
    (("tenderer", "registrar", "agent"), "/desk/projects", "项目和公告", "登记项目，发布、更正、撤回公告，决定摇号"),
    (
        ("operator", "registrar", "tenderer", "agent", "notary", "supervisor"),
        "/desk/draws",
        "摇号",
        "各次摇号此刻可办的事",
    ),
    (
        ("operator", "notary", "supervisor", "tenderer", "inspector"),
        "/desk/signatures",
        "会签",
        "待各机构签名的事项",
    ),
    (
        ("tenderer", "agent", "notary", "supervisor", "operator", "inspector", "bidder"),
        "/desk/keys",
        "机构密钥",
        "生成、备份、导入",
    ),
    (("admin",), "/desk/accounts", "账户和角色", "新建、停用账户，授予、收回角色"),
)
"""Roles, address, name and contents of each desk."""


@dataclass(frozen=True)
class Task:
    """A draw with something in it for the account."""

    line: DrawLine
    state: Words
    offers: list[Offer]
    seats: list[str]


@router.get("/desk")
def home(desk: DeskDep) -> Response:
    with desk.log.reading() as session:
        if not desk.user.holdings and application(session, desk.user.account) is not None:
            return RedirectResponse("/desk/agency", 303)
        if not desk.user.holdings and registration_of(session, desk.user.account) is not None:
            return RedirectResponse("/desk/registration", 303)
        tasks = _tasks(desk, session)
        names = names_held(session, desk.user)
        waiting = [one for one in waiting_for(desk, session) if _wants(desk, session, one)]
        others = chores(desk, session)
    doors = [
        (address, name, contents)
        for roles, address, name, contents in DOORS
        if any(desk.user.holds(role) for role in roles)
    ]
    return desk.render("home.html", doors=doors, tasks=tasks, waiting=waiting, chores=others, names=names)


def _tasks(desk: Desk, session: Session) -> list[Task]:
    tasks = []
    for line, draw in queries.newest_draws(session, desk.now, RECENT):
        offers = [one for one in offers_of(desk, session, draw) if one.name not in LASTING]
        own = own_seats(desk, session, draw)
        actions = rules.next_actions(draw, desk.now, published=desk.log.published_size)
        seats = [seat for seat in own if any(seat in one.seats for one in actions)]
        if offers or seats:
            tasks.append(Task(line, draw_wording.STATES[draw.state_at(desk.now)], offers, seats))
    return tasks


def _wants(desk: Desk, session: Session, act: WaitingAct) -> bool:
    """Whether the account's organisation has still to sign, or its operator to carry the act out."""
    own = {held.organisation for held in desk.user.holdings} & set(act.signers)
    return desk.user.holds("operator") or bool(own - owners(session, act).keys())


@router.get("/desk/done/{entry}")
def done(entry: str, desk: DeskDep) -> Response:
    """Where an act stands in the log, with its receipt."""
    number = int(entry) if entry.isascii() and entry.isdigit() and len(entry) <= 15 else 0
    with desk.log.reading() as session:
        row = session.execute(
            select(EntryRow.seq, EntryRow.kind, EntryRow.subject).where(EntryRow.id == number)
        ).one_or_none()
    if row is None:
        raise NoSuchEntryId(id=entry[:15])
    seq = row.seq if row.seq is not None and row.seq < desk.log.published_size else None
    following = own_path(desk.query("next"))
    return desk.render("done.html", seq=seq, kind=row.kind, subject=row.subject, next=following)


def forget_old(log: Log) -> None:
    """Drop what the desks keep between two pages and nobody came back for; called every now and then."""
    forget_old_uploads(log)
    forget_old_acts(log)


for part in (
    desk_agency,
    desk_agencies,
    desk_registry,
    desk_supervision,
    desk_organisations,
    desk_opening_keys,
    desk_projects,
    desk_notices,
    desk_lots_due,
    desk_lots_notices,
    desk_lots_project,
    desk_lots_record,
    desk_bonds,
    desk_draws,
    desk_call,
    desk_experts,
    desk_plan,
    desk_meeting,
    desk_minutes,
    desk_seats,
    desk_dice,
    desk_void,
    desk_standing,
    desk_objections,
    desk_signatures,
    desk_accounts,
    desk_disclosure,
):
    router.include_router(part.router)
