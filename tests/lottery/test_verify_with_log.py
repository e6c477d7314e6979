"""`mingtang verify draw FILE --log …`: one fixed line, words beside it, and the exit statuses of the contract."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from api.cli.verify import main
from lottery.protocol import canonical
from tests.audit.logs import SIGNER
from tests.lottery.forged import SignedFolder, Story, told
from tests.lottery.stories import PLAYS

KEY = str(SIGNER.key)
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def story(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Story:
    return told(tmp_path_factory, migrated, "both", PLAYS["both"])


@pytest.fixture
def folder(story: Story, tmp_path: Path) -> SignedFolder:
    return story.written(tmp_path / "log")


@pytest.fixture
def evidence(story: Story, tmp_path: Path) -> Path:
    path = tmp_path / "evidence.json"
    path.write_bytes(story.evidence())
    return path


@pytest.fixture(autouse=True)
def _in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


def run(capfd: Captured, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    try:
        status = main(["draw", *map(str, arguments)])
    except SystemExit as left:
        status = int(left.code or 0)
    out, err = capfd.readouterr()
    return status, out, err


def test_a_draw_is_checked_against_a_folder_and_a_web_address_alike(
    folder: SignedFolder, evidence: Path, served: str, capfd: Captured
) -> None:
    for log in (folder.path, served):
        status, out, err = run(capfd, evidence, "--log", log, "--key", KEY)
        assert status == 0
        line = rf"OK {re.escape(str(evidence))} winners=[0-9A-Z]+ seed=[0-9a-f]{{64}} BLS=ok log=partial\n"
        assert re.fullmatch(line, out)
        first, *others = err.splitlines()
        assert first.startswith("演练")
        assert [other.split("：")[0] for other in others] == ["未核", "未见证", "未核"]


@pytest.fixture
def served(folder: SignedFolder) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder.path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_a_file_alone_convicts_is_said_before_anything_of_the_log(
    folder: SignedFolder, evidence: Path, capfd: Captured
) -> None:
    folder.flip("checkpoint", 20)
    assert run(capfd, evidence, "--log", folder.path, "--key", KEY)[1].startswith(f"E_LOG {evidence} ")
    changed: Any = canonical.decode(evidence.read_bytes())
    changed["result"]["seed"] = "0" * 64
    evidence.write_bytes(canonical.encode(changed))
    status, out, err = run(capfd, evidence, "--log", folder.path, "--key", KEY)
    assert (status, out.split()[0], err) == (1, "E_SEED", "")


def test_a_log_that_does_not_verify_is_named_with_its_first_fault(
    folder: SignedFolder, evidence: Path, capfd: Captured
) -> None:
    bundle = next(name for name in folder.files() if name.startswith("tile/entries/"))
    folder.flip(bundle, 500)
    status, out, _ = run(capfd, evidence, "--log", folder.path, "--key", KEY)
    assert status == 1
    assert re.match(r"E_LOG \S+ 日志本身核验不通过：FAIL seq=\d+: ", out)


def test_a_file_that_the_log_names_and_that_holds_other_bytes_is_a_fault(
    story: Story, folder: SignedFolder, evidence: Path, capfd: Captured
) -> None:
    roster = next(file.sha256 for file in story.entry("roster_published", 1).files)
    folder.put(f"blob/{roster}", b"{}")
    status, out, _ = run(capfd, evidence, "--log", folder.path, "--key", KEY)
    assert (status, out.split()[0]) == (1, "E_LOG")


def test_what_is_not_there_is_exit_three(folder: SignedFolder, evidence: Path, tmp_path: Path, capfd: Captured) -> None:
    gone = tmp_path / "gone"
    for arguments in (
        (evidence, "--log", gone, "--key", KEY),
        (gone, "--log", folder.path, "--key", KEY),
        (evidence, "--log", folder.path, "--receipt", gone, "--entry", gone, "--key", KEY),
        (evidence, "--log", "http://127.0.0.1:9", "--key", KEY),
    ):
        status, out, _ = run(capfd, *arguments)
        assert (status, out.split()[:2]) == (3, ["E_READ", str(arguments[0])])
        assert len(out.splitlines()) == 1


def test_wrong_usage_is_exit_two_and_no_result(folder: SignedFolder, evidence: Path, capfd: Captured) -> None:
    log = ("--log", folder.path)
    for arguments in (
        (evidence, *log),  # no key
        (evidence, *log, "--key", "not-a-key"),
        (evidence, *log, "--key", KEY, "--witness", "not-a-key"),
        (evidence, evidence, *log, "--key", KEY),
        (evidence, "--receipt", evidence, "--key", KEY),
        (evidence, *log, "--key", KEY, "--entry", evidence),
        (evidence, "--key", KEY),
        (evidence, "--witness", KEY),
        (evidence, *log, "--key", KEY, "--quorum", "-1"),
        (),
    ):
        status, out, err = run(capfd, *arguments)
        assert (status, out) == (2, ""), arguments
        assert err


def test_a_head_too_young_to_be_cosigned_is_said_and_no_fault_of_the_draw(
    folder: SignedFolder, evidence: Path, capfd: Captured
) -> None:
    witness = KEY  # taken as a witness's: nobody cosigned with it
    status, out, err = run(capfd, evidence, "--log", folder.path, "--key", KEY, "--witness", witness)
    assert (status, out.split()[0], out.split()[-1]) == (0, "OK", "log=partial")
    assert "newest checkpoint" in err or "最新的检查点" in err
    _, _, err = run(capfd, evidence, "--log", folder.path, "--key", KEY, "--witness", witness, "--quorum", 0)
    assert "newest checkpoint" not in err
    assert "最新的检查点" not in err


def test_the_verifier_with_a_log_loads_neither_web_nor_database(folder: SignedFolder, evidence: Path) -> None:
    program = (
        "import sys\n"
        "from api.cli.verify import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "names = {'sqlalchemy', 'alembic', 'fastapi', 'starlette', 'jinja2', 'pydantic'}\n"
        "assert not names & set(sys.modules), names & set(sys.modules)"
    )
    command = [sys.executable, "-c", program, "draw", str(evidence), "--log", str(folder.path), "--key", KEY]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    assert done.returncode == 0, done.stderr
