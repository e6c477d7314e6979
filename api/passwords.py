"""Sign-in names and passwords: their form, and argon2id (RFC 9106). No database here."""

import re
import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.errors import BadSignInName, PasswordTooLong, PasswordTooPlain, PasswordTooShort

LEAST = 12
MOST = 256
_DIFFERENT = 5
_NAME = re.compile(r"[a-z0-9.@_\-\u4e00-\u9fff]{2,64}")

# The first recommendation of RFC 9106 wants 2 GiB; its second, 64 MiB with three passes, is the library's default.
_hasher = PasswordHash((Argon2Hasher(),))


def normal_name(name: str) -> str:
    """The one form in which a sign-in name is kept and looked up. Raises BadSignInName.

    Letters are folded (NFKC, lower case), and only ASCII and Chinese are taken: `аdmin` with a Cyrillic а is refused
    instead of being another account that looks the same.
    """
    folded = unicodedata.normalize("NFKC", name.strip()).casefold()
    if not _NAME.fullmatch(folded):
        raise BadSignInName
    return folded


def check_password(password: str, name: str) -> None:
    """Refuse a password that is easily guessed. name: normal. Raises PasswordTooShort, …TooLong, …TooPlain."""
    if len(password) < LEAST:
        raise PasswordTooShort(least=LEAST)
    if len(password) > MOST:
        raise PasswordTooLong(most=MOST)
    if name in unicodedata.normalize("NFKC", password).casefold() or len(set(password)) < _DIFFERENT:
        raise PasswordTooPlain


def hashed(password: str) -> str:
    """argon2id of the password under a new salt. Takes some 50 ms and 64 MiB: never inside a transaction."""
    return _hasher.hash(_folded(password))


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password is the one that was stored; with nothing stored, no, after the same time."""
    if len(password) > MOST:
        password, stored = "", None
    verified = _hasher.verify(_folded(password), stored or _nobodys())
    return verified and stored is not None


@cache
def _nobodys() -> str:
    return hashed("no account has this password")


def _folded(password: str) -> str:
    # Two keyboards may send one typed password in different Unicode forms (RFC 8265 section 4).
    return unicodedata.normalize("NFC", password)
