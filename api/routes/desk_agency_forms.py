"""The three forms (三表) on the agency's desk: filled in as drafts that save themselves, looked at, handed in.

GET  /desk/agency/forms/agency               the form, from the draft, else from the newest version (renewal)
POST /desk/agency/forms/agency               the look, and from there the act; or `step=save`
POST /desk/agency/forms/agency/draft         what a browser saves by itself
…/forms/legal-person, …/forms/practitioner/new, …/forms/practitioner/ID
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from api import dispatch, problems
from api.pages import with_query
from api.routes import desk_agency_content as contents
from api.routes.desk_agency_fields import (
    FORMS,
    PRIVATE,
    agency_fields,
    certificate_rows,
    legal_person_fields,
    practitioner_fields,
    reason_field,
)
from api.routes.desk_agency_own import AGENT, DESK, Own, own_agency
from api.routes.desk_agency_sheets import Sheet, contents_of, day_in_beijing, time_in_beijing
from api.routes.desk_forms import Fault, Faults, Field, Given, Upload, read
from api.routes.desk_request import Desk, DeskDep, Posted, PostedDep
from api.routes.desk_steps import done_before, rehearse
from api.routes.desk_uploads import KEPT, fetched, forget, keep, still_kept
from audit import keys
from audit.act import Act
from audit.entry import File
from audit.errors import Refusal
from registry import commands, documents, drafts, queries
from registry.errors import DraftMoved, FormFaults, NoSuchForm, NoSuchPractitioner
from registry.events import Form
from registry.model import AgencyForm, LegalPersonForm, PractitionerForm
from registry.queries import forms
from registry.queries.forms import Version
from registry.queries.persons import masked_value, private_values

router = APIRouter(prefix="/desk", include_in_schema=False)

SLUGS: dict[str, Form] = {"agency": "agency", "legal-person": "legal_person", "practitioner": "practitioner"}
SLUG_OF = {form: slug for slug, form in SLUGS.items()}
NEW = "new"
FILES = ("licence", "attachment")
MAX_FILE = 4 * 1024 * 1024
MAX_BODY = 10 * 1024 * 1024
"""Bytes of a request with both."""

Content = AgencyForm | LegalPersonForm | PractitionerForm


@dataclass(frozen=True)
class Paper:
    """One form of one agency, as its page needs it."""

    own: Own
    form: Form
    who: str | None
    """The practitioner's id; None for a new one and for the other forms."""
    path: str
    versions: Sequence[Version]
    """Newest first."""
    known: Mapping[str, bytes]
    """PRIVATE. The newest version's private values, as they were handed in."""

    @property
    def next_version(self) -> int:
        return self.versions[0].event.version + 1 if self.versions else 1

    @property
    def draft(self) -> str | None:
        """What its draft is called, among those of one form."""
        return self.who or (NEW if self.form == "practitioner" else None)

    @property
    def slot(self) -> str:
        """Under which a browser keeps its draft."""
        return f"{self.own.code}/{self.form}/{self.who or ''}"

    @property
    def back(self) -> str:
        return f"{DESK}/practitioners" if self.form == "practitioner" else DESK

    @property
    def shown(self) -> dict[str, str]:
        """The private values as the agency's own page may show them."""
        return {name: masked_value(name, value) for name, value in self.known.items()}

    def fields(self, raw: Mapping[str, Sequence[str]]) -> tuple[Field, ...]:
        """raw: as typed, which says how many certificates there must be room for."""
        if self.form == "agency":
            fields = agency_fields(needs_licence="licence" not in self.known)
        elif self.form == "legal_person":
            fields = legal_person_fields()
        else:
            fields = practitioner_fields(certificate_rows(raw))
        kept = [
            replace(one, needed=False, kept=self.shown[one.name])
            if one.visibility == PRIVATE and one.name in self.known
            else one
            for one in fields
        ]
        return (*kept, *(() if self.next_version == 1 else (reason_field(),)))


