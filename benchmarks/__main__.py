"""`python -m benchmarks [PART]... [--small]`: every measurement, as ratios measured in this one run."""

import argparse
import os
import platform

from audit.parallel import cores
from benchmarks import (
    bidding,
    check_page,
    drawing,
    eligibility,
    fairness,
    followers,
    growth,
    http,
    importing,
    notices,
    opening,
    screen,
    sequencing,
    spectators,
    verifying,
)
from benchmarks.clusters import a_cluster

PARTS = (
    "log",
    "verify-log",
    "verify-draw",
    "check-page",
    "http",
    "growth",
    "eligibility",
    "import",
    "screen",
    "spectators",
    "followers",
    "fairness",
    "notices",
    "opening",
    "bidding",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--small", action="store_true", help="a tenth of the entries, a third of the time")
    parser.add_argument(
        "--million", action="store_true", help="beside a hundred thousand notices a million, which takes some minutes"
    )
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    parts = asked.parts or PARTS
    if asked.small:
        sequencing.COUNT //= 10
        verifying.SIZES = tuple(size // 10 for size in verifying.SIZES)
    print(f"{cores()} cores, {platform.machine()}, Python {platform.python_version()}; load {os.getloadavg()[0]:.1f}")
    with a_cluster() as cluster:
        if "log" in parts:
            sequencing.run(cluster)
        if "verify-log" in parts:
            verifying.run()
        if "verify-draw" in parts:
            drawing.run(drawing.AGENTS // 10 if asked.small else drawing.AGENTS)
        if "check-page" in parts:
            check_page.run(tuple(size // 10 for size in check_page.SIZES) if asked.small else check_page.SIZES)
        if "screen" in parts:
            screen.run(screen.SIZES[:1] if asked.small else screen.SIZES)
        if "spectators" in parts:
            spectators.run(spectators.SPECTATORS // 10 if asked.small else spectators.SPECTATORS)
        if "followers" in parts:
            followers.run(followers.FOLLOWERS // 10 if asked.small else followers.FOLLOWERS)
        if "http" in parts:
            http.run(cluster, http.SECONDS / 3 if asked.small else http.SECONDS)
        if "growth" in parts:
            growth.run(cluster, tuple(size // 10 for size in growth.SIZES) if asked.small else growth.SIZES)
        if "eligibility" in parts:
            sizes = eligibility.SIZES
            eligibility.run(cluster, tuple(size // 10 for size in sizes) if asked.small else sizes)
        if "import" in parts:
            importing.run(tuple(count // 10 for count in importing.AGENCIES) if asked.small else importing.AGENCIES)
        if "fairness" in parts:
            fairness.run(fairness.DRAWS // 10 if asked.small else fairness.DRAWS)
        if "opening" in parts:
            opening.run(opening.BIDS // 10 if asked.small else opening.BIDS)
        if "bidding" in parts:
            bidding.run(bidding.BIDDERS // 5 if asked.small else bidding.BIDDERS)
        if "notices" in parts:
            counts = notices.LARGE if asked.million else notices.SIZES
            notices.run(cluster, tuple(count // 10 for count in counts) if asked.small else counts)


if __name__ == "__main__":
    main()
