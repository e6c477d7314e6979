"""Verifying a whole log from its public files alone: every entry, every tile, the root, the witnesses, the blobs.

The order of faults is total, however many processes share the work, so that two people who verify the same files read
the same line: the checkpoint; the entries by place, and for each its bundle, leaf hash, form, opening, `seq`, `prev`,
`logged`; the upper tiles from level 1; the root; the witnesses; the older checkpoint; the blobs.

The leaf hash comes before the chain, so an entry that was altered in its bundle is named itself and not the one after
it. Memory does not grow with the log: each process holds one bundle, and this one holds one tile of each level.
"""

import base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, islice

from audit import merkle, note
from audit.checkpoint import Checkpoint, open_checkpoint
from audit.cosignature import check_quorum, parse_witnesses, signers, verify_cosignatures
from audit.errors import Refusal, Unreadable
from audit.merkle import TILE_WIDTH, CompactRange, fold
from audit.note import VerifierKey, parse_vkey
from audit.parallel import cores, in_order
from audit.receipt import rfc3339
from audit.scan import (
    BlobDiffers,
    BlobUnreadable,
    Failed,
    Fault,
    Job,
    LogFault,
    at_blob,
    at_place,
    at_tile,
    bad_blobs,
    broken,
    holds,
    naming_entries,
    read_hashes,
    scan,
)
from audit.source import CHECKPOINT, Folder, MissingFile, Source, open_source
from audit.tiles import HASH_SIZE

STRETCH = 16
"""Bundles (of 256 entries) that a process scans at a time."""
BLOBS_AT_ONCE = 16
REMOTE_WORKERS = 8
"""At least so many ask a web server at once: they mostly wait."""

Progress = Callable[[int, int], None]
"""Told (entries verified, entries in all) now and then."""


class TileDiffers(LogFault):
    code = "audit.tile-differs"
    zh = "文件 {path} 中第 {place} 个哈希与下一层不符"
    en = "hash {place} of {path} is not the root of the tile below"


class RootDiffers(LogFault):
    code = "audit.root-differs"
    zh = "由条目算出的树根为 {found}，与检查点不符"
    en = "the entries have the root {found}, not the checkpoint's"


class LogShrank(LogFault):
    code = "audit.log-shrank"
    zh = "旧检查点有 {old} 个条目，现在只有 {new} 个"
    en = "the older checkpoint has {old} entries, this one only {new}"


class HistoryRewritten(LogFault):
    code = "audit.history-rewritten"
    zh = "前 {old} 个条目与旧检查点的树根不符：历史被改写，或日志出示了两个版本"
    en = "the first {old} entries do not have the older checkpoint's root: history was rewritten or has two versions"


class UnnamedBlobDiffers(LogFault):
    code = "audit.unnamed-blob-differs"
    zh = "文件内容与其 SHA-256 不符，且无条目列出该文件"
    en = "the file does not hash to its name, and no entry names it"


@dataclass(frozen=True, slots=True)
class Verified:
    """All of it holds."""

    size: int
    root: bytes
    cosigned: int | None
    """The newest time of a named witness's cosignature, Unix seconds."""
    signed: int
    """How many of the named witnesses signed this checkpoint…"""
    named: int
    """…and how many were named."""

    def line(self) -> str:
        return (
            f"OK size={self.size} root={base64.b64encode(self.root).decode()} checkpoint={rfc3339(self.cosigned)} "
            f"witnesses={self.signed}/{self.named}"
        )


