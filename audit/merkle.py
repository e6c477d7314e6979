"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: roots, proofs, and their verification.

    size 7:            root
                 ┌──────┴──────┐
                4..             ·        each left child is the largest full tree that is smaller than the whole;
             ┌──┴──┐         ┌──┴──┐     no leaf is ever doubled
            ·      ·         ·     6
           0 1    2 3       4 5

A *subtree* (height, index) is the full tree over the leaves [index * 2^height, (index + 1) * 2^height). Its hash never
changes, so tiles of 256 hashes hold every eighth height of them (`audit.tiles`).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

from audit.errors import Refusal

EMPTY_ROOT = hashlib.sha256().digest()
MAX_SIZE = 2**63 - 1
TILE_HEIGHT = 8
TILE_WIDTH = 2**TILE_HEIGHT

TileReader = Callable[[int, int, int], bytes]
"""(level, index, width) → the first `width` hashes of a tile, 32 bytes each (more bytes may follow)."""


class BadProof(Refusal):
    """Base of what makes a proof prove nothing."""

    code = "audit.bad-proof"
    zh = "默克尔证明不成立"
    en = "the Merkle proof does not hold"


class SizesDoNotFit(BadProof):
    code = "audit.proof-sizes"
    zh = "位置或树的大小不合：{first}、{second}"
    en = "index or size out of bounds: {first}, {second}"


class WrongProofLength(BadProof):
    code = "audit.proof-length"
    zh = "证明中的哈希值多了、少了，或长度不是 32 字节"
    en = "the proof has a hash too many or too few, or one that is not 32 bytes"


class WrongRoot(BadProof):
    code = "audit.proof-root"
    zh = "证明通向另一个树根"
    en = "the proof leads to another root"


class SplitView(BadProof):
    code = "audit.split-view"
    zh = "同一大小出现两个不同的树根：日志向不同的人出示了不同的内容"
    en = "one size with two roots: the log shows different things to different people"


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash of a full tree over `hashes`, whose number is a power of two."""
    sha256 = hashlib.sha256
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [sha256(b"\1" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over all leaf hashes, in order."""
    return CompactRange().extended(leaf_hashes).root()


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The fewest subtrees (height, index) that cover the leaves [start, end), from left to right."""
    cover = []
    while start < end:
        # As tall as where it starts allows, and as what is left fills.
        height = (end - start).bit_length() - 1
        if start:
            height = min(height, (start & -start).bit_length() - 1)
        cover.append((height, start >> height))
        start += 1 << height
    return cover


class CompactRange:
    """All that is needed to let a tree grow: the hashes of its full subtrees, the largest first.

    There is one for each binary digit of the size, so at most 63. A value: growing makes a new one.
    """

    __slots__ = ("hashes", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        if len(hashes) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees, not {len(hashes)}")
        self.size = size
        self.hashes = tuple(hashes)

    def extended(self, leaf_hashes: Iterable[bytes]) -> "CompactRange":
        """The range with `leaf_hashes` appended."""
        sha256 = hashlib.sha256
        size, stack = self.size, list(self.hashes)
        for node in leaf_hashes:
            # Each trailing one bit of the size is a full subtree that the new leaf completes.
            digits = size
            while digits & 1:
                node = sha256(b"\1" + stack.pop() + node).digest()
                digits >>= 1
            stack.append(node)
            size += 1
        return CompactRange(size, stack)

    def root(self) -> bytes:
        return _join(self.hashes)


def _join(hashes: Sequence[bytes]) -> bytes:
    """The root over neighbouring subtrees, largest first: they join from the right."""
    if not hashes:
        return EMPTY_ROOT
    *others, node = hashes
    for left in reversed(others):
        node = node_hash(left, node)
    return node


def subtree_hash(read: TileReader, height: int, index: int, size: int) -> bytes:
    """The hash of one subtree, from the tiles of a tree of `size` leaves.

    Only the tiles that this size implies are read, each with the width it has there.
    """
    level, within = divmod(height, TILE_HEIGHT)
    first = index << within  # the place, among all hashes of the level, of the first that the subtree covers
    tile, offset = divmod(first, TILE_WIDTH)
    width = min(TILE_WIDTH, (size >> (TILE_HEIGHT * level)) - tile * TILE_WIDTH)
    count = 1 << within
    assert offset + count <= width
    data = read(level, tile, width)
    return fold([data[32 * i : 32 * i + 32] for i in range(offset, offset + count)])


def range_hash(read: TileReader, start: int, end: int, size: int) -> bytes:
    """The Merkle tree hash over the leaves [start, end), as a proof in a tree of `size` leaves needs it."""
    return _join([subtree_hash(read, height, index, size) for height, index in subtrees(start, end)])


def tree_root(read: TileReader, size: int, within: int | None = None) -> bytes:
    """The root of the first `size` leaves, from the tiles of a tree of `within` leaves (by default `size`)."""
    return range_hash(read, 0, size, size if within is None else within)


def inclusion_proof(read: TileReader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): from the leaf's sibling up to the child of the root. 0 <= index < size."""
    if not 0 <= index < size <= MAX_SIZE:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return [range_hash(read, *half, size) for half, _ in _siblings(index, size)]


