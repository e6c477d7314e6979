"""How quick the verifiers are, against a plain loop that only hashes, and how they grow."""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from audit import tiles
from audit.merkle import TILE_WIDTH
from benchmarks.figures import Figure, heading, seconds, show
from tests.audit.logs import a_log

SIZES: tuple[int, ...] = (10_000, 100_000, 1_000_000)


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
        # Not RUSAGE_SELF, which a process inherits from whoever started it.
        "own = next(int(line.split()[1]) for line in open('/proc/self/status') if line.startswith('VmHWM'))\n"
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
            vkey = a_log(folder, size).vkey
            memory: list[float] = []
            times[size] = seconds(lambda: memory.append(verify_in_a_process(folder, vkey)), repeat=2)  # noqa: B023
            plain = seconds(lambda: only_hash(folder, size), repeat=2)  # noqa: B023
        means = f"of only hashing them; {times[size]:.2f} s, {memory[-1]:.0f} MiB"
        show(Figure(f"verify log, {size:,} entries", times[size] / plain, "x hashing", means, "≤ 3"))
    growth = times[SIZES[-1]] / times[SIZES[-2]] / (SIZES[-1] / SIZES[-2])
    show(Figure("verify log, growth from 10^5 to 10^6", growth, "x linear", "time for ten times the entries / 10", "1"))


def run() -> None:
    verifying_logs()
