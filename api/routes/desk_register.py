"""The register's desk: organisations and their keys, agencies one by one or as a list, the supervisor's decisions."""

from collections.abc import Callable, Sequence
from typing import get_args

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes.desk_forms import Field, Given, moment_text
from api.routes.desk_steps import Desk, DeskDep, Form, mount
from audit.act import Act
from registry import commands, queries
from registry.errors import NoSuchAgency, NoSuchKey, NoSuchOrganisation
from registry.events import (
    AgencyAmended,
    AgencyRecorded,
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
    Capacity,
    KeyRecorded,
    KeyRevoked,
    OrganisationRecorded,
)
from registry.importing import Report, import_agencies
from registry.model import Agency, Contact, Organisation, new_organisation_id
from registry.sheets import MAX_BYTES, read_rows

router = APIRouter(prefix="/desk", include_in_schema=False)

REGISTRAR = ("registrar",)
SUPERVISOR = ("supervisor",)
ORGANISATIONS = "/desk/organisations"
AGENCIES = "/desk/agencies"
LIST_PAGE = 50

CAPACITIES: dict[Capacity, str] = {
    "tenderer": "招标人",
    "notary": "公证机构",
    "supervisor": "监管部门",
    "centre": "交易中心",
    "inspector": "监察机关",
    "agency": "代理机构",
    "public": "社会公众代表",
}
assert set(CAPACITIES) == set(get_args(Capacity))


# Lists


@router.get("/organisations")
def list_organisations(desk: DeskDep) -> Response:
    desk.roles(*REGISTRAR)
    with desk.log.reading() as session:
        found = queries.organisations(session)
        keys = {one.id: queries.keys_in_force(session, one.id) for one in found}
    return desk.render("organisations.html", organisations=found, keys=keys, capacities=CAPACITIES)


@router.get("/agencies")
def list_agencies(desk: DeskDep) -> Response:
    desk.roles(*REGISTRAR, *SUPERVISOR)
    text, after = desk.query("q"), desk.query("after")
    with desk.log.reading() as session:
        found = queries.find_agencies(session, text.replace("\0", ""), after.replace("\0", ""), LIST_PAGE + 1)
    more = found[LIST_PAGE - 1].code if len(found) > LIST_PAGE else None
    return desk.render("agencies.html", agencies=found[:LIST_PAGE], more=more, text=text)


# Organisations and keys


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
        roles=REGISTRAR,
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
    return desk.render("key.html", organisation=known, is_own=is_own, in_force=in_force, history=history)


def own_organisations(desk: Desk) -> set[str]:
    """The organisations for which the account acts, in whatever role."""
    return {held.organisation for held in desk.user.holdings if held.organisation is not None}


# Agencies


def agency_fields(session: Session, known: Agency | None, contact: Contact) -> tuple[Field, ...]:
    facts = known.facts if known else None
    tied = [(one.id, one.name) for one in queries.organisations(session, "agency")]
    code = () if known else (Field(name="code", label="统一社会信用代码", most=18, public=True, hint="18 位。"),)
    return (
        *code,
        Field(
            name="name",
            label="机构名称",
            public=True,
            hint="与营业执照一致。",
            value=facts.name if facts else "",
            autocomplete="organization",
        ),
        Field(
            name="organisation",
            label="对应的单位",
            type="choice",
            needed=False,
            public=True,
            hint="有账户或密钥的机构才需要。",
            choices=tied,
            value=(facts.organisation or "") if facts else "",
        ),
        Field(
            name="region",
            label="行政区划代码",
            most=6,
            public=True,
            hint="登记地，6 位（GB/T 2260）。不作为任何摇号的条件。",
            value=facts.region if facts else "",
        ),
        Field(name="address", label="住所", public=True, value=facts.address if facts else ""),
        Field(
            name="fields",
            label="业务范围",
            type="lines",
            public=True,
            hint="每行一项，至多 20 项。",
            value="\n".join(facts.fields) if facts else "",
        ),
        Field(
            name="founded",
            label="成立日期",
            type="day",
            needed=False,
            public=True,
            value=(facts.founded or "") if facts else "",
        ),
        Field(
            name="contact_name",
            label="联系人",
            needed=False,
            hint="不公开，日志只记承诺。",
            value=contact.name or "",
        ),
        Field(
            name="contact_phone",
            label="联系电话",
            needed=False,
            hint="不公开，日志只记承诺。",
            value=contact.phone or "",
        ),
    )


ABOUT_AGENCY = {
    "registry.bad-code": "code",
    "registry.bad-code-form": "code",
    "registry.bad-code-check": "code",
    "registry.agency-exists": "code",
    "registry.name-taken": "name",
    "registry.not-an-agency": "organisation",
    "registry.organisation-has-agency": "organisation",
}


def new_agency(desk: Desk) -> Form:
    with desk.log.reading() as session:
        fields = agency_fields(session, None, Contact())

    def command(act: Act, given: Given) -> int:
        event = AgencyRecorded.of({"code": given.text("code").upper(), **_facts(given)})
        return commands.record_agency(act, event, _contact(given))

    return Form(
        title="登记代理机构",
        roles=REGISTRAR,
        back=AGENCIES,
        note="登记不是准入：机构凭登记进入候选池，条件由每次摇号的征集公告规定。",
        fields=fields,
        command=command,
        blame=ABOUT_AGENCY,
    )


