"""Gets the published checkpoint cosigned by the witnesses in force, beside everything else and in nobody's way.

    published ──newest──> a thread for each witness that is free ──verified──> kept ──> `log/checkpoint` once more

All are asked for one tree at a time, for only signatures of one tree make a quorum; the next round takes the newest,
so nothing queues. A round waits a moment for those who are slow and goes on without them. Only the leader asks.
"""

import logging
import queue
import threading
import time
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy.exc import SQLAlchemyError

from audit import asking, cosigned, merkle
from audit.asking import Answered
from audit.checkpoint import Checkpoint, parse_checkpoint
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from audit.note import VerifierKey
from audit.publisher import republish
from audit.queries import tile_reader
from audit.settings import Settings
from audit.witnesses import NOBODY, InForce, in_force, parse_list, set_witnesses

BETWEEN: Final = 0.5
"""Seconds from the beginning of a round to that of the next at least. A seal waits no longer than that and a round."""
ROUND: Final = 2.0
"""Seconds that a round waits for its last witness."""
REFRESH: Final = 600.0
"""Seconds after which a tree that has not grown is cosigned afresh, to show that it has not."""
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
"""Seconds for which a witness that failed is left alone: they double from the first to the longest."""
LOOK: Final = 1.0
"""Seconds between two looks where nobody says that something was published."""

talk = logging.getLogger(__name__)


@dataclass
class _Asked:
    """What this process knows of one witness."""

    known: int
    """The largest size it has cosigned."""
    at: float = float("-inf")
    """When it last cosigned; as all times here by the clock that never goes back."""
    busy: bool = False
    not_before: float = float("-inf")
    pause: float = FIRST_PAUSE


class Cosigning:
    """See the module: `with Cosigning(log): …`, or `start` and `stop`."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._answers: queue.SimpleQueue[tuple[VerifierKey, Answered | None]] = queue.SimpleQueue()
        self._term: InForce = NOBODY
        self._asked: dict[VerifierKey, _Asked] = {}
        self._target: Checkpoint | None = None
        self._open: set[VerifierKey] = set()
        """Who has not answered in this round."""
        self._given: list[tuple[VerifierKey, Checkpoint]] = []
        """What is not kept yet, for the database may be busy: a witness may never give the same again."""
        self._began = float("-inf")
        self._thread = threading.Thread(target=self._run, name="cosigning", daemon=True)
        self._unsubscribe = log.subscribe(lambda _size: self._wake.set())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask no more. Whoever is still waiting for a witness ends by itself and is not heard."""
        self._stopping.set()
        self._wake.set()
        self._unsubscribe()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._take_in()
                pause = self._next_round()
            except (Refusal, OSError, SQLAlchemyError) as fault:
                talk.warning("cosigning stopped and starts again: %s", fault)
                pause = LOOK
            except Exception:
                talk.exception("cosigning stopped and starts again")
                pause = LOOK
            self._wake.wait(pause)
            self._wake.clear()

    # Asking

    def _next_round(self) -> float:
        """Begin a round if it is time and there is something to ask; the seconds until it may be."""
        now = time.monotonic()
        busy_until = max(self._began + BETWEEN, self._began + ROUND if self._open else 0)
        if now < busy_until:
            return busy_until - now
        if not self._log.leads:
            return LOOK
        self._look()
        if self._target is None:
            return LOOK
        self._open = {key for key, one in self._asked.items() if self._owes(one, now)}
        if self._open:
            self._began = now
        for key in self._open:
            self._asked[key].busy = True
            arguments = (self._term.urls[key], key, self._asked[key].known, self._target)
            threading.Thread(target=self._ask, args=arguments, name=f"witness-{key.name}", daemon=True).start()
        return LOOK

    def _owes(self, one: _Asked, now: float) -> bool:
        assert self._target is not None
        fresh = one.known >= self._target.size and now < one.at + REFRESH
        return not one.busy and now >= one.not_before and not fresh

    def _look(self) -> None:
        """Take the newest published checkpoint for the target, with the witnesses in force for it."""
        size = self._log.published_size
        if self._target is not None and self._target.size == size:
            return
        with self._log.reading() as session:
            term = in_force(session, size)
            note = cosigned.checkpoint_note(session, size)
            if term != self._term:
                known = cosigned.last_known(session, term.vkeys)
                self._asked = {key: self._asked.get(key, _Asked(known.get(str(key), 0))) for key in term.urls}
                self._term = term
        self._target = None if note is None else parse_checkpoint(note)

    def _ask(self, url: str, key: VerifierKey, known: int, target: Checkpoint) -> None:
        """Ask one witness, in a thread of its own, whatever comes of it."""
        answered = None
        read = tile_reader(self._log.folder)
        try:
            answered = asking.ask(
                url, key, min(known, target.size), target, lambda old, new: merkle.consistency_proof(read, old, new)
            )
        except Refusal as refusal:
            talk.warning("%s", refusal.message("en"))
        except Exception:
            talk.exception("witness %s was not asked", key.name)
        self._answers.put((key, answered))
        self._wake.set()

    # Keeping

    def _take_in(self) -> None:
        """Keep what was answered, and publish the checkpoint with it."""
        while not self._answers.empty():
            key, answered = self._answers.get()
            self._open.discard(key)
            if (one := self._asked.get(key)) is not None:
                _note(one, answered)
            if answered is not None:
                self._given += [(key, checkpoint) for checkpoint in answered.cosigned]
        if self._given:
            self._keep()
            self._given = []

    def _keep(self) -> None:
        with self._log.database.writing() as session:
            for key, checkpoint in self._given:
                try:
                    cosigned.keep(session, checkpoint, key)
                except Refusal as refusal:
                    talk.error("%s: %s", key.name, refusal.message("en"))
        with self._log.reading() as session:
            note = cosigned.cosigned_note(session, self._log.published_size, freshest=True)
        if note is not None:
            republish(self._log.data, note)


def put_in_force(log: Log, settings: Settings) -> None:
    """Log the witnesses of the settings where they differ from the last ones. Raises BadWitnesses, BadKey."""
    if settings.witnesses is None:
        return
    quorum = len(settings.witnesses) if settings.quorum is None else settings.quorum
    event = parse_list(settings.witnesses, quorum)
    with log.act(SYSTEM) as act:
        set_witnesses(act, event)


def _note(one: _Asked, answered: Answered | None) -> None:
    now = time.monotonic()
    one.busy = False
    if answered is None:
        one.not_before = now + one.pause
        one.pause = min(2 * one.pause, LONGEST_PAUSE)
    else:
        one.known, one.at = answered.size, now
        one.not_before, one.pause = now, FIRST_PAUSE