def paper_of(desk: Desk) -> Paper:
    """The form of the address. Raises NoAgencyHere, NoSuchPractitioner, and 404 for no form at all."""
    own = own_agency(desk)
    slug = desk.request.path_params.get("form", "practitioner")
    if slug not in SLUGS or (slug == "practitioner") != ("who" in desk.request.path_params):
        raise HTTPException(404)
    form, who = SLUGS[slug], desk.request.path_params.get("who")
    path = f"{DESK}/forms/{slug}" + ("" if who is None else f"/{who}")
    who = None if who == NEW else who
    with desk.log.reading() as session:
        is_new = form == "practitioner" and who is None
        versions = [] if is_new else forms.versions(session, own.code, form, who)
        known = private_values(session, versions[0].entry_id) if versions else {}
    if who is not None and not versions:
        raise NoSuchPractitioner(code=own.code, practitioner=who[:40])
    return Paper(own, form, who, path, versions, known)


# Filling in


def show_form(desk: DeskDep) -> Response:
    paper = paper_of(desk)
    with desk.log.reading() as session:
        draft = drafts.load(session, paper.own.owner, paper.form, paper.draft)
    if draft is None:
        return _fill(desk, paper, _begun(paper))
    raw = typed_in(draft.content)
    tickets = {name.removesuffix(KEPT): raw.pop(name)[0] for name in list(raw) if name.endswith(KEPT)}
    return _fill(desk, paper, raw, kept=still_kept(desk, tickets), revision=draft.revision, saved=draft.saved_at)


def _begun(paper: Paper) -> contents.Raw:
    """What a form holds before anything is typed: the newest version, or what was said when admission was asked."""
    if paper.versions:
        event = paper.versions[0].event
        texts = {
            name: value.decode()
            for name, value in paper.known.items()
            if paper.form != "agency" and name in ("name", "certificate_numbers")
        }
        return contents.typed(event.body(), texts)
    return {"name": [paper.own.name]} if paper.form == "agency" else {}


def typed_in(content: Mapping[str, object]) -> contents.Raw:
    """A draft as the fields hold it."""
    return {name: [str(one) for one in values] for name, values in content.items() if isinstance(values, list)}


def take_form(desk: DeskDep, posted: PostedDep) -> Response:
    before = done_before(desk, posted)
    if before is not None:
        return before
    paper = paper_of(desk)
    revision = revision_of(posted)
    fields = paper.fields(posted.raw)
    try:
        uploads = fetched(desk, posted, fields, MAX_FILE)
        if posted.step in ("save", "edit"):
            return _stay(desk, paper, posted, uploads, revision)
        given = read(fields, posted.raw, uploads, desk.lang)
        role = desk.roles(*AGENT)[0] if paper.own.admitted else ""
        if posted.step == "confirm":
            outcome = dispatch.perform(desk.log, desk.user, role, posted.intent, _command(desk, paper, given))
            forget(desk, posted)
            return RedirectResponse(with_query(f"/desk/done/{outcome.entry}", next=paper.back), 303)
        return _look(desk, paper, given, role, revision)
    except Faults as found:
        return _fill(desk, paper, posted.raw, found.faults, 422, keep(desk, uploads), revision)
    except FormFaults as found:
        faults = contents.field_faults(found.faults, posted.raw, desk.lang)
        return _fill(desk, paper, posted.raw, faults, 422, keep(desk, uploads), revision)
    except Refusal as refusal:
        member = str(refusal.facts.get("member", ""))
        fault = Fault(member, refusal.code, refusal.message(desk.lang))
        return _fill(desk, paper, posted.raw, [fault], problems.status_of(refusal), revision=revision)


