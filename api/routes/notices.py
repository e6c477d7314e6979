"""Notices for everyone: found by words and facets, each with its versions, particulars, times and a calendar file."""

from itertools import pairwise
from typing import Annotated, Any

from fastapi import Query, Request
from markupsafe import Markup, escape
from starlette.responses import Response

from api.calendar import MEDIA_TYPE, calendar
from api.clock_lines import lot_clocks, sentence
from api.conditional import respond
from api.dependencies import Language, SiteDep, Visitor
from api.draw_wording import vocabulary
from api.forms_words import value_words
from api.lot_timeline import timelines
from api.notice_page import differences, moments, particulars
from api.routes.notices_wanted import KINDS, TRADES, day_of, span
from api.routes.public_draws import number, plain
from api.routing import APIRouter
from registry.queries import agency, organisation
from trading import queries
from trading.errors import NoSuchNotice
from trading.history import history
from trading.lots import lot_states
from trading.model import Notice, Project
from trading.search import COUNTED, Hit, Wanted, search_page, tally
from trading.search_tokens import BANDS
from trading.words import phrases

router = APIRouter(include_in_schema=False)

PAGE = 30
EXCERPT = 90
"""Characters of a notice's text that a list shows."""
Typed = Annotated[str, Query(max_length=40)]


@router.get("/notices")
def notice_list(
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    q: Annotated[str, Query(max_length=200)] = "",
    trade: Typed = "",
    kind: Typed = "",
    region: Typed = "",
    tenderer: Typed = "",
    agent: Typed = "",
    band: Typed = "",
    least: Typed = "",
    most: Typed = "",
    since: Typed = "",
    until: Typed = "",
    before: Typed = "",
) -> Response:
    """A form sends empty fields, which ask for nothing; so does what cannot be understood."""
    starts, ends = span(day_of(since), day_of(until))
    wanted = Wanted(
        text=plain(q),
        trade=next((one for one in TRADES if one == trade), None),
        kind=next((one for one in KINDS if one == kind), None),
        region=region if region.isascii() and region.isdigit() and len(region) in (2, 4, 6) else "",
        tenderer=plain(tenderer),
        agent=plain(agent),
        band=int(band) if band in map(str, range(len(BANDS) + 1)) else None,
        least_fen=_fen(least),
        most_fen=_fen(most),
        since=starts,
        until=ends,
    )
    asked: dict[str, Any] = {
        "q": wanted.text,
        "trade": wanted.trade,
        "kind": wanted.kind,
        "region": wanted.region,
        "tenderer": wanted.tenderer,
        "agent": wanted.agent,
        "band": wanted.band,
        "least": least if wanted.least_fen is not None else "",
        "most": most if wanted.most_fen is not None else "",
        "since": since if starts is not None else "",
        "until": until if ends is not None else "",
    }
    size = site.log.published_size
    with site.log.reading() as session:
        page = search_page(session, wanted, size, before=number(before), limit=PAGE)
        counts = site.market.upto(session, size).tally(wanted) or tally(session, wanted, size)
        ids = {value for value, _ in counts.facets.get("tenderer", ())[:10]} | {wanted.tenderer} - {""}
        tenderers = {id_: found.name for id_ in ids if (found := organisation(session, id_, placed=True))}
        of_agent = agency(session, wanted.agent, placed=True) if wanted.agent else None
    return site.pages.render(
        request,
        "notices/list.html",
        hits=[(hit, marked(hit.title, wanted.text), excerpt(hit, wanted.text)) for hit in page.hits],
        more=None if counts.is_all and not counts.total else page.further,
        is_first=not before,
        counts=counts,
        counted=COUNTED,
        asked=asked,
        trades=TRADES,
        kinds=KINDS,
        bands=BANDS,
        tenderers=tenderers,
        agent_name=of_agent.facts.name if of_agent else wanted.agent,
        say=vocabulary(lang),
    )


