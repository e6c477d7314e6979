"""The unified transaction code (统一交易标识码), as this centre makes it: labelled `local`, and no claim to conformity.

    A02-91210100MADEMO000X-20250304-000017-K
    |   |                  |        |      check character: ISO 7064 MOD 37,36 over what stands before it, no hyphens
    |   |                  |        serial number of that day
    |   |                  day
    |   the platform's identification code, 18 characters
    class of what is traded

The national specification could be had in part only, so its check is not known here; the code that a superior platform
returns is recorded beside this one.
"""

import re
from datetime import date

from trading import errors

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MODULUS = 36
_CLASS = re.compile(r"[A-Z][0-9]{2}")
_ANY = re.compile(r"[A-Z0-9][A-Z0-9-]{0,63}")
_LOCAL = re.compile(r"[A-Z][0-9]{2}-[0-9A-Z]{18}-[0-9]{8}-[0-9]{6}-[0-9A-Z]")
MAX_SERIAL = 999_999


def is_class(code: str) -> bool:
    """Whether it can be the first part of a local code."""
    return bool(_CLASS.fullmatch(code))


def local_code(class_code: str, platform: str, day: date, serial: int) -> str:
    """class_code: a letter and two digits. platform: 18 characters."""
    assert is_class(class_code)
    assert 1 <= serial <= MAX_SERIAL
    body = f"{class_code}-{platform}-{day:%Y%m%d}-{serial:06d}"
    return f"{body}-{check_character(body)}"


def is_right(code: str) -> bool:
    """Whether a code has the local shape and its check character."""
    return bool(_LOCAL.fullmatch(code)) and check_character(code[:-2]) == code[-1]


def check_superior(code: str) -> None:
    """Raises BadCode: what a superior platform returns is not parsed, only kept from breaking a page."""
    if not _ANY.fullmatch(code):
        raise errors.BadCode(code=code[:64])


def check_character(body: str) -> str:
    """ISO 7064 MOD 37,36 (hybrid system) over the letters and digits of `body`."""
    product = _MODULUS
    for character in body.replace("-", ""):
        product = (product + _CHARACTERS.index(character)) % _MODULUS or _MODULUS
        product = product * 2 % (_MODULUS + 1)
    return _CHARACTERS[(_MODULUS + 1 - product) % _MODULUS]
