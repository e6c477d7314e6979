"""The lines of `mingtang verify log` and `mingtang verify receipt`: fixed words, and the reason in the user's language.

    OK size=N root=BASE64 checkpoint=TIME witnesses=k/n        OK seq=N size=M witnesses=k/n cosigned=TIME
    FAIL seq=N: why                                            FAIL why
    E_READ FILE why                                            E_READ FILE why

Exit status 0: it holds. 1: it does not. 2: a key that is none. 3: the input could not be read at all.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from audit.cosignature import parse_witnesses
from audit.errors import Refusal, Unreadable
from audit.note import MAX_SIZE, BadKey, parse_vkey
from audit.receipt import verify_receipt
from audit.scan import Fault
from audit.tiles import MAX_ENTRY
from audit.verify import Progress, verify_log

HOLDS = 0
FAULT = 1
USAGE = 2
UNREADABLE = 3

_line_breakers = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class UnreadableInput(Unreadable):
    zh = "无法读取：{why}"
    en = "cannot be read: {why}"


def verify_log_command(
    where: str,
    key: str,
    witnesses: Sequence[str] = (),
    quorum: int | None = None,
    since: Path | str | None = None,
    blobs: bool = False,
    progress: Progress | None = None,
    lang: str = "zh",
) -> tuple[str, int]:
    """The line and the exit status of `mingtang verify log`."""
    try:
        _check_keys(key, witnesses)
        old = None if since is None else _read(since, MAX_SIZE)
    except BadKey as refusal:
        return _usage(refusal, lang)
    except UnreadableInput as refusal:
        return _unreadable(str(since), refusal, lang)
    try:
        found = verify_log(where, key, witnesses, quorum, old, blobs, progress)
    except Unreadable as refusal:
        return _unreadable(where, refusal, lang)
    if isinstance(found, Fault):
        return one_line(found.line(lang)), FAULT
    return found.line(), HOLDS


def verify_receipt_command(
    proof: Path | str,
    entry: Path | str,
    key: str,
    witnesses: Sequence[str] = (),
    quorum: int | None = None,
    lang: str = "zh",
) -> tuple[str, int]:
    """The line and the exit status of `mingtang verify receipt`."""
    try:
        _check_keys(key, witnesses)
    except BadKey as refusal:
        return _usage(refusal, lang)
    try:
        path = proof
        proof_bytes = _read(path, 2 * MAX_SIZE)
        path = entry
        entry_bytes = _read(path, MAX_ENTRY)
    except UnreadableInput as refusal:
        return _unreadable(str(path), refusal, lang)
    try:
        return str(verify_receipt(proof_bytes, entry_bytes, key, witnesses, quorum)), HOLDS
    except Refusal as refusal:
        return one_line(f"FAIL {refusal.message(lang)}"), FAULT


def one_line(text: str) -> str:
    r"""The text with line breaks and other controls written as \n, \x1b, \u2028.

    Names come from whoever wrote the log; with a line feed in one of them he could print a second line, an OK.
    """
    return _line_breakers.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _check_keys(key: str, witnesses: Sequence[str]) -> None:
    """Raises BadKey."""
    parse_vkey(key)
    parse_witnesses(witnesses)


def _read(path: Path | str, limit: int) -> bytes:
    """A file's bytes; of a longer one than can be right, one byte more than `limit`. Raises UnreadableInput."""
    try:
        with Path(path).open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise UnreadableInput(why=os.strerror(error.errno or 0)) from None
    except ValueError:  # a NUL in the name
        raise UnreadableInput(why=os.strerror(2)) from None


def _usage(refusal: Refusal, lang: str) -> tuple[str, int]:
    return one_line(f"{refusal.code}: {refusal.message(lang)}"), USAGE


def _unreadable(what: str, refusal: Refusal, lang: str) -> tuple[str, int]:
    return one_line(f"E_READ {what} {refusal.message(lang)}"), UNREADABLE
