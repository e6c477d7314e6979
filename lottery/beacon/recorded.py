"""A local relay with six real rounds of drand quicknet, recorded once: for demonstrations without a network.

    python -m lottery.beacon.recorded --port 8099 --clock-file clock

It answers as a relay does, and only once the given clock has passed a round's time. The clock file holds Unix
milliseconds; without it the system's clock counts. Whoever asks cannot tell it from a relay and need not: the
signatures are the network's own.
"""

import argparse
import json
import re
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Final, Self

from lottery.protocol.beacon import PINNED, round_time

_PATH: Final = re.compile(rf"/{PINNED['chain_hash']}/public/([1-9][0-9]{{0,15}})")

Clock = Callable[[], int]
"""Unix milliseconds."""


def recorded_rounds() -> dict[int, str]:
    """Round to signature, 96 hexadecimal digits."""
    rounds = json.loads(files("lottery.beacon").joinpath("recorded.json").read_bytes())
    return {item["round"]: item["signature"] for item in rounds}


class RecordedRelay:
    """A relay on this machine, as a context: `with RecordedRelay(clock) as relay: BeaconClient([relay.url])`."""

    def __init__(self, clock: Clock, port: int = 0) -> None:
        """port: 0 for any that is free."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(clock, recorded_rounds()))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.1)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, name="recorded-relay", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_fault: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(clock: Clock, rounds: dict[int, str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = _PATH.fullmatch(self.path)
            number = int(found[1]) if found else 0
            if number not in rounds or clock() < round_time(number) * 1000:
                self.send_error(404)
                return
            answer = json.dumps({"round": number, "signature": rounds[number]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(clock() / 1000 if timestamp is None else timestamp)

        def log_message(self, *_arguments: object) -> None:
            """Nothing is said: the caller's log tells what was asked."""

    return Handler


def _file_clock(path: Path) -> Clock:
    return lambda: int(path.read_text())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lottery.beacon.recorded", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clock-file", type=Path)
    options = parser.parse_args()
    clock = _file_clock(options.clock_file) if options.clock_file else lambda: time.time_ns() // 1_000_000
    relay = RecordedRelay(clock, options.port)
    print(relay.url, flush=True)  # noqa: T201 - the one line that says it is there
    relay.serve()


if __name__ == "__main__":
    main()