def _fill(
    desk: Desk,
    paper: Paper,
    raw: Mapping[str, list[str]],
    faults: Sequence[Fault] = (),
    status: int = 200,
    kept: Mapping[str, tuple[str, str]] | None = None,
    revision: int = 0,
    saved: int | None = None,
) -> Response:
    fields = paper.fields(raw)
    marked = [] if faults else returned_faults(paper, raw, desk)
    return desk.render(
        "agency/form.html",
        status,
        own=paper.own,
        form=paper.form,
        title=FORMS[paper.form],
        version=paper.next_version,
        latest=paper.versions[0] if paper.versions else None,
        groups=_groups(fields, raw, [*faults, *marked]),
        raw={one.name: [] for one in fields} | dict(raw),
        faults=list(faults),
        marked=marked,
        kept=kept or {},
        revision=revision,
        saved=saved,
        slot=paper.slot,
        form_path=paper.path,
        back=paper.back,
    )


def _groups(
    fields: Sequence[Field], raw: Mapping[str, list[str]], faults: Sequence[Fault]
) -> list[tuple[str, bool, list[Field]]]:
    """The fields as they stand together; a row for a certificate is folded while there is nothing in it."""
    speaking = {name for name, values in raw.items() if any(values)} | {fault.field for fault in faults}
    found = []
    for (name, folded), run in groupby(fields, lambda one: (one.group, one.folded)):
        group = list(run)
        found.append((name, folded and not any(one.name in speaking for one in group), group))
    return found


@dataclass(frozen=True)
class Marked(Fault):
    """What a registrar wants mended in a field."""

    label: str = ""


def returned_faults(paper: Paper, raw: Mapping[str, Sequence[str]], desk: Desk) -> list[Marked]:
    """Why the newest version was given back, beside the fields."""
    if not paper.versions or paper.versions[0].decided != "returned":
        return []
    return marked_faults(paper.versions[0], paper.fields(raw), raw, desk)


def marked_faults(
    version: Version, fields: Sequence[Field], raw: Mapping[str, Sequence[str]], desk: Desk
) -> list[Marked]:
    """The faults for which a version was returned. raw: that version as the fields hold it."""
    labels = {one.name: desk.say(one.label) for one in fields}
    found = []
    for fault in version.faults:
        name = contents.page_field(fault.field, raw)
        found.append(Marked(name if name in labels else "", "returned", fault.reason, labels.get(name, "")))
    return found


# Looking and handing in


def _look(desk: Desk, paper: Paper, given: Given, role: str, revision: int) -> Response:
    """The form as it will be printed. Everything the register would refuse is refused now."""
    try:
        rehearse(desk, role, _command(desk, paper, given))
    finally:
        _forget_scan(desk, given)
    tickets = keep(desk, given.uploads)
    saved = _saved_anyway(desk, paper, given.raw, tickets, revision)
    content, private = _read(paper, given)
    with desk.log.reading() as session:
        name = content.name if isinstance(content, AgencyForm) else agency_name(session, paper.own.code)
    scan = given.upload("licence")
    shown = paper.shown | {
        one.name: given.text(one.name)
        for one in paper.fields(given.raw)
        if not one.public and one.type == "text" and given.text(one.name)
    }
    sheet = Sheet(
        form=paper.form,
        agency=name,
        code=paper.own.code,
        day=day_in_beijing(desk.now),
        content=contents_of(content),
        private=shown | ({} if scan is None else {"licence": scan.name}),
        certificate_numbers=getattr(private, "certificate_numbers", ()),
        practitioner=paper.who,
    )
    return desk.render(
        "agency/preview.html",
        sheet=sheet,
        attachment=given.upload("attachment"),
        title=FORMS[paper.form],
        fields=paper.fields(given.raw),
        raw=given.raw,
        kept=tickets,
        revision=saved,
        slot=paper.slot,
        back=paper.back,
    )


