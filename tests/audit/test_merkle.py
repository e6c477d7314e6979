"""RFC 6962 trees against published vectors, and what holds for all sizes."""

import json
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import merkle
from audit.merkle import BadProof, CompactRange, TileReader, leaf_hash

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
RFC = VECTORS["rfc6962"]
LARGE = VECTORS["large"]


def holds(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except BadProof:
        return False
    return True


def unhex(items: list[str]) -> list[bytes]:
    return [bytes.fromhex(item) for item in items]


def tiles_over(leaves: list[bytes]) -> TileReader:
    """A reader of the tiles of a tree in memory."""
    levels = [leaves]
    while len(levels[-1]) >= 256:
        below = levels[-1]
        levels.append([merkle.fold(below[at : at + 256]) for at in range(0, len(below) // 256 * 256, 256)])

    def read(level: int, index: int, width: int) -> bytes:
        hashes = levels[level][index * 256 : index * 256 + width]
        assert len(hashes) == width
        return b"".join(hashes)

    return read


@pytest.fixture(scope="module")
def large() -> list[bytes]:
    return [leaf_hash(b"%d" % number) for number in range(70_000)]


def test_leaf_hashes_and_roots_are_those_of_the_vectors() -> None:
    leaves = unhex(RFC["leaves_hex"])
    assert [leaf_hash(leaf).hex() for leaf in leaves] == RFC["leaf_hashes_hex"]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    assert [merkle.root(hashes[:size]).hex() for size in range(9)] == RFC["roots_hex_by_size_0_to_8"]
    assert merkle.root(hashes[:5]).hex() not in RFC["wrong_roots_hex"].values()


@pytest.mark.parametrize("case", RFC["inclusion"])
def test_inclusion_vectors(case: dict[str, Any]) -> None:
    leaf, root = bytes.fromhex(case["leaf_hash_hex"]), bytes.fromhex(case["root_hex"])
    proof = unhex(case["proof_hex"])
    assert holds(merkle.verify_inclusion, leaf, case["index"], case["size"], proof, root) == case["ok"]


@pytest.mark.parametrize("case", RFC["consistency"])
def test_consistency_vectors(case: dict[str, Any]) -> None:
    roots = unhex([case["old_root_hex"], case["new_root_hex"]])
    proof = unhex(case["proof_hex"])
    assert holds(merkle.verify_consistency, case["old_size"], case["new_size"], *roots, proof) == case["ok"]


@pytest.mark.parametrize("case", VECTORS["published_merkle"], ids=lambda case: case["file"])
def test_published_vectors(case: dict[str, Any]) -> None:
    proof = [b64decode(item) for item in case["proof"] or []]
    if case["kind"] == "inclusion":
        leaf, root = b64decode(case["leafHash"] or ""), b64decode(case["root"] or "")
        held = holds(merkle.verify_inclusion, leaf, case["leafIdx"], case["treeSize"], proof, root)
    else:
        roots = b64decode(case["root1"] or ""), b64decode(case["root2"] or "")
        held = holds(merkle.verify_consistency, case["size1"], case["size2"], *roots, proof)
    assert held != case["wantErr"]


def test_roots_of_large_trees_from_leaves_and_from_tiles(large: list[bytes]) -> None:
    read = tiles_over(large)
    for case in LARGE["roots"]:
        root = b64decode(case["root_b64"])
        assert merkle.root(large[: case["size"]]) == root
        assert merkle.tree_root(read, case["size"], within=len(large)) == root


@pytest.mark.parametrize("case", LARGE["inclusion"])
def test_inclusion_proofs_from_tiles(case: dict[str, Any], large: list[bytes]) -> None:
    proof = merkle.inclusion_proof(tiles_over(large[: case["size"]]), case["index"], case["size"])
    assert proof == [b64decode(item) for item in case["proof_b64"]]


@pytest.mark.parametrize("case", LARGE["consistency"])
def test_consistency_proofs_from_tiles(case: dict[str, Any], large: list[bytes]) -> None:
    proof = merkle.consistency_proof(tiles_over(large[: case["new_size"]]), case["old_size"], case["new_size"])
    assert proof == [b64decode(item) for item in case["proof_b64"]]


sizes = st.integers(1, 1500)


@settings(deadline=None)
@given(sizes, st.data())
def test_every_leaf_has_a_proof_and_no_other_leaf_or_place_has_it(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof, root = merkle.inclusion_proof(tiles_over(leaves), index, size), merkle.root(leaves)
    merkle.verify_inclusion(leaves[index], index, size, proof, root)
    assert not holds(merkle.verify_inclusion, leaf_hash(b"other"), index, size, proof, root)
    if size > 1:
        other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index))
        assert not holds(merkle.verify_inclusion, leaves[index], other, size, proof, root)


@settings(deadline=None)
@given(sizes, st.data())
def test_every_prefix_has_a_proof_and_a_changed_history_has_none(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    old = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(tiles_over(leaves), old, size)
    merkle.verify_consistency(old, size, merkle.root(leaves[:old]), merkle.root(leaves), proof)
    changed = data.draw(st.integers(0, old - 1))
    past = [*leaves[:changed], leaf_hash(b"other"), *leaves[changed + 1 : old]]
    assert not holds(merkle.verify_consistency, old, size, merkle.root(past), merkle.root(leaves), proof)


@settings(deadline=None)
@given(st.lists(st.binary(max_size=4), max_size=300), st.integers(0, 300))
def test_a_compact_range_continues_from_its_hashes(entries: list[bytes], split: int) -> None:
    leaves = [leaf_hash(entry) for entry in entries]
    first = CompactRange().extended(leaves[:split])
    again = CompactRange(first.size, first.hashes).extended(leaves[split:])
    assert again.size == len(leaves)
    assert again.root() == merkle.root(leaves)


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_subtrees_cover_a_range_without_gaps_each_where_it_may_stand(one: int, other: int) -> None:
    start, end = sorted((one, other))
    at = start
    for height, index in merkle.subtrees(start, end):
        assert index << height == at
        at += 1 << height
    assert at == end


def test_absurd_sizes_are_refused_at_once() -> None:
    assert not holds(merkle.verify_inclusion, bytes(32), 0, 2**63, [bytes(32)] * 63, bytes(32))
    assert not holds(merkle.verify_consistency, 1, 2**64, bytes(32), bytes(32), [bytes(32)] * 64)
    assert not holds(merkle.verify_consistency, 0, 5, merkle.EMPTY_ROOT, bytes(32), [])


def test_a_range_with_the_wrong_number_of_hashes_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="2 full subtrees"):
        CompactRange(3, [bytes(32)])
