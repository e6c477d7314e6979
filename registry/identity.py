"""Resident identity numbers (公民身份号码), GB 11643-1999: checked, then known only by a keyed digest.

A number never enters a body, a public table, a log line or an error message.
"""

import hashlib
import hmac
import re
from datetime import date

from audit.errors import Refusal

_FORM = re.compile(r"[1-9][0-9]{16}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[123]")
"""First two digits of GB/T 2260. Counties are not checked: they come and go, and cards are reissued."""
_EARLIEST_BIRTH = date(1900, 1, 1)


class BadIdentityNumber(Refusal):
    """Never says the number itself."""

    code = "registry.bad-identity-number"
    zh = "公民身份号码不正确：{why_zh}"
    en = "not a right resident identity number: {why_en}"


def check_identity_number(text: str, today: date) -> str:
    """The number in the form it is digested in: blanks removed, `X` upper case. Raises BadIdentityNumber."""
    number = text.replace(" ", "")
    if not number.isascii() or not _FORM.fullmatch(number := number.upper()):
        raise BadIdentityNumber(why_zh="须为 17 位数字加 1 位校验码", why_en="it needs 17 digits and a check character")
    if not _PROVINCE.match(number):
        raise BadIdentityNumber(why_zh="地区代码不存在", why_en="there is no such region")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = date.min
    if not _EARLIEST_BIRTH <= born <= today:
        raise BadIdentityNumber(why_zh="出生日期不存在或在将来", why_en="there is no such date of birth yet")
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if number[17] != _CHECK_CHARACTERS[total % 11]:
        raise BadIdentityNumber(why_zh="校验码不对", why_en="the check character is wrong")
    return number


def identity_digest(key: bytes, number: str) -> str:
    """What is kept of a checked number: HMAC-SHA-256 (RFC 2104), 64 hex digits.

    A bare hash would not do: all numbers of a city can be tried in seconds. key: at least 32 bytes, of this log alone.
    """
    assert len(key) >= 32
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()


def masked(number: str) -> str:
    """What a form may show back to whoever typed the number."""
    return f"{number[:6]}{'*' * 10}{number[-2:]}"
