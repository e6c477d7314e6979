"""Openings for everyone: which there are, and each while it happens (开标)."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote as escape

from fastapi import Query, Request
from starlette.responses import Response

from api.dependencies import Language, SiteDep, Visitor
from api.forms_words import VALUES
from api.opening_view import OpeningOut, public_opening
from api.routes.public_draws import number
from api.routing import APIRouter
from trading import queries as projects
from trading.bids import queries
from trading.errors import NoSuchLot

router = APIRouter(include_in_schema=False)

OUTCOMES = {"opened": "已开启", "unopened": "未能开启", "corrupt": "文件损坏", "mismatch": "与承诺不符"}
CUSTODY = {"bidder": "投标人密钥", "shares": "席位份额", "timelock": "时间锁"}
BONDS = {form: words.zh for form, words in VALUES["bonds"].items()}
DAYS = {"works": "工期（天）", "goods": "交货期（天）", "services": "服务期（天）"}
"""What a bid says beside its price, by what is bought; a sale asks for neither time nor quality."""
QUOTES = {"duration_days": DAYS["works"], "quality": "质量承诺"}


@dataclass(frozen=True)
class Line:
    """One opening in the list of them."""

    title: str
    opening: OpeningOut
    href: str


def address(project: str, lot: str) -> str:
    return f"/openings/{escape(project, safe='')}/{escape(lot, safe='')}"


@router.get("/openings")
def opening_list(request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    lines = []
    with site.log.reading() as session:
        for code, lot, round_number in queries.newest_planned(session):
            found = public_opening(session, site.log, code, lot, round_number, after=100_000)
            project = projects.project(session, code, placed=True)
            if found is not None and project is not None:
                href = f"{address(code, lot)}?round={round_number}"
                lines.append(Line(project.title, found[0], href))
    return site.pages.render(request, "trading/openings.html", lines=lines)


@router.get("/openings/{project}/{lot}")
def opening_page(
    project: str,
    lot: str,
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    round: Annotated[str, Query(max_length=3)] = "",
    quote: Annotated[str, Query(max_length=3)] = "",
) -> Response:
    with site.log.reading() as session:
        known = None if "\0" in project + lot else projects.project(session, project, placed=True)
        found = (
            None
            if known is None
            else public_opening(session, site.log, project, lot, number(round), quote=number(quote) or 0)
        )
    if found is None or known is None:
        raise NoSuchLot(project=project[:64], lot=lot[:64])
    opening, _ = found
    position, title = next(((at, one.title) for at, one in enumerate(known.lots, 1) if one.lot == lot), (1, ""))
    api = f"/api/v1/projects/{escape(project, safe='')}/lots/{escape(lot, safe='')}/opening?round={opening.round}"
    if opening.quote:
        api += f"&quote={opening.quote}"
    return site.pages.render(
        request,
        "trading/opening.html",
        project=known,
        title=title,
        position=position,
        opening=opening,
        api=api,
        desk=f"/desk{address(project, lot)}",
        submit=f"/desk/bids/new?project={escape(project, safe='')}&lot={escape(lot, safe='')}",
        here=f"{address(project, lot)}?round={opening.round}",
        outcomes=OUTCOMES,
        custody=CUSTODY,
        quotes=QUOTES | {"duration_days": DAYS.get(known.category or "", DAYS["works"])},
        bonds=BONDS,
    )
