"""Disclosure requests (依申请公开) for everyone: the list with its clocks, the form, one request; the same as JSON."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response as Page

from api import dispatch, problems, throttle
from api.dependencies import ACT, MAX_INTEGER, PROBLEMS, Do, Done, Language, SignedIn, Site, SiteDep, Visitor
from api.documents import Document
from api.i18n import Lang
from api.routes.desk_disclosure import OUTCOMES, answer, language_of
from api.routes.desk_forms import Fault, Faults, read
from api.routes.desk_forms import Field as FormField
from api.routes.desk_request import PostedDep
from api.routes.facts import PlaceOut
from api.routes.join import Voice
from api.routes.public_draws import number as whole
from api.routes.sign_in import client_address
from api.routing import APIRouter
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.queries import Place
from audit.step import Step
from audit.tables import PrivateValueRow
from registry.queries.persons import private_values
from trading.disclosure.commands import ANSWER, TEXT, Asked, Outcome, extend_disclosure, request_disclosure
from trading.disclosure.errors import NoSuchDisclosure
from trading.disclosure.model import Disclosure
from trading.disclosure.queries import disclosure, disclosures, open_disclosures

pages = APIRouter(include_in_schema=False)
router = APIRouter(prefix="/api/v1/disclosures", tags=["disclosure"], responses=PROBLEMS)

PAGE = 50
PER_ADDRESS = 10
"""Requests from one address in the throttle's window."""
MAX_DOCUMENTS = 24 * 1024 * 1024

Number = Annotated[str, Path(max_length=40, pattern=r"^[A-Z0-9-]+$")]


class TooManyDisclosures(Refusal):
    code = "api.too-many-disclosures"
    zh = "此网络地址的申请过多，请在 {minutes} 分钟后再试。"
    en = "Too many requests came from this address. Please try again in {minutes} minutes."


class Opening(BaseModel):
    """What opens a commitment of the entry, as `log-format.md` says."""

    salt: str = Field(description="hex")
    value: str


class Receipt(BaseModel):
    """What somebody gets who asked; only this answer holds the salts."""

    number: str
    due_on: str
    entry: int
    seq: int | None = Field(description="Place in the log; null: `/api/v1/entries/{entry}` will tell")
    receipt: str | None
    private: dict[str, Opening]


def ask(request: Request, site: Site, asked: Asked) -> Receipt:
    """Carry it out, and wait for its place. Raises TooManyDisclosures and what the command refuses."""
    throttle.each(site.log, "disclosure", client_address(request), PER_ADDRESS, TooManyDisclosures)
    with site.log.act(SYSTEM) as act:
        event = request_disclosure(act, asked)
        entry = act.recorded[-1]
        act.session.flush()
        rows = act.session.scalars(select(PrivateValueRow).where(PrivateValueRow.entry_id == entry))
        private = {row.name: Opening(salt=row.salt.hex(), value=row.value.decode()) for row in rows}
    seq = site.log.wait(entry, dispatch.PATIENCE)
    return Receipt(
        number=event.number,
        due_on=event.due_on,
        entry=entry,
        seq=seq,
        receipt=None if seq is None else f"/log/receipt/{seq}",
        private=private,
    )


# Pages


FIELDS = (
    FormField(
        name="text",
        label="所需信息",
        type="long",
        most=TEXT,
        hint="写清文件名称、项目、日期等，便于查找。",
        visibility="不公开",
        group="申请内容",
    ),
    FormField(
        name="project",
        label="所涉项目编号",
        most=64,
        needed=False,
        hint="没有的不填；填写的项目编号会公开。",
        visibility="将永久公开",
        group="申请内容",
    ),
    FormField(name="name", label="姓名或者名称", visibility="不公开", autocomplete="name", group="申请人"),
    FormField(
        name="contact",
        label="联系方式",
        hint="通信地址、电话或电子邮箱；填写邮箱的，答复也会发到邮箱。",
        visibility="不公开",
        group="申请人",
    ),
)


