"""An entry's inclusion proof as a drawing: the path from its leaf to the root, one hash beside it at each step.

              ┌───────── root ─────────┐
        ┌───  0–3  ───┐            4–6 (in the receipt)
     0–1 (in the receipt)   ┌─ 2–3 ─┐        for entry 2 of 7
                            2       3 (in the receipt)

Drawn with a fixed grid: the path goes up in the middle, each sibling stands on the side where it lies in the tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from api.i18n import Lang
from audit.merkle import leaf_hash, node_hash


@dataclass(frozen=True)
class Step:
    """One node on the path, above the leaf."""

    first: int
    last: int
    """The entries it covers."""
    node: bytes
    """Its hash, computed from the two below."""
    sibling: bytes
    """The hash that the receipt gives for this step."""
    sibling_first: int
    sibling_last: int
    sibling_is_left: bool


def steps(entry: bytes, index: int, size: int, proof: Sequence[bytes]) -> list[Step]:
    """The way from an entry up to the root of a tree of `size` entries; the last step's node is the root."""
    node = leaf_hash(entry)
    found = []
    for (first, last, other_first, other_last), sibling in zip(_halves(index, size), proof, strict=True):
        is_left = other_first < first
        node = node_hash(sibling, node) if is_left else node_hash(node, sibling)
        whole = min(first, other_first), max(last, other_last)
        found.append(Step(*whole, node, sibling, other_first, other_last, is_left))
    return found


def _halves(index: int, size: int) -> list[tuple[int, int, int, int]]:
    """From the leaf up: the entries (first, last) under each node of the path, and those under its sibling."""
    found = []
    start, end = 0, size
    while end - start > 1:
        split = start + (1 << ((end - start - 1).bit_length() - 1))  # RFC 6962: the largest power of two below
        if index < split:
            found.append((start, split - 1, split, end - 1))
            end = split
        else:
            found.append((split, end - 1, start, split - 1))
            start = split
    return found[::-1]


WIDTH, ROW, BOX_WIDTH, BOX_HEIGHT = 448, 92, 140, 46
"""Narrow enough to be read on a telephone without turning it."""
_MIDDLE = WIDTH // 2
_SIDE = {True: BOX_WIDTH // 2 + 4, False: WIDTH - BOX_WIDTH // 2 - 4}


def svg(entry: bytes, index: int, path: Sequence[Step], lang: Lang) -> Markup:
    """The drawing. A table with the same facts stands beside it in the page, for whoever cannot see it."""
    height = ROW * len(path) + BOX_HEIGHT + 20
    leaf_y = height - BOX_HEIGHT - 10
    words = _WORDS[lang]
    parts = []
    for number, step in enumerate(path):
        y = leaf_y - ROW * number
        top = y - ROW + BOX_HEIGHT
        side = _SIDE[step.sibling_is_left]
        joint = (y + top) // 2
        parts.append(_line(_MIDDLE, y, _MIDDLE, top))
        parts.append(f'<path class="link" d="M{side} {y} V{joint} H{_MIDDLE}"/>')
        parts.append(_box(side, y, _span(words, step.sibling_first, step.sibling_last), step.sibling, "given"))
    parts.append(_box(_MIDDLE, leaf_y, _span(words, index, index), leaf_hash(entry), "leaf"))
    for number, step in enumerate(path, 1):
        is_root = number == len(path)
        title = words["root"] if is_root else _span(words, step.first, step.last)
        parts.append(_box(_MIDDLE, leaf_y - ROW * number, title, step.node, "root" if is_root else "node"))
    label = escape(words["alt"].format(index))
    head = f'<svg class="proof" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 - texts went through escape, the rest are numbers


_WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "alt": "第 {} 条到树根的证明路径，各步见下表",
        "one": "第 {} 条",
        "span": "第 {}–{} 条",
        "root": "检查点的树根",
    },
    "en": {
        "alt": "The path from entry {} to the root; each step is in the table below",
        "one": "Entry {}",
        "span": "Entries {}–{}",
        "root": "Signed root",
    },
}


def _span(words: dict[str, str], first: int, last: int) -> str:
    return words["one"].format(first) if first == last else words["span"].format(first, last)


def _line(x1: int, y1: int, x2: int, y2: int) -> str:
    return f'<path class="link" d="M{x1} {y1} L{x2} {y2}"/>'


def _box(x: int, y: int, title: str, digest: bytes, kind: str) -> str:
    left = x - BOX_WIDTH // 2
    shown = digest.hex()
    return (
        f'<g class="{kind}"><rect x="{left}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="3"/>'
        f'<text x="{x}" y="{y + 18}">{escape(title)}</text>'
        f'<text class="hash" x="{x}" y="{y + 36}">{shown[:4]} {shown[4:8]} … {shown[-4:]}</text></g>'
    )
