"""Reads an XLSX workbook row by row in a bounded memory, though whoever sends it may have made it to do harm.

An XLSX file (ECMA-376) is a ZIP archive of XML parts:

    xl/workbook.xml                the sheets' names and the ids of their parts
    xl/_rels/workbook.xml.rels     which part each id is
    xl/styles.xml                  which cell formats show dates
    xl/sharedStrings.xml           texts, which cells name by their place: all of them wait in the scratch file
    xl/worksheets/sheet1.xml       rows of cells

Each part is unpacked piece by piece into expat, which counts as it goes, so nothing in the archive has to be believed;
a part that no sheet needs is never unpacked. What looks like a formula is text like any other; of a formula the value
that the spreadsheet program stored is read, and nothing is computed.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import BinaryIO
from xml.parsers import expat

from registry.sheets.csv_table import Line
from registry.sheets.limits import MAX_PARTS, BadFile, FileTooLarge, Limits
from registry.sheets.numbers import date_text, number_text
from registry.sheets.scratch import new_scratch
from registry.sheets.workbook_parts import Cells, Reader, Relations, Sheets, Strings, Styles, unescaped

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WORKBOOK = "xl/workbook.xml"
_CHUNK = 1 << 16
_STRINGS_AT_HAND = 4_096
_LONGEST_TAG = 1 << 20
"""Bytes. A tag must be whole before expat hands it over."""


class Workbook:
    """An open workbook. Its sheets can be read one after the other, each once or more."""

    def __init__(self, file: BinaryIO, name: str, limits: Limits) -> None:
        """name: as the sender calls the file, for messages only. Raises BadFile, FileTooLarge."""
        self._name, self._limits = name, limits
        self._scratch = new_scratch()
        self._scratch.execute("CREATE TABLE strings (place INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        with self._sound():
            self._archive = zipfile.ZipFile(file)
            self._parts = self._listed_parts()
            sheets = Sheets()
            if _WORKBOOK in self._parts:
                self._read(_WORKBOOK, sheets)
            if not sheets.ids:
                raise BadFile(name=name, why_zh="不是 .xlsx 工作簿", why_en="not an .xlsx workbook")
            related = Relations()
            self._read("xl/_rels/workbook.xml.rels", related)
            self._from_1904 = sheets.from_1904
            self._sheets = {title: related.parts[id_] for title, id_ in sheets.ids.items()}
            styles = Styles()
            if related.styles in self._parts:
                self._read(related.styles, styles)
            self._dates = styles.dates
            self._strings_part = related.strings if related.strings in self._parts else None
        self._string = lru_cache(_STRINGS_AT_HAND)(self._stored_string)

    @property
    def titles(self) -> list[str]:
        """The sheets' names, in their order."""
        return list(self._sheets)

    def lines(self, title: str) -> Iterator[Line]:
        """The rows of a sheet that it names, empty ones too. Raises BadFile, FileTooLarge."""
        with self._sound():
            self._read_strings()
            cells = Cells(self._text_of, self._limits)
            for _ in self._pieces(self._sheets[title], cells):
                yield from cells.taken()

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """What any library says of a broken file becomes a refusal."""
        try:
            yield
        except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError) as fault:
            raise self._broken(fault) from None
        except (ValueError, LookupError, RuntimeError, OverflowError) as fault:  # NotImplementedError is one
            raise self._broken(fault) from None

    def _broken(self, fault: Exception) -> BadFile:
        why_zh = "压缩包损坏、加密或内容不合格式"
        return BadFile(name=self._name, why_zh=why_zh, why_en=f"not a sound .xlsx file ({fault})")

    def _listed_parts(self) -> dict[str, zipfile.ZipInfo]:
        if len(self._archive.infolist()) > MAX_PARTS:
            raise FileTooLarge(what_zh="压缩包内文件数", what_en="parts", limit=MAX_PARTS)
        parts: dict[str, zipfile.ZipInfo] = {}
        for part in self._archive.infolist():
            parts.setdefault(part.filename.lower(), part)
        return parts

    def _read(self, part: str, reader: "Reader") -> None:
        for _ in self._pieces(part, reader):
            pass

    def _pieces(self, part: str, reader: "Reader") -> Iterator[None]:
        """Feed a part to its reader, stopping after each piece."""
        parser, read = reader.parser(), 0
        with self._archive.open(self._parts[part]) as stream:
            while piece := stream.read(_CHUNK):
                read += len(piece)
                if read > self._limits.unpacked:
                    limit = self._limits.unpacked
                    raise FileTooLarge(what_zh="解压后字节数", what_en="bytes when unpacked", limit=limit)
                parser.Parse(piece)
                if read - max(parser.CurrentByteIndex, 0) > _LONGEST_TAG + _CHUNK:
                    raise ValueError("a tag without an end")
                yield
        parser.Parse(b"", True)
        yield

    def _read_strings(self) -> None:
        """Once, and only when a sheet is read: whoever just asks for the titles need not wait."""
        part, self._strings_part = self._strings_part, None
        if part is None:
            return
        strings, place = Strings(), 0
        for _ in self._pieces(part, strings):
            found = strings.taken()
            self._scratch.executemany("INSERT INTO strings VALUES (?, ?)", enumerate(found, place))
            place += len(found)

    def _stored_string(self, place: int) -> str:
        row = self._scratch.execute("SELECT text FROM strings WHERE place = ?", (place,)).fetchone()
        if row is None:
            raise ValueError("a text that the workbook does not hold")
        return str(row[0])

    def _text_of(self, kind: str, style: str, raw: str) -> str:
        """A cell's value as text. kind, style: its attributes `t` and `s`."""
        if kind == "s":
            return self._string(int(raw))
        if kind in ("inlineStr", "str"):
            return unescaped(raw)
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind == "n" and raw:
            is_date = int(style) in self._dates
            return date_text(raw, self._from_1904) if is_date else number_text(raw)
        return raw.removesuffix("T00:00:00")
