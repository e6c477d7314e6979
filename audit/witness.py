"""What a log asks a witness and what the witness answers (C2SP tlog-witness v1.0.0, add-checkpoint), purely.

A witness remembers, for each log, the last tree head it cosigned, and cosigns only what provably extends it. Who runs
this must read the state, decide and store the new state as one step, and have it on the disk before answering: two
requests that race could otherwise take a witness back.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from audit.checkpoint import BadCheckpoint, Checkpoint, parse_checkpoint, parse_decimal
from audit.cosignature import Cosigner, verify_cosignatures
from audit.errors import Refusal
from audit.merkle import EMPTY_ROOT, BadProof, SplitView, verify_consistency
from audit.note import BadNote, Note, Signature, VerifierKey, decode_base64, parse_note, require_signature

MAX_PROOF_LINES = 63
TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"


class BadRequest(Refusal):
    code = "audit.bad-witness-request"
    zh = "请求格式不符：须为 old 大小、一致性证明、空行、检查点"
    en = "malformed request: it must be the old size, the consistency proof, an empty line and the checkpoint"


class Suspicion(Enum):
    """Why the two signed checkpoints must be kept and an alarm raised."""

    SPLIT_VIEW = "split-view"
    """Two roots of one size, both signed by the log: proof of misbehaviour."""
    NOT_AN_EXTENSION = "not-an-extension"
    """The log signed a larger tree, and the proof that it extends the last one does not hold."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last tree head that a witness cosigned for one log."""

    size: int
    root: bytes
    checkpoint: bytes = b""
    """Verbatim, with the log's and the witness's signatures: what the monitoring path serves."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer, and what to remember first."""

    status: int
    body: bytes
    content_type: str = TEXT
    seen: Seen | None = None
    """The new state, to be stored before the answer is given; None leaves the old one."""
    suspicion: Suspicion | None = None
    checkpoint: bytes = b""
    """The signed checkpoint that raised the suspicion."""


@dataclass(frozen=True, slots=True)
class Request:
    """An add-checkpoint request as read."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: Checkpoint
    verbatim: bytes


def parse_request(data: bytes) -> Request:
    """Take a request apart. Raises BadRequest, BadNote, BadCheckpoint."""
    head, separator, verbatim = data.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    old = parse_decimal(first.removeprefix(b"old "))
    if not separator or not first.startswith(b"old ") or old is None or len(lines) > MAX_PROOF_LINES:
        raise BadRequest
    proof = [decode_base64(line) for line in lines]
    hashes = tuple(item for item in proof if item is not None and len(item) == 32)
    if len(hashes) != len(lines):
        raise BadRequest
    checkpoint = parse_checkpoint(verbatim)
    if old > checkpoint.size:
        raise BadRequest
    return Request(old, hashes, checkpoint, verbatim)


def compose_request(old: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """What a log sends that has grown to a checkpoint from `old`, the size the witness cosigned last (0 for none)."""
    lines = [b"old %d" % old, *map(base64.b64encode, proof)]
    return b"\n".join(lines) + b"\n\n" + checkpoint


def read_answer(checkpoint: Checkpoint, body: bytes, witness: VerifierKey) -> tuple[Signature, ...]:
    """The cosignature lines of `witness` in an answer of status 200, each verified; lines of others are ignored.

    Raises MalformedNote, WrongCosignature.
    """
    answered = parse_note(checkpoint.note.text + b"\n" + body)
    own = tuple(signature for signature in answered.signatures if signature.is_for(witness))
    verify_cosignatures(replace(checkpoint, note=Note(checkpoint.note.text, own)), [witness])
    return own


def origin_of(data: bytes) -> str | None:
    """The log that a request is about, to find and lock its state by; None for a request that is malformed."""
    try:
        return parse_request(data).checkpoint.origin
    except (BadRequest, BadNote, BadCheckpoint):
        return None


def add_checkpoint(
    seen: Seen | None, data: bytes, logs: Mapping[str, VerifierKey], cosigner: Cosigner, now: int
) -> Answer:
    """Decide on one request, in the order of the specification.

    seen: the state for the request's origin (`origin_of`), None if never cosigned. logs: each log's key by its origin.
    now: Unix seconds.
    """
    try:
        request = parse_request(data)
    except (BadRequest, BadNote, BadCheckpoint) as refusal:
        return _refused(400, refusal)
    checkpoint = request.checkpoint
    key = logs.get(checkpoint.origin)
    if key is None:
        return Answer(404, b"unknown log\n")
    try:
        require_signature(checkpoint.note, [key])
    except BadNote as refusal:
        return _refused(403, refusal)
    size, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
    if request.old != size:
        return Answer(409, b"%d\n" % size, SIZE)
    try:
        _check_extension(size, root, request)
    except BadProof as refusal:
        return _suspect(refusal, request, size)
    line = cosigner.cosign(checkpoint, now)
    # Lines of keys unknown to us are dropped: whoever sends a checkpoint can add what he likes.
    own = tuple(signature for signature in checkpoint.note.signatures if signature.is_for(key))
    kept = Note(checkpoint.note.text, (*own, line))
    return Answer(200, bytes(line), seen=Seen(checkpoint.size, checkpoint.root, bytes(kept)))


def _check_extension(size: int, root: bytes, request: Request) -> None:
    """Raises BadProof. From the empty tree every tree is an extension, and no hash is needed to say so."""
    checkpoint = request.checkpoint
    if size:
        verify_consistency(size, checkpoint.size, root, checkpoint.root, request.proof)
    elif request.proof:
        raise BadProof
    elif checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise SplitView


def _suspect(refusal: BadProof, request: Request, size: int) -> Answer:
    if isinstance(refusal, SplitView):
        suspicion = Suspicion.SPLIT_VIEW
    elif size:
        suspicion = Suspicion.NOT_AN_EXTENSION
    else:
        return _refused(422, refusal)
    return Answer(422, _line(refusal), suspicion=suspicion, checkpoint=request.verbatim)


def _refused(status: int, refusal: Refusal) -> Answer:
    return Answer(status, _line(refusal))


def _line(refusal: Refusal) -> bytes:
    return refusal.message("en").encode("utf-8", "replace") + b"\n"


def monitor_path(origin: str) -> str:
    """Where a witness shows the last checkpoint it cosigned for a log."""
    return hashlib.sha256(origin.encode()).hexdigest() + "/checkpoint"
