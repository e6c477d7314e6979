"""Finds notices by words and facets, newest first, in time that does not grow with what is stored.

Every facet is a word of the index too, so each question is one look-up of words that all must be there
(`search_index`). Counts look at the newest `COUNTED` and say so where there are more. A page is given in bounded time:
where common words are hardly ever together it may end early and says where to go on.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy.orm import Session

from audit.queries import Place
from trading.events import NoticeKind, Trade
from trading.search_index import Span, Word, bounds, ends, matching, newest_first, seq_from
from trading.search_rows import shown, standing
from trading.search_tokens import (
    BANDS,
    agent_token,
    band_of,
    band_token,
    kind_token,
    region_token,
    tenderer_token,
    trade_token,
)
from trading.words import phrases

COUNTED = 500
"""How many of the newest are looked at to count by facets."""
MOST_IDS = 500
"""Row ids in one question."""


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty or None asks for nothing."""

    text: str = ""
    """Words apart by spaces, all of which must be there."""
    trade: Trade | None = None
    kind: NoticeKind | None = None
    region: str = ""
    """The first two, four or all six digits."""
    tenderer: str = ""
    """An organisation's id."""
    agent: str = ""
    """An agency's code."""
    band: int | None = None
    """A band of amounts, as `band_of` numbers them."""
    least_fen: int | None = None
    most_fen: int | None = None
    since: int | None = None
    """Published at this Unix second or later."""
    until: int | None = None
    """Published before this Unix second."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A notice in its newest version, in short."""

    id: str
    version: int
    title: str
    text: str
    """One paragraph a line."""
    kind: NoticeKind
    trade: Trade
    region: str
    project: str
    project_title: str
    lot: str | None
    tenderer: str
    tenderer_name: str
    agent: str | None
    amount_fen: int | None
    valid_until: int | None
    withdrawn: str | None
    """Why it counts no longer."""
    place: Place


@dataclass(frozen=True)
class Page:
    """Some of what was found."""

    hits: list[Hit]
    further: int | None
    """What to give as `before` for the page that follows; None: that was all."""


@dataclass(frozen=True)
class Tally:
    """How many of what was found belong to each value of a facet, the most first."""

    total: int
    is_all: bool
    """Whether everything was counted; else only the newest."""
    facets: dict[str, list[tuple[str, int]]]
    """By `trade`, `kind`, `region`, `tenderer`, `band`."""


def search(session: Session, wanted: Wanted, size: int, *, before: int | None = None, limit: int = 50) -> list[Hit]:
    """Notices of the published log (of `size` entries), the ones published or corrected last first.

    before: the `seq` of the last one of the page before.
    """
    found, _ = _found(session, wanted, size, before, limit, in_haste=False)
    return _hits(session, [row.entry_id for row in found[:limit]], size)


def search_page(session: Session, wanted: Wanted, size: int, *, before: int | None = None, limit: int = 50) -> Page:
    """The same, in bounded time: there may be fewer than `limit`, or none, and still a page that follows."""
    found, reached = _found(session, wanted, size, before, limit + 1, in_haste=True)
    hits = _hits(session, [row.entry_id for row in found[:limit]], size)
    if len(found) > limit:
        return Page(hits, hits[-1].place.seq)
    return Page(hits, None if reached is None else seq_from(session, reached))


def tally(session: Session, wanted: Wanted, size: int) -> Tally:
    """Counts by facet among what `search_page` finds, of the newest `COUNTED`."""
    found, reached = _found(session, wanted, size, None, COUNTED + 1, in_haste=True)
    counted = found[:COUNTED]
    facets = {
        name: _most_first(Counter(getattr(row, column) for row in counted))
        for name, column in (
            ("trade", "trade"),
            ("kind", "notice_kind"),
            ("region", "region"),
            ("tenderer", "tenderer"),
        )
    }
    bands = Counter(str(band_of(row.amount_fen)) for row in counted if row.amount_fen is not None)
    return Tally(len(counted), len(found) <= COUNTED and reached is None, facets | {"band": sorted(bands.items())})


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


