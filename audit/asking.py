"""Asks one witness for its cosignature (C2SP tlog-witness v1.0.0), over HTTP, with no database.

A witness may be away, slow, mistaken or lying. What it answers is looked at with care and at most `MAX_ANSWER` bytes of
it; what comes out of here has been verified, or is nothing.
"""

import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Final

from audit import witness
from audit.checkpoint import Checkpoint, parse_checkpoint, parse_decimal
from audit.cosignature import verify_cosignatures
from audit.errors import Refusal
from audit.note import Note, VerifierKey

MAX_ANSWER: Final = 64 * 1024
"""Bytes; a cosignature line has about 150, with ML-DSA-44 3,300."""
TIMEOUT: Final = 5.0
"""Seconds without a byte."""
LONGEST: Final = 20.0
"""Seconds for one answer, however it drips."""
ATTEMPTS: Final = 3
"""A witness that has seen more than we knew is asked again from there, and then once more."""

Prove = Callable[[int, int], list[bytes]]
"""(old size, new size) to the consistency proof."""

talk = logging.getLogger(__name__)


class WitnessFault(Refusal):
    code = "audit.witness-fault"
    zh = "见证人 {witness} 未联署：{why}"
    en = "witness {witness} did not cosign: {why}"


@dataclass(frozen=True, slots=True)
class Answered:
    """What a witness gave: checkpoints of ours with its cosignatures alone, verified. The last is the one asked for."""

    cosigned: tuple[Checkpoint, ...]
    size: int
    """What it now has seen of us."""


def ask(url: str, key: VerifierKey, known: int, checkpoint: Checkpoint, prove: Prove) -> Answered:
    """Ask for a cosignature of `checkpoint`. Raises WitnessFault.

    url: the prefix of `/add-checkpoint`. known: the size it cosigned last, as far as we know.
    Where it has seen more than we know (an answer was lost) what it shows of that is taken up too, for its time may be
    the one that counts.
    """
    found: list[Checkpoint] = []
    for _ in range(ATTEMPTS):
        body = witness.compose_request(known, prove(known, checkpoint.size), bytes(checkpoint.note))
        status, answer = _post(f"{url}/add-checkpoint", key, body)
        if status == 200:
            found.append(_cosigned(key, checkpoint, answer))
            return Answered(tuple(found), checkpoint.size)
        size = parse_decimal(answer.removesuffix(b"\n"))
        if status != 409 or size is None:
            said = answer[:200].decode("utf-8", "replace").strip()
            raise WitnessFault(witness=key.name, why=f"{status} {said}")
        if size > checkpoint.size:
            raise WitnessFault(witness=key.name, why=f"it has seen {size} entries, we ask for {checkpoint.size}")
        known = size
        if size and (shown := _shown(url, key, checkpoint.origin)) is not None:
            found.append(shown)
    raise WitnessFault(witness=key.name, why="409, again and again")


def _cosigned(key: VerifierKey, checkpoint: Checkpoint, answer: bytes) -> Checkpoint:
    """The checkpoint with the witness's own lines alone. Raises WitnessFault where there is none that verifies."""
    try:
        own = witness.read_answer(checkpoint, answer, key)
    except Refusal as refusal:
        raise WitnessFault(witness=key.name, why=refusal.message("en")) from refusal
    if not own:
        raise WitnessFault(witness=key.name, why="its answer holds no signature by its key")
    if strangers := answer.count(b"\n") - len(own):
        talk.warning("witness %s: %d lines by other keys dropped", key.name, strangers)
    return _with_lines(checkpoint, Note(checkpoint.note.text, own))


def _shown(url: str, key: VerifierKey, origin: str) -> Checkpoint | None:
    """What the monitoring path shows, if it is that witness's cosignature of a checkpoint that names us."""
    try:
        status, data = _get(f"{url}/{witness.monitor_path(origin)}", key)
        if status != 200:
            return None
        checkpoint = parse_checkpoint(data)
        own = tuple(line for line in checkpoint.note.signatures if line.is_for(key))
        kept = _with_lines(checkpoint, Note(checkpoint.note.text, own))
        return kept if checkpoint.origin == origin and verify_cosignatures(kept, [key]) else None
    except Refusal as refusal:
        talk.warning("%s", refusal.message("en"))
        return None


def _with_lines(checkpoint: Checkpoint, note: Note) -> Checkpoint:
    return Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root, note)


def _post(url: str, key: VerifierKey, body: bytes) -> tuple[int, bytes]:
    return _exchange(urllib.request.Request(url, data=body, headers=_HEADERS, method="POST"), key)  # noqa: S310 - http(s), by the entry


def _get(url: str, key: VerifierKey) -> tuple[int, bytes]:
    return _exchange(urllib.request.Request(url, headers=_HEADERS), key)  # noqa: S310 - http(s), by the entry


def _exchange(request: urllib.request.Request, key: VerifierKey) -> tuple[int, bytes]:
    """Status and body. Raises WitnessFault where there is no whole answer in time."""
    end = time.monotonic() + LONGEST
    try:
        with _opener.open(request, timeout=TIMEOUT) as response:
            data = b""
            while len(data) <= MAX_ANSWER and (piece := response.read1(MAX_ANSWER)):
                data += piece
                if time.monotonic() > end:
                    raise WitnessFault(witness=key.name, why="its answer does not end")
    except (OSError, HTTPException, ValueError) as fault:
        raise WitnessFault(witness=key.name, why=fault) from fault
    if len(data) > MAX_ANSWER:
        raise WitnessFault(witness=key.name, why=f"its answer exceeds {MAX_ANSWER} bytes")
    return response.status, data


def _make_opener() -> urllib.request.OpenerDirector:
    """One that follows no redirect and takes every status as an answer."""
    opener = urllib.request.OpenerDirector()
    for handler in (urllib.request.ProxyHandler, urllib.request.HTTPHandler, urllib.request.HTTPSHandler):
        opener.add_handler(handler())
    return opener


_HEADERS: Final = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "mingtang"}
_opener = _make_opener()
