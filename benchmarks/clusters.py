"""A PostgreSQL cluster for one run of measurements: it syncs its commits, as an office's does."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ground import Cluster


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="mingtang-pg-"))
    cluster = Cluster(folder, durable=True)
    try:
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
