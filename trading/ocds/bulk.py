"""A month's releases as one file, made once the month is over and never again: its content cannot change any more.

DATA/bulk/purchases/2025-12.jsonl.gz    one release a line, project by project
DATA/bulk/purchases/2025-12.json        what the manifest says of it
"""

import gzip
import hashlib
import os
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from audit.log import Log
from trading.ocds import queries
from trading.ocds.feed import FEEDS, Feed, Publication
from trading.ocds.values import BEIJING, encoded

SETTLED = timedelta(hours=1)
"""After a month's end: no entry gets a place so late with a time of the month before."""
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True)
class Month:
    """What the manifest says of a file."""

    month: str
    size: int
    sha256: str
    releases: int
    first: int
    """The place in the log from which the month begins…"""
    end: int
    """…and the first that is not in it."""
    publication: dict[str, str] | None = None
    """Who published it where, at that time; not in files of older releases."""


def folder(data: Path, feed: Feed) -> Path:
    return data / "bulk" / feed.name


def months(data: Path, feed: Feed) -> list[Month]:
    """The months whose file is there, oldest first."""
    found = folder(data, feed).glob("????-??.json")
    return [Month(**orjson.loads(path.read_bytes())) for path in sorted(found)]


def month_file(data: Path, feed: Feed, month: str) -> Path | None:
    """A month's file; None where there is none."""
    path = folder(data, feed) / f"{month}.jsonl.gz"
    return path if _MONTH.fullmatch(month) and path.is_file() else None


def make_months(log: Log, publication: Publication) -> int:
    """Write the files that are missing, of every month that is over; return how many were."""
    made = 0
    size = log.published_size
    if not size:
        return made
    with log.reading() as session:
        begin = _month_of(queries.logged_at(session, 0))
    while (end := _next(begin)) + SETTLED <= datetime.fromtimestamp(log.clock() / 1000, UTC):
        for feed in FEEDS:
            if not (folder(log.data, feed) / f"{begin:%Y-%m}.json").is_file():
                _make(log, publication, feed, begin, end, size)
                made += 1
        begin = end
    return made


def _month_of(milliseconds: int) -> datetime:
    moment = datetime.fromtimestamp(milliseconds / 1000, BEIJING)
    return datetime(moment.year, moment.month, 1, tzinfo=BEIJING)


def _next(month: datetime) -> datetime:
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=BEIJING)


def _make(log: Log, publication: Publication, feed: Feed, begin: datetime, end: datetime, size: int) -> None:
    place = folder(log.data, feed)
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{begin:%Y-%m}.jsonl.gz"
    unfinished = path.with_suffix(".part")
    count = 0
    with log.reading() as session, unfinished.open("wb") as raw:
        first, last = (queries.first_since(session, _milliseconds(one), size) for one in (begin, end))
        with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
            for release in queries.between(session, publication, feed, first, last):
                file.write(encoded(release.body) + b"\n")
                count += 1
        raw.flush()
        os.fsync(raw.fileno())
    unfinished.replace(path)
    with path.open("rb") as written:
        digest = hashlib.file_digest(written, "sha256").hexdigest()
    month = Month(f"{begin:%Y-%m}", path.stat().st_size, digest, count, first, last, asdict(publication))
    told = path.with_suffix("").with_suffix(".json")
    told.with_suffix(".part").write_bytes(orjson.dumps(asdict(month)))
    told.with_suffix(".part").replace(told)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
