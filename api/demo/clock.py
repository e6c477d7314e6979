"""The demo's clock: the only one in the project that can be put forward, and only the demo's application has it."""

import time


class DemoClock:
    """Unix milliseconds of a day long past. It stands still, or runs at the pace of ours; it jumps only forward."""

    def __init__(self, start: int, runs: bool) -> None:
        """start: Unix seconds."""
        self._base = start * 1000
        self._runs = runs
        self._since = time.monotonic()

    def __call__(self) -> int:
        elapsed = int((time.monotonic() - self._since) * 1000) if self._runs else 0
        return self._base + elapsed

    @property
    def second(self) -> int:
        return self() // 1000

    def jump(self, second: int) -> None:
        """Put the clock forward to a Unix second; a moment that has passed changes nothing."""
        now = self()
        self._base, self._since = max(now, second * 1000), time.monotonic()
