"""The three forms of many agencies from one workbook (批量登记): read whole, told row by row, then recorded.

Many acts come of it and not one, each of some agencies whole; so the look reads the file and undoes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice

from starlette.responses import Response

from api import problems
from api.routes.desk_forms import Fault, Faults, Field, Given, Upload, read
from api.routes.desk_registry_dossier import DESK, PRIVATE, PUBLIC, REGISTRAR
from api.routes.desk_request import Desk, DeskDep, PostedDep
from api.routes.desk_uploads import fetched, forget, keep
from api.routing import APIRouter
from audit import keys
from audit.errors import Refusal
from registry.importing import CheckedForms, ImportRejected, Report, check_forms, record_forms
from registry.sheets.limits import UPLOAD

router = APIRouter(prefix="/desk", include_in_schema=False)

PATH = f"{DESK}/import"
TOLD = 200
"""Problems that the page lists."""
FILES = ("forms", "legal_persons", "practitioners")
FIELDS = (
    Field(
        name="forms",
        label="工作簿，或机构表",
        type="file",
        accept=".xlsx,.csv",
        visibility=PRIVATE,
        hint="一个 XLSX 工作簿，内有三张表：机构、法人、从业人员。也可以是三个 CSV 文件中的机构表。",
    ),
    Field(
        name="legal_persons",
        label="法人表",
        type="file",
        needed=False,
        accept=".csv",
        visibility=PRIVATE,
        hint="只在使用 CSV 文件时需要。",
    ),
    Field(
        name="practitioners",
        label="从业人员表",
        type="file",
        needed=False,
        accept=".csv",
        visibility=PRIVATE,
        hint="只在使用 CSV 文件时需要。",
    ),
    Field(name="reason", label="变更原因", public=True, visibility=PUBLIC, value="批量导入"),
)


@dataclass(frozen=True)
class Look:
    """What a file would do."""

    agencies: int
    ignored: Sequence[str]
    warnings: Sequence[object]


@router.get("/registry/import")
def import_forms(desk: DeskDep) -> Response:
    desk.roles(*REGISTRAR)
    return _page(desk, {one.name: one.initial for one in FIELDS})


def take_import(desk: DeskDep, posted: PostedDep) -> Response:
    desk.roles(*REGISTRAR)
    uploads: Mapping[str, Upload] = {}
    try:
        uploads = fetched(desk, posted, FIELDS, UPLOAD.bytes)
        given = read(FIELDS, posted.raw, uploads, desk.lang)
        if posted.step == "edit":
            return _page(desk, posted.raw, uploads=uploads)
        checked = check_forms(desk.log, _files(given), UPLOAD)
        checked.check()
        if posted.step != "confirm":
            return _page(desk, posted.raw, uploads=uploads, look=_look(checked))
        key = keys.load_digest_key(desk.log.data / "keys")
        actor = f"registrar:{desk.user.account}"
        done = record_forms(desk.log, actor, checked, key=key, reason=given.text("reason"))
    except Faults as found:
        return _page(desk, posted.raw, found.faults, uploads=uploads, status=422)
    except Refusal as refusal:
        report = refusal.report if isinstance(refusal, ImportRejected) else None
        fault = Fault(_about(refusal), refusal.code, refusal.message(desk.lang))
        status = problems.status_of(refusal)
        return _page(desk, posted.raw, [fault], uploads=uploads, report=report, status=status)
    forget(desk, posted)
    return desk.render("registry/imported.html", done=done)


def _files(given: Given) -> list[tuple[BytesIO, str]]:
    sent = [given.upload(name) for name in FILES]
    return [(BytesIO(one.data), one.name) for one in sent if one is not None]


def _look(checked: CheckedForms) -> Look:
    warnings = list(islice(checked.gathering.problems(warnings=True), TOLD))
    return Look(checked.gathering.agency_count, checked.ignored, warnings)


def _about(refusal: Refusal) -> str:
    if refusal.code in ("registry.bad-text", "registry.import-stopped"):
        return "reason" if refusal.code == "registry.bad-text" else ""
    return str(refusal.facts.get("member", "")) or "forms"


def _page(
    desk: Desk,
    raw: Mapping[str, list[str]],
    faults: Sequence[Fault] = (),
    *,
    uploads: Mapping[str, Upload] | None = None,
    look: Look | None = None,
    report: Report | None = None,
    status: int = 200,
) -> Response:
    return desk.render(
        "registry/import.html",
        status,
        fields=FIELDS,
        raw=raw,
        faults=list(faults),
        kept=keep(desk, uploads or {}),
        look=look,
        report=report,
        address=PATH,
    )


router.add_api_route(
    "/registry/import",
    take_import,
    methods=["POST"],
    response_model=None,
    max_body_size=3 * UPLOAD.bytes + 64 * 1024,
)
