"""What pages, receipts and other packages read of the log. Only what has a published place is public."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection, Select, func, select, text
from sqlalchemy.orm import Session

from audit import cosigned, merkle, tiles
from audit.entry import Entry, File, parse
from audit.errors import Refusal
from audit.events import KINDS
from audit.folder import Folder
from audit.proof import Proof
from audit.sequencer import entry_bytes
from audit.step import Step
from audit.tables import CheckpointRow, EntryRow, PublicRow, TreeHeadRow


class NoSuchEntry(Refusal):
    code = "audit.no-such-entry"
    zh = "没有第 {seq} 条（或尚未发布）。"
    en = "There is no entry {seq}, or it is not published yet."


class TileMissing(Refusal):
    code = "audit.tile-missing"
    zh = "日志文件 {path} 缺失。"
    en = "The log's file {path} is missing."


PublicT = TypeVar("PublicT", bound=PublicRow)
SelectT = TypeVar("SelectT", bound=Select[Any])


def placed(statement: SelectT, table: type[PublicRow]) -> SelectT:
    """Keep the rows of `table` whose entry has a place: what pages may show."""
    return statement.join(EntryRow, EntryRow.id == table.entry_id).where(EntryRow.seq.is_not(None))


@dataclass(frozen=True)
class Place:
    """Where a fact stands in the log, for links and receipts."""

    seq: int
    logged: int
    """Unix milliseconds."""


def place(session: Session, entry_id: int) -> Place | None:
    """The place of an entry, or None while it has none."""
    row = session.execute(select(EntryRow.seq, EntryRow.logged).where(EntryRow.id == entry_id)).one_or_none()
    return None if row is None or row.seq is None or row.logged is None else Place(row.seq, row.logged)


# Places and times rise together, so halving finds the place, and no index need be kept of the times.
_FIRST_LOGGED = text(
    "WITH RECURSIVE span (low, high) AS ("
    "SELECT CAST(0 AS bigint), CAST(:size AS bigint) UNION ALL "
    "SELECT CASE WHEN entries.logged < :moment THEN (low + high) / 2 + 1 ELSE low END, "
    "CASE WHEN entries.logged < :moment THEN high ELSE (low + high) / 2 END "
    "FROM span JOIN entries ON entries.seq = (low + high) / 2 WHERE low < high) "
    "SELECT low FROM span WHERE low = high"
)


def first_logged(session: Session, moment: int, size: int) -> int:
    """The place of the first entry logged at or after a moment, Unix milliseconds, of the first `size`; else `size`."""
    found: int = session.execute(_FIRST_LOGGED, {"moment": moment, "size": size}).scalar_one()
    return found


def entry_data(session: Session, seq: int, size: int) -> bytes:
    """The bytes of an entry of the tree of `size` entries, re-hashed. Raises NoSuchEntry, StoredEntryAltered."""
    row = session.scalar(select(EntryRow).where(EntryRow.seq == seq)) if 0 <= seq < size else None
    if row is None:
        raise NoSuchEntry(seq=seq)
    return entry_bytes(row)


def entries_data(session: Session, start: int, end: int) -> list[tuple[int, bytes]]:
    """(seq, bytes) of the entries start..end-1, re-hashed."""
    rows = session.scalars(select(EntryRow).where(EntryRow.seq >= start, EntryRow.seq < end).order_by(EntryRow.seq))
    return [(row.seq, entry_bytes(row)) for row in rows if row.seq is not None]


def entries(
    session: Session,
    size: int,
    *,
    kind: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Published entries, newest first; with `after` (a seq) the oldest that follow it, in order.

    subject: the whole subject, or its beginning where that ends in `/` or `:` (all attempts of a draw, all agencies).
    """
    statement = select(EntryRow).where(EntryRow.seq < size)
    if kind is not None:
        statement = statement.where(EntryRow.kind == kind)
    if subject is not None and subject.endswith(("/", ":")):
        statement = statement.where(EntryRow.subject.startswith(subject, autoescape=True))
    elif subject is not None:
        statement = statement.where(EntryRow.subject == subject)
    if before is not None:
        statement = statement.where(EntryRow.seq < before)
    if after is not None:
        statement = statement.where(EntryRow.seq > after)
    order = EntryRow.seq.desc() if after is None else EntryRow.seq.asc()
    return [parse(entry_bytes(row)) for row in session.scalars(statement.order_by(order).limit(limit))]


