"""Puts the tree on the disk: entry bundles, tiles from level 0 up, blobs, and last the checkpoint.

    log/checkpoint                 the newest signed checkpoint, replaced by rename
    log/tile/entries/000.p/17      the first 17 entries; at 256 the file 000 follows and 000.p goes
    log/tile/0/000.p/17            their leaf hashes
    log/blob/SHA256                public files

Whatever the process dies of, the folder verifies: a checkpoint gets its name only when all that it implies is synced,
and no file that an older checkpoint implies is changed. Only superseded partial files are ever removed, and only where
the full one is there.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from audit import merkle, tiles
from audit.blobs import Blobs
from audit.checkpoint import parse_checkpoint
from audit.errors import Refusal
from audit.folder import Folder
from audit.merkle import TILE_HEIGHT, TILE_WIDTH
from audit.tiles import ENTRIES

CHECKPOINT = "checkpoint"
LOCK = "publish.lock"
"""Held by whoever puts a checkpoint in place."""
FLUSH_BYTES = 16 * 1024 * 1024


class WrongTree(Refusal):
    code = "audit.wrong-tree"
    zh = "数据库中的条目算不出检查点（大小 {size}）所签的树根：数据库或 log/ 目录被改动过，停止发布。"
    en = "The entries of the database do not give the root signed for size {size}: the database or log/ was altered."


class BlobMissing(Refusal):
    code = "audit.blob-missing"
    zh = "条目引用的公开文件 {sha256} 不在 blobs/ 中，停止发布。"
    en = "The public file {sha256} that an entry names is not in blobs/; publishing stops."


class Publisher:
    """The right edge of the tree in memory, and the files still owed to the disk.

    Used by one thread, the one that leads. After an error it is thrown away; a new one recovers.
    """

    def __init__(self, data: Path, blobs: Blobs) -> None:
        self._folder = Folder(data / "log")
        self._lock_path = data / LOCK
        self._blobs = blobs
        self._bundle: list[bytes] = []
        """The entries of the last, partial bundle."""
        self._levels: list[list[bytes]] = [[]]
        """For each level the hashes of its last, partial tile."""
        self._owed: list[dict[str, bytes]] = [{}, {}]
        """Full files not yet written: bundles, then the tiles of each level, in the order they must appear."""
        self._owed_bytes = 0
        self._owed_blobs: list[str] = []
        self._superseded: list[str] = []
        self._grown = 0
        """Levels below this one have a partial tile that the disk does not have yet."""
        self.size = 0

    def recover(self, entries: Callable[[int, int], Iterator[bytes]], size: int, note: bytes) -> None:
        """Bring the disk up to the tree of the database, whose checkpoint for `size` entries is `note`.

        entries: (start, end) to the entries' bytes, re-hashed on reading. Full files that are there already are
        compared, never trusted. Raises WrongTree, FileDiffers, BlobMissing.
        """
        self._resume_upper_levels(min(size, published_size(self._folder)))
        for data in entries(self.size, size):
            self.add(data, merkle.leaf_hash(data), public_blobs(data))
            if self._owed_bytes > FLUSH_BYTES:
                self._write_owed()
        self.publish(note)

    def add(self, data: bytes, leaf: bytes, blobs: tuple[str, ...] | list[str]) -> None:
        """Append one placed entry with the SHA-256 of the public files it names."""
        self._bundle.append(data)
        self._owed_blobs.extend(blobs)
        index = self.size // TILE_WIDTH
        self.size += 1
        if len(self._bundle) == TILE_WIDTH:
            self._owe(0, tiles.tile_path(ENTRIES, index), tiles.encode_bundle(self._bundle))
            self._superseded.append(f"{tiles.tile_path(ENTRIES, index)}.p")
            self._bundle = []
        self._push(0, leaf)

    def publish(self, note: bytes) -> None:
        """Write all that is owed, then the checkpoint. On an OSError nothing published has been harmed.

        Raises WrongTree where the files would not be the tree that the checkpoint signs, BlobMissing, FileDiffers.
        """
        if self.root() != parse_checkpoint(note).root:
            raise WrongTree(size=self.size)
        for sha256 in dict.fromkeys(self._owed_blobs):
            if not self._blobs.path(sha256).exists():
                raise BlobMissing(sha256=sha256)
            self._folder.link_immutable(f"blob/{sha256}", self._blobs.path(sha256))
        for level in range(min(self._grown, len(self._levels))):
            if hashes := self._levels[level]:
                index = self.size >> TILE_HEIGHT * (level + 1)
                self._owe(level + 1, tiles.tile_path(level, index, len(hashes)), b"".join(hashes))
        if self._bundle:
            path = tiles.tile_path(ENTRIES, self.size // TILE_WIDTH, len(self._bundle))
            self._owe(0, path, tiles.encode_bundle(self._bundle))
        self._write_owed()
        self._replace_checkpoint(note)
        for path in self._superseded:
            self._folder.remove_tree(path)
        self._superseded, self._owed_blobs, self._grown = [], [], 0

    def root(self) -> bytes:
        """The root of the tree as it stands in memory."""
        subtrees = []
        for hashes in reversed(self._levels):
            start = 0
            for bit in range(TILE_HEIGHT - 1, -1, -1):
                if len(hashes) >> bit & 1:
                    subtrees.append(merkle.fold(hashes[start : start + (1 << bit)]))
                    start += 1 << bit
        return merkle.CompactRange(self.size, subtrees).root()

    def _push(self, level: int, node: bytes) -> None:
        self._grown = max(self._grown, level + 1)
        hashes = self._levels[level]
        hashes.append(node)
        if len(hashes) < TILE_WIDTH:
            return
        path = tiles.tile_path(level, (self.size - 1) >> TILE_HEIGHT * (level + 1))
        self._owe(level + 1, path, b"".join(hashes))
        self._superseded.append(f"{path}.p")
        self._levels[level] = []
        if level + 1 == len(self._levels):
            self._levels.append([])
            self._owed.append({})
        self._push(level + 1, merkle.fold(hashes))

    def _owe(self, place: int, path: str, data: bytes) -> None:
        self._owed[place][path] = data
        self._owed_bytes += len(data)

    def _write_owed(self) -> None:
        files = {path: data for level in self._owed for path, data in level.items()}
        if files:
            self._folder.write_immutable(files)
        self._owed = [{} for _ in self._owed]
        self._owed_bytes = 0

    def _replace_checkpoint(self, note: bytes) -> None:
        # A leader that has lost its lock without knowing may still be here, late. The database fences what it can
        # sign; this keeps it from putting an older checkpoint over a newer one.
        with _locked(self._lock_path):
            if published_size(self._folder) <= self.size:
                self._folder.replace(CHECKPOINT, note)

    def _resume_upper_levels(self, size: int) -> None:
        """Take up levels 1 and above where the disk has them; the last bundle and level 0 come from the database.

        Where a file is missing or short, everything is built again from the first entry.
        """
        self.size = size - size % TILE_WIDTH
        levels: list[list[bytes]] = [[]]
        while width_above := size >> TILE_HEIGHT * len(levels):
            level = len(levels)
            index, width = divmod(width_above, TILE_WIDTH)
            data = b""
            if width:
                data = (
                    self._folder.read(tiles.tile_path(level, index, width))
                    or self._folder.read(tiles.tile_path(level, index))
                    or b""
                )
                if len(data) < 32 * width:
                    self.size = 0
                    return
            levels.append(list(tiles.split_hashes(data[: 32 * width])))
        self._levels = levels
        self._owed = [{} for _ in range(len(levels) + 1)]


def republish(data: Path, note: bytes) -> bool:
    """Put the published checkpoint in place once more, with more signatures; False if another tree is published by now.

    data: the data folder.
    """
    folder = Folder(data / "log")
    with _locked(data / LOCK):
        published = folder.read(CHECKPOINT)
        if published is None or parse_checkpoint(published).note.text != parse_checkpoint(note).note.text:
            return False
        if published != note:
            folder.replace(CHECKPOINT, note)
    return True


def public_blobs(data: bytes) -> tuple[str, ...]:
    """SHA-256 of the public files that an entry names."""
    return tuple(file["sha256"] for file in orjson.loads(data)["files"])


def read_checkpoint(folder: Folder) -> bytes | None:
    """The published checkpoint, or None before the first."""
    return folder.read(CHECKPOINT)


def published_size(folder: Folder) -> int:
    """How many entries the published checkpoint holds: the measure of what is public."""
    note = read_checkpoint(folder)
    return 0 if note is None else parse_checkpoint(note).size


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