def _command(desk: Desk, paper: Paper, given: Given) -> Callable[[Act], int]:
    key = keys.load_digest_key(desk.log.data / "keys")
    code = paper.own.code

    def command(act: Act) -> int:
        scan = given.upload("licence")
        licence = paper.known.get("licence", b"")
        if scan is not None:
            licence = documents.store(act.blobs, scan.data, scan.name, scan.media_type)
        patched = _with_known(paper, given)
        reason = _reason(paper, given)
        if paper.form == "agency":
            agency, private = contents.agency_form(patched, reason, licence)
            attachment = given.upload("attachment")
            files = [] if attachment is None else [_published(act, attachment)]
            return commands.submit_agency_form(act, code, agency, private, key=key, files=files)
        if paper.form == "legal_person":
            person, own = contents.legal_person_form(patched, reason)
            return commands.submit_legal_person_form(act, code, person, own, key=key)
        practitioner, hers = contents.practitioner_form(patched, reason)
        entry = commands.submit_practitioner_form(act, code, paper.who, practitioner, hers, key=key)
        drafts.drop(act.session, paper.own.owner, paper.form, paper.draft)
        return entry

    return command


def _published(act: Act, attachment: Upload) -> File:
    return act.blobs.put_file(attachment.name, attachment.media_type, attachment.data)


def _read(paper: Paper, given: Given) -> tuple[Content, object]:
    patched, reason = _with_known(paper, given), _reason(paper, given)
    if paper.form == "agency":
        return contents.agency_form(patched, reason, b"")
    if paper.form == "legal_person":
        return contents.legal_person_form(patched, reason)
    return contents.practitioner_form(patched, reason)


def _reason(paper: Paper, given: Given) -> str | None:
    return given.text("reason") if paper.next_version > 1 else None


def _with_known(paper: Paper, given: Given) -> Given:
    """What was left empty because it is known stands in its place."""
    known = {
        one.name: paper.known[one.name].decode()
        for one in paper.fields(given.raw)
        if one.kept and one.type == "text" and not given.values[one.name]
    }
    return replace(given, values={**given.values, **known})


def _forget_scan(desk: Desk, given: Given) -> None:
    """A rehearsal stores the scan as the act would; unless the act follows, the file is to go again."""
    scan = given.upload("licence")
    if scan is None:
        return
    with desk.log.act("system") as act:
        try:
            documents.forget(
                act, documents.described(documents.store(act.blobs, scan.data, scan.name, scan.media_type))
            )
        except Refusal:
            return


def agency_name(session: Session, code: str, placed: bool = False) -> str:
    """The agency's name by its newest form, which may be newer than the record; by its organisation without one."""
    newest = next(iter(forms.versions(session, code, "agency", placed=placed)), None)
    if newest is not None:
        return str(newest.event.body()["name"])
    organisation = queries.organisation_with_code(session, code)
    return code if organisation is None else organisation.name


# Drafts


def revision_of(posted: Posted) -> int:
    text = posted.text("revision")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else 0


def save_draft(desk: Desk, paper: Paper, raw: Mapping[str, list[str]], revision: int) -> int:
    """Keep what was typed; returns the new revision. Raises DraftMoved where another window was quicker."""
    names = {one.name for one in paper.fields(raw)} | {f"{name}{KEPT}" for name in FILES}
    content = {name: list(values) for name, values in raw.items() if name in names and any(values)}
    with desk.log.act(f"agent:{desk.user.account}") as act:
        return drafts.save(act, paper.own.owner, paper.form, paper.draft, content, revision, desk.user.account)


def _saved_anyway(
    desk: Desk, paper: Paper, raw: Mapping[str, list[str]], tickets: Mapping[str, tuple[str, str]], revision: int
) -> int:
    """Save on the way to the look; returns the revision, the old one where another window has moved on."""
    kept = {f"{name}{KEPT}": [ticket] for name, (_, ticket) in tickets.items()}
    try:
        return save_draft(desk, paper, {**raw, **kept}, revision)
    except DraftMoved:
        return revision


def _stay(desk: Desk, paper: Paper, posted: Posted, uploads: Mapping[str, Upload], revision: int) -> Response:
    """Save at a button's press, or come back from the look, and go on filling in."""
    tickets = keep(desk, uploads)
    if posted.step == "edit":
        return _fill(desk, paper, posted.raw, kept=tickets, revision=revision)
    kept = {f"{name}{KEPT}": [ticket] for name, (_, ticket) in tickets.items()}
    revision = save_draft(desk, paper, {**posted.raw, **kept}, revision)
    return _fill(desk, paper, posted.raw, kept=tickets, revision=revision, saved=desk.now)


