"""The rows behind what the index found: which of them count, and what is shown of them.

An entry's body is long, so entries are read only where it is not known without them: of those about to be shown, where
days are asked for, and at the very end of the log, where a row may not be published yet.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

# What both databases say alike; AMONG stands for what they do not.
_SETTLED = """
    SELECT i.entry_id, i.trade, i.notice_kind, i.region, i.tenderer, i.amount_fen
    FROM notice_index AS i WHERE i.entry_id AMONG AND NOT CORRECTED ORDER BY i.entry_id DESC"""
_PLACED = """
    SELECT i.entry_id, i.trade, i.notice_kind, i.region, i.tenderer, i.amount_fen, e.logged
    FROM notice_index AS i JOIN entries AS e ON e.id = i.entry_id
    WHERE i.entry_id AMONG AND e.seq < :size AND NOT CORRECTED ORDER BY i.entry_id DESC"""
# `version > 1` is what the small index of corrections says of its rows.
_CORRECTED = """EXISTS (
    SELECT 1 FROM notice_index AS later BY_INDEX JOIN entries AS said ON said.id = later.entry_id
    WHERE later.notice = i.notice AND later.version = i.version + 1 AND later.version > 1 AND said.seq < :size)"""
_SHOWN = """
    SELECT i.*, n.title, n.text, n.lot, n.valid_until, n.project, p.title AS project_title, p.tenderer_name,
        e.seq, e.logged
    FROM notice_index AS i JOIN entries AS e ON e.id = i.entry_id JOIN notices AS n ON n.entry_id = i.entry_id
    JOIN projects AS p ON p.code = n.project WHERE i.entry_id AMONG ORDER BY i.entry_id DESC"""
_WITHDRAWN = """
    SELECT w.notice, w.reason FROM notice_index AS i JOIN notice_withdrawals AS w ON w.notice = i.notice
    JOIN entries AS e ON e.id = w.entry_id WHERE i.entry_id AMONG AND e.seq < :size"""

_BY_INDEX = {"sqlite": "INDEXED BY ix_notice_index_corrections", "postgresql": ""}
"""SQLite would take the index of all versions, which is a hundred times as large."""
_AMONG = {"sqlite": "IN (SELECT value FROM json_each(:ids))", "postgresql": "= ANY(CAST(:ids AS bigint[]))"}
"""One of these row ids, which go to the database as one value and not as hundreds."""
_BRACKETS = {"sqlite": "[{}]", "postgresql": "{{{}}}"}
_FOR = {
    dialect: {
        statement: text(
            statement.replace("CORRECTED", _CORRECTED).replace("BY_INDEX", _BY_INDEX[dialect]).replace("AMONG", among)
        )
        for statement in (_SETTLED, _PLACED, _SHOWN, _WITHDRAWN)
    }
    for dialect, among in _AMONG.items()
}


def standing(
    session: Session, ids: Sequence[int], size: int, settled: int, since: int | None, until: int | None
) -> Sequence[Any]:
    """Of these entries, newest first, the newest versions published in the first `size` entries.

    settled: the row id below which all entries are among those. since, until: Unix seconds, the second not included.
    """
    if since is None and until is None:
        return _ask(session, _SETTLED if ids[0] < settled else _PLACED, ids, size)
    first = 0 if since is None else since * 1000
    end = float("inf") if until is None else until * 1000
    return [row for row in _ask(session, _PLACED, ids, size) if first <= row.logged < end]


def shown(session: Session, ids: Sequence[int], size: int) -> tuple[Sequence[Any], dict[str, str]]:
    """All that a list shows of these entries; and why notices among them were withdrawn."""
    rows = _ask(session, _SHOWN, ids, size)
    return rows, {row.notice: row.reason for row in _ask(session, _WITHDRAWN, ids, size)}


def _ask(session: Session, statement: str, ids: Sequence[int], size: int) -> Sequence[Any]:
    dialect = session.get_bind().dialect.name
    given = {"ids": _BRACKETS[dialect].format(",".join(map(str, ids))), "size": size}
    return session.execute(_FOR[dialect][statement], given).all()
