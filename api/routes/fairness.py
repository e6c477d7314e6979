"""Fairness over all draws (公平性): the page, the same figures for programs, and the calculator of coincidences."""

from dataclasses import dataclass
from math import floor, log10
from typing import Annotated, Final

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.dependencies import PROBLEMS, Language, Site, SiteDep, Visitor
from api.draw_wording import vocabulary
from api.fairness_drawing import MOST_ROWS, histogram, intervals
from api.routes.public_draws import number
from api.routing import APIRouter
from lottery.coincidence import LARGEST, Coincidence, coincidence
from lottery.fairness import ENOUGH, LEVEL, TINY
from lottery.queries.fairness import Fairness, History

router = APIRouter(prefix="/api/v1", tags=["lottery"], responses=PROBLEMS)
pages = APIRouter(include_in_schema=False)

ROWS = MOST_ROWS
"""Agencies shown at once, those of the chart; the others are folded away."""
UNSURE: Final = 0.05
"""At or above this, a coincidence is no wonder."""


async def _history(request: Request) -> History:
    found: History = request.app.state.history
    return found


HistoryDep = Annotated[History, Depends(_history)]


def present(site: Site, history: History) -> Fairness:
    """What the published log says."""
    size = site.log.published_size
    with site.log.reading() as session:
        return history.upto(session, site.log.blobs, size)


# The page


@dataclass(frozen=True)
class Asked:
    """What was typed into the calculator, as it was typed, and the answer; None where the numbers are none."""

    agencies: str
    draws: str
    winners: str
    wins: str
    answer: Coincidence | None

    @classmethod
    def of(cls, agencies: str, draws: str, winners: str, wins: str) -> "Asked":
        typed = tuple(number(text.strip()) or 0 for text in (agencies, draws, winners, wins))
        found = coincidence(*typed) if are_possible(*typed) else None
        return cls(agencies, draws, winners, wins, found)


def are_possible(agencies: int, draws: int, winners: int, wins: int) -> bool:
    return 2 <= agencies <= LARGEST and 1 <= draws <= LARGEST and 1 <= winners < agencies and 1 <= wins <= draws


Typed = Annotated[str, Query(max_length=10)]


@pages.get("/fairness")
def fairness_page(
    request: Request,
    site: SiteDep,
    history: HistoryDep,
    lang: Language,
    user: Visitor,
    agencies: Typed = "",
    draws: Typed = "",
    winners: Typed = "",
    wins: Typed = "",
) -> Response:
    """With an answer of the calculator where its four numbers are given."""
    found = present(site, history)
    is_asked = bool(agencies or draws or winners or wins)
    return site.pages.render(
        request,
        "fairness.html",
        found=found,
        asked=Asked.of(agencies, draws, winners, wins) if is_asked else Asked.of("60", "100", "1", "6"),
        is_asked=is_asked,
        histogram=histogram(found.first_tickets, lang),
        intervals=intervals(found.agencies, lang),
        probability=probability,
        odds=odds,
        rows=ROWS,
        charted=MOST_ROWS,
        largest=LARGEST,
        enough=ENOUGH,
        unsure=UNSURE,
        say=vocabulary(lang),
    )


def probability(value: float) -> str:
    """As people read it: in percent, or where that would be all noughts as a power of ten. It is never broken."""
    if value <= TINY:
        return "<\u00a010⁻³⁰"
    if value > 0.9999:
        return ">\u00a099.99\u00a0%" if value < 1 else "100\u00a0%"
    if value >= 0.0001:
        return f"{100 * value:.3g}\u00a0%"
    exponent = floor(log10(value))
    digits = f"{value / 10**exponent:.1f}"
    return f"{digits}\u00a0×\u00a010{str(exponent).translate(_RAISED)}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def odds(value: float) -> str:
    """The n of one in n, to two figures."""
    n = 1 / max(value, TINY)
    if n < 1e9:
        return f"{float(f'{n:.2g}'):,.{1 if n < 9.5 else 0}f}".removesuffix(".0")
    return f"10{str(round(log10(n))).translate(_RAISED)}"


# For programs


class AgencyFairnessOut(BaseModel):
    code: str
    name: str
    draws: int = Field(description="Results in whose pool it was; rehearsals never count")
    expected: float = Field(description="Its chances of being among the winners, added up")
    wins: int = Field(description="As drawn, whoever was removed later")
    low: int = Field(description="Fewest wins of an honest history, all but one time in 200")
    high: int
    p_value: float = Field(description="Twice the smaller tail, at most 1; 1e-30 stands for anything below")
    p_adjusted: float = Field(description="By Holm, for the number of agencies")
    is_flagged: bool
    removed: int = Field(description="Wins that it lost afterwards")
    promoted: int = Field(description="Places that it got because somebody was removed")


