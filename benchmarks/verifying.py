"""How quick the verifiers are, against a plain loop that only hashes, and how they grow."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import canonical, entry, merkle, tiles
from audit.checkpoint import sign_checkpoint
from audit.merkle import TILE_WIDTH
from audit.note import Signer
from benchmarks.figures import Figure, heading, seconds, show
from benchmarks.sequencing import BODY

SIZES = (10_000, 100_000, 1_000_000)


def write_log(folder: Path, size: int) -> str:
    """A log of `size` entries as files; returns its vkey."""
    signer = Signer("bench.example.org/log", Ed25519PrivateKey.generate())
    opening = {"origin": signer.name, "software": "bench", "vkey": str(signer.key)}
    prev, levels, bundle = entry.ZERO_PREV, [[]], []
    for seq in range(size):
        data = entry.compose(
            seq=seq,
            prev=prev,
            at=1_700_000_000_000 + seq,
            logged=1_700_000_000_000 + seq,
            kind="audit.log_opened" if seq == 0 else "bench.measured",
            subject=f"log:{signer.name}" if seq == 0 else f"bench:{seq % 1000}",
            actor="system",
            body=canonical.encode(opening if seq == 0 else BODY),
            private=b"{}",
            files=b"[]",
        )
        prev = entry.sm3(data).hex()
        bundle.append(data)
        levels[0].append(merkle.leaf_hash(data))
        if len(bundle) == TILE_WIDTH or seq == size - 1:
            put(folder / tiles.tile_path(tiles.ENTRIES, seq // TILE_WIDTH, len(bundle)), tiles.encode_bundle(bundle))
            bundle = []
    level = 0
    while levels[level]:
        hashes = levels[level]
        above = []
        for index in range(0, len(hashes), TILE_WIDTH):
            tile = hashes[index : index + TILE_WIDTH]
            put(folder / tiles.tile_path(level, index // TILE_WIDTH, len(tile)), b"".join(tile))
            if len(tile) == TILE_WIDTH:
                above.append(merkle.fold(tile))
        levels.append(above)
        level += 1
    (folder / "checkpoint").write_bytes(sign_checkpoint(signer, size, merkle.root(levels[0])))
    return str(signer.key)


def put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def only_hash(folder: Path, size: int) -> None:
    """The plain loop: read each bundle, and take SHA-256 and SM3 of each entry."""
    sm3 = hashlib.new("sm3")
    for index in range(-(-size // TILE_WIDTH)):
        width = min(TILE_WIDTH, size - index * TILE_WIDTH)
        data = (folder / tiles.tile_path(tiles.ENTRIES, index, width)).read_bytes()
        for item in tiles.decode_bundle(data, width):
            hashlib.sha256(b"\0" + item).digest()
            state = sm3.copy()
            state.update(item)
            state.hexdigest()


def verify_in_a_process(folder: Path, vkey: str) -> float:
    """Run the command as an inspector would; returns the most memory it held, MiB."""
    program = (
        "import resource, sys; from audit.command import verify_log_command\n"
        f"line, status = verify_log_command({str(folder)!r}, {vkey!r})\n"
        "own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss\n"
        "assert status == 0, line\n"
        "print(max(own, children) / 1024)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return float(done.stdout)


def verifying_logs() -> None:
    heading("verify log")
    times = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as temporary:
            folder = Path(temporary)
            vkey = write_log(folder, size)
            memory: list[float] = []
            times[size] = seconds(lambda: memory.append(verify_in_a_process(folder, vkey)), repeat=2)  # noqa: B023
            plain = seconds(lambda: only_hash(folder, size), repeat=2)  # noqa: B023
        means = f"of only hashing them; {times[size]:.2f} s, {memory[-1]:.0f} MiB"
        show(Figure(f"verify log, {size:,} entries", times[size] / plain, "x hashing", means, "≤ 3"))
    growth = times[SIZES[-1]] / times[SIZES[-2]] / (SIZES[-1] / SIZES[-2])
    show(Figure("verify log, growth from 10^5 to 10^6", growth, "x linear", "time for ten times the entries / 10", "1"))


def run() -> None:
    verifying_logs()
