"""A witness (见证人) on its own disk: its key, and for each log the last tree head it cosigned.

    keys/witness.pem                     its Ed25519 key, made at the first start
    vkey                                 what it is called and known by
    lock                                 held while a process runs
    logs/HEX/checkpoint                  the last checkpoint it cosigned for a log: its memory, and what it shows
    logs/HEX/evidence/HASH.last, .new    two checkpoints signed by the log that do not go together

HEX is the SHA-256 of the log's origin. The cosignature is written and synced before it leaves, so that a witness that
dies at any moment never signs for a tree that does not extend what it signed before.
"""

import fcntl
import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from audit import witness
from audit.checkpoint import BadCheckpoint, open_checkpoint, parse_checkpoint
from audit.cosignature import Cosigner, verify_cosignatures
from audit.errors import Refusal
from audit.folder import Folder
from audit.keys import load_signing_key, make_signing_key
from audit.note import BadNote, VerifierKey, parse_vkey
from audit.witness import Answer, Seen

KEY: Final = "keys/witness.pem"
VKEY: Final = "vkey"
MAX_EVIDENCE: Final = 256
"""Pairs kept for one log: the log's key can sign without end, a disk has one."""

talk = logging.getLogger(__name__)


class WitnessBusy(Refusal):
    code = "audit.witness-busy"
    zh = "{folder} 已有见证程序在运行。"
    en = "A witness runs in {folder} already."


class WitnessRenamed(Refusal):
    code = "audit.witness-renamed"
    zh = "{folder} 中的见证人公钥是 {found}，与私钥或所给名称不符。"
    en = "The witness of {folder} is {found}, which is not what its key and the given name yield."


class MemoryDamaged(Refusal):
    """Never taken for "nothing seen yet", or whoever damages a file could take the witness back."""

    code = "audit.witness-memory-damaged"
    zh = "见证人对日志 {origin} 的记录 {path} 已损坏，不再为其联署；请从备份恢复。"
    en = "What the witness remembers of {origin}, {path}, is damaged: it cosigns nothing more for it until restored."


class Witness:
    """One process's witness over a folder. Any thread may call `add_checkpoint` and `shown`."""

    def __init__(
        self, folder: Path, logs: Iterable[VerifierKey], clock: Callable[[], int], name: str | None = None
    ) -> None:
        """logs: the keys of the logs it follows, each named by its origin. clock: Unix seconds.

        name: at the first start, what it is called; by default something that its key yields.
        Raises WitnessBusy, WitnessRenamed, KeyMissing, MemoryDamaged.
        """
        self._folder = Folder(folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._hold = _locked(folder / "lock", folder)
        try:
            self.cosigner = _cosigner(folder, name)
            self._logs = {key.name: key for key in logs}
            self._clock = clock
            self._turns = {origin: threading.Lock() for origin in self._logs}
            for origin in self._logs:
                self._seen(origin)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        os.close(self._hold)

    def add_checkpoint(self, data: bytes) -> Answer:
        """Answer a request of a log, having stored what the answer rests on. Raises MemoryDamaged, OSError."""
        turn = self._turns.get(witness.origin_of(data) or "")
        if turn is None:
            return self._decide(None, data)
        with turn:
            origin = witness.parse_request(data).checkpoint.origin
            seen = self._seen(origin)
            answer = self._decide(seen, data)
            if answer.seen is not None:
                self._folder.replace(_memory(origin), answer.seen.checkpoint)
            elif answer.suspicion is not None and seen is not None:
                self._keep_evidence(origin, seen, answer)
            return answer

    def shown(self, path: str) -> bytes | None:
        """What the monitoring path of a log shows (`HEX/checkpoint`), or None."""
        for origin in self._logs:
            if path == witness.monitor_path(origin):
                return self._folder.read(_memory(origin))
        return None

    def _decide(self, seen: Seen | None, data: bytes) -> Answer:
        return witness.add_checkpoint(seen, data, self._logs, self.cosigner, self._clock())

    def _seen(self, origin: str) -> Seen | None:
        """The last head cosigned for a log, both signatures checked again. Raises MemoryDamaged."""
        data = self._folder.read(_memory(origin))
        if data is None:
            return None
        try:
            checkpoint = open_checkpoint(data, self._logs[origin])
            own = verify_cosignatures(checkpoint, [self.cosigner.key])
        except Refusal:
            own = []
        if not own:
            raise MemoryDamaged(origin=origin, path=self._folder.path(_memory(origin)))
        return Seen(checkpoint.size, checkpoint.root, data)

    def _keep_evidence(self, origin: str, seen: Seen, answer: Answer) -> None:
        name = hashlib.sha256(_text(answer.checkpoint)).hexdigest()
        talk.error("%s: %s, kept as evidence %s", origin, answer.suspicion and answer.suspicion.value, name)
        folder = f"{_memory(origin).removesuffix('checkpoint')}evidence"
        kept = self._folder.path(folder)
        if (kept / f"{name}.new").exists() or (kept.is_dir() and len(list(kept.iterdir())) >= 2 * MAX_EVIDENCE):
            return
        self._folder.replace(f"{folder}/{name}.last", seen.checkpoint)
        self._folder.replace(f"{folder}/{name}.new", answer.checkpoint)


def _memory(origin: str) -> str:
    """The file of the last checkpoint cosigned for a log, in the folder."""
    return f"logs/{witness.monitor_path(origin)}"


def _text(checkpoint: bytes) -> bytes:
    """What of a checkpoint cannot be varied by whoever sends it."""
    try:
        return parse_checkpoint(checkpoint).note.text
    except (BadNote, BadCheckpoint):
        return checkpoint


def _locked(path: Path, folder: Path) -> int:
    """Hold the lock of the folder until the handle is closed. Raises WitnessBusy."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise WitnessBusy(folder=folder) from None
    return handle


def _cosigner(folder: Path, name: str | None) -> Cosigner:
    """Who the witness of this folder is; made at the first start. Raises WitnessRenamed, KeyMissing."""
    files = Folder(folder)
    stored = files.read(VKEY)
    if stored is None and not files.path(KEY).exists():
        private = make_signing_key(files.path(KEY))
    else:  # a witness that has a name and no key any more is not made anew in silence
        private = load_signing_key(files.path(KEY))
    if stored is None:
        public = private.public_key().public_bytes_raw()
        cosigner = Cosigner(name or f"witness-{public.hex()[:16]}", private)
        parse_vkey(str(cosigner.key))  # refuses a name that can stand in no signature line
        files.replace(VKEY, f"{cosigner.key}\n".encode())
        return cosigner
    found = stored.decode("utf-8", "replace").strip()
    cosigner = Cosigner(found.partition("+")[0], private)
    if str(cosigner.key) != found or name not in (None, cosigner.name):
        raise WitnessRenamed(folder=folder, found=found)
    return cosigner
