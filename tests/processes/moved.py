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
from audit.log import Log, open_log
from audit.settings import Settings
from lottery import conductor
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


def _when_moved(step: Callable[..., int], clock: Path) -> Callable[..., int]:
    """The same once the clock or the log has moved, and else once a second, as in an office."""
    last: object = None
    due = 0.0

    def done(log: Log, *given: object) -> int:
        nonlocal last, due
        now = clock.read_bytes(), log.published_size
        if now == last and time.monotonic() < due:
            return 0
        last, due = now, time.monotonic() + 1
        return step(log, *given)

    return done


def serve(data: str, database_url: str, clock: str, port: int, relay_urls: list[str]) -> None:
    """Serve the log until somebody ends this process."""
    vars(background).update(EVERY=SOON)
    vars(conductor).update(advance_all=_when_moved(conductor.advance_all, Path(clock)))
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
