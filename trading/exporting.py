"""Projects and notices as spreadsheets: what the log shows of them, one a row."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from audit.tables import EntryRow, PublicRow
from registry.exporting.files import write_lines, write_sheets
from registry.exporting.scope import Line, moment
from trading.events import NoticeKind, Trade
from trading.model import NOTICE_KINDS, TRADES
from trading.ocds.values import yuan
from trading.tables import NoticeRow, NoticeWithdrawalRow, ProjectLotRow, ProjectRow

AT_ONCE = 500
"""Rows in memory together."""


@dataclass(frozen=True)
class Wanted:
    """Which rows; None: all."""

    trade: Trade | None = None
    kind: NoticeKind | None = None
    """Of notices only."""
    since: int | None = None
    """Published at this moment or later, Unix milliseconds…"""
    until: int | None = None
    """…and before this one."""


@dataclass(frozen=True)
class Sheet:
    title: str
    columns: tuple[str, ...]
    lines: Callable[[Session, Wanted, str], Iterator[Line]]


def write(
    file: BinaryIO, form: Literal["csv", "xlsx"], sheet: Sheet, session: Session, wanted: Wanted, url: str
) -> None:
    """url: the site's own address, for links. Raises FileTooLarge where a workbook cannot hold so many rows."""
    lines = sheet.lines(session, wanted, url)
    if form == "csv":
        write_lines(file, sheet.columns, lines)
    else:
        write_sheets(file, [(sheet.title, sheet.columns, lines)])


def _projects(session: Session, wanted: Wanted, url: str) -> Iterator[Line]:
    lots = (
        select(func.count())
        .where(ProjectLotRow.entry_id == ProjectRow.entry_id)
        .correlate(ProjectRow)
        .scalar_subquery()
    )
    statement = _published(select(ProjectRow, EntryRow.seq, EntryRow.logged, lots), ProjectRow, wanted)
    for row, seq, logged, count in session.execute(statement):
        yield (
            row.code,
            TRADES[cast(Trade, row.trade)],
            row.title,
            row.tenderer_name,
            row.region,
            row.class_code,
            row.legal_basis,
            row.approval,
            row.funding,
            yuan(row.estimate_fen),
            count,
            moment(logged // 1000),
            f"{url}/projects/{row.code}",
            seq,
        )


def _notices(session: Session, wanted: Wanted, url: str) -> Iterator[Line]:
    withdrawn = (
        select(func.max(NoticeWithdrawalRow.reason))
        .join(EntryRow, EntryRow.id == NoticeWithdrawalRow.entry_id)
        .where(NoticeWithdrawalRow.notice == NoticeRow.notice, EntryRow.seq.is_not(None))
        .correlate(NoticeRow)
        .scalar_subquery()
    )
    statement = select(NoticeRow, EntryRow.seq, EntryRow.logged, ProjectRow.trade, ProjectRow.title, withdrawn)
    statement = statement.join(ProjectRow, ProjectRow.code == NoticeRow.project)
    if wanted.kind is not None:
        statement = statement.where(NoticeRow.notice_kind == wanted.kind)
    for row, seq, logged, trade, project, reason in session.execute(_published(statement, NoticeRow, wanted)):
        yield (
            row.notice,
            row.version,
            NOTICE_KINDS[cast(NoticeKind, row.notice_kind)],
            row.title,
            row.project,
            project,
            TRADES[cast(Trade, trade)],
            row.lot,
            row.round,
            moment(logged // 1000),
            moment(row.valid_from),
            moment(row.valid_until),
            row.reason,
            reason,
            f"{url}/notices/{row.notice}",
            seq,
        )


def _published(statement: Select[Any], table: type[PublicRow], wanted: Wanted) -> Select[Any]:
    statement = statement.join(EntryRow, EntryRow.id == table.entry_id).where(EntryRow.seq.is_not(None))
    if wanted.trade is not None:
        statement = statement.where(ProjectRow.trade == wanted.trade)
    if wanted.since is not None:
        statement = statement.where(EntryRow.logged >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(EntryRow.logged < wanted.until)
    return statement.order_by(table.entry_id).execution_options(yield_per=AT_ONCE)


PROJECTS = Sheet(
    "项目",
    (
        "项目编号",
        "交易类别",
        "项目名称",
        "招标人",
        "行政区划代码",
        "交易分类代码",
        "法律依据",
        "批准文号",
        "资金来源",
        "估算价（元）",
        "标段数",
        "登记时间",
        "网址",
        "日志序号",
    ),
    _projects,
)
NOTICES = Sheet(
    "公告",
    (
        "公告编号",
        "版本",
        "公告类型",
        "标题",
        "项目编号",
        "项目名称",
        "交易类别",
        "标段",
        "轮次",
        "发布时间",
        "有效期起",
        "有效期止",
        "更正原因",
        "撤回原因",
        "网址",
        "日志序号",
    ),
    _notices,
)
