"""Which tokens a text is found by: Chinese two characters at a time, Latin words and numbers whole.

No database here segments Chinese, and both can look up tokens in order. So `市政养护` is stored as 市政 政养 养护 护,
the last character of a run by itself too; whoever looks for 养护 asks for that token, and for 政养护 for two tokens
that follow each other. It is exact, and the same on both databases.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

_HAN = (
    "\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3"
    "\U00020000-\U0003ffff"
)
"""Characters of scripts that are written without spaces."""
_RUN = re.compile(f"([{_HAN}]+)|((?:(?![{_HAN}])[^\\W_])+)")
_CHARACTER = re.compile(f"[{_HAN}]")
LONGEST = 64
"""Characters of a token that are looked at; of a longer word the rest tells nothing."""
MOST_PHRASES = 12
"""Of one query; whoever types more is looking for these."""

Phrase = tuple[str, ...]
"""Tokens that follow each other."""


def tokens(text: str) -> list[str]:
    """All tokens of a text, in order."""
    return [token for run in _runs(text) for token in run]


def characters(texts: Iterable[str]) -> list[str]:
    """Tokens of the single Chinese characters of some short texts, for whoever looks for one by itself."""
    return sorted(map(_alone, set(_CHARACTER.findall(_normal("\n".join(texts))))))


def phrases(query: str) -> list[Phrase]:
    """What somebody typed: what is set apart by spaces need not stand together. Empty where nothing can be found."""
    found = dict.fromkeys(phrase for word in query.split() if (phrase := _phrase(word)))
    return list(found)[:MOST_PHRASES]


def _phrase(word: str) -> Phrase:
    runs = list(_runs(word))
    if not runs:
        return ()
    *inner, last = runs
    before = [token for run in inner for token in run]
    if not re.match(f"[{_HAN}]", last[0]):
        return (*before, *last)
    # A run need not end where the query ends, so its last character is asked for only within a pair.
    return (*before, *last[:-1]) or (_alone(last[0]),)


def _runs(text: str) -> Iterator[list[str]]:
    """The tokens of each run: pairs of characters and the last one, or a single word."""
    for found in _RUN.finditer(_normal(text)):
        han, word = found.groups()
        if word is not None:
            yield [word[:LONGEST]]
        else:
            yield [*(han[at : at + 2] for at in range(len(han) - 1)), han[-1]]


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _alone(character: str) -> str:
    return f"c:{character}"
