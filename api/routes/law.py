"""The law that this centre goes by, for everyone: statutory times, the fields of notices, the table of procedures.

The pages and the files say the same: each file is the very one that the program reads.
"""

import hashlib
from importlib.resources import files
from typing import Annotated, get_args

from fastapi import Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.clock_lines import bound, moment, sentence
from api.conditional import respond
from api.dependencies import Language, SiteDep, Visitor
from api.draw_wording import vocabulary
from api.forms_words import value_words
from api.routing import APIRouter
from trading.events import NoticeKind, Trade
from trading.law import clocks, committees, fields, limits, procedures

router = APIRouter(include_in_schema=False)

TABLES = ("clocks", "committees", "fields", "limits", "procedures", "rules")


@router.get("/law")
def law_page(
    request: Request,
    site: SiteDep,
    lang: Language,
    user: Visitor,
    trade: Annotated[str, Query(max_length=2)] = "",
) -> Response:
    """trade: only what is for it; empty: all."""
    wanted: tuple[Trade, ...] = tuple(one for one in get_args(Trade) if trade in ("", one)) or get_args(Trade)
    rows = [one for several in clocks.table().versions.values() for one in several]
    kinds = {
        kind: [one for one in fields.table() if one.kind == kind and set(one.trades) & set(wanted)]
        for kind in get_args(NoticeKind)
    }
    return site.pages.render(
        request,
        "law.html",
        trades=get_args(Trade),
        trade=trade if trade in get_args(Trade) else "",
        clocks=[one for one in rows if set(one.trades) & set(wanted) or not one.trades],
        kinds={kind: found for kind, found in kinds.items() if found},
        committees=[row for row in committees.table() if set(row.trades) & set(wanted)],
        limits=[row for row in limits.table() if set(row.trades) & set(wanted)],
        procedures=[row for row in procedures.table() if set(row.trades) & set(wanted)],
        rules={one: words[lang == "en"] for one, words in procedures.rule_words().items()},
        stages={one: words[lang == "en"] for one, words in procedures.STAGE_WORDS.items()},
        sentence=lambda one: sentence(one, lang),
        bound=lambda one: bound(one, lang),
        moment=lambda name: moment(name, lang),
        value_words=lambda member, value: value_words(member, value, lang),
        say=vocabulary(lang),
    )


@router.get("/law/{table}.json")
def law_table(table: str, request: Request) -> Response:
    """A table as the program reads it."""
    if table not in TABLES:
        raise HTTPException(404)
    data = files("trading.law").joinpath(f"{table}.json").read_bytes()
    return respond(request, data, hashlib.sha256(data).hexdigest(), "application/json", {"Cache-Control": "no-cache"})
