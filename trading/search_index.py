"""Which entries hold all the words asked for, newest first, on both databases.

SQLite's FTS5 gives what it finds in the order of row ids, newest first, and stops where we do. PostgreSQL's GIN gives
all or nothing: there the newest blocks of row ids are asked for first, by the blocks' own words, then as many as what
was found so far lets expect, until there is enough. A tenderer's notices have an index in the order of row ids.

Both would go through all that is stored where several words are common and hardly ever together. There, who is in
haste is given what the newest `BLOCKS[WINDOW]` rows and more hold, and told how far that was.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from sqlalchemy import TextClause, select, text
from sqlalchemy.orm import Session

from audit.queries import first_logged
from audit.sequencer import BATCH
from audit.tables import EntryRow
from trading.search_tables import NoticeIndexRow
from trading.search_tokens import BLOCKS, WINDOW
from trading.words import Phrase

COMMON = 16
"""Of the newest `SAMPLE` rows and some more: a word that so many hold is common, about one in fifty."""
SAMPLE = 1
"""The level of the blocks in which that is looked at."""
RARE = 1
"""Where no more of those rows hold a word, it is a rare one, about one in a thousand."""
FREQUENT = 6
"""A word that one row in so many holds is frequent."""
SURE = 2
"""The level of blocks of which one tells how rare words are."""
FEW = 1000
"""So few rows, if all that is stored holds no more, are found by one look-up."""
TOGETHER = 7
"""Whole blocks that one look-up asks for at most, rather than larger ones: it finds few more rows than are wanted."""

Word = tuple[Phrase, ...]
"""Phrases of which one must be there."""
Span = tuple[Sequence[int], int]
"""Entries found, newest first, and the row id down to which these are all."""


# The signs keep both databases from looking for the least row id among all rows.
_ENDS = text(
    "SELECT (SELECT max(entry_id) FROM notice_index), (SELECT min(id) FROM entries WHERE seq IS NULL), "
    "(SELECT min(id + 0) FROM entries WHERE seq >= :size)"
)


def ends(session: Session, size: int) -> tuple[int, int]:
    """The newest notice's row id; and the one below which all entries are among the first `size` of the log."""
    newest, waiting, later = session.execute(_ENDS, {"size": size}).one()
    newest = newest or 0
    return newest, min(newest + 1 if end is None else end for end in (waiting, later))


def bounds(
    session: Session, size: int, newest: int, since: int | None, until: int | None, before: int | None
) -> tuple[int, int]:
    """Row ids between which to look: from the first up to, not including, the second."""
    low, high = 0, newest + 1
    # Row ids and places run alike but within a batch.
    if since is not None:
        first = first_logged(session, since * 1000, size)
        least, _ = _ids(session, first, first + BATCH)
        low = high if least is None else least
    if until is not None:
        end = first_logged(session, until * 1000, size)
        _, highest = _ids(session, end - BATCH, end)
        high = 0 if highest is None else min(high, highest + 1)
    if before is not None:
        high = min(high, _id_at(session, before) or high)
    return low, high


# The sign keeps both databases from going through all rows in the order of their ids.
_BOUNDS = text("SELECT min(id + 0), max(id + 0) FROM entries WHERE seq >= :first AND seq < :end")


def _ids(session: Session, first: int, end: int) -> tuple[int | None, int | None]:
    """The least and the highest row id at these places."""
    least, highest = session.execute(_BOUNDS, {"first": first, "end": end}).one()
    return least, highest


def _id_at(session: Session, seq: int) -> int | None:
    return session.scalar(select(EntryRow.id).where(EntryRow.seq == seq))


def seq_from(session: Session, entry_id: int) -> int | None:
    """The place of the first entry from this row id on: as `before`, it goes on where this row id was reached."""
    found = select(EntryRow.seq).where(EntryRow.id >= entry_id, EntryRow.seq.is_not(None))
    return session.scalar(found.order_by(EntryRow.id).limit(1))


