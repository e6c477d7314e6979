"""One process's term as the leader of a log: it places batches, while a thread of its own publishes those before.

    place   ──batch──┐   database: commit
    publish          └──> disk: sync, checkpoint

The two wait for different disks' worth of syncing, so together they are nearly twice as fast; and when batches come
faster than they can be published, several are published under one checkpoint.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from audit import sequencer
from audit.blobs import Blobs
from audit.checkpoint import parse_checkpoint
from audit.cosigned import cosigned_note
from audit.database import Database
from audit.errors import Refusal
from audit.folder import Folder
from audit.note import Signer
from audit.publisher import CHECKPOINT, Publisher
from audit.sequencer import BATCH, HEAD_ID, LostLeadership, Placed
from audit.tables import CheckpointRow, TreeHeadRow

UNPUBLISHED = 8
"""Batches that may be placed ahead of the disk."""

Announce = Callable[[int, Iterable[Placed]], None]
"""Called with the published size, and with the entries that were published last."""


class Batch(NamedTuple):
    """What was placed and committed, to be published."""

    placed: list[Placed]
    note: bytes
    is_durable: bool
    """False while the database may still lose it with the machine's power: then nothing of it may be shown."""


class DatabaseOlder(Refusal):
    code = "audit.database-older"
    zh = (
        "数据库有 {size} 条，而已签发布的检查点有 {published} 条：数据库是旧备份，拒绝签署较小的树。"
        "请用 mingtang log import 从已发布的 log/ 目录恢复到空数据库。"
    )
    en = (
        "The database holds {size} entries but a checkpoint of {published} was signed: it is an old backup, and no "
        "smaller tree will be signed. Recover with mingtang log import from the published log/ into an empty database."
    )


class OtherHistory(Refusal):
    code = "audit.other-history"
    zh = "数据库没有签过已发布的检查点（大小 {published}）：两者不是同一段历史，停止发布。"
    en = "The database never signed the published checkpoint of size {published}: these are two histories."


class Term:
    """From taking up the work, through placing and publishing, to the end. Not used again after an error."""

    def __init__(
        self,
        data: Path,
        database: Database,
        blobs: Blobs,
        signer: Signer,
        clock: Callable[[], int],
        announce: Announce,
    ) -> None:
        self._database = database
        self._signer = signer
        self._clock = clock
        self._announce = announce
        self._publisher = Publisher(data, blobs)
        self._fault: BaseException | None = None
        self._size = 0
        """Of the tree as this term has made it: what moved it further was another leader's."""
        self._batches: queue.Queue[Batch | None] = queue.Queue(UNPUBLISHED)
        self._take_up(Folder(data / "log"))
        self._thread = threading.Thread(target=self._publish, name="publisher", daemon=True)
        self._thread.start()

    def _take_up(self, folder: Folder) -> None:
        """Bring the disk up to the database, which a former leader may have left ahead of it.

        Refuses to sign anything that does not extend what was published. Raises DatabaseOlder, OtherHistory.
        """
        with self._database.reading() as session:
            self._size = size = session.get_one(TreeHeadRow, HEAD_ID).size
            note = folder.read(CHECKPOINT)
            if note is not None:
                published = parse_checkpoint(note)
                if published.size > size:
                    raise DatabaseOlder(size=size, published=published.size)
                signed = session.get(CheckpointRow, published.size)
                if signed is None or parse_checkpoint(signed.note).root != published.root:
                    raise OtherHistory(published=published.size)
            if size:
                sequencer.make_durable(self._database)  # what the former leader committed last it may not have synced
                newest = cosigned_note(session, size, freshest=True)
                assert newest is not None, "a tree has the checkpoint that was signed with it"
                self._publisher.recover(lambda start, end: sequencer.stored_entries(session, start, end), size, newest)
        self._announce(size, ())

    def check(self) -> None:
        """Raise what went wrong in publishing."""
        if self._fault is not None:
            raise self._fault

    def check_size(self, size: int) -> None:
        """Raise LostLeadership where the tree is not of the size that this term made.

        Whoever led before may learn late that its lock is lost. What it placed meanwhile is not known here, and with
        nothing to place that would not be found.
        """
        if size != self._size:
            raise LostLeadership(f"the tree is at {size}, no longer at {self._size}")

    def place(self) -> int:
        """Place what waits, or the first batches of it; how many entries that were, 0 if nothing waited.

        Raises what went wrong here, or in publishing since.
        """
        before = self._size
        for batch in self._batches_placed():
            self._size += len(batch.placed)
            self._hand_over(batch)
            self.check()
        return self._size - before

    def _batches_placed(self) -> Iterator[Batch]:
        placed, note = sequencer.place_batch(self._database, self._signer, self._clock, self._size)
        if placed:
            yield Batch(placed, note, True)
        if len(placed) == BATCH:
            most = UNPUBLISHED - 1
            for more in sequencer.place_backlog(self._database, self._signer, self._clock, self._size, most):
                yield Batch(*more, self._database.is_sqlite)

    def end(self) -> None:
        """Publish what was placed and end. Raises what went wrong in publishing."""
        self._hand_over(None)
        self._thread.join()
        self.check()

    def _hand_over(self, batch: Batch | None) -> None:
        while self._thread.is_alive():
            try:
                self._batches.put(batch, timeout=0.1)
            except queue.Full:
                continue
            return

    def _publish(self) -> None:
        batch = self._batches.get()
        while batch is not None:
            batches = [batch]
            try:
                while True:
                    for item in batches[-1].placed:
                        self._publisher.add(item.data, item.leaf, item.blobs)
                    following = self._next_if_there()
                    if following is None:
                        break
                    batches.append(following)
                if not all(batch.is_durable for batch in batches):
                    sequencer.make_durable(self._database)
                self._publisher.publish(batches[-1].note)
            except BaseException as fault:
                self._fault = fault
                return
            self._announce(self._publisher.size, (item for batch in batches for item in batch.placed))
            batch = self._batches.get()

    def _next_if_there(self) -> Batch | None:
        """The next batch if it waits already; the end of the term stays in the queue."""
        try:
            batch = self._batches.get_nowait()
        except queue.Empty:
            return None
        if batch is None:
            self._batches.put(None)
        return batch