def kinds(session: Session, size: int) -> list[tuple[str, int]]:
    """Every kind in the published log with the number of its entries."""
    rows = session.execute(
        select(EntryRow.kind, func.count()).where(EntryRow.seq < size).group_by(EntryRow.kind).order_by(EntryRow.kind)
    )
    return [(kind, count) for kind, count in rows]


def waiting(session: Session) -> int:
    """How many committed entries have no place yet."""
    return session.scalar(select(func.count()).where(EntryRow.seq.is_(None))) or 0


_SIZE_AND_ANY_WAITS = select(
    TreeHeadRow.__table__.c.size,
    select(EntryRow.__table__.c.id).where(EntryRow.__table__.c.seq.is_(None)).exists(),
)


def size_and_any_waits(connection: Connection) -> tuple[int, bool]:
    """How many entries have their place, and whether a committed one has none yet."""
    size, any_waits = connection.execute(_SIZE_AND_ANY_WAITS).one()
    return size, bool(any_waits)


def body(session: Session, entry_id: int) -> dict[str, Any]:
    """The body of any entry, placed or not."""
    data = session.scalars(select(EntryRow.body).where(EntryRow.id == entry_id)).one()
    found: dict[str, Any] = orjson.loads(data)
    return found


def receipt(session: Session, folder: Folder, seq: int, size: int) -> bytes:
    """The `.tlog-proof` file of an entry, on a checkpoint up to the published one (of `size` entries).

    It is the first that holds the entry and has a quorum of the witnesses in force for it; while there is none, no
    checkpoint proves more than the newest. Raises NoSuchEntry, TileMissing.
    """
    best = cosigned.first_by_quorum(session, seq, size) or size
    note = cosigned.cosigned_note(session, best)
    if note is None or not 0 <= seq < size:
        raise NoSuchEntry(seq=seq)
    return bytes(Proof(seq, tuple(merkle.inclusion_proof(tile_reader(folder), seq, best)), note))


def tile_reader(folder: Folder) -> merkle.TileReader:
    """Reads published tiles; where a partial one has been superseded, its hashes are the first of the full one."""

    def read(level: int, index: int, width: int) -> bytes:
        for path in (tiles.tile_path(level, index, width), tiles.tile_path(level, index)):
            data = folder.read(path)
            if data is not None:
                return data
        raise TileMissing(path=tiles.tile_path(level, index, width))

    return read


def checkpoints(session: Session, size: int) -> Iterator[bytes]:
    """Every checkpoint signed up to `size`, as published, oldest first."""
    yield from session.scalars(
        select(CheckpointRow.note).where(CheckpointRow.size <= size).order_by(CheckpointRow.size)
    )


def newest(session: Session, table: type[PublicT], *where: Any, public: bool = False) -> PublicT | None:
    """The newest row of `table` that meets the conditions: of all for rules, of the placed ones for pages."""
    return next(iter(history(session, table, *where, public=public, limit=1)), None)


def history(
    session: Session, table: type[PublicT], *where: Any, public: bool = False, limit: int | None = None
) -> Sequence[PublicT]:
    """Rows of `table` that meet the conditions, newest first."""
    statement = select(table).where(*where)
    if public:
        statement = placed(statement, table).order_by(EntryRow.seq.desc())
    else:
        statement = statement.order_by(table.entry_id.desc())
    return session.scalars(statement.limit(limit)).all()


def step_of(row: EntryRow) -> Step[Any]:
    """What a fold takes of a row."""
    return Step(
        entry_id=row.id,
        event=KINDS[row.kind].of(orjson.loads(row.body)),
        actor=row.actor,
        at=row.at,
        seq=row.seq,
        logged=row.logged,
        files=() if row.files == b"[]" else tuple(File(**file) for file in orjson.loads(row.files)),
    )
