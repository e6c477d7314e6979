"""The contract of `mingtang registry explain`: its lines, its exit statuses, and that it needs a log folder alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import Hall

__all__ = ["beacon", "clock", "hall"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MINGTANG = Path(sys.executable).parent / "mingtang"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "MINGTANG_"))}
    return subprocess.run(
        [MINGTANG, "registry", "explain", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=plain | {"LANG": "en_US.UTF-8"},
        timeout=120,
    )


def test_a_log_folder_alone_is_enough_and_every_fault_has_its_status(hall: Hall, tmp_path: Path) -> None:
    hall.prepare()
    hall.freeze()
    alone = shutil.copytree(hall.log.data / "log", tmp_path / "log")
    for where in (("--log", alone), ("--data", hall.log.data)):
        done = run("--all", *where)
        assert (done.returncode, done.stdout, done.stderr) == (0, "OK 1 rosters, 6 agencies\n", "")
    done = run(hall.codes[0], "--draw", "MT-2023-0001/1", "--log", alone)
    assert done.returncode == 0
    assert done.stdout.startswith(f"OK MT-2023-0001/1 {hall.codes[0]} in balls=1 ")
    assert "\nPASSED NOT_RECORDED entries=" in done.stdout
    for arguments in ([], ["CODE"], ["CODE", "--all"], ["--all", "--data", alone, "--log", alone]):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, ""), arguments
    done = run("CODE", "--draw", "MT-2023-0001", "--log", alone)
    assert (done.returncode, done.stdout) == (2, "")
    done = run("CODE", "--draw", "MT-1999-0001/1", "--log", alone)
    assert (done.returncode, done.stdout.split()[0]) == (1, "FAIL")
    done = run("--all", "--log", tmp_path / "nothing")
    assert (done.returncode, done.stdout.split()[0]) == (3, "E_READ")
