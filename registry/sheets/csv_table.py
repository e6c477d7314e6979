"""Reads a CSV file line by line, in the encodings that Chinese Excel writes."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from registry.sheets.limits import MAX_CELL, MAX_COLUMNS, BadFile, FileTooLarge, Limits, check_column, check_length

Line = tuple[int, list[str]]
"""A row's number, from 1 as spreadsheet programs count, and its cells."""

BLANKS = " \u3000\t\r\n"
_MAX_LINE = 4 * MAX_COLUMNS * MAX_CELL
"""Characters; a line of right cells is shorter by far."""
_CHUNK = 1 << 20


def csv_lines(file: BinaryIO, name: str, limits: Limits) -> Iterator[Line]:
    """Every line; the file is closed when they are no longer wanted. Raises BadFile, FileTooLarge."""
    encoding = _encoding(file, name)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    reader = csv.reader(_bounded(text), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            limits.check_row(number)
            line = [cell.strip(BLANKS) for cell in cells]
            check_length(max(map(len, line), default=0))
            if any(line[MAX_COLUMNS:]):
                check_column(len(line))
            yield number, line[:MAX_COLUMNS]
    except csv.Error as fault:
        line_number = reader.line_num
        raise BadFile(
            name=name, why_zh=f"第 {line_number} 行不是合格的 CSV", why_en=f"line {line_number} is not CSV: {fault}"
        ) from None


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    while line := text.readline(_MAX_LINE + 1):
        if len(line) > _MAX_LINE:
            raise FileTooLarge(what_zh="每行字数", what_en="characters in a line", limit=_MAX_LINE)
        yield line


def _encoding(file: BinaryIO, name: str) -> str:
    """UTF-8, with or without a byte order mark, or what Chinese Excel writes: GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        file.seek(0)
        text = io.TextIOWrapper(file, encoding, newline="")
        try:
            if all("\0" not in piece for piece in iter(lambda: text.read(_CHUNK), "")):  # noqa: B023 - read at once
                return encoding  # UTF-16 passes as GB 18030 now and then
        except UnicodeDecodeError:
            continue
        finally:
            text.detach()
    raise BadFile(name=name, why_zh="文字编码须为 UTF-8 或 GB 18030", why_en="its text is neither UTF-8 nor GB 18030")
