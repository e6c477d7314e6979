"""Which entries hold all the words asked for, newest first, on both databases.

SQLite's FTS5 gives what it finds in the order of row ids, newest first, and stops where we do. PostgreSQL's GIN gives
all or nothing: there the newest block of row ids is asked for first, by the block's own word, then blocks four times
as large each, until there is enough.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from audit.sequencer import BATCH
from audit.tables import EntryRow
from trading.search_tables import NoticeIndexRow
from trading.search_tokens import BLOCKS
from trading.words import Phrase

PROBES = 32
"""Entries that are looked at together to find a moment: four times are enough for a million."""

Word = tuple[Phrase, ...]
"""Phrases of which one must be there."""


def bounds(session: Session, size: int, since: int | None, until: int | None, before: int | None) -> tuple[int, int]:
    """Row ids between which to look: from the first up to, not including, the second."""
    newest = session.scalar(select(func.max(NoticeIndexRow.entry_id))) or 0
    low, high = 0, newest + 1
    # Row ids and places run alike but within a batch, so dates give bounds with a batch to spare.
    if since is not None:
        low = (_id_at(session, _first_logged(session, since * 1000, size)) or high) - BATCH
    if until is not None:
        high = min(high, (_id_at(session, _first_logged(session, until * 1000, size)) or high) + BATCH)
    if before is not None:
        high = min(high, _id_at(session, before) or high)
    return low, high


def _first_logged(session: Session, logged: int, size: int) -> int:
    """The place of the first entry that was logged at this millisecond or later: places and times rise together."""
    low, high = 0, size
    while low < high:
        step = max(1, (high - low) // PROBES)
        probed = select(EntryRow.seq, EntryRow.logged).where(EntryRow.seq.in_(range(low, high, step)))
        earlier = [seq for seq, at in session.execute(probed) if seq is not None and at is not None and at < logged]
        if not earlier:
            return low
        low, high = max(earlier) + 1, min(high, max(earlier) + step)
    return low


def _id_at(session: Session, seq: int) -> int | None:
    return session.scalar(select(EntryRow.id).where(EntryRow.seq == seq))


def matching(session: Session, every: Sequence[Word], low: int, high: int, enough: int) -> Iterator[Sequence[int]]:
    """Entries that have all these words, newest first, some at a time. enough: how many may be needed."""
    if not every:
        yield from _newest(session, low, high, enough)
    elif session.get_bind().dialect.name == "sqlite":
        yield from _by_fts5(session, every, low, high, enough)
    else:
        yield from _by_gin(session, every, low, high)


def _newest(session: Session, low: int, high: int, enough: int) -> Iterator[Sequence[int]]:
    while True:
        found = session.scalars(
            select(NoticeIndexRow.entry_id)
            .where(NoticeIndexRow.entry_id < high, NoticeIndexRow.entry_id >= low)
            .order_by(NoticeIndexRow.entry_id.desc())
            .limit(enough)
        ).all()
        if not found:
            return
        yield found
        high = found[-1]


_FTS5 = text(
    "SELECT rowid FROM notice_words WHERE notice_words MATCH :words AND rowid < :high AND rowid >= :low "
    "ORDER BY rowid DESC LIMIT :enough"
)


def _by_fts5(session: Session, every: Sequence[Word], low: int, high: int, enough: int) -> Iterator[Sequence[int]]:
    words = _joined(every, '"', " ", " OR ", " AND ")
    while True:
        asked = {"words": words, "low": low, "high": high, "enough": enough}
        found = session.scalars(_FTS5, asked).all()
        if not found:
            return
        yield found
        high, enough = found[-1], 4 * enough


# Kept apart from what follows, or the planner may walk through all row ids from the newest instead.
_GIN = text(
    "WITH found AS MATERIALIZED (SELECT entry_id FROM notice_words WHERE words @@ CAST(:words AS tsquery)) "
    "SELECT entry_id FROM found WHERE entry_id < :high AND entry_id >= :low ORDER BY entry_id DESC"
)


def _by_gin(session: Session, every: Sequence[Word], low: int, high: int) -> Iterator[Sequence[int]]:
    words = _joined(every, "", " <-> ", " | ", " & ", form="'{}'")
    for level, width in enumerate(BLOCKS):
        if high <= low:
            return
        block = (high - 1) // width
        from_here = max(low, (block - 1) * width)
        both = f"{words} & ('w{level}:{block}' | 'w{level}:{block - 1}')"
        yield session.scalars(_GIN, {"words": both, "low": from_here, "high": high}).all()
        high = min(high, from_here)
    if high > low:
        yield session.scalars(_GIN, {"words": words, "low": low, "high": high}).all()


def _joined(every: Sequence[Word], quote: str, follows: str, either: str, both: str, form: str = "{}") -> str:
    """A question in a database's own signs. No token holds any of them: each is letters, digits and colons."""

    def phrase(one: Phrase) -> str:
        return f"{quote}{follows.join(map(form.format, one))}{quote}"

    return both.join(f"({either.join(f'({phrase(one)})' for one in word)})" for word in every)
