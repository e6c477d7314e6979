"""Releases in whatever form others publish them: packages of releases or records, lists, one JSON text a line."""

import gzip
import json
import zlib
from decimal import Decimal
from typing import Any, NoReturn

from audit.errors import Refusal
from trading.ocds.values import Json

MAX_BYTES = 256 * 1024 * 1024
"""Of a file, and of what it unpacks to."""
MAX_DEPTH = 40
_GZIP = b"\x1f\x8b"


class UnreadableReleases(Refusal):
    code = "trading.unreadable-releases"
    zh = "文件中没有可读的 OCDS 发布：{why}"
    en = "the file holds no OCDS releases that can be read: {why}"


def read(data: bytes) -> list[Json]:
    """The releases of a file, in its order; amounts are read exactly. Of a record without any, its compiled release.

    Raises UnreadableReleases.
    """
    try:
        text = _unpacked(data).decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise UnreadableReleases(why="UTF-8") from fault
    try:
        values = [_parsed(text)]
    except ValueError:
        try:
            values = [_parsed(line) for line in text.split("\n") if line.strip()]
        except (ValueError, RecursionError) as fault:
            raise UnreadableReleases(why=str(fault)[:200]) from fault
    except RecursionError as fault:
        raise UnreadableReleases(why="JSON") from fault
    found = [release for value in values for release in _releases(value)]
    if not found:
        raise UnreadableReleases(why="releases, records")
    return found


def _unpacked(data: bytes) -> bytes:
    if data.startswith(_GZIP):
        try:
            unpacking = zlib.decompressobj(wbits=31)
            data = unpacking.decompress(data, MAX_BYTES + 1)
            if not unpacking.eof and len(data) <= MAX_BYTES:
                raise UnreadableReleases(why="gzip")
        except (zlib.error, gzip.BadGzipFile) as fault:
            raise UnreadableReleases(why="gzip") from fault
    if len(data) > MAX_BYTES:
        raise UnreadableReleases(why=f"> {MAX_BYTES} bytes")
    return data


def _parsed(text: str) -> Any:
    """Raises ValueError also for numbers and texts that JSON can write, but nobody can mean."""
    value = json.loads(text, parse_float=_number, parse_int=_whole, parse_constant=_no_number)
    _check(value, MAX_DEPTH)
    return value


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if number and not -30 < number.adjusted() < 30:
        raise ValueError(text[:40])
    return number


def _whole(text: str) -> int | Decimal:
    return int(text) if len(text) < 16 else _number(text)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _check(value: Any, left: int) -> None:
    if not left:
        raise ValueError(f"> {MAX_DEPTH} levels")
    if isinstance(value, str):
        value.encode()  # half a surrogate pair is no text
    elif isinstance(value, dict):
        for name, one in value.items():
            name.encode()
            _check(one, left - 1)
    elif isinstance(value, list):
        for one in value:
            _check(one, left - 1)


def _releases(value: Any) -> list[Json]:
    if isinstance(value, list):
        return [release for one in value for release in _releases(one)]
    if not isinstance(value, dict):
        return []
    if "ocid" in value and "compiledRelease" not in value and not isinstance(value.get("releases"), list):
        return [value]
    if isinstance(value.get("releases"), list):
        whole = [one for one in value["releases"] if isinstance(one, dict) and "ocid" in one]
        if whole or "compiledRelease" not in value:
            return whole
    if isinstance(value.get("records"), list):
        return [release for one in value["records"] for release in _releases(one)]
    compiled = value.get("compiledRelease")
    return [compiled] if isinstance(compiled, dict) else []
