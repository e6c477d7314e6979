"""`python -m benchmarks.mutants [COUNT] [--seed N]`: broken evidence files, the page's code against the command's.

One line at the end; status 1 and the first files that differ, if there are any.
"""

import argparse
import sys
import time
from collections import Counter

from lottery.protocol.errors import CODES
from tests.lottery.protocol.mutants import compare, mutants

COUNT = 100_000
BATCH = 5_000


def run(count: int = COUNT, seed: int = 1) -> bool:
    """Whether both verifiers agree on every file."""
    start, codes, differ = time.monotonic(), Counter[str](), 0
    for number, done in enumerate(range(0, count, BATCH)):
        seen = compare(list(mutants(seed + number, min(BATCH, count - done))))
        codes += seen.codes
        for command, page, data in seen.differences:
            differ += 1
            if differ <= 10:
                print(f"command {command}, page {page}: {data!r}", flush=True)
    reached = sum(code in codes for code in CODES)
    print(
        f"mutants: {codes.total():,} files, {differ} differences, {reached} of {len(CODES)} codes reached, "
        f"{codes['OK']:,} files still hold; seed {seed}, {time.monotonic() - start:.0f} s",
        flush=True,
    )
    return differ == 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(0 if run(asked.count, asked.seed) else 1)
