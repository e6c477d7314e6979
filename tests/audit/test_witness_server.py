"""A witness over real HTTP: it answers as the specification says, and never signs what its disk does not remember."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import merkle, witness
from audit.checkpoint import open_checkpoint, parse_checkpoint, sign_checkpoint
from audit.cosignature import parse_witness, verify_cosignatures
from audit.folder import Folder
from audit.keys import KeyMissing
from audit.note import BadKey, Signer
from audit.witness_server import MAX_REQUEST, WitnessServer
from audit.witness_state import MemoryDamaged, Witness, WitnessBusy, WitnessRenamed
from tests.audit.logs import ORIGIN, SIGNER, LogFolder, chained

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "tlog.json").read_text())
WITNESS = VECTORS["witness"]
SEED = next(key["seed_hex"] for key in VECTORS["keys"]["keys"] if key["vkey"] == WITNESS["log_vkey"])
LOG = Signer(WITNESS["origin"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(SEED)))
NOW = 1_785_000_000
ENTRIES = chained(300)
LEAVES = [merkle.leaf_hash(item) for item in ENTRIES]


def a_checkpoint(size: int) -> bytes:
    return LogFolder(Path(), ENTRIES).checkpoint(size)


def a_proof(old: int, new: int) -> list[bytes]:
    def read(level: int, index: int, width: int) -> bytes:
        assert level in (0, 1)
        if level == 0:
            return b"".join(LEAVES[index * 256 : index * 256 + width])
        return b"".join(merkle.fold(LEAVES[at * 256 : at * 256 + 256]) for at in range(width))

    return list(merkle.consistency_proof(read, old, new))


def a_request(old: int, new: int) -> bytes:
    return witness.compose_request(old, a_proof(old, new), a_checkpoint(new))


def a_witness(folder: Path, name: str | None = "w1.example") -> Witness:
    return Witness(folder, [SIGNER.key], lambda: NOW, name)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[WitnessServer]:
    one = a_witness(tmp_path / "w")
    with WitnessServer(one, "127.0.0.1", 0, deadline=1.0) as server:
        yield server
    one.close()


def asked(
    server: WitnessServer, data: bytes | None, path: str = "/add-checkpoint", **headers: str
) -> tuple[int, bytes, str]:
    """Status, body and content type. data: of a POST; None for a GET."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    try:
        connection.request("GET" if data is None else "POST", path, body=data, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(), response.getheader("Content-Type", "")
    finally:
        connection.close()


def test_it_cosigns_a_first_checkpoint_and_what_extends_it_and_shows_the_last(serving: WitnessServer) -> None:
    key = serving.witness.cosigner.key
    for old, new in ((0, 3), (3, 270), (270, 270), (270, 300)):
        status, body, _ = asked(serving, a_request(old, new))
        assert status == 200
        (line,) = witness.read_answer(parse_checkpoint(a_checkpoint(new)), body, key)
        assert line.is_for(key)
    status, shown, content_type = asked(serving, None, "/" + witness.monitor_path(ORIGIN))
    assert (status, content_type) == (200, "text/plain; charset=utf-8")
    kept = open_checkpoint(shown, SIGNER.key)
    assert kept.size == 300
    assert [item.time for item in verify_cosignatures(kept, [key])] == [NOW]
    assert asked(serving, None, "/vkey")[:2] == (200, f"{key}\n".encode())


def test_a_wrong_old_size_is_told_the_size_it_knows(serving: WitnessServer) -> None:
    assert asked(serving, a_request(3, 7)) == (409, b"0\n", "text/x.tlog.size")
    assert asked(serving, a_request(0, 7))[0] == 200
    for old in (0, 3, 8):
        assert asked(serving, a_request(old, 9)) == (409, b"7\n", "text/x.tlog.size")


def test_a_forked_log_is_refused_and_both_checkpoints_are_kept(serving: WitnessServer, tmp_path: Path) -> None:
    assert asked(serving, a_request(0, 7))[0] == 200
    other = sign_checkpoint(SIGNER, 7, b"\1" * 32)
    longer = sign_checkpoint(SIGNER, 9, b"\2" * 32)
    assert asked(serving, witness.compose_request(7, [], other))[0] == 422
    assert asked(serving, witness.compose_request(7, a_proof(7, 9), longer))[0] == 422
    kept = sorted(path for path in (tmp_path / "w" / "logs").rglob("*") if path.parent.name == "evidence")
    assert {path.suffix for path in kept} == {".last", ".new"}
    found = {path.read_bytes() for path in kept}
    assert {other, longer} < found
    assert asked(serving, a_request(7, 9))[0] == 200  # the honest history goes on


def test_strangers_are_refused(serving: WitnessServer) -> None:
    stranger = sign_checkpoint(Signer("else.example", SIGNER.private), 3, merkle.root(LEAVES[:3]))
    assert asked(serving, witness.compose_request(0, [], stranger))[0] == 404
    forged = sign_checkpoint(
        Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"other".ljust(32))), 3, merkle.root(LEAVES[:3])
    )
    assert asked(serving, witness.compose_request(0, [], forged))[0] == 403
    assert asked(serving, None, "/" + witness.monitor_path(ORIGIN))[0] == 404


@pytest.mark.parametrize("data", [b"", b"old 0\n\n", b"old -1\n\nx", b"\xff" * 5000, b"old 9\n\n" + a_checkpoint(3)])
def test_garbage_is_answered_with_400(serving: WitnessServer, data: bytes) -> None:
    assert asked(serving, data)[0] == 400


