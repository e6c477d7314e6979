"""The drand client: relays that lie, stall or break, and the recorded relay that stands for a real one."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lottery.beacon import relays
from lottery.beacon.recorded import RecordedRelay, recorded_rounds
from lottery.beacon.relays import BeaconClient, ask
from lottery.protocol.beacon import PINNED, round_time, verify_round

ROUND = 123
RIGHT = recorded_rounds()[ROUND]
OTHER = recorded_rounds()[1000]

Answer = Callable[[str], tuple[int, bytes]]
"""Path to status and body."""


@contextmanager
def relay(answer: Answer) -> Iterator[str]:
    """A relay that answers as it is told; yields its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def body(**members: object) -> bytes:
    return json.dumps({"round": ROUND, "signature": RIGHT} | members).encode()


def test_every_recorded_round_is_the_networks_own() -> None:
    rounds = recorded_rounds()
    assert sorted(rounds) == [1, 123, 1000, 657413, 1000000, 20791007]
    for number, signature in rounds.items():
        verify_round(number, signature)


@pytest.mark.parametrize(
    "answer",
    [
        body(signature=OTHER),
        body(signature=RIGHT[:-2]),
        body(signature=RIGHT.upper()),
        body(signature=None),
        body(signature=[RIGHT]),
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 3000,
        b'{"signature":"' + b"0" * 5000,
    ],
)
def test_what_does_not_verify_is_no_answer(answer: bytes) -> None:
    with relay(lambda _path: (200, answer)) as url:
        assert ask(url, ROUND) is None


def test_the_randomness_of_a_relay_is_never_looked_at() -> None:
    with relay(lambda _path: (200, body(randomness="0" * 64))) as url:
        assert ask(url, ROUND) == RIGHT


def test_the_chain_is_asked_by_its_hash_and_version_two_where_version_one_is_gone() -> None:
    asked = []

    def answer(path: str) -> tuple[int, bytes]:
        asked.append(path)
        return (200, body()) if path.startswith("/v2/") else (404, b"gone")

    with relay(answer) as url:
        assert ask(url, ROUND) == RIGHT
    chain = PINNED["chain_hash"]
    assert asked == [f"/{chain}/public/123", f"/v2/chains/{chain}/rounds/123"]


def test_a_relay_that_is_not_there_is_no_answer() -> None:
    with relay(lambda _path: (500, b"")) as url:
        assert ask(url, ROUND) is None
    assert ask(url, ROUND) is None


def test_the_first_relay_that_tells_the_truth_is_enough() -> None:
    with (
        relay(lambda _path: (200, body(signature=OTHER))) as liar,
        relay(lambda _path: (200, body())) as honest,
    ):
        client = BeaconClient([liar, f"{honest}/"])
        try:
            assert client.fetch(ROUND, 20) == RIGHT
            assert client.poll(ROUND) == RIGHT
            assert client.check(ROUND) == {liar: False, honest: True}
        finally:
            client.close()


def test_a_round_is_asked_for_until_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relays, "FIRST_PAUSE", 0.01)
    answers = iter([(404, b""), (404, b""), (425, b""), (425, b"")])  # two for each request: both versions
    with relay(lambda _path: next(answers, (200, body()))) as url:
        client = BeaconClient([url])
        try:
            assert client.poll(ROUND) is None
            assert client.fetch(ROUND, 20) == RIGHT
        finally:
            client.close()


def test_a_closed_client_asks_no_more() -> None:
    client = BeaconClient(["http://127.0.0.1:9"])
    client.close()
    assert client.poll(ROUND) is None
    assert client.fetch(ROUND, 0) is None


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.org", "api.example.org", "https://", "http://a b"]
)
def test_a_relay_is_an_http_address(url: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        BeaconClient([url])


def test_the_recorded_relay_gives_no_round_before_its_time() -> None:
    now = round_time(ROUND) * 1000 - 1
    with RecordedRelay(lambda: now) as recorded:
        assert ask(recorded.url, ROUND) is None
        now += 1
        assert ask(recorded.url, ROUND) == RIGHT
        assert ask(recorded.url, ROUND + 1) is None


def test_the_recorded_relay_runs_as_a_process_by_a_clock_file(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text(str(round_time(ROUND) * 1000))
    command = [sys.executable, "-m", "lottery.beacon.recorded", "--port", "0", "--clock-file", str(clock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert ask(url, ROUND) == RIGHT
            assert ask(url, 1000) is None
            clock.write_text(str(round_time(1000) * 1000))
            assert ask(url, 1000) == OTHER
        finally:
            process.terminate()
