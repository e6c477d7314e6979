"""The lines of `mingtang verify draw`: one for each file, with fixed words and the reason in the user's language.

    OK FILE winners=A,B seed=<64 hexadecimal digits> BLS=ok log=unchecked
    E_SEED FILE <why>
    E_READ FILE <why>

`BLS=-` where the draw used dice alone, `BLS=unchecked` without a BLS library. `winners` are those of the standing, if
the file holds one. `log=unchecked` always: no file alone proves when it was logged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Final

from lottery.protocol.errors import DrawError
from lottery.protocol.verify import Verified, verify_evidence

HOLDS: Final = 0
FAULT: Final = 1
UNREADABLE: Final = 3

_UNREADABLE: Final = {
    FileNotFoundError: ("没有这个文件", "no such file"),
    IsADirectoryError: ("这是文件夹", "is a folder"),
    PermissionError: ("没有读取权限", "permission denied"),
    ValueError: ("文件名无效", "no valid file name"),
}
_LINE_BREAKERS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def verify_files(paths: Sequence[str], lang: str = "zh") -> tuple[list[str], int]:
    """Return one line for each file, in the order given, and the exit status.

    0: all hold. 1: a fault in one of them. 3: none has a fault, but one could not be read.
    """
    lines: list[str] = []
    statuses = {HOLDS}
    for path in paths:
        line, status = verify_file(path, lang)
        lines.append(line)
        statuses.add(status)
    worst = FAULT if FAULT in statuses else max(statuses)
    return lines, worst


def verify_file(path: str, lang: str = "zh") -> tuple[str, int]:
    """Return the line of one file and the exit status that it alone would give."""
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the name
        return f"E_READ {shown(path)} {_why_unreadable(fault, lang)}", UNREADABLE
    try:
        return ok_line(path, verify_evidence(data), "unchecked"), HOLDS
    except DrawError as fault:
        return fault_line(path, fault, lang), FAULT


def ok_line(path: str, verified: Verified, log: str) -> str:
    """Return the line of a file without fault. log: what was found out about the log (ok, partial, unchecked)."""
    winners = ",".join(verified.winners)
    return f"OK {shown(path)} winners={winners} seed={verified.seed} BLS={verified.bls} log={log}"


def fault_line(path: str, fault: DrawError, lang: str) -> str:
    """Return the line of a file with a fault."""
    return f"{fault.code} {shown(path)} {fault.why(lang)}"


def shown(path: str) -> str:
    r"""Return a file's name as it was given, but for control characters and line separators, written as \xNN or \uNNNN.

    A name is chosen by whoever hands over the file: with a line feed in it, one file could print a second line, an OK
    for a file that was never looked at. Bytes that are not UTF-8 stay as Python keeps them (PEP 383): `write`
    gives them back.
    """
    return _LINE_BREAKERS.sub(lambda found: found[0].encode("unicode_escape").decode(), path)


def write(lines: Sequence[str], out: BinaryIO) -> None:
    """Write the lines in UTF-8, whatever the locale, with file names in the bytes in which they were given."""
    out.writelines(f"{line}\n".encode("utf-8", "surrogateescape") for line in lines)


def _why_unreadable(fault: OSError | ValueError, lang: str) -> str:
    zh, en = next((why for kind, why in _UNREADABLE.items() if isinstance(fault, kind)), ("无法读取", "cannot be read"))
    return en if lang.lower().startswith("en") else zh
