"""The home page: the four markets, what closes soon, what is happening now, what comes next, what was just logged."""

from dataclasses import dataclass

from fastapi import Request
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.draw_page import COMING, LIVE, Deadline, Outcome, deadline, names_of, outcome
from api.draw_wording import vocabulary
from api.endings import still_told
from api.routing import APIRouter
from audit.blobs import Blobs
from audit.queries import entries
from lottery import public_queries, queries
from lottery.model import Draw, State
from trading.closings import closing_soon
from trading.model import TRADES

router = APIRouter(include_in_schema=False)

RECENT = 12
RESULTS = 4


@dataclass(frozen=True, slots=True)
class Card:
    """A draw in few words."""

    draw: Draw
    state: State
    deadline: Deadline | None
    outcome: Outcome | None = None


@router.get("/")
def home(request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    size, now = site.log.published_size, site.log.clock()
    with site.log.reading() as session:
        unfinished = [_card(draw, now) for draw in public_queries.unfinished(session)]
        results = [_result(site.log.blobs, draw, now) for draw in public_queries.latest_results(session, RESULTS)]
        market = site.market.upto(session, size)
        closings = closing_soon(session, now // 1000, size)
        recent = still_told(session, entries(session, size, limit=2 * RECENT), now // 1000)[:RECENT]
    coming = [card for card in unfinished if card.state in COMING]
    return site.pages.render(
        request,
        "home.html",
        happening=[card for card in unfinished if card.state in LIVE],
        coming=sorted(coming, key=lambda card: card.deadline.at if card.deadline else 1 << 53),
        again=[card for card in unfinished if card.state is State.VOID],
        results=results,
        recent=recent,
        markets=[(trade, market.count(trade), market.projects[trade]) for trade in TRADES],
        closings=closings,
        say=vocabulary(lang),
        stream_after=size - 1,
    )


def _card(draw: Draw, now: int) -> Card:
    state = draw.state_at(now)
    return Card(draw, state, deadline(draw, state, now))


def _result(blobs: Blobs, draw: Draw, now: int) -> Card:
    assert draw.attempt is not None
    page = queries.attempt_page(blobs, draw.attempt)
    assert page.result is not None
    return Card(draw, draw.state_at(now), None, outcome(page.result, names_of(page.roster), page))
