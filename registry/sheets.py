"""Reads a list of agencies from a CSV or XLSX file, which whoever sends it may have made to do harm.

Sizes are bounded before anything is unpacked or built: an XLSX file is unpacked by us part by part, measured, packed
again without compression, and only that copy is given to the library. What looks like a formula is text like any
other; of a formula the value that the spreadsheet program stored is read, and nothing is computed.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.parsers import expat

from python_calamine import CalamineWorkbook

from audit.errors import Refusal
from registry.names import name_key

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 64 * 1024 * 1024
MAX_PARTS = 200
MAX_ROWS = 20_000
MAX_COLUMNS = 32
MAX_CELL = 1_000
"""Characters."""
HEADER_WITHIN = 10
"""The heading stands in one of the first rows; above it there may be a title, often merged over the columns."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "code": ("统一社会信用代码", "社会信用代码", "信用代码", "code", "uscc"),
    "name": ("机构名称", "代理机构名称", "单位名称", "名称", "name"),
    "region": ("行政区划代码", "行政区划", "地区代码", "region"),
    "address": ("住所", "地址", "注册地址", "address"),
    "fields": ("业务范围", "业务类别", "fields"),
    "founded": ("成立日期", "成立时间", "founded"),
    "contact_name": ("联系人", "contact_name"),
    "contact_phone": ("联系电话", "电话", "contact_phone"),
}
"""Each column by its member and the headings it is known under; the first is the one to use."""
REQUIRED = ("code", "name", "region", "address", "fields")
_MEMBER_OF = {name_key(heading).casefold(): member for member, names in COLUMNS.items() for heading in names}

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_BLANKS = " \u3000\t\r\n"


class BadFile(Refusal):
    code = "registry.bad-file"
    zh = "无法读取文件“{name}”：{why_zh}"
    en = "the file {name!r} cannot be read: {why_en}"


class FileTooLarge(Refusal):
    code = "registry.file-too-large"
    zh = "文件超出上限：{what_zh} 最多 {limit}"
    en = "the file is above a limit: at most {limit} {what_en}"


class BadHeading(Refusal):
    code = "registry.bad-heading"
    zh = "表头不正确：{why_zh}"
    en = "the heading is not right: {why_en}"


@dataclass(frozen=True)
class Row:
    """One row of the list. `cells` has every known column of the file, by its member; "" where the cell is empty."""

    number: int
    """As spreadsheet programs count: from 1, heading included."""
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    rows: list[Row]
    ignored: tuple[str, ...]
    """Headings that stand for nothing here."""


def read_rows(data: bytes, name: str) -> Sheet:
    """The rows under the heading of a CSV file, or of the first sheet of an XLSX file; the content says which it is.

    name: as the sender calls the file, for messages only. Raises BadFile, FileTooLarge, BadHeading.
    """
    if len(data) > MAX_BYTES:
        raise FileTooLarge(what_zh="字节数", what_en="bytes", limit=MAX_BYTES)
    if data.startswith(_OLE):
        raise BadFile(name=name, why_zh="是旧版 .xls 或加密文件，请另存为 .xlsx", why_en="save it as a plain .xlsx")
    grid = _xlsx_grid(data, name) if data.startswith(_ZIP) else _csv_grid(data, name)
    lines = [(number, cells) for number, cells in enumerate(grid, 1) if any(cells)]
    if len(lines) > MAX_ROWS + HEADER_WITHIN:
        raise FileTooLarge(what_zh="行数", what_en="rows", limit=MAX_ROWS)
    place, columns, ignored = _heading(lines)
    rows = [
        Row(number, {member: cells[column] if column < len(cells) else "" for member, column in columns.items()})
        for number, cells in lines[place + 1 :]
    ]
    return Sheet([row for row in rows if any(row.cells.values())], ignored)


def _heading(lines: Sequence[tuple[int, list[str]]]) -> tuple[int, dict[str, int], tuple[str, ...]]:
    """Where among the lines the heading stands, each member's column, and the headings that are not known."""
    best: set[str] = set()
    for place, (_, cells) in enumerate(lines[:HEADER_WITHIN]):
        members = [_MEMBER_OF.get(name_key(cell.rstrip("*＊")).casefold()) for cell in cells]
        known = [member for member in members if member is not None]
        if set(REQUIRED) <= set(known):
            if len(set(known)) < len(known):
                twice = "、".join(sorted({COLUMNS[member][0] for member in known if known.count(member) > 1}))
                raise BadHeading(why_zh=f"列重复：{twice}", why_en=f"columns that come twice: {twice}")
            columns = {member: column for column, member in enumerate(members) if member is not None}
            return (
                place,
                columns,
                tuple(cell for cell, member in zip(cells, members, strict=True) if cell and not member),
            )
        best = max(best, set(known), key=len)
    missing = "、".join(COLUMNS[member][0] for member in REQUIRED if member not in best)
    raise BadHeading(
        why_zh=f"前 {HEADER_WITHIN} 行中没有同时含各必填列的一行，缺：{missing}",
        why_en=f"none of the first {HEADER_WITHIN} rows has all required columns; missing: {missing}",
    )


