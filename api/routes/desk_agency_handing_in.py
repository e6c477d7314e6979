"""A form as it is handed in: the command it becomes, and before that the sheet that its agency looks at."""

from collections.abc import Callable
from dataclasses import replace

from api.routes import desk_agency_content as contents
from api.routes.desk_agency_paper import Paper, agency_name
from api.routes.desk_agency_sheets import Sheet, contents_of, day_in_beijing
from api.routes.desk_forms import Given, Upload
from api.routes.desk_request import Desk
from audit import keys
from audit.act import Act
from audit.entry import File
from audit.errors import Refusal
from registry import commands, documents, drafts
from registry.model import AgencyForm, LegalPersonForm, PractitionerForm

Content = AgencyForm | LegalPersonForm | PractitionerForm


def command_of(desk: Desk, paper: Paper, given: Given) -> Callable[[Act], int]:
    """What hands the form in. Private values that were left empty because they are known stand again."""
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


def forget_scan(desk: Desk, given: Given) -> None:
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


def sheet_before(desk: Desk, paper: Paper, given: Given) -> Sheet:
    """The form as it would be printed; its agency sees here all that it typed."""
    content, private = _read(paper, given)
    with desk.log.reading() as session:
        name = content.name if isinstance(content, AgencyForm) else agency_name(session, paper.own.code)
    scan = given.upload("licence")
    shown = paper.shown | {
        one.name: given.text(one.name)
        for one in paper.fields(given.raw)
        if not one.public and one.type == "text" and given.text(one.name)
    }
    return Sheet(
        form=paper.form,
        agency=name,
        code=paper.own.code,
        day=day_in_beijing(desk.now),
        content=contents_of(content),
        private=shown | ({} if scan is None else {"licence": scan.name}),
        certificate_numbers=getattr(private, "certificate_numbers", ()),
        practitioner=paper.who,
    )
