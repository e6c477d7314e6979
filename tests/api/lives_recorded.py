"""Lives of projects in a real log."""

from audit.log import Log
from tests.api.site import catch_up
from tests.trading.lives import Life


def record_life(log: Log, life: Life, most: int | None = None) -> int:
    """Record the first entries of a life, or all, as whatever commands they came from; returns the log's size."""
    for step in life.steps[:most]:
        subject = f"project:{life.code}"
        with log.act(step.actor) as act:
            act.lock(subject)
            files = [act.blobs.put_file(file.name, file.media_type, file.name.encode()) for file in step.files]
            act.record(step.event, subject, files=files)
    return catch_up(log)
