"""Files that survive a crash: every byte the log publishes goes to disk through here.

The order for a new file is: open its directory, write a temporary file, fsync it, rename it into place, fsync the
directory. The directory is opened before anything is written, so that an error the kernel could not report earlier is
reported to us and not lost with a closed handle. A crash leaves the old file, the new file, or a temporary file that
nobody reads; never half a file under a public name.

After a failed fsync the kernel may call the same pages clean, so a caller that tries again must write again: nothing
here ever takes an existing file as proof that its bytes are on the disk.
"""

import os
import secrets
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from audit.errors import Refusal

TEMPORARY = ".tmp-"
"""How names of unfinished files begin."""


class FileDiffers(Refusal):
    """An immutable file is there with other bytes: somebody altered it, or this log is not the one it was."""

    code = "audit.file-differs"
    zh = "{path} 已存在且内容不同：已发布的文件不可改写，停止发布。"
    en = "{path} exists with other bytes; a published file is never rewritten. Publishing stops."


class Folder:
    """A folder in which published files grow."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, name: str) -> Path:
        return self.root / name

    def read(self, name: str) -> bytes | None:
        """The file's bytes, or None where there is none."""
        try:
            return self.path(name).read_bytes()
        except FileNotFoundError:
            return None

    def write_immutable(self, files: Mapping[str, bytes]) -> None:
        """Put files that will never change, in the order given. Raises FileDiffers if one is there with other bytes.

        All are written and synced (at once, for the disk is quicker so) before the first gets its name.
        """
        for name, data in files.items():
            found = self.read(name)
            if found is not None and found != data:
                raise FileDiffers(path=name)
        self._put(files)

    def replace(self, name: str, data: bytes) -> None:
        """Put a file in place of whatever had its name, in one step."""
        self._put({name: data})

    def _put(self, files: Mapping[str, bytes]) -> None:
        with ExitStack() as stack:
            directories: dict[Path, int] = {}
            for parent in dict.fromkeys(self.path(name).parent for name in files):
                self._make_directory(parent)
                directories[parent] = os.open(parent, os.O_RDONLY | os.O_DIRECTORY)
                stack.callback(os.close, directories[parent])
            temporary = {name: self.path(name).parent / f"{TEMPORARY}{secrets.token_hex(8)}" for name in files}
            for path in temporary.values():
                stack.callback(path.unlink, missing_ok=True)
            _at_once(lambda name: _write_synced(temporary[name], files[name]), files)
            for name, path in temporary.items():
                path.rename(self.path(name))
            _at_once(os.fsync, directories.values())

    def link_immutable(self, name: str, source: Path) -> None:
        """Give a stored, already synced file a public name. Does nothing if it has it."""
        path = self.path(name)
        self._make_directory(path.parent)
        directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with suppress(FileExistsError):
                os.link(source, path)
            os.fsync(directory)
        finally:
            os.close(directory)

    def remove_tree(self, name: str) -> None:
        """Drop a folder of superseded partial files, if it is there."""
        folder = self.path(name)
        if folder.is_dir():
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()

    def _make_directory(self, directory: Path) -> None:
        """Make a directory and make its name durable in its parent, up to the root."""
        if directory.is_dir():
            return
        if directory != self.root:
            self._make_directory(directory.parent)
        with suppress(FileExistsError):
            directory.mkdir()
        parent = os.open(directory.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)


T = TypeVar("T")
_SYNCING = ThreadPoolExecutor(max_workers=8, thread_name_prefix="sync")


def _at_once(act: Callable[[T], None], things: Collection[T]) -> None:
    """Do it for each, several at a time, and raise the first failure only when all have ended."""
    if len(things) == 1:
        act(*things)
        return
    running = [_SYNCING.submit(act, thing) for thing in things]
    wait(running)
    for done in running:
        done.result()


def _write_synced(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)
