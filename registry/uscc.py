"""Unified social credit codes (统一社会信用代码), GB 32100-2015, and the organisation codes in them, GB 11714.

9     1    210100    MA0TEXT12     9
|     |    |         |             check character, modulo 31
|     |    |         organisation code: 8 characters and their own check, modulo 11
|     |    region (GB/T 2260)
|     kind of entity
registering department: 1 to 9, A (military), N (agriculture), Y (other)
"""

import re

from audit.errors import Refusal

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # I, O, S, V, Z are left out, since they look like digits
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_FORM = re.compile(rf"[1-9ANY][{ALPHABET}][0-9]{{6}}[{ALPHABET}]{{10}}")
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


class BadCode(Refusal):
    """Base of what is no unified social credit code."""

    code = "registry.bad-code"
    zh = "“{value}”不是统一社会信用代码"
    en = "{value!r} is not a unified social credit code"


class BadCodeForm(BadCode):
    code = "registry.bad-code-form"
    zh = "统一社会信用代码“{value}”不合格式：须为 18 位半角数字和大写字母（不含 I、O、S、V、Z），第 3 至 8 位为数字"
    en = "{value!r} does not have the form of a unified social credit code: 18 characters, digits in places 3 to 8"


class BadCodeCheck(BadCode):
    code = "registry.bad-code-check"
    zh = "统一社会信用代码“{value}”的校验位不对，应为 {wanted}"
    en = "the check character of the unified social credit code {value!r} is wrong; it should be {wanted}"


def check_uscc(text: str) -> str:
    """The code in the form it is stored in: blanks removed, upper case. Raises BadCode.

    Full-width characters are refused, not folded: a code is copied from one list into another, and each reader must
    see the same one. The inner organisation code is not looked at; see `has_right_inner_code`.
    """
    code = text.replace(" ", "")
    if not code.isascii() or not _FORM.fullmatch(code := code.upper()):
        raise BadCodeForm(value=text[:40])
    wanted = check_character(code)
    if code[17] != wanted:
        raise BadCodeCheck(value=code, wanted=wanted)
    return code


def check_character(code: str) -> str:
    """The character that place 18 must hold; `code` has at least 17 characters of the alphabet."""
    total = sum(_VALUE[character] * pow(3, place, 31) for place, character in enumerate(code[:17]))
    return ALPHABET[-total % 31]


def has_right_inner_code(code: str) -> bool:
    """Whether places 9 to 17 hold a right organisation code. A wrong one is worth a warning, not a refusal."""
    inner = code.replace(" ", "").upper()[8:17]
    if not re.fullmatch(r"[0-9A-Z]{8}[0-9X]", inner):
        return False
    total = sum(int(character, 36) * weight for character, weight in zip(inner, _INNER_WEIGHTS, strict=False))
    return inner[8] == "0123456789X"[-total % 11]
