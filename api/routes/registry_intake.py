"""`/api/v1/registry`: the registrar's side of the register. Inspectors read what he reads and change nothing.

Answers with `private` in them hold what only these two may see; identity numbers are masked unless asked for in full.
"""

from collections.abc import Collection
from io import BytesIO
from typing import Annotated, Any

from fastapi import Form as FormField
from fastapi import Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from api import dispatch
from api.accounts import User
from api.dependencies import ACT, MAX_INTEGER, PROBLEMS, Do, Doer, Done, SignedIn, SiteDep
from api.errors import RoleNotYours
from api.routing import APIRouter
from audit import keys
from audit.act import Act
from registry import commands, documents
from registry.commands import Erased
from registry.errors import NoSuchForm
from registry.events import Fault, Form, FormReturned, FormVersion, Ground
from registry.importing import check_forms, record_forms
from registry.model import OrganisationTies
from registry.queries import findings, forms, intake
from registry.queries.persons import MASKED_NUMBERS, masked_value, private_values
from registry.rules.forms import REMINDED_BEFORE
from registry.sheets.limits import UPLOAD
from registry.working_days import DAY

router = APIRouter(prefix="/api/v1/registry", tags=["registry"], responses=PROBLEMS)

REGISTRAR = ("registrar",)
READERS = ("registrar", "inspector")
ERASERS = ("registrar", "admin")
AT_MOST = 1000
"""Findings and forms that one answer holds."""

Account = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,64}$")]
Code = Annotated[str, Path(max_length=18, pattern="^[0-9A-Z]+$", description="Unified social credit code")]
CodeText = Annotated[str, Field(max_length=18)]
Text = Annotated[str, Field(max_length=200)]
Version = Annotated[int, Field(ge=1, le=MAX_INTEGER)]
Whose = Annotated[str | None, Query(max_length=40, pattern="^[A-Za-z0-9_-]+$", description="Of a practitioner form")]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


def reads(user: User, roles: Collection[str]) -> None:
    """Raises RoleNotYours unless the user may read what these roles read."""
    if not any(user.holds(role) for role in roles):
        raise RoleNotYours(roles=", ".join(roles))


# Admission


class WaitingApplication(BaseModel):
    """Who asks to act for an agency. Private."""

    account: str
    code: str
    name: str
    contact_name: str
    contact_phone: str
    asked_at: int = Field(description="Unix milliseconds")


class ReasonIn(Closed):
    reason: Text


@router.get("/applications")
def list_applications(site: SiteDep, user: SignedIn) -> list[WaitingApplication]:
    """Applications for admission that wait, oldest first."""
    reads(user, READERS)
    with site.log.reading() as session:
        waiting = forms.applications(session)
    names = WaitingApplication.model_fields
    return [WaitingApplication(**{name: getattr(one, name) for name in names}) for one in waiting]


@router.post("/applications/{account}/admission", **ACT)
def admit_applicant(account: Account, do: Do) -> Done:
    """Let an applicant act for its agency, whose licence was compared."""
    return do(REGISTRAR, lambda act: commands.admit(act, account))


@router.post("/applications/{account}/refusal", status_code=204)
def refuse_applicant(account: Account, body: ReasonIn, site: SiteDep, user: SignedIn) -> None:
    """Tell an applicant why it is not admitted. No entry comes of it."""
    role = dispatch.acting_role(user, REGISTRAR)
    with site.log.act(f"{role}:{user.account}") as act:
        commands.refuse_applicant(act, account, body.reason)


# Forms


class WaitingForm(BaseModel):
    """A version that waits for the registrar."""

    code: str
    name: str
    form: Form
    practitioner: str | None
    version: int
    entry: int
    at: int = Field(description="Handed in, Unix milliseconds")


