"""Kill the serving process again and again, at moments that a seed chooses, under a stream of commands."""

import random
import time
from dataclasses import dataclass

from tests.processes.centre import (
    Centre,
    Crowd,
    Supervisor,
    check_all_placed,
    check_promises,
    clients,
    sign_in,
)

CLIENTS = 6
STARTING = 0.2
"""Share of the kills that hit a process which is still starting."""
START_SECONDS = 0.8
WORK_SECONDS = 0.25


@dataclass(frozen=True)
class Outcome:
    """What a run of kills came to."""

    kills: int
    answered: int
    """Commands acknowledged."""
    repeated: int
    """Commands that had to be sent again, because the process died with them."""


def kill_again_and_again(centre: Centre, kills: int, seed: int) -> Outcome:
    """Run it; raises AssertionError where a promise is broken. seed: of the moments."""
    chance = random.Random(seed)
    known = centre.checkpoint()

    def verify_what_is_left() -> None:
        nonlocal known
        left = centre.checkpoint()
        centre.verify(since=known)
        known = left

    with Supervisor(centre, verify_what_is_left) as supervisor:
        assert supervisor.serving.answers()
        crowd = Crowd(clients(sign_in(supervisor.serving.port), CLIENTS, supervisor.serving.port), seed=seed)
        with crowd:
            crowd.wait_for(CLIENTS)
            for _ in range(kills):
                if chance.random() < STARTING:
                    time.sleep(chance.uniform(0, START_SECONDS))
                else:
                    crowd.wait_for(1)
                    time.sleep(chance.uniform(0, WORK_SECONDS))
                supervisor.kill()
                crowd.check()
                check_promises(centre.published(), crowd.clients, f"admin:{centre.account}")
            crowd.wait_for(CLIENTS)
        crowd.check()
        for client in crowd.clients:
            client.ask_again()
            client.close()
    last = centre.published()
    check_promises(last, crowd.clients, f"admin:{centre.account}")
    check_all_placed(last, crowd.clients)
    assert centre.run("verify", "log", str(centre.data / "log"), "--key", centre.vkey).startswith("OK ")
    centre.rebuild_check()
    requests = [request for client in crowd.clients for request in client.requests]
    return Outcome(kills, crowd.answered, sum(request.sendings > 1 for request in requests))
