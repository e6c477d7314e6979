"""The contract of `mingtang registry explain`: its lines, its exit statuses, and that it needs a log folder alone."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests import program
from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import Hall

__all__ = ["beacon", "clock", "hall"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return program.run("registry", "explain", *arguments, env=program.plain_environment())


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
