"""Of which agency a page of the registrar's desk tells, and the private files that only such pages give out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk, DeskDep
from api.routing import APIRouter
from audit.act import Act
from audit.entry import SYSTEM, File
from audit.errors import Refusal
from audit.log import Log
from registry import documents, queries
from registry.errors import NoSuchAgency
from registry.model import Agency, Organisation
from registry.queries import forms

router = APIRouter(prefix="/desk", include_in_schema=False)

DESK = "/desk/registry"
REGISTRAR = ("registrar",)
READERS = ("registrar", "inspector")
"""Who may read the registrar's desk; an inspector (监察人员) changes nothing there."""

PRIVATE = "不公开"
PUBLIC = "将永久公开"

MAX_FILE = 5 * 1024 * 1024
SCANS = ".pdf,.png,.jpg,.jpeg"
SCAN_HINT = "PDF、JPEG 或 PNG，至多 5 MB。"


class NoSuchFile(Refusal):
    code = "api.no-such-file"
    zh = "没有此附件，或已依法删除。"
    en = "There is no such file, or it was erased."


@dataclass(frozen=True)
class Dossier:
    """One agency, on record or still on the way there."""

    code: str
    name: str
    agency: Agency | None
    """None until it is on record."""
    organisation: Organisation | None

    @property
    def path(self) -> str:
        return f"{DESK}/agencies/{self.code}"


def dossier(desk: Desk) -> Dossier:
    """The agency of the address. Raises NoSuchAgency where nothing is known of it."""
    code = desk.path("code")
    with desk.log.reading() as session:
        agency = queries.agency(session, code)
        organisation = queries.organisation_with_code(session, code)
        if organisation is None and agency is not None and agency.facts.organisation is not None:
            organisation = queries.organisation(session, agency.facts.organisation)
        newest = None if agency is not None else next(iter(forms.versions(session, code, "agency")), None)
    if agency is not None:
        return Dossier(code, agency.name, agency, organisation)
    if organisation is None or "agency" not in organisation.capacities:
        raise NoSuchAgency(code=code[:18])
    name = organisation.name if newest is None else str(newest.event.body()["name"])
    return Dossier(code, name, None, organisation)


# Private files


def scan_field(name: str, label: str, *, needed: bool = True, hint: str = SCAN_HINT) -> Field:
    return Field(name=name, label=label, type="file", needed=needed, visibility=PRIVATE, hint=hint, accept=SCANS)


def stored(act: Act, given: Given, names: Sequence[str]) -> list[bytes]:
    """Keep the private files that were sent, and return their descriptions. Raises BadFact, BadText."""
    sent = [given.upload(name) for name in names]
    return [documents.store(act.blobs, one.data, one.name, one.media_type) for one in sent if one is not None]


def forgets(desk: Desk, names: Sequence[str]) -> Callable[[Given], None]:
    """What a look stored is to go again, unless an act follows that refers to it."""

    def forget(given: Given) -> None:
        sent = [one for one in map(given.upload, names) if one is not None]
        if not sent:
            return
        with desk.log.act(SYSTEM) as act:
            act.lock(documents.DOCUMENTS)
            for one in sent:
                sha256 = hashlib.sha256(one.data).hexdigest()
                documents.forget(act, File(one.name, one.media_type, len(one.data), sha256))

    return forget


@router.get("/registry/entries/{entry}/files/{name}")
def registry_file(entry: str, name: str, desk: DeskDep) -> Response:
    """A scan that came with a form or with a promise on paper."""
    desk.roles(*READERS)
    number = int(entry) if entry.isascii() and entry.isdigit() and len(entry) <= 15 else 0
    if name not in ("licence", "scan"):
        raise NoSuchFile
    with desk.log.reading() as session:
        file = documents.read(session, number, name)
    return given_out(desk, file)


def given_out(desk: Desk, file: File | None) -> Response:
    """Raises NoSuchFile."""
    if file is None:
        raise NoSuchFile
    return attachment(desk.log, file)


def attachment(log: Log, file: File) -> Response:
    """A private file, never shown as a page of ours: it is what somebody uploaded. Raises NoSuchFile."""
    data = log.blobs.get(file.sha256)
    if data is None:
        raise NoSuchFile
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(data, headers=headers, media_type=file.media_type)


def number_of(text: str) -> int:
    """A version in an address; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
