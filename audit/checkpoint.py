"""Checkpoints (C2SP tlog-checkpoint v1.0.0): the log's signed word on how many entries it has and which.

audit.example.org/centre⏎                         the origin
8⏎                                                the tree's size
Xcnaeac…Q7yg=⏎                                    its root, base64 of 32 bytes
[extension lines, not empty]
"""

import base64
import re
from dataclasses import dataclass

from audit.errors import Refusal
from audit.merkle import MAX_SIZE
from audit.note import Note, Signer, VerifierKey, decode_base64, parse_note, require_signature, sign_note

_decimal = re.compile(rb"0|[1-9][0-9]{0,18}")


class BadCheckpoint(Refusal):
    code = "audit.bad-checkpoint"
    zh = "检查点格式不符：须依次为日志名、大小、32 字节树根的 base64，各占一行"
    en = "malformed checkpoint: it must give origin, size and the base64 of a 32-byte root, one a line"


class OtherOrigin(Refusal):
    code = "audit.other-origin"
    zh = "检查点属于日志 {found}，不是 {wanted}"
    en = "the checkpoint is of the log {found}, not of {wanted}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head. `root` is 32 bytes; `note` keeps the exact text, the extensions and all signature lines."""

    origin: str
    size: int
    root: bytes
    note: Note


def checkpoint_text(origin: str, size: int, root: bytes) -> bytes:
    """The text that a log signs."""
    assert origin
    assert "\n" not in origin
    assert 0 <= size <= MAX_SIZE
    assert len(root) == 32
    return b"%b\n%d\n%b\n" % (origin.encode(), size, base64.b64encode(root))


def sign_checkpoint(signer: Signer, size: int, root: bytes) -> bytes:
    """A checkpoint of the log whose origin is the signer's name.

    Absolute rule: of any two checkpoints a log ever signs, one must be provable as a prefix of the other.
    """
    return sign_note(checkpoint_text(signer.name, size, root), [signer])


def parse_checkpoint(data: bytes) -> Checkpoint:
    """Read a checkpoint, verifying no signature. Raises BadNote, BadCheckpoint."""
    note = parse_note(data)
    origin, *rest = note.text.removesuffix(b"\n").split(b"\n")
    if len(rest) < 2 or not all([origin, *rest]):
        raise BadCheckpoint
    size = parse_decimal(rest[0])
    root = decode_base64(rest[1])
    if size is None or root is None or len(root) != 32:
        raise BadCheckpoint
    return Checkpoint(origin.decode(), size, root, note)


def open_checkpoint(data: bytes, key: VerifierKey, origin: str | None = None) -> Checkpoint:
    """The checkpoint that the log of this key signed. Raises BadNote, BadCheckpoint, OtherOrigin.

    origin: what it must name; by default the key's name, which a log keeps equal.
    """
    checkpoint = parse_checkpoint(data)
    require_signature(checkpoint.note, [key])
    wanted = key.name if origin is None else origin
    if checkpoint.origin != wanted:
        raise OtherOrigin(found=checkpoint.origin, wanted=wanted)
    return checkpoint


def parse_decimal(text: bytes) -> int | None:
    """A size or an index: ASCII digits, no sign, no leading zero, at most 2^63-1; None for anything else."""
    if not _decimal.fullmatch(text):
        return None
    number = int(text)
    return number if number <= MAX_SIZE else None