def amend_agency(desk: Desk) -> Form:
    known = known_agency(desk)
    with desk.log.reading() as session:
        contact = queries.contacts(session, [known.code]).get(known.code, Contact())
        fields = agency_fields(session, known, contact)

    def command(act: Act, given: Given) -> int:
        event = AgencyAmended.of({"code": known.code, **_facts(given), "reason": given.text("reason")})
        return commands.amend_agency(act, event, _contact(given))

    return Form(
        title="变更代理机构登记",
        roles=REGISTRAR,
        back=AGENCIES,
        fields=(*fields, Field(name="reason", label="变更原因", type="long", public=True)),
        command=command,
        blame=ABOUT_AGENCY,
        facts={"agency": known},
        above="desk/for_agency.html",
    )


def _facts(given: Given) -> dict[str, object]:
    return {
        "name": given.text("name"),
        "organisation": given.optional("organisation"),
        "region": given.text("region"),
        "address": given.text("address"),
        "fields": given.list("fields"),
        "founded": given.optional("founded"),
    }


def _contact(given: Given) -> Contact:
    return Contact(given.optional("contact_name"), given.optional("contact_phone"))


def import_list(desk: Desk) -> Form:
    def command(act: Act, given: Given) -> Report:
        upload = given.upload("list")
        assert upload is not None
        return import_agencies(act, read_rows(upload.data, upload.name), given.text("reason"))

    return Form(
        title="批量导入代理机构",
        roles=REGISTRAR,
        back=AGENCIES,
        note="CSV 或 XLSX 表格。全部各行都合格才导入；有一处不合格则全部不导入，并逐行说明。",
        fields=(
            Field(
                name="list",
                label="表格文件",
                type="file",
                accept=".csv,.xlsx",
                hint="列：统一社会信用代码、机构名称、行政区划代码、住所、业务范围；可有成立日期、联系人、联系电话。",
            ),
            Field(name="reason", label="变更原因", public=True, value="批量导入"),
        ),
        command=command,
        before="desk/import_report.html",
        max_upload=MAX_BYTES,
        blame=dict.fromkeys(
            (
                "registry.bad-file",
                "registry.file-too-large",
                "registry.bad-heading",
                "registry.import-rejected",
                "registry.empty-list",
            ),
            "list",
        ),
        warning="确认后，每个新增或有变更的机构各成为一条日志记录。",
    )


# The supervisor's decisions


def decision_fields(ground: str) -> tuple[Field, ...]:
    return (
        Field(
            name="ground",
            label=ground,
            type="long",
            public=True,
            hint="写法律条款即可；案情不写入，期满须能撤下。",
        ),
        Field(name="decision_number", label="决定书文号", most=60, public=True),
    )


ABOUT_DECISION = {"registry.decision-recorded": "decision_number", "registry.bad-fact": "until"}


def suspend_agency(desk: Desk) -> Form:
    agency = known_agency(desk)

    def command(act: Act, given: Given) -> int:
        event = AgencySuspended.decided(
            code=agency.code,
            starts=given.number("starts"),
            until=given.optional_number("until"),
            ground=given.text("ground"),
            decision_number=given.text("decision_number"),
        )
        return commands.suspend_agency(act, event)

    times = (
        Field(
            name="starts",
            label="起始时间",
            type="moment",
            public=True,
            hint="北京时间。",
            value=moment_text(desk.now // 1000),
        ),
        Field(
            name="until",
            label="截止时间",
            type="moment",
            needed=False,
            public=True,
            hint="北京时间；不填为至另行决定止。",
        ),
    )
    return _decision("暂停代理机构", agency, (*times, *decision_fields("依据")), command)


def reinstate_agency(desk: Desk) -> Form:
    agency = known_agency(desk)

    def command(act: Act, given: Given) -> int:
        event = AgencyReinstated(
            code=agency.code, reason=given.text("ground"), decision_number=given.text("decision_number")
        )
        return commands.reinstate_agency(act, event)

    return _decision("恢复代理机构", agency, decision_fields("依据"), command)


def remove_agency(desk: Desk) -> Form:
    agency = known_agency(desk)

    def command(act: Act, given: Given) -> int:
        event = AgencyRemoved(
            code=agency.code, ground=given.text("ground"), decision_number=given.text("decision_number")
        )
        return commands.remove_agency(act, event)

    return _decision("除名代理机构", agency, decision_fields("依据"), command)


def _decision(title: str, agency: Agency, fields: Sequence[Field], command: Callable[[Act, Given], object]) -> Form:
    return Form(
        title=title,
        roles=SUPERVISOR,
        back=AGENCIES,
        fields=tuple(fields),
        command=command,
        blame=ABOUT_DECISION,
        facts={"agency": agency},
        above="desk/for_agency.html",
    )


def known_agency(desk: Desk) -> Agency:
    """The agency that the address names. Raises NoSuchAgency."""
    code = desk.path("code")
    with desk.log.reading() as session:
        found = queries.agency(session, code)
    if found is None:
        raise NoSuchAgency(code=code[:18])
    return found


mount(router, "/organisations/new", new_organisation)
mount(router, "/organisations/{organisation}/amend", amend_organisation)
mount(router, "/keys/{organisation}/new", new_key)
mount(router, "/keys/{organisation}/{key}/revoke", revoke_key)
mount(router, "/agencies/new", new_agency)
mount(router, "/agencies/import", import_list, max_body=MAX_BYTES + 64 * 1024)
mount(router, "/agencies/{code}/amend", amend_agency)
mount(router, "/agencies/{code}/suspend", suspend_agency)
mount(router, "/agencies/{code}/reinstate", reinstate_agency)
mount(router, "/agencies/{code}/remove", remove_agency)
