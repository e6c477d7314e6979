"""A hall without a centre: the big screen over states that a test makes, from a small server with the site's policy."""

import hashlib
import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from api.i18n import Lang
from api.pages import STATIC, _environment
from api.routes.screen import vocabulary
from api.security import HEADERS

State = dict[str, Any]

KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".json": "application/json"}


class Stage:
    """Serves one screen. What is shown is set with `show`."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.files: dict[str, bytes] = {}
        """By path: rosters, evidence, whatever else a page asks for."""
        self.state: State = {}
        self.is_up = True
        """Whether states are told."""
        self.listeners: set[queue.Queue[State | None]] = set()
        self.lock = threading.Lock()

    def offer(self, evidence: dict[str, Any]) -> bytes:
        """Put the roster and the evidence where the states of `screen_states` say they are; returns the evidence."""
        whole, roster = canonical(evidence), canonical(evidence["roster"])
        self.files["/evidence.json"] = whole
        self.files[f"/log/blob/{hashlib.sha256(roster).hexdigest()}"] = roster
        return whole

    def show(self, state: State) -> int:
        """Tell all that listen, as something newer than all before; returns its sequence."""
        with self.lock:
            self.state = state | {"sequence": self.state.get("sequence", 0) + 1}
            for one in self.listeners:
                one.put(self.state)
            return int(self.state["sequence"])

    def cut(self) -> None:
        """Hang up, and take no calls."""
        with self.lock:
            self.is_up = False
            for one in self.listeners:
                one.put(None)

    def mend(self) -> None:
        self.is_up = True

    def page(self, lang: Lang) -> bytes:
        facts = {"lang": lang, "draw_id": "SHOWN", "site_url": "https://mingtang.example", "now": 0, "demo": False}
        template = _environment(lang).get_template("screen.html")
        return template.render(**facts, vocabulary=vocabulary()).encode()

    def follow(self) -> Iterator[State]:
        """What is shown now and from now on, until the line is cut."""
        mine: queue.Queue[State | None] = queue.Queue()
        with self.lock:
            if self.state:
                mine.put(self.state)
            self.listeners.add(mine)
        try:
            while (state := mine.get()) is not None:
                yield state
        finally:
            with self.lock:
                self.listeners.discard(mine)


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@contextmanager
def a_stage() -> Iterator[Stage]:
    stage: Stage

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path.endswith("/state"):
                if not stage.is_up:
                    self.answer(503, b"{}", "application/json")
                elif "text/event-stream" in self.headers.get("accept", ""):
                    self.stream()
                else:
                    self.answer(200, canonical(stage.state), "application/json")
            elif address.path in stage.files:
                self.answer(200, stage.files[address.path], "application/json")
            elif address.path == "/draws/SHOWN/screen":
                lang: Lang = "en" if parse_qs(address.query).get("lang") == ["en"] else "zh"
                self.answer(200, stage.page(lang), "text/html; charset=utf-8")
            elif address.path.startswith("/static/") and (path := STATIC / address.path[8:]).is_file():
                self.answer(200, path.read_bytes(), KINDS.get(Path(path).suffix, "text/plain"))
            else:
                self.answer(404, b"", "text/plain")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            for name, value in HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # the page went away
                self.wfile.write(body)

        def stream(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with suppress(OSError):  # the page went away
                self.wfile.write(b"retry: 200\n\n")
                for state in stage.follow():
                    self.wfile.write(b"event: state\ndata: %b\n\n" % canonical(state))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stage = Stage(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        stage.cut()
        server.shutdown()
        thread.join()
        server.server_close()
