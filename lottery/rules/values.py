"""What a value must be before it goes into an entry."""

import re
import unicodedata
from typing import Final

from audit.entry import is_text
from lottery import errors

LONG_TEXT: Final = 2000
"""Code points of a text that is no text field of the protocol: scope, conditions, an objection."""
_HEX64: Final = re.compile("[0-9a-f]{64}")


def check_text(member: str, value: str, limit: int = 200) -> None:
    """Refuse an empty text, one that is too long, one with a blank at an end, or with an unassigned code point.

    (NFC of a code point that is assigned later can differ between two verifiers.) limit: code points. Raises BadText.
    """
    unassigned = any(unicodedata.category(character) == "Cn" for character in value)
    if not is_text(value[:1] + value[-1:]) or len(value) > limit or unassigned:
        raise errors.BadText(member=member, limit=limit, found=len(value))


def check_hex(member: str, value: str) -> None:
    """Raises BadHex."""
    if _HEX64.fullmatch(value) is None:
        raise errors.BadHex(member=member)
