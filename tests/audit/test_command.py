"""The fixed lines and exit statuses of the verifier."""

import multiprocessing
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from audit import merkle, parallel
from audit.command import one_line, verify_log_command, verify_receipt_command
from audit.proof import Proof
from tests.audit.logs import SIGNER, LogFolder, a_log

VKEY = str(SIGNER.key)


@pytest.fixture
def log(tmp_path: Path) -> LogFolder:
    return a_log(tmp_path / "log", 5, [b"notice"])


def test_a_good_log(log: LogFolder, tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(log.checkpoint(3))
    line, status = verify_log_command(str(log.path), VKEY, since=tmp_path / "old", blobs=True)
    assert status == 0
    assert line.startswith("OK size=5 root=")


def test_a_bad_log_in_both_languages(log: LogFolder) -> None:
    log.flip("tile/0/000.p/5", 70)
    assert verify_log_command(str(log.path), VKEY, lang="zh") == (
        "FAIL seq=2: 条目与文件 tile/0/000.p/5 中第 2 个叶哈希不符：条目或瓦片被改动",
        1,
    )
    assert verify_log_command(str(log.path), VKEY, lang="en") == (
        "FAIL seq=2: the entry does not hash to leaf 2 of tile/0/000.p/5: one of them was altered",
        1,
    )


def test_what_cannot_be_read_is_no_verdict(log: LogFolder, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    for line, status in (
        verify_log_command(missing, VKEY),
        verify_log_command(str(log.path), VKEY, since=missing),
        verify_receipt_command(missing, missing, VKEY),
    ):
        assert status == 3
        assert line.startswith(f"E_READ {missing} ")
        assert "\n" not in line


def test_a_key_that_is_none_is_wrong_usage(log: LogFolder) -> None:
    assert verify_log_command(str(log.path), "nonsense")[1] == 2
    assert verify_log_command(str(log.path), VKEY, witnesses=["nonsense"])[1] == 2
    assert verify_receipt_command("a", "b", "nonsense")[1] == 2


def test_a_receipt(log: LogFolder, tmp_path: Path) -> None:
    leaves = [merkle.leaf_hash(item) for item in log.entries]
    path = merkle.inclusion_proof(lambda level, index, width: b"".join(leaves), 3, 5)
    proof, entry = tmp_path / "3.tlog-proof", tmp_path / "3.json"
    proof.write_bytes(bytes(Proof(3, tuple(path), log.checkpoint())))
    entry.write_bytes(log.entries[3])
    assert verify_receipt_command(proof, entry, VKEY) == ("OK seq=3 size=5 witnesses=0/0 cosigned=-", 0)
    entry.write_bytes(log.entries[2])
    assert verify_receipt_command(proof, entry, VKEY, lang="en") == ("FAIL the proof leads to another root", 1)
    assert verify_receipt_command(entry, entry, VKEY, lang="zh") == ("FAIL 不是合格的 .tlog-proof 文件", 1)


def test_no_name_can_print_a_second_line() -> None:
    assert one_line("FAIL x: a\nOK size=1\r\x1b[2K\u2028") == "FAIL x: a\\nOK size=1\\r\\x1b[2K\\u2028"
    line, status = verify_log_command("no\nOK size=1", VKEY)
    assert (status, line.count("\n")) == (3, 0)


def test_the_verifier_loads_neither_web_nor_database() -> None:
    script = (
        "import sys, audit.command\n"
        "bad = {'sqlalchemy', 'alembic', 'fastapi', 'starlette', 'jinja2', 'pydantic', 'urllib.request', 'ssl'}\n"
        "print(sorted(bad & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def double(number: int) -> int:
    if number == 1000:
        raise ValueError("a thousand")
    return 2 * number


@pytest.mark.parametrize("workers", [1, 2])
def test_shared_work_comes_back_in_order(workers: int) -> None:
    assert list(parallel.in_order(double, ((number,) for number in range(50)), workers)) == list(range(0, 100, 2))
    assert list(parallel.in_order(double, [], workers)) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_endless_work_is_taken_only_as_it_is_needed(workers: int) -> None:
    results = parallel.in_order(double, ((number,) for number in iter(int, 1)), workers)
    assert [next(results) for _ in range(5)] == [0] * 5
    results.close()
    with pytest.raises(ValueError, match="a thousand"):
        list(parallel.in_order(double, [(1,), (1000,), (2,)], workers))


def test_beside_other_threads_nothing_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    context = multiprocessing.get_context

    def get_context(method: str) -> Any:
        asked.append(method)
        return context(method)

    monkeypatch.setattr(multiprocessing, "get_context", get_context)
    release = threading.Event()
    other = threading.Thread(target=release.wait)
    other.start()
    assert list(parallel.in_order(double, [(1,), (2,)], 2)) == [2, 4]
    release.set()
    other.join()
    assert asked == ["spawn"]


def test_the_command_works_from_a_script_whatever_way_its_processes_start(tmp_path: Path) -> None:
    log = a_log(tmp_path, 9000)
    script = (
        "import threading, time\n"
        "from audit.command import verify_log_command\n"
        "if __name__ == '__main__':\n"
        "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        f"    print(verify_log_command({str(log.path)!r}, {VKEY!r}))\n"
    )
    (tmp_path / "script.py").write_text(script)
    root = str(Path(__file__).parents[2])
    found = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": root, "PATH": "/usr/bin:/bin"},
    )
    assert found.stdout.startswith("('OK size=9000 ")
