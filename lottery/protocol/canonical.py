"""The one byte form of every document: a subset of RFC 8785 (JSON Canonicalization Scheme).

    values    null, integers 0 .. 2^53-1, strings, arrays, objects; no booleans, fractions, exponents, negatives
    names     [a-z][a-z0-9_]{0,39}, unique, in ASCII order
    strings   NFC, no forbidden code point; only \\ and " are escaped, as \\\\ and \\"
    bytes     UTF-8, no white space between tokens, no byte order mark, no final newline, at most 32 levels

`decode` has two readers. The quick one is the standard library's; it takes a text only if the value, written again,
gives the same text and breaks no rule. Whatever it does not take goes to the exact reader (`grammar`) and the checks
here, which find the first fault in the order of stage 1. So the quick one never names a fault, and a file that it
takes is one in which the exact one would find none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from lottery.protocol import grammar
from lottery.protocol.errors import DrawError
from lottery.protocol.grammar import Json as Json

MAX_INT: Final = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (RFC 7493 section 2.2)."""

MAX_DEPTH: Final = 32

# Controls, soft hyphen, bidirectional and zero-width marks, variation selectors, surrogates, private use,
# non-characters, tags: what lets two different texts look the same on a screen, or one text look two ways.
_FORBIDDEN_RANGES: Final = [
    *[(0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180B, 0x180F), (0x200B, 0x200F)],
    *[(0x2028, 0x202E), (0x2060, 0x206F), (0xD800, 0xDFFF), (0xE000, 0xF8FF), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F)],
    *[(0xFEFF, 0xFEFF), (0xFFF0, 0xFFFB), (0xE0000, 0xE0FFF), (0xF0000, 0x10FFFF)],
    *[(plane << 16 | 0xFFFE, plane << 16 | 0xFFFF) for plane in range(0x11)],
]
_FORBIDDEN: Final = re.compile("[" + "".join(rf"\U{low:08x}-\U{high:08x}" for low, high in _FORBIDDEN_RANGES) + "]")
_ESCAPE: Final = re.compile(r"\\[a-z]")
_NO_BRACKETS: Final = re.compile(r"[^\[\]{}]+")
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def decode(data: bytes) -> Json:
    """Return the value of a canonical file.

    Raises DrawError (E_CANON, E_FORMAT, E_TEXT) for the first fault of stage 1, whatever the bytes are.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise DrawError(
            "E_CANON", f"第 {fault.start} 字节起不是 UTF-8", f"not UTF-8 from byte {fault.start} on"
        ) from None
    if _is_shallow(text):
        with contextlib.suppress(ValueError):  # the exact reader says what and where
            value: Json = json.loads(text)
            if _is_plain(value) and _written(value) == text and _is_clean(text):
                return value
    value = grammar.read(text)
    _find_fault(value)
    if (written := _written(value)) != text:
        raise _not_canonical(text, written)
    return value


def encode(value: object) -> bytes:
    """Return the canonical bytes `jcs(value)` of a tree of dict, list, str, int and None.

    Types are taken exactly: True is not 1 here, nor an enumeration's member its text.
    Raises DrawError (E_FORMAT, E_TEXT) for a value that has no canonical form.
    """
    if not _is_plain(value):
        _find_fault(value)
    text = _written(value)
    if not _is_clean(text):
        _find_fault(value)
    return text.encode()


def doc_hash(value: object) -> str:
    """Return SHA-256 of `jcs(value)`, 64 lower-case hexadecimal digits. Raises as `encode` does."""
    return hashlib.sha256(encode(value)).hexdigest()


def check(value: object) -> None:
    """Refuse a Python value that has no canonical form, as `encode` does."""
    encode(value)


def _find_fault(value: object) -> None:
    """Raise DrawError for the first fault in the order of stage 1.3, 1.4, 1.5; return if there is none."""
    if _is_too_deep(value):
        raise DrawError("E_FORMAT", f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH} levels")
    for path, item, _ in _walk(value, ""):
        if type(item) is str:
            _check_text(item, path)
    for path, item, is_name in _walk(value, ""):
        if is_name and not _is_name(item):
            raise DrawError("E_FORMAT", f"{path} 中有不合规定的成员名", f"{path}: a member name of a form not allowed")
        if type(item) is int and not 0 <= item <= MAX_INT:
            raise DrawError("E_FORMAT", f"{path}：整数不在 0..2^53-1 之内", f"{path}: an integer outside 0..2^53-1")
        if item is not None and type(item) not in (int, str, list, dict):
            kind = type(item).__name__
            raise DrawError("E_FORMAT", f"{path}：不允许的类型 {kind}", f"{path}: type {kind} is not allowed")


def _is_shallow(text: str) -> bool:
    """Whether a recursive reader can be let loose on the text: its brackets pair off and at most 64 are open at once.

    Not left to RecursionError: where a library has raised the limit of the interpreter, the stack ends before it.
    """
    outside_strings = text.replace("\\\\", "").replace('\\"', "").split('"')[::2]
    brackets = _NO_BRACKETS.sub("", "".join(outside_strings))
    for _ in range(MAX_DEPTH):  # each round takes the innermost pairs away, one level or two
        brackets = brackets.replace("[]", "").replace("{}", "")
    return not brackets


def _written(value: object) -> str:
    r"""Write a checked value. Only \ and " get escapes: json knows others only for code points that are forbidden."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False)


