"""JSON read from left to right by RFC 8259, stopping at the first fault: stage 1.2 of the verification.

Own, because readers at hand differ just where it matters: they recurse (a deep file ends the program), turn 1.0 into
1, keep the last of two equal members, or limit the digits of an integer. This one is exact and iterative.
"""

from __future__ import annotations

import re
from typing import Final, NoReturn, TypeAlias, Union

from lottery.protocol.errors import DrawError

Json: TypeAlias = Union[bool, int, str, "list[Json]", "dict[str, Json]", None]

_WHITE: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NOT_NUMBERS: Final = ("NaN", "Infinity", "-Infinity")
_WORDS: Final[dict[str, Json]] = {"null": None, "true": True, "false": False}
_PLAIN_TEXT: Final = re.compile(r'[^"\\\x00-\x1f]*')
_HEX: Final = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES: Final = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

_TOO_LARGE: Final = -1
"""Stands for an integer of 17 digits or more: as far outside the range, and not converted digit by digit."""


def read(text: str) -> Json:
    """Return the value of a JSON text.

    Objects keep the order of the file. A lone surrogate written as an escape is kept as it is; an integer of 17
    digits or more becomes some integer outside 0..2^53-1. Raises DrawError: E_FORMAT at a number with fraction or
    exponent, at NaN, Infinity and -Infinity; E_CANON at anything ungrammatical and at the closing brace of an
    object with two equal names.
    """
    return _Reader(text).read()


class _Open:
    """An array or object whose end has not come yet."""

    __slots__ = ("name", "twice", "value")

    def __init__(self, value: list[Json] | dict[str, Json]) -> None:
        self.value = value
        self.name = ""  # of the member being read
        self.twice = False  # whether a name came twice

    def take(self, item: Json) -> None:
        if isinstance(self.value, list):
            self.value.append(item)
        else:
            self.twice = self.twice or self.name in self.value
            self.value[self.name] = item


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def read(self) -> Json:
        stack: list[_Open] = []
        while True:
            # A value has to begin here.
            value: Json
            self._skip_white()
            if self._takes("{"):
                self._skip_white()
                value = {}
                if not self._takes("}"):
                    stack.append(_Open(value))
                    self._read_name(stack[-1])
                    continue
            elif self._takes("["):
                self._skip_white()
                value = []
                if not self._takes("]"):
                    stack.append(_Open(value))
                    continue
            else:
                value = self._scalar()
            # It is complete, and perhaps it completes what holds it.
            while True:
                self._skip_white()
                if not stack:
                    if self._at < len(self._text):
                        self._fail()
                    return value
                top = stack[-1]
                top.take(value)
                if self._takes(","):
                    if isinstance(top.value, dict):
                        self._skip_white()
                        self._read_name(top)
                    break
                if not self._takes("]" if isinstance(top.value, list) else "}"):
                    self._fail()
                if top.twice:
                    raise DrawError(
                        "E_CANON",
                        f"第 {self._at} 个字符处结束的对象有同名成员",
                        f"the object that ends at character {self._at} has two members of one name",
                    )
                value = stack.pop().value

    def _read_name(self, into: _Open) -> None:
        if not self._takes('"'):
            self._fail()
        into.name = self._string()
        self._skip_white()
        if not self._takes(":"):
            self._fail()

    def _scalar(self) -> Json:
        if self._takes('"'):
            return self._string()
        for word, value in _WORDS.items():
            if self._takes(word):
                return value
        if any(map(self._takes, _NOT_NUMBERS)):
            self._fail_number()
        number = _NUMBER.match(self._text, self._at)
        if number is None:
            self._fail()
        if number[1] or number[2]:
            self._fail_number()
        self._at = number.end()
        return int(number[0]) if len(number[0]) <= 17 else _TOO_LARGE

    def _string(self) -> str:
        """Read on from behind the opening quotation mark."""
        parts: list[str] = []
        while True:
            plain = _PLAIN_TEXT.match(self._text, self._at)
            assert plain is not None  # it matches the empty text too
            parts.append(plain[0])
            self._at = plain.end()
            if self._takes('"'):
                return "".join(parts)
            if not self._takes("\\"):
                self._fail()
            parts.append(self._escaped())

    def _escaped(self) -> str:
        """Read on from behind a backslash."""
        if not self._takes("u"):
            char = _ESCAPES.get(self._text[self._at : self._at + 1])
            if char is None:
                self._fail()
            self._at += 1
            return char
        unit = self._hex()
        if 0xD800 <= unit <= 0xDBFF and self._text.startswith("\\u", self._at):
            behind_first = self._at
            self._at += 2
            second = self._hex()
            if 0xDC00 <= second <= 0xDFFF:
                return chr(0x10000 + ((unit - 0xD800) << 10) + (second - 0xDC00))
            self._at = behind_first  # two escapes, the first of them a lone surrogate
        return chr(unit)

    def _hex(self) -> int:
        digits = _HEX.match(self._text, self._at)
        if digits is None:
            self._fail()
        self._at = digits.end()
        return int(digits[0], 16)

    def _takes(self, token: str) -> bool:
        if self._text.startswith(token, self._at):
            self._at += len(token)
            return True
        return False

    def _skip_white(self) -> None:
        white = _WHITE.match(self._text, self._at)
        assert white is not None  # it matches the empty text too
        self._at = white.end()

    def _fail(self) -> NoReturn:
        raise DrawError("E_CANON", f"第 {self._at} 个字符处不是 JSON", f"not JSON at character {self._at}")

    def _fail_number(self) -> NoReturn:
        raise DrawError(
            "E_FORMAT",
            f"第 {self._at} 个字符处的数不是整数（小数、指数、NaN 或 Infinity）",
            f"at character {self._at}: a number that is no integer (fraction, exponent, NaN or Infinity)",
        )
