"""Applications for admission (机构入驻): the registrar compares the licence, and admits or refuses.

Nothing of an application is public; being admitted is.
"""

from starlette.responses import Response

from api.routes.desk_forms import Field, Given
from api.routes.desk_registry_dossier import DESK, PRIVATE, READERS, REGISTRAR
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands, queries
from registry.errors import NoSuchApplication
from registry.queries import forms
from registry.queries.forms import Application

router = APIRouter(prefix="/desk", include_in_schema=False)

APPLICATIONS = f"{DESK}/applications"


@router.get("/registry/applications")
def list_applications(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    with desk.log.reading() as session:
        waiting = forms.applications(session)
        known = {one.account: queries.agency(session, one.code) for one in waiting}
    return desk.render("registry/applications.html", applications=waiting, known=known)


def admit_applicant(desk: Desk) -> Form:
    asked = _application(desk)

    def command(act: Act, given: Given) -> int:
        return commands.admit(act, asked.account)

    return Form(
        title="准予入驻",
        roles=REGISTRAR,
        back=APPLICATIONS,
        note="准予后，此账户成为该机构的经办人，可提交登记表、登记首把公钥。单位尚未登记的，一并登记。",
        fields=(Field(name="compared", label="已核对营业执照，名称和统一社会信用代码无误，来人有授权", type="tick"),),
        command=command,
        facts=_facts(desk, asked),
        above="desk/registry/for_application.html",
    )


def refuse_applicant(desk: Desk) -> Form:
    asked = _application(desk)

    def refuse(given: Given) -> str:
        with desk.log.act(f"registrar:{desk.user.account}") as act:
            commands.refuse_applicant(act, asked.account, given.text("reason"))
        return APPLICATIONS

    return Form(
        title="不予入驻",
        roles=REGISTRAR,
        back=APPLICATIONS,
        note="申请人登录后看到理由，可以改正后重新申请。不记入公开日志。",
        fields=(Field(name="reason", label="理由", type="long", visibility=PRIVATE, hint="写明须改正什么。"),),
        direct=refuse,
        blame={"registry.bad-text": "reason"},
        facts=_facts(desk, asked),
        above="desk/registry/for_application.html",
    )


def _application(desk: Desk) -> Application:
    """The waiting application of the address. Raises NoSuchApplication."""
    desk.roles(*REGISTRAR)
    account = desk.path("account")
    with desk.log.reading() as session:
        asked = forms.application(session, account)
    if asked is None or asked.organisation is not None or asked.refused is not None:
        raise NoSuchApplication(account=account[:64])
    return asked


def _facts(desk: Desk, asked: Application) -> dict[str, object]:
    """What the register knows of the same code already."""
    with desk.log.reading() as session:
        agency = queries.agency(session, asked.code)
        organisation = queries.organisation_with_code(session, asked.code)
    return {"application": asked, "agency": agency, "organisation": organisation}


mount(router, "/registry/applications/{account}/admit", admit_applicant)
mount(router, "/registry/applications/{account}/refuse", refuse_applicant)