def _is_clean(text: str) -> bool:
    r"""Whether beyond doubt no string in a written text holds a forbidden code point and all are NFC.

    One look at the whole text answers for every string in it: the quotation mark around a string composes with
    nothing before or after it and no mark is moved across it, and the same is true of the backslash. Controls have
    become escapes in the text; what looks like one, be it only \\n for a backslash and an n, is left in doubt.
    """
    return (
        _FORBIDDEN.search(text) is None
        and ("\\" not in text or _ESCAPE.search(text) is None)
        and unicodedata.is_normalized("NFC", text)
    )


def _is_plain(value: object) -> bool:
    """Whether types, names, integers and depth are those of a canonical value. Texts are not looked at.

    Level by level, without recursion: the number of levels is the depth.
    """
    names: set[object] = set()
    level = [value]
    for depth in range(MAX_DEPTH + 1):
        inner: list[object] = []
        for item in level:
            if type(item) is str or item is None:
                continue
            if type(item) is int:
                if not 0 <= item <= MAX_INT:
                    return False
            elif depth == MAX_DEPTH:
                return False
            elif type(item) is dict:
                names.update(item)
                inner.extend(item.values())
            elif type(item) is list:
                inner.extend(item)
            else:
                return False
        level = inner
    return all(map(_is_name, names))


def _is_name(name: object) -> bool:
    return type(name) is str and _NAME.fullmatch(name) is not None


def _is_too_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for item in level for inner in _inner(item)]
    return any(isinstance(item, (dict, list)) for item in level)


def _inner(item: object) -> list[object]:
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list) else []


def _walk(value: object, path: str) -> Iterator[tuple[str, object, bool]]:
    """Yield (path, item, is it a member name), depth first in file order, a name before its value.

    The path of a name is that of its object, because the name itself may not be fit to be shown.
    """
    yield path or "$", value, False
    if isinstance(value, dict):
        for name, inner in value.items():
            yield path or "$", name, True
            shown = name if _is_name(name) else "?"
            yield from _walk(inner, f"{path}.{shown}" if path else shown)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{path}[{index}]")


def _check_text(text: str, path: str) -> None:
    if found := _FORBIDDEN.search(text):
        point = f"U+{ord(found[0]):04X}"
        raise DrawError("E_TEXT", f"{path}：含不允许的码位 {point}", f"{path}: holds {point}, which is not allowed")
    if not unicodedata.is_normalized("NFC", text):
        raise DrawError("E_TEXT", f"{path}：不是 NFC 正规形式", f"{path}: not in normalisation form NFC")


def _not_canonical(text: str, written: str) -> DrawError:
    at = next((i for i, (a, b) in enumerate(zip(text, written, strict=False)) if a != b), min(len(text), len(written)))
    return DrawError(
        "E_CANON",
        f"自第 {at} 个字符起不是规范形式（空白、次序、转义或 -0）",
        f"not the canonical form from character {at} on (white space, order, an escape or -0)",
    )