# What is asked


def _found(
    session: Session, wanted: Wanted, size: int, before: int | None, enough: int, in_haste: bool
) -> tuple[list[Any], int | None]:
    """As many as asked, or some more; and the row id down to which was looked where that is not all."""
    words = _words(wanted)
    if words is None:
        return [], None
    newest, settled = ends(session, size)
    low, high = bounds(session, size, newest, wanted.since, wanted.until, before)
    found: list[Any] = []
    seen = 0
    spans: Iterator[Span]
    if replace(wanted, since=None, until=None) == Wanted(tenderer=wanted.tenderer):
        spans = newest_first(session, low, high, enough, wanted.tenderer)
    else:
        spans = matching(session, words, low, high, enough, in_haste)
    for ids, reached in spans:
        at = 0
        while at < len(ids):
            step = _step(enough, len(found), seen)
            rows = standing(session, ids[at : at + step], size, settled, wanted.since, wanted.until)
            found += [row for row in rows if _is_within(wanted, row.amount_fen)]
            at, seen = at + step, seen + step
            if len(found) >= enough:
                return found, None
        high = reached
    return found, high if high > low else None


def _step(enough: int, found: int, seen: int) -> int:
    """How many more to look at, if as many of them count as of those seen so far: some are former versions."""
    missing = enough - found
    expected = missing * seen // found if found else 4 * seen
    return min(MOST_IDS, max(expected, missing) + missing // 4 + 1)


def _is_within(wanted: Wanted, amount_fen: int | None) -> bool:
    if wanted.least_fen is None and wanted.most_fen is None:
        return True
    if amount_fen is None:
        return False
    return (wanted.least_fen is None or wanted.least_fen <= amount_fen) and (
        wanted.most_fen is None or amount_fen <= wanted.most_fen
    )


def _words(wanted: Wanted) -> list[Word] | None:
    """What all must be there; None where what was typed holds nothing that could be found."""
    typed = phrases(wanted.text)
    if wanted.text.strip() and not typed:
        return None
    if not all(code.isascii() and code.isalnum() for code in (wanted.agent, wanted.region) if code):
        return None  # no code and no region is like that, and a word may hold no sign of the question's own
    marks: list[list[str]] = []
    if wanted.trade is not None:
        marks.append([trade_token(wanted.trade)])
    if wanted.kind is not None:
        marks.append([kind_token(wanted.kind)])
    if wanted.region:
        marks.append([region_token(wanted.region)])
    if wanted.tenderer:
        marks.append([tenderer_token(wanted.tenderer)])
    if wanted.agent:
        marks.append([agent_token(wanted.agent)])
    bands = _bands(wanted)
    if bands is not None:
        marks.append([band_token(band) for band in bands])
    if [] in marks:
        return None
    return [*(tuple((mark,) for mark in choice) for choice in marks), *((phrase,) for phrase in typed)]


def _bands(wanted: Wanted) -> list[int] | None:
    if wanted.band is None and wanted.least_fen is None and wanted.most_fen is None:
        return None
    least = 0 if wanted.least_fen is None else band_of(wanted.least_fen)
    most = len(BANDS) if wanted.most_fen is None else band_of(wanted.most_fen)
    return [band for band in range(least, most + 1) if wanted.band in (None, band)]


# What is found


def _hits(session: Session, ids: Sequence[int], size: int) -> list[Hit]:
    if not ids:
        return []
    rows, withdrawn = shown(session, ids, size)
    return [
        Hit(
            id=row.notice,
            version=row.version,
            title=row.title,
            text=row.text,
            kind=cast(NoticeKind, row.notice_kind),
            trade=cast(Trade, row.trade),
            region=row.region,
            project=row.project,
            project_title=row.project_title,
            lot=row.lot,
            tenderer=row.tenderer,
            tenderer_name=row.tenderer_name,
            agent=row.agent,
            amount_fen=row.amount_fen,
            valid_until=row.valid_until,
            withdrawn=withdrawn.get(row.notice),
            place=Place(row.seq, row.logged),
        )
        for row in rows
    ]
