"""The check character of a unified social credit code (统一社会信用代码), GB 32100-2015 section 5.

Only the check: which categories and regions exist changes over the years, and a draw must verify for ever.
"""

from __future__ import annotations

import re
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 symbols with the values 0..30: digits and capitals without I, O, S, V, Z."""

_VALUES: Final = {symbol: value for value, symbol in enumerate(_ALPHABET)}
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_FORM: Final = re.compile(f"[{_ALPHABET}]{{18}}")


def check_character(first: str) -> str:
    """Return the 18th character for the first 17, which must be of the alphabet."""
    total = sum(_VALUES[symbol] * weight for symbol, weight in zip(first, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def is_code(code: str) -> bool:
    """Whether the code has 18 characters of the alphabet and the right check character."""
    return _FORM.fullmatch(code) is not None and check_character(code[:17]) == code[17]