class FormOut(BaseModel):
    """One version with everything in it that was not erased."""

    form: Form
    practitioner: str | None
    version: int
    entry: int
    seq: int | None
    decided: forms.Decided
    until: int | None = Field(description="Unix seconds, where it was accepted")
    faults: list[Fault] = Field(description="Why it was returned")
    content: dict[str, Any] = Field(description="The entry's body")
    private: dict[str, str] = Field(description="Files by their name")


class VersionIn(Closed):
    form: Form
    practitioner: Text | None = None
    version: Version


class Acceptance(Closed):
    """Which waiting versions of one agency are accepted, all in one act."""

    code: CodeText
    forms: Annotated[list[VersionIn], Field(min_length=1, max_length=AT_MOST)]


class Return(Closed):
    """Why a version is given back, field by field; public for ever."""

    code: CodeText
    form: Form
    practitioner: Text | None = None
    version: Version
    faults: Annotated[list[Fault], Field(max_length=100)]


@router.get("/queue")
def queue(site: SiteDep, user: SignedIn, code: Annotated[str | None, Query(max_length=18)] = None) -> list[WaitingForm]:
    """Forms that wait, oldest first; `code`: of one agency."""
    reads(user, READERS)
    with site.log.reading() as session:
        waiting = forms.queue(session, code)[:AT_MOST]
    return [
        WaitingForm(
            code=one.code,
            name=one.name,
            form=one.form,
            practitioner=one.practitioner,
            version=one.version,
            entry=one.entry_id,
            at=one.at,
        )
        for one in waiting
    ]


@router.get("/agencies/{code}/forms/{form}/{version}")
def form_version(
    code: Code,
    form: Form,
    version: Annotated[int, Path(ge=1, le=MAX_INTEGER)],
    site: SiteDep,
    user: SignedIn,
    practitioner: Whose = None,
    in_full: Annotated[bool, Query(description="Identity numbers too")] = False,
) -> FormOut:
    """One version of a form, private values and all."""
    reads(user, READERS)
    with site.log.reading() as session:
        versions = forms.versions(session, code, form, practitioner)
        found = next((one for one in versions if one.event.version == version), None)
        if found is None:
            raise NoSuchForm(code=code, version=version)
        private = private_values(session, found.entry_id)
    return FormOut(
        form=form,
        practitioner=practitioner,
        version=version,
        entry=found.entry_id,
        seq=found.seq,
        decided=found.decided,
        until=found.until,
        faults=list(found.faults),
        content=found.event.body(),
        private={name: _told(name, value, in_full) for name, value in private.items()},
    )


def _told(name: str, value: bytes, in_full: bool) -> str:
    is_masked = name == "licence" or (name in MASKED_NUMBERS and not in_full)
    return masked_value(name, value) if is_masked else value.decode()


@router.post("/acceptances", **ACT)
def accept_forms(body: Acceptance, do: Do) -> Done:
    """Take versions that wait on record, for a year."""
    listed = [FormVersion(**one.model_dump()) for one in body.forms]
    return do(REGISTRAR, lambda act: commands.accept_forms(act, body.code, listed))


@router.post("/returns", **ACT)
def return_form(body: Return, do: Do) -> Done:
    """Give a version that waits back."""
    return do(REGISTRAR, lambda act: commands.return_form(act, FormReturned(**vars(body))))


class RenewalOut(BaseModel):
    """A form whose accepted version runs out within thirty days, or ran out."""

    code: str
    form: Form
    practitioner: str | None
    version: int
    until: int = Field(description="Unix seconds")
    newest: int = Field(description="The newest version that was handed in")