def test_a_huge_or_unmeasured_body_is_refused_unread(serving: WitnessServer) -> None:
    for length, status in ((str(MAX_REQUEST + 1), 413), ("9" * 30, 411), ("-1", 411), ("x", 411)):
        with socket.create_connection(("127.0.0.1", serving.server_port), timeout=20) as raw:
            raw.sendall(f"POST /add-checkpoint HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode())
            assert raw.recv(4096).split(b" ")[1] == str(status).encode()
    assert asked(serving, b"x", "/else")[0] == 404


def test_who_sends_slowly_is_cut_off_and_holds_up_nobody(serving: WitnessServer) -> None:
    with socket.create_connection(("127.0.0.1", serving.server_port), timeout=20) as slow:
        slow.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 400\r\n\r\nold")
        assert asked(serving, a_request(0, 3))[0] == 200
        assert slow.recv(4096) == b""


@pytest.mark.parametrize("case", WITNESS["cases"], ids=lambda case: case["name"])
def test_the_published_requests_get_their_statuses_from_what_the_disk_remembers(
    case: dict[str, Any], tmp_path: Path
) -> None:
    one = Witness(tmp_path / "w", [LOG.key], lambda: NOW, "w1.example")
    if (state := case["state"]) is not None:
        signed = sign_checkpoint(LOG, state["size"], bytes.fromhex(state["root_hex"]))
        line = one.cosigner.cosign(parse_checkpoint(signed), NOW)
        Folder(tmp_path / "w").replace(f"logs/{witness.monitor_path(LOG.name)}", signed + bytes(line))
    assert one.add_checkpoint(case["request"].encode()).status == case["status"]
    one.close()


def test_racing_requests_never_take_it_back(serving: WitnessServer) -> None:
    statuses: list[int] = []

    def race(new: int) -> None:
        statuses.append(asked(serving, a_request(0, new))[0])

    threads = [threading.Thread(target=race, args=(new,)) for new in range(2, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [409] * 11


# The disk


def test_what_cannot_be_stored_is_not_signed(serving: WitnessServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Folder, name: str, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Folder, "replace", full)
        status, body, _ = asked(serving, a_request(0, 3))
        assert (status, "—".encode() in body) == (500, False)
    assert asked(serving, a_request(0, 3))[0] == 200


def test_dying_between_storing_and_answering_forgets_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Folder.replace

    def dies(self: Folder, name: str, data: bytes) -> None:
        store(self, name, data)
        raise SystemExit

    one = a_witness(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(Folder, "replace", dies)
        with pytest.raises(SystemExit):
            one.add_checkpoint(a_request(0, 5))
    one.close()
    again = a_witness(tmp_path)
    other = sign_checkpoint(SIGNER, 5, b"\1" * 32)
    assert again.add_checkpoint(witness.compose_request(0, [], other)).status == 409
    assert again.add_checkpoint(witness.compose_request(5, [], other)).status == 422
    assert again.add_checkpoint(a_request(5, 9)).status == 200
    again.close()


def test_a_damaged_memory_is_never_an_empty_one(tmp_path: Path) -> None:
    one = a_witness(tmp_path)
    one.add_checkpoint(a_request(0, 5))
    (kept,) = (tmp_path / "logs").rglob("checkpoint")
    good = kept.read_bytes()
    for bad in (b"", good[:-2], good.replace(b"\n5\n", b"\n3\n"), a_checkpoint(3)):
        kept.write_bytes(bad)
        with pytest.raises(MemoryDamaged):
            one.add_checkpoint(a_request(0, 5))
    one.close()
    with pytest.raises(MemoryDamaged):
        a_witness(tmp_path)


def test_it_is_the_same_witness_after_every_start_and_one_at_a_time(tmp_path: Path) -> None:
    one = a_witness(tmp_path)
    key = one.cosigner.key
    assert (key.name, key.type) == ("w1.example", 4)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    with pytest.raises(WitnessBusy):
        a_witness(tmp_path)
    one.close()
    again = a_witness(tmp_path, None)
    assert again.cosigner.key == key
    again.close()
    with pytest.raises(WitnessRenamed):
        a_witness(tmp_path, "w2.example")
    (tmp_path / "keys" / "witness.pem").unlink()
    with pytest.raises(KeyMissing):
        a_witness(tmp_path)
    with pytest.raises(BadKey):
        a_witness(tmp_path / "other", "two words")


def test_the_command_serves_prints_its_key_and_survives_being_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", "witness", "serve", "--data", str(tmp_path)]
    command += ["--log", str(SIGNER.key), "--port", "0"]
    keys = []
    for old, new in ((0, 4), (4, 9)):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ)
        assert process.stdout is not None
        assert process.stderr is not None
        keys.append(process.stdout.readline().decode().strip())
        port = int(process.stderr.readline().decode().rstrip("/\n").rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", "/add-checkpoint", body=a_request(old, new))
        response = connection.getresponse()
        assert response.status == 200
        assert witness.read_answer(parse_checkpoint(a_checkpoint(new)), response.read(), parse_witness(keys[0]))
        connection.close()
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert keys[0] == keys[1]


def test_the_server_loads_neither_a_database_nor_a_web_framework() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, audit.witness_server; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"sqlalchemy", "alembic", "fastapi", "starlette", "jinja2", "pydantic", "psycopg"} & set(loaded)