def consistency_proof(read: TileReader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]), 0 <= old <= new; from nothing (old = 0) the proof is empty, as witnesses want it."""
    if not 0 <= old <= new <= MAX_SIZE:
        raise ValueError(f"no growth from {old} to {new}")
    if old in (0, new):
        return []
    siblings: list[tuple[int, int]] = []
    start, end = 0, new
    while end != old:  # down to the last subtree of the old tree
        split = start + _largest_power_below(end - start)
        if old <= split:
            siblings.append((split, end))
            end = split
        else:
            siblings.append((start, split))
            start = split
    if start:  # otherwise that subtree is the whole old tree, whose root the verifier has
        siblings.append((start, end))
    return [range_hash(read, *part, new) for part in reversed(siblings)]


def _siblings(index: int, size: int) -> Iterator[tuple[tuple[int, int], bool]]:
    """The sibling [start, end) of each node on a leaf's path, from the leaf up, and whether it lies to the left."""
    found = []
    start, end = 0, size
    while end - start > 1:
        split = start + _largest_power_below(end - start)
        if index < split:
            found.append(((split, end), False))
            end = split
        else:
            found.append(((start, split), True))
            start = split
    return reversed(found)


def _largest_power_below(count: int) -> int:
    """The largest power of two strictly smaller than `count` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that leaf hash `leaf` stands at `index` in the tree of `size` leaves with this root. Raises BadProof."""
    if not 0 <= index < size <= MAX_SIZE:
        raise SizesDoNotFit(first=index, second=size)
    siblings = list(_siblings(index, size))
    if len(proof) != len(siblings) or any(len(item) != 32 for item in (leaf, root, *proof)):
        raise WrongProofLength
    node = leaf
    for other, (_, is_left) in zip(proof, siblings, strict=True):
        node = node_hash(other, node) if is_left else node_hash(node, other)
    if node != root:
        raise WrongRoot


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the first `old` of `new` leaves are the old tree (RFC 9162 section 2.1.4.2). Raises BadProof.

    0 < old <= new: nothing can be proved of an empty tree. Equal sizes must have equal roots and an empty proof.
    """
    if not 0 < old <= new <= MAX_SIZE:
        raise SizesDoNotFit(first=old, second=new)
    if old == new:
        if proof:
            raise WrongProofLength
        if old_root != new_root:
            raise SplitView
        return
    # If the old tree is one full subtree, its root is the first hash, left out of the list.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not proof or any(len(item) != 32 for item in (old_root, new_root, *proof)):
        raise WrongProofLength
    at, last = old - 1, new - 1  # the last leaf of either tree, then the nodes above them at one height
    while at & 1:
        at, last = at >> 1, last >> 1
    old_node = new_node = path[0]
    for other in path[1:]:
        if not last:
            raise WrongProofLength
        if at & 1 or at == last:
            old_node, new_node = node_hash(other, old_node), node_hash(other, new_node)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            new_node = node_hash(new_node, other)
        at, last = at >> 1, last >> 1
    if last:
        raise WrongProofLength
    if old_node != old_root or new_node != new_root:
        raise WrongRoot