@pages.get("/disclosure")
def disclosure_list(
    request: Request, site: SiteDep, user: Visitor, before: Annotated[str, Query(max_length=16)] = ""
) -> Page:
    with site.log.reading() as session:
        found = disclosures(session, before=whole(before), limit=PAGE + 1)
    more = found[PAGE - 1].requested.seq if len(found) > PAGE else None
    return site.pages.render(
        request,
        "disclosure/list.html",
        found=found[:PAGE],
        more=more,
        is_first=not before,
        outcomes=OUTCOMES,
        seconds=site.log.clock() // 1000,
    )


@pages.get("/disclosure/new")
def disclosure_form(request: Request, site: SiteDep, user: Visitor, lang: Language) -> Page:
    project = request.query_params.get("project", "")[:64]
    return _form(request, site, lang, {"project": [project]} if project.isprintable() else {})


@pages.post("/disclosure/new")
def disclosure_asked(request: Request, site: SiteDep, user: Visitor, lang: Language, posted: PostedDep) -> Page:
    """The receipt is this answer and is shown once: nobody else ever sees what was asked."""
    try:
        given = read(FIELDS, posted.raw, {}, lang)
        asked = Asked(given.text("text"), given.text("name"), given.text("contact"), given.optional("project"), lang)
        receipt = ask(request, site, asked)
    except Faults as found:
        return _form(request, site, lang, posted.raw, found.faults, 422)
    except Refusal as refusal:
        about = "project" if refusal.code == "trading.no-such-project" else ""
        about = next((one.name for one in FIELDS if one.label == refusal.facts.get("field")), about)
        fault = Fault(about, refusal.code, refusal.message(lang))
        return _form(request, site, lang, posted.raw, [fault], problems.status_of(refusal))
    page = site.pages.render(
        request, "disclosure/asked.html", 201, receipt=receipt, proof=receipt.model_dump_json(indent=2)
    )
    page.headers["Cache-Control"] = "no-store"
    return page


def _form(
    request: Request,
    site: Site,
    lang: Lang,
    raw: Mapping[str, list[str]],
    faults: Sequence[Fault] = (),
    status: int = 200,
) -> Page:
    groups = [(name, list(group)) for name, group in groupby(FIELDS, lambda one: one.group)]
    return site.pages.render(
        request, "disclosure/form.html", status, desk=Voice(lang), groups=groups, raw=raw, faults=list(faults)
    )


@pages.get("/disclosure/{number}")
def disclosure_page(number: str, request: Request, site: SiteDep, user: Visitor) -> Page:
    found = _placed(site, number)
    return site.pages.render(
        request, "disclosure/one.html", one=found, outcomes=OUTCOMES, seconds=site.log.clock() // 1000
    )


def _placed(site: Site, number: str) -> Disclosure:
    with site.log.reading() as session:
        found = None if "\0" in number else disclosure(session, number, placed=True)
    if found is None:
        raise NoSuchDisclosure(number=number[:64])
    return found


# JSON


