"""The lines that people and scripts read."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lottery.protocol import canonical, command

Tree = dict[str, Any]
Build = Callable[..., Tree]


@pytest.fixture
def files(tmp_path: Path, a_draw: Build) -> dict[str, str]:
    good, bad, dice = a_draw(), a_draw(), a_draw("dice")
    bad["result"]["seed"] = "0" * 64
    paths = {}
    for name, evidence in {"good": good, "bad": bad, "dice": dice}.items():
        path = tmp_path / f"{name}.json"
        path.write_bytes(canonical.encode(evidence))
        paths[name] = str(path)
    return paths | {"absent": str(tmp_path / "absent.json"), "folder": str(tmp_path)}


def test_a_file_that_holds_gives_its_winners_and_seed(files: dict[str, str], a_draw: Build) -> None:
    result = a_draw()["result"]
    winners = ",".join(result["winners"])
    assert command.verify_files([files["good"]]) == (
        [f"OK {files['good']} winners={winners} seed={result['seed']} BLS=ok log=unchecked"],
        0,
    )


def test_a_draw_by_dice_has_no_signature(files: dict[str, str]) -> None:
    [line], status = command.verify_files([files["dice"]])
    assert line.endswith(" BLS=- log=unchecked")
    assert status == 0


def test_a_fault_gives_its_code_and_the_reason_in_the_language_asked_for(files: dict[str, str], a_draw: Build) -> None:
    seed = a_draw()["result"]["seed"]
    assert command.verify_files([files["bad"]], "en") == ([f"E_SEED {files['bad']} result.seed: not {seed}"], 1)
    assert command.verify_files([files["bad"]], "zh") == ([f"E_SEED {files['bad']} result.seed：应为 {seed}"], 1)


@pytest.mark.parametrize(
    ("names", "words", "status"),
    [
        (["good", "dice"], ["OK", "OK"], 0),
        (["good", "absent"], ["OK", "E_READ"], 3),
        (["absent", "bad", "good"], ["E_READ", "E_SEED", "OK"], 1),
        (["bad", "folder"], ["E_SEED", "E_READ"], 1),
        ([], [], 0),
    ],
)
def test_a_fault_weighs_more_than_a_file_that_cannot_be_read(
    names: list[str], words: list[str], status: int, files: dict[str, str]
) -> None:
    lines, found = command.verify_files([files[name] for name in names], "en")
    assert [line.split()[0] for line in lines] == words
    assert [line.split()[1] for line in lines] == [files[name] for name in names]
    assert found == status


def test_the_reason_why_a_file_cannot_be_read_is_in_the_language_asked_for(files: dict[str, str]) -> None:
    assert command.verify_files([files["absent"]], "en")[0] == [f"E_READ {files['absent']} no such file"]
    assert command.verify_files([files["absent"]], "zh")[0] == [f"E_READ {files['absent']} 没有这个文件"]
    assert command.verify_files([files["folder"]], "en")[0] == [f"E_READ {files['folder']} is a folder"]


@pytest.mark.parametrize("path", ["", "a\x00b", "/", "\ud800"])
def test_a_name_that_no_file_can_have_is_unreadable(path: str) -> None:
    for lang in ("zh", "en"):
        [line], status = command.verify_files([path], lang)
        assert line.startswith("E_READ ")
        assert line.isprintable() or "\ud800" in line
        assert status == 3


def test_a_line_feed_in_a_name_makes_no_second_line(tmp_path: Path, a_draw: Build) -> None:
    path = tmp_path / "a\nOK b\u2028.json"
    path.write_bytes(canonical.encode(a_draw()))
    [line], _ = command.verify_files([str(path)])
    assert line.startswith(f"OK {tmp_path}/a\\nOK b\\u2028.json winners=")
    assert len(line.splitlines()) == 1


def test_a_name_that_is_not_utf_8_comes_out_in_the_bytes_it_came_in(tmp_path: Path, a_draw: Build) -> None:
    name = os.fsencode(tmp_path) + b"/\xce\xde\xff.json"
    path = os.fsdecode(name)
    Path(path).write_bytes(canonical.encode(a_draw()))
    lines, status = command.verify_files([path])
    out = io.BytesIO()
    command.write(lines, out)
    assert out.getvalue().startswith(b"OK " + name + b" winners=")
    assert out.getvalue().count(b"\n") == 1
    assert status == 0


def test_the_verifier_starts_without_the_web_and_the_database() -> None:
    program = (
        "import sys, lottery.protocol.command, lottery.protocol.documents;"
        "print(*[name for name in ('sqlalchemy', 'alembic', 'fastapi', 'starlette', 'jinja2', 'pydantic', 'orjson',"
        " 'cryptography', 'audit', 'registry', 'py_arkworks_bls12381') if name in sys.modules])"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
