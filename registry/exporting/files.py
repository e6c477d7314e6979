"""Writes tables as CSV and XLSX files row by row, in a bounded memory.

CSV: UTF-8 with a byte order mark, which Excel asks for, and CRLF (RFC 4180). A text that a spreadsheet program would
compute or split, because of how it begins, gets an apostrophe before it; no other cell is touched. XLSX needs none: its
cells say themselves that they are text, codes among them, and numbers are numbers.
"""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import BinaryIO, Literal

from registry.exporting.scope import Cell, Line, Scope
from registry.exporting.tables import Table
from registry.sheets import FileTooLarge

Format = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_HARMFUL = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MAX_ROWS = 1_048_576
_WIDEST = 60
"""Characters of a column on the screen."""


def write_csv(file: BinaryIO, table: Table, scope: Scope) -> None:
    write_lines(file, table.columns, table.lines(scope))


def write_lines(file: BinaryIO, columns: Sequence[str], lines: Iterable[Line]) -> None:
    """A CSV file by its heading and its rows."""
    text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    text.detach()


def harmless(cell: Cell) -> Cell:
    """A cell of a CSV file that is computed by nobody."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_HARMFUL) else cell


def write_xlsx(file: BinaryIO, tables: Sequence[Table], scope: Scope) -> None:
    """A workbook with a sheet for each table. Raises FileTooLarge where a sheet cannot hold so many rows."""
    write_sheets(file, [(table.title, table.columns, table.lines(scope)) for table in tables])


def write_sheets(
    file: BinaryIO, sheets: Sequence[tuple[str, Sequence[str], Iterable[Line]]], *, to_fill_in: bool = False
) -> None:
    """Each sheet by its title, its heading and its rows.

    to_fill_in: whatever is typed in stays text, since spreadsheet programs keep but 15 digits of a long number.
    """
    import xlsxwriter  # type: ignore[import-untyped] # it ships no types; only who writes a workbook waits for it

    with (
        tempfile.TemporaryDirectory(prefix="mingtang-") as folder,
        xlsxwriter.Workbook(file, {"constant_memory": True, "tmpdir": folder}) as workbook,
    ):
        bold = workbook.add_format({"bold": True})
        text = workbook.add_format({"num_format": "@"}) if to_fill_in else None
        for title, columns, lines in sheets:
            sheet = workbook.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for column, heading in enumerate(columns):
                sheet.set_column(column, column, min(_WIDEST, 4 + 2 * len(heading)), text)
            for column, heading in enumerate(columns):
                sheet.write_string(0, column, heading, bold)
            for row, line in enumerate(lines, 1):
                if row >= _MAX_ROWS:
                    raise FileTooLarge(what_zh="工作表行数", what_en="rows of a sheet", limit=_MAX_ROWS)
                for column, cell in enumerate(line):
                    if isinstance(cell, int | Decimal):
                        sheet.write_number(row, column, cell)
                    elif cell:
                        sheet.write_string(row, column, cell, text)
