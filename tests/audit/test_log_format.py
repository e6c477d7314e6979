"""The documented way to check a log by hand, run as it stands in docs/log-format.md."""

import re
import subprocess
from pathlib import Path

import pytest

from audit import entry, tiles
from audit.canonical import FORBIDDEN_RANGES
from tests.audit.logs import LogFolder, a_log

DOCUMENT = (Path(__file__).parents[2] / "docs" / "log-format.md").read_text()
SCRIPT = "\n".join(re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE))


def by_hand(folder: Path, vkey: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-eu", "-c", SCRIPT],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "VKEY": vkey, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("size", [1, 2, 5, 7])
def test_a_good_log_passes_by_hand(tmp_path: Path, size: int) -> None:
    log = a_log(tmp_path / "log", size)
    found = by_hand(tmp_path, log.vkey)
    assert found.returncode == 0, found.stderr
    lines = found.stdout.splitlines()
    assert lines[0] == "Signature Verified Successfully"
    assert lines[1 : size + 1] == [f"entry {place} is chained" for place in range(size)]
    assert lines[-2] == "the root is that of the checkpoint"
    assert lines[-1].split()[0] == entry.commitment(b"\x07" * 32, "张三".encode())


def test_a_changed_byte_is_found_by_hand(tmp_path: Path) -> None:
    log = a_log(tmp_path / "log", 5)
    for name, at in (("checkpoint", 20), ("tile/entries/000.p/5", 900), ("tile/0/000.p/5", 100)):
        log.flip(name, at)
        assert by_hand(tmp_path, log.vkey).returncode != 0
        log.flip(name, at)
    assert by_hand(tmp_path, log.vkey).returncode == 0


def test_a_broken_chain_in_a_tree_that_fits_it_is_found_by_hand(tmp_path: Path) -> None:
    entries = a_log(tmp_path / "whole", 5).entries
    log = LogFolder(tmp_path / "log", [*entries[:2], *entries[3:]]).write()
    found = by_hand(tmp_path, log.vkey)
    assert found.returncode != 0
    assert found.stdout.splitlines()[-1] == "entry 1 is chained"


def test_the_documented_code_points_are_the_forbidden_ones() -> None:
    table = re.search(r"```\n(0000-001F.*?)```", DOCUMENT, re.DOTALL)
    assert table
    ranges = []
    for item in table[1].split():
        low, _, high = item.partition("-")
        ranges.append((int(low, 16), int(high or low, 16)))
    assert (
        ranges
        == [pair for pair in FORBIDDEN_RANGES if pair[1] & 0xFFFF != 0xFFFF or pair[1] == 0x10FFFF][: len(ranges)]
    )


def test_the_documented_paths_are_the_written_ones() -> None:
    for index, path in ((0, "000"), (1000, "x001/000"), (1_234_067, "x001/x234/067")):
        assert tiles.index_path(index) == path
        assert f"{index} is `{path}`" in DOCUMENT
    assert all(f"`{path}`" in DOCUMENT for path in tiles.tile_paths(700) if "entries" not in path)
