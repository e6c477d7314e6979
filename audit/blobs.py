"""Files by their SHA-256: what an entry names, and what a private value may hold.

A blob is on the disk before the transaction that names it. It becomes public, under `log/blob/`, only when an entry
that lists it among its `files` gets its place.
"""

import hashlib
from pathlib import Path

from audit.entry import File
from audit.folder import Folder


class Blobs:
    """The store of all blobs, public and private alike; never served from here."""

    def __init__(self, root: Path) -> None:
        self._folder = Folder(root)

    def put(self, data: bytes) -> str:
        """Store bytes durably and return their SHA-256 in hex."""
        digest = hashlib.sha256(data).hexdigest()
        self._folder.write_immutable({digest: data})
        return digest

    def put_file(self, name: str, media_type: str, data: bytes) -> File:
        """Store a public file and return how an entry lists it."""
        return File(name=name, media_type=media_type, size=len(data), sha256=self.put(data))

    def get(self, digest: str) -> bytes | None:
        """The bytes, re-hashed on reading, or None where they are not here."""
        data = self._folder.read(digest)
        if data is not None and hashlib.sha256(data).hexdigest() != digest:
            raise RuntimeError(f"blob {digest} does not hash to its name")
        return data

    def path(self, digest: str) -> Path:
        return self._folder.path(digest)
