"""`/api/v1/registry`: an agency's own side of the register. Everything its desk does can be done by a program.

What is public stands in `content`, as the entry will hold it; what is private stands in `private`, of which the entry
holds commitments only, and is never answered but to the agency itself, masked.
"""

from typing import Annotated, Any

from fastapi import Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import User
from api.dependencies import ACT, MAX_INTEGER, PROBLEMS, Do, Doer, Done, SignedIn, SiteDep, Visitor
from api.documents import Document
from api.errors import NotSignedIn
from api.routes.desk_agency_own import Own, own_of
from api.routes.join import Asked, ask
from api.routing import APIRouter
from audit import keys
from audit.act import Act
from registry import commands, documents, drafts
from registry.errors import NoSuchApplication, NoSuchDraft
from registry.events import (
    Certificate,
    CommitmentSigned,
    ConductAcknowledged,
    Form,
    KeyRecorded,
    PractitionerLeft,
    Premises,
)
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    LegalPersonForm,
    LegalPersonPrivate,
    PractitionerForm,
    PractitionerPrivate,
)
from registry.queries import forms
from registry.queries.matters import Matter, matters

router = APIRouter(prefix="/api/v1/registry", tags=["registry"], responses=PROBLEMS)

AGENT = ("agent",)
HAND_IN = ("agent", "registrar")
MAX_BODY = 24 * 1024 * 1024
"""Bytes of a request with documents, as base64."""
MAX_FILES = 20

