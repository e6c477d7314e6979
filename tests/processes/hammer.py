"""Many writers in several processes at once, and readers that verify everything they can see meanwhile.

Each entry bears the number after the newest of its subject, read under the subject's lock. So the log shows 1, 2, 3, …
for each subject, or the order of the commands was not kept.
"""

import random
import struct
import threading
import time
from array import array
from collections import defaultdict
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import orjson
from sqlalchemy import select

from audit import entry
from audit.act import Act
from audit.database import Database, DatabaseBusy
from audit.events import Event
from audit.log import open_log, system_clock
from audit.tables import EntryRow
from tests.processes.centre import Centre
from tests.program import forking

PROCESSES, THREADS, SUBJECTS = 2, 4, 6
LEAST = 3
"""Entries that each thread writes, however slow the machine is."""
BLOBS = 100
"""Different public files that entries name."""
ACKNOWLEDGED = struct.Struct("<QII")
"""Place, subject, number: what a writer was told."""


class Hammered(Event):
    kind = "test.hammered"
    number: int


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    entries: int
    acknowledged: int
    verified: int
    """How often a reader verified all that was published at that moment."""


def hammer(centre: Centre, seconds: float, seed: int, workers: int = 1) -> Outcome:
    """Run writers and readers for so long; raises AssertionError where a promise is broken. workers: of a reader."""
    told = [centre.data.parent / f"told-{number}" for number in range(PROCESSES)]
    writers = [_writer(centre, seconds, seed + number, path) for number, path in enumerate(told)]
    verified, known = 0, centre.checkpoint()
    while any(writer.is_alive() for writer in writers):
        read = centre.checkpoint()
        centre.verify(since=known, workers=workers)
        known, verified = read, verified + 1
    assert [writer.exitcode for writer in writers] == [0] * PROCESSES
    size = centre.verify(since=known, workers=workers).size
    acknowledged = _acknowledged(told, size)
    _check_order(centre, acknowledged)
    return Outcome(size, sum(1 for item in acknowledged if item), verified)


def _writer(centre: Centre, seconds: float, seed: int, told: Path) -> BaseProcess:
    writer = forking.Process(target=_write, args=(centre.data, centre.url, seconds, seed, told), daemon=True)
    writer.start()
    return writer


def _acknowledged(told: list[Path], size: int) -> "array[int]":
    """For each place what was acknowledged there: subject and number in one integer, 0 where nothing was."""
    found = array("Q", bytes(8 * size))
    for path in told:
        for seq, subject, number in ACKNOWLEDGED.iter_unpack(path.read_bytes()):
            assert seq < size, f"{seq} was acknowledged and is not published"
            assert not found[seq], f"{seq} was acknowledged twice"
            found[seq] = subject << 32 | number
    return found


def _check_order(centre: Centre, acknowledged: "array[int]") -> None:
    numbers: dict[int, int] = defaultdict(int)
    for seq, data in enumerate(centre.published_bytes()):
        item = entry.parse(data)
        assert item.seq == seq
        struck = 0
        if item.kind == Hammered.kind:
            subject = int(item.subject.removeprefix("test:hammer-"))
            numbers[subject] += 1
            assert item.body == {"number": numbers[subject]}, f"{item.subject} is out of order at {seq}"
            struck = subject << 32 | numbers[subject]
        assert acknowledged[seq] == struck, f"what stands at {seq} is not what was acknowledged"


# A process of writers


def _write(data: Path, url: str, seconds: float, seed: int, told: Path) -> None:
    database = Database(url)
    log = open_log(data, database, system_clock, reserve=0)
    log.start()
    guard, deadline = threading.Lock(), time.monotonic() + seconds
    faults: list[BaseException] = []
    with told.open("wb") as file:

        def work(number: int) -> None:
            chance, written = random.Random(seed * THREADS + number), 0
            try:
                while written < LEAST or time.monotonic() < deadline:
                    subject = chance.randrange(1, SUBJECTS + 1)
                    try:
                        with log.act("operator:hammer") as act:
                            number, entry_id = _strike(act, subject, chance)
                    except DatabaseBusy:
                        continue
                    seq = log.wait(entry_id, 60)
                    assert seq is not None, "not published within a minute"
                    written += 1
                    with guard:
                        file.write(ACKNOWLEDGED.pack(seq, subject, number))
            except BaseException as fault:
                faults.append(fault)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    log.stop()
    database.dispose()
    if faults:
        raise faults[0]


def _strike(act: Act, subject: int, chance: random.Random) -> tuple[int, int]:
    name = f"test:hammer-{subject}"
    act.lock(name, shared=["test:anvil"])
    newest = act.session.scalar(
        select(EntryRow.body).where(EntryRow.subject == name).order_by(EntryRow.id.desc()).limit(1)
    )
    number = 1 if newest is None else orjson.loads(newest)["number"] + 1
    blob = chance.randrange(10 * BLOBS)
    files = [act.blobs.put_file(f"附件 {blob}", "text/plain", b"%d" % blob)] if blob < BLOBS else []
    return number, act.record(Hammered(number=number), name, files=files)
