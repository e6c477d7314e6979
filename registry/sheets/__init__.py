"""Reads lists and forms from CSV and XLSX files, which whoever sends them may have made to do harm."""

from registry.sheets.agency_list import COLUMNS, Sheet, read_rows
from registry.sheets.heading import BadHeading, Layout, Row
from registry.sheets.limits import (
    HEADER_WITHIN,
    MAX_CELL,
    MAX_COLUMNS,
    OWN_FILE,
    UPLOAD,
    BadFile,
    FileTooLarge,
    Limits,
)

MAX_BYTES, MAX_ROWS, MAX_UNPACKED = UPLOAD.bytes, UPLOAD.rows, UPLOAD.unpacked
"""Of what is uploaded."""

__all__ = [
    "COLUMNS",
    "HEADER_WITHIN",
    "MAX_BYTES",
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "MAX_UNPACKED",
    "OWN_FILE",
    "UPLOAD",
    "BadFile",
    "BadHeading",
    "FileTooLarge",
    "Layout",
    "Limits",
    "Row",
    "Sheet",
    "read_rows",
]
