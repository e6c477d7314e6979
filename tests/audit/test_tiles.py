"""Tile paths, layouts and entry bundles against the C2SP vectors."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import merkle, tiles
from audit.tiles import ENTRIES, BadBundle, BadTilePath

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
BUNDLES = VECTORS["entry_bundles"]
TESSERA = VECTORS["published_notes"]["tessera_log"]


@pytest.mark.parametrize("case", VECTORS["tile_paths"]["good"], ids=lambda case: case["path"])
def test_paths_both_ways(case: dict[str, Any]) -> None:
    level = ENTRIES if case["level"] == "entries" else case["level"]
    assert tiles.tile_path(level, case["index"], case["width"]) == case["path"]
    assert tiles.parse_tile_path(case["path"]) == (level, case["index"], case["width"])


@pytest.mark.parametrize("case", VECTORS["tile_paths"]["bad"], ids=lambda case: case["reason"])
def test_bad_paths_are_refused(case: dict[str, str]) -> None:
    with pytest.raises(BadTilePath):
        tiles.parse_tile_path(case["path"])


@given(st.integers(-1, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_every_tile_has_one_path(level: int, index: int, width: int) -> None:
    assert tiles.parse_tile_path(tiles.tile_path(level, index, width)) == (level, index, width)


@pytest.mark.parametrize(
    "path", ["tile/0/" + "x000/" * 50_000 + "000", "", "tile/0/000\n", "tile/0/x10" + "/x000" * 7 + "/000"]
)
def test_odd_paths_are_refused(path: str) -> None:
    with pytest.raises(BadTilePath):
        tiles.parse_tile_path(path)


@pytest.mark.parametrize("case", VECTORS["tile_layout"], ids=lambda case: str(case["size"]))
def test_layouts(case: dict[str, Any]) -> None:
    found = tiles.tile_widths(case["size"])
    assert [
        {"level": level, "full_tiles": full, "partial_width": width} for level, (full, width) in enumerate(found)
    ] == case["levels"]


def test_a_size_implies_its_files() -> None:
    assert list(tiles.tile_paths(0)) == []
    assert list(tiles.tile_paths(700)) == [
        *("tile/entries/000", "tile/entries/001", "tile/entries/002.p/188"),
        *("tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"),
    ]


@pytest.mark.parametrize("case", BUNDLES["good"])
def test_bundles_both_ways(case: dict[str, Any]) -> None:
    entries = [bytes.fromhex(entry) for entry in case["entries_hex"]]
    bundle = bytes.fromhex(case["bundle_hex"])
    assert tiles.encode_bundle(entries) == bundle
    assert tiles.decode_bundle(bundle, len(entries)) == entries
    hashes = [merkle.leaf_hash(entry) for entry in entries]
    assert b"".join(hashes).hex() == case["level0_tile_hex"]
    assert tiles.split_hashes(b"".join(hashes)) == hashes
    assert merkle.root(hashes).hex() == case["root_hex"]


@pytest.mark.parametrize("case", BUNDLES["bad"], ids=lambda case: case["reason"])
def test_bad_bundles_are_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadBundle):
        tiles.decode_bundle(bytes.fromhex(case["bundle_hex"]), case["count"])


def test_the_longest_entry() -> None:
    case, entry = BUNDLES["longest_entry"], b"\x5a" * 65_535
    bundle = tiles.encode_bundle([entry])
    assert bundle[:2].hex() == case["prefix_hex"]
    assert hashlib.sha256(bundle).hexdigest() == case["bundle_sha256_hex"]
    assert merkle.leaf_hash(entry).hex() == case["leaf_hash_hex"]
    assert tiles.decode_bundle(bundle, 1) == [entry]
    with pytest.raises(OverflowError):
        tiles.encode_bundle([entry + b"\x5a"])


def test_the_files_of_a_large_log_are_those_of_the_vectors() -> None:
    entries = [b"%d" % number for number in range(70_000)]
    levels = [[merkle.leaf_hash(entry) for entry in entries]]
    for level in (0, 1):
        below = levels[level]
        levels.append([merkle.fold(below[at : at + 256]) for at in range(0, len(below) // 256 * 256, 256)])
    implied = set(tiles.tile_paths(70_000))
    for case in VECTORS["large"]["resources"]:
        level, index, width = tiles.parse_tile_path(case["path"])
        if level == ENTRIES:
            data = tiles.encode_bundle(entries[index * 256 : index * 256 + width])
        else:
            data = b"".join(levels[level][index * 256 : index * 256 + width])
        assert (len(data), hashlib.sha256(data).hexdigest()) == (case["bytes"], case["sha256_hex"])
        assert case["path"] in implied


def test_a_log_that_another_program_wrote() -> None:
    level, index, width = tiles.parse_tile_path(TESSERA["bundle_path"])
    assert (level, index) == (ENTRIES, 0)
    entries = tiles.decode_bundle(bytes.fromhex(TESSERA["bundle_hex"]), width)
    assert b"".join(map(merkle.leaf_hash, entries)).hex() == TESSERA["tile_hex"]
    assert TESSERA["tile_path"] in tiles.tile_paths(width)


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8), st.data())
def test_a_cut_bundle_is_named_at_the_first_entry_it_fails_to_give(entries: list[bytes], data: st.DataObject) -> None:
    bundle = tiles.encode_bundle(entries)
    length = data.draw(st.integers(0, len(bundle) - 1))
    with pytest.raises(BadBundle) as refusal:
        tiles.decode_bundle(bundle[:length], len(entries))
    place = refusal.value.facts["place"]
    assert isinstance(place, int)
    assert len(tiles.encode_bundle(entries[:place])) <= length < len(tiles.encode_bundle(entries[: place + 1]))
