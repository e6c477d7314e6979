"""Which tokens a text is found by: Chinese two characters at a time, Latin words and numbers whole.

No database here segments Chinese, and both can look up tokens in order. So `市政养护` is stored as 市政 政养 养护 护,
the last character of a run by itself too; whoever looks for 养护 asks for that token, for 政养护 for two tokens that
follow each other, for 护 for any token that begins with it. It is exact, and the same on both databases.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_HAN = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"
    "\U00020000-\U0003ffff"
)
"""Characters of scripts that are written without spaces."""
_RUN = re.compile(f"([{_HAN}]+)|((?:(?![{_HAN}])[^\\W_])+)")
LONGEST = 64
"""Characters of a token that are looked at; of a longer word the rest tells nothing."""
MOST = 16_000
"""Tokens of one text in their order: PostgreSQL numbers no more."""


@dataclass(frozen=True)
class Phrase:
    """Tokens that follow each other."""

    tokens: tuple[str, ...]
    begins: bool = False
    """Whether the last one need only begin so."""


def tokens(text: str) -> list[str]:
    """All tokens of a text, in order."""
    return [token for run in _runs(text) for token in run]


def phrases(query: str) -> list[Phrase]:
    """What somebody typed: what is set apart by spaces need not stand together. Empty where nothing can be found."""
    return [phrase for word in query.split() if (phrase := _phrase(word)) is not None]


def _phrase(word: str) -> Phrase | None:
    runs = list(_runs(word))
    if not runs:
        return None
    *inner, last = runs
    before = tuple(token for run in inner for token in run)
    if len(last) == 1:
        return Phrase((*before, last[0]), begins=_is_han(last[0]))
    return Phrase((*before, *last[:-1]))


def _runs(text: str) -> Iterator[list[str]]:
    """The tokens of each run: pairs of characters and the last one, or a single word."""
    for found in _RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        han, word = found.groups()
        if word is not None:
            yield [word[:LONGEST]]
        else:
            yield [*(han[at : at + 2] for at in range(len(han) - 1)), han[-1]]


def _is_han(token: str) -> bool:
    return re.match(f"[{_HAN}]", token) is not None
