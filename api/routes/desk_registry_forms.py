"""One version of a form before the registrar, side by side with the one that was accepted last; returning it.

GET  /desk/registry/agencies/CODE/forms/agency/2                   (legal-person; practitioner/ID)
POST the same                                                      with identity numbers in full
…/return                                                           field by field, why
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.pages import money
from api.routes.desk_agency_fields import FORMS, PREMISES, agency_fields, legal_person_fields, practitioner_fields
from api.routes.desk_forms import Field, Given
from api.routes.desk_registry_agency import SLUGS, form_path, told_findings
from api.routes.desk_registry_dossier import PUBLIC, READERS, REGISTRAR, Dossier, dossier, number_of
from api.routes.desk_registry_words import DECIDED
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from audit.tables import EntryRow
from registry import commands, documents
from registry.errors import NoSuchForm
from registry.events import Fault, FormReturned
from registry.events import Form as FormName
from registry.queries import findings, forms
from registry.queries.forms import Version
from registry.queries.persons import MASKED_NUMBERS, masked_value, private_values
from registry.rules.forms import FIELDS

router = APIRouter(prefix="/desk", include_in_schema=False)

CERTIFICATES = "证书"
REASON = "变更说明"


@dataclass(frozen=True)
class Paper:
    """One version of one form of one agency."""

    known: Dossier
    form: FormName
    who: str | None
    version: Version
    versions: Sequence[Version]
    """Newest first."""

    @property
    def path(self) -> str:
        return form_path(self.known.code, self.form, self.who, self.version.event.version)

    @property
    def title(self) -> str:
        return FORMS[self.form]

    @property
    def waits(self) -> bool:
        return self.version.decided == "waiting"

    @property
    def former(self) -> Version | None:
        """What it is compared with: the newest that was accepted before it, else the one before it."""
        older = [one for one in self.versions if one.event.version < self.version.event.version]
        return next((one for one in older if one.decided == "accepted"), next(iter(older), None))

    @property
    def returned_before(self) -> Version | None:
        """The version before it, where that was returned: what is to be mended now."""
        older = [one for one in self.versions if one.event.version < self.version.event.version]
        return next((one for one in older[:1] if one.decided == "returned"), None)


def paper_of(desk: Desk) -> Paper:
    """Raises NoSuchAgency, NoSuchForm, and 404 for what is no form."""
    known = dossier(desk)
    who = desk.request.path_params.get("who")
    slug = "practitioner" if who is not None else desk.path("form")
    form = next((name for name, called in SLUGS.items() if called == slug), None)
    if form is None or (form == "practitioner") != (who is not None):
        raise HTTPException(404)
    number = number_of(desk.path("version"))
    with desk.log.reading() as session:
        versions = forms.versions(session, known.code, form, who)
    found = next((one for one in versions if one.event.version == number), None)
    if found is None:
        raise NoSuchForm(code=known.code, version=number)
    return Paper(known, form, who, found, versions)


@dataclass(frozen=True)
class Compared:
    """A field of the form, as it was and as it is. Values are lines, as they may be shown."""

    label: str
    before: Sequence[str]
    after: Sequence[str]
    is_changed: bool
    is_private: bool
    is_masked: bool


def show_paper(desk: DeskDep) -> Response:
    return _page(desk, in_full=False)


def show_paper_in_full(desk: DeskDep) -> Response:
    """Identity numbers in full: asked for by a button, and in no address that could be kept."""
    return _page(desk, in_full=True)


def _page(desk: Desk, in_full: bool) -> Response:
    desk.roles(*READERS)
    paper = paper_of(desk)
    former, party = paper.former, f"agency:{paper.known.code}"
    with desk.log.reading() as session:
        present = _Held.of(session, paper.version)
        before = None if former is None else _Held.of(session, former)
        found = told_findings(session, findings.findings(session, party), party)
    compared = [_compared(desk, paper.form, name, before, present, in_full) for name in _shown_fields(paper.form)]
    return desk.render(
        "registry/form.html",
        paper=paper,
        former=former,
        compared=compared,
        changed=sum(one.is_changed for one in compared) if former is not None else None,
        in_full=in_full,
        findings=found,
        licence="licence" in present.private,
        files=present.files,
        decided=DECIDED,
        faults=_told_faults(paper.version, paper.form),
        mended=[] if paper.returned_before is None else _told_faults(paper.returned_before, paper.form),
        versions=[
            (one, form_path(paper.known.code, paper.form, paper.who, one.event.version)) for one in paper.versions
        ],
    )


def _shown_fields(form: FormName) -> list[str]:
    """Certificates are told with their numbers."""
    return [name for name in FIELDS[form] if name != "certificate_numbers"]


def _told_faults(version: Version, form: FormName) -> list[tuple[str, str]]:
    return [(label_of(form, fault.field), fault.reason) for fault in version.faults]


@dataclass(frozen=True)
class _Held:
    """Everything that one version says."""

    body: Mapping[str, Any]
    private: Mapping[str, bytes]
    files: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, session: Session, version: Version) -> "_Held":
        entry = session.get_one(EntryRow, version.entry_id)
        return cls(version.event.body(), private_values(session, version.entry_id), orjson.loads(entry.files))


def _compared(desk: Desk, form: FormName, name: str, before: _Held | None, present: _Held, in_full: bool) -> Compared:
    is_private = name not in present.body
    return Compared(
        label=label_of(form, name),
        before=[] if before is None else _lines(desk, name, before, in_full),
        after=_lines(desk, name, present, in_full),
        is_changed=before is not None and name != "reason" and _raw(name, before) != _raw(name, present),
        is_private=is_private,
        is_masked=name in MASKED_NUMBERS and name in present.private and not in_full,
    )


def _raw(name: str, held: _Held) -> object:
    """What two versions of a field are compared by; of a file its bytes, whatever it is called."""
    if name in held.body:
        return held.body[name], held.private.get("certificate_numbers") if name == "certificates" else None
    value = held.private.get(name)
    return documents.described(value).sha256 if name == "licence" and value is not None else value


def _lines(desk: Desk, name: str, held: _Held, in_full: bool) -> list[str]:
    """A field as lines. A private value that is not there any more was erased."""
    if name not in held.body:
        value = held.private.get(name)
        if value is None:
            return [desk.say("（没有或已删除）")]
        return [value.decode() if in_full and name in MASKED_NUMBERS else _shown(name, value)]
    value = held.body[name]
    if value is None or value == []:
        return [desk.say("无")]
    if name == "capital":
        return [money(value, desk.lang)]
    if name == "premises":
        return [desk.say(PREMISES[value])]
    if name == "key":
        return [desk.say("是" if value else "否")]
    if name == "certificates":
        return _certificates(desk, held)
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _shown(name: str, value: bytes) -> str:
    """As the registrar needs it: numbers masked until asked for, telephones and accounts whole."""
    return masked_value(name, value) if name in (*MASKED_NUMBERS, "licence") else value.decode()


def _certificates(desk: Desk, held: _Held) -> list[str]:
    erased = desk.say("（没有或已删除）")
    numbers = orjson.loads(held.private.get("certificate_numbers", b"[]"))
    told = []
    for place, one in enumerate(held.body["certificates"]):
        number = numbers[place] if place < len(numbers) else erased
        told.append(f"{one['name']} {number} {one['issued']} — {one['until'] or desk.say('长期')}")
    return told


def label_of(form: FormName, member: str) -> str:
    """What a member of a form is called on its page, in Chinese; pages translate it."""
    name, _, place = member.partition(".")
    if name in ("certificates", "certificate_numbers"):
        return f"{CERTIFICATES} {int(place) + 1}" if place.isdigit() else CERTIFICATES
    return next((one.label for one in _fields(form) if one.name == name), REASON)


def _fields(form: FormName) -> tuple[Field, ...]:
    if form == "agency":
        return agency_fields(needs_licence=False)
    return legal_person_fields() if form == "legal_person" else practitioner_fields(1)


# Returning it


def return_form(desk: Desk) -> Form:
    desk.roles(*REGISTRAR)
    paper = paper_of(desk)
    held = paper.version.event.body()
    members = [
        member
        for name in _shown_fields(paper.form)
        for member in ([name] if name != "certificates" else _each(held["certificates"]))
        if member != "reason" or held["reason"] is not None
    ]

    def command(act: Act, given: Given) -> int:
        said = [(member, given.text(_asked(member))) for member in members]
        event = FormReturned(
            code=paper.known.code,
            form=paper.form,
            practitioner=paper.who,
            version=paper.version.event.version,
            faults=[Fault(field=member, reason=reason) for member, reason in said if reason],
        )
        return commands.return_form(act, event)

    return Form(
        title="退回补正",
        roles=REGISTRAR,
        back=paper.path,
        done=paper.known.path,
        note="在须补正的栏目写明理由，其余留空。理由记入公开日志，不得写入姓名、号码等个人信息。",
        fields=tuple(
            Field(name=_asked(member), label=label_of(paper.form, member), needed=False, public=True, visibility=PUBLIC)
            for member in members
        ),
        command=command,
        facts={"known": paper.known, "rows": [], "paper": paper},
        above="desk/registry/for_paper_return.html",
    )


def _each(certificates: Sequence[object]) -> list[str]:
    return ["certificates", *(f"certificates.{place}" for place in range(len(certificates)))]


def _asked(member: str) -> str:
    return f"reason_{member.replace('.', '_')}"


# Of a practitioner first: its addresses have one part more, and would else be taken for others.
for _address in (
    "/registry/agencies/{code}/forms/practitioner/{who}/{version}",
    "/registry/agencies/{code}/forms/{form}/{version}",
):
    router.add_api_route(_address, show_paper, methods=["GET"], response_model=None)
    router.add_api_route(_address, show_paper_in_full, methods=["POST"], response_model=None)
    mount(router, f"{_address}/return", return_form)
