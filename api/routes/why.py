"""Why an agency is in a draw or out of it: a page for the agency, and the same for programs."""

from typing import Annotated

from fastapi import Path, Query, Request
from pydantic import Field
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.dependencies import PROBLEMS, Language, SiteDep, Visitor
from api.draw_state import known_draw
from api.draw_wording import vocabulary
from api.routes.facts import Id, Out
from api.routing import APIRouter
from api.why import CreditRow, NoSuchReasoning, Row, Why, why
from lottery.queries import reasoning
from registry.queries import supervision

router = APIRouter(prefix="/api/v1", tags=["facts"], responses=PROBLEMS)
pages = APIRouter(include_in_schema=False)

Number = Annotated[int | None, Query(ge=1, le=1000, description="Which attempt; by default the present one")]


class TextOut(Out):
    zh: str
    en: str


class SourceOut(Out):
    seq: int
    kind: str
    logged: int = Field(description="Unix milliseconds")


class CheckOut(Out):
    reason: str = Field(description="The reason that would be given if it failed")
    outcome: str = Field(description="`passed`, `failed` or `not-asked`")
    text: TextOut
    article: TextOut | None = Field(description="What it rests on in law, where it failed")
    sources: list[SourceOut] = Field(description="The entries it rests on")
    is_over: bool = Field(description="It rests on a decision that has ended since, and is told no more")


class LineOut(Out):
    what: str
    count: int | None
    each: int
    sum: int | None
    sources: list[SourceOut]
    is_over: bool


class EligibilityOut(Out):
    draw_id: str
    attempt: int | None = Field(description="Null before the first plan")
    code: str
    name: str
    at: int = Field(description="The moment asked for, Unix seconds")
    is_settled: bool = Field(description="As at the freeze; else as things are, and they may change")
    balls: int | None = Field(description="Null for who is out")
    reason: str | None = Field(description="Null for who is in")
    checks: list[CheckOut]
    score: int | None
    grade: str | None
    credit: list[LineOut] = Field(description="Empty where no formula was published before the call: one ball for each")


@router.get("/draws/{draw_id}/eligibility/{code}")
def eligibility(draw_id: Id, code: Id, site: SiteDep, attempt: Number = None) -> EligibilityOut:
    """Whether an agency is in a draw, with how many balls or for which reason not, and every rule that was asked."""
    with site.log.reading() as session:
        found = _why(session, draw_id, code, attempt, site.log.clock())
    return _out(found)


@pages.get("/draws/{draw_id}/why/{code}")
def why_page(
    draw_id: str,
    code: Annotated[str, Path(max_length=200)],
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    attempt: Number = None,
) -> Response:
    """Every rule asked of one agency, with the entries it rests on, and its balls line by line."""
    with site.log.reading() as session:
        found = _why(session, draw_id, code, attempt, site.log.clock())
    return site.pages.render(
        request,
        "why.html",
        draw=found.reasoning.draw,
        why=found,
        reasoning=found.reasoning,
        say=vocabulary(lang),
    )


def _why(session: Session, draw_id: str, code: str, attempt: int | None, now: int) -> Why:
    """Raises NoSuchDraw, NoSuchReasoning."""
    draw = known_draw(session, draw_id)
    chosen = draw.attempt
    if attempt is not None:
        chosen = draw.attempts[attempt - 1] if attempt <= len(draw.attempts) else None
    known = attempt is None or chosen is not None
    found = reasoning(session, draw, chosen, code, now) if known and "\0" not in code else None
    if found is None:
        raise NoSuchReasoning(draw_id=draw_id, agency=code[:32])
    return why(found, supervision.ended(session, [code], now // 1000))


def _out(found: Why) -> EligibilityOut:
    told = found.reasoning
    return EligibilityOut(
        draw_id=told.draw.draw_id,
        attempt=None if told.attempt is None else told.attempt.number,
        code=told.code,
        name=told.name,
        at=told.at,
        is_settled=told.is_settled,
        balls=found.balls,
        reason=found.reason,
        checks=[_check(row) for row in found.rows],
        score=found.score,
        grade=found.grade,
        credit=[_line(row) for row in found.credit],
    )


def _check(row: Row) -> CheckOut:
    return CheckOut(
        reason=row.reason,
        outcome=row.outcome,
        text=TextOut(zh=row.text.zh, en=row.text.en),
        article=None if row.article is None else TextOut(zh=row.article.zh, en=row.article.en),
        sources=[SourceOut.model_validate(one) for one in row.sources],
        is_over=row.is_over,
    )


def _line(row: CreditRow) -> LineOut:
    return LineOut.model_validate(row)
