"""An open log: its database, its folder, its key, and the thread that sequences and publishes.

    with log.act("operator:7hQ2") as act:        # one transaction: lock, read, rules, record
        commands.publish_call(act, …)
    seq = log.wait(act.recorded[-1], timeout=10) # in a published checkpoint, or None

Several processes may hold one log open; one of them leads.
"""

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, bindparam, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from audit import entry, keys, queries
from audit.act import Act, DoneBefore, is_taken
from audit.blobs import Blobs
from audit.database import Database, DatabaseBusy, DiskFull
from audit.errors import Refusal
from audit.events import LogOpened
from audit.folder import Folder
from audit.leader import Leadership
from audit.note import Signer
from audit.publisher import CHECKPOINT, published_size
from audit.sequencer import BATCH, HEAD_ID, LostLeadership, Placed
from audit.tables import EntryRow, TreeHeadRow
from audit.term import Term
from audit.waiting import Waiting

Clock = Callable[[], int]
"""Unix milliseconds."""
Actor = Callable[[Connection], str]
"""Tells `role:account`, of the database."""

SOFTWARE = "mingtang/0.1.0"
POLL_SECONDS = 0.05
"""How often the outbox is looked at for what another process committed."""
RETRY_SECONDS = 0.5
LATELY = 128
"""Entries that are remembered, which are of 64 kB at most."""

_PLACE = select(EntryRow.__table__.c.seq).where(EntryRow.__table__.c.id == bindparam("id"))

talk = logging.getLogger(__name__)


class NoLog(Refusal):
    code = "audit.no-log"
    zh = "{where} 中没有日志。若确要开新日志，请运行 mingtang log open --origin 名称；若应当有，请检查磁盘是否挂载。"
    en = "There is no log in {where}. To begin one: mingtang log open --origin NAME. If one should be there: mounted?"


class LogExists(Refusal):
    code = "audit.log-exists"
    zh = "{where} 中已有日志，不会再开。"
    en = "There is a log in {where} already."


class WrongKey(Refusal):
    code = "audit.wrong-key"
    zh = "keys/ 中的私钥不是本日志（{origin}）的签名私钥。"
    en = "The key in keys/ is not the signing key of this log ({origin})."


class DiskReserveReached(Refusal):
    """Commands are refused well before the disk is full, so that what was acknowledged can always be published."""

    code = "audit.disk-reserve"
    zh = "磁盘剩余空间不足（剩 {free} 字节，须保留 {reserve} 字节），暂停受理；已受理的事项不受影响。"
    en = "Only {free} bytes of disk are left and {reserve} are reserved: nothing new is accepted, nothing is lost."


