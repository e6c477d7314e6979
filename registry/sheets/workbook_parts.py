"""What is read of each part of an XLSX workbook (ECMA-376), element by element."""

import re
from collections.abc import Callable
from posixpath import normpath
from xml.parsers import expat

from registry.sheets.csv_table import BLANKS, Line
from registry.sheets.limits import Limits, check_column, check_length
from registry.sheets.numbers import is_date_format

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile("[0-9]{1,9}")
_HUGE = 10**9

Attributes = dict[str, str]


def unescaped(text: str) -> str:
    """ECMA-376 §22.9.2.19: `_x000D_` stands for a character that XML cannot hold."""

    def character(found: re.Match[str]) -> str:
        number = int(found[1], 16)
        return found[0] if 0xD800 <= number < 0xE000 else chr(number)

    return _ESCAPE.sub(character, text)


class Reader:
    """Takes one part's elements, by their names without prefix."""

    def start(self, element: str, attributes: Attributes) -> None:
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


class Sheets(Reader):
    def __init__(self) -> None:
        self.ids: dict[str, str] = {}
        """Title to the id of its part."""
        self.from_1904 = False

    def start(self, element: str, attributes: Attributes) -> None:
        if element == "sheet":
            (id_,) = [value for name, value in attributes.items() if name.endswith(":id")]
            self.ids[attributes["name"].strip()] = id_
        elif element == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")


class Relations(Reader):
    def __init__(self) -> None:
        self.parts: dict[str, str] = {}
        self.styles = self.strings = ""

    def start(self, element: str, attributes: Attributes) -> None:
        if element != "Relationship" or attributes.get("TargetMode") == "External":
            return
        target = attributes["Target"]
        part = (target[1:] if target.startswith("/") else normpath(f"xl/{target}")).lower()
        self.parts[attributes["Id"]] = part
        if attributes["Type"].endswith("/styles"):
            self.styles = part
        elif attributes["Type"].endswith("/sharedStrings"):
            self.strings = part


class Styles(Reader):
    def __init__(self) -> None:
        self.dates: set[int] = set()
        """The cell styles that show dates."""
        self._codes: dict[int, str] = {}
        self._within_cells, self._count = False, 0

    def start(self, element: str, attributes: Attributes) -> None:
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


class _Texts(Reader):
    """Gathers the text of one cell or string, which may be in runs; what is read aloud over a run is none of it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._reading = self._aside = False

    def begin(self) -> None:
        self._pieces, self._length = [], 0

    def gathered(self) -> str:
        return "".join(self._pieces)

    def start(self, element: str, attributes: Attributes) -> None:
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


class Strings(_Texts):
    def __init__(self) -> None:
        super().__init__()
        self._found: list[str] = []

    def taken(self) -> list[str]:
        """The texts found since this was last asked."""
        found, self._found = self._found, []
        return found

    def start(self, element: str, attributes: Attributes) -> None:
        super().start(element, attributes)
        if element == "si":
            self.begin()

    def end(self, element: str) -> None:
        super().end(element)
        if element == "si":
            self._found.append(unescaped(self.gathered()))


class Cells(_Texts):
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

    def start(self, element: str, attributes: Attributes) -> None:
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