def newest_first(session: Session, low: int, high: int, enough: int, tenderer: str = "") -> Iterator[Span]:
    """Versions of notices, or those of a tenderer's, newest first, some at a time. enough: how many may be needed."""
    found = select(NoticeIndexRow.entry_id).order_by(NoticeIndexRow.entry_id.desc()).limit(enough)
    if tenderer:
        found = found.where(NoticeIndexRow.tenderer == tenderer)
    while high > low:
        ids = session.scalars(found.where(NoticeIndexRow.entry_id < high, NoticeIndexRow.entry_id >= low)).all()
        high = ids[-1] if len(ids) == enough else low
        yield ids, high


def matching(
    session: Session, every: Sequence[Word], low: int, high: int, enough: int, in_haste: bool = False
) -> Iterator[Span]:
    """Entries that have all these words, newest first, some at a time.

    enough: how many may be needed. in_haste: it may end above `low`, where it would take long to go on.
    """
    if session.get_bind().dialect.name == "sqlite":
        yield from _by_fts5(session, every, low, high, enough, in_haste)
    else:
        yield from _by_gin(session, every, low, high, enough, in_haste)


def _block(level: int, high: int, whole: int = 1) -> tuple[Word, int]:
    """The word of the block below a row id and of so many whole ones, and the row id from which on they reach."""
    block = (high - 1) // BLOCKS[level]
    first = max(0, block - whole)
    return tuple((f"w{level}:{one}",) for one in range(first, block + 1)), first * BLOCKS[level]


# SQLite

_FTS5 = text(
    "SELECT rowid FROM notice_words WHERE notice_words MATCH :words AND rowid < :high AND rowid >= :low "
    "ORDER BY rowid DESC LIMIT :enough"
)


def _by_fts5(
    session: Session, every: Sequence[Word], low: int, high: int, enough: int, in_haste: bool
) -> Iterator[Span]:
    typed = [word for word in every if ":" not in word[0][0]]  # a facet's value is more often common
    rare = _uncommon(session, typed, high) if in_haste and len(every) > 1 else None
    if rare is not None:  # FTS5 goes from one of its rows to the next, and looks for the others there
        every = [rare, *(word for word in every if word != rare)]
    elif in_haste and len(every) > 1:
        # Row ids bound only what is given, not where words are looked for: that the blocks' own words do.
        block, start = _block(WINDOW, high)
        start, top = max(low, start), high
        for ids, reached in _fts5(session, _for_fts5([*every, block]), start, top, enough):
            yield ids, reached
            high = reached
        if start > low and _uncommon(session, [word for word in every if word not in typed], top) is None:
            return
    yield from _fts5(session, _for_fts5(every), low, high, enough)


def _for_fts5(every: Sequence[Word]) -> str:
    return _joined(every, '"', " ", " OR ", " AND ")


def _fts5(session: Session, words: str, low: int, high: int, enough: int) -> Iterator[Span]:
    while high > low:
        asked = {"words": words, "low": low, "high": high, "enough": enough}
        found = session.scalars(_FTS5, asked).all()
        high = found[-1] if len(found) == enough else low
        yield found, high
        enough *= 4


# PostgreSQL

# Kept apart from what follows, or the planner may walk through all row ids from the newest instead.
_GIN = text(
    "WITH found AS MATERIALIZED (SELECT entry_id FROM notice_words WHERE words @@ CAST(:words AS tsquery)) "
    "SELECT entry_id FROM found WHERE entry_id < :high AND entry_id >= :low ORDER BY entry_id DESC LIMIT :enough"
)
# GIN knows no places: whether tokens follow each other is read from the row, so of no more rows than are wanted. Of the
# words no more is materialised and sorted than the address of where they are kept.
_GIN_IN_ORDER = text(
    "WITH found AS MATERIALIZED (SELECT entry_id, words FROM notice_words WHERE words @@ CAST(:words AS tsquery)), "
    "newest AS (SELECT entry_id, words FROM found WHERE entry_id < :high AND entry_id >= :low "
    "ORDER BY entry_id DESC OFFSET 0) "
    "SELECT entry_id FROM newest WHERE words @@ CAST(:in_order AS tsquery) ORDER BY entry_id DESC LIMIT :enough"
)