def verify_log(
    where: str,
    vkey: str,
    witnesses: Sequence[str] = (),
    quorum: int | None = None,
    since: bytes | None = None,
    blobs: bool = False,
    progress: Progress | None = None,
    workers: int | None = None,
) -> Verified | Fault:
    """Check everything that the checkpoint of a log implies, and say that it holds or what is first that does not.

    where: a folder that holds `checkpoint`, or the prefix of a URL. quorum: by default all named witnesses.
    since: an older signed checkpoint, which must be of a prefix. blobs: every file that an entry names must be there.
    workers: processes, by default one for each core. Raises Unreadable, and BadKey for a vkey that is none.
    """
    key, named = parse_vkey(vkey), parse_witnesses(witnesses)
    source = open_source(where)
    workers = workers or max(cores(), REMOTE_WORKERS if not isinstance(source, Folder) else 1)
    try:
        checkpoint = _read_checkpoint(source, key)
        job = Job(source, checkpoint.size, blobs or (isinstance(source, Folder) and source.has_blobs()), blobs)
        blob_fault = _check_tree(job, checkpoint, workers, progress or _untold)
        verified = _check_witnesses(checkpoint, named, quorum)
        if since is not None:
            _check_since(source, checkpoint, since, key)
        _check_blobs(job, blob_fault, workers)
    except Failed as failed:
        return failed.fault
    return verified


def _read_checkpoint(source: Source, key: VerifierKey) -> Checkpoint:
    """Raises Failed, Unreadable."""
    try:
        data = source.read(CHECKPOINT, note.MAX_SIZE)
        if data is None:
            raise MissingFile(path=CHECKPOINT)
        return open_checkpoint(data, key)
    except Unreadable:
        raise
    except Refusal as why:
        raise Failed(Fault(CHECKPOINT, why)) from None


def _untold(done: int, size: int) -> None:
    """Nobody asked for progress."""