class Log:
    """See the module. Made by `open_log`; `start` and `stop` run the sequencing thread."""

    def __init__(
        self, data: Path, database: Database, key: Ed25519PrivateKey, origin: str, clock: Clock, reserve: int
    ) -> None:
        self.data = data
        self.database = database
        self.origin = origin
        self.clock = clock
        self.reserve = reserve
        self.blobs = Blobs(data / "blobs")
        self.folder = Folder(data / "log")
        self.signer = Signer(origin, key)
        self.fault: Refusal | None = None
        """Why this process can no longer sequence, where only a person can mend it."""
        self._published_size = published_size(self.folder)
        self._waiting = Waiting(self._published_place)
        self._lock = threading.Lock()
        self._lately: deque[tuple[int, bytes]] = deque(maxlen=LATELY)
        """Guarded by the lock. What was published last, for those who pass it on at once."""
        self._listeners: list[Callable[[int], None]] = []
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._leadership = Leadership(database, data)
        self._look_at = 0.0
        """When this process asks next whether it still leads, by the monotonic clock."""
        self._term: Term | None = None
        self._thread: threading.Thread | None = None

    # Writing

    @contextmanager
    def act(self, actor: str | Actor) -> Iterator[Act]:
        """One command's transaction. It commits when the block ends well; else nothing of it exists.

        Raises DoneBefore, and whatever tells the actor does.
        """
        self._check_reserve()
        if not isinstance(actor, str) and self.database.is_sqlite:  # which has one writer: to be asked is no reason
            with self.database.asking() as connection:
                actor = actor(connection)
        try:
            with self.database.writing() as session:
                told = actor if isinstance(actor, str) else actor(session.connection())
                act = Act(session, self.clock, told, self.blobs)
                yield act
        except IntegrityError as fault:
            if is_taken(fault):
                raise DoneBefore from fault
            raise
        if act.recorded:
            self._wake.set()

    def _check_reserve(self) -> None:
        free = shutil.disk_usage(self.data).free
        if free < self.reserve:
            raise DiskReserveReached(free=free, reserve=self.reserve)

    @property
    def has_room(self) -> bool:
        """Whether the disk has what new commands need."""
        return shutil.disk_usage(self.data).free >= self.reserve

    # Reading

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.database.reading() as session:
            yield session

    @property
    def vkey(self) -> str:
        return str(self.signer.key)

    @property
    def published_size(self) -> int:
        """How many entries the published checkpoint holds."""
        return self._published_size

    @property
    def leads(self) -> bool:
        return self._term is not None

    def checkpoint(self) -> bytes:
        """The published checkpoint, as signed."""
        note = self.folder.read(CHECKPOINT)
        if note is None:
            raise NoLog(where=self.data)
        return note

    def wait(self, entry_id: int, timeout: float = 10) -> int | None:
        """The place of an entry once it is in a published checkpoint, or None if that takes longer (seconds)."""
        return self._waiting.wait(entry_id, timeout, self.leads)

    async def wait_on_loop(self, entry_id: int, timeout: float = 10) -> int | None:
        """The same on an event loop, where it holds no thread."""
        return await self._waiting.wait_on_loop(entry_id, timeout, self.leads)

    def _published_place(self, entry_id: int) -> int | None:
        with self.database.asking() as connection:
            seq = connection.scalar(_PLACE, {"id": entry_id})
        return seq if seq is not None and seq < self._published_size else None

    def lately(self, start: int, end: int) -> list[tuple[int, bytes]] | None:
        """(seq, bytes) of the entries start..end-1, where this process published them so lately that it has them."""
        with self._lock:
            found = [one for one in self._lately if start <= one[0] < end]
        return found if [seq for seq, _ in found] == list(range(start, end)) else None

    def wait_for_all(self, timeout: float = 30) -> bool:
        """Wait until every entry committed by now is published; False if that takes longer (seconds)."""
        with self.reading() as session:
            newest = session.scalar(select(EntryRow.id).order_by(EntryRow.id.desc()).limit(1))
        return newest is None or self.wait(newest, timeout) is not None

    def subscribe(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener` with the published size after each publication; returns how to end that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # Sequencing

    def start(self) -> None:
        """Begin to sequence, if no other process does, and to follow what it publishes if one does."""
        assert self._thread is None
        self._thread = threading.Thread(target=self._run, name="sequencer", daemon=True)
        self._thread.start()

    def lead(self) -> None:
        """Lead without a thread until `stop`, if nobody else does: what waits is placed by `settle`, all at once."""
        assert self._thread is None
        self._lead()

    def stop(self) -> None:
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._abandon()

    def settle(self, timeout: float = 30) -> None:
        """Place and publish all that waits, here if nobody leads, else by waiting for whoever does."""
        if self._thread is not None:  # two that place for one term would undo each other
            self.wait_for_all(timeout)
            return
        deadline = time.monotonic() + timeout
        while True:
            stays = self._term is not None
            if self._lead():
                try:
                    while self._place():
                        pass
                finally:
                    if not stays:
                        self._step_down()
                if stays:  # what was placed is published by a thread of the term's
                    self.wait_for_all(timeout)
                return
            self._follow()
            if self.wait_for_all(0) or time.monotonic() > deadline:
                return
            time.sleep(POLL_SECONDS)

    def _run(self) -> None:
        told = False
        while not self._stopping.is_set():
            pause = POLL_SECONDS
            try:
                if not self._lead():
                    self._follow()
                elif self._place(told) >= BATCH:
                    continue
            except (LostLeadership, DatabaseBusy, DiskFull, OSError, DBAPIError) as fault:
                # What was committed stays; what was not published is finished by the next leader, here or elsewhere.
                talk.warning("sequencing stopped and starts again: %s", fault)
                self._abandon()
                pause = RETRY_SECONDS
            except Refusal as fault:
                talk.error("%s %s", fault.code, fault.message("en"))
                self.fault = fault
                self._abandon()
                self._stopping.wait(RETRY_SECONDS * 10)
                continue
            told = self._wake.wait(pause)
            self._wake.clear()

    def _lead(self) -> bool:
        if self._term is not None:
            if time.monotonic() >= self._look_at:  # not for each batch: what fences a leader is the tree's head
                self._look_at = time.monotonic() + POLL_SECONDS
                if not self._leadership.holds():
                    raise LostLeadership("the connection that held the lock was lost")
            return True
        if not self._leadership.take():
            return False
        try:
            self._term = Term(self.data, self.database, self.blobs, self.signer, self.clock, self._announce)
        except BaseException:
            self._leadership.give_up()
            raise
        self.fault = None
        return True

    def _place(self, told: bool = False) -> int:
        """Place what waits and return how many entries that were. told: that something does, so nobody need look."""
        assert self._term is not None
        self._term.check()  # for publishing may have failed since, and nothing more may ever come
        if not told:
            with self._leadership.asking() as connection:  # without the lock of a writing transaction
                size, any_waits = queries.size_and_any_waits(connection)
            self._term.check_size(size)
            if not any_waits:
                return 0
        return self._term.place()

    def _follow(self) -> None:
        size = published_size(self.folder)
        if size != self._published_size:
            self._announce(size, ())

    def _announce(self, size: int, placed: Iterable[Placed]) -> None:
        items = tuple(placed)
        with self._lock:
            self._lately.extend((item.seq, item.data) for item in items[-LATELY:])
        self._published_size = size
        self._waiting.announce({item.id: item.seq for item in items})
        for listener in tuple(self._listeners):
            listener(size)

    def _abandon(self) -> None:
        with suppress(Exception):  # already told: the fault that ended the term
            self._step_down()

    def _step_down(self) -> None:
        """Give up the leadership; what was placed is published first, unless publishing is what failed."""
        term, self._term = self._term, None
        try:
            if term is not None:
                term.end()
        finally:
            self._leadership.give_up()


def create_log(data: Path, database: Database, origin: str, clock: Clock) -> None:
    """Begin a log (`mingtang log open`): make its keys and its first entry. Raises LogExists, KeyExists."""
    folder = Folder(data / "log")
    if folder.read(CHECKPOINT) is not None:
        raise LogExists(where=data)
    with database.writing() as session:
        if session.get(TreeHeadRow, HEAD_ID) is not None:
            raise LogExists(where=data)
        key = keys.make(data / "keys")
        head = TreeHeadRow(id=HEAD_ID, origin=origin, size=0, frontier=b"", last_sm3=entry.ZERO_PREV, logged=0)
        session.add(head)
        session.flush()
        act = Act(session, clock, entry.SYSTEM, Blobs(data / "blobs"))
        subject = f"log:{origin}"
        act.lock(subject)
        act.record(LogOpened(origin=origin, software=SOFTWARE, vkey=str(Signer(origin, key).key)), subject)
    log = open_log(data, database, clock, reserve=0)
    log.settle()


def open_log(data: Path, database: Database, clock: Clock, reserve: int) -> Log:
    """Open the log of a data folder; it must be there. Raises NoLog, KeyMissing, WrongKey, DatabaseBusy."""
    with database.reading() as session:
        is_there = inspect(session.connection()).has_table(TreeHeadRow.__tablename__)
        head = session.get(TreeHeadRow, HEAD_ID) if is_there else None
        if head is None:
            raise NoLog(where=data)
        opening = session.scalars(select(EntryRow.body).order_by(EntryRow.id).limit(1)).one()
    log = Log(data, database, keys.load(data / "keys"), head.origin, clock, reserve)
    if LogOpened.model_validate_json(opening).vkey != log.vkey:
        raise WrongKey(origin=head.origin)
    return log


def system_clock() -> int:
    """The system's clock, Unix milliseconds."""
    return time.time_ns() // 1_000_000
