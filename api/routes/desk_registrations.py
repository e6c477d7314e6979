"""Registrations of bidders (投标人注册): the registrar compares the licence and confirms, or says publicly why not."""

from starlette.responses import RedirectResponse, Response

from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands
from registry.errors import NoSuchRegistration
from registry.queries import bidders
from registry.queries.bidders import Registration

router = APIRouter(prefix="/desk", include_in_schema=False)

REGISTRAR = ("registrar",)
READERS = ("registrar", "inspector")
LIST = "/desk/registrations"


@router.get("/registration")
def own_registration(desk: DeskDep) -> Response:
    """What became of one's own."""
    with desk.log.reading() as session:
        own = bidders.registration_of(session, desk.user.account)
    if own is None:
        return RedirectResponse("/desk", 303)
    return desk.render("registration.html", own=own)


@router.get("/registrations")
def waiting_registrations(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    with desk.log.reading() as session:
        found = bidders.registrations(session, waiting=True, placed=False)
        waiting = [(one, bidders.registrant(session, one.registration)) for one in found]
    return desk.render("registrations.html", waiting=waiting, may=desk.user.holds("registrar"))


def confirm(desk: Desk) -> Form:
    asked = _asked(desk)

    def command(act: Act, given: Given) -> int:
        return commands.confirm_registration(act, asked.registration)

    return Form(
        title="确认注册",
        roles=REGISTRAR,
        back=LIST,
        note="确认后，此账户可代表该单位投标。单位尚未登记的，一并登记。认领已登记单位的，须由该单位书面授权。",
        fields=(Field(name="compared", label="已核对营业执照，名称和统一社会信用代码无误，来人有授权", type="tick"),),
        command=command,
        facts={"asked": asked},
        above="desk/registration_above.html",
    )


def refuse(desk: Desk) -> Form:
    asked = _asked(desk)

    def command(act: Act, given: Given) -> int:
        return commands.refuse_registration(act, asked.registration, given.text("ground"))

    return Form(
        title="不予确认注册",
        roles=REGISTRAR,
        back=LIST,
        note="理由记入公开日志。改正后可以重新注册。",
        fields=(Field(name="ground", label="理由", type="long", public=True, hint="写明须改正什么，不写个人信息。"),),
        command=command,
        facts={"asked": asked},
        above="desk/registration_above.html",
    )


def _asked(desk: Desk) -> Registration:
    """The waiting registration of the address. Raises NoSuchRegistration."""
    desk.roles(*REGISTRAR)
    wanted = desk.path("registration")
    with desk.log.reading() as session:
        found = None if "\0" in wanted else bidders.registration(session, wanted)
    if found is None or not found.waits:
        raise NoSuchRegistration(registration=wanted[:32])
    return found


mount(router, "/registrations/{registration}/confirm", confirm)
mount(router, "/registrations/{registration}/refuse", refuse)
