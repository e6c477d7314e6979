"""Finds the heading in the first rows of a table, and reads the rows under it by the names of their columns."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from audit.errors import Refusal
from registry.names import name_key
from registry.sheets.csv_table import Line
from registry.sheets.limits import HEADER_WITHIN


class BadHeading(Refusal):
    code = "registry.bad-heading"
    zh = "表头不正确：{why_zh}"
    en = "the heading is not right: {why_en}"


@dataclass(frozen=True)
class Row:
    """One row of a table. `cells` has every known column of the file, by its member; "" where the cell is empty."""

    number: int
    """As spreadsheet programs count: from 1, heading included."""
    cells: dict[str, str]


@dataclass(frozen=True)
class Layout:
    """What columns a table may have."""

    columns: dict[str, tuple[str, ...]]
    """Each column by its member and the headings it is known under; the first is the one to use."""
    required: tuple[str, ...]
    _member_of: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        found = {_key(heading): member for member, names in self.columns.items() for heading in names}
        object.__setattr__(self, "_member_of", found)

    def heading(self, member: str) -> str:
        return self.columns[member][0]

    def members(self, cells: list[str]) -> list[str | None]:
        """Which column each cell of a heading stands for. A star at its end says that it must be filled in."""
        return [self._member_of.get(_key(cell.rstrip("*＊"))) for cell in cells]


def _key(heading: str) -> str:
    return name_key(heading).casefold()


@dataclass(frozen=True)
class Table:
    layout: Layout
    rows: Iterator[Row]
    """Those that hold something, read as they are asked for."""
    ignored: tuple[str, ...]
    """Headings that stand for nothing here."""


def under_heading(lines: Iterator[Line], *layouts: Layout) -> Table:
    """The table under the first row that is the heading of one of the layouts.

    Raises BadHeading, which says what the nearest of them lacks, and whatever reading the lines raises.
    """
    filled = ((number, cells) for number, cells in lines if any(cells))
    missing = [list(layout.required) for layout in layouts]
    for _, cells in islice(filled, HEADER_WITHIN):
        for place, layout in enumerate(layouts):
            members = layout.members(cells)
            lacks = [member for member in layout.required if member not in members]
            if not lacks:
                _check_single(members, layout)
                columns = {member: column for column, member in enumerate(members) if member is not None}
                ignored = tuple(cell for cell, member in zip(cells, members, strict=True) if cell and member is None)
                return Table(layout, _rows(filled, columns), ignored)
            missing[place] = min(missing[place], lacks, key=len)
    nearest, lacks = min(zip(layouts, missing, strict=True), key=lambda one: len(one[1]) / len(one[0].required))
    names = "、".join(map(nearest.heading, lacks))
    raise BadHeading(
        why_zh=f"前 {HEADER_WITHIN} 行中没有同时含各必填列的一行，缺：{names}",
        why_en=f"none of the first {HEADER_WITHIN} rows has all required columns; missing: {names}",
    )


def _check_single(members: list[str | None], layout: Layout) -> None:
    twice = [member for member in layout.columns if members.count(member) > 1]
    if twice:
        names = "、".join(map(layout.heading, twice))
        raise BadHeading(why_zh=f"列重复：{names}", why_en=f"columns that come twice: {names}")


def _rows(filled: Iterator[Line], columns: dict[str, int]) -> Iterator[Row]:
    for number, cells in filled:
        row = {member: cells[column] if column < len(cells) else "" for member, column in columns.items()}
        if any(row.values()):
            yield Row(number, row)