def _stretches(job: Job) -> Iterator[tuple[int, int]]:
    """The bundles [first, last) to scan at a time; small ones at first, so that a hostile size costs nothing."""
    bundles = -(-job.size // TILE_WIDTH)
    first, length = 0, 1
    while first < bundles:
        last = min(bundles, first + length)
        yield first, last
        first, length = last, min(STRETCH, 2 * length)


def _workers_for(jobs: int, workers: int) -> int:
    """A process costs more to start than a little work to do."""
    return workers if jobs > 2 * STRETCH else 1


def _check_tree(job: Job, checkpoint: Checkpoint, workers: int, progress: Progress) -> Fault | None:
    """All entries, all tiles and the root; what the scan found of blobs is returned. Raises Failed, Unreadable."""
    upper = _UpperTiles(job.source)
    leaves: list[bytes] = []
    blob_fault = None
    tail = None
    done = 0
    jobs = ((job, *stretch) for stretch in _stretches(job))
    progress(0, job.size)
    with closing(in_order(scan, jobs, _workers_for(job.size // TILE_WIDTH, workers))) as results:
        for scanned in results:
            if tail and scanned.head and not holds(tail, scanned.head):
                raise Failed(at_place(done, broken(tail, scanned.head)))
            if scanned.fault:
                raise Failed(scanned.fault)
            for root in scanned.roots:
                upper.add(root)
            tail, leaves = scanned.tail, scanned.leaves
            blob_fault = blob_fault or scanned.blob_fault
            done += scanned.entries
            progress(done, job.size)
    upper.finish()
    root = CompactRange(job.size, upper.subtrees(leaves)).root()
    if root != checkpoint.root:
        raise Failed(Fault(CHECKPOINT, RootDiffers(found=base64.b64encode(root).decode())))
    return blob_fault


class _UpperTiles:
    """Compares the tiles from level 1 up with what the level below gives, as its roots come in order.

    Faults wait until all entries are known to be good; of several, the lowest and then the first tile is named.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._levels: list[tuple[int, list[bytes]]] = []
        """For each level from 1: how many tiles are full, and the hashes of the one that is not."""
        self._fault: tuple[int, int, Fault] | None = None

    def add(self, root: bytes, level: int = 1) -> None:
        """Take the root of the next full tile of the level below `level`."""
        if len(self._levels) < level:
            self._levels.append((0, []))
        index, hashes = self._levels[level - 1]
        hashes.append(root)
        if len(hashes) == TILE_WIDTH:
            self._compare(level, index, hashes)
            self._levels[level - 1] = (index + 1, [])
            self.add(fold(hashes), level + 1)

    def finish(self) -> None:
        """Compare the partial tiles. Raises Failed for the first fault of all."""
        for level, (index, hashes) in enumerate(self._levels, 1):
            if hashes:
                self._compare(level, index, hashes)
        if self._fault:
            raise Failed(self._fault[2])

    def subtrees(self, leaves: Sequence[bytes]) -> list[bytes]:
        """The hashes of the full subtrees of the whole tree, the largest first; `leaves` are those in no full tile."""
        rows = [leaves, *(hashes for _, hashes in self._levels)]
        return [
            fold(row[index << height : (index + 1) << height])
            for row in reversed(rows)
            for height, index in merkle.subtrees(0, len(row))
        ]

    def _compare(self, level: int, index: int, hashes: list[bytes]) -> None:
        if self._fault and self._fault[:2] < (level, index):
            return
        try:
            path, data = read_hashes(self._source, level, index, len(hashes))
            for place, item in enumerate(hashes):
                if data[place * HASH_SIZE : (place + 1) * HASH_SIZE] != item:
                    raise Failed(at_tile(level, index, TileDiffers(path=path, place=place)))
        except Failed as failed:
            self._fault = (level, index, failed.fault)


def _check_witnesses(checkpoint: Checkpoint, named: Sequence[VerifierKey], quorum: int | None) -> Verified:
    """Raises Failed."""
    try:
        cosignatures = verify_cosignatures(checkpoint, named)
        check_quorum(cosignatures, len(named) if quorum is None else quorum, len(named))
    except Refusal as why:
        raise Failed(Fault("witnesses", why)) from None
    newest = max((cosignature.time for cosignature in cosignatures), default=None)
    return Verified(checkpoint.size, checkpoint.root, newest, signers(cosignatures), len(named))


def _check_since(source: Source, checkpoint: Checkpoint, since: bytes, key: VerifierKey) -> None:
    """Raises Failed, Unreadable."""
    try:
        old = open_checkpoint(since, key)
    except Refusal as why:
        raise Failed(Fault("since", why)) from None
    if old.size > checkpoint.size:
        raise Failed(Fault("since", LogShrank(old=old.size, new=checkpoint.size)))
    # The tiles were verified up to this checkpoint's root, so the root of any prefix may be taken from them.
    root = merkle.tree_root(lambda *tile: read_hashes(source, *tile)[1], old.size, within=checkpoint.size)
    if root != old.root:
        raise Failed(Fault("since", HistoryRewritten(old=old.size)))


def _check_blobs(job: Job, fault: Fault | None, workers: int) -> None:
    """Hash what lies in `blob/`; `fault` is what the scan found amiss without reading it. Raises Failed."""
    bad: dict[str, bool] = {}
    if isinstance(job.source, Folder) and job.source.has_blobs():
        names = job.source.blob_names()
        batches = ((job.source, batch) for batch in iter(lambda: list(islice(names, BLOBS_AT_ONCE)), []))
        for found in in_order(bad_blobs, batches, workers):
            bad.update(found)
    if bad:
        fault = _first_blob_fault(job, bad, fault, workers)
    if fault:
        raise Failed(fault)


def _first_blob_fault(job: Job, bad: dict[str, bool], other: Fault | None, workers: int) -> Fault | None:
    """The fault whose file is named first in the log: one of `bad` (True: read, but of another hash), or `other`.

    After those come files that no entry names but that pretend to be blobs; what is no file at all pretends nothing.
    """
    names = set(bad)
    if other:
        names.add(other.where.removeprefix("blob/"))
    jobs = ((job, names, *stretch) for stretch in _stretches(job))
    with closing(in_order(naming_entries, jobs, _workers_for(job.size // TILE_WIDTH, workers))) as results:
        for seq, name in chain.from_iterable(results):
            if other and other.where == f"blob/{name}" and other.why.facts["seq"] == seq:
                return other
            if name in bad:
                return at_blob(name, BlobDiffers(seq=seq) if bad[name] else BlobUnreadable(seq=seq))
    pretended = min((name for name, was_read in bad.items() if was_read), default=None)
    return at_blob(pretended, UnnamedBlobDiffers()) if pretended else None