@router.get("/notices/{notice}.ics")
def notice_calendar(notice: str, request: Request, site: SiteDep, lang: Language) -> Response:
    """Its deadlines. A calendar that has it already takes a later version in its place."""
    versions, project, steps = _of(site, notice)
    newest = versions[0]
    assert newest.place is not None
    link = f"{site.settings.base_url.rstrip('/')}/notices/{newest.id}"
    found = moments(newest, project.trade, lot_states(steps), site.log.origin, link, lang)
    data = calendar(
        newest.content.title,
        found,
        version=max(newest.version, len(steps)),  # a deadline that moved raises it too
        changed=newest.place.logged,
        cancelled=newest.withdrawn is not None,
    )
    headers = {
        "Cache-Control": "no-cache",
        "Content-Disposition": f'attachment; filename="{newest.id}.ics"',
        "Vary": "Cookie, Accept-Language",
    }
    return respond(request, data, f"{newest.place.seq}-{len(steps)}-{lang}", MEDIA_TYPE, headers)


@router.get("/notices/{notice}")
def notice_page(notice: str, request: Request, site: SiteDep, lang: Language, user: Visitor) -> Response:
    versions, project, steps = _of(site, notice)
    newest = versions[0]
    states = lot_states(steps)
    lots = [lot for lot in project.lots if newest.lot in (None, lot.lot)]
    with site.log.reading() as session:
        others = queries.notices(session, newest.project, placed=True)
        engaged = queries.engagements(session, project_code=newest.project, placed=True)
        agents = [(one, agency(session, one.agent, placed=True)) for one in engaged]
    return site.pages.render(
        request,
        "notices/notice.html",
        newest=newest,
        versions=versions,
        project=project,
        method=newest.method and value_words("method", newest.method, lang),
        terms=particulars(newest, project.trade, lang),
        changes=[(new, old, differences(old, new, project.trade, lang)) for new, old in pairwise(versions)],
        others=[one for one in others if one.id != newest.id],
        agents=agents,
        timelines=timelines(lots, states, lang),
        lot_clocks=[one for one in lot_clocks(steps, site.log.clock(), lang) if one.lot in {lot.lot for lot in lots}],
        clock_sentence=lambda one: sentence(one, lang),
        value_words=value_words,
        say=vocabulary(lang),
    )


def _of(site: SiteDep, notice: str) -> tuple[list[Notice], Project, list[Any]]:
    """Every version, newest first, its project, and all that the log shows of that. Raises NoSuchNotice."""
    with site.log.reading() as session:
        versions = [] if "\0" in notice else queries.notice_versions(session, notice, placed=True)
        if not versions:
            raise NoSuchNotice(project="—", notice=notice[:64])
        project = queries.project(session, versions[0].project, placed=True)
        assert project is not None
        return versions, project, history(session, project.code, placed=True)


def _fen(yuan: str) -> int | None:
    """Whole yuan as fen; anything else asks for nothing."""
    found = number(yuan.replace(",", "").strip())
    return None if found is None else found * 100


# Where the words stand


def marked(text: str, query: str) -> Markup:
    """The text with what was looked for marked in it."""
    spots: list[tuple[int, int]] = []
    folded = text.casefold()
    if len(folded) == len(text):
        for word in query.casefold().split():
            at = folded.find(word) if phrases(word) else -1
            while at >= 0:
                spots.append((at, at + len(word)))
                at = folded.find(word, at + len(word))
    parts, end = Markup(""), 0
    for start, stop in sorted(spots):
        if start >= end:
            parts += escape(text[end:start]) + Markup("<mark>{}</mark>").format(text[start:stop])
            end = stop
    return parts + escape(text[end:])


def excerpt(hit: Hit, query: str) -> Markup:
    """Some of its text, from where the first of the words stands that the title does not have."""
    text = hit.text.replace("\n", " ")
    places = [text.casefold().find(word) for word in query.casefold().split()]
    first = min((at for at in places if at >= 0), default=0)
    start = max(0, first - EXCERPT // 3)
    shown = ("…" if start else "") + text[start : start + EXCERPT] + ("…" if start + EXCERPT < len(text) else "")
    return marked(shown, query)
