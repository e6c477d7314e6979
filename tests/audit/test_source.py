"""Files from a folder and from a web server, hostile ones among them."""

import gzip
import hashlib
import os
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.cosignature import Cosigner
from audit.errors import Unreadable
from audit.remote import Web
from audit.scan import Fault
from audit.source import FileTooLong, FileUnreadable, Folder, NoSuchFolder, NotAFile, open_source
from audit.verify import verify_log
from tests.audit.logs import LogFolder, a_log

ONE = Cosigner("one.example", Ed25519PrivateKey.from_private_bytes(b"1" * 32))


def test_a_folder_gives_files_up_to_their_limit(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    folder = open_source(str(tmp_path))
    assert folder.read("file", 5) == b"12345"
    assert folder.read("missing", 5) is None
    assert folder.read("file/below", 5) is None
    with pytest.raises(FileTooLong):
        folder.read("file", 4)
    with pytest.raises(NotAFile):
        folder.read(".", 4)
    with pytest.raises(FileUnreadable):
        folder.read("x" * 300, 4)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for where in ("missing", "file"):
        with pytest.raises(NoSuchFolder):
            open_source(str(tmp_path / where))


def test_reading_leaves_nothing_open(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"12345")
    os.mkfifo(tmp_path / "pipe")
    before = len(list(Path("/proc/self/fd").iterdir()))
    folder = Folder(str(tmp_path))
    for name in ("file", "pipe", ".", "missing"):
        try:
            folder.read(name, 3)
        except (FileTooLong, NotAFile):
            continue
    assert len(list(Path("/proc/self/fd").iterdir())) == before


class Server(ThreadingHTTPServer):
    """Serves a folder under /log; `tricks` says for which paths it misbehaves, and how."""

    folder: Path
    tricks: dict[str, Any]
    asked: list[str]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server
    packs: ClassVar[bool] = False

    def do_GET(self) -> None:
        name = self.path.removeprefix("/log/")
        self.server.asked.append(name)
        trick = self.server.tricks.get(name)
        file = self.server.folder / name
        if callable(trick):
            trick(self)
        elif trick:
            self.answer(trick, b"")
        elif file.is_file():
            self.answer(200, file.read_bytes())
        else:
            self.answer(404, b"nothing here")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        if status == 200 and self.packs and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, headers = gzip.compress(body), headers | {"Content_Encoding": "gzip"}
        self.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "*")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.folder, server.tricks, server.asked = tmp_path / "served", {}, []
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/log"


def outcome(server: Server, log: LogFolder, **options: Any) -> str:
    found = verify_log(url(server), log.vkey, workers=1, **options)
    return found.line("en") if isinstance(found, Fault) else found.line()


@pytest.mark.parametrize("packs", [False, True])
def test_a_log_is_verified_over_http(server: Server, monkeypatch: pytest.MonkeyPatch, packs: bool) -> None:
    monkeypatch.setattr(Handler, "packs", packs)
    log = a_log(server.folder, 700, [b"notice", b"notice", b"map"], [(ONE, 1_785_000_000)])
    options: dict[str, Any] = {"witnesses": [str(ONE.key)], "since": log.checkpoint(300), "blobs": True}
    assert outcome(server, log, **options).startswith("OK size=700 ")
    assert not any(name.startswith("tile/0/000.p") for name in server.asked)
    log.flip("tile/entries/001", 50)
    assert outcome(server, log, **options).startswith("FAIL seq=256: ")


def test_a_slash_at_the_end_of_the_prefix_changes_nothing(server: Server) -> None:
    log = a_log(server.folder, 3)
    assert not isinstance(verify_log(url(server) + "/", log.vkey), Fault)


def test_what_is_missing_is_a_fault_and_partial_tiles_come_from_full_ones(server: Server) -> None:
    log = a_log(server.folder, 512)
    log.put("checkpoint", log.checkpoint(300))
    log.put("tile/1/000.p/1", (log.path / "tile/1/000.p/2").read_bytes()[:32])
    assert outcome(server, log).startswith("OK size=300 ")
    for status in (404, 410, 403):
        server.tricks = {"tile/0/000": status}
        assert outcome(server, log).startswith("FAIL tile/0/000: ")
        server.tricks = {"checkpoint": status}
        assert outcome(server, log).startswith("FAIL checkpoint: ")


