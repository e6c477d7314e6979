"""What `mingtang serve` runs, by a clock that a test moves: Unix milliseconds in a file."""

import time
from collections.abc import Callable
from pathlib import Path

import trading.conductor
from api import background
from api.app import create_app
from api.server import run
from audit import cosigning
from audit.database import Database
from audit.log import open_log
from audit.settings import Settings
from lottery.beacon import relays

SOON = 0.25
"""Seconds between two looks of whatever looks again, where an office has a second or a minute."""


def _seldom(step: Callable[..., int]) -> Callable[..., int]:
    """The same as often as in an office: nothing of it is what these tests look at."""
    due = 0.0

    def done(*given: object) -> int:
        nonlocal due
        if time.monotonic() < due:
            return 0
        due = time.monotonic() + 1
        return step(*given)

    return done


def serve(data: str, database_url: str, clock: str, port: int, relay_urls: list[str]) -> None:
    """Serve the log until somebody ends this process."""
    vars(background).update(EVERY=SOON)
    vars(trading.conductor).update(advance_all=_seldom(trading.conductor.advance_all))
    vars(relays).update(LONGEST_PAUSE=SOON)
    vars(cosigning).update(BETWEEN=SOON, LONGEST_PAUSE=5 * SOON)
    database, moved = Database(database_url), Path(clock)
    log = open_log(Path(data), database, lambda: int(moved.read_bytes()), reserve=0)
    settings = Settings(
        data=Path(data), database_url=database_url, base_url=f"http://127.0.0.1:{port}", drand_relays=relay_urls
    )
    beside = [background.conducting(relays.BeaconClient(relay_urls)), background.witnessing]
    run(create_app(log, settings, background=beside), "127.0.0.1", port)
