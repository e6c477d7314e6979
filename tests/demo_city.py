"""The demo's day, played once in a run: each process of the tests takes a copy of it."""

import fcntl
import shutil
from pathlib import Path

import pytest

from api.demo import stage


def a_played_city(factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """A data folder of one's own in which the day has been played, and the lines that the demo ended with."""
    own = factory.getbasetemp()
    # The processes of one run have folders side by side, under one that is the run's.
    shared = (own.parent if own.name.startswith("popen-") else own) / "demo-city"
    shared.mkdir(exist_ok=True)
    told = shared / "lines"
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            told.write_text("\n".join(stage.play(shared / "data", lambda _words: None)), "utf-8")
    data = factory.mktemp("demo") / "data"
    shutil.copytree(shared / "data", data)
    return data, told.read_text("utf-8").splitlines()
