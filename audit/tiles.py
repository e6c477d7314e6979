"""Tiles and entry bundles (C2SP tlog-tiles v0.1.0): the log as immutable static files.

    tile/0/x001/067           256 leaf hashes of 32 bytes: those of the entries 1067 * 256 and on
    tile/1/004.p/43           a partial tile: 43 hashes, each the root of a full tile one level below
    tile/entries/x001/067     the same 256 entries, each as length (2 bytes, big-endian) ‖ bytes

An index is written in groups of three digits, all but the last with an x in front: 1234067 is x001/x234/067.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from audit.errors import Refusal
from audit.merkle import MAX_SIZE, TILE_HEIGHT, TILE_WIDTH

MAX_ENTRY = 65_535  # bytes: a bundle gives the length in two
MAX_BUNDLE = TILE_WIDTH * (2 + MAX_ENTRY)
HASH_SIZE = 32
ENTRIES = -1
"""The level under which the paths of entry bundles are asked for."""

_path = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5]))?"
)


class BadTilePath(Refusal):
    code = "audit.bad-tile-path"
    zh = "{path!r} 不是瓦片路径"
    en = "{path!r} is not the path of a tile"


class BadBundle(Refusal):
    code = "audit.bad-bundle"
    zh = "条目包不完整或有多余字节（第 {place} 个条目处）"
    en = "the entry bundle is cut short or has bytes left over (at its entry {place})"


def index_path(index: int) -> str:
    """The index in groups of three digits: 1234067 → x001/x234/067."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *leading, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    return "".join(f"x{group}/" for group in leading) + last


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a tile of `width` hashes (1 to 256), or at level ENTRIES of a bundle of as many entries."""
    assert ENTRIES <= level <= 63
    assert 1 <= width <= TILE_WIDTH
    name = "entries" if level == ENTRIES else str(level)
    return f"tile/{name}/{index_path(index)}" + ("" if width == TILE_WIDTH else f".p/{width}")


def parse_tile_path(path: str) -> tuple[int, int, int]:
    """(level, index, width) of a path; level is ENTRIES for a bundle. Raises BadTilePath."""
    match = _path.fullmatch(path) if path.isascii() else None
    if not match or len(path) > 60:
        raise BadTilePath(path=path)
    level, groups, width = match.groups()
    index = int(groups.replace("/", "").replace("x", ""))
    if index > MAX_SIZE or index_path(index) != groups:  # a superfluous leading group
        raise BadTilePath(path=path)
    return ENTRIES if level == "entries" else int(level), index, int(width) if width else TILE_WIDTH


def tile_widths(size: int) -> list[tuple[int, int]]:
    """For each level of a tree of `size` leaves, from 0: the number of full tiles, the width of the partial one."""
    levels = []
    while size:
        levels.append(divmod(size, TILE_WIDTH))
        size >>= TILE_HEIGHT
    return levels


def tile_paths(size: int) -> Iterator[str]:
    """Every tile and bundle that a checkpoint of this size implies: bundles first, then tiles from level 0 up."""
    levels = list(enumerate(tile_widths(size)))
    for level, (full, partial) in [(ENTRIES, widths) for _, widths in levels[:1]] + levels:
        for index in range(full):
            yield tile_path(level, index)
        if partial:
            yield tile_path(level, full, partial)


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """The bundle of 1 to 256 entries of at most 65,535 bytes each (a longer one is an OverflowError)."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(data: bytes, width: int) -> list[bytes]:
    """Exactly `width` entries. Raises BadBundle with the first place that is not given whole, or the last one."""
    entries, length = whole_entries(data, width)
    if len(entries) < width or length != len(data):
        raise BadBundle(place=min(len(entries), width - 1))
    return entries


def whole_entries(data: bytes, width: int) -> tuple[list[bytes], int]:
    """The first entries of a bundle, at most `width`, that it gives whole, and the number of bytes they take."""
    entries: list[bytes] = []
    at = 0
    while len(entries) < width:
        start = at + 2
        end = start + int.from_bytes(data[at:start], "big")
        if end > len(data):  # also where the length itself is cut
            break
        entries.append(data[start:end])
        at = end
    return entries, at


def split_hashes(data: bytes) -> Sequence[bytes]:
    """The hashes of a tile."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