def tell_draft(desk: DeskDep) -> Response:
    """The revision that a window may build on."""
    paper = paper_of(desk)
    with desk.log.reading() as session:
        draft = drafts.load(session, paper.own.owner, paper.form, paper.draft)
    return JSONResponse({"revision": 0 if draft is None else draft.revision}, headers={"Cache-Control": "no-store"})


def take_draft(desk: DeskDep, posted: PostedDep) -> Response:
    """What a browser saves by itself while somebody types."""
    paper = paper_of(desk)
    tickets = keep(desk, {name: one for name, one in posted.files.items() if name in FILES})
    kept = {f"{name}{KEPT}": [ticket] for name, (_, ticket) in tickets.items()}
    revision = save_draft(desk, paper, {**posted.raw, **kept}, revision_of(posted))
    told = {"revision": revision, "at": time_in_beijing(desk.now), "kept": tickets}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


# Versions


def show_version(desk: DeskDep) -> Response:
    """A version as it was handed in, what became of it, and what it changed."""
    paper, version = version_of(desk)
    former = next((one for one in paper.versions if one.event.version == version.event.version - 1), None)
    raw = contents.typed(version.event.body(), {})
    labels = {one.name: one.label for one in paper.fields(raw)} | {"certificates": "证书"}
    changed = [] if former is None else forms.changes(former.event, version.event)
    return desk.render(
        "agency/versions.html",
        sheet=sheet_of(desk, paper, version),
        versions=paper.versions,
        faults=marked_faults(version, paper.fields(raw), raw, desk),
        changes=[(labels.get(one.field, one.field), one.field, one.before, one.after) for one in changed],
        form_path=paper.path,
    )


def print_version(desk: DeskDep) -> Response:
    paper, version = version_of(desk)
    return desk.site.pages.render(
        desk.request,
        "forms/printed.html",
        sheet=sheet_of(desk, paper, version),
        back=f"{paper.path}/versions/{version.event.version}",
        note="",
    )


def version_of(desk: Desk) -> tuple[Paper, Version]:
    """The version that the address names. Raises NoSuchForm."""
    paper, number = paper_of(desk), desk.path("version")
    found = next((one for one in paper.versions if str(one.event.version) == number), None)
    if found is None:
        raise NoSuchForm(code=paper.own.code, version=number[:10])
    return paper, found


def sheet_of(desk: Desk, paper: Paper, version: Version) -> Sheet:
    """A version as its own agency may print it: private numbers masked."""
    with desk.log.reading() as session:
        private = private_values(session, version.entry_id)
        name = agency_name(session, paper.own.code)
    body = version.event.body()
    return Sheet(
        form=paper.form,
        agency=body["name"] if paper.form == "agency" else name,
        code=paper.own.code,
        day=day_in_beijing(version.at),
        content=body,
        private={one: masked_value(one, value) for one, value in private.items() if one != "certificate_numbers"},
        certificate_numbers=json.loads(private.get("certificate_numbers", b"[]")),
        practitioner=paper.who,
        version=version.event.version,
        seq=version.seq,
    )


for prefix in ("/agency/forms/practitioner/{who}", "/agency/forms/{form}"):
    about = "practitioner" if "who" in prefix else "form"
    for address, serve, method in (
        ("", show_form, "GET"),
        ("", take_form, "POST"),
        ("/draft", tell_draft, "GET"),
        ("/draft", take_draft, "POST"),
        ("/versions/{version}", show_version, "GET"),
        ("/versions/{version}/print", print_version, "GET"),
    ):
        router.add_api_route(
            prefix + address,
            serve,
            methods=[method],
            name=f"{serve.__name__}_{about}",
            response_model=None,
            max_body_size=MAX_BODY if method == "POST" else None,
        )
