"""The entries of a log by their place: each one whole, in its tile, well formed, and chained to the one before.

A stretch of bundles is scanned by itself, so that several processes can share a log. What joins it to the stretch
before (its first entry's `prev` and `logged`) is handed back, for `holds` to compare.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from audit.entry import ZERO_PREV, check_opening, read_members, sm3
from audit.errors import Refusal
from audit.merkle import TILE_WIDTH, fold
from audit.source import FileFault, Folder, Source, is_digest, read_tile
from audit.tiles import ENTRIES, HASH_SIZE, BadBundle, index_path, split_hashes, tile_path, whole_entries


class LogFault(Refusal):
    """Base of what does not hold in a log, beside the form of its parts."""

    code = "audit.log-fault"
    zh = "日志不成立"
    en = "the log does not hold"


class WrongTileSize(LogFault):
    code = "audit.wrong-tile-size"
    zh = "文件 {path} 为 {size} 字节，应为 {wanted} 字节"
    en = "{path} has {size} bytes instead of {wanted}"


class LeafDiffers(LogFault):
    code = "audit.leaf-differs"
    zh = "条目与文件 {path} 中第 {place} 个叶哈希不符：条目或瓦片被改动"
    en = "the entry does not hash to leaf {place} of {path}: one of them was altered"


class WrongSeq(LogFault):
    code = "audit.wrong-seq"
    zh = "条目自称序号 {claimed}"
    en = "the entry says it is number {claimed}"


class ChainBroken(LogFault):
    code = "audit.chain-broken"
    zh = "prev 不是前一条目的 SM3 值 {wanted}"
    en = "prev is not the SM3 of the entry before, {wanted}"


class TimeRunsBack(LogFault):
    code = "audit.time-runs-back"
    zh = "logged 为 {found}，早于前一条目的 {before}"
    en = "logged is {found}, earlier than {before} of the entry before"


class BlobFault(LogFault):
    """Base of what is wrong with a public file; `seq` is the entry that names it."""

    code = "audit.blob-fault"


class BlobMissing(BlobFault):
    code = "audit.blob-not-there"
    zh = "缺少条目 seq={seq} 列出的文件"
    en = "the file that entry seq={seq} names is missing"


class BlobSizeDiffers(BlobFault):
    code = "audit.blob-size-differs"
    zh = "文件为 {found} 字节，条目 seq={seq} 写明 {wanted} 字节"
    en = "the file has {found} bytes, entry seq={seq} says {wanted}"


class BlobDiffers(BlobFault):
    code = "audit.blob-differs"
    zh = "文件内容与其 SHA-256 不符（条目 seq={seq} 列出）"
    en = "the file does not hash to its name (entry seq={seq} names it)"


class BlobUnreadable(BlobFault):
    code = "audit.blob-unreadable"
    zh = "条目 seq={seq} 列出的文件无法读取或不是普通文件"
    en = "the file that entry seq={seq} names cannot be read or is not a regular file"


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold and where: `seq=N`, `tile/L/N`, `checkpoint`, `witnesses`, `since` or `blob/SHA256`."""

    where: str
    why: Refusal

    def line(self, lang: str = "zh") -> str:
        return f"FAIL {self.where}: {self.why.message(lang)}"


