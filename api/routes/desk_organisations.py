"""The desk of organisations: their records, and the keys whose signatures stand for them."""

from typing import get_args

from starlette.responses import Response

from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands, queries
from registry.errors import NoSuchKey, NoSuchOrganisation
from registry.events import (
    Capacity,
    KeyRecorded,
    KeyRevoked,
    OrganisationRecorded,
)
from registry.model import Organisation, new_organisation_id

router = APIRouter(prefix="/desk", include_in_schema=False)

REGISTRAR = ("registrar",)
ORGANISATIONS = "/desk/organisations"

CAPACITIES: dict[Capacity, str] = {
    "tenderer": "招标人",
    "notary": "公证机构",
    "supervisor": "监管部门",
    "centre": "交易中心",
    "inspector": "监察机关",
    "agency": "代理机构",
    "bidder": "投标人",
    "public": "社会公众代表",
}
assert set(CAPACITIES) == set(get_args(Capacity))
ENDS = {"replaced": "已替换", "withdrawn": "已停用", "compromised": "已声明失密"}
"""What became of an opening key."""


@router.get("/organisations")
def list_organisations(desk: DeskDep) -> Response:
    desk.roles(*REGISTRAR)
    with desk.log.reading() as session:
        found = queries.organisations(session)
        keys = {one.id: queries.keys_in_force(session, one.id) for one in found}
    return desk.render("organisations.html", organisations=found, keys=keys, capacities=CAPACITIES)


def organisation_fields(known: Organisation | None) -> tuple[Field, ...]:
    own = (
        Field(
            name="organisation",
            label="单位编号",
            most=40,
            needed=False,
            public=True,
            hint="3 至 40 位小写字母、数字和连字符；不填则自动编号。",
        ),
    )
    return (
        *(own if known is None else ()),
        Field(
            name="name",
            label="单位名称",
            public=True,
            hint="与营业执照或批准文件一致。",
            value=known.name if known else "",
            autocomplete="organization",
        ),
        Field(
            name="code",
            label="统一社会信用代码",
            most=18,
            needed=False,
            public=True,
            hint="18 位；一经登记不得更改。",
            value=(known.code or "") if known else "",
        ),
        Field(
            name="capacities",
            label="身份",
            type="choices",
            public=True,
            choices=tuple(CAPACITIES.items()),
            value=known.capacities if known else (),
        ),
    )


ABOUT_ORGANISATION = {
    "registry.bad-organisation-id": "organisation",
    "registry.organisation-exists": "organisation",
    "registry.name-taken": "name",
    "registry.code-fixed": "code",
    "registry.code-taken": "code",
    "registry.bad-code": "code",
    "registry.bad-code-form": "code",
    "registry.bad-code-check": "code",
    "registry.bad-capacities": "capacities",
}


def new_organisation(desk: Desk) -> Form:
    made = new_organisation_id()

    def command(act: Act, given: Given) -> int:
        return commands.record_organisation(act, _organisation(given.text("organisation") or made, given))

    return Form(
        title="登记单位",
        roles=REGISTRAR,
        back=ORGANISATIONS,
        note="招标人、公证机构、监管部门等凡持有席位、密钥或角色的单位。",
        fields=organisation_fields(None),
        command=command,
        blame=ABOUT_ORGANISATION,
    )


def amend_organisation(desk: Desk) -> Form:
    known = known_organisation(desk, desk.path("organisation"))

    def command(act: Act, given: Given) -> int:
        return commands.amend_organisation(act, _organisation(known.id, given))

    return Form(
        title="变更单位登记",
        roles=REGISTRAR,
        back=ORGANISATIONS,
        fields=organisation_fields(known),
        command=command,
        blame=ABOUT_ORGANISATION,
    )


def _organisation(organisation: str, given: Given) -> OrganisationRecorded:
    return OrganisationRecorded.of(
        {
            "organisation": organisation,
            "name": given.text("name"),
            "code": given.optional("code"),
            "capacities": given.list("capacities"),
        }
    )


def new_key(desk: Desk) -> Form:
    known = known_organisation(desk, desk.path("organisation"))

    def command(act: Act, given: Given) -> int:
        return commands.record_key(act, KeyRecorded(organisation=known.id, key=given.text("key")))

    return Form(
        title="登记机构公钥",
        roles=REGISTRAR if desk.user.holds("registrar") else ("bidder",),  # its own first one
        back=f"/desk/keys/{known.id}",
        note="密钥由该机构在自己的设备上生成；这里只登记公开的一半。登记前请与该机构当面或电话核对全部 64 位。",
        fields=(
            Field(
                name="key",
                label="公钥",
                type="hex",
                most=64,
                public=True,
                hint="64 位十六进制，空格和连字符不计。",
            ),
        ),
        command=command,
        blame={"registry.bad-key": "key", "registry.key-taken": "key"},
        facts={"organisation": known},
        above="desk/for_organisation.html",
        warning="登记后，此公钥的签名即代表该机构；一把公钥只属于一家单位，撤销后也不再启用。",
    )


def revoke_key(desk: Desk) -> Form:
    known, key = known_organisation(desk, desk.path("organisation")), desk.path("key")
    with desk.log.reading() as session:
        if key not in queries.keys_in_force(session, known.id):
            raise NoSuchKey(key=key[:64], organisation=known.id)

    def command(act: Act, given: Given) -> int:
        return commands.revoke_key(act, KeyRevoked(organisation=known.id, key=key, reason=given.text("reason")))

    return Form(
        title="撤销机构公钥",
        roles=REGISTRAR,
        back=f"/desk/keys/{known.id}",
        fields=(Field(name="reason", label="原因", type="long", public=True, hint="不得写入个人信息。"),),
        command=command,
        facts={"organisation": known, "key": key},
        above="desk/for_organisation.html",
        warning="撤销后，此公钥的签名不再有效，且永不恢复。",
    )


def known_organisation(desk: Desk, organisation: str) -> Organisation:
    """Raises NoSuchOrganisation."""
    with desk.log.reading() as session:
        found = queries.organisation(session, organisation)
    if found is None:
        raise NoSuchOrganisation(organisation=organisation[:40])
    return found


# Keys, as those who hold them see them


@router.get("/keys")
def list_keys(desk: DeskDep) -> Response:
    with desk.log.reading() as session:
        own = [queries.organisation(session, one) for one in sorted(own_organisations(desk))]
    return desk.render("keys.html", organisations=[one for one in own if one is not None])


@router.get("/keys/{organisation}")
def keys_of(organisation: str, desk: DeskDep) -> Response:
    """The keys of an organisation; its own people also find here the one that lies in this browser."""
    known = known_organisation(desk, organisation)
    is_own = known.id in own_organisations(desk)
    if not is_own:
        desk.roles(*REGISTRAR)
    with desk.log.reading() as session:
        in_force = queries.keys_in_force(session, known.id)
        history = queries.key_history(session, known.id)
        opening_keys = queries.opening_keys(session, known.id)
    return desk.render(
        "key.html",
        organisation=known,
        is_own=is_own,
        in_force=in_force,
        history=history,
        opening_keys=opening_keys,
        ends=ENDS,
    )


def own_organisations(desk: Desk) -> set[str]:
    """The organisations for which the account acts, in whatever role."""
    return {held.organisation for held in desk.user.holdings if held.organisation is not None}


mount(router, "/organisations/new", new_organisation)
mount(router, "/organisations/{organisation}/amend", amend_organisation)
mount(router, "/keys/{organisation}/new", new_key)
mount(router, "/keys/{organisation}/{key}/revoke", revoke_key)
