"""The shell lines of docs/protocol.md do what the document says, on the reference files."""

from __future__ import annotations

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


def check_by_hand(evidence: Tree, folder: Path) -> subprocess.CompletedProcess[str]:
    for program, package in PROGRAMS.items():
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing: apt-get install {package}", pytrace=False)
    blocks = re.findall(r"^```sh\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 6
    (folder / "evidence.json").write_bytes(canonical.encode(evidence))
    script = "set -eu\n" + "".join(blocks)
    return subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("number", range(3))
def test_a_reference_case_holds_by_hand(number: int, reference: Tree, tmp_path: Path) -> None:
    case = reference["cases"][number]
    done = check_by_hand(case["evidence"], tmp_path)
    assert done.stderr == ""
    assert done.returncode == 0
    assert f"seed: {case['expect']['seed']}\n" in done.stdout
    assert done.stdout.splitlines()[-1].split() == ["winners:", *case["expect"]["winners"]]


@pytest.mark.parametrize("mode", ["drand", "dice", "drand+dice"])
def test_each_mode_holds_by_hand(mode: str, a_draw: Build, tmp_path: Path) -> None:
    assert check_by_hand(a_draw(mode), tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("plan.winners", 1),
        ("roster.agents.0.balls", 2),
        ("seal.seats.1.secret", "0" * 64),
        ("seal_time", 1),
        ("beacon.round", 1),
        ("beacon.randomness", "0" * 64),
        ("result.entropy", "dice:1"),
        ("result.seal_sha256", "0" * 64),
        ("result.seed", "0" * 64),
        ("result.ranking.0.ball", 9),
        ("result.winners", ["A-1"]),
        ("result.alternates", []),
    ],
)
def test_a_changed_file_does_not_hold_by_hand(
    path: str, value: object, a_draw: Build, put: Callable[[Tree, str, object], None], tmp_path: Path
) -> None:
    evidence = a_draw()
    put(evidence, path, value)
    assert check_by_hand(evidence, tmp_path).returncode != 0


def test_who_moved_up_is_worked_out_by_hand(
    a_draw: Build, put: Callable[[Tree, str, object], None], tmp_path: Path
) -> None:
    evidence = a_draw(removed=(1,))
    done = check_by_hand(evidence, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].split() == ["winners", "now:", *evidence["standing"]["winners"]]
    put(evidence, "standing.winners", evidence["result"]["winners"])
    assert check_by_hand(evidence, tmp_path).returncode != 0


def test_the_document_names_every_code_and_the_pinned_chain() -> None:
    for code in CODES:
        assert f"| `{code}` |" in DOCUMENT
    for value in PINNED.values():
        digits = str(value)
        assert digits[:96] in DOCUMENT
        assert digits[96:] in DOCUMENT
