"""`/api/v1`: everything that is recorded of a lot, at one address; where its lots stand and what may be recorded now.

A request names its `kind`, and its `body` is the entry's own: the classes of `trading.events`, each a schema of its own
in OpenAPI. The forms of the desks come to the same command.
"""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from fastapi import Body, Path
from pydantic import BaseModel, ConfigDict, Field, create_model

from api import dispatch
from api.dependencies import ACT, PROBLEMS, Do, Done, SignedIn, SiteDep
from api.documents import Document
from api.errors import NoSuchProject
from api.routing import APIRouter
from audit.act import Act
from audit.events import KINDS
from trading import commands, queries
from trading.clocks import running
from trading.errors import OtherProject
from trading.events import Category, LotEvent, Method, Trade
from trading.history import history
from trading.law.procedures import ROLES, Stage
from trading.lots import lot_states, offers

router = APIRouter(prefix="/api/v1", tags=["trading"], responses=PROBLEMS)

PARTIES = tuple(role for role in ROLES if role != "system")
MAX_DOCUMENTS = 24 * 1024 * 1024
"""Bytes of a request with documents in it."""
Code = Annotated[str, Path(max_length=200)]


class Sent(BaseModel):
    """An event of a lot, as it is sent."""

    model_config = ConfigDict(extra="forbid", strict=True)
    documents: Annotated[list[Document], Field(max_length=20, description="Published with the entry")] = []
    text: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=20_000,
            description="Whole text of an objection, challenge, complaint or reply, or a committee's names, a line "
            "`CODE | NAME` for each who was not drawn here: not public, committed to",
        ),
    ] = None


PLAIN: list[type[LotEvent]] = [
    model for kind, model in sorted(KINDS.items()) if kind in commands.PLAIN and issubclass(model, LotEvent)
]
"""Every kind that is recorded in this way."""


def _sent(model: type[LotEvent]) -> type[Sent]:
    kind: Any = Literal[model.kind]
    return create_model(f"{model.__name__}In", __base__=Sent, kind=(kind, ...), body=(model, ...))


AnyEvent: Any = Annotated[reduce(or_, map(_sent, PLAIN)), Body(discriminator="kind")]


@router.post("/projects/{project}/events", max_body_size=MAX_DOCUMENTS, **ACT)
def record_event(project: Code, event: AnyEvent, do: Do) -> Done:
    """Record an event of a lot: what the table of procedures lets this account record in this stage."""
    body: LotEvent = event.body
    if body.project != project:
        raise OtherProject(project=project, what="project", wanted=project)
    private = None if event.text is None else {"text": event.text.encode()}

    def command(act: Act) -> int:
        files = [one.store(act.blobs) for one in event.documents]
        return dispatch.tell(act, commands.record_step(act, body, files, private))

    return do(PARTIES, command)


class Amendment(BaseModel):
    """What changes in a project's registration."""

    model_config = ConfigDict(extra="forbid", strict=True)
    values: dict[str, str] = Field(description="Member to its new value; an amount as digits of fen; empty: none")
    reason: str


class PlatformIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    platform: str = Field(description="The platform's identification code (交易平台标识码), 18 characters")


class CodeIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    superior: str | None = Field(None, description="What a superior platform returned; null: the local code is made")
    lot: str | None = Field(None, description="Null: the whole project")


@router.post("/projects/{project}/amendments", **ACT)
def amend_project(project: Code, body: Amendment, do: Do) -> Done:
    """Change what is registered of a project."""
    return do(("registrar",), lambda act: commands.amend_project(act, project, body.values, body.reason))


@router.post("/projects/{project}/platform", **ACT)
def assign_platform(project: Code, body: PlatformIn, do: Do) -> Done:
    """Say which platform carries a project."""
    return do(("registrar",), lambda act: commands.assign_platform(act, project, body.platform))


@router.post("/projects/{project}/codes", **ACT)
def assign_code(project: Code, body: CodeIn, do: Do) -> Done:
    """Give a project its unified transaction code, local or as a superior platform returned it."""
    return do(("registrar",), lambda act: commands.assign_code(act, project, body.superior, body.lot))


# Where it stands


class SuspensionOut(BaseModel):
    cause: str
    reference: str
    since: int
    until: int | None


class TermOut(BaseModel):
    """A statutory time of a lot."""

    rule: str = Field(description="`ID@DATE`")
    law: str
    article: str
    text: str
    about: str
    started_at: int | None
    due_at: int | None
    met_at: int | None
    state: str


class LotOut(BaseModel):
    """A lot as the log shows it. Moments are Unix seconds."""

    lot: str
    title: str
    round: int
    stage: Stage
    trade: Trade
    method: Method | None
    category: Category | None
    deadline: int | None
    opening_at: int | None
    suspended: list[SuspensionOut]
    terms: list[TermOut]


class OfferOut(BaseModel):
    """Something that this account may record of a lot now, as far as the table of procedures knows."""

    lot: str
    kind: str
    notice_kind: str | None
    role: str
    to: Stage | None = Field(description="The stage that it leads into; null: none")
    law: str


@router.get("/projects/{project}/lots")
def project_lots(project: Code, site: SiteDep) -> list[LotOut]:
    """Where each lot of a project stands, with its statutory times, by what has its place in the log."""
    with site.log.reading() as session:
        known = queries.project(session, project, placed=True)
        if known is None:
            raise NoSuchProject(project=project[:64])
        states = lot_states(history(session, project, placed=True))
    now, titles = site.log.clock() // 1000, {one.lot: one.title for one in known.lots}
    return [
        LotOut(
            lot=one.lot,
            title=titles[one.lot],
            round=one.round,
            stage=one.stage,
            trade=one.trade,
            method=one.method,
            category=one.category,
            deadline=one.open_until,
            opening_at=one.opening_at,
            suspended=[
                SuspensionOut(cause=stop.cause, reference=stop.reference, since=stop.since, until=stop.until)
                for stop in one.suspended
            ],
            terms=[
                TermOut(
                    rule=term.clock.ref,
                    law=term.clock.law,
                    article=term.clock.article,
                    text=term.clock.text,
                    about=term.about,
                    started_at=term.started_at,
                    due_at=term.due_at,
                    met_at=term.met_at,
                    state=term.state,
                )
                for term in running(one.steps, one.trade, one.category, one.method, now)
            ],
        )
        for one in states.values()
    ]


@router.get("/projects/{project}/offers")
def project_offers(project: Code, site: SiteDep, user: SignedIn) -> list[OfferOut]:
    """What may be recorded of each lot now in the roles that the account holds."""
    with site.log.reading() as session:
        if queries.project(session, project) is None:
            raise NoSuchProject(project=project[:64])
        states = lot_states(history(session, project))
    now = site.log.clock() // 1000
    return [
        OfferOut(lot=lot.lot, kind=row.event, notice_kind=row.notice_kind, role=role, to=row.to, law=row.law)
        for lot in states.values()
        for role in PARTIES
        if user.holds(role)
        for row in offers(lot, role, now)
    ]
