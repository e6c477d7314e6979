"""How much is traded, in charts with a table beside each; the same figures for programs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.dependencies import PROBLEMS, Language, SiteDep, Visitor
from api.draw_wording import Say, vocabulary
from api.i18n import Lang, translate
from api.market_drawing import bars, columns
from api.routes.notices_wanted import TRADES, CountOut
from api.routing import APIRouter
from registry.queries import organisation
from trading.market import Market

router = APIRouter(include_in_schema=False)
api = APIRouter(prefix="/api/v1", tags=["facts"], responses=PROBLEMS)

MONTHS = 12
MOST = 12


@dataclass(frozen=True)
class Row:
    name: str
    count: int
    link: str | None = None


@dataclass(frozen=True)
class Chart:
    """A figure and the same numbers as a table."""

    id: str
    title: str
    what: str
    """Head of the table's first column."""
    svg: Markup
    rows: list[Row]


@router.get("/statistics")
def statistics_page(request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    size, say = site.log.published_size, vocabulary(lang)
    with site.log.reading() as session:
        market = site.market.upto(session, size)
        tenderers = [
            (found.name if (found := organisation(session, id_, placed=True)) else id_, count, id_)
            for id_, count in market.tenderers.most_common(MOST)
        ]
        kinds = dict(site.kinds.upto(session, size))
    charts = [
        _chart("months", "各月公告", "月份", [Row(_month(month), count) for month, count in _months(market)], lang),
        _chart("trades", "各市场公告", "市场", _trades(market, say), lang),
        _chart("kinds", "各阶段公告", "阶段", _cells(market, 1, "kind", say), lang),
        _chart("regions", "各行政区划公告", "行政区划", _cells(market, 2, "region", say), lang),
        _chart(
            "tenderers",
            "公告最多的招标人",
            "招标人",
            [Row(name, count, f"/tenderers/{id_}") for name, count, id_ in tenderers],
            lang,
        ),
        _chart(
            "winners",
            "中标（成交）次数最多的投标人",
            "投标人",
            [Row(name, count, f"/bidders/{code}") for (code, name), count in market.winners.most_common(MOST)],
            lang,
        ),
    ]
    return site.pages.render(
        request,
        "notices/statistics.html",
        size=size,
        charts=charts,
        trades=[(trade, market.projects[trade], market.awards[trade], market.awarded_fen[trade]) for trade in TRADES],
        watched=[(kind, kinds.get(kind, 0)) for kind in WATCHED],
        say=say,
    )


WATCHED = (
    "trading.notice_corrected",
    "trading.notice_withdrawn",
    "trading.lot_failed",
    "trading.lot_terminated",
    "trading.objection_filed",
    "trading.challenge_filed",
    "trading.complaint_filed",
    "trading.process_suspended",
    "trading.award_revoked",
    "trading.rule_breached",
)
"""Kinds of entries that say how often something did not go smoothly."""


def _chart(id_: str, title: str, what: str, rows: list[Row], lang: Lang) -> Chart:
    title, what = translate(title, lang), translate(what, lang)
    label = translate("{title}，数字见旁边的表", lang).format(title=title)
    draw = columns if id_ == "months" else bars
    values: Sequence[tuple[str, int]] = [(row.name[2:] if id_ == "months" else row.name, row.count) for row in rows]
    return Chart(id_, title, what, draw(values, label), rows)


def _months(market: Market) -> list[tuple[int, int]]:
    """The last twelve months that had any notice, oldest first."""
    counts: Counter[int] = Counter()
    for (_, month), count in list(market.months.items()):
        counts[month] += count
    return sorted(counts.items())[-MONTHS:]


def _month(number: int) -> str:
    return f"{number // 100}-{number % 100:02}"


def _trades(market: Market, say: Say) -> list[Row]:
    counts = _by(market, 0)
    return [Row(say("trade", trade), counts[trade], f"/notices?trade={trade}") for trade in TRADES]


def _cells(market: Market, at: int, name: str, say: Say) -> list[Row]:
    table = "notice" if name == "kind" else name
    return [
        Row(say(table, value) if name == "kind" else value, count, f"/notices?{name}={value}")
        for value, count in _by(market, at).most_common(MOST)
        if count
    ]


def _by(market: Market, at: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for cell, count in list(market.notices.items()):
        counts[str(cell[at])] += count
    return counts


class TradeStatisticsOut(BaseModel):
    trade: str
    notices: int
    projects: int
    awards: int = Field(description="Winners, those of awards that were revoked later too")
    awarded_fen: int


class StatisticsOut(BaseModel):
    size: int = Field(description="Entries of the log that are counted")
    trades: list[TradeStatisticsOut]
    months: list[CountOut]
    kinds: list[CountOut] = Field(description="Notices by kind")
    regions: list[CountOut]


@api.get("/statistics")
def statistics(site: SiteDep) -> StatisticsOut:
    """How many notices, projects and awards each market has."""
    size = site.log.published_size
    with site.log.reading() as session:
        market = site.market.upto(session, size)
    notices = _by(market, 0)
    return StatisticsOut(
        size=market.size,
        trades=[
            TradeStatisticsOut(
                trade=trade,
                notices=notices[trade],
                projects=market.projects[trade],
                awards=market.awards[trade],
                awarded_fen=market.awarded_fen[trade],
            )
            for trade in TRADES
        ],
        months=[CountOut(value=_month(month), count=count) for month, count in _months(market)],
        kinds=_counts(market, 1),
        regions=_counts(market, 2),
    )


def _counts(market: Market, at: int) -> list[CountOut]:
    return [CountOut(value=value, count=count) for value, count in _by(market, at).most_common() if count]
