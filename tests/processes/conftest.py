"""A centre on each kind of database, made anew for each test, and the seed of what a test leaves to chance."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.processes.centre import Centre, a_centre


@pytest.fixture(params=["sqlite", "postgresql"])
def centre(request: pytest.FixtureRequest, data: Path) -> Centre:
    """A new log with one administrator; nothing serves it yet."""
    return a_centre(data, "" if request.param == "sqlite" else request.getfixturevalue("cluster").create_migrated())


@pytest.fixture
def seed(record_property: Callable[[str, object], None]) -> int:
    """Shown at the end of the run; set as MINGTANG_SEED it gives the same moments again."""
    seed = int(os.environ.get("MINGTANG_SEED") or secrets.randbits(32))
    record_property("MINGTANG_SEED", seed)
    return seed
