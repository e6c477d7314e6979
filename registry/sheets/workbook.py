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

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from posixpath import normpath
from typing import BinaryIO
from xml.parsers import expat

from registry.sheets.csv_table import BLANKS, Line
from registry.sheets.limits import MAX_PARTS, BadFile, FileTooLarge, Limits, check_column, check_length
from registry.sheets.numbers import date_text, is_date_format, number_text
from registry.sheets.scratch import new_scratch

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_WORKBOOK = "xl/workbook.xml"
_CHUNK = 1 << 16
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile("[0-9]{1,9}")
_HUGE = 10**9
_STRINGS_AT_HAND = 4_096
_LONGEST_TAG = 1 << 20
"""Bytes. A tag must be whole before expat hands it over."""

_Attributes = dict[str, str]


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
            sheets = _Sheets()
            if _WORKBOOK in self._parts:
                self._read(_WORKBOOK, sheets)
            if not sheets.ids:
                raise BadFile(name=name, why_zh="不是 .xlsx 工作簿", why_en="not an .xlsx workbook")
            related = _Relations()
            self._read("xl/_rels/workbook.xml.rels", related)
            self._from_1904 = sheets.from_1904
            self._sheets = {title: related.parts[id_] for title, id_ in sheets.ids.items()}
            styles = _Styles()
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
            cells = _Cells(self._text_of, self._limits)
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

    def _read(self, part: str, reader: "_Reader") -> None:
        for _ in self._pieces(part, reader):
            pass

    def _pieces(self, part: str, reader: "_Reader") -> Iterator[None]:
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
        strings, place = _Strings(), 0
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
            return _unescaped(raw)
        if kind == "b":
            return "TRUE" if raw == "1" else "FALSE"
        if kind == "n" and raw:
            is_date = int(style) in self._dates
            return date_text(raw, self._from_1904) if is_date else number_text(raw)
        return raw.removesuffix("T00:00:00")


def _unescaped(text: str) -> str:
    """ECMA-376 §22.9.2.19: `_x000D_` stands for a character that XML cannot hold."""

    def character(found: re.Match[str]) -> str:
        number = int(found[1], 16)
        return found[0] if 0xD800 <= number < 0xE000 else chr(number)

    return _ESCAPE.sub(character, text)


class _Reader:
    """Takes one part's elements, by their names without prefix."""

    def start(self, element: str, attributes: _Attributes) -> None:
        """An element begins."""

    def end(self, element: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text, perhaps in pieces."""

    def parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = lambda name, attributes: self.start(name.rpartition(":")[2], attributes)
        parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        parser.CharacterDataHandler = self.text
        return parser

    @staticmethod
    def _doctype(*_: object) -> None:
        raise ValueError("a document type has no place in a workbook")


class _Sheets(_Reader):
    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        """Title to the id of its part."""
        self.from_1904 = False

    def start(self, element: str, attributes: _Attributes) -> None:
        if element == "sheet":
            (id_,) = [value for name, value in attributes.items() if name.endswith(":id")]
            self.ids[attributes["name"].strip()] = id_
        elif element == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")


class _Relations(_Reader):
    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.styles = self.strings = ""

    def start(self, element: str, attributes: _Attributes) -> None:
        if element != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes["Target"]
        part = (target[1:] if target.startswith("/") else normpath(f"xl/{target}")).lower()
        self.parts[attributes["Id"]] = part
        if attributes["Type"].endswith("/styles"):
            self.styles = part
        elif attributes["Type"].endswith("/sharedStrings"):
            self.strings = part


class _Styles(_Reader):
    def __init__(self) -> None:
        self.dates: set[int] = set()
        """The cell styles that show dates."""
        self._codes: dict[int, str] = {}
        self._within_cells, self._count = False, 0

    def start(self, element: str, attributes: _Attributes) -> None:
        if element == "numFmt":
            self._codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif element == "cellXfs":
            self._within_cells = True
        elif element == "xf" and self._within_cells:
            number = int(attributes.get("numFmtId", "0"))
            if is_date_format(number, self._codes.get(number)):
                self.dates.add(self._count)
            self._count += 1

    def end(self, element: str) -> None:
        if element == "cellXfs":
            self._within_cells = False


class _Texts(_Reader):
    """Gathers the text of one cell or string, which may be in runs; what is read aloud over a run is none of it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._reading = self._aside = False

    def begin(self) -> None:
        self._pieces, self._length = [], 0

    def gathered(self) -> str:
        return "".join(self._pieces)

    def start(self, element: str, attributes: _Attributes) -> None:
        if element in ("t", "v"):
            self._reading = not self._aside
        elif element == "rPh":
            self._aside = True

    def text(self, text: str) -> None:
        if self._reading:
            self._length += len(text)
            check_length(self._length)
            self._pieces.append(text)

    def end(self, element: str) -> None:
        if element in ("t", "v"):
            self._reading = False
        elif element == "rPh":
            self._aside = False


class _Strings(_Texts):
    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []

    def taken(self) -> list[str]:
        """The texts found since this was last asked."""
        found, self._found = self._found, []
        return found

    def start(self, element: str, attributes: _Attributes) -> None:
        super().start(element, attributes)
        if element == "si":
            self.begin()

    def end(self, element: str) -> None:
        super().end(element)
        if element == "si":
            self._found.append(_unescaped(self.gathered()))


class _Cells(_Texts):
    """A sheet's rows."""

    def __init__(self, text_of: Callable[[str, str, str], str], limits: Limits) -> None:
        """text_of: a cell's text by its attributes `t` and `s` and what it holds."""
        super().__init__()
        self._text_of, self._limits = text_of, limits
        self._found: list[Line] = []
        self._row = self._column = 0
        self._line: list[str] = []
        self._kind = self._style = ""

    def taken(self) -> list[Line]:
        """The rows found since this was last asked."""
        found, self._found = self._found, []
        return found

    def start(self, element: str, attributes: _Attributes) -> None:
        super().start(element, attributes)
        if element == "row":
            number = _whole(attributes["r"]) if "r" in attributes else self._row + 1
            self._limits.check_row(number)
            if number <= self._row:
                raise ValueError("rows out of their order")
            self._row, self._column, self._line = number, 0, []
        elif element == "c":
            self._column = self._place(attributes["r"]) if "r" in attributes else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self.begin()

    def end(self, element: str) -> None:
        super().end(element)
        if element == "c":
            self._add(self._text_of(self._kind, self._style, self.gathered()).strip(BLANKS))
        elif element == "row":
            self._found.append((self._row, self._line))

    def _place(self, reference: str) -> int:
        found = _REFERENCE.fullmatch(reference)
        if found is None or int(found[2]) != self._row:
            raise ValueError("a cell without a place in its row")
        column = 0
        for letter in found[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        if column <= self._column:
            raise ValueError("cells out of their order")
        return column

    def _add(self, text: str) -> None:
        """Only cells that hold something take room."""
        if text:
            check_column(self._column)
            self._line += [""] * (self._column - len(self._line) - 1)
            self._line.append(text)


def _whole(text: str) -> int:
    return int(text) if _NUMBER.fullmatch(text) else _HUGE
