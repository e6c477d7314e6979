"""How quick `verify draw` is on the largest rosters there are, against a loop that only hashes the same tickets."""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, heading, seconds, show
from lottery.protocol.canonical import encode
from lottery.protocol.verify import verify_evidence
from tests.lottery.protocol.conftest import build_draw

AGENTS, BALLS = 10_000, 10


def an_evidence_file(agents: int, balls: int) -> bytes:
    return encode(build_draw(pool={f"A-{number:06}": balls for number in range(agents)}))


def only_hash(seed: str, codes: list[str], balls: int) -> None:
    """The plain loop: each ticket as the protocol words it, and nothing else."""
    for code in codes:
        for ball in range(1, balls + 1):
            hashlib.sha256(f"{seed}:{code}:{ball}".encode()).hexdigest()


def verify_in_a_process(path: Path) -> None:
    """As an inspector would, with the start of the program."""
    program = Path(sys.executable).with_name("mingtang")
    done = subprocess.run([program, "verify", "draw", path], check=True, capture_output=True, text=True)
    assert done.stdout.startswith("OK "), done.stdout


def run(agents: int = AGENTS, balls: int = BALLS) -> None:
    heading("verify draw")
    times = {}
    for size in (agents // 10, agents):
        data = an_evidence_file(size, balls)
        roster = json.loads(data)
        codes = [agent["code"] for agent in roster["roster"]["agents"]]
        verify_evidence(data)
        times[size] = seconds(lambda: verify_evidence(data), repeat=5)  # noqa: B023
        plain = seconds(lambda: only_hash(roster["result"]["seed"], codes, balls), repeat=5)  # noqa: B023
        means = f"of only hashing the tickets; {times[size]:.2f} s"
        show(Figure(f"verify draw, {size:,} agents of {balls} balls", times[size] / plain, "x hashing", means))
        with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder:
            path = Path(folder, "evidence.json")
            path.write_bytes(data)
            whole = seconds(lambda: verify_in_a_process(path), repeat=3)  # noqa: B023
            means = f"of only hashing the tickets; {whole:.2f} s with the start of the program"
            show(Figure("  as a command", whole / plain, "x hashing", means))
    small, large = sorted(times)
    show(
        Figure("verify draw, growth", times[large] / times[small] / (large / small), "x linear", "with the agents", "1")
    )
