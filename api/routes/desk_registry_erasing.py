"""Erasing what a form says of a person (删除个人信息), and saying which backups of the database still hold it."""

from sqlalchemy import func, select
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.routes.desk_agency_fields import FORMS
from api.routes.desk_forms import Field, Given
from api.routes.desk_registry_agency import SLUGS, Row, rows_of
from api.routes.desk_registry_dossier import PUBLIC, Dossier, dossier
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from audit.backup import backups_since
from audit.tables import EntryRow
from registry import commands, documents
from registry.commands import Erased
from registry.errors import NoSuchPractitioner
from registry.tables import FormRow

router = APIRouter(prefix="/desk", include_in_schema=False)

ERASERS = ("registrar", "admin")
BASIS = "《个人信息保护法》第四十七条第一款第（一）项：处理目的已实现、无法实现或者为实现处理目的不再必要"


def erase_person(desk: Desk) -> Form:
    desk.roles(*ERASERS)
    known, row = _row(desk)
    state = row.state

    def command(act: Act, given: Given) -> Erased:
        return commands.erase_person(act, known.code, state.form, state.practitioner, given.text("legal_basis"))

    def after(given: Given) -> None:
        documents.forget_files(desk.log)

    return Form(
        title="删除个人信息",
        roles=ERASERS,
        back=known.path,
        done=f"{desk.request.url.path.replace('/erase/', '/erased/')}?at={desk.now}",
        note="删除这份表各版本的全部非公开内容、草稿、附件和比对用的摘要；日志条目和承诺不变，依然可核验。",
        fields=(
            Field(
                name="legal_basis",
                label="法律依据",
                type="long",
                public=True,
                visibility=PUBLIC,
                hint="写条款，不写姓名和缘由。",
                value=BASIS,
            ),
        ),
        command=command,
        after=after,
        before="desk/registry/erasing.html",
        blame={"registry.bad-text": "legal_basis"},
        facts={"known": known, "rows": [row]},
        above="desk/registry/for_dossier.html",
        warning="删除后不能恢复。",
    )


def erased(desk: DeskDep) -> Response:
    """Which backups still hold what was erased at a moment (`at`, Unix milliseconds)."""
    desk.roles(*ERASERS)
    known, row = _row(desk)
    state, text = row.state, desk.query("at")
    at = int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else desk.now
    whose = FormRow.practitioner.is_(None) if state.practitioner is None else FormRow.practitioner == state.practitioner
    with desk.log.reading() as session:
        first = session.scalar(
            select(func.min(EntryRow.at))
            .join(FormRow, FormRow.entry_id == EntryRow.id)
            .where(FormRow.code == known.code, FormRow.form == state.form, whose)
        )
        backups = [one for one in backups_since(session, first or 0) if one.made_at <= at]
    return desk.render("registry/erased.html", known=known, title=FORMS[state.form], backups=backups)


def _row(desk: Desk) -> tuple[Dossier, Row]:
    """The form of the address. Raises NoSuchAgency, NoSuchPractitioner, and 404 for what is no form."""
    known = dossier(desk)
    who = desk.request.path_params.get("who")
    slug = "practitioner" if who is not None else desk.path("form")
    with desk.log.reading() as session:
        rows = rows_of(desk, session, known.code)
    for row in rows:
        if SLUGS[row.state.form] == slug and row.state.practitioner == who:
            return known, row
    if who is not None:
        raise NoSuchPractitioner(code=known.code, practitioner=who[:40])
    raise HTTPException(404)


for _address in (
    "/registry/agencies/{code}/erase/practitioner/{who}",
    "/registry/agencies/{code}/erase/{form}",
):
    mount(router, _address, erase_person)
    router.add_api_route(_address.replace("/erase/", "/erased/"), erased, methods=["GET"], response_model=None)