def _by_gin(
    session: Session, every: Sequence[Word], low: int, high: int, enough: int, in_haste: bool
) -> Iterator[Span]:
    top, found = high, 0
    rare: Sequence[Word] | None = None  # those by which the index is asked about more than a few rows
    is_bounded = False
    rows: int | None = 4 * enough  # as if one row in four had them
    while high > low:
        if rare is None and (rows or top) > BLOCKS[WINDOW]:
            rare, are_common = _rare(session, every, top)
            is_bounded = in_haste and are_common and _uncommon(session, every, top) is None
        if is_bounded:
            if top - high >= BLOCKS[WINDOW]:
                return
            rows = BLOCKS[WINDOW]
        asked, start = list(rare or every), low
        level = None if rows is None else _level(rows)
        if rows is not None and level is not None:
            block, start = _block(level, high, -(-rows // BLOCKS[level]))
            asked, start = [*asked, block], max(low, start)
        ids = _gin(session, asked, every, start, high, enough)
        found, high = found + len(ids), ids[-1] if len(ids) == enough else start
        yield ids, high
        if found >= enough:
            enough *= 4  # whoever goes on has use for few of them
        seen = top - high
        wanted = 3 * (enough - found) * seen // (2 * found) if found else top
        if seen < BLOCKS[SURE] // 2:
            rows = min(wanted, BLOCKS[SURE])
        elif found * high < FEW * seen:
            rows = None  # few are left to be found: to ask for all at once costs less than to say where
        else:
            rows = wanted


def _gin(
    session: Session, asked: Sequence[Word], every: Sequence[Word], low: int, high: int, enough: int
) -> Sequence[int]:
    """asked: by which the index finds rows. every: what they must hold."""
    given = {"low": low, "high": high, "enough": enough}
    if all(len(phrase) == 1 for word in every for phrase in word) and all(word in asked for word in every):
        return session.scalars(_GIN, given | {"words": _together(asked)}).all()
    in_order = _joined(every, "", " <-> ", " | ", " & ", form="'{}'")
    return session.scalars(_GIN_IN_ORDER, given | {"words": _together(asked), "in_order": in_order}).all()


def _together(every: Sequence[Word]) -> str:
    return _joined(every, "", " & ", " | ", " & ", form="'{}'")


def _rare(session: Session, every: Sequence[Word], high: int) -> tuple[Sequence[Word], bool]:
    """The words by which rows are to be found, and whether all are common as far as their tokens tell.

    GIN goes through all rows of a word that is asked for beside a rare one, be it in every other row. So where one is
    rare, those that are frequent are left to be seen in the rows that it finds.
    """
    if len(every) == 1:
        return every, False
    block, low = _block(SAMPLE, high)
    given = {f"word_{number}": _together([one, block]) for number, one in enumerate(every)}
    counts = session.execute(_shares(len(every)), given).one()
    if min(counts) > RARE:
        return every, min(counts) >= COMMON
    return [one for one, count in zip(every, counts, strict=True) if FREQUENT * count < high - low], False


@cache
def _shares(words: int) -> TextClause:
    one = "(SELECT count(*) FROM notice_words WHERE words @@ CAST(:word_{} AS tsquery))"
    return text(f"SELECT {', '.join(map(one.format, range(words)))}")


def _level(rows: int) -> int | None:
    """The smallest blocks of which a few hold so many rows; None: none do."""
    return next((level for level, width in enumerate(BLOCKS) if TOGETHER * width >= rows), None)


# Both


def _uncommon(session: Session, every: Sequence[Word], high: int) -> Word | None:
    """A word that by itself is not common in the newest rows; what was typed last is looked up first."""
    block, low = _block(SAMPLE, high)
    if session.get_bind().dialect.name == "sqlite":
        block, _ = _block(WINDOW, high)
        asked = {"low": low, "high": high, "enough": COMMON}
        for one in every[::-1]:
            if len(session.scalars(_FTS5, asked | {"words": _for_fts5([one, block])}).all()) < COMMON:
                return one
        return None
    every = every[::-1]
    return next((one for one in every if len(_gin(session, [one, block], [one], low, high, COMMON)) < COMMON), None)


def _joined(every: Sequence[Word], quote: str, follows: str, either: str, both: str, form: str = "{}") -> str:
    """A question in a database's own signs. No token holds any of them: each is letters, digits and colons."""

    def phrase(one: Phrase) -> str:
        return f"{quote}{follows.join(map(form.format, one))}{quote}"

    return both.join(f"({either.join(f'({phrase(one)})' for one in word)})" for word in every)
