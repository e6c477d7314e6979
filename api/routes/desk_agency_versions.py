"""The versions of a form as its own agency reads them: what became of each, what it changed, and on paper."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from api.routes import desk_agency_content as contents
from api.routes.desk_agency_paper import Paper, agency_name, paper_of
from api.routes.desk_agency_sheets import Sheet, day_in_beijing
from api.routes.desk_forms import Fault, Field
from api.routes.desk_request import Desk, DeskDep
from registry.errors import NoSuchForm
from registry.queries import forms
from registry.queries.forms import Version
from registry.queries.persons import masked_value, private_values


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
