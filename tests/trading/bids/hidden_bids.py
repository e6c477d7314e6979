"""Seals bids, and looks for what is in them, in processes of their own: the server's memory must never have held it.

    python hidden_bids.py seal PLAN.json FOLDER CODE…      # FOLDER/CODE.{age,keys,sha256}
    python hidden_bids.py find FOLDER PID PATH…            # prints what it finds, and where; PID 0: in files alone

FOLDER/canaries holds what was planted; only these processes read it.
"""

import json
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

from trading.bids.sealing import pack, seal
from trading.events import OpeningPlanned

CHUNK = 1 << 24


def sealed(plan: Path, folder: Path, codes: list[str]) -> None:
    event = OpeningPlanned.of(json.loads(plan.read_bytes()))
    canaries = []
    for code in codes:
        price, text, content = secrets.randbelow(10**14) + 10**14, f"品质{secrets.token_hex(12)}", secrets.token_hex(24)
        plain = pack(
            {"标书.txt": content.encode() * 30},
            project=event.project,
            lot=event.lot,
            bidder_code=code,
            price_fen=price,
            quotes=[{"name": "quality", "value": text}],
        )
        made = seal(event, plain)
        (folder / f"{code}.age").write_bytes(made.sealed)
        (folder / f"{code}.keys").write_bytes(made.keys)
        (folder / f"{code}.sha256").write_text(made.plain_sha256)
        canaries += [str(price), text, content, made.identity]
    (folder / "canaries").write_text("\n".join(canaries), "utf-8")


def memory(pid: int) -> Iterator[bytes]:
    """All that a process has written or read, as it lies in its memory."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as mem:
        for line in maps:
            span, rights, *_, name = [*line.split(maxsplit=5), ""][:7]
            if not rights.startswith("rw") or name.startswith("[v"):
                continue
            start, end = (int(one, 16) for one in span.split("-"))
            mem.seek(start)
            for position in range(start, end, CHUNK):
                try:
                    yield mem.read(min(CHUNK, end - position))
                except OSError:
                    break


def find(folder: Path, pid: int, paths: list[str]) -> None:
    needles = [one.encode() for one in (folder / "canaries").read_text("utf-8").splitlines()]
    looked = 0
    for path in paths:
        for file in (one for one in [Path(path), *Path(path).rglob("*")] if one.is_file()):
            data = file.read_bytes()
            looked += len(data)
            for number, needle in enumerate(needles):
                if needle in data:
                    sys.stdout.write(f"FOUND {number} in {file}\n")
    for part in memory(pid) if pid else ():
        looked += len(part)
        for number, needle in enumerate(needles):
            if needle in part:
                sys.stdout.write(f"FOUND {number} in memory\n")
    sys.stdout.write(f"LOOKED {looked}\n")


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "seal":
        sealed(Path(arguments[0]), Path(arguments[1]), arguments[2:])
    else:
        find(Path(arguments[0]), int(arguments[1]), arguments[2:])
