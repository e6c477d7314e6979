"""Open bidding in its last second: bidders that offer over HTTP all at once, each with a session of its own.

Every answer is held against the log: none lost, none reordered, nobody refused without cause. Beside it, how long an
offer takes with nobody else there, so that the figures are ratios.
"""

import tempfile
from pathlib import Path

from benchmarks.figures import Figure, heading, percentile, show
from tests.api.public_city import a_hall
from tests.api.site import catch_up, serving
from tests.trading.bidding.rush import Rush
from trading.bidding.closing import close_due

BIDDERS = 200
TRIES = 4


def run(bidders: int = BIDDERS) -> None:
    heading("Open bidding")
    alone = _rush(1, tries=9)
    rush = _rush(bidders, TRIES)
    taken, low, late = rush.outcome
    each = rush.seconds / len(rush.answers)
    told = f"{len(rush.answers):,} offers of {bidders}: {taken} taken, {low} overtaken, {late} late; none lost"
    show(
        Figure(
            "an offer among many, beside one alone",
            each / percentile([one.took for one in alone.answers], 0.5),
            "x alone",
            told,
        )
    )
    waits = [one.took for one in rush.answers]
    p50, p99 = percentile(waits, 0.5), percentile(waits, 0.99)
    show(Figure("the wait for an answer, p99 beside p50", p99 / p50, "x p50", f"{p99:.2f} s; p50 {p50:.2f} s"))


def _rush(bidders: int, tries: int) -> Rush:
    with tempfile.TemporaryDirectory(prefix="mingtang-bidding-") as folder, a_hall(Path(folder) / "hall") as hall:
        rush = Rush(hall, bidders, tries)
        with serving(hall.log) as site:
            rush.run(site.base_url)
        hall.clock.now = max(hall.clock.now, rush.end + 1)
        assert close_due(hall.log) == 1
        catch_up(hall.log)
        rush.outcome = rush.check()
        return rush
