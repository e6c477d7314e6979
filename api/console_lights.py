"""The network lights of the console (两个信标来源、日志、见证方), which are also its readiness check (自检)."""

import http.client
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel
from sqlalchemy import func, select

from audit import cosigned
from audit.errors import Refusal
from audit.log import Clock, Log
from audit.tables import CheckpointRow, EntryRow
from lottery.protocol.beacon import PINNED, first_round_at, verify_round
from lottery.protocol.errors import DrawError

EVERY: Final = 5.0
"""Seconds for which an answer of the relays counts as the present one."""
LATELY: Final = 120.0
"""Seconds for which it tells the screens something."""
TIMEOUT: Final = 3.0
MAX_ANSWER: Final = 4096
BEHIND: Final = 9
"""Seconds: a round so old has reached every relay."""
LONG_PAST: Final = 1
"""A round that every relay has, where it has none of today."""
UNPLACED: Final = 5000
"""Milliseconds after which an entry without a place means that nothing is sequenced."""


class RelayOut(BaseModel):
    name: str
    is_up: bool
    """Whether it gave a past round that verifies."""
    is_fresh: bool
    """Whether that round is of this minute."""
    round: int | None
    milliseconds: int | None


class LogOut(BaseModel):
    is_writable: bool
    why: str
    """A code: `fault`, `disk`, `database`, `sequencer`; empty where it is writable."""
    size: int
    age: int
    """Seconds since its checkpoint was signed."""


class WitnessesOut(BaseModel):
    named: int
    quorum: int
    signed: int
    age: int | None
    """Seconds since a quorum last signed."""
    behind: int
    """Entries that the newest tree with a quorum lacks."""


class LightsOut(BaseModel):
    relays: list[RelayOut]
    clock_offset: float | None
    """Seconds by which this server's clock is ahead of the relays'; null where none tells the time."""
    log: LogOut
    witnesses: WitnessesOut


@dataclass(frozen=True)
class Answer:
    relay: RelayOut
    offset: float | None


class Lights:
    """Keeps what the relays answered last: several consoles ask them once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at = float("-inf")
        self._answers: list[Answer] = []

    @property
    def clock_offset(self) -> float | None:
        """What `LightsOut` says, as far as a console asked of late; nobody is asked."""
        return _offset(self._answers) if time.monotonic() < self._at + LATELY else None

    def look(self, log: Log, relays: Sequence[str], fresh: bool) -> LightsOut:
        """fresh: ask the relays now, whatever they answered a moment ago."""
        with self._lock:
            if fresh or time.monotonic() > self._at + EVERY:
                with ThreadPoolExecutor(max_workers=max(1, len(relays))) as pool:
                    self._answers = list(pool.map(lambda relay: ask(relay, log.clock), relays))
                self._at = time.monotonic()
            answers = self._answers
        return LightsOut(
            relays=[one.relay for one in answers],
            clock_offset=_offset(answers),
            log=_log(log),
            witnesses=_witnesses(log),
        )


def _offset(answers: Sequence[Answer]) -> float | None:
    """The nearest of the relays' clocks: one that is wrong makes ours no worse."""
    return min((one.offset for one in answers if one.offset is not None), key=abs, default=None)


def ask(relay: str, clock: Clock) -> Answer:
    """What one relay answers now, and what its clock says."""
    began = time.monotonic()
    offset: float | None = None
    newest = first_round_at(max(PINNED["genesis_time"], clock() // 1000 - BEHIND))
    for number in (newest, LONG_PAST):
        signature, date = _get(f"{relay.rstrip('/')}/{PINNED['chain_hash']}/public/{number}")
        if date is not None:
            offset = round(clock() / 1000 - date - 0.5, 1)  # a Date header leaves out half a second on average
        if signature is not None and _is_signature(number, signature):
            spent = int((time.monotonic() - began) * 1000)
            return Answer(_relay(relay, True, number == newest, number, spent), offset)
    return Answer(_relay(relay, False, False, None, None), offset)


def _relay(relay: str, is_up: bool, is_fresh: bool, number: int | None, spent: int | None) -> RelayOut:
    name = urlsplit(relay).netloc
    return RelayOut(name=name, is_up=is_up, is_fresh=is_fresh, round=number, milliseconds=spent)


def _get(url: str) -> tuple[str | None, float | None]:
    """The signature in the answer, and the time in its head, Unix seconds."""
    request = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "mingtang"})  # noqa: S310 - an address of the settings
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - the same
            date, data = response.headers.get("Date"), response.read(MAX_ANSWER)
    except urllib.error.HTTPError as refusal:
        refusal.close()
        return None, _moment(refusal.headers.get("Date"))
    except (OSError, ValueError, http.client.HTTPException):
        return None, None
    try:
        signature = json.loads(data)["signature"]
    except (ValueError, TypeError, KeyError, RecursionError):
        signature = None
    return (signature if isinstance(signature, str) else None), _moment(date)


def _moment(date: str | None) -> float | None:
    try:
        return None if date is None else parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None


def _is_signature(number: int, signature: str) -> bool:
    try:
        verify_round(number, signature)
    except (ValueError, DrawError):
        return False
    return True


def _log(log: Log) -> LogOut:
    size, now = log.published_size, log.clock()
    with log.reading() as session:
        signed_at = session.scalar(select(CheckpointRow.signed_at).where(CheckpointRow.size == size)) or 0
        oldest = session.scalar(select(func.min(EntryRow.at)).where(EntryRow.seq.is_(None)))
    why = ""
    if log.fault is not None:
        why = "fault"
    elif not log.has_room:
        why = "disk"
    elif oldest is not None and now > oldest + UNPLACED:
        why = "sequencer"
    elif not _takes_writes(log):
        why = "database"
    return LogOut(is_writable=not why, why=why, size=size, age=max(0, (now - signed_at) // 1000))


def _takes_writes(log: Log) -> bool:
    try:
        with log.database.writing():
            return True
    except Refusal:
        return False


def _witnesses(log: Log) -> WitnessesOut:
    size = log.published_size
    with log.reading() as session:
        standing = cosigned.standing(session, size)
    age = None if standing.time is None else max(0, log.clock() // 1000 - standing.time)
    return WitnessesOut(
        named=standing.named,
        quorum=standing.quorum,
        signed=standing.signed,
        age=age,
        behind=size - standing.size if standing.named else 0,
    )
