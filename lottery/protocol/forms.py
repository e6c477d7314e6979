"""How a member of a document is tested.

A form is a function (value, code, path) that raises DrawError with that code, or returns. `closed` builds the form of
an object from those of its members; the order in which they are written is the order in which they are tested, and
that order decides which fault is the first one. Types are taken exactly, because in Python True is also 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from lottery.protocol.canonical import MAX_INT
from lottery.protocol.errors import Code, DrawError

Form = Callable[[object, Code, str], None]

_BLANKS: Final = " \u3000"


def anything(value: object, code: Code, path: str) -> None:
    """Take any value: the member is tested in a later step."""


def text(value: object, code: Code, path: str) -> None:
    """Take a text field (文本): 1 to 200 code points, no blank at either end.

    The only form with codes of its own, E_FORMAT and E_TEXT, in whatever document it stands.
    """
    if type(value) is not str or not 1 <= len(value) <= 200:
        raise DrawError("E_FORMAT", f"{path}：应为 1 至 200 个字符的文本", f"{path}: not a text of 1 to 200 characters")
    if value[0] in _BLANKS or value[-1] in _BLANKS:
        raise DrawError("E_TEXT", f"{path}：首尾有空格", f"{path}: a blank at an end")


def array(value: object, code: Code, path: str) -> None:
    """Take an array of whatever items."""
    if type(value) is not list:
        raise DrawError(code, f"{path}：应为数组", f"{path}: not an array")


def whole(low: int, high: int = MAX_INT) -> Form:
    """Take an integer in low..high, both allowed."""

    def form(value: object, code: Code, path: str) -> None:
        if type(value) is not int or not low <= value <= high:
            raise DrawError(code, f"{path}：应为 {low}..{high} 的整数", f"{path}: not an integer in {low}..{high}")

    return form


def matching(pattern: str) -> Form:
    """Take a string that the whole regular expression matches."""
    is_match = re.compile(pattern).fullmatch

    def form(value: object, code: Code, path: str) -> None:
        if type(value) is not str or is_match(value) is None:
            raise DrawError(code, f"{path}：不合格式 {pattern}", f"{path}: not of the form {pattern}")

    return form


def equal_to(wanted: str | int, source: str = "") -> Form:
    """Take one string or integer only. source: where it comes from, for the reason given."""
    of = f"{source} = {wanted}" if source else f"{wanted}"

    def form(value: object, code: Code, path: str) -> None:
        if type(value) is not type(wanted) or value != wanted:
            raise DrawError(code, f"{path}：应为 {of}", f"{path}: not {of}")

    return form


def one_of(*wanted: str) -> Form:
    """Take one of these strings."""

    def form(value: object, code: Code, path: str) -> None:
        if type(value) is not str or value not in wanted:
            choices = ", ".join(wanted)
            raise DrawError(code, f"{path}：应为 {choices} 之一", f"{path}: not one of {choices}")

    return form


def null(value: object, code: Code, path: str) -> None:
    """Take null only."""
    if value is not None:
        raise DrawError(code, f"{path}：应为 null", f"{path}: not null")


def null_or(inner: Form) -> Form:
    """Take null, or what the inner form takes."""

    def form(value: object, code: Code, path: str) -> None:
        if value is not None:
            inner(value, code, path)

    return form


def object_of_any_members(value: object, code: Code, path: str) -> None:
    """Take an object of whatever members."""
    if type(value) is not dict:
        raise DrawError(code, f"{path}：应为对象", f"{path}: not an object")


def closed(members: Mapping[str, Form]) -> Form:
    """Take an object with exactly these members; first the set of names is tested, then each member in this order."""
    names = frozenset(members)
    tests = tuple(members.items())

    def form(value: object, code: Code, path: str) -> None:
        if type(value) is not dict:
            raise DrawError(code, f"{path}：应为对象", f"{path}: not an object")
        if value.keys() != names:
            raise _other_members(value, names, code, path)
        for name, test in tests:
            test(value[name], code, f"{path}.{name}")

    return form


hex64: Final = matching("[0-9a-f]{64}")
seat_name: Final = matching("[a-z][a-z0-9-]{0,31}")


def check_ascending(keys: list[str], code: Code, path: str) -> None:
    """Refuse keys that are not strictly ascending by code point: a wrong order, or one key twice."""
    for before, after in pairwise(keys):
        if before >= after:
            raise DrawError(
                code,
                f"{path}：{before} 之后是 {after}，不是严格递增",
                f"{path}: {after} follows {before}, not strictly ascending",
            )


def _other_members(value: Mapping[str, object], names: frozenset[str], code: Code, path: str) -> DrawError:
    missing = ", ".join(sorted(names - value.keys())) or "-"
    surplus = ", ".join(sorted(str(name)[:40] for name in value.keys() - names)[:3]) or "-"
    return DrawError(
        code, f"{path}：缺成员 {missing}；多成员 {surplus}", f"{path}: missing {missing}; surplus {surplus}"
    )
