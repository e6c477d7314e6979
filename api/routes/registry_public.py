"""`/api/v1`: the register for reading, beside what `facts` tells. Only what the log shows, and of persons only what the
law wants shown, for as long as nobody has erased it. Decisions that have ended are told no more."""

from typing import Annotated, Any

from fastapi import Query
from pydantic import Field
from sqlalchemy.orm import Session

from api import agency_page as view
from api.dependencies import MAX_INTEGER, PROBLEMS, SiteDep
from api.routes.facts import Id, Limit, Out
from api.routes.feeds import Before
from api.routing import APIRouter
from lottery.model import State
from lottery.queries import Place as DrawPlace
from registry import queries
from registry.errors import NoSuchAgency
from registry.events import (
    Article,
    Certificate,
    CommitmentPublished,
    ConductPublished,
    Form,
    FormulaPublished,
    Grade,
    Sanction,
)
from registry.model import Agency
from registry.queries import forms, rulebook
from registry.queries.forms import Decided, FormState
from registry.queries.persons import Shown
from registry.rules.rulebook import text_sha256

router = APIRouter(prefix="/api/v1", tags=["register"], responses=PROBLEMS)

MOMENT = "Unix seconds"
Version = Annotated[int | None, Query(ge=1, le=MAX_INTEGER, description="Only versions before this one")]


class ShownOut(Out):
    """A private value that is shown now. SHA-256 of `mingtang-log/1/private`, salt and value, each but the last with a
    newline after it, is the commitment in the entry."""

    value: str
    salt: str = Field(description="64 hexadecimal digits")
    seq: int | None = Field(description="Place of the entry that holds the commitment")


class FormOut(Out):
    """The accepted version of a form that counts now."""

    version: int
    seq: int = Field(description="Place of the entry")
    until: int | None = Field(description="The first second at which it must have been renewed")
    newest: int = Field(description="The newest version, which may still wait or have come back")
    newest_decided: Decided
    body: dict[str, Any] = Field(description="The entry's body")


class FormsOut(Out):
    agency: FormOut | None = Field(description="Null where none was ever accepted")
    legal_person: FormOut | None
    legal_person_name: ShownOut | None = Field(description="Null once it is erased")
    practitioners: int = Field(description="How many are with the agency, with an accepted form")


class VersionOut(Out):
    version: int
    seq: int | None = Field(description="Place of the entry")
    at: int = Field(description="When it was handed in, Unix milliseconds")
    decided: Decided
    until: int | None = Field(description="Where it was accepted: the first second at which it must have been renewed")
    body: dict[str, Any] = Field(description="The entry's body")


class CertificateOut(Out):
    name: str
    issued: str
    until: str | None
    number: str | None = Field(description="Null once it is erased")

    @classmethod
    def of(cls, held: Certificate, number: str | None) -> "CertificateOut":
        return cls(name=held.name, issued=held.issued, until=held.until, number=number)


class PractitionerOut(Out):
    practitioner: str
    name: ShownOut | None = Field(description="Null once it is erased")
    certificate_numbers: ShownOut | None = Field(description="All numbers as the commitment knows them, a JSON list")
    key: bool
    titles: list[str]
    fields: list[str]
    certificates: list[CertificateOut]
    employed_since: str
    insurance_months: int
    version: int
    seq: int = Field(description="Place of the entry")
    until: int | None = Field(description="The first second at which the form must have been renewed")


class DecisionOut(Out):
    sanction: Sanction
    points: int
    starts: int | None = Field(description=MOMENT)
    until: int | None = Field(description=MOMENT)
    ends: int | None = Field(description="When it is told no more; null for what lasts until it is lifted")
    ground: str
    decision_number: str
    seq: int | None
    incident: str | None
    article: str | None = Field(description="Of the code of conduct")
    conduct_version: int | None
    told: dict[str, str] = Field(description="`place`, `account` and `reasons`, as far as they were not erased")


class SourceOut(Out):
    seq: int
    kind: str
    logged: int = Field(description="Unix milliseconds")


class CreditLineOut(Out):
    what: str
    count: int
    each: int
    sum: int
    sources: list[SourceOut] = Field(description="The entries that were counted")


