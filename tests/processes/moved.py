"""What `mingtang serve` runs, by a clock that a test moves: Unix milliseconds in a file."""

from pathlib import Path

from api import background
from api.app import create_app
from api.server import run
from audit import cosigning
from audit.database import Database
from audit.log import open_log
from audit.settings import Settings
from lottery.beacon import relays

SOON = 0.1
"""Seconds between two looks of whatever looks again, where an office has a second or a minute."""


def serve(data: str, database_url: str, clock: str, port: int, relay_urls: list[str]) -> None:
    """Serve the log until somebody ends this process."""
    vars(background).update(EVERY=SOON)
    vars(relays).update(LONGEST_PAUSE=SOON)
    vars(cosigning).update(BETWEEN=SOON, LONGEST_PAUSE=5 * SOON)
    database, moved = Database(database_url), Path(clock)
    log = open_log(Path(data), database, lambda: int(moved.read_bytes()), reserve=0)
    settings = Settings(
        data=Path(data), database_url=database_url, base_url=f"http://127.0.0.1:{port}", drand_relays=relay_urls
    )
    beside = [background.conducting(relays.BeaconClient(relay_urls)), background.witnessing]
    run(create_app(log, settings, background=beside), "127.0.0.1", port)
