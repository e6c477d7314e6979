"""What a number looks like to the eye: a number, or a date if its cell's format says so (ECMA-376 §18.8.30)."""

import math
import re
from datetime import datetime, timedelta

_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_LETTERS = re.compile("[dmyhs]", re.IGNORECASE)
_LEAP_BUG = 60
"""The day that never was: for spreadsheet programs 1900 is a leap year, so that older days are off by one."""
_LATEST = 2_958_466
"""The day after 9999-12-31."""


def is_date_format(number: int, code: str | None) -> bool:
    """Whether a cell's format shows a date. code: of a format that the workbook defines itself."""
    if code is None:
        return number in _BUILT_IN_DATES
    return _DATE_LETTERS.search(_LITERALS.sub("", code).split(";")[0]) is not None


def number_text(raw: str) -> str:
    """Whole numbers lose their `.0`; one too large to be exact stays in a form that no check takes."""
    value = float(raw)
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else str(value)


def date_text(raw: str, from_1904: bool) -> str:
    """A serial number as an ISO date, with the time if it has one; what is no date is a number."""
    value = float(raw)
    if not math.isfinite(value) or not 1 <= value < _LATEST:
        return number_text(raw)
    base = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 if value >= _LEAP_BUG else 31)
    try:
        moment = base + timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return number_text(raw)
    return moment.date().isoformat() if moment.time() == datetime.min.time() else moment.isoformat(" ")