class FirstTicketsOut(BaseModel):
    count: int
    tenths: list[int] = Field(
        description="How many of 1-(1-t)^K fell into each tenth, t being the smallest of K tickets"
    )
    distance: float = Field(description="Kolmogorov-Smirnov")
    p_distance: float
    is_exact: bool
    chi_square: float
    p_chi_square: float | None = Field(description=f"Nine degrees of freedom; null below {ENOUGH} results")


class OperatorFairnessOut(BaseModel):
    actor: str = Field(description="Role and pseudonymous account, as in the entries")
    planned: int = Field(description="Attempts whose plan it published")
    drawn: int = Field(description="Of them, those with a result")
    drawn_changed: int = Field(description="Of those, the ones after which anybody removed somebody")
    changed: list[str] = Field(description="Draw and attempt of each result after which it removed somebody")
    removals: dict[str, int] = Field(description="By kind")
    winners_removed: int
    promoted: int = Field(description="Alternates who got a place by it")
    voids: dict[str, int] = Field(description="Attempts that it voided, by reason")
    voids_after_seal: int


class FairnessOut(BaseModel):
    """All draws of the log but rehearsals."""

    size: int = Field(description="Entries of the log that are counted")
    attempts: int
    results: int
    changed: int = Field(description="Results after which somebody was removed")
    level: float = Field(description="Adjusted p-values below it are flagged")
    too_large: list[str] = Field(
        description="Results whose chances are not worked out, and which no agency's line counts"
    )
    agencies: list[AgencyFairnessOut] = Field(description="The least likely first")
    first_tickets: FirstTicketsOut
    operators: list[OperatorFairnessOut]


class CoincidenceOut(BaseModel):
    """Every agency with one ball and in every draw."""

    expected: float = Field(description="Wins of each agency")
    named: float = Field(description="Probability that one agency, named beforehand, wins so often or more")
    some_at_least: float = Field(description="Probability that some agency does: not below this")
    some_at_most: float = Field(description="and not above; with one winner a draw the two are equal")


@router.get("/fairness")
def fairness(site: SiteDep, history: HistoryDep) -> FairnessOut:
    """Every agency's chances and wins, how even the first tickets are, removals and voids by account."""
    found = present(site, history)
    return FairnessOut(
        size=found.size,
        attempts=found.attempts,
        results=found.results,
        changed=found.changed,
        level=LEVEL,
        too_large=[name(key) for key in found.too_large],
        agencies=[AgencyFairnessOut.model_validate(line, from_attributes=True) for line in found.agencies],
        first_tickets=FirstTicketsOut(
            count=sum(found.first_tickets.counts),
            tenths=list(found.first_tickets.counts),
            distance=found.first_tickets.distance,
            p_distance=found.first_tickets.p_distance,
            is_exact=found.first_tickets.is_exact,
            chi_square=found.first_tickets.chi_square,
            p_chi_square=found.first_tickets.p_chi_square,
        ),
        operators=[
            OperatorFairnessOut(
                actor=line.actor,
                planned=line.planned,
                drawn=line.drawn,
                drawn_changed=line.drawn_changed,
                changed=[name(key) for key in sorted(line.changed)],
                removals=dict(line.removals),
                winners_removed=line.winners_removed,
                promoted=line.promoted,
                voids=dict(line.voids),
                voids_after_seal=line.voids_after_seal,
            )
            for line in found.operators
        ],
    )


def name(key: tuple[str, int]) -> str:
    """As in an entry's subject."""
    return f"{key[0]}/{key[1]}"


Many = Annotated[int, Query(ge=1, le=LARGEST)]


@router.get("/fairness/coincidence")
def coincidence_of(
    agencies: Annotated[int, Query(ge=2, le=LARGEST)], draws: Many, winners: Many, wins: Many
) -> CoincidenceOut:
    """How likely it is that an agency wins so often; impossible numbers have probability 0 or 1."""
    if winners >= agencies or wins > draws:
        certain = float(winners >= agencies and wins <= draws)
        expected = draws * min(1.0, winners / agencies)
        return CoincidenceOut(expected=expected, named=certain, some_at_least=certain, some_at_most=certain)
    found = coincidence(agencies, draws, winners, wins)
    return CoincidenceOut(
        expected=float(found.expected),
        named=float(found.named),
        some_at_least=found.some[0],
        some_at_most=found.some[1],
    )
