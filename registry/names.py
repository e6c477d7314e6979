"""Names as they are entered: what is refused, and when two spellings are one name.

The draw's documents refuse only exact duplicates; what the eye cannot tell apart is refused here, at the door
(`lottery-protocol` sections 2.2, 2.3 and 12 rule 3).
"""

import re
import unicodedata
from functools import lru_cache

from audit import canonical
from audit.entry import is_text
from registry.field_names import FieldRefusal

# Blanks that look like U+0020, and a run of blanks that looks like a single one.
_ODD_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_BLANK_RUN = re.compile("[ \u3000]{2}")


class BadText(FieldRefusal):
    """A text that may not be entered; `field` says where it stood."""

    code = "registry.bad-text"
    zh = "“{field}”不符合要求：{why_zh}"
    en = "{field!r} may not be entered: {why_en}"


def check_text(value: str, field: str, limit: int = 200) -> None:
    """Refuse what no text field may hold: 1 to `limit` code points, NFC, only assigned and visible ones.

    Raises BadText.
    """
    if not is_text(value):
        raise BadText(
            field=field, why_zh="须为 1 至 200 字，首尾无空格", why_en="1 to 200 characters, no blank at an end"
        )
    if len(value) > limit:
        raise BadText(field=field, why_zh=f"不得超过 {limit} 字", why_en=f"at most {limit} characters")
    try:
        canonical.encode(value)
    except canonical.BadValue as refusal:
        raise BadText(field=field, why_zh=refusal.message("zh"), why_en=refusal.message("en")) from None
    for character in value:
        # NFC of a code point assigned only in a later Unicode version may differ between two verifiers.
        if unicodedata.category(character) == "Cn":
            found = f"U+{ord(character):04X}"
            raise BadText(field=field, why_zh=f"含有未定义的字符 {found}", why_en=f"{found} is not assigned")


def check_name(value: str, field: str = "name") -> None:
    """Refuse a name that may be read as another one. Raises BadText."""
    check_text(value, field)
    if _ODD_BLANKS.search(value):
        raise BadText(field=field, why_zh="含有特殊空格，请改为普通空格", why_en="it holds a blank other than U+0020")
    if _BLANK_RUN.search(value):
        raise BadText(field=field, why_zh="含有连续空格", why_en="it holds two blanks in a row")


@lru_cache(maxsize=1024)  # a roster compares every agency with the same few parties
def name_key(name: str) -> str:
    """What two spellings of one name share: no blanks, and NFKC, which makes brackets （） and wide letters narrow."""
    bare = "".join(unicodedata.normalize("NFKC", name).split())
    return unicodedata.normalize("NFKC", bare)  # without the blank, marks may join what stands before it
