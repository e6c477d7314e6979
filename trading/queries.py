"""What trading answers: to rules the newest of all, to pages (`placed`) only what has its place in the log."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any, cast

import orjson
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from audit.entry import File
from audit.queries import Place
from audit.tables import EntryRow, PublicRow
from trading.events import Field, NoticeKind, ProjectLot, Term, Trade
from trading.model import AMOUNTS, Content, Engagement, Issuer, Notice, Platform, Project, TransactionCode
from trading.search_index import matching
from trading.search_tokens import of_project, tenderer_token, trade_token
from trading.tables import (
    EngagementRow,
    NoticeChangeRow,
    NoticeFileRow,
    NoticeRow,
    NoticeWithdrawalRow,
    PlatformRow,
    ProjectChangeRow,
    ProjectLotRow,
    ProjectRow,
    TransactionCodeRow,
)
from trading.words import phrases

# Projects


def project(session: Session, code: str, placed: bool = False) -> Project | None:
    return next(iter(_projects(session, _with_place(ProjectRow, placed).where(ProjectRow.code == code), placed)), None)


def projects(
    session: Session,
    *,
    text: str = "",
    trade: Trade | None = None,
    tenderer: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Project]:
    """Projects that the log shows, newest first.

    text: words of code or title, found as in notices. tenderer: an organisation's id. before: the `seq` of the last one
    of the page before.
    """
    end = None if before is None else session.scalar(select(EntryRow.id).where(EntryRow.seq == before))
    if text.strip():
        return _with_words(session, text, trade, tenderer, end, limit)
    statement = _with_place(ProjectRow, True)
    if trade is not None:
        statement = statement.where(ProjectRow.trade == trade)
    if tenderer is not None:
        statement = statement.where(ProjectRow.tenderer == tenderer)
    if end is not None:
        statement = statement.where(ProjectRow.entry_id < end)
    return _projects(session, statement.order_by(ProjectRow.entry_id.desc()).limit(limit), True)


def _with_words(
    session: Session, text: str, trade: Trade | None, tenderer: str | None, end: int | None, limit: int
) -> list[Project]:
    typed = phrases(text)
    if not typed:
        return []
    marks = [] if trade is None else [(trade_token(trade),)]
    marks += [] if tenderer is None else [(tenderer_token(tenderer),)]
    every = [(tuple(map(of_project, phrase)),) for phrase in (*marks, *typed)]
    if end is None:
        end = (session.scalar(select(func.max(ProjectRow.entry_id))) or 0) + 1
    ids: list[int] = []
    for some, _ in matching(session, every, 0, end, limit):
        ids += _placed(session, some[: limit - len(ids)])
        if len(ids) == limit:
            break
    rows = _with_place(ProjectRow, True).where(ProjectRow.entry_id.in_(ids)).order_by(ProjectRow.entry_id.desc())
    return _projects(session, rows, True) if ids else []


def _placed(session: Session, ids: Sequence[int]) -> Sequence[int]:
    """Those of these entries that the log shows, the newest first."""
    if not ids:
        return []
    placed = select(EntryRow.id).where(EntryRow.id.in_(ids), EntryRow.seq.is_not(None))
    return session.scalars(placed.order_by(EntryRow.id.desc())).all()


def _projects(session: Session, statement: Select[Any], placed: bool) -> list[Project]:
    found = session.execute(statement.add_columns(EntryRow.body)).all()
    lots: dict[int, list[ProjectLot]] = {}
    for row in _of_entries(session, ProjectLotRow, [row.entry_id for row, *_ in found]):
        lots.setdefault(row.entry_id, []).append(
            ProjectLot(lot=row.lot, title=row.title, estimate_fen=row.estimate_fen)
        )
    projects = [
        Project(
            code=row.code,
            trade=cast(Trade, row.trade),
            class_code=row.class_code,
            title=row.title,
            tenderer=row.tenderer,
            tenderer_name=row.tenderer_name,
            legal_basis=row.legal_basis,
            approval=row.approval,
            funding=row.funding,
            estimate_fen=row.estimate_fen,
            region=row.region,
            lots=tuple(lots.get(row.entry_id, ())),
            place=_place(seq, logged),
            category=orjson.loads(body).get("category"),
        )
        for row, seq, logged, body in found
    ]
    return _amended(session, projects, placed)


def _amended(session: Session, projects: Sequence[Project], placed: bool) -> list[Project]:
    """Projects as they were amended since."""
    if not projects:
        return []
    changed: dict[str, dict[str, Any]] = {}
    for row, *_ in session.execute(_amendments(placed), {"codes": sorted({one.code for one in projects})}):
        value = int(row.new) if row.new and row.field in AMOUNTS else row.new or None
        changed.setdefault(row.project, {})[row.field] = value
    return [replace(one, **changed.get(one.code, {})) for one in projects]


@cache
def _amendments(placed: bool) -> Select[Any]:
    those = ProjectChangeRow.project.in_(bindparam("codes", expanding=True))
    return _with_place(ProjectChangeRow, placed).where(those).order_by(ProjectChangeRow.entry_id)


def transaction_codes(session: Session, code: str, placed: bool = False) -> list[TransactionCode]:
    """Codes of a project and its lots, oldest first."""
    statement = _with_place(TransactionCodeRow, placed).where(TransactionCodeRow.project == code)
    found = session.execute(statement.order_by(TransactionCodeRow.entry_id))
    return [
        TransactionCode(row.project, row.lot, cast(Issuer, row.issuer), row.code, _place(seq, logged))
        for row, seq, logged in found
    ]


def platform(session: Session, code: str, placed: bool = False) -> Platform | None:
    """Which platform carries a project."""
    statement = _with_place(PlatformRow, placed).where(PlatformRow.project == code)
    found = session.execute(statement).one_or_none()
    if found is None:
        return None
    row, seq, logged = found
    return Platform(row.project, row.platform, date.fromisoformat(row.day), row.serial, _place(seq, logged))


def last_serial(session: Session, platform: str, day: date) -> int:
    """The highest number given on a platform on a day; 0: none yet."""
    statement = select(func.max(PlatformRow.serial)).where(
        PlatformRow.platform == platform, PlatformRow.day == day.isoformat()
    )
    return session.scalar(statement) or 0


# Notices


def notice(session: Session, notice_id: str, placed: bool = False) -> Notice | None:
    """The newest version of a notice."""
    return next(iter(notice_versions(session, notice_id, placed)), None)


def notice_versions(session: Session, notice_id: str, placed: bool = False) -> list[Notice]:
    """Every version of a notice, newest first: nothing that was published vanishes."""
    statement = _with_place(NoticeRow, placed).where(NoticeRow.notice == notice_id)
    return _notices(session, statement.order_by(NoticeRow.version.desc()), placed)


def notices(session: Session, project_code: str, placed: bool = False) -> list[Notice]:
    """The newest version of each notice of a project, withdrawn ones too, in the order of first publication."""
    statement = _with_place(NoticeRow, placed).where(NoticeRow.project == project_code).order_by(NoticeRow.entry_id)
    return list({version.id: version for version in _notices(session, statement, placed)}.values())


def newest_notices(
    session: Session, *, text: str = "", kind: NoticeKind | None = None, before: int | None = None, limit: int = 50
) -> list[Notice]:
    """Versions of notices that the log shows, newest first, corrected and withdrawn ones too, as a feed has them.

    text: part of the title. before: the `seq` of the last one of the page before.
    """
    statement = _with_place(NoticeRow, True)
    if text:
        statement = statement.where(NoticeRow.title.contains(text, autoescape=True))
    if kind is not None:
        statement = statement.where(NoticeRow.notice_kind == kind)
    if before is not None:
        statement = statement.where(EntryRow.seq < before)
    return _notices(session, statement.order_by(EntryRow.seq.desc()).limit(limit), True)


def _notices(session: Session, statement: Select[Any], placed: bool) -> list[Notice]:
    found = session.execute(statement.add_columns(EntryRow.body)).all()
    entry_ids = [row.entry_id for row, *_ in found]
    files: dict[int, list[File]] = {}
    for file in _of_entries(session, NoticeFileRow, entry_ids):
        files.setdefault(file.entry_id, []).append(File(file.name, file.media_type, file.size, file.sha256))
    changed: dict[int, list[str]] = {}
    for change in _of_entries(session, NoticeChangeRow, entry_ids):
        changed.setdefault(change.entry_id, []).append(change.field)
    withdrawals = _with_place(NoticeWithdrawalRow, placed).where(
        NoticeWithdrawalRow.notice.in_({row.notice for row, *_ in found})
    )
    withdrawn = {row.notice: row.reason for row, *_ in session.execute(withdrawals)}
    return [
        _notice(
            row,
            orjson.loads(body),
            files.get(row.entry_id, ()),
            changed.get(row.entry_id, ()),
            withdrawn,
            _place(seq, logged),
        )
        for row, seq, logged, body in found
    ]


def _notice(
    row: NoticeRow,
    body: dict[str, Any],
    files: Iterable[File],
    changed: Iterable[str],
    withdrawn: dict[str, str],
    place: Place | None,
) -> Notice:
    return Notice(
        id=row.notice,
        version=row.version,
        project=row.project,
        lot=row.lot,
        round=row.round,
        kind=cast(NoticeKind, row.notice_kind),
        predecessor=row.predecessor,
        content=Content(
            row.title,
            tuple(row.text.split("\n")),
            row.valid_from,
            row.valid_until,
            tuple(row.media.split("\n")) if row.media else (),
            tuple(Term.model_validate(term) for term in body.get("terms", ())),
        ),
        files=tuple(files),
        changed=cast(tuple[Field, ...], tuple(changed)),
        reason=row.reason,
        place=place,
        withdrawn=withdrawn.get(row.notice),
        method=body.get("method"),
        rules=tuple(body.get("rules", ())),
    )


# Engagements


def engagements(
    session: Session,
    *,
    project_code: str | None = None,
    draw_id: str | None = None,
    agent: str | None = None,
    placed: bool = False,
) -> list[Engagement]:
    """Commission contracts of a project, under a draw or with an agency (its code), oldest first."""
    statement = _with_place(EngagementRow, placed).order_by(EngagementRow.entry_id)
    if project_code is not None:
        statement = statement.where(EngagementRow.project == project_code)
    if draw_id is not None:
        statement = statement.where(EngagementRow.draw_id == draw_id)
    if agent is not None:
        statement = statement.where(EngagementRow.agent == agent)
    return [
        Engagement(row.project, row.draw_id, row.attempt, row.agent, row.contract_number, _place(seq, logged))
        for row, seq, logged in session.execute(statement)
    ]


# How rows are found


@cache
def _with_place(table: type[PublicRow], placed: bool) -> Select[Any]:
    """Rows with `seq` and `logged` of their entries."""
    rows = select(table, EntryRow.seq, EntryRow.logged).join(EntryRow, EntryRow.id == table.entry_id)
    statement = cast(Select[Any], rows)
    return statement.where(EntryRow.seq.is_not(None)) if placed else statement


def _of_entries(session: Session, table: type[PublicRow], entry_ids: list[int]) -> Iterable[Any]:
    """The further rows that the same entries inserted, each entry's in its order."""
    return session.scalars(_all_of_entries(table), {"ids": entry_ids}) if entry_ids else ()


@cache
def _all_of_entries(table: type[PublicRow]) -> Select[Any]:
    those = table.entry_id.in_(bindparam("ids", expanding=True))
    return select(table).where(those).order_by(*table.__table__.primary_key)


def _place(seq: int | None, logged: int | None) -> Place | None:
    return None if seq is None or logged is None else Place(seq, logged)
