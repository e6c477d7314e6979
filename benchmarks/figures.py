"""How a figure is shown: a ratio, what it is a ratio of, and what was aimed at."""

import gc
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line of the report."""

    what: str
    value: float
    unit: str
    means: str
    aim: str = ""

    def __str__(self) -> str:
        aim = f"   [aim: {self.aim}]" if self.aim else ""
        return f"{self.what:<58} {self.value:>9.2f} {self.unit:<9} {self.means}{aim}"


def show(figure: Figure) -> None:
    print(figure, flush=True)


def heading(words: str) -> None:
    print(f"\n{words}", flush=True)


def seconds(act: Callable[[], object], repeat: int = 3) -> float:
    """The best of some runs: what disturbs a measurement only ever makes it longer."""
    best = float("inf")
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        act()
        best = min(best, time.perf_counter() - start)
    return best


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    start = time.perf_counter()
    yield
    into.append(time.perf_counter() - start)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def peak_memory_mib() -> float:
    """The most memory this process and its children ever held, MiB."""
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024
