"""`mingtang registry import | template | export`, as whoever runs a centre uses them."""

import subprocess
from pathlib import Path

import pytest

from registry.sheets import UPLOAD
from registry.sheets.workbook import Workbook
from tests import program
from tests.registry.builders import a_code
from tests.registry.form_files import an_agency_row, csv_files, rows_of, write_workbook


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return program.run(*arguments, env=program.plain_environment())


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """A data folder with a log of one entry."""
    done = run("log", "open", "--origin", "log.example.org/centre", "--data", tmp_path / "data")
    assert done.returncode == 0, done.stderr
    return tmp_path / "data"


def test_forms_come_in_once_and_the_register_goes_out(opened: Path, tmp_path: Path) -> None:
    forms = tmp_path / "登记表.xlsx"
    with forms.open("wb") as file:
        write_workbook(file, rows_of(2, 2))
    done = run("registry", "import", forms, "--quiet", "--data", opened)
    assert (done.returncode, done.stdout) == (0, "OK added=2 amended=0 unchanged=0 forms=8 warnings=2\n"), done.stderr
    assert "ROW 机构:2 registry.inner-code-wrong" in done.stderr
    done = run("registry", "import", forms, "--data", opened)
    assert done.stdout == "OK added=0 amended=0 unchanged=2 forms=0 warnings=2\n"
    assert "2 equal the record and were passed over" in done.stderr
    out = tmp_path / "out.csv"
    assert run("registry", "export", out, "--data", opened).stdout == f"OK file={out} tables=agencies\n"
    assert out.stat().st_mode & 0o077 == 0
    assert out.read_text("utf-8-sig").count(a_code(1)) == 1
    assert run("registry", "export", out, "--data", opened).returncode == 2
    whole = tmp_path / "out.xlsx"
    assert run("registry", "export", whole, "--data", opened).returncode == 0
    with whole.open("rb") as file:
        assert "比对发现" in Workbook(file, "out.xlsx", UPLOAD).titles
    assert run("registry", "export", tmp_path / "x.csv", "nothing", "--data", opened).returncode == 2
    assert run("registry", "export", tmp_path / "x.csv", "agencies", "findings", "--data", opened).returncode == 2
    assert run("registry", "export", tmp_path / "gone" / "x.csv", "--data", opened).returncode == 3


def test_faults_of_forms_are_told_by_sheet_row_and_column(opened: Path, tmp_path: Path) -> None:
    rows = {**rows_of(1), "agency": [an_agency_row(1, founded="2015-02-30")]}
    paths = []
    for file, name in csv_files(rows):
        paths.append(tmp_path / name)
        paths[-1].write_bytes(file.read())
    done = run("registry", "import", *paths, "--data", opened)
    assert done.returncode == 1
    first, last = done.stdout.splitlines()
    assert first.startswith("ROW 机构.csv:2 registry.bad-fact 成立日期 ")
    assert last == "FAIL problems=1 recorded=0"


def test_the_template_is_written_once(tmp_path: Path) -> None:
    out = tmp_path / "模板.xlsx"
    done = run("registry", "template", out)
    assert (done.returncode, done.stdout) == (0, f"OK file={out}\n")
    assert run("registry", "template", out).returncode == 2
