"""`mingtang ocds import | export` and what they rest on: foreign releases taken over by an account's commands."""

import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api import cli
from audit.log import Log
from tests.api.lives_recorded import record_life
from tests.api.site import ON_SQLITE, make_member, make_organisation
from tests.registry.builders import a_code
from tests.trading.foreign_releases import a_package
from tests.trading.lives import construction
from trading import queries
from trading.ocds.importing import Importer, Report, take_over
from trading.ocds.reading import read


@pytest.fixture
def importer(log: Log) -> Importer:
    make_organisation(log, "tenderer", "演示市水务局", "tenderer", code=a_code(80))
    return Importer(f"registrar:{make_member(log, 'registrar', 'registrar')}", "210100")


def became(report: Report) -> list[tuple[str, str, str]]:
    return [(one.release, one.became, one.kind) for one in report.outcomes]


def foreign() -> list[Any]:
    return read(json.dumps(a_package(), ensure_ascii=False).encode())


def test_what_the_law_takes_is_recorded_as_it_is_and_the_rest_as_other_notices(log: Log, importer: Importer) -> None:
    report = take_over(log, foreign(), importer)
    assert [one[:2] for one in became(report)] == [
        ("r1", "recorded"),
        ("r2", "recorded"),
        ("r3", "recorded"),
        ("q", "refused"),
    ]
    others = [one for one in report.outcomes if one.kind == "other"]
    assert others
    assert all(one.refusal is not None for one in others)
    refused = report.outcomes[-1]
    assert refused.refusal is not None
    assert refused.refusal.code == "trading.not-a-tenderer"
    code = report.outcomes[0].project
    with log.reading() as session:
        project = queries.project(session, code)
        notices = queries.notices(session, code)
    assert project is not None
    assert (project.tenderer, project.region, project.estimate_fen) == ("tenderer", "210100", 123_456_789)
    assert [one.id for one in notices] == [one.notice for one in report.outcomes[:3]]
    assert [one.predecessor for one in notices] == [None, notices[0].id, notices[1].id]
    kept = json.loads(log.blobs.get(notices[0].files[0].sha256) or b"")
    assert kept["tender"]["value"]["amount"] == 1234567.89
    assert "contactPoint" not in json.dumps(kept)
    again = take_over(log, foreign(), importer)
    assert [one.became for one in again.outcomes] == ["there", "there", "there", "refused"]


@ON_SQLITE
def test_only_who_may_register_takes_over_and_a_named_tenderer_stands_for_an_unknown_buyer(
    log: Log, importer: Importer
) -> None:
    nobody = make_member(log, "inspector", "inspector")
    refused = take_over(log, foreign(), Importer(f"registrar:{nobody}", "210100"))
    assert {one.refusal.code for one in refused.outcomes if one.refusal} >= {"registry.role-missing"}
    assert all(one.became == "refused" for one in refused.outcomes)
    named = take_over(log, foreign(), Importer(importer.actor, "210100", "tenderer"))
    assert [one.became for one in named.outcomes] == ["recorded"] * 4
    wrong = take_over(log, foreign(), Importer(importer.actor, "99", "tenderer"))
    assert {one.refusal.code for one in wrong.outcomes if one.refusal} == {"registry.bad-fact"}


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`mingtang ocds`, in this process: exit status, results, talk."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def mingtang(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mingtang", "ocds", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            cli.main()
        said = capsys.readouterr()
        return int(left.value.code or 0), said.out, said.err

    return mingtang


@ON_SQLITE
def test_the_commands_write_a_feed_and_read_it_again(log: Log, importer: Importer, tmp_path: Path, run: Run) -> None:
    record_life(log, construction())
    log.stop()
    here = ("--data", log.data)
    out = tmp_path / "feed.jsonl.gz"
    assert run("export", out, *here)[:2] == (0, f"OK releases=66 file={out}\n")
    assert len(gzip.decompress(out.read_bytes()).splitlines()) == 66
    assert run("export", out, *here)[0] == 2
    assert run("export", tmp_path / "x.csv", *here)[0] == 2
    assert run("export", tmp_path / "gone" / "x.jsonl", *here)[0] == 3
    assert run("export", tmp_path / "s.jsonl", "--sales", *here)[1].startswith("OK releases=0")
    status, said, _ = run("import", out)
    assert status == 0
    assert said.splitlines()[-1] == "OK releases=66 problems=0 checked=66 recorded=0 there=0 refused=0"
    package, told = tmp_path / "package.json", tmp_path / "report.json"
    package.write_text(json.dumps(a_package()), "utf-8")
    status, said, _ = run("import", package, "--as", "registrar", "--region", "210100", "--report", told, *here)
    assert status == 1
    assert said.splitlines()[-1] == "FAIL releases=4 problems=9 checked=0 recorded=3 there=0 refused=1"
    assert "PROBLEM ocds-zz9999-9 q buyer no-party the organisation referred to" in said
    report = json.loads(told.read_bytes())
    assert [one["became"] for one in report["releases"]] == ["recorded", "recorded", "recorded", "refused"]
    assert report["releases"][0]["onlyKept"]
    assert len(report["problems"]) == 9
    assert run("import", package, "--as", "registrar")[0] == 2
    assert run("import", package, "--as", "nobody", "--region", "210100", *here)[0] == 1
    assert run("import", tmp_path / "gone.json")[0] == 3
    package.write_text("{}", "utf-8")
    assert "trading.unreadable-releases" in run("import", package)[2]