class Failed(Exception):  # noqa: N818 - carries a verdict, not an error
    """Ends a verification with its fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class Link(NamedTuple):
    """What an entry and the next one must agree on: its SM3 in hex (or the next one's `prev`) and `logged`."""

    hash: str
    logged: int


@dataclass(frozen=True, slots=True)
class Job:
    """What all stretches of one verification share."""

    source: Source
    size: int
    look_at_blobs: bool
    """Compare the public files that entries name with what is there…"""
    demand_blobs: bool
    """…and miss those that are not."""


@dataclass(slots=True)
class Scanned:
    """What the scan of a stretch found."""

    entries: int = 0
    fault: Fault | None = None
    """The first bad entry, or the level-0 tile that is needed for it; nothing after it was looked at."""
    head: Link | None = None
    """What the first entry says of the one before, where that lies in the stretch before."""
    tail: Link | None = None
    """What the entry after the last one must say."""
    roots: list[bytes] = field(default_factory=list)
    """The roots of the full level-0 tiles."""
    leaves: list[bytes] = field(default_factory=list)
    """The leaf hashes of the partial one."""
    blob_fault: Fault | None = None
    """The first fault among the files that the entries name, in their order."""


def scan(job: Job, first: int, last: int) -> Scanned:
    """Check the bundles [first, last) and the level-0 tiles over them."""
    scanned = Scanned(tail=None if first else Link(ZERO_PREV, 0))
    good_blobs: set[tuple[str, int]] = set()
    try:
        for index in range(first, last):
            _scan_bundle(job, index, scanned, good_blobs)
    except Failed as failed:
        scanned.fault = failed.fault
    return scanned


def holds(before: Link, link: Link) -> bool:
    """Whether an entry follows on the one before."""
    return link.hash == before.hash and link.logged >= before.logged


def broken(before: Link, link: Link) -> Refusal:
    """Why it does not."""
    if link.hash != before.hash:
        return ChainBroken(wanted=before.hash)
    return TimeRunsBack(found=link.logged, before=before.logged)


def _scan_bundle(job: Job, index: int, scanned: Scanned, good_blobs: set[tuple[str, int]]) -> None:
    """Raises Failed."""
    start = index * TILE_WIDTH
    width = min(TILE_WIDTH, job.size - start)
    try:
        bundle_path, bundle = read_tile(job.source, ENTRIES, index, width)
    except FileFault as why:
        raise Failed(at_place(start, why)) from None
    entries, length = whole_entries(bundle, width)
    # A full bundle in the place of a partial one holds entries that this checkpoint says nothing of.
    has_surplus = length != len(bundle) and bundle_path == tile_path(ENTRIES, index, width)
    hashes: Sequence[bytes] = ()
    before, before_logged = scanned.tail or (None, 0)
    sha256 = hashlib.sha256
    for within, data in enumerate(entries):
        place = start + within
        if has_surplus and within == width - 1:
            raise Failed(at_place(place, BadBundle(place=within)))
        if not within:
            hashes_path, tile = read_hashes(job.source, 0, index, width)
            hashes = split_hashes(tile[: width * HASH_SIZE])
        if sha256(b"\0" + data).digest() != hashes[within]:
            raise Failed(at_place(place, LeafDiffers(path=hashes_path, place=within)))
        members = _checked_members(place, data)
        prev, logged = members["prev"], members["logged"]
        if before is None:
            scanned.head = Link(prev, logged)
        elif prev != before or logged < before_logged:
            raise Failed(at_place(place, broken(Link(before, before_logged), Link(prev, logged))))
        before, before_logged = sm3(data).hex(), logged
        if job.look_at_blobs and members["files"] and scanned.blob_fault is None:
            scanned.blob_fault = _blob_fault(job, place, members["files"], good_blobs)
    if len(entries) < width:
        raise Failed(at_place(start + len(entries), BadBundle(place=len(entries))))
    assert before is not None
    scanned.tail = Link(before, before_logged)
    scanned.entries += width
    if width == TILE_WIDTH:
        scanned.roots.append(fold(hashes))
    else:
        scanned.leaves = list(hashes)


def _checked_members(place: int, data: bytes) -> dict[str, Any]:
    """Raises Failed."""
    try:
        members = read_members(data)
        if not place:
            check_opening(members["kind"], members["body"])
    except Refusal as why:
        raise Failed(at_place(place, why)) from None
    if members["seq"] != place:
        raise Failed(at_place(place, WrongSeq(claimed=members["seq"])))
    return members


def at_place(place: int, why: Refusal) -> Fault:
    return Fault(f"seq={place}", why)


def read_hashes(source: Source, level: int, index: int, width: int) -> tuple[str, bytes]:
    """The path and the bytes of a hash tile of the right length, at least `width` hashes. Raises Failed, Unreadable."""
    try:
        path, data = read_tile(source, level, index, width)
    except FileFault as why:
        raise Failed(at_tile(level, index, why)) from None
    wanted = HASH_SIZE * (width if path == tile_path(level, index, width) else TILE_WIDTH)
    if len(data) != wanted:
        raise Failed(at_tile(level, index, WrongTileSize(path=path, size=len(data), wanted=wanted)))
    return path, data


def at_tile(level: int, index: int, why: Refusal) -> Fault:
    return Fault(f"tile/{level}/{index_path(index)}", why)


def _blob_fault(job: Job, seq: int, files: list[dict[str, Any]], good: set[tuple[str, int]]) -> Fault | None:
    """The first file that an entry names and that is not what the entry says.

    good: (name, size) of files that were right before, lest one is looked at again for each entry that names it.
    """
    for file in files:
        name, wanted = file["sha256"], file["size"]
        if (name, wanted) in good:
            continue
        try:
            if isinstance(job.source, Folder):
                size = job.source.blob_size(name)  # its bytes are hashed later, once, whoever names it
            else:
                digest, size = job.source.blob_digest(name) or (name, None)
                if digest != name:
                    return at_blob(name, BlobDiffers(seq=seq))
        except FileFault:
            return at_blob(name, BlobUnreadable(seq=seq))
        if size is None and job.demand_blobs:
            return at_blob(name, BlobMissing(seq=seq))
        if size is not None and size != wanted:
            return at_blob(name, BlobSizeDiffers(seq=seq, found=size, wanted=wanted))
        good.add((name, wanted))
    return None


def at_blob(name: str, why: Refusal) -> Fault:
    return Fault(f"blob/{name}", why)


def bad_blobs(source: Folder, names: list[str]) -> list[tuple[str, bool]]:
    """Those of the blobs that cannot be read (False) or do not hash to their names (True)."""
    bad = []
    for name in names:
        assert is_digest(name)
        try:
            found = source.blob_digest(name)
        except FileFault:
            bad.append((name, False))
            continue
        if found is not None and found[0] != name:
            bad.append((name, True))
    return bad


def naming_entries(job: Job, names: Collection[str], first: int, last: int) -> list[tuple[int, str]]:
    """(seq, name) wherever an entry of the bundles [first, last), verified before, names one of these blobs."""
    found = []
    for index in range(first, last):
        start = index * TILE_WIDTH
        width = min(TILE_WIDTH, job.size - start)
        _, bundle = read_tile(job.source, ENTRIES, index, width)
        for within, data in enumerate(whole_entries(bundle, width)[0]):
            files = read_members(data)["files"]
            found += [(start + within, file["sha256"]) for file in files if file["sha256"] in names]
    return found
