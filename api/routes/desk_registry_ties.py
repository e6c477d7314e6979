"""Who stands behind tenderers and seat holders (利害关系): recorded by the registrar, so that conflicts show.

Numbers are private and never shown again; each record is whole and takes the former one's place.
"""

from starlette.responses import Response

from api.routes.desk_forms import Field, Given
from api.routes.desk_organisations import CAPACITIES, known_organisation
from api.routes.desk_registry_agency import told_findings
from api.routes.desk_registry_dossier import DESK, PRIVATE, PUBLIC, READERS, REGISTRAR
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit import keys
from audit.act import Act
from registry import commands, queries
from registry.model import OrganisationTies
from registry.queries import findings, intake

router = APIRouter(prefix="/desk", include_in_schema=False)

TIES = f"{DESK}/ties"
NUMBER = 40
"""Characters, blanks included."""


@router.get("/registry/ties")
def list_ties(desk: DeskDep) -> Response:
    """All organisations but the agencies, which hand in forms of their own."""
    desk.roles(*READERS)
    with desk.log.reading() as session:
        every = [one for one in queries.organisations(session) if set(one.capacities) != {"agency"}]
        recorded = intake.ties_recorded(session)
    return desk.render("registry/ties.html", organisations=every, recorded=recorded, capacities=CAPACITIES)


@router.get("/registry/ties/{organisation}")
def organisation_ties(organisation: str, desk: DeskDep) -> Response:
    desk.roles(*READERS)
    known, party = known_organisation(desk, organisation), f"organisation:{organisation}"
    with desk.log.reading() as session:
        recorded = intake.ties_recorded(session).get(known.id)
        address = intake.ties_address(session, known.id)
        found = told_findings(session, findings.findings(session, party), party)
    return desk.render(
        "registry/organisation.html",
        organisation=known,
        recorded=recorded,
        address=address,
        findings=found,
        capacities=CAPACITIES,
    )


def record_ties(desk: Desk) -> Form:
    desk.roles(*REGISTRAR)
    known = known_organisation(desk, desk.path("organisation"))
    with desk.log.reading() as session:
        address = intake.ties_address(session, known.id)
    key = keys.load_digest_key(desk.log.data / "keys")

    def command(act: Act, given: Given) -> int:
        ties = OrganisationTies(
            legal_person_number=given.optional("legal_person_number"),
            controller_number=given.optional("controller_number"),
            key_persons=tuple(given.list("key_persons")),
        )
        return commands.record_ties(act, known.id, ties, given.optional("address"), key=key)

    return Form(
        title="登记利害关系",
        roles=REGISTRAR,
        back=f"{TIES}/{known.id}",
        note="整份登记：新登记取代原有各项，未填的即视为没有。与代理机构相同的，即作出比对发现。",
        fields=(
            Field(
                name="legal_person_number",
                label="法定代表人证件号码",
                needed=False,
                most=NUMBER,
                visibility=PRIVATE,
                hint="公民身份号码，18 位；只用于比对，不再显示。",
            ),
            Field(
                name="controller_number",
                label="实际控制人证件号码",
                needed=False,
                most=NUMBER,
                visibility=PRIVATE,
                hint="公民身份号码或统一社会信用代码。",
            ),
            Field(
                name="key_persons",
                label="主要人员证件号码",
                type="lines",
                needed=False,
                most=NUMBER,
                visibility=PRIVATE,
                hint="每行一个，至多 40 个。",
            ),
            Field(
                name="address",
                label="住所",
                needed=False,
                public=True,
                visibility=PUBLIC,
                value=address or "",
            ),
        ),
        command=command,
        facts={"organisation": known},
        above="desk/for_organisation.html",
    )


mount(router, "/registry/ties/{organisation}/record", record_ties)
