"""How often a test looks at random: a sample in `make test`, many times as much in `make soak`."""

import os

TIMES = "MINGTANG_TIMES"


def sampled(times: int) -> int:
    """So often, or as often again as the environment says."""
    return times * int(os.environ.get(TIMES, "1"))