@router.get("/renewals")
def renewals(site: SiteDep, user: SignedIn) -> list[RenewalOut]:
    """What must be renewed soon, or should have been; the first to end first."""
    reads(user, READERS)
    with site.log.reading() as session:
        due = intake.renewals(session, site.log.clock() // 1000 + REMINDED_BEFORE * DAY)[:AT_MOST]
    return [RenewalOut(**vars(one)) for one in due]


# Findings and ties


class FindingOut(BaseModel):
    """What the program found by comparing the forms. It excludes nobody by itself."""

    finding: str
    ground: Ground
    key: bool
    parties: list[str] = Field(description="`agency:CODE` or `organisation:ID`")
    made: int = Field(description="Unix milliseconds")
    ended: int | None


class TiesIn(Closed):
    """Who stands behind an organisation, whole: it takes the former record's place. Only the address is public."""

    organisation: Text
    legal_person_number: Text | None = None
    controller_number: Text | None = None
    key_persons: Annotated[list[Text], Field(max_length=100)] = Field(default_factory=list)
    address: Text | None = None


@router.get("/findings")
def list_findings(
    site: SiteDep,
    user: SignedIn,
    party: Annotated[str | None, Query(max_length=80, pattern="^(agency|organisation):[A-Za-z0-9-]+$")] = None,
    ended: Annotated[bool, Query(description="Also those that hold no longer")] = False,
) -> list[FindingOut]:
    """Findings, newest first: all, or one party's."""
    reads(user, READERS)
    with site.log.reading() as session:
        found = findings.findings(session, party, open_only=not ended, limit=AT_MOST)
    names = FindingOut.model_fields
    return [FindingOut(**{name: getattr(one, name) for name in names}) for one in found]


@router.post("/ties", **ACT)
def record_ties(body: TiesIn, do: Do) -> Done:
    """Record who stands behind a tenderer or a seat's holder."""
    ties = OrganisationTies(body.legal_person_number, body.controller_number, tuple(body.key_persons))
    return do(
        REGISTRAR, lambda act: commands.record_ties(act, body.organisation, ties, body.address, key=digest_key(do))
    )


def digest_key(do: Doer) -> bytes:
    """Under which ties are compared."""
    return keys.load_digest_key(do.log.data / "keys")


# Erasing and importing


class ErasureIn(Closed):
    """Whose form is emptied of everything private, in all its versions."""

    code: CodeText
    form: Form
    practitioner: Text | None = None
    legal_basis: Text = Field(description="Public for ever")


class BackupOut(BaseModel):
    file: str
    made_at: int = Field(description="Unix milliseconds")


class ErasureOut(BaseModel):
    """What was erased, and which backups of the database still hold it."""

    entries: list[int] = Field(description="Places of the entries whose private values are gone")
    values: int
    files: int
    backups: list[BackupOut]


@router.post("/erasures")
def erase_person(body: ErasureIn, do: Do) -> ErasureOut:
    """Erase what a form says of a person, with its digests, drafts and files."""
    answers: list[Erased] = []

    def command(act: Act) -> None:
        answers.append(commands.erase_person(act, body.code, body.form, body.practitioner, body.legal_basis))

    do.perform(ERASERS, command)
    documents.forget_files(do.log)
    erased = answers[0] if answers else Erased((), 0, 0, ())  # the same request once more
    return ErasureOut(
        entries=list(erased.entries),
        values=erased.values,
        files=erased.files,
        backups=[BackupOut(file=one.file, made_at=one.made_at) for one in erased.backups],
    )


class ImportOut(BaseModel):
    """Numbers of agencies, and of the forms that were handed in and accepted."""

    added: int
    amended: int
    unchanged: int
    forms: int


@router.post("/imports", max_body_size=UPLOAD.bytes + 64 * 1024)
def import_forms(
    workbook: UploadFile,
    site: SiteDep,
    user: SignedIn,
    reason: Annotated[str, FormField(max_length=200)] = "批量导入",
) -> ImportOut:
    """Hand in and accept the three forms of many agencies from one XLSX workbook; nothing where one row is wrong."""
    role = dispatch.acting_role(user, REGISTRAR)
    log = site.log
    checked = check_forms(log, [(BytesIO(workbook.file.read()), workbook.filename or "")], UPLOAD)
    key = keys.load_digest_key(log.data / "keys")
    return ImportOut(**vars(record_forms(log, f"{role}:{user.account}", checked, key=key, reason=reason)))
