"""The three forms (三表) on the agency's desk: filled in as drafts that save themselves, looked at, handed in.

GET  /desk/agency/forms/agency               the form, from the draft, else from the newest version (renewal)
POST /desk/agency/forms/agency               the look, and from there the act; or `step=save`
POST /desk/agency/forms/agency/draft         what a browser saves by itself
…/forms/legal-person, …/forms/practitioner/new, …/forms/practitioner/ID
"""

from collections.abc import Mapping, Sequence
from itertools import groupby

from starlette.responses import RedirectResponse, Response

from api import dispatch, problems
from api.pages import with_query
from api.routes import desk_agency_content as contents
from api.routes.desk_agency_drafts import (
    Tickets,
    revision_of,
    save_draft,
    saved_anyway,
    take_draft,
    tell_draft,
    typed_in,
)
from api.routes.desk_agency_fields import FORMS
from api.routes.desk_agency_handing_in import command_of, forget_scan, sheet_before
from api.routes.desk_agency_own import AGENT
from api.routes.desk_agency_paper import MAX_BODY, MAX_FILE, Paper, paper_of
from api.routes.desk_agency_versions import print_version, returned_faults, show_version
from api.routes.desk_forms import Fault, Faults, Field, Given, Upload, read
from api.routes.desk_request import Desk, DeskDep, Posted, PostedDep
from api.routes.desk_steps import done_before, rehearse
from api.routes.desk_uploads import KEPT, fetched, forget, keep, still_kept
from api.routing import APIRouter
from audit.errors import Refusal
from registry import drafts
from registry.errors import FormFaults

router = APIRouter(prefix="/desk", include_in_schema=False)


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
        paper.own.check_admitted()
        role = desk.roles(*AGENT)[0]
        if posted.step == "confirm":
            outcome = dispatch.perform(desk.log, desk.user, role, posted.intent, command_of(desk, paper, given))
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


def _stay(desk: Desk, paper: Paper, posted: Posted, uploads: Mapping[str, Upload], revision: int) -> Response:
    """Save at a button's press, or come back from the look, and go on filling in."""
    tickets = keep(desk, uploads)
    if posted.step == "edit":
        return _fill(desk, paper, posted.raw, kept=tickets, revision=revision)
    revision = save_draft(desk, paper, posted.raw, tickets, revision)
    return _fill(desk, paper, posted.raw, kept=tickets, revision=revision, saved=desk.now)


def _fill(
    desk: Desk,
    paper: Paper,
    raw: Mapping[str, list[str]],
    faults: Sequence[Fault] = (),
    status: int = 200,
    kept: Tickets | None = None,
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


def _look(desk: Desk, paper: Paper, given: Given, role: str, revision: int) -> Response:
    """The form as it will be printed. Everything the register would refuse is refused now."""
    try:
        rehearse(desk, role, command_of(desk, paper, given))
    finally:
        forget_scan(desk, given)
    tickets = keep(desk, given.uploads)
    return desk.render(
        "agency/preview.html",
        sheet=sheet_before(desk, paper, given),
        attachment=given.upload("attachment"),
        title=FORMS[paper.form],
        fields=paper.fields(given.raw),
        raw=given.raw,
        kept=tickets,
        revision=saved_anyway(desk, paper, given.raw, tickets, revision),
        slot=paper.slot,
        back=paper.back,
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
