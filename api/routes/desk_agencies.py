"""The desk of agencies: recorded one by one or as a list; suspended, reinstated, struck off by the supervisor."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes.desk_forms import Field, Given, moment_text
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands, queries
from registry.errors import NoSuchAgency
from registry.events import (
    AgencyAmended,
    AgencyRecorded,
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
)
from registry.importing import Report, import_agencies
from registry.model import Agency, Contact
from registry.sheets import MAX_BYTES, read_rows

router = APIRouter(prefix="/desk", include_in_schema=False)

REGISTRAR = ("registrar",)
SUPERVISOR = ("supervisor",)
AGENCIES = "/desk/agencies"
LIST_PAGE = 50


@router.get("/agencies")
def list_agencies(desk: DeskDep) -> Response:
    desk.roles(*REGISTRAR, *SUPERVISOR)
    text, after = desk.query("q"), desk.query("after")
    with desk.log.reading() as session:
        found = queries.find_agencies(session, text.replace("\0", ""), after.replace("\0", ""), LIST_PAGE + 1)
    more = found[LIST_PAGE - 1].code if len(found) > LIST_PAGE else None
    return desk.render("agencies.html", agencies=found[:LIST_PAGE], more=more, text=text)


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


mount(router, "/agencies/new", new_agency)
mount(router, "/agencies/import", import_list, max_body=MAX_BYTES + 64 * 1024)
mount(router, "/agencies/{code}/amend", amend_agency)
mount(router, "/agencies/{code}/suspend", suspend_agency)
mount(router, "/agencies/{code}/reinstate", reinstate_agency)
mount(router, "/agencies/{code}/remove", remove_agency)
