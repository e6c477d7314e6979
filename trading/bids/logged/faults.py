"""The one way in which this package says no."""

from typing import Final, Literal, get_args

Code = Literal[
    "E_RECEIPT",
    "E_ENTRY",
    "E_STATEMENT",
    "E_SEALED",
    "E_LOG",
    "E_CLOSING",
    "E_LEFT_OUT",
    "E_SHARES",
    "E_OPENING",
    "E_SEAT",
    "E_INVITED",
]
"""Every verdict but OK. A code is never renamed or reused: people compare them."""

CODES: Final[tuple[Code, ...]] = get_args(Code)


class BidFault(Exception):  # noqa: N818 - a verdict about files, not a fault of the program
    """The first fault found, as one of the codes and one line in each language."""

    def __init__(self, code: Code, zh: str, en: str, seq: int | None = None) -> None:
        super().__init__(f"{code} {zh}")
        self.code: Final = code
        self.zh: Final = zh
        self.en: Final = en
        self.seq: Final = seq
        """The entry that is wrong, where it is one of the log's."""

    def why(self, lang: str = "zh") -> str:
        return self.zh if lang == "zh" else self.en