class AskIn(BaseModel):
    """A request. Only `project` becomes public; the log holds commitments to the rest."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: Annotated[str, Field(min_length=1, max_length=TEXT, description="Which record")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    contact: Annotated[str, Field(min_length=1, max_length=200, description="Post, telephone or e-mail")]
    project: Annotated[str | None, Field(max_length=64)] = None
    language: Annotated[Lang, Field(description="In which an answer by mail is sent")] = "zh"


class ExtendIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    reason: Annotated[str, Field(max_length=200, description="Public for ever")]


class AnswerIn(BaseModel):
    """The answer: public for ever but for `sent`."""

    model_config = ConfigDict(extra="forbid", strict=True)
    outcome: Outcome
    legal_basis: Annotated[str, Field(max_length=200)]
    abstract: Annotated[str, Field(max_length=200)]
    documents: Annotated[list[Document], Field(max_length=20, description="Published with the entry")] = []
    sent: Annotated[str | None, Field(max_length=ANSWER, description="For the one who asked only")] = None


class FileOut(BaseModel):
    name: str
    media_type: str
    size: int
    sha256: str


class DisclosureOut(BaseModel):
    """A request as the log shows it."""

    number: str
    project: str | None
    due_on: str
    asked: PlaceOut
    extended: PlaceOut | None
    reason: str | None = Field(description="Why it was extended")
    answered: PlaceOut | None
    outcome: Outcome | None
    legal_basis: str | None
    abstract: str | None
    files: list[FileOut]
    overdue: PlaceOut | None = Field(description="Where the clock wrote that the time ran out")

    @classmethod
    def of(cls, one: Disclosure) -> "DisclosureOut":
        asked, answered = place_of(one.requested), one.answered
        assert asked is not None
        return cls(
            number=one.number,
            project=one.requested.event.project,
            due_on=one.due_on,
            asked=asked,
            extended=place_of(one.extended),
            reason=one.extended.event.reason if one.extended else None,
            answered=place_of(answered),
            outcome=answered.event.outcome if answered else None,
            legal_basis=answered.event.legal_basis if answered else None,
            abstract=answered.event.abstract if answered else None,
            files=[FileOut(**{name: getattr(file, name) for name in FileOut.model_fields}) for file in answered.files]
            if answered
            else [],
            overdue=place_of(one.overdue),
        )


def place_of(step: Step[Any] | None) -> PlaceOut | None:
    if step is None or step.seq is None or step.logged is None:
        return None
    return PlaceOut.model_validate(Place(step.seq, step.logged))


@router.get("")
def list_disclosures(
    site: SiteDep,
    before: Annotated[int | None, Query(ge=0, le=MAX_INTEGER, description="Place of a request")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[DisclosureOut]:
    """Requests for records that are not public, the last one first, without who asks or what."""
    with site.log.reading() as session:
        return [DisclosureOut.of(one) for one in disclosures(session, before=before, limit=limit)]


@router.post("", status_code=201)
def ask_for_disclosure(body: AskIn, request: Request, response: Response, site: SiteDep) -> Receipt:
    """Ask for a record. By anyone; the answer has the number, the receipt, and what opens the commitments."""
    response.headers["Cache-Control"] = "no-store"
    return ask(request, site, Asked(body.text, body.name, body.contact, body.project, body.language))


class WaitingOut(BaseModel):
    """A request that waits for its answer, with what is private of it; null: erased."""

    number: str
    project: str | None
    due_on: str
    is_late: bool
    is_extended: bool
    text: str | None
    name: str | None
    contact: str | None
    language: Lang


@router.get("/waiting")
def waiting_disclosures(site: SiteDep, user: SignedIn) -> list[WaitingOut]:
    """Requests that wait for their answer, with what is asked and by whom, the first to run out first."""
    dispatch.acting_role(user, ("registrar",))
    with site.log.reading() as session:
        found = sorted(open_disclosures(session), key=lambda one: (one.due_on, one.number))
        told = {one.number: private_values(session, one.requested.entry_id) for one in found}
    return [
        WaitingOut(
            number=one.number,
            project=one.requested.event.project,
            due_on=one.due_on,
            is_late=one.is_late,
            is_extended=one.extended is not None,
            language=language_of(told[one.number]),
            **{name: _text(told[one.number].get(name)) for name in ("text", "name", "contact")},
        )
        for one in found
    ]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


@router.get("/{number}")
def one_disclosure(number: Number, site: SiteDep) -> DisclosureOut:
    """One request with its times and its answer."""
    return DisclosureOut.of(_placed(site, number))


@router.post("/{number}/extension", **ACT)
def extend_one_disclosure(number: Number, body: ExtendIn, do: Do) -> Done:
    """Take twenty more working days for the answer, once."""
    return do(("registrar",), lambda act: extend_disclosure(act, number, body.reason))


@router.post("/{number}/answer", max_body_size=MAX_DOCUMENTS, **ACT)
def answer_one_disclosure(number: Number, body: AnswerIn, do: Do) -> Done:
    """Answer a request; what is sent goes to the address that was given, where that is one of mail."""
    return do(
        ("registrar",),
        lambda act: answer(
            act,
            number,
            body.outcome,
            body.legal_basis,
            body.abstract,
            [one.store(act.blobs) for one in body.documents],
            body.sent,
        ),
    )
