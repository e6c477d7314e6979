"""Small logs in folders, written as an export writes them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import entry, merkle, tiles
from audit.canonical import encode
from audit.checkpoint import parse_checkpoint, sign_checkpoint
from audit.cosignature import Cosigner
from audit.note import Signer

ORIGIN = "log.example/centre"
SIGNER = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"log".ljust(32)))
FIRST_MILLISECOND = 1_785_000_000_000


@dataclass
class LogFolder:
    """A log in memory, and the folder it is written to: change its entries and write it, or change its files."""

    path: Path
    entries: list[bytes]
    blobs: dict[str, bytes] = field(default_factory=dict)

    @property
    def vkey(self) -> str:
        return str(SIGNER.key)

    def checkpoint(self, size: int | None = None, witnesses: Sequence[tuple[Cosigner, int]] = ()) -> bytes:
        size = len(self.entries) if size is None else size
        signed = sign_checkpoint(SIGNER, size, merkle.root(map(merkle.leaf_hash, self.entries[:size])))
        checkpoint = parse_checkpoint(signed)
        return signed + b"".join(bytes(cosigner.cosign(checkpoint, time)) for cosigner, time in witnesses)

    def write(self, witnesses: Sequence[tuple[Cosigner, int]] = ()) -> Self:
        """Write every file that the size implies; all of them agree with `entries`."""
        size = len(self.entries)
        levels = [[merkle.leaf_hash(item) for item in self.entries]]
        while len(levels[-1]) >= 256:
            below = levels[-1]
            levels.append([merkle.fold(below[at : at + 256]) for at in range(0, len(below) // 256 * 256, 256)])
        for name in tiles.tile_paths(size):
            level, index, width = tiles.parse_tile_path(name)
            if level == tiles.ENTRIES:
                data = tiles.encode_bundle(self.entries[index * 256 : index * 256 + width])
            else:
                data = b"".join(levels[level][index * 256 : index * 256 + width])
            self.put(name, data)
        for name, data in self.blobs.items():
            self.put(f"blob/{name}", data)
        self.put("checkpoint", self.checkpoint(witnesses=witnesses))
        return self

    def put(self, name: str, data: bytes) -> None:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def files(self) -> list[str]:
        return sorted(str(file.relative_to(self.path)) for file in self.path.rglob("*") if file.is_file())

    def flip(self, name: str, at: int, change: int = 1) -> None:
        """Change one byte of a file."""
        data = bytearray((self.path / name).read_bytes())
        data[at % len(data)] ^= change
        (self.path / name).write_bytes(data)


def composed(
    seq: int,
    prev: str,
    *,
    kind: str = "trading.notice_published",
    subject: str = "project:示范-2026-0001",
    body: bytes = b"{}",
    files: bytes = b"[]",
    logged: int | None = None,
) -> bytes:
    """The bytes of one entry, with whatever members a test wants to be odd."""
    return entry.compose(
        seq=seq,
        prev=prev,
        at=FIRST_MILLISECOND + seq,
        logged=FIRST_MILLISECOND + seq if logged is None else logged,
        kind=kind,
        subject=subject,
        actor="system",
        body=body,
        private=b"{}",
        files=files,
    )


def chained(size: int, blobs: Sequence[bytes] = ()) -> list[bytes]:
    """`size` entries of a good log, the first ones after the opening each naming one blob."""
    opening = encode({"origin": ORIGIN, "software": "mingtang/test", "vkey": str(SIGNER.key)})
    entries = [composed(0, entry.ZERO_PREV, kind=entry.OPENING_KIND, subject=f"log:{ORIGIN}", body=opening)]
    for seq in range(1, size):
        files = b"[]"
        if seq <= len(blobs):
            blob = blobs[seq - 1]
            digest = hashlib.sha256(blob).hexdigest()
            files = encode([entry.File("公告.pdf", "application/pdf", len(blob), digest).value()])
        body = b'{"amount":%d,"note":"\xe5\x85\xac\xe5\x91\x8a"}' % seq
        entries.append(composed(seq, entry.sm3(entries[-1]).hex(), body=body, files=files))
    return entries[:size]


def a_log(
    path: Path, size: int, blobs: Sequence[bytes] = (), witnesses: Sequence[tuple[Cosigner, int]] = ()
) -> LogFolder:
    """Write a good log of so many entries, with blobs that its first entries name."""
    named = {hashlib.sha256(blob).hexdigest(): blob for blob in blobs}
    return LogFolder(path, chained(size, blobs), named).write(witnesses)
