"""What people write into the cells of a table, as the rules want it: days, lists, amounts, yes and no.

What cannot be read comes back as a value that the rules refuse, so that all faults are told in one way.
"""

import re
from decimal import Decimal, InvalidOperation

_SEPARATORS = re.compile("[、，,；;/|\n]")
_PARAGRAPHS = re.compile("[；;\n]")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_WHOLE = re.compile("[0-9]{1,15}")
_YES = frozenset(["是", "有", "√", "1", "y", "yes", "true"])
_NO = frozenset(["否", "无", "×", "0", "n", "no", "false", ""])
_FEN_OF_WAN = 1_000_000

UNREADABLE = -1
"""An amount that no rule takes."""


def iso_day(text: str) -> str:
    """2015/3/1, 2015.3.1 and 2015年3月1日 are 2015-03-01; anything else stays as it is."""
    day = _DAY.fullmatch(text)
    return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else text


def parts(text: str) -> tuple[str, ...]:
    """A list in one cell."""
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())


def paragraphs(text: str) -> tuple[str, ...]:
    """Of a long text: each ends with a semicolon or at a line's end."""
    return tuple(part.strip() for part in _PARAGRAPHS.split(text) if part.strip())


def whole(text: str) -> int:
    return int(text) if _WHOLE.fullmatch(text) else UNREADABLE


def fen(text: str) -> int:
    """An amount in 万元, as fen."""
    try:
        amount = Decimal(text.replace(",", "").replace("，", "")) * _FEN_OF_WAN
        return int(amount) if amount >= 0 and amount == int(amount) else UNREADABLE
    except (InvalidOperation, OverflowError, ValueError):
        return UNREADABLE


def identity(text: str) -> str:
    """A code or number of a person or firm in the form it is stored in, if it is one."""
    return text.replace(" ", "").upper()


def yes(text: str) -> bool | None:
    """Empty is no; None is neither."""
    word = text.casefold()
    return True if word in _YES else False if word in _NO else None
