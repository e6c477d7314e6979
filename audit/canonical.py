"""Canonical JSON: the one byte form of an entry (a subset of RFC 8785, JCS).

Values are objects, arrays, strings, booleans, null and the integers 0 to 2^53-1. Member names match
`[a-z][a-z0-9_]{0,39}`, are unique and sorted. No white space; in strings only the quotation mark and the backslash
are escaped. Forbidden code points and text that is not in NFC are refused.
"""

import re
import unicodedata
from typing import TypeAlias

import orjson

from audit.errors import Refusal

Value: TypeAlias = "bool | int | str | list[Value] | dict[str, Value] | None"

MAX_INTEGER = 2**53 - 1  # what every JSON reader holds exactly (RFC 8785 section 3.2.2.3)
MAX_DEPTH = 32

# Controls, soft hyphen, bidirectional and zero-width marks, variation selectors, surrogates, private use,
# non-characters, tags: whatever may look like nothing, or like something else, on the page.
FORBIDDEN_RANGES = (
    *((0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180B, 0x180F), (0x200B, 0x200F)),
    *((0x2028, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF), (0xE000, 0xF8FF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F)),
    *((0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB), (0xE0000, 0xE0FFF), (0xF0000, 0x10FFFF)),
    *((plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF) for plane in range(17)),
)
_forbidden = re.compile("[" + "".join(f"{chr(low)}-{chr(high)}" for low, high in FORBIDDEN_RANGES) + "]")

# Letters of everyday Chinese text: none is forbidden, none combines with a neighbour, so such text is in NFC.
_plain = re.compile("[·×—‘’“”…\u3001-\u3029\u4e00-\u9fff\uff01-\uff5e]*")

_name = re.compile(r"[a-z][a-z0-9_]{0,39}")
_known_names: set[str] = set()  # names that passed before: a set is faster than the expression
_KNOWN_NAMES_LIMIT = 4096

_ASCII = bytes(range(128))
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


class BadValue(Refusal):
    """Base of what canonical JSON refuses."""

    code = "audit.bad-value"
    zh = "不是规范的值"
    en = "not a canonical value"


class NotJson(BadValue):
    code = "audit.not-json"
    zh = "不是合法的 UTF-8 JSON：{why}"
    en = "not JSON in UTF-8: {why}"


class NotCanonical(BadValue):
    code = "audit.not-canonical"
    zh = "字节与其内容的规范形式不同（成员次序、重名、空白或转义）"
    en = "the bytes are not the canonical form of their value (order, equal names, white space or escapes)"


class BadType(BadValue):
    code = "audit.bad-type"
    zh = "规范形式中没有 {type} 类型的值"
    en = "there is no value of type {type} in the canonical form"


class BadInteger(BadValue):
    code = "audit.bad-integer"
    zh = "整数须在 0 到 2^53-1 之间"
    en = "integers lie between 0 and 2^53-1"


class BadName(BadValue):
    code = "audit.bad-name"
    zh = "成员名 {name!r} 不符合 [a-z][a-z0-9_]{{0,39}}"
    en = "member name {name!r} does not match [a-z][a-z0-9_]{{0,39}}"


class TooDeep(BadValue):
    code = "audit.too-deep"
    zh = "数组与对象的嵌套超过 {limit} 层"
    en = "arrays and objects are nested more than {limit} deep"


class ForbiddenCharacter(BadValue):
    code = "audit.forbidden-character"
    zh = "含有禁用的字符 {character}"
    en = "holds the forbidden character {character}"


class NotNormalised(BadValue):
    code = "audit.not-normalised"
    zh = "文字不是 Unicode NFC 形式"
    en = "the text is not in Unicode normalisation form NFC"


def encode(value: Value) -> bytes:
    """The canonical bytes of a value made of exactly dict, list, str, int, bool and None. Raises BadValue."""
    _check(value, MAX_DEPTH)
    try:
        data = orjson.dumps(value, option=_OPTIONS)
    except TypeError:  # the only thing left that orjson refuses
        raise ForbiddenCharacter(character="U+D800-U+DFFF") from None
    _check_text(data)
    return data


def decode(data: bytes) -> Value:
    """The value of exactly canonical bytes. Raises BadValue for any others."""
    try:
        value: Value = orjson.loads(data)
    except ValueError as error:
        raise NotJson(why=str(error)) from None
    _check(value, MAX_DEPTH)
    # Comparing bytes finds order, equal names, white space, needless escapes and -0 at once.
    if orjson.dumps(value, option=_OPTIONS) != data:
        raise NotCanonical
    _check_text(data)
    return value


def _check(value: object, room: int) -> None:
    """Refuse types, integers, names and depth out of bounds; `room` is how many levels may still be opened."""
    # Strings and integers, which most members are, are looked at here without a call for each.
    if isinstance(value, dict):
        if not room:
            raise TooDeep(limit=MAX_DEPTH)
        for name, member in value.items():
            if name not in _known_names:
                _check_name(name)
            kind = type(member)
            if kind is int:
                if not 0 <= member <= MAX_INTEGER:
                    raise BadInteger
            elif kind is not str:
                _check(member, room - 1)
    elif isinstance(value, list):
        if not room:
            raise TooDeep(limit=MAX_DEPTH)
        for member in value:
            if type(member) is not str:
                _check(member, room - 1)
    elif type(value) is int:
        if not 0 <= value <= MAX_INTEGER:
            raise BadInteger
    elif not (value is None or type(value) is str or type(value) is bool):
        raise BadType(type=type(value).__name__)


def _check_name(name: object) -> None:
    if type(name) is not str or not _name.fullmatch(name):
        raise BadName(name=name)
    if len(_known_names) < _KNOWN_NAMES_LIMIT:
        _known_names.add(name)


def _check_text(data: bytes) -> None:
    """Refuse forbidden code points and text not in NFC. `data` is what orjson wrote, so it is JSON.

    The whole text is looked at instead of each string: what stands between strings is ASCII punctuation, and neither
    the quotation mark a string starts after nor the backslash composes with anything, so the text is in NFC exactly if
    each of its strings is.
    """
    if b"\\" in data and b"\\" in data.replace(b"\\\\", b"").replace(b'\\"', b""):
        # orjson escapes the quotation mark, the backslash and the controls below U+0020, nothing else.
        raise ForbiddenCharacter(character="U+0000-U+001F")
    if b"\x7f" in data:
        raise ForbiddenCharacter(character="U+007F")
    if data.isascii():
        return
    beyond_ascii = data.translate(None, _ASCII).decode()
    if _plain.fullmatch(beyond_ascii):
        return
    if found := _forbidden.search(beyond_ascii):
        raise ForbiddenCharacter(character=f"U+{ord(found.group()):04X}")
    if not unicodedata.is_normalized("NFC", data.decode()):
        raise NotNormalised
