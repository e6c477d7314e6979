"""The shell lines of docs/protocol.md do what the document says, on the reference files."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lottery.protocol import canonical
from lottery.protocol.beacon import PINNED
from lottery.protocol.errors import CODES

Tree = dict[str, Any]
Build = Callable[..., Tree]

DOCUMENT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")
PROGRAMS = {"jq": "jq", "sha256sum": "coreutils", "basenc": "coreutils", "cmp": "diffutils", "openssl": "openssl"}


def blocks() -> list[str]:
    for program, package in PROGRAMS.items():
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing: apt-get install {package}", pytrace=False)
    found = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(found) == 6
    return found


def check_by_hand(evidence: Tree, folder: Path, then: str = "") -> subprocess.CompletedProcess[str]:
    """then: what the same shell does next."""
    (folder / "evidence.json").write_bytes(canonical.encode(evidence))
    script = "set -eu\n" + "".join(blocks()) + then
    return subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("number", range(3))
def test_a_reference_case_holds_by_hand(number: int, reference: Tree, tmp_path: Path) -> None:
    case = reference["cases"][number]
    done = check_by_hand(case["evidence"], tmp_path)
    assert done.stderr == ""
    assert done.returncode == 0
    assert f"seed: {case['expect']['seed']}\n" in done.stdout
    assert done.stdout.splitlines()[-1].split() == ["winners:", *case["expect"]["winners"]]


CHANGES: list[tuple[int, str, object]] = [
    (0, "plan.winners", 1),
    (0, "roster.agents.0.balls", 2),
    (1, "seal.seats.1.secret", "0" * 64),
    (2, "seal_time", 1),
    (2, "beacon.round", 1),
    (2, "beacon.randomness", "0" * 64),
    (2, "result.entropy", "dice:1"),
    (3, "result.seal_sha256", "0" * 64),
    (3, "result.seed", "0" * 64),
    (4, "result.ranking.0.ball", 9),
    (4, "result.winners", ["A-1"]),
    (4, "result.alternates", []),
    (5, "standing.winners", ["A-1", "A-2"]),
]
"""Which block finds it, and what is changed."""


def test_who_moved_up_is_worked_out_by_hand_and_no_changed_file_holds(
    reference: Tree, a_draw: Build, put: Callable[[Tree, str, object], None], tmp_path: Path
) -> None:
    """Of drand and dice together: the reference cases have each alone.

    The changed files come to the shell that found the true one right, each to the block that must stop at it; the true
    one comes to each block again, so that it is the change which stops it.
    """
    assert {case["evidence"]["plan"]["entropy"] for case in reference["cases"]} == {"drand", "dice"}
    true = a_draw("drand+dice", removed=(1,))
    asked = [(block, true) for block in range(6)]
    for block, path, value in CHANGES:
        asked.append((block, copy.deepcopy(true)))
        put(asked[-1][1], path, value)
        assert asked[-1][1] != true
    then = "set +e\n"
    for number, (block, evidence) in enumerate(asked):
        (tmp_path / f"{number}.json").write_bytes(canonical.encode(evidence))
        (tmp_path / f"{number}.sh").write_text(blocks()[block])
        then += f"cp {number}.json evidence.json; (set -e; . ./{number}.sh) > said.txt 2>&1; echo $?\n"
    done = check_by_hand(true, tmp_path, then)
    lines, statuses = done.stdout.splitlines()[: -len(asked)], done.stdout.splitlines()[-len(asked) :]
    assert lines[-1].split() == ["winners", "now:", *true["standing"]["winners"]]
    assert done.stderr == ""
    assert statuses[:6] == ["0"] * 6
    held = [change for change, status in zip(CHANGES, statuses[6:], strict=True) if status != "1"]
    assert held == []


def test_the_document_names_every_code_and_the_pinned_chain() -> None:
    for code in CODES:
        assert f"| `{code}` |" in DOCUMENT
    for value in PINNED.values():
        digits = str(value)
        assert digits[:96] in DOCUMENT
        assert digits[96:] in DOCUMENT
