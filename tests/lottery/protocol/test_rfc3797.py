"""The IETF's public selection method (RFC 3797), run beside ours for comparison; the protocol does not use it.

Both answer the same question with hashes of a value that nobody chose. RFC 3797 takes one name after another out of a
list, so that the order of the list matters and every step rests on the one before; a ticket rests on its own ball only.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "rfc3797.json").read_text())


def selections(key: str, pool: int, count: int) -> list[tuple[str, int]]:
    """Return (MD5 digest, place in the full list from 1 on) of each draw, by section 4.2 of the RFC."""
    left = list(range(1, pool + 1))
    drawn = []
    for index in range(count):
        ends = index.to_bytes(2, "big")
        digest = hashlib.md5(ends + key.encode() + ends).digest()
        drawn.append((digest.hex().upper(), left.pop(int.from_bytes(digest, "big") % len(left))))
    return drawn


def test_the_historical_method_gives_the_selections_of_its_rfc() -> None:
    key = "".join(".".join(map(str, sorted(numbers))) + "./" for numbers in VECTORS["sources"])
    assert key == VECTORS["key"]
    expected = [(draw["md5"], draw["selected"]) for draw in VECTORS["draws"]]
    assert selections(key, len(VECTORS["names"]), len(expected)) == expected
