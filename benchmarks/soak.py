"""The faults at length: `python -m benchmarks.soak` runs every part and prints one line for each database.

    kills      the serving process is killed a hundred times under a stream of commands
    faults     every file-system call of an append fails once, at the sizes where files of every kind are made
    hammer     two processes write for an hour while a reader verifies all that it sees
    races      suspensions race the freezing of a roster, thousands of times
    requests   requests of every form that the API's document allows, hundreds to each operation
    walks      draws go through steps at random, hundreds of times
    samples    what tests look at by random samples is looked at twenty times as often
    mutants    a hundred thousand broken evidence files: the check page's code is the command's

Whatever breaks a promise ends the run with an AssertionError, and exit status 1. `--seed` repeats a run's moments.
"""

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit.database import Database
from audit.log import create_log, open_log
from audit.migrate import upgrade
from audit.parallel import cores
from audit.settings import Settings
from benchmarks import mutants
from benchmarks.clusters import a_cluster
from benchmarks.figures import peak_memory_mib
from tests.ground import ORIGIN, Cluster, FakeClock
from tests.processes.centre import Centre, a_centre
from tests.sampled import TIMES

PARTS = ("kills", "faults", "hammer", "races", "walks", "requests", "samples", "mutants")
SAMPLED = ("registry/test_register_soak.py", "registry/test_supervision_walks.py", "lottery/test_logged_draws.py")
"""Tests that look at random samples."""
SIZES = (1, 255, 256, 511, 65_535)
"""Entries there are when an append of two begins: a tile and a bundle are filled, and a second and a third level."""


@contextmanager
def places(cluster: Cluster) -> Iterator[list[tuple[str, Path, str]]]:
    """For each kind of database its name, an empty data folder, and an address (empty: SQLite in the folder)."""
    with tempfile.TemporaryDirectory(prefix="mingtang-soak-") as root:
        made = [
            ("SQLite", Path(root, "sqlite", "data"), ""),
            ("PostgreSQL", Path(root, "pg", "data"), cluster.create()),
        ]
        for _, data, _ in made:
            data.mkdir(parents=True)
        yield made


def centres(cluster: Cluster) -> Iterator[tuple[str, Centre]]:
    with places(cluster) as made:
        for name, data, url in made:
            yield name, a_centre(data, url)


def tell(what: str, outcome: object, begun: float) -> None:
    print(f"{what:<24} {outcome}   {time.monotonic() - begun:,.0f} s, {peak_memory_mib():,.0f} MiB", flush=True)


def kills(cluster: Cluster, count: int, seed: int) -> None:
    from tests.processes.kills import kill_again_and_again

    for name, centre in centres(cluster):
        begun = time.monotonic()
        tell(f"kills, {name}", kill_again_and_again(centre, count, seed), begun)


def hammer(cluster: Cluster, seconds: float, seed: int) -> None:
    from tests.processes.hammer import hammer as run

    for name, centre in centres(cluster):
        begun = time.monotonic()
        tell(f"hammer, {name}", run(centre, seconds, seed, workers=cores()), begun)
        centre.rebuild_check()


def faults() -> None:
    import pytest

    from tests.audit.test_faults import FAULTS, a_template, fail_calls

    for size in SIZES:
        for name, fault in FAULTS.items():
            begun, clock = time.monotonic(), FakeClock()
            with tempfile.TemporaryDirectory(prefix="mingtang-soak-") as root, pytest.MonkeyPatch.context() as patch:
                template = a_template(Path(root, "template"), size, clock)
                failed = fail_calls(template, size, Path(root), clock, patch, fault)
            tell(f"faults, {name} at {size:,}", f"{failed} appends failed", begun)


