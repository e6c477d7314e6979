"""The contract of `mingtang`: fixed lines on standard output, talk on standard error, exit statuses 0, 1, 2, 3."""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.cli.place import load_packages, opened_log
from api.demo import stage
from audit import keys
from audit.cosignature import Cosigner
from audit.entry import SYSTEM
from audit.reading import entries, log_size
from audit.source import open_source
from registry import commands
from tests import program
from tests.demo_city import a_played_city
from tests.program import Program
from tests.registry.builders import a_code
from tests.registry.forms import an_agency_form, an_agency_private

MINGTANG = Path(sys.executable).parent / "mingtang"
SIZE = 1630
"""Entries of the demo's log once it is over."""


def run(*arguments: object, lang: str = "en_US.UTF-8", given: str = "") -> subprocess.CompletedProcess[str]:
    return program.run(*arguments, env=program.plain_environment(LANG=lang), given=given)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_played_city(tmp_path_factory)[0]


@pytest.fixture(scope="module")
def key(demo: Path) -> str:
    done = run("log", "key", "--data", demo)
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = done.stdout.splitlines()
    return line


@pytest.fixture(scope="module")
def opened_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("opened") / "data"
    done = run("log", "open", "--origin", "log.example.org/centre", "--data", data)
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def opened(opened_once: Path, tmp_path: Path) -> Path:
    """A data folder with a log of one entry."""
    return Path(shutil.copytree(opened_once, tmp_path / "data"))


# verify


def test_draws_are_verified_one_line_each_in_the_order_given(demo: Path) -> None:
    files = sorted((demo / stage.EVIDENCE).iterdir())
    done = run("verify", "draw", *files)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines] == [str(file) for file in files]
    for line in lines:
        assert re.fullmatch(r"OK \S+ winners=[0-9A-Z,]+ seed=[0-9a-f]{64} BLS=(ok|-) log=unchecked", line)


