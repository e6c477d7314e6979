"""Where a verifier takes a log's files from: a folder, or a web server. Both are hostile until verified."""

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar

from audit import tiles
from audit.errors import Refusal, Unreadable
from audit.merkle import TILE_WIDTH

CHECKPOINT = "checkpoint"
DIGEST_LENGTH = 64
_BLOCK = 1 << 20

T = TypeVar("T")


class FileFault(Refusal):
    """Base of what is wrong with a file as such."""

    code = "audit.file-fault"
    zh = "文件有误"
    en = "there is something wrong with the file"


class MissingFile(FileFault):
    code = "audit.missing-file"
    zh = "缺少文件 {path}"
    en = "{path} is missing"


class FileTooLong(FileFault):
    code = "audit.file-too-long"
    zh = "文件 {path} 超过 {limit} 字节"
    en = "{path} has more than {limit} bytes"


class NotAFile(FileFault):
    code = "audit.not-a-file"
    zh = "{path} 不是普通文件"
    en = "{path} is not a regular file"


class FileUnreadable(FileFault):
    code = "audit.file-unreadable"
    zh = "文件 {path} 无法读取：{why}"
    en = "{path} cannot be read: {why}"


class NoSuchFolder(Unreadable):
    code = "audit.no-such-folder"
    zh = "没有文件夹 {what}，或不可进入"
    en = "there is no folder {what}, or it may not be entered"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that holds `checkpoint`, `tile/` and perhaps `blob/`."""

    root: str

    def read(self, path: str, limit: int) -> bytes | None:
        """The file's bytes, at most `limit`; None if it is not there. Raises FileFault."""

        def take(file: BinaryIO) -> bytes:
            # Not read(limit + 1): so much memory would be set aside for every small file.
            size = os.fstat(file.fileno()).st_size
            return limited(file.read(min(size, limit) + 1), path, limit)

        return self._take(path, take)

    def has_blobs(self) -> bool:
        return Path(self.root, "blob").is_dir()

    def blob_names(self) -> Iterator[str]:
        """What has a name of 64 hex digits in `blob/`, in no order. What else lies there is nobody's.

        Raises Unreadable where the folder may not be listed.
        """
        try:
            with os.scandir(Path(self.root, "blob")) as found:
                yield from (item.name for item in found if is_digest(item.name))
        except OSError as error:
            raise Unreadable(what=f"{self.root}/blob", why=error.strerror) from None

    def blob_size(self, name: str) -> int | None:
        """Raises FileFault."""
        return self._take(f"blob/{name}", lambda file: os.fstat(file.fileno()).st_size)

    def blob_digest(self, name: str) -> tuple[str, int] | None:
        """SHA-256 in hex and size of a blob's bytes; None if it is not there. Raises FileFault."""
        return self._take(f"blob/{name}", digest_and_size)

    def _take(self, path: str, take: Callable[[BinaryIO], T]) -> T | None:
        """What `take` makes of an open file; None if there is none. Raises FileFault."""
        try:
            # Without waiting: what should be a file may be a pipe that nobody ever writes to.
            handle = os.open(Path(self.root, path), os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            try:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise NotAFile(path=path)
                with os.fdopen(handle, "rb", closefd=False) as file:
                    return take(file)
            finally:
                os.close(handle)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise FileUnreadable(path=path, why=error.strerror) from None


class Source(Protocol):
    """A log's files by their paths: a `Folder`, or a `remote.Web`. Small, and sent to other processes as it is."""

    def __hash__(self) -> int: ...

    def read(self, path: str, limit: int) -> bytes | None:
        """The file's bytes, at most `limit`; None if it is not there. Raises FileFault, Unreadable."""

    def blob_digest(self, name: str) -> tuple[str, int] | None:
        """SHA-256 in hex and size of a blob's bytes; None if it is not there. Raises FileFault, Unreadable."""


def open_source(where: str) -> Source:
    """A folder, or the prefix of a URL. Raises NoSuchFolder."""
    if where.lower().startswith(("http://", "https://")):
        from audit.remote import Web  # here: a folder is verified without loading what speaks HTTP

        return Web(where.rstrip("/"))
    if not Path(where).is_dir() or not os.access(where, os.X_OK):
        raise NoSuchFolder(what=where)
    return Folder(where)


def read_tile(source: Source, level: int, index: int, width: int) -> tuple[str, bytes]:
    """A tile's path and bytes (at level ENTRIES, a bundle's). Raises MissingFile, other FileFault, Unreadable.

    A partial one that is missing is taken from the full one, whose path is then given; it holds more than was asked.
    """
    limit = tiles.MAX_BUNDLE if level == tiles.ENTRIES else TILE_WIDTH * tiles.HASH_SIZE
    for held in dict.fromkeys((width, TILE_WIDTH)):
        path = tiles.tile_path(level, index, held)
        data = source.read(path, limit)
        if data is not None:
            return path, data
    raise MissingFile(path=tiles.tile_path(level, index, width))


def limited(data: bytes, path: str, limit: int) -> bytes:
    """The bytes of a file. Raises FileTooLong if there are more than `limit`."""
    if len(data) > limit:
        raise FileTooLong(path=path, limit=limit)
    return data


def is_digest(name: str) -> bool:
    return len(name) == DIGEST_LENGTH and not name.strip("0123456789abcdef")


def digest_and_size(file: BinaryIO | io.BufferedIOBase) -> tuple[str, int]:
    """SHA-256 in hex and number of the bytes that are left to read, however many."""
    digest, size = hashlib.sha256(), 0
    while block := file.read(_BLOCK):
        digest.update(block)
        size += len(block)
    return digest.hexdigest(), size
