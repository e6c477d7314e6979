"""A search as the address of the list of notices holds it: read, put in one order, and told in words."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from api.draw_wording import vocabulary
from api.following.errors import BadFollowingQuery
from api.i18n import Lang, translate
from api.routes.notices_wanted import KINDS, TRADES, day_of, span
from api.routes.public_draws import number, plain
from trading.search import Wanted
from trading.search_tokens import BANDS

NAMES = ("q", "trade", "kind", "region", "tenderer", "agent", "band", "least", "most", "since", "until")
MOST = 1000
"""Characters of a query."""


def wanted_of(query: str) -> Wanted:
    """What a query asks for. What cannot be understood asks for nothing, as in the list itself."""
    given = _given(query)
    starts, ends = span(day_of(given["since"]), day_of(given["until"]))
    return Wanted(
        text=plain(given["q"]),
        trade=next((one for one in TRADES if one == given["trade"]), None),
        kind=next((one for one in KINDS if one == given["kind"]), None),
        region=given["region"] if _is_region(given["region"]) else "",
        tenderer=plain(given["tenderer"]),
        agent=plain(given["agent"]),
        band=int(given["band"]) if given["band"] in map(str, range(len(BANDS) + 1)) else None,
        least_fen=_fen(given["least"]),
        most_fen=_fen(given["most"]),
        since=starts,
        until=ends,
    )


def canonical(query: str) -> str:
    """The query with what it asks for, in one order. Raises BadFollowingQuery where that is nothing."""
    if len(query) > MOST or "\0" in query:
        raise BadFollowingQuery
    given, wanted = _given(query), wanted_of(query)
    kept = {
        "q": wanted.text,
        "trade": wanted.trade or "",
        "kind": wanted.kind or "",
        "region": wanted.region,
        "tenderer": wanted.tenderer,
        "agent": wanted.agent,
        "band": "" if wanted.band is None else str(wanted.band),
        "least": given["least"] if wanted.least_fen is not None else "",
        "most": given["most"] if wanted.most_fen is not None else "",
        "since": given["since"] if wanted.since is not None else "",
        "until": given["until"] if wanted.until is not None else "",
    }
    found = urlencode({name: value for name, value in kept.items() if value})
    if not found:
        raise BadFollowingQuery
    return found


def query_of(parameters: Mapping[str, str]) -> str:
    """Of an address, only what belongs to the search."""
    return urlencode({name: parameters[name] for name in NAMES if parameters.get(name)})


def pairs(query: str) -> list[tuple[str, str]]:
    """What of the query belongs to the search, in one order."""
    return [(name, value) for name, value in _given(query).items() if value]


def told(query: str, lang: Lang) -> str:
    """The search in a few words, for titles."""
    given, say = _given(query), vocabulary(lang)
    words = {"trade": "trade", "kind": "notice"}
    shown = [say(words[name], given[name]) if name in words else given[name] for name in NAMES if given[name]]
    return " · ".join([translate("公告", lang), *shown])


def _given(query: str) -> dict[str, str]:
    given = dict(parse_qsl(query, max_num_fields=40, errors="replace"))
    return {name: given.get(name, "").strip()[:200] for name in NAMES}


def _is_region(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) in (2, 4, 6)


def _fen(yuan: str) -> int | None:
    found = number(yuan.replace(",", ""))
    return None if found is None else found * 100
