"""Witnesses for tests: honest ones as the program serves them, and others that do what no witness should."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from audit import witnesses
from audit.entry import SYSTEM
from audit.log import Log
from audit.note import VerifierKey
from audit.witness_server import WitnessServer
from audit.witness_state import Witness

PATIENCE = 60.0
"""Seconds after which a test gives up."""


@contextmanager
def a_witness(folder: Path, log: Log, clock: Callable[[], int] | None = None) -> Iterator[WitnessServer]:
    """An honest witness of one log, named for its folder. clock: Unix seconds; by default the log's own."""
    own = (lambda: log.clock() // 1000) if clock is None else clock
    one = Witness(folder, [log.signer.key], own, f"{folder.name}.example")
    try:
        with WitnessServer(one, "127.0.0.1", 0) as server:
            yield server
    finally:
        one.close()


@contextmanager
def answering(answer: Callable[[bytes], tuple[int, bytes]]) -> Iterator[str]:
    """A server that answers every POST as it is told; yields its URL. The function may also wait."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            return

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def address(server: WitnessServer) -> str:
    """`VKEY=URL` of a witness."""
    return named(server.witness.cosigner.key, f"http://127.0.0.1:{server.server_port}")


def named(key: VerifierKey, url: str) -> str:
    return f"{key}={url}"


def put_in_force(log: Log, *addresses: str, quorum: int | None = None) -> int:
    """Set the witnesses; the place of the entry, once it is published."""
    event = witnesses.parse_list(addresses, len(addresses) if quorum is None else quorum)
    with log.act(SYSTEM) as act:
        entry_id = witnesses.set_witnesses(act, event)
    assert entry_id is not None
    seq = log.wait(entry_id, PATIENCE)
    assert seq is not None
    return seq


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds that another thread brings about."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.02)