def races(cluster: Cluster, freezes: int) -> None:
    import pytest

    from lottery.beacon.recorded import RecordedRelay
    from lottery.beacon.relays import BeaconClient
    from tests.lottery import test_draw_races
    from tests.lottery.hall import MONDAY, Hall

    for kind in ("SQLite", "PostgreSQL"):
        begun, frozen = time.monotonic(), 0
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(test_draw_races, "FREEZES", 90)  # a draw has at most 99 attempts
            patch.setattr(test_draw_races, "TRIES", 10**6)
            while frozen < freezes:
                clock = FakeClock(MONDAY * 1000)
                with places(cluster) as made, RecordedRelay(clock) as relay:
                    _, data, url = made[kind == "PostgreSQL"]
                    database = Database(url or f"sqlite:///{data / 'mingtang.db'}")
                    upgrade(database)
                    create_log(data, database, ORIGIN, clock)
                    log, beacon = open_log(data, database, clock, reserve=0), BeaconClient([relay.url])
                    log.start()
                    test_draw_races.test_a_suspension_logged_before_a_freeze_was_seen_by_it(Hall(log, clock, beacon))
                    log.stop()
                    beacon.close()
                    database.dispose()
                frozen += test_draw_races.FREEZES
        tell(f"races, {kind}", f"{frozen} freezes", begun)


def walks(count: int, seed: int) -> None:
    from tests.lottery.test_draw_walks import walk_a_draw

    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mingtang-soak-") as root:
        migrated = Path(root, "mingtang.db")
        database = Database(f"sqlite:///{migrated}")
        upgrade(database)
        database.dispose()
        for number in range(count):
            walk_a_draw(migrated, seed + number)
    tell("walks", f"{count} draws", begun)


def requests(cluster: Cluster, examples: int, seed: int) -> None:
    from fastapi.testclient import TestClient

    from api.app import create_app
    from tests.api import any_requests
    from tests.api.site import BASE_URL, PASSWORD

    with places(cluster) as made:
        for kind, data, url in made:
            begun = time.monotonic()
            database = Database(url or f"sqlite:///{data / 'mingtang.db'}")
            upgrade(database)
            create_log(data, database, ORIGIN, FakeClock())
            log = open_log(data, database, FakeClock(), reserve=0)
            log.start()
            any_requests.record_everybody(log)
            app = create_app(log, Settings(data=data, base_url=BASE_URL), sequencing=False)
            client = TestClient(app, base_url=BASE_URL)  # which begins nothing beside the requests: others do, below
            asked = [{"name": name, "password": PASSWORD} for name in any_requests.NAMES]
            answers = [client.post("/api/v1/sessions", json=body).json() for body in asked]
            sessions = [f"Bearer {answer['token']}" for answer in answers]
            operations = list(any_requests.operations(app))
            for operation in operations:
                any_requests.send_any(operation, sessions, examples, seed)
            client.close()
            log.stop()
            database.dispose()
            tell(f"requests, {kind}", f"{examples} to each of {len(operations)} operations", begun)


def samples(times: int) -> None:
    begun = time.monotonic()
    tests = (f"tests/{one}" for one in SAMPLED)
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", *tests], env=os.environ | {TIMES: str(times)}, check=True
    )
    tell("samples", f"{times} times as many", begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--kills", type=int, default=100, help="on each database (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=3600, help="of the hammer (default: %(default)s)")
    parser.add_argument("--freezes", type=int, default=2000, help="on each database (default: %(default)s)")
    parser.add_argument("--walks", type=int, default=500, help="of draws (default: %(default)s)")
    parser.add_argument("--examples", type=int, default=200, help="of requests, for each operation and database")
    parser.add_argument("--times", type=int, default=20, help="as many samples as a test takes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="default: drawn, and printed")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    parts = asked.parts or PARTS
    print(f"seed {asked.seed}", flush=True)
    with a_cluster() as cluster:
        if "kills" in parts:
            kills(cluster, asked.kills, asked.seed)
        if "faults" in parts:
            faults()
        if "races" in parts:
            races(cluster, asked.freezes)
        if "walks" in parts:
            walks(asked.walks, asked.seed)
        if "requests" in parts:
            requests(cluster, asked.examples, asked.seed)
        if "samples" in parts:
            samples(asked.times)
        if "mutants" in parts:
            assert mutants.run(seed=asked.seed)
        if "hammer" in parts:
            hammer(cluster, asked.seconds, asked.seed)


if __name__ == "__main__":
    main()