Code = Annotated[str, Path(max_length=18, pattern="^[0-9A-Z]+$", description="Unified social credit code")]
Text = Annotated[str, Field(max_length=200)]
Number = Annotated[int, Field(ge=0, le=MAX_INTEGER)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


# Asking for admission


class ApplicationIn(Closed):
    """Who asks to act for an agency. Without a session, `sign_in_name` and `password` make an account first."""

    name: Text
    code: Text
    contact_name: Text
    contact_phone: Text
    sign_in_name: Text | None = None
    password: Annotated[str, Field(max_length=300)] | None = None

    def to_model(self) -> Asked:
        return Asked(self.code, self.name, self.contact_name, self.contact_phone, self.sign_in_name, self.password)


class ApplicationOut(BaseModel):
    """How far it has come: waiting, admitted (`organisation`) or refused with a reason."""

    code: str
    name: str
    organisation: str | None
    refused: str | None
    token: str | None = Field(default=None, description="Of the new account's session; shown once")


@router.post("/applications", status_code=201)
def ask_admission(body: ApplicationIn, request: Request, site: SiteDep, user: Visitor) -> ApplicationOut:
    """Ask to act for an agency. Private: nothing is public before a registrar has checked the business licence."""
    if user is None and (body.sign_in_name is None or body.password is None):
        raise NotSignedIn
    held = ask(request, site, user, body.to_model())
    return ApplicationOut(code=body.code, name=body.name, organisation=None, refused=None, token=held)


@router.get("/applications/own")
def own_application(site: SiteDep, user: SignedIn) -> ApplicationOut:
    """What the account asked for, and what came of it."""
    with site.log.reading() as session:
        found = forms.application(session, user.account)
    if found is None:
        raise NoSuchApplication(account=user.account)
    return ApplicationOut(code=found.code, name=found.name, organisation=found.organisation, refused=found.refused)


# What is missing


class MatterOut(BaseModel):
    kind: str
    form: str | None
    practitioner: str | None
    version: int | None
    until: int | None = Field(description="Unix seconds: when it runs out or ran out, or until when one may act")
    incident: str | None
    faults: list[dict[str, str]] = Field(description="Of a form that was returned: `field` and `reason`")

    @classmethod
    def of(cls, matter: Matter) -> "MatterOut":
        faults = [{"field": fault.field, "reason": fault.reason} for fault in matter.faults]
        return cls(
            kind=matter.kind,
            form=matter.form,
            practitioner=matter.practitioner,
            version=matter.version,
            until=matter.until,
            incident=matter.incident,
            faults=faults,
        )


@router.get("/matters")
def own_matters(site: SiteDep, user: SignedIn) -> list[MatterOut]:
    """What the account's agency has to see to: what is missing, was returned, runs out, waits for its word."""
    with site.log.reading() as session:
        own = own_of(session, user)
        return [MatterOut.of(one) for one in matters(session, own.code, site.log.clock() // 1000)]


# The three forms


class AgencyContent(Closed):
    """The public part of the agency form (机构情况登记表)."""

    name: Text
    legal_form: Text
    founded: Annotated[Text, Field(description="ISO date")]
    region: Annotated[Text, Field(description="GB/T 2260, six digits")]
    address: Text
    premises: Premises
    premises_area: Annotated[Number, Field(description="Square metres")]
    capital: Annotated[Number, Field(description="Fen")]
    scope: Annotated[list[Text], Field(max_length=100)]
    fields: Annotated[list[Text], Field(max_length=100)]
    recording_equipment: Text
    office_equipment: Text
    reason: Text | None = Field(default=None, description="Why it is given anew; null in version 1 only")


class AgencySecrets(Closed):
    """The private part of the agency form."""

    contact_name: Text
    contact_phone: Text
    bank_name: Text
    bank_account: Text
    controller_name: Text
    controller_number: Text
    licence: Document | None = Field(default=None, description="Scan of the business licence; PDF, JPEG or PNG")


class AgencyFormIn(Closed):
    content: AgencyContent
    private: AgencySecrets


class LegalPersonContent(Closed):
    """The public part of the legal person form (法人登记表)."""

    term_from: Text
    term_until: Text | None = None
    reason: Text | None = None


class LegalPersonSecrets(Closed):
    name: Text = Field(description="Shown until it is erased")
    identity_number: Text
    phone: Text


class LegalPersonFormIn(Closed):
    content: LegalPersonContent
    private: LegalPersonSecrets


class PractitionerContent(Closed):
    """The public part of the practitioner form (从业人员登记表)."""

    key: bool
    titles: Annotated[list[Text], Field(max_length=100)]
    certificates: Annotated[list[Certificate], Field(max_length=100)]
    employed_since: Text
    insurance_months: Number
    fields: Annotated[list[Text], Field(max_length=100)]
    reason: Text | None = None


class PractitionerSecrets(Closed):
    name: Text = Field(description="Shown until it is erased")
    identity_number: Text
    certificate_numbers: Annotated[list[Text], Field(max_length=100)] = Field(
        default_factory=list, description="One for each certificate, in their order; shown until they are erased"
    )


class PractitionerFormIn(Closed):
    practitioner: Text | None = Field(default=None, description="Whose next version it is; null for somebody new")
    content: PractitionerContent
    private: PractitionerSecrets


@router.post("/agencies/{code}/forms/agency", max_body_size=MAX_BODY, **ACT)
def submit_agency_form(code: Code, body: AgencyFormIn, do: Do) -> Done:
    """Hand in the agency form, a whole new version. An agent sends the licence with it each time."""
    content = body.content.model_dump()
    content |= {"scope": tuple(body.content.scope), "fields": tuple(body.content.fields)}
    secrets = {name: value for name, value in body.private if name != "licence"}

    def command(act: Act) -> int:
        licence = None if body.private.licence is None else _stored(act, body.private.licence)
        private = AgencyPrivate(**secrets, licence=licence)
        return commands.submit_agency_form(act, code, AgencyForm(**content), private, key=_key(do))

    return do(HAND_IN, command)


@router.post("/agencies/{code}/forms/legal-person", **ACT)
def submit_legal_person_form(code: Code, body: LegalPersonFormIn, do: Do) -> Done:
    """Hand in the legal person form, a whole new version."""
    content, private = LegalPersonForm(**body.content.model_dump()), LegalPersonPrivate(**body.private.model_dump())
    return do(HAND_IN, lambda act: commands.submit_legal_person_form(act, code, content, private, key=_key(do)))


@router.post("/agencies/{code}/forms/practitioner", **ACT)
def submit_practitioner_form(code: Code, body: PractitionerFormIn, do: Do) -> Done:
    """Hand in a practitioner's form: somebody new, or the next version of one that is there."""
    content = PractitionerForm(
        key=body.content.key,
        titles=tuple(body.content.titles),
        certificates=tuple(body.content.certificates),
        employed_since=body.content.employed_since,
        insurance_months=body.content.insurance_months,
        fields=tuple(body.content.fields),
        reason=body.content.reason,
    )
    secrets = body.private
    private = PractitionerPrivate(secrets.name, secrets.identity_number, tuple(secrets.certificate_numbers))
    return do(
        HAND_IN,
        lambda act: commands.submit_practitioner_form(act, code, body.practitioner, content, private, key=_key(do)),
    )


@router.post("/departures", **ACT)
def practitioner_left(body: PractitionerLeft, do: Do) -> Done:
    """Say that a practitioner is with the agency no longer."""
    return do(HAND_IN, lambda act: commands.practitioner_left(act, body))


def _key(do: Doer) -> bytes:
    """Of the digests by which ties are compared."""
    return keys.load_digest_key(do.log.data / "keys")


def _stored(act: Act, document: Document) -> bytes:
    return documents.store(act.blobs, document.data, document.name, document.media_type)


# Drafts

Whose = Annotated[
    str | None, Query(max_length=40, pattern="^[A-Za-z0-9_-]+$", description="The practitioner, or `new` for a new one")
]


class DraftIn(Closed):
    """What was typed, field by field, as the page has it; nothing of it is checked yet."""

    content: dict[str, list[str]]
    revision: Number = Field(description="The saving that was being worked on; 0 for the first")


class DraftOut(BaseModel):
    content: dict[str, Any]
    revision: int
    saved_at: int = Field(description="Unix milliseconds")


class SavedOut(BaseModel):
    revision: int


@router.get("/drafts/{form}")
def load_draft(form: Form, site: SiteDep, user: SignedIn, practitioner: Whose = None) -> DraftOut:
    """A draft of the account's agency. Private: drafts are no entries."""
    with site.log.reading() as session:
        own = own_of(session, user)
        draft = drafts.load(session, own.owner, form, practitioner)
    if draft is None:
        raise NoSuchDraft
    return DraftOut(content=dict(draft.content), revision=draft.revision, saved_at=draft.saved_at)


@router.put("/drafts/{form}")
def save_draft(form: Form, body: DraftIn, site: SiteDep, user: SignedIn, practitioner: Whose = None) -> SavedOut:
    """Save a draft. What another client saved meanwhile is never overwritten: that is `registry.draft-moved`."""
    own = _own(site, user)
    with site.log.act(f"agent:{user.account}") as act:
        revision = drafts.save(act, own.owner, form, practitioner, body.content, body.revision, user.account)
    return SavedOut(revision=revision)


def _own(site: SiteDep, user: User) -> Own:
    with site.log.reading() as session:
        return own_of(session, user)


# The three rules


@router.post("/keys", **ACT)
def record_own_key(body: KeyRecorded, do: Do) -> Done:
    """Record the first key of the agent's own organisation; a registrar records any other."""
    return do(AGENT, lambda act: commands.record_key(act, body))


@router.get("/commitments/to-sign")
def commitment_to_sign(site: SiteDep, user: SignedIn) -> CommitmentSigned:
    """The body that the account's agency would sign today, without signatures; subject `agency:CODE`."""
    with site.log.reading() as session:
        own = own_of(session, user)
        return commands.commitment_to_sign(session, own.code, own.admitted.id, site.log.clock() // 1000)


@router.post("/commitments", **ACT)
def sign_commitment(body: CommitmentSigned, do: Do) -> Done:
    """Promise what the newest admission commitment says, signed with the agency's own key."""
    return do(AGENT, lambda act: commands.sign_commitment(act, body))


@router.post("/acknowledgements", **ACT)
def acknowledge_conduct(body: ConductAcknowledged, do: Do) -> Done:
    """Acknowledge a version of the code of conduct, with the practitioners who do so too."""
    return do(AGENT, lambda act: commands.acknowledge_conduct(act, body))


# Supervision, as the agency answers it


class WordIn(Closed):
    """What the agency says for itself. Private, and so are the files."""

    code: Annotated[str, Field(max_length=18)]
    text: Annotated[str, Field(max_length=10_000)]
    files: Annotated[list[Document], Field(max_length=MAX_FILES)] = Field(default_factory=list)


Incident = Annotated[str, Path(max_length=20, pattern="^[A-Z0-9-]+$")]


@router.post("/incidents/{incident}/answers", max_body_size=MAX_BODY, **ACT)
def answer_incident(incident: Incident, body: WordIn, do: Do) -> Done:
    """Answer an incident, or add to the answer, before the decision."""

    def command(act: Act) -> int:
        files = [_stored(act, one) for one in body.files]
        return commands.answer_incident(act, body.code, incident, body.text, files)

    return do(AGENT, command)


@router.post("/incidents/{incident}/appeals", max_body_size=MAX_BODY, **ACT)
def file_appeal(incident: Incident, body: WordIn, do: Do) -> Done:
    """Ask for a review of a decision, within sixty days."""

    def command(act: Act) -> int:
        files = [_stored(act, one) for one in body.files]
        return commands.file_appeal(act, body.code, incident, body.text, files)

    return do(AGENT, command)
