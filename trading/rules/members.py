"""What any member of an event must be like, by its name and type, before anything else is asked of it."""

import re
from datetime import date
from typing import Any

from pydantic import BaseModel

from registry.names import BadText, check_text
from registry.uscc import check_uscc
from trading import errors

MAX_PARAGRAPHS = 200
MAX_PARAGRAPH = 2000
MAX_LIST = 1000
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MOMENTS = ("_at", "_from", "_until")
MAX_MOMENT = 4_102_444_800
"""The beginning of the year 2100."""
_CODES = ("bidder_code", "supplier_code", "applicant_code")
_DAYS = ("starts", "ends")
_PARAGRAPHS = ("text",)


def check_members(event: BaseModel) -> None:
    """Raises BadText, BadCode, BadAmount, BadMember; a name in them is the member's."""
    for name in type(event).model_fields:
        _check(name, getattr(event, name))


def _check(name: str, value: Any) -> None:
    if isinstance(value, BaseModel):
        check_members(value)
    elif isinstance(value, list):
        _check_list(name, value)
    elif isinstance(value, str):
        _check_text(name, value)
    elif isinstance(value, int) and not isinstance(value, bool):
        _check_number(name, value)


def _check_list(name: str, values: list[Any]) -> None:
    if len(values) > (MAX_PARAGRAPHS if name in _PARAGRAPHS else MAX_LIST) or (name in _PARAGRAPHS and not values):
        raise errors.BadMember(field=name, why_zh="数目不合要求", why_en="there are too many, or none")
    for value in values:
        if name in _PARAGRAPHS:
            _check_paragraph(name, value)
        else:
            _check(name, value)


def _check_text(name: str, value: str) -> None:
    if name in _CODES:
        if check_uscc(value) != value:
            raise errors.BadMember(field=name, why_zh="须为 18 位大写代码", why_en="18 capital letters and digits")
    elif name.endswith("sha256") or name == "root":
        if not _SHA256.fullmatch(value):
            raise errors.BadMember(field=name, why_zh="须为 64 位小写十六进制", why_en="64 lower-case hex digits")
    elif name in _DAYS:
        _check_day(name, value)
    else:
        check_text(value, name)


def _check_paragraph(name: str, value: str) -> None:
    for start in range(0, max(1, len(value)), 200):  # each piece of a paragraph is a text, but for blanks at its ends
        piece = value[start : start + 200]
        if piece.strip() or not value.strip():
            check_text(piece.strip(), name)
    if len(value) > MAX_PARAGRAPH:
        raise BadText(field=name, why_zh=f"每段至多 {MAX_PARAGRAPH} 字", why_en=f"at most {MAX_PARAGRAPH} a paragraph")


def _check_day(name: str, value: str) -> None:
    try:
        right = date.fromisoformat(value).isoformat() == value
    except ValueError:
        right = False
    if not right:
        raise errors.BadMember(field=name, why_zh="须为 YYYY-MM-DD", why_en="YYYY-MM-DD")


def _check_number(name: str, value: int) -> None:
    if name.endswith("_fen") and value < 0:
        raise errors.BadAmount
    if value < 0 or (name.endswith(_MOMENTS) and value > MAX_MOMENT):
        raise errors.BadMember(field=name, why_zh="数值不合要求", why_en="the number is out of its range")
