"""Files for those who look after the register: the forms' empty workbook, and what was found by comparing the forms."""

from starlette.responses import Response

from api.downloads import download
from api.routes.desk_request import DeskDep
from api.routes.public_exports import export
from api.routing import APIRouter
from registry.exporting import MEDIA_TYPES, write_template

router = APIRouter(prefix="/desk", include_in_schema=False)

READERS = ("registrar", "inspector")


@router.get("/agencies/template.xlsx")
def forms_template(desk: DeskDep) -> Response:
    desk.roles("registrar")
    return download(write_template, "mingtang-forms.xlsx", MEDIA_TYPES["xlsx"])


@router.get("/findings.csv")
def findings_csv(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    return export(desk.site, "csv", ["findings"])


@router.get("/findings.xlsx")
def findings_xlsx(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    return export(desk.site, "xlsx", ["findings"])
