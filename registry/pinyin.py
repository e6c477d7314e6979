"""Names as people type them in Latin letters: by the first letters of their syllables (拼音首字母)."""

import re
import unicodedata
from functools import lru_cache

_OTHER = re.compile("[^a-z0-9]")


@lru_cache(maxsize=65_536)  # every name of the register is asked for again with each search
def initials(name: str) -> str:
    """Lower-case letters and digits, "" where there are none: 明堂（沈阳）A座2号 is `mtsyaz2h`.

    A character with several sounds is read as its word asks (重庆 `cq`, 重量 `zl`); letters and digits stay.
    """
    from pypinyin import Style, lazy_pinyin  # when first asked for: its dictionaries take 60 MB

    syllables = lazy_pinyin(unicodedata.normalize("NFKC", name), style=Style.FIRST_LETTER)
    return _OTHER.sub("", unicodedata.normalize("NFKD", "".join(syllables)).lower())
