"""Serves a witness over HTTP (C2SP tlog-witness v1.0.0), with the standard library alone.

    POST /add-checkpoint       200 cosignature, 400, 403, 404, 409 with the size it knows, 422
    GET  /HEX/checkpoint       the last checkpoint it cosigned for a log; HEX is the SHA-256 of the log's origin
    GET  /vkey                 its verifier key

What goes wrong inside is answered with 500 and no signature. Each connection has one request and an end: whoever sends
slowly, or too much, is cut off and holds up nobody else.
"""

import logging
import re
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

from audit.errors import Refusal
from audit.note import MAX_SIZE
from audit.witness import TEXT
from audit.witness_state import Witness

MAX_REQUEST: Final = MAX_SIZE + 4096
"""Bytes: the largest note, an old size and 63 hashes."""
DEADLINE: Final = 20.0
"""Seconds in which a request must be in and its answer taken."""
CONNECTIONS: Final = 64
"""At one time."""

_LENGTH = re.compile("[0-9]{1,9}")

talk = logging.getLogger(__name__)


class WitnessServer(ThreadingHTTPServer):
    """Serves until `shutdown`. `server_port` tells which port it got where it was asked for port 0."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = CONNECTIONS

    def __init__(self, witness: Witness, host: str, port: int, deadline: float = DEADLINE) -> None:
        self.witness = witness
        self.deadline = deadline
        self._room = threading.BoundedSemaphore(CONNECTIONS)
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        end = threading.Timer(self.deadline, _cut, [request])
        end.daemon = True
        end.start()
        try:
            super().process_request_thread(request, client_address)
        finally:
            end.cancel()
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        talk.info("a connection from %s ended early", client_address, exc_info=True)

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, name="witness", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


def _cut(connection: socket.socket) -> None:
    """End a connection that took too long, whatever it is waiting for."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # it ended just now
        return


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    server_version = "mingtang"
    sys_version = ""

    def do_POST(self) -> None:
        if self.path != "/add-checkpoint":
            self._answer(404, b"not found\n")
            return
        length = self.headers.get("Content-Length", "")
        if _LENGTH.fullmatch(length) is None:  # nor a body in chunks, which names no length beforehand
            self._answer(411, b"the request must name its length\n")
            return
        if int(length) > MAX_REQUEST:
            self._answer(413, b"the request is too large\n")
            return
        data = self.rfile.read(int(length))
        if len(data) < int(length):
            return
        try:
            answer = self.server.witness.add_checkpoint(data)
        except (Refusal, OSError) as fault:
            talk.error("nothing was cosigned: %s", fault)
            self._answer(500, b"the witness cannot answer now\n")
            return
        self._answer(answer.status, answer.body, answer.content_type)

    def do_GET(self) -> None:
        witness = self.server.witness
        shown = f"{witness.cosigner.key}\n".encode() if self.path == "/vkey" else witness.shown(self.path[1:])
        if shown is None:
            self._answer(404, b"not found\n")
        else:
            self._answer(200, shown)

    def _answer(self, status: int, body: bytes, content_type: str = TEXT) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        talk.debug(format, *args)
