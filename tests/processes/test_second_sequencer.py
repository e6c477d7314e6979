"""Two processes serve one log: one of them leads, both acknowledge, and when the leader dies the other takes over."""

import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.processes.centre import (
    PATIENCE,
    Centre,
    Crowd,
    Serving,
    check_all_placed,
    check_promises,
    clients,
    serving,
    sign_in,
)

HOLDERS = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND datname = current_database() AND granted AND application_name LIKE 'serve-%'"
    " AND state = 'idle'"
)


def leaders(centre: Centre, *served: Serving) -> list[Serving]:
    """Who holds the lock of the leader, as the database or the kernel says."""
    if not centre.database_url:
        inode = (centre.data / "lock").stat().st_ino
        held = [line.split() for line in Path("/proc/locks").read_text().splitlines() if "FLOCK" in line]
        pids = {int(words[4]) for words in held if words[5].endswith(f":{inode}")}
        return [one for one in served if one.pid in pids]
    engine = create_engine(centre.database_url)
    with engine.connect() as connection:
        names = set(connection.scalars(HOLDERS))
    engine.dispose()
    return [one for one in served if one.settings["PGAPPNAME"] in names]


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_of_two_leads_both_acknowledge_and_the_other_takes_over(centre: Centre) -> None:
    with serving(centre, PGAPPNAME="serve-a") as first, serving(centre, PGAPPNAME="serve-b") as second:
        until(lambda: len(leaders(centre, first, second)) == 1)
        (leader,) = leaders(centre, first, second)
        other = second if leader is first else first
        token = sign_in(other.port)
        with Crowd(clients(token, 4, first.port, second.port)) as crowd:
            crowd.wait_for_each(5)
            assert leaders(centre, first, second) == [leader]
            leader.kill()
            leader.wait()
            crowd.wait_for_each(5)
            assert leaders(centre, first, second) == [other]
        crowd.check()
        published = centre.published()
        check_promises(published, crowd.clients, f"admin:{centre.account}")
        check_all_placed(published, crowd.clients)
        centre.verify()
    centre.rebuild_check()