def test_a_fault_wins_over_a_file_that_cannot_be_read(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{}")
    good = demo / stage.EVIDENCE / "MC-2023-0001.json"
    assert run("verify", "draw", good, tmp_path / "gone.json").returncode == 3
    done = run("verify", "draw", good, tmp_path / "gone.json", tmp_path / "bad.json")
    assert done.returncode == 1
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["OK", "E_READ", "E_FORMAT"]


def test_the_reason_is_in_the_users_language_and_the_code_is_not(demo: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    english = run("verify", "draw", tmp_path / "bad.json").stdout
    chinese = run("verify", "draw", tmp_path / "bad.json", lang="zh_CN.UTF-8").stdout
    assert english.split()[0] == chinese.split()[0] == "E_CANON"
    assert english.isascii()
    assert not chinese.isascii()


def test_a_draw_with_the_receipt_of_its_seal_is_partly_checked_against_the_log(demo: Path, key: str) -> None:
    evidence = demo / stage.EVIDENCE / "MC-2023-0001.json"
    receipt, entry = receipt_of(demo, "lottery.sealed", "draw:MC-2023-0001/1")
    done = run("verify", "draw", evidence, "--receipt", receipt, "--entry", entry, "--key", key)
    assert (done.returncode, done.stdout.split()[-1]) == (0, "log=partial"), done.stdout
    receipt, entry = receipt_of(demo, "lottery.sealed", "draw:MC-2023-0003/2")
    done = run("verify", "draw", evidence, "--receipt", receipt, "--entry", entry, "--key", key)
    assert (done.returncode, done.stdout.split()[0]) == (1, "E_LOG")


def receipt_of(demo: Path, kind: str, subject: str) -> tuple[Path, Path]:
    """The receipt of an entry and the entry, as files."""
    from audit.database import Database
    from audit.folder import Folder
    from audit.publisher import published_size
    from audit.queries import entries, entry_data, receipt

    database = Database(f"sqlite:///{demo / 'mingtang.db'}")
    folder = Folder(demo / "log")
    size = published_size(folder)
    with database.reading() as session:
        (found,) = entries(session, size, kind=kind, subject=subject)
        paths = demo / f"{found.seq}.tlog-proof", demo / f"{found.seq}.json"
        paths[0].write_bytes(receipt(session, folder, found.seq, size))
        paths[1].write_bytes(entry_data(session, found.seq, size))
    database.dispose()
    return paths


def test_a_receipt_verifies_alone(demo: Path, key: str) -> None:
    receipt, entry = receipt_of(demo, "lottery.decided", "draw:MC-2023-0001")
    done = run("verify", "receipt", receipt, "--entry", entry, "--key", key)
    assert done.returncode == 0
    assert re.fullmatch(rf"OK seq=\d+ size={SIZE} witnesses=0/0 cosigned=-\n", done.stdout)
    entry.write_bytes(entry.read_bytes().replace(b"MC-2023-0001", b"MC-2023-0009"))
    done = run("verify", "receipt", receipt, "--entry", entry, "--key", key)
    assert (done.returncode, done.stdout.split()[0]) == (1, "FAIL")


def test_the_log_verifies_and_one_flipped_byte_does_not(demo: Path, key: str, tmp_path: Path) -> None:
    done = run("log", "export", tmp_path / "out", "--data", demo)
    assert (done.returncode, done.stdout) == (0, f"OK size={SIZE} folder={tmp_path / 'out'}\n")
    done = run("verify", "log", tmp_path / "out", "--key", key, "--blobs")
    assert done.returncode == 0
    assert re.fullmatch(rf"OK size={SIZE} root=\S{{44}} checkpoint=- witnesses=0/0\n", done.stdout)
    files = sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    for file in {path.parent: path for path in files}.values():  # one of each folder: tests of the verifier try all
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        done = run("verify", "log", tmp_path / "out", "--key", key)
        assert done.returncode == 1, file
        assert re.match(r"FAIL (seq=\d+|tile/\d+/\S+|checkpoint|blob/[0-9a-f]{64})\b", done.stdout), file
        data[len(data) // 2] ^= 1
        file.write_bytes(data)


def test_what_is_not_there_is_exit_three_and_wrong_usage_two(key: str, tmp_path: Path) -> None:
    assert run("verify", "log", tmp_path / "gone", "--key", key).returncode == 3
    assert run("verify", "log", tmp_path, "--key", "not-a-key").returncode == 2
    assert run("verify", "log", tmp_path).returncode == 2
    assert run("verify", "draw", tmp_path, "--key", key).returncode == 2
    assert run("nonsense").returncode == 2


def test_the_verifier_loads_neither_web_nor_database(demo: Path, key: str) -> None:
    program = (
        "import sys; sys.argv = ['mingtang', *sys.argv[1:]]\n"
        "from api.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "names = {'sqlalchemy', 'alembic', 'fastapi', 'starlette', 'jinja2', 'pydantic'}\n"
        "assert not names & set(sys.modules), names & set(sys.modules)"
    )
    receipt, entry = receipt_of(demo, "lottery.decided", "draw:MC-2023-0002")
    evidence = demo / stage.EVIDENCE / "MC-2023-0001.json"
    for arguments in (
        ["draw", evidence],
        ["log", demo / "log", "--key", key],
        ["receipt", receipt, "--entry", entry, "--key", key],
    ):
        command = [sys.executable, "-c", program, "verify", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


# log


def test_a_log_is_opened_once_and_says_how_to_keep_its_key(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = run("log", "open", "--origin", "log.example.org/centre", "--data", data)
    assert done.returncode == 0
    assert done.stdout.startswith("log.example.org/centre+")
    assert "log.pem" in done.stderr
    assert (data / "keys").stat().st_mode & 0o777 == 0o700
    assert (data / "keys" / "log.pem").stat().st_mode & 0o777 == 0o600
    again = run("log", "open", "--origin", "log.example.org/centre", "--data", data)
    assert (again.returncode, again.stdout) == (1, "")
    assert "audit.log-exists" in again.stderr


@pytest.mark.parametrize("arguments", [("log", "key"), ("log", "status"), ("serve",), ("log", "rebuild-check")])
def test_a_folder_without_a_log_is_refused_and_left_empty(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, "--data", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "audit.no-log" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_witnesses_in_force_are_set_by_an_entry_and_shown(tmp_path: Path) -> None:
    data = tmp_path / "centre"
    assert run("log", "open", "--origin", "log.example/centre", "--data", data).returncode == 0
    key = Cosigner("w1.example", Ed25519PrivateKey.from_private_bytes(b"w".ljust(32))).key
    named = ("log", "witnesses", "set", "--witness", f"{key}=http://w1.example/", "--data", data)
    assert run(*named).stdout == "OK witnesses=1 quorum=1 seq=1\n"
    assert run(*named).stdout == "OK witnesses=1 quorum=1 seq=-\n"  # they are in force already
    shown = run("log", "witnesses", "show", "--data", data).stdout
    assert shown == f"witness={key} url=http://w1.example size=-\nquorum=1\n"
    status = run("log", "status", "--data", data).stdout.splitlines()
    assert {"cosigned_age_seconds=-", "witnesses=0/1", "quorum=1"} <= set(status)
    assert run(*named, "--quorum", "2").returncode == 1
    assert run("log", "witnesses", "set", "--data", data).stdout == "OK witnesses=0 quorum=0 seq=2\n"


def test_status_tells_what_an_operator_watches(demo: Path) -> None:
    done = run("log", "status", "--data", demo)
    facts = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert (facts["size"], facts["waiting"], facts["witnesses"]) == (str(SIZE), "0", "0/0")
    assert set(facts) >= {"root", "checkpoint_age_seconds", "cosigned_age_seconds", "disk_free", "disk_reserve"}


def test_an_export_comes_back_and_rebuild_check_says_ok_or_names_the_row(demo: Path, key: str, tmp_path: Path) -> None:
    data = tmp_path / "again"
    run("log", "export", tmp_path / "out", "--data", demo)
    done = run("log", "import", tmp_path / "out", "--key", key, "--data", data)
    assert (done.returncode, done.stdout) == (0, f"OK size={SIZE}\n"), done.stderr
    assert "Private values" in done.stderr
    shutil.copytree(demo / "keys", data / "keys")
    done = run("log", "rebuild-check", "--data", data)
    assert (done.returncode, done.stdout.split()[0]) == (0, "OK")
    import sqlite3

    connection = sqlite3.connect(data / "mingtang.db")
    connection.execute("UPDATE entries SET actor = 'operator:somebody' WHERE seq = 9")
    connection.commit()
    connection.close()
    done = run("log", "rebuild-check", "--data", data)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == "DIFFERS entries seq=9 actor"
    assert done.stdout.splitlines()[-1].startswith("FAIL differences=1 ")


# people and registers


def test_the_first_administrator_is_made_by_a_command_and_no_password_is_an_argument(opened: Path) -> None:
    password = "a long enough pass phrase 7"
    done = run("user", "add", "chief", "--role", "admin", "--data", opened, given=f"{password}\n\n")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"OK account=[A-Za-z0-9_-]{16}\n", done.stdout)
    done = run("log", "status", "--data", opened)
    assert "size=2\n" in done.stdout
    for path in (opened / "log").rglob("*"):
        if path.is_file():
            assert b"chief" not in path.read_bytes()
            assert password.encode() not in path.read_bytes()


def test_erasing_a_person_names_the_backups_that_hold_it_still(opened: Path, tmp_path: Path) -> None:
    load_packages()
    with opened_log(opened) as log:
        with log.act(SYSTEM) as act:
            key = keys.load_digest_key(opened / "keys")
            commands.submit_agency_form(act, a_code(1), an_agency_form(1), an_agency_private(log, 1), key=key)
        log.settle()
    assert run("db", "backup", tmp_path / "backup", "--data", opened).returncode == 0
    erase, more = ("registry", "erase-person", a_code(1)), ("--basis", "个人信息保护法第四十七条", "--data", opened)
    done = run(*erase, "agency", *more)
    named, last = done.stdout.splitlines()
    assert re.fullmatch(rf"BACKUP made=[0-9TZ:-]+ there=yes file={re.escape(str(tmp_path / 'backup'))}", named)
    assert last == "OK entries=1 erased=7 files=1 backups=1"
    assert list((opened / "blobs").iterdir()) == []
    again = run(*erase, "agency", *more)
    assert (again.returncode, again.stdout) == (1, "")
    assert run(*erase, "practitioner", *more).returncode == 2


def test_erasing_a_private_value_takes_the_file_that_it_describes(opened: Path) -> None:
    load_packages()
    with opened_log(opened) as log:
        with log.act(SYSTEM) as act:
            key = keys.load_digest_key(opened / "keys")
            commands.submit_agency_form(act, a_code(1), an_agency_form(1), an_agency_private(log, 1), key=key)
        log.settle()
    more = ("--basis", "个人信息保护法第四十七条", "--data", opened)
    assert run("log", "erase", 2, "bank_name", *more).stdout == "OK seq=2 erased=1\n"
    assert len(list((opened / "blobs").iterdir())) == 1
    assert run("log", "erase", 2, "licence", *more).stdout == "OK seq=2 erased=1\n"
    assert list((opened / "blobs").iterdir()) == []
    assert run("log", "erase", 2, "licence", *more).returncode == 1


def test_a_list_of_agencies_is_imported_whole_or_not_at_all(opened: Path, tmp_path: Path) -> None:
    from importlib.resources import files

    good = files("api.demo").joinpath("agencies.csv").read_bytes()
    (tmp_path / "bad.csv").write_bytes(good.replace(b"91219900MA0MC00", b"91219900MA0MC99", 1))
    done = run("registry", "import", tmp_path / "bad.csv", "--data", opened)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("ROW 2 registry.bad-code-check ")
    assert done.stdout.splitlines()[-1] == "FAIL problems=1 recorded=0"
    (tmp_path / "good.csv").write_bytes(good)
    done = run("registry", "import", tmp_path / "good.csv", "--data", opened)
    assert (done.returncode, done.stdout) == (0, "OK added=15 amended=0 unchanged=0\n"), done.stderr
    done = run("registry", "import", tmp_path / "gone.csv", "--data", opened)
    assert done.returncode == 3


# demo and serve


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def served(process: Program, url: str) -> bytes:
    for _ in range(400):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                body: bytes = answer.read()
                return body
        except OSError:
            assert process.poll() is None, "the server ended"
            time.sleep(0.05)
    pytest.fail(f"{url} does not answer")


Start = Callable[..., Program]


@pytest.fixture
def start(port: int) -> Iterator[Start]:
    running: list[Program] = []

    def start(*arguments: object) -> Program:
        running.append(Program(*arguments, "--port", port))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def test_the_demo_is_played_live_and_a_played_one_is_served_as_it_stands(
    demo: Path, tmp_path: Path, port: int, start: Start
) -> None:
    """Live until a third of the day is over: the rest of it is played by the same hands as `demo` was."""
    data, url = tmp_path / "data", f"http://127.0.0.1:{port}"
    process = start("demo", "--serve", "--pace", "0.01", "--data", data)
    assert "演示".encode() in served(process, f"{url}/?lang=zh")
    for _ in range(1500):
        size = json.loads(served(process, f"{url}/api/v1/log"))["size"]
        if size >= SIZE // 3:
            break
        time.sleep(0.2)
    assert size >= SIZE // 3
    process.send_signal(signal.SIGINT)
    process.wait(20)
    live, whole = (kinds(folder) for folder in (data, demo))
    assert size <= len(live) < len(whole)
    assert live == whole[: len(live)]
    assert run("log", "rebuild-check", "--data", data).stdout.startswith("OK ")
    again = start("demo", "--serve", "--data", shutil.copytree(demo, tmp_path / "copy"))
    assert json.loads(served(again, f"{url}/api/v1/log"))["size"] == len(whole)


def kinds(data: Path) -> list[str]:
    """The kinds of all published entries."""
    source = open_source(str(data / "log"))
    return [one.kind for one in entries(source, log_size(source))]


def test_a_centre_is_served_by_its_own_clock(opened: Path, port: int, start: Start) -> None:
    process = start("serve", "--data", opened)
    url = f"http://127.0.0.1:{port}"
    assert b"log.example.org/centre" in served(process, f"{url}/log/checkpoint")
    assert "演示".encode() not in served(process, f"{url}/?lang=zh")


def test_a_centre_is_witnessed_by_another_process(opened: Path, port: int, start: Start, tmp_path: Path) -> None:
    key = run("log", "key", "--data", opened).stdout.strip()
    command = [str(MINGTANG), "witness", "serve", "--data", str(tmp_path / "w"), "--log", key, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as witness:
        assert witness.stdout is not None
        assert witness.stderr is not None
        vkey, address = witness.stdout.readline().strip(), witness.stderr.readline().strip()
        assert run("log", "witnesses", "set", "--witness", f"{vkey}={address}", "--data", opened).returncode == 0
        process = start("serve", "--data", opened)
        url = f"http://127.0.0.1:{port}"
        for _ in range(600):
            if vkey.partition("+")[0].encode() in served(process, f"{url}/log/checkpoint"):
                break
            time.sleep(0.05)
        witness.kill()
    assert "已见证 1/1" in served(process, f"{url}/?lang=zh").decode()
    done = run("verify", "log", f"{url}/log", "--key", key, "--witness", vkey)
    assert (done.returncode, done.stdout.split()[-1]) == (0, "witnesses=1/1"), done.stdout
    for name, path in (("r.tlog-proof", "receipt/1"), ("r.json", "entry/1")):
        (tmp_path / name).write_bytes(served(process, f"{url}/log/{path}"))
    receipt = ("verify", "receipt", tmp_path / "r.tlog-proof", "--entry", tmp_path / "r.json", "--key", key)
    done = run(*receipt, "--witness", vkey)
    assert (done.returncode, done.stdout.split()[3]) == (0, "witnesses=1/1"), done.stdout


def test_the_demos_log_is_not_served_as_a_real_one(demo: Path) -> None:
    done = run("serve", "--data", demo)
    assert done.returncode == 1
    assert "demo.served-by-demo" in done.stderr
