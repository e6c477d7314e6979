"""Whether notices and projects are found by the words of the log: `notice_words`, the one public table without a class.

Called by `audit.rebuild` beside its own comparison of rows. What is wanted is worked out from the rebuilt tables; what
is there is read as it is stored: on SQLite by FTS5's own vocabulary, on PostgreSQL as it compares two tsvectors.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from audit.rebuild import Difference, also_compared
from audit.tables import EntryRow
from registry.tables import AgencyRow
from trading.events import NoticeCorrected, NoticePublished, ProjectRegistered
from trading.search_tables import NoticeIndexRow
from trading.search_tokens import document, facets, project_document
from trading.tables import NoticeRow, ProjectRow

TABLE = "notice_words"
_VOCABULARY = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.notice_terms USING fts5vocab('main', 'notice_words', 'instance')"
_TERMS = "SELECT doc, term FROM temp.notice_terms ORDER BY doc, offset"
_SAME = "SELECT words = CAST(:words AS tsvector) FROM notice_words WHERE entry_id = :id"


@also_compared
def check_words(live: Session, wanted: Session, size: int) -> Iterator[Difference]:
    """live: the database under suspicion. wanted: the rebuilt one."""
    dialect = live.get_bind().dialect.name
    kinds = EntryRow.kind.in_((NoticePublished.kind, NoticeCorrected.kind, ProjectRegistered.kind))
    places = {row.id: row.seq for row in live.execute(select(EntryRow.id, EntryRow.seq).where(kinds))}
    own = {seq: entry_id for entry_id, seq in places.items() if seq is not None and seq < size}
    is_same, stored = _stored_in_sqlite(live) if dialect == "sqlite" else _stored_in_postgresql(live)
    for seq, words in chain(_wanted(wanted, dialect, own), _wanted_of_projects(wanted, dialect, own)):
        found = is_same(own[seq], words)
        if found is None:
            yield Difference("MISSING", TABLE, f"seq={seq}")
        elif not found:
            yield Difference("DIFFERS", TABLE, f"seq={seq}", ("words",))
    for entry_id in stored:
        if entry_id not in places:
            yield Difference("SURPLUS", TABLE, f"entry_id={entry_id}")


Stored = tuple[Callable[[int, str], bool | None], Iterable[int]]
"""Whether a row's words are these, None where there is no row; and the row ids that there are, ascending."""


def _wanted(session: Session, dialect: str, own: dict[int, int]) -> Iterator[tuple[int, str]]:
    """Place of each notice's version, in order, and what is to be stored of it under its own row id."""
    rows = session.execute(
        select(NoticeIndexRow, EntryRow.seq, EntryRow.body, ProjectRow)
        .join(EntryRow, EntryRow.id == NoticeIndexRow.entry_id)
        .join(NoticeRow, NoticeRow.entry_id == NoticeIndexRow.entry_id)
        .join(ProjectRow, ProjectRow.code == NoticeRow.project)
        .order_by(EntryRow.seq),
        execution_options={"yield_per": 500},
    )
    for row, seq, body, project in rows:
        if seq not in own:  # a place that the live database lacks is named with its entry
            continue
        said: dict[str, Any] = orjson.loads(body)
        texts = [said["project"], said["notice"], project.tenderer_name]
        if row.agent is not None:
            names = select(AgencyRow.name).where(AgencyRow.code == row.agent, AgencyRow.entry_id < row.entry_id)
            name = session.scalar(names.order_by(AgencyRow.entry_id.desc()).limit(1))
            texts += [] if name is None else [name, row.agent]
        marks = facets(row.trade, row.notice_kind, row.region, row.tenderer, row.agent, row.amount_fen)
        yield seq, document(dialect, own[seq], marks, (said["title"], project.title), [*texts, *said["text"]])


def _wanted_of_projects(session: Session, dialect: str, own: dict[int, int]) -> Iterator[tuple[int, str]]:
    """The same of each project."""
    rows = session.execute(
        select(ProjectRow, EntryRow.seq).join(EntryRow, EntryRow.id == ProjectRow.entry_id).order_by(EntryRow.seq),
        execution_options={"yield_per": 500},
    )
    for row, seq in rows:
        if seq in own:
            yield seq, project_document(dialect, own[seq], row.code, row.title, row.trade, row.tenderer)


def _stored_in_sqlite(session: Session) -> Stored:
    """The index gives words only all at once, row by row."""
    session.execute(text(_VOCABULARY))
    stored = {
        entry_id: _digest(term for _, term in found)
        for entry_id, found in groupby(session.execute(text(_TERMS)), key=itemgetter(0))
    }

    def is_same(entry_id: int, words: str) -> bool | None:
        found = stored.get(entry_id)
        return None if found is None else found == _digest(words.split(" "))

    return is_same, stored


def _stored_in_postgresql(session: Session) -> Stored:
    def is_same(entry_id: int, words: str) -> bool | None:
        found: bool | None = session.scalar(text(_SAME), {"id": entry_id, "words": words})
        return found

    return is_same, session.scalars(text("SELECT entry_id FROM notice_words ORDER BY entry_id"))


def _digest(terms: Iterable[str]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for term in terms:
        digest.update(term.encode() + b"\n")
    return digest.digest()
