"""The administrator's desk: who may sign in, and in which roles they act. Roles are entries; names are not."""

from typing import get_args

from sqlalchemy import select
from starlette.responses import Response

import registry.queries
from api import accounts
from api.errors import NoSuchAccount
from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from api.tables import AccountRow
from api.wording import role_title
from audit.act import Act
from registry import commands
from registry.events import Role, RoleGranted, RoleRevoked

router = APIRouter(prefix="/desk", include_in_schema=False)

ADMIN = ("admin",)
ACCOUNTS = "/desk/accounts"
ROLES: tuple[Role, ...] = get_args(Role)

IDENTITY = Field(
    name="identity_number",
    label="持有人身份证号",
    most=18,
    needed=False,
    hint="登记员、操作员、监管人员、监察人员的账户必须核验。只保存其带密钥摘要，用于管办分离，不公开。",
)


@router.get("/accounts")
def list_accounts(desk: DeskDep) -> Response:
    desk.roles(*ADMIN)
    with desk.log.reading() as session:
        rows = session.scalars(select(AccountRow).order_by(AccountRow.name)).all()
        held = registry.queries.all_roles(session)
        names = {one.id: one.name for one in registry.queries.organisations(session)}
        known = {row.id for row in rows if registry.queries.holder(session, row.id) is not None}
    return desk.render("accounts.html", accounts=rows, held=held, names=names, known=known)


def new_account(desk: Desk) -> Form:
    def create(given: Given) -> str:
        identity = given.optional("identity_number")
        accounts.create_account(desk.log, given.text("name"), given.text("password"), identity)
        return ACCOUNTS

    return Form(
        title="新建账户",
        roles=ADMIN,
        back=ACCOUNTS,
        note="新账户没有任何角色；角色另行授予，并记入公开日志。日志里只写账户代号，不写登录名。",
        fields=(
            Field(
                name="name",
                label="登录名",
                most=64,
                hint="2 至 64 个字母、数字、汉字或 . _ - @。",
                autocomplete="off",
            ),
            Field(
                name="password",
                label="初始口令",
                type="password",
                most=256,
                hint="至少 12 个字符；持有人首次登录后应自行修改。",
                autocomplete="new-password",
            ),
            IDENTITY,
        ),
        direct=create,
        blame={
            "api.bad-sign-in-name": "name",
            "api.sign-in-name-taken": "name",
            "api.password-too-short": "password",
            "api.password-too-long": "password",
            "api.password-too-plain": "password",
            "registry.bad-identity-number": "identity_number",
            "registry.roles-conflict": "identity_number",
        },
    )


def record_holder(desk: Desk) -> Form:
    account = known_account(desk)

    def record(given: Given) -> str:
        digest = accounts.holder_digest(desk.log, given.text("identity_number"))
        with desk.log.act(f"admin:{desk.user.account}") as act:
            commands.record_holder(act, account.id, digest)
        return ACCOUNTS

    return Form(
        title="核验账户持有人",
        roles=ADMIN,
        back=ACCOUNTS,
        fields=(Field(name="identity_number", label=IDENTITY.label, most=18, hint=IDENTITY.hint),),
        direct=record,
        blame={
            "registry.bad-identity-number": "identity_number",
            "registry.holder-differs": "identity_number",
            "registry.roles-conflict": "identity_number",
        },
        facts={"account": account},
        above="desk/for_account.html",
    )


def close_account(desk: Desk) -> Form:
    account = known_account(desk)

    def close(given: Given) -> str:
        accounts.close_account(desk.log, account.id)
        return ACCOUNTS

    return Form(
        title="停用账户",
        roles=ADMIN,
        back=ACCOUNTS,
        note="停用后不能再登录，现有会话立即结束。条目保留；角色须另行收回。",
        fields=(Field(name="sure", label="我确认停用此账户，停用后不能恢复", type="tick"),),
        direct=close,
        facts={"account": account},
        above="desk/for_account.html",
    )


def grant_role(desk: Desk) -> Form:
    account = known_account(desk)
    with desk.log.reading() as session:
        organisations = registry.queries.organisations(session)

    def command(act: Act, given: Given) -> int:
        role = next(one for one in ROLES if one == given.text("role"))
        event = RoleGranted(account=account.id, role=role, organisation=given.optional("organisation"))
        return commands.grant_role(act, event)

    return Form(
        title="授予角色",
        roles=ADMIN,
        back=ACCOUNTS,
        fields=(
            Field(
                name="role",
                label="角色",
                type="choice",
                public=True,
                choices=[(one, role_title(one, desk.lang)) for one in ROLES],
            ),
            Field(
                name="organisation",
                label="代表的单位",
                type="choice",
                needed=False,
                public=True,
                hint="招标人、代理机构经办人、公证员必选。",
                choices=[(one.id, one.name) for one in organisations],
            ),
        ),
        command=command,
        blame={
            "registry.roles-conflict": "role",
            "registry.role-held": "role",
            "registry.holder-unknown": "role",
            "registry.role-needs-organisation": "organisation",
            "registry.no-such-organisation": "organisation",
        },
        facts={"account": account},
        above="desk/for_role.html",
    )


def revoke_role(desk: Desk) -> Form:
    account = known_account(desk)
    with desk.log.reading() as session:
        held = [one.role for one in registry.queries.roles(session, account.id)]

    def command(act: Act, given: Given) -> int:
        role = next(one for one in ROLES if one == given.text("role"))
        return commands.revoke_role(act, RoleRevoked(account=account.id, role=role, reason=given.text("reason")))

    return Form(
        title="收回角色",
        roles=ADMIN,
        back=ACCOUNTS,
        fields=(
            Field(
                name="role",
                label="角色",
                type="choice",
                public=True,
                choices=[(one, role_title(one, desk.lang)) for one in held],
            ),
            Field(name="reason", label="原因", type="long", public=True, hint="不得写入个人信息。"),
        ),
        command=command,
        blame={"registry.role-not-held": "role"},
        facts={"account": account},
        above="desk/for_account.html",
    )


def known_account(desk: Desk) -> AccountRow:
    """The account that the address names. For administrators only. Raises RoleNotYours, NoSuchAccount."""
    desk.roles(*ADMIN)
    wanted = desk.path("account")
    with desk.log.reading() as session:
        row = session.get(AccountRow, wanted)
    if row is None:
        raise NoSuchAccount(account=wanted[:64])
    return row


mount(router, "/accounts/new", new_account)
mount(router, "/accounts/{account}/holder", record_holder)
mount(router, "/accounts/{account}/close", close_account)
mount(router, "/accounts/{account}/grant", grant_role)
mount(router, "/accounts/{account}/revoke", revoke_role)
