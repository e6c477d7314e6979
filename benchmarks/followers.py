"""The log's stream with 2,000 who follow it: how soon each entry of trading is with all of them, and what one takes.

The same of 2,000 who ask for changes and wait, and ask again as soon as they are answered
(`/api/v1/changes?wait=30`); each time once all of them wait.

Notices are published one after the other, then several at once. Measured from the moment at which the act is committed
until each follower has the whole entry: so the log's own work is within, to give the entry its place and to sign. The
ratios are to what the same entry takes with one follower in the same run.
"""

import gc
import resource
import tempfile
import time
from pathlib import Path

from audit.log import Log
from benchmarks.figures import Figure, heading, percentile, show
from tests.api.crowd import PATIENCE, Crowd
from tests.api.public_city import a_hall
from tests.api.site import Served, serving
from tests.trading.noticed import a_notice, register
from trading.events import NoticePublished

FOLLOWERS = 2000
FEW = 100
AIM = 1.0
"""Seconds within which 99 of 100 have each entry."""
SINGLE = 25
"""Notices published one by one."""
AT_ONCE = 20
"""And in one go."""
PROJECT = "XM-2025-A01"


class Market:
    """Where notices are published."""

    def __init__(self, log: Log) -> None:
        self.log, self.made = log, 0
        register(log)

    def publish(self, count: int = 1) -> tuple[float, list[int]]:
        """When they were committed, and their places."""
        with self.log.act("system") as act:
            act.lock(f"project:{PROJECT}")
            entries = []
            for _ in range(count):
                self.made += 1
                event = NoticePublished.of(
                    a_notice(self.log, PROJECT, f"gg-{self.made:05}", text=["演示文字，" * 20] * 5)
                )
                entries.append(act.record(event, f"project:{PROJECT}"))
        committed = time.monotonic()
        places = [self.log.wait(entry, 20) for entry in entries]
        return committed, [place for place in places if place is not None]


def told(market: Market, crowd: Crowd, count: int = 1) -> list[list[float]]:
    """For each entry, the seconds until each follower had it."""
    committed, places = market.publish(count)
    crowd.wait_for(str(places[-1]))
    return [[at - committed for at in crowd.arrivals(str(place))] for place in places]


def _all_wait(site: Served, count: int) -> None:
    """Until so many wait again: to ask anew takes the server longer than to be answered."""
    end = time.monotonic() + PATIENCE
    while site.app.state.site.audience.watching < count:
        assert time.monotonic() < end, "not all who were answered ask again"
        time.sleep(0.02)


def held() -> int:
    """Bytes that this process, which is the server, holds in memory now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def run(followers: int = FOLLOWERS) -> None:
    heading(f"the log's stream before {followers:,} followers")
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * followers + 500), hard))
    with tempfile.TemporaryDirectory() as folder, a_hall(Path(folder) / "hall") as hall:
        market = Market(hall.log)
        market.publish()
        with serving(hall.log) as site:
            url = f"{site.base_url}/log/stream?after={hall.log.published_size - 2}"
            with Crowd(url, 1) as crowd:
                alone = percentile([one[0] for _ in range(SINGLE) for one in told(market, crowd)], 0.5)
            url = f"{site.base_url}/log/stream?after={hall.log.published_size - 2}"
            with Crowd(url, FEW) as crowd:
                told(market, crowd)
                few = held()
            with Crowd(url, followers) as crowd:
                told(market, crowd)
                single = [one for _ in range(SINGLE) for one in told(market, crowd)]
                burst = told(market, crowd, AT_ONCE)
                many = held()
        with serving(hall.log) as site:
            waits = f"{site.base_url}/api/v1/changes?wait=30&kind=trading.#"
            with Crowd(f"{waits}{hall.log.published_size - 2}", FEW) as crowd:
                told(market, crowd)
                few_wait = held()
            with Crowd(f"{waits}{hall.log.published_size - 2}", followers) as crowd:
                told(market, crowd)
                waited = []
                for _ in range(SINGLE):
                    _all_wait(site, followers)
                    waited += told(market, crowd)
                many_wait = held()
    complete = all(len(one) == followers for one in (*single, *burst, *waited))
    assert complete, "a follower did without an entry"
    names = "one by one", f"{AT_ONCE} at once", "by who asks and waits"
    for name, found in zip(names, (single, burst, waited), strict=True):
        slowest = max(percentile(one, 0.99) for one in found)
        every = [at for one in found for at in one]
        half = percentile(every, 0.5)
        means = f"p99 of the slowest of {len(found)}, commit to reader; every entry at every follower; p50 {half:.2f} s"
        show(Figure(f"until followers have an entry, {name}", slowest, "s", means, f"< {AIM} s"))
        show(Figure("the same beside one who follows alone", slowest / alone, "x alone", f"p50 alone {alone:.3f} s"))
    for name, more in (("follower", many - few), ("of those who wait", many_wait - few_wait)):
        each = more / (followers - FEW) / 1024
        show(Figure(f"memory of the server for each {name}", each, "KiB", f"{followers:,} beside {FEW}, all told"))


if __name__ == "__main__":
    run()