class CreditOut(Out):
    """What an agency would have in a call that is published now."""

    at: int = Field(description=MOMENT)
    formula_version: int | None = Field(description="Null while none was published: one ball for each")
    score: int | None
    grade: str | None
    balls: int
    lines: list[CreditLineOut]


class DrawnOut(Out):
    draw_id: str
    attempt: int | None
    is_drill: bool
    state: State
    place: DrawPlace
    rank: int | None
    reason: str | None = Field(description="Of an exclusion; null where it is told no more")
    note: str | None
    balls: int | None = Field(description="Where it was in the pool and there is a result")
    total: int | None = Field(description="Balls in the pool")
    seq: int = Field(description="Place of the decision to draw")


class RuleOut(Out):
    """A version of a rule."""

    version: int
    at: int = Field(description="When it was published, Unix seconds")
    seq: int | None = Field(description="Place of the entry")


class CommitmentOut(RuleOut):
    title: str
    text: list[str]
    text_sha256: str = Field(description="By which a promise names it")
    term_months: int


class ConductOut(RuleOut):
    effective: int = Field(description="The second from which it is the one in force")
    articles: list[Article]


class FormulaOut(RuleOut):
    base: int
    commission: int
    commissions_at_most: int
    point: int
    objection: int
    window_months: int
    grades: list[Grade]


def _agency(session: Session, code: str) -> Agency:
    found = queries.agency(session, code, placed=True)
    if found is None:
        raise NoSuchAgency(code=code)
    return found


@router.get("/agencies/{code}/forms")
def agency_forms(code: Id, site: SiteDep) -> FormsOut:
    """The accepted agency form and legal person form, in public."""
    with site.log.reading() as session:
        _agency(session, code)
        found = view.public_forms(session, code)
    return FormsOut(
        agency=_form(found.agency),
        legal_person=_form(found.legal_person),
        legal_person_name=_shown(found.persons.legal_person),
        practitioners=len(found.practitioners),
    )


@router.get("/agencies/{code}/versions")
def agency_form_versions(
    code: Id,
    site: SiteDep,
    form: Form = "agency",
    practitioner: Annotated[
        str | None, Query(max_length=40, pattern=r"^[a-z0-9-]+$", description="Whose, of a practitioner form")
    ] = None,
    before: Version = None,
    limit: Limit = 50,
) -> list[VersionOut]:
    """Every version of one form that the log shows, newest first, with what became of each."""
    with site.log.reading() as session:
        _agency(session, code)
        found = forms.versions(session, code, form, practitioner, placed=True)
    wanted = [one for one in found if before is None or one.event.version < before][:limit]
    return [
        VersionOut(
            version=one.event.version,
            seq=one.seq,
            at=one.at,
            decided=one.decided,
            until=one.until,
            body=one.event.body(),
        )
        for one in wanted
    ]


@router.get("/agencies/{code}/practitioners")
def agency_practitioners(
    code: Id,
    site: SiteDep,
    after: Annotated[str, Query(max_length=40, description="The last id of the page before")] = "",
    limit: Limit = 50,
) -> list[PractitionerOut]:
    """The practitioners who are with an agency, by id."""
    with site.log.reading() as session:
        _agency(session, code)
        found = view.public_forms(session, code).practitioners
    return [_practitioner(one) for one in found if one.event.practitioner > after][:limit]


@router.get("/agencies/{code}/decisions")
def agency_decisions(code: Id, site: SiteDep) -> list[DecisionOut]:
    """The supervisor's decisions on an agency that have not ended."""
    at = site.log.clock() // 1000
    with site.log.reading() as session:
        agency = _agency(session, code)
        found = view.decisions(session, agency, view.told_history(session, code, at), at)
    return [DecisionOut.model_validate(one) for one in found]


