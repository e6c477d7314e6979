"""Kinds of entries as a refusal names them: in Chinese as their class does, in English by the kind's own words."""

import re
from functools import lru_cache

from audit.events import KINDS
from trading.model import NOTICE_KINDS

_CHINESE = re.compile(r"[(（]([^()（）]*[\u4e00-\u9fff][^()（）]*)[)）]")


@lru_cache(maxsize=256)
def kind_words(kind: str) -> tuple[str, str]:
    """In Chinese and English. kind: `package.what_done`, a notice's with `:NOTICE_KIND` behind it."""
    kind, _, notice_kind = kind.partition(":")
    known = KINDS.get(kind)
    found = _CHINESE.search((known.__doc__ or "") if known is not None else "")
    chinese = found.group(1).split("、")[0] if found else kind
    english = kind.partition(".")[2].replace("_", " ")
    if not notice_kind:
        return chinese, english
    names = {str(name): words for name, words in NOTICE_KINDS.items()}
    return names.get(notice_kind, chinese), f"{english} ({notice_kind.replace('_', ' ')})"
