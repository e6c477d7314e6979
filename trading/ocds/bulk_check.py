"""Whether the months' files are what the log says: each against its manifest, then line by line."""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path

import orjson

from audit.log import Log
from audit.rebuild import Difference
from trading.ocds import queries
from trading.ocds.bulk import Month, folder
from trading.ocds.feed import FEEDS, Feed, Publication
from trading.ocds.values import encoded


def check_months(log: Log, publication: Publication) -> Iterator[Difference]:
    """publication: of files of older releases, which do not say who published them where."""
    for feed in FEEDS:
        place = folder(log.data, feed)
        manifests = {path.stem: path for path in place.glob("????-??.json")}
        files = {path.name.partition(".")[0]: path for path in place.glob("????-??.jsonl.gz")}
        for month in sorted(manifests.keys() | files.keys()):
            name = f"bulk/{feed.name}"
            if month not in manifests or month not in files:
                what = "MISSING" if month in manifests else "SURPLUS"
                yield Difference(what, name, f"month={month}")
            else:
                yield from _check_month(log, publication, feed, manifests[month], files[month], name)


def _check_month(
    log: Log, publication: Publication, feed: Feed, manifest: Path, file: Path, name: str
) -> Iterator[Difference]:
    key = f"month={manifest.stem}"
    try:
        told = Month(**orjson.loads(manifest.read_bytes()))
        who = publication if told.publication is None else Publication(**told.publication)
    except (orjson.JSONDecodeError, TypeError):
        yield Difference("DIFFERS", name, key, ("manifest",))
        return
    with file.open("rb") as raw:
        digest = hashlib.file_digest(raw, "sha256").hexdigest()
    found = {"month": manifest.stem, "size": file.stat().st_size, "sha256": digest}
    changed = tuple(member for member, value in found.items() if asdict(told)[member] != value)
    if changed:
        yield Difference("DIFFERS", name, key, changed)
    line, lines = _first_other_line(log, who, feed, told, file)
    if line is not None:
        yield Difference("DIFFERS", name, f"{key} line={line}")
    elif lines != told.releases:
        yield Difference("DIFFERS", name, key, ("releases",))


def _first_other_line(
    log: Log, publication: Publication, feed: Feed, month: Month, file: Path
) -> tuple[int | None, int]:
    """The first line that is not the log's, from 1, and how many there are."""
    number = 0
    with log.reading() as session, gzip.open(file) as lines:
        wanted = queries.between(session, publication, feed, month.first, min(month.end, log.published_size))
        try:
            for number, (found, release) in enumerate(zip_longest(lines, wanted), 1):
                if found is None or release is None or found != encoded(release.body) + b"\n":
                    return number, number
        except (OSError, EOFError, zlib.error):
            return number + 1, number
    return None, number
