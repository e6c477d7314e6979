"""What bids of one lot have in common, for the supervisor (监督部门): ties that the committee judges, and signs of
collusion (招标投标法实施条例 39–40), which are questions and no findings, and which nobody else sees."""

from dataclasses import dataclass
from typing import Annotated, Any

import orjson
from fastapi import Path
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api import dispatch
from api.dependencies import PROBLEMS, SignedIn, SiteDep
from api.forms_words import value_words
from api.i18n import Lang
from api.routes.desk_request import DeskDep
from api.routing import APIRouter
from audit.step import Step
from audit.tables import EntryRow, PrivateValueRow
from trading import queries as projects
from trading.bids import queries
from trading.bids.relations import SIGNS
from trading.errors import NoSuchLot
from trading.events import BidOpened, RelationJudged, RelationsListed
from trading.lots import LotState
from trading.model import Project

router = APIRouter(include_in_schema=False)
programs = APIRouter(prefix="/api/v1", tags=["bids"], responses=PROBLEMS)

READERS = ("supervisor", "inspector")
SHOWN = 50
Code = Annotated[str, Path(max_length=200)]


class SignOut(BaseModel):
    """Something that several bids have in common."""

    sign: str = Field(description="`contact` or `machine`")
    bidders: list[str]


@dataclass(frozen=True)
class Line:
    """What one lot's bids have in common."""

    project: Project
    state: LotState
    ties: list[tuple[str, list[str], bool | None]]
    """In words, with the bidders and the committee's finding, if there is one."""
    signs: list[tuple[str, list[str]]]


@router.get("/desk/signs")
def signs_page(desk: DeskDep) -> Response:
    """Newest first."""
    desk.roles(*READERS)
    with desk.log.reading() as session:
        lines = [one for code, lot, number in _listed(session) if (one := _line(session, code, lot, number, desk.lang))]
    return desk.render("signs.html", lines=lines)


@programs.get("/projects/{project}/lots/{lot}/signs")
def signs(project: Code, lot: Code, site: SiteDep, user: SignedIn) -> list[SignOut]:
    """Signs of collusion among the bids of a lot's present round, for the supervisor and inspectors."""
    dispatch.acting_role(user, READERS)
    with site.log.reading() as session:
        state = None if "\0" in project + lot else queries.lot(session, project, lot)
        if state is None:
            raise NoSuchLot(project=project[:64], lot=lot[:64])
        names = _names(state)
        return [
            SignOut(sign=one["sign"], bidders=[names[receipt] for receipt in one["receipts"]])
            for one in _signs(session, state.last(RelationsListed))
        ]


def _listed(session: Session) -> list[tuple[str, str, int]]:
    rows = session.scalars(
        select(EntryRow.body).where(EntryRow.kind == RelationsListed.kind).order_by(EntryRow.id.desc()).limit(SHOWN)
    )
    return [(one["project"], one["lot"], one["round"]) for one in map(orjson.loads, rows)]


def _line(session: Session, code: str, lot: str, number: int, lang: Lang) -> Line | None:
    project = projects.project(session, code)
    state = queries.in_round(queries.lot(session, code, lot), number)
    step = None if state is None else state.last(RelationsListed)
    if project is None or state is None or step is None:
        return None
    names = _names(state)
    found = {one.event.relation: one.event.upheld for one in state.all(RelationJudged)}
    ties = [
        (value_words("tie", one.tie, lang), [names[receipt] for receipt in one.receipts], found.get(one.relation))
        for one in step.event.relations
    ]
    signs = [
        (value_words("sign", one["sign"], lang), [names[receipt] for receipt in one["receipts"]])
        for one in _signs(session, step)
    ]
    return Line(project, state, ties, signs)


def _names(state: LotState) -> dict[str, str]:
    return {step.event.receipt: step.event.bidder for step in state.all(BidOpened)}


def _signs(session: Session, step: Step[RelationsListed] | None) -> list[dict[str, Any]]:
    value = None if step is None else session.get(PrivateValueRow, (step.entry_id, SIGNS))
    return [] if value is None else list(orjson.loads(value.value))