def test_blobs_are_fetched_only_when_they_are_demanded(server: Server) -> None:
    log = a_log(server.folder, 5, [b"notice", b"map"])
    names = [hashlib.sha256(blob).hexdigest() for blob in (b"notice", b"map")]
    log.flip(f"blob/{names[1]}", 0)
    assert outcome(server, log).startswith("OK ")
    assert not any(name.startswith("blob/") for name in server.asked)
    assert outcome(server, log, blobs=True).startswith(f"FAIL blob/{names[1]}: ")
    (log.path / "blob" / names[0]).unlink()
    assert outcome(server, log, blobs=True).startswith(f"FAIL blob/{names[0]}: ")


def test_a_server_that_fails_once_is_asked_again(server: Server) -> None:
    log = a_log(server.folder, 3)
    failures = [503, 500]

    def fail_first(handler: Handler) -> None:
        if failures:
            handler.answer(failures.pop(), b"")
        else:
            handler.answer(200, log.checkpoint())

    server.tricks = {"checkpoint": fail_first}
    assert outcome(server, log).startswith("OK ")


def test_a_server_that_goes_on_failing_makes_the_log_unreadable(server: Server) -> None:
    log = a_log(server.folder, 3)
    for status in (500, 503, 429):
        server.tricks = {"tile/0/000.p/3": status}
        with pytest.raises(Unreadable) as caught:
            outcome(server, log)
        assert str(status) in caught.value.message("en")


def test_an_answer_that_breaks_off_is_no_file(server: Server) -> None:
    log = a_log(server.folder, 3)

    def break_off(handler: Handler) -> None:
        handler.answer(200, b"half", Content_Length="100")
        handler.close_connection = True

    server.tricks = {"tile/0/000.p/3": break_off}
    with pytest.raises(Unreadable):
        outcome(server, log)
    server.tricks = {f"blob/{'0' * 64}": break_off}
    with pytest.raises(Unreadable):
        Web(url(server)).blob_digest("0" * 64)


def test_an_endless_or_swelling_answer_is_cut_off(server: Server) -> None:
    log = a_log(server.folder, 3)

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        try:
            while True:
                handler.wfile.write(bytes(1 << 16))
        except OSError:
            return

    def swelling(handler: Handler) -> None:
        handler.answer(200, gzip.compress(bytes(50_000_000)), Content_Encoding="gzip")

    def not_gzip(handler: Handler) -> None:
        handler.answer(200, b"plain", Content_Encoding="gzip")

    def half_gzip(handler: Handler) -> None:
        handler.answer(200, gzip.compress(bytes(96))[:-9], Content_Encoding="gzip")

    for trick in (endless, swelling, not_gzip, half_gzip):
        server.tricks = {"tile/0/000.p/3": trick}
        assert outcome(server, log).startswith("FAIL tile/0/000: ")


def test_a_redirect_leads_to_http_only(server: Server, tmp_path: Path) -> None:
    log = a_log(server.folder, 3)
    log.put("elsewhere", log.checkpoint())
    server.tricks = {"checkpoint": lambda handler: handler.answer(302, b"", Location="/log/elsewhere")}
    assert outcome(server, log).startswith("OK ")
    for target in (f"file://{log.path}/elsewhere", "ftp://127.0.0.1/elsewhere", "data:,x"):
        server.tricks = {
            "checkpoint": lambda handler, target=target: handler.answer(302, b"", Location=target),
        }
        with pytest.raises(Unreadable):
            outcome(server, log)


def test_a_host_that_is_not_there_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    for where in (
        f"http://127.0.0.1:{port}/log",
        "http://[bad/log",
        "http:///log",
        "https://127.0.0.1:99999/log",
        "HTTP://a b/",
    ):
        with pytest.raises(Unreadable):
            verify_log(where, str(LogFolder(Path(), []).vkey))