def _check_cell(cells: list[str]) -> list[str]:
    if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
        raise FileTooLarge(what_zh="列数", what_en="columns", limit=MAX_COLUMNS)
    if any(len(cell) > MAX_CELL for cell in cells):
        raise FileTooLarge(what_zh="单元格字数", what_en="characters in a cell", limit=MAX_CELL)
    return cells[:MAX_COLUMNS]


# CSV


def _csv_grid(data: bytes, name: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(_decoded(data, name), newline=""), strict=True)
    try:
        for cells in reader:
            yield _check_cell([cell.strip(_BLANKS) for cell in cells])
    except csv.Error as fault:
        line = reader.line_num
        raise BadFile(
            name=name, why_zh=f"第 {line} 行不是合格的 CSV", why_en=f"line {line} is not CSV: {fault}"
        ) from None


def _decoded(data: bytes, name: str) -> str:
    """UTF-8, with or without a byte order mark, or what Chinese Excel writes: GB 18030."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:  # UTF-16 passes as GB 18030 now and then
            return text
    raise BadFile(name=name, why_zh="文字编码须为 UTF-8 或 GB 18030", why_en="its text is neither UTF-8 nor GB 18030")


# XLSX


def _xlsx_grid(data: bytes, name: str) -> Iterator[list[str]]:
    copy = _measured_copy(data, name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(copy))
        grid = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Exception as fault:
        raise BadFile(name=name, why_zh="不是完好的 .xlsx 文件", why_en=f"not a sound .xlsx file ({fault})") from None
    except BaseException as fault:
        if type(fault).__module__ != "pyo3_runtime":  # the library panicked; anything else is not ours to catch
            raise
        raise BadFile(name=name, why_zh="不是完好的 .xlsx 文件", why_en="not a sound .xlsx file") from None
    for cells in grid:
        yield _check_cell([_text(cell) for cell in cells])


def _text(value: object) -> str:
    """A cell as text. Whole numbers lose their `.0`; one too large to be exact stays in a form that no check takes."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value).strip(_BLANKS)


def _measured_copy(data: bytes, name: str) -> bytes:
    """The same workbook in an archive that we wrote, so that no size in it lies; only parts in XML, all measured."""
    copy = io.BytesIO()
    left = MAX_UNPACKED
    seen: set[str] = set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as clean:
            if len(archive.infolist()) > MAX_PARTS:
                raise FileTooLarge(what_zh="压缩包内文件数", what_en="parts", limit=MAX_PARTS)
            for part in archive.infolist():
                if not part.filename.lower().endswith((".xml", ".rels")) or part.filename.lower() in seen:
                    continue
                seen.add(part.filename.lower())
                with archive.open(part) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise FileTooLarge(what_zh="解压后字节数", what_en="bytes when unpacked", limit=MAX_UNPACKED)
                _Measure().read(content)
                clean.writestr(zipfile.ZipInfo(part.filename), content)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, RuntimeError) as fault:
        raise BadFile(
            name=name, why_zh="压缩包损坏、加密或内容不合格式", why_en=f"a broken archive ({fault})"
        ) from None
    if "xl/workbook.xml" not in seen:
        raise BadFile(name=name, why_zh="不是 .xlsx 工作簿", why_en="not an .xlsx workbook")
    return copy.getvalue()


class _Measure:
    """Refuses a part whose cells lie so far out, or whose strings are so long, that a small file fills the memory."""

    def __init__(self) -> None:
        self._rows = self._row_cells = self._length = 0
        self._counting = False

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(content, True)

    def _doctype(self, *_: object) -> None:
        raise ValueError("a document type has no place in a workbook")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            self._rows, self._row_cells = self._rows + 1, 0
            self._check_place(max(self._rows, _number(attributes.get("r", "0"))), 0)
        elif local == "c":
            self._row_cells += 1
            found = _REFERENCE.fullmatch(attributes.get("r", "A1"))
            if found is None:
                raise ValueError("a cell without a place")
            self._check_place(int(found[2]), max(self._row_cells, _column(found[1])))
        if local in ("c", "si"):
            self._length, self._counting = 0, True

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] in ("c", "si"):
            self._counting = False

    def _characters(self, text: str) -> None:
        if self._counting:
            self._length += len(text)
            if self._length > MAX_CELL:
                raise FileTooLarge(what_zh="单元格字数", what_en="characters in a cell", limit=MAX_CELL)

    def _check_place(self, row: int, column: int) -> None:
        if row > MAX_ROWS + HEADER_WITHIN:
            raise FileTooLarge(what_zh="行数（含空行）", what_en="rows, empty ones included", limit=MAX_ROWS)
        if column > MAX_COLUMNS:
            raise FileTooLarge(what_zh="列数（含空列）", what_en="columns, empty ones included", limit=MAX_COLUMNS)


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else MAX_ROWS * 2


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
