"""A draw with 2,000 spectators on its event stream: how soon each state reaches all of them, and what one more costs.

The meeting is taken through all its states while everybody watches. Measured from the moment at which a state is
published until each spectator has it; beside it the console's own questions with and without the crowd, and the
processor time of the server for a change with few and with many who watch.
"""

import resource
import tempfile
import time
from pathlib import Path

import httpx2

from benchmarks.figures import Figure, heading, percentile, show
from lottery import commands, presentation
from tests.api.crowd import Crowd
from tests.api.public_city import a_hall
from tests.api.site import PASSWORD, Served, make_member, serving
from tests.lottery.hall import LATER_ROUND, OPERATOR, SEATS, Hall

SPECTATORS = 2000
FEW = 100
AIM = 1.0
"""Seconds within which 99 of 100 have each state."""
AGENTS = 60
CHANGES = 20
"""Of what is presented, by which the cost of a change is measured."""


class Show:
    """One draw on its stage."""

    def __init__(self, hall: Hall, site: Served) -> None:
        self.hall, self.site = hall, site
        self.url = f"{site.base_url}/draws/{hall.draw_id}/state"
        self.client = httpx2.Client(base_url=site.base_url, timeout=30)

    def sign_in(self) -> None:
        answer = self.client.post("/api/v1/sessions", json={"name": "operator", "password": PASSWORD})
        self.client.headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def id(self) -> str:
        state = self.client.get(self.url).json()
        return f"{state['sequence']}.{state['presentation']['version']}"

    def present(self, **members: object) -> None:
        with self.hall.log.database.writing() as session:
            presentation.change(session, self.hall.draw_id, 1, **members)
        self.site.app.state.site.draws.stir(self.hall.draw_id)

    def console(self) -> float:
        """Seconds for which an operator waits for what may be done now."""
        start = time.perf_counter()
        assert self.client.get(f"/draws/{self.hall.draw_id}/console/now").status_code == 200
        return time.perf_counter() - start


def meeting(stage: Show, crowd: Crowd) -> dict[str, list[float]]:
    """Every state of a draw, each with the seconds until each spectator had it."""
    hall, found = stage.hall, {}

    def told(name: str) -> None:
        published = time.monotonic()
        wanted = stage.id()
        crowd.wait_for(wanted)
        found[name] = [max(0.0, at - published) for at in crowd.arrivals(wanted)]

    hall.at(hall.attempt.planned.event.draws_at - 600)
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, "一号厅")
    told("S1")
    hall.freeze()
    told("S2")
    for seat in SEATS:
        hall.commit(seat)
        told(f"S2 {seat}")
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    told("S3")
    hall.do(OPERATOR, commands.announce_round, hall.draw_id)
    told("S4")
    for seat in SEATS:
        hall.reveal(seat)
        told(f"S4 {seat}")
    assert hall.advance() == "seal"
    told("S5")
    round_at = hall.attempt.round_at
    assert round_at is not None
    hall.at(round_at / 1000)
    assert hall.beacon.fetch(LATER_ROUND, 20) is not None
    assert hall.advance() == "complete"
    told("S8")
    for shown in (1, 2, 3):
        stage.present(shown=shown)
        told(f"S8 {shown}" if shown < 3 else "S9")
    return found


def cost(stage: Show, crowd: Crowd, first: int) -> float:
    """Processor seconds of this process, which is the server, for one change that all of them get."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    for number in range(CHANGES):
        stage.present(page=first + number)
        crowd.wait_for(stage.id())
    after = resource.getrusage(resource.RUSAGE_SELF)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / CHANGES


def run(spectators: int = SPECTATORS) -> None:
    heading(f"a draw before {spectators:,} spectators")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * spectators + 500), hard))
    with tempfile.TemporaryDirectory() as folder, a_hall(Path(folder) / "hall", AGENTS) as hall:
        make_member(hall.log, "operator", "operator", organisation="centre")
        hall.prepare("drand", LATER_ROUND)
        with serving(hall.log) as site:
            stage = Show(hall, site)
            stage.sign_in()
            alone = percentile([stage.console() for _ in range(20)], 0.5)
            with Crowd(stage.url, FEW) as crowd:
                few = cost(stage, crowd, 1)
            with Crowd(stage.url, spectators) as crowd:
                many = cost(stage, crowd, 1000)
                watched = percentile([stage.console() for _ in range(20)], 0.5)
                found = meeting(stage, crowd)
    every = [one for each in found.values() for one in each]
    worst, slowest = max((percentile(each, 0.99), name) for name, each in found.items())
    means = f"of {len(found)} states, {len(every):,} arrivals; median {percentile(every, 0.5):.2f} s"
    show(Figure("the slowest state's 99th percentile", worst, "s", f"{slowest}; {means}", f"< {AIM} s"))
    show(Figure("the operator's console, watched", watched / alone, "x alone", f"{watched * 1000:.0f} ms", "< 2"))
    further = (many - few) / (spectators - FEW) * 1e6
    show(Figure("one more spectator", further, "µs", f"of processor for each change; {FEW} of them {few * 1e3:.1f} ms"))


if __name__ == "__main__":
    run()
