"""The one way in which this package says no."""

from __future__ import annotations

from typing import Final, Literal, get_args

Code = Literal[
    "E_CANON",
    "E_FORMAT",
    "E_TEXT",
    "E_PLAN",
    "E_ROSTER",
    "E_POOL",
    "E_SEAL",
    "E_HASH",
    "E_COMMIT",
    "E_QUORUM",
    "E_DICE",
    "E_BEACON",
    "E_TIME",
    "E_BEACON_SIG",
    "E_RESULT",
    "E_SEED",
    "E_RANKING",
    "E_WINNERS",
    "E_STANDING",
]
"""Every code that an evidence file alone can earn. A code is never renamed or reused: people compare them."""

CODES: Final[tuple[Code, ...]] = get_args(Code)


class DrawError(Exception):
    """The first fault found, as one of the codes and one line in each language saying where it is.

    The lines hold no text that has not passed stage 1, so neither a line break nor an invisible mark of a hostile
    file reaches a terminal through them.
    """

    def __init__(self, code: Code, why_zh: str, why_en: str) -> None:
        super().__init__(f"{code} {why_zh}")
        self.code: Final = code
        self.why_zh: Final = why_zh
        self.why_en: Final = why_en

    def __reduce__(self) -> tuple[type[DrawError], tuple[Code, str, str]]:
        # Exception would call the class with the one argument of str(): a worker process could not hand it back.
        return type(self), (self.code, self.why_zh, self.why_en)

    def why(self, lang: str = "zh") -> str:
        """Return the line in the language asked for: English for `en` and `en-*`, else Chinese."""
        return self.why_en if lang.lower().startswith("en") else self.why_zh


class BlsMissingError(RuntimeError):
    """No BLS library is installed: a signature can be neither accepted nor refused. Not a fault of the file."""
