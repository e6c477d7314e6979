"""How much is traded: notices, projects and awards by what they are. The log only grows: what is new is counted."""

import threading
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from audit.tables import EntryRow
from trading.search import Tally, Wanted
from trading.search_tables import AwardRow, NoticeIndexRow
from trading.search_tokens import BANDS
from trading.tables import ProjectRow

NO_BAND = -1
"""Of a notice that states no amount."""
Cell = tuple[str, str, str, int]
"""Trade, kind of notice, region, band of amounts."""


@dataclass
class Market:
    """Kept for the life of the application; the first reader after a start counts everything once."""

    size: int = 0
    """Entries of the log that are counted."""
    notices: Counter[Cell] = field(default_factory=Counter)
    """Notices by the newest version of each."""
    months: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Notices by trade and the month of their first version, as 202511."""
    tenderers: Counter[str] = field(default_factory=Counter)
    """Notices by the tenderer's id."""
    projects: Counter[str] = field(default_factory=Counter)
    """Projects by trade."""
    awards: Counter[str] = field(default_factory=Counter)
    """Winners by trade, those of awards that were revoked later too."""
    awarded_fen: Counter[str] = field(default_factory=Counter)
    """What they won at, by trade."""
    winners: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Wins by code and name."""
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def upto(self, session: Session, size: int) -> "Market":
        """This, with the first `size` entries counted at least."""
        with self._counting:
            if size > self.size:
                self._count(session, self.size, size)
                self.size = size
        return self

    def count(self, trade: str) -> int:
        """Notices of a market."""
        return sum(count for cell, count in list(self.notices.items()) if cell[0] == trade)

    def tally(self, wanted: Wanted) -> Tally | None:
        """Exact counts of what `search` finds by trade, kind, region and band; None where more is asked."""
        simple = Wanted(trade=wanted.trade, kind=wanted.kind, region=wanted.region, band=wanted.band)
        if simple != wanted:
            return None
        facets: dict[str, Counter[str]] = {
            "trade": Counter(),
            "kind": Counter(),
            "region": Counter(),
            "band": Counter(),
        }
        total = 0
        for (trade, kind, region, band), count in list(self.notices.items()):
            if (
                count == 0
                or wanted.trade not in (None, trade)
                or wanted.kind not in (None, kind)
                or not region.startswith(wanted.region)
                or wanted.band not in (None, band)
            ):
                continue
            total += count
            facets["trade"][trade] += count
            facets["kind"][kind] += count
            facets["region"][region] += count
            if band != NO_BAND:
                facets["band"][str(band)] += count
        found = {name: sorted(counts.items(), key=lambda one: (-one[1], one[0])) for name, counts in facets.items()}
        most = self.tenderers.most_common(10) if wanted == Wanted() else []
        return Tally(total, True, found | {"band": sorted(facets["band"].items()), "tenderer": most})

    def _count(self, session: Session, start: int, end: int) -> None:
        new = (EntryRow.seq >= start, EntryRow.seq < end)
        self._count_notices(session, new)
        projects = (
            select(ProjectRow.trade, func.count())
            .join(EntryRow, EntryRow.id == ProjectRow.entry_id)
            .where(*new)
            .group_by(ProjectRow.trade)
        )
        for trade, count in session.execute(projects):
            self.projects[trade] += count
        awards = (
            select(ProjectRow.trade, AwardRow.bidder_code, AwardRow.bidder, func.count(), func.sum(AwardRow.price_fen))
            .join(EntryRow, EntryRow.id == AwardRow.entry_id)
            .join(ProjectRow, ProjectRow.code == AwardRow.project)
            .where(*new)
            .group_by(ProjectRow.trade, AwardRow.bidder_code, AwardRow.bidder)
        )
        for trade, code, name, count, fen in session.execute(awards):
            self.awards[trade] += count
            self.awarded_fen[trade] += int(fen)
            self.winners[code, name] += count

    def _count_notices(self, session: Session, new: tuple[ColumnElement[bool], ...]) -> None:
        row = NoticeIndexRow
        counted = (
            select(row.trade, row.notice_kind, row.region, _band(row.amount_fen), func.count())
            .join(EntryRow, EntryRow.id == row.entry_id)
            .where(*new)
        )
        for *cell, count in session.execute(counted.group_by(row.trade, row.notice_kind, row.region, "band")):
            self.notices[_cell(cell)] += count
        former = aliased(NoticeIndexRow)  # a correction counts in the place of the version before
        replaced = (
            select(former.trade, former.notice_kind, former.region, _band(former.amount_fen), func.count())
            .select_from(row)
            .join(EntryRow, EntryRow.id == row.entry_id)
            .join(former, (former.notice == row.notice) & (former.version == row.version - 1))
            .where(*new, row.version > 1)
        )
        for *cell, count in session.execute(replaced.group_by(former.trade, former.notice_kind, former.region, "band")):
            self.notices[_cell(cell)] -= count
        months = (
            select(row.trade, row.month, row.tenderer, func.count())
            .join(EntryRow, EntryRow.id == row.entry_id)
            .where(*new, row.version == 1)
            .group_by(row.trade, row.month, row.tenderer)
        )
        for trade, month, tenderer, count in session.execute(months):
            self.months[trade, month] += count
            self.tenderers[tenderer] += count


def _cell(values: list[object]) -> Cell:
    trade, kind, region, band = values
    assert isinstance(band, int)
    return str(trade), str(kind), str(region), band


def _band(amount: InstrumentedAttribute[int | None]) -> ColumnElement[int]:
    """The band of an amount, as `band_of` gives it, or NO_BAND."""
    steps = [(amount < bound, literal(band)) for band, bound in enumerate(BANDS)]
    return case((amount.is_(None), literal(NO_BAND)), *steps, else_=literal(len(BANDS))).label("band")
