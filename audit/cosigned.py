"""The cosignatures that witnesses gave: kept beside the checkpoints, read for receipts, pages and the draws' rules."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from audit.checkpoint import Checkpoint, parse_checkpoint
from audit.cosignature import verify_cosignatures
from audit.errors import Refusal
from audit.note import VerifierKey
from audit.tables import CheckpointRow, CosignatureRow
from audit.witnesses import InForce, in_force, terms


def keep(session: Session, checkpoint: Checkpoint, witness: VerifierKey) -> int:
    """Keep what `witness` signed on a checkpoint of ours; return how many lines were new.

    Lines of others are ignored. Raises WrongCosignature, and for a checkpoint that is not ours NotOurs.
    """
    signed = session.get(CheckpointRow, checkpoint.size)
    if signed is None or parse_checkpoint(signed.note).note.text != checkpoint.note.text:
        raise NotOurs(size=checkpoint.size)
    found = verify_cosignatures(checkpoint, [witness])
    lines = [line for line in checkpoint.note.signatures if line.is_for(witness)]
    new = 0
    for cosignature, line in zip(found, lines, strict=True):
        if session.get(CosignatureRow, (checkpoint.size, str(witness), cosignature.time)) is None:
            row = CosignatureRow(size=checkpoint.size, witness=str(witness), time=cosignature.time, line=bytes(line))
            session.add(row)
            session.flush()
            new += 1
    return new


class NotOurs(Refusal):
    code = "audit.cosigned-elsewhere"
    zh = "见证人联署了大小为 {size} 的检查点，而本日志没有签过它。"
    en = "A witness cosigned a checkpoint of size {size} that this log never signed."


def cosigned_note(session: Session, size: int, *, freshest: bool = False) -> bytes | None:
    """The checkpoint of `size` entries with a line of each witness that cosigned it, or None where none was signed.

    freshest: of a witness that did so several times its last line, as published; else its first, since for a receipt
    a later one proves less.
    """
    signed = session.get(CheckpointRow, size)
    if signed is None:
        return None
    rows = session.execute(
        select(CosignatureRow.witness, CosignatureRow.line)
        .where(CosignatureRow.size == size)
        .order_by(CosignatureRow.witness, CosignatureRow.time.desc() if freshest else CosignatureRow.time)
    )
    lines: dict[str, bytes] = {}
    for witness, line in rows:
        lines.setdefault(witness, line)
    return signed.note + b"".join(line for line in lines.values() if line not in signed.note)


def checkpoint_note(session: Session, size: int) -> bytes | None:
    """The checkpoint of `size` entries as the log signed it."""
    return session.scalar(select(CheckpointRow.note).where(CheckpointRow.size == size))


def first_by_quorum(session: Session, seq: int, size: int) -> int | None:
    """The first checkpoint up to `size` that holds entry `seq` and has a quorum of the witnesses in force for it."""
    end, found = size, None
    for term in terms(session, size):
        start = max(seq + 1, term.since)
        if term.quorum and start <= end:
            first = session.scalar(_with_quorum(term, start, end).order_by(CosignatureRow.size).limit(1))
            found = first or found
        end = term.since - 1
        if end <= seq:
            break
    return found


def is_cosigned_before(session: Session, seq: int, witnesses: InForce, before: int) -> bool:
    """Whether a quorum of `witnesses` saw entry `seq` in one tree earlier than `before` (Unix seconds)."""
    statement = _with_quorum(witnesses, seq + 1, None).where(CosignatureRow.time < before)
    return session.scalar(statement.limit(1)) is not None


def most_before(session: Session, seq: int, witnesses: InForce, before: int) -> int:
    """How many of `witnesses` saw entry `seq` earlier than `before` (Unix seconds), in the tree that most saw."""
    distinct = func.count(CosignatureRow.witness.distinct())
    statement = (
        select(distinct)
        .where(CosignatureRow.size > seq, CosignatureRow.witness.in_(witnesses.vkeys), CosignatureRow.time < before)
        .group_by(CosignatureRow.size)
        .order_by(distinct.desc())
    )
    return session.scalar(statement.limit(1)) or 0


def _with_quorum(term: InForce, start: int, end: int | None) -> Select[int]:
    """Sizes from `start` up to `end` whose checkpoint so many of the witnesses cosigned."""
    statement = select(CosignatureRow.size).where(CosignatureRow.size >= start, CosignatureRow.witness.in_(term.vkeys))
    if end is not None:
        statement = statement.where(CosignatureRow.size <= end)
    distinct = func.count(CosignatureRow.witness.distinct())
    return statement.group_by(CosignatureRow.size).having(distinct >= term.quorum)


@dataclass(frozen=True)
class Standing:
    """How the newest published tree stands with the witnesses in force."""

    named: int
    """0: no witness is in force, and everything says 未见证."""
    quorum: int
    signed: int
    """How many of them cosigned the newest checkpoint that a quorum cosigned; 0 where there is none."""
    size: int
    """Of that checkpoint."""
    time: int | None
    """When that many had last signed it, Unix seconds."""


def standing(session: Session, size: int) -> Standing:
    """As every page's foot tells it. size: of the published tree."""
    term = in_force(session, size)
    newest = None
    if term.quorum:
        newest = session.scalar(_with_quorum(term, term.since, size).order_by(CosignatureRow.size.desc()).limit(1))
    if newest is None:
        return Standing(len(term.urls), term.quorum, 0, 0, None)
    rows = list(
        session.execute(
            select(CosignatureRow.witness, func.max(CosignatureRow.time))
            .where(CosignatureRow.size == newest, CosignatureRow.witness.in_(term.vkeys))
            .group_by(CosignatureRow.witness)
        )
    )
    times = sorted((time for _, time in rows), reverse=True)
    return Standing(len(term.urls), term.quorum, len(times), newest, times[term.quorum - 1])


def last_known(session: Session, vkeys: Iterable[str]) -> dict[str, int]:
    """By vkey, the largest size that each witness cosigned as far as is known here."""
    rows = session.execute(
        select(CosignatureRow.witness, func.max(CosignatureRow.size))
        .where(CosignatureRow.witness.in_(list(vkeys)))
        .group_by(CosignatureRow.witness)
    )
    return {witness: size for witness, size in rows}  # noqa: C416 - rows, not pairs
