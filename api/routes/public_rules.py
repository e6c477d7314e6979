"""The three rules' texts and the credit formula for everyone: each with its versions and the entries they stand in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.draw_wording import vocabulary
from api.routes.public_draws import number
from api.routing import APIRouter
from registry import rules
from registry.events import CommitmentPublished, ConductPublished, FormulaPublished
from registry.model.standing import CreditFact, Fact, Formula, Penalty, Standing
from registry.queries import rulebook
from registry.rules.rulebook import text_sha256
from registry.working_days import day_of

router = APIRouter(include_in_schema=False)

RULES: dict[str, type[CommitmentPublished] | type[ConductPublished] | type[FormulaPublished]] = {
    "commitment": CommitmentPublished,
    "conduct": ConductPublished,
    "credit": FormulaPublished,
}
State = Literal["now", "ahead", "past"]


@dataclass(frozen=True)
class Shown:
    """A version, and whether it is the one that holds, one that will, or one that did."""

    version: rulebook.Version[Any]
    state: State


@router.get("/rules/{rule}")
def rule_page(
    rule: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    version: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """A version that is asked for, else the one that holds, else the newest."""
    if rule not in RULES:
        raise HTTPException(404)
    at = site.log.clock() // 1000
    with site.log.reading() as session:
        versions = with_states(rulebook.versions(session, RULES[rule], placed=True), at)
    asked = number(version)
    chosen = next((one for one in versions if one.version.event.version == asked), None)
    if asked is not None and chosen is None:
        raise HTTPException(404)
    if chosen is None:
        chosen = next((one for one in versions if one.state == "now"), next(iter(versions), None))
    return site.pages.render(
        request,
        f"rules_{rule}.html",
        rule=rule,
        versions=versions,
        chosen=chosen,
        example=example(chosen.version.event, at) if chosen is not None and rule == "credit" else None,
        text_sha256=text_sha256,
        say=vocabulary(lang),
    )


def with_states(versions: Sequence[rulebook.Version[Any]], at: int) -> list[Shown]:
    """versions: newest first. at: Unix seconds."""
    found: list[Shown] = []
    for one in versions:
        is_ahead = isinstance(one.event, ConductPublished) and one.event.effective > at
        is_followed = any(later.state == "now" for later in found)
        found.append(Shown(one, "ahead" if is_ahead else "past" if is_followed else "now"))
    return found


def example(terms: FormulaPublished, at: int) -> rules.Credit:
    """An agency that is nobody: two commissions completed, two points in force and one objection upheld."""
    day = day_of(at).isoformat()
    happened: tuple[Fact, ...] = ("commission_completed", "commission_completed", "objection_upheld")
    nobody = Standing("", None, None, credit_facts=tuple(CreditFact(one, day, 0) for one in happened))
    return rules.credit(replace(nobody, penalties=(Penalty("", 2, None, 0),)), Formula(terms, 0), at)