@router.get("/agencies/{code}/credit")
def agency_credit(code: Id, site: SiteDep) -> CreditOut:
    """An agency's credit and balls line by line, as they would be in a call published now."""
    at = site.log.clock() // 1000
    with site.log.reading() as session:
        _agency(session, code)
        found = view.credit(session, code, at)
    return CreditOut(
        at=at,
        formula_version=None if found.formula is None else found.formula.terms.version,
        score=found.credit.score,
        grade=found.credit.grade,
        balls=found.credit.balls,
        lines=[
            CreditLineOut(
                what=line.what,
                count=line.count,
                each=line.each,
                sum=line.sum,
                sources=[SourceOut.model_validate(one) for one in found.of(line)],
            )
            for line in found.credit.lines
        ],
    )


@router.get("/agencies/{code}/draws")
def agency_draws(
    code: Id, site: SiteDep, before: Before = None, limit: Annotated[int, Query(ge=1, le=50)] = 50
) -> list[DrawnOut]:
    """Draws whose roster names an agency, newest first, each attempt with its chance; `limit` counts draws."""
    with site.log.reading() as session:
        _agency(session, code)
        fared = view.fared(session, site.log.blobs, code)
        found, _ = view.drawn_lines(session, site.log.blobs, code, site.log.clock(), fared.chances, before, limit)
    return [_drawn(one) for one in found]


@router.get("/rules/commitment")
def commitment_versions(site: SiteDep, before: Version = None, limit: Limit = 50) -> list[CommitmentOut]:
    """Versions of the admission commitment, newest first; the newest is the one to sign."""
    with site.log.reading() as session:
        found = rulebook.versions(session, CommitmentPublished, placed=True)
    return [
        CommitmentOut(**_rule(one), text_sha256=text_sha256(one.event.text), **one.event.body())
        for one in found
        if before is None or one.event.version < before
    ][:limit]


@router.get("/rules/conduct")
def conduct_versions(site: SiteDep, before: Version = None, limit: Limit = 50) -> list[ConductOut]:
    """Versions of the code of conduct, newest first; in force is the newest whose `effective` has come."""
    with site.log.reading() as session:
        found = rulebook.versions(session, ConductPublished, placed=True)
    wanted = [one for one in found if before is None or one.event.version < before][:limit]
    return [ConductOut(**_rule(one), **one.event.body()) for one in wanted]


@router.get("/rules/credit")
def formula_versions(site: SiteDep, before: Version = None, limit: Limit = 50) -> list[FormulaOut]:
    """Versions of the credit formula, newest first; each holds for calls made after it."""
    with site.log.reading() as session:
        found = rulebook.versions(session, FormulaPublished, placed=True)
    wanted = [one for one in found if before is None or one.event.version < before][:limit]
    return [FormulaOut(**_rule(one), **one.event.body()) for one in wanted]


def _rule(one: rulebook.Version[Any]) -> dict[str, Any]:
    return {"at": one.at, "seq": None if one.place is None else one.place.seq}


def _shown(one: Shown | None) -> ShownOut | None:
    return None if one is None else ShownOut.model_validate(one)


def _form(one: view.PublicForm | None) -> FormOut | None:
    if one is None:
        return None
    state: FormState = one.state
    return FormOut(
        version=one.event.version,
        seq=one.source.seq,
        until=state.until,
        newest=state.version,
        newest_decided=state.decided,
        body=one.body,
    )


def _practitioner(one: view.Practitioner) -> PractitionerOut:
    event = one.event
    return PractitionerOut(
        practitioner=event.practitioner,
        name=_shown(one.shown.name),
        certificate_numbers=_shown(one.shown.certificate_numbers),
        key=event.key,
        titles=event.titles,
        fields=event.fields,
        certificates=[CertificateOut.of(held, number) for held, number in one.certificates],
        employed_since=event.employed_since,
        insurance_months=event.insurance_months,
        version=event.version,
        seq=one.form.source.seq,
        until=one.form.state.until,
    )


def _drawn(one: view.DrawnLine) -> DrawnOut:
    line = one.line
    return DrawnOut(
        draw_id=line.draw_id,
        attempt=line.attempt,
        is_drill=line.is_drill,
        state=line.state,
        place=line.place,
        rank=line.rank,
        reason=None if one.is_over else line.reason,
        note=None if one.is_over else line.note,
        balls=None if one.chance is None else one.chance.balls,
        total=None if one.chance is None else one.chance.total,
        seq=line.seq,
    )
