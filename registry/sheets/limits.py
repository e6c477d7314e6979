"""How much of a file is read before it is refused, and the refusals."""

from dataclasses import dataclass

from audit.errors import Refusal

MAX_PARTS = 200
MAX_COLUMNS = 32
MAX_CELL = 1_000
"""Characters."""
HEADER_WITHIN = 10
"""The heading stands in one of the first rows; above it there may be a title, often merged over the columns."""
MIB = 1024 * 1024


class BadFile(Refusal):
    code = "registry.bad-file"
    zh = "无法读取文件“{name}”：{why_zh}"
    en = "the file {name!r} cannot be read: {why_en}"


class FileTooLarge(Refusal):
    code = "registry.file-too-large"
    zh = "文件超出上限：{what_zh} 最多 {limit}"
    en = "the file is above a limit: at most {limit} {what_en}"


@dataclass(frozen=True)
class Limits:
    bytes: int
    unpacked: int
    """Bytes of one part of an XLSX file."""
    rows: int
    """Of one sheet; empty ones count where the file names them."""

    def check_bytes(self, size: int) -> None:
        if size > self.bytes:
            raise FileTooLarge(what_zh="字节数", what_en="bytes", limit=self.bytes)

    def check_row(self, number: int) -> None:
        if number > self.rows + HEADER_WITHIN:
            raise FileTooLarge(what_zh="行数（含空行）", what_en="rows, empty ones included", limit=self.rows)


UPLOAD = Limits(bytes=10 * MIB, unpacked=64 * MIB, rows=20_000)
"""Of what comes over the network."""
OWN_FILE = Limits(bytes=256 * MIB, unpacked=2048 * MIB, rows=500_000)
"""Of a file that whoever runs the centre names on its command line."""


def check_length(length: int) -> None:
    """length: of a cell, in characters. Raises FileTooLarge."""
    if length > MAX_CELL:
        raise FileTooLarge(what_zh="单元格字数", what_en="characters in a cell", limit=MAX_CELL)


def check_column(number: int) -> None:
    """number: from 1. Raises FileTooLarge."""
    if number > MAX_COLUMNS:
        raise FileTooLarge(what_zh="列数", what_en="columns", limit=MAX_COLUMNS)
