"""The line of `mingtang verify draw FILE --log … --receipt … --entry …`, and what is said beside it.

    OK FILE winners=A,B seed=<64 hexadecimal digits> BLS=ok log=ok
    OK FILE winners=A,B seed=<64 hexadecimal digits> BLS=ok log=partial
    E_LOG FILE <why>

`log=ok` takes both the log and the receipt of the seal, cosigned by a quorum of the witnesses named before the round.
Whatever was not checked is said in words beside it, and so is what the line cannot say: that it was a rehearsal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.command import one_line
from audit.cosignature import parse_witnesses
from audit.entry import MAX_SIZE as MAX_ENTRY
from audit.errors import Refusal, Unreadable
from audit.note import MAX_SIZE, BadKey, parse_vkey
from audit.scan import Fault
from audit.source import CHECKPOINT, open_source
from audit.verify import Progress, Verified, verify_log
from lottery.logged.check import check_history
from lottery.logged.faults import LogFault, Remark
from lottery.logged.reading import read_history
from lottery.logged.voids import Sightings
from lottery.protocol.command import FAULT, HOLDS, UNREADABLE, fault_line, ok_line, shown
from lottery.protocol.errors import DrawError
from lottery.protocol.verify import Evidence, verify_evidence
from lottery.seal_receipt import Sighting, check_receipts, read_receipt

USAGE = 2


@dataclass
class Answer:
    """`line` for standard output; `remarks` for people, on standard error and before it."""

    line: str
    status: int
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """What is to be checked, and with what. log: a folder or a URL, or None."""

    file: str
    receipts: Sequence[tuple[Path, Path]] = ()
    log: str | None = None
    vkey: str = ""
    witnesses: Sequence[str] = ()
    quorum: int | None = None


class LogDoesNotHold(LogFault):
    zh = "日志本身核验不通过：{fault_zh}"
    en = "the log itself does not verify: {fault_en}"


class OtherEntry(LogFault):
    zh = "回执所证的第 {seq} 条与日志中的不同"
    en = "entry {seq} of the receipt is not the one in the log"


class OtherTree(LogFault):
    zh = "回执的检查点（{size} 条）与日志不是同一棵树：日志向不同的人出示了不同的内容"
    en = "the receipt's checkpoint ({size} entries) is not of this log's tree: it shows different things to people"


def verify_with_log(asked: Question, lang: str = "zh", progress: Progress | None = None) -> Answer:
    """The answer to a question with receipts, a log, or both."""
    said: list[str] = []
    try:
        parse_vkey(asked.vkey)
        parse_witnesses(asked.witnesses)
        verified = verify_evidence(_read(asked.file))
        if verified.is_drill:
            said.append(DRILL[lang == "zh"])
        found, remarks = _check(asked, verified.evidence, progress)
    except BadKey as refusal:
        return Answer(one_line(f"{refusal.code}: {refusal.message(lang)}"), USAGE)
    except DrawError as fault:
        return Answer(fault_line(asked.file, fault, lang), FAULT)
    except Unreadable as refusal:
        return Answer(one_line(f"E_READ {shown(asked.file)} {refusal.message(lang)}"), UNREADABLE)
    except Refusal as refusal:
        return Answer(one_line(f"E_LOG {shown(asked.file)} {refusal.message(lang)}"), FAULT, said)
    said += [one_line(remark.words(lang)) for remark in remarks]
    return Answer(ok_line(asked.file, verified, found), HOLDS, said)


DRILL = ("REHEARSAL: this draw decides nothing", "演练：这是一场演练，不产生效力")
"""Said of a rehearsal before anything else, in English and in Chinese."""


class CannotRead(Unreadable):
    zh = "{path} 无法读取：{why}"
    en = "{path} cannot be read: {why}"


def _read(path: str | Path, limit: int = -2) -> bytes:
    """A file's bytes; of a longer one than can be right, one byte more than `limit`. Raises CannotRead."""
    try:
        with Path(path).open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise CannotRead(path=path, why=error.strerror) from None
    except ValueError as error:  # a NUL in the name
        raise CannotRead(path=path, why=error) from None


def _check(asked: Question, evidence: Evidence, progress: Progress | None) -> tuple[str, list[Remark]]:
    """`ok` or `partial`, with what must be told. Raises Refusal."""
    sightings = [_receipt(asked, proof, entry) for proof, entry in asked.receipts]
    if sightings:
        check_receipts(evidence, sightings)
    if asked.log is None:
        zh = "未核：日志全文（--log），即承诺与揭示有无遗漏、此前各次如何作废"
        en = "not checked: the log itself (--log): whether a commitment or reveal was left out, and why attempts failed"
        return "partial", [*_unwitnessed(sightings), Remark(zh, en)]
    remarks = _check_log(asked, asked.log, evidence, sightings, progress)
    return ("partial" if any(remark.open for remark in remarks) else "ok"), remarks


def _unwitnessed(sightings: Sequence[Sighting]) -> list[Remark]:
    if all(one.receipt.cosigned is not None for one in sightings):
        return []
    zh = "未核：没有指明见证方，回执只证明日志自己说封存于何时"
    en = "not checked: no witness was named, so the receipt shows only when the log itself says it was sealed"
    return [Remark(zh, en)]


def _check_log(
    asked: Question, log: str, evidence: Evidence, sightings: Sequence[Sighting], progress: Progress | None
) -> list[Remark]:
    """Raises LogFault, Unreadable.

    A head may be too young to be cosigned, which is no fault of the draw: the receipts' heads are the ones that must
    be, and this log is hashed up to them.
    """
    found = verify_log(log, asked.vkey, asked.witnesses, quorum=0, progress=progress)
    if isinstance(found, Fault):
        raise LogDoesNotHold(fault_zh=found.line("zh"), fault_en=found.line("en"))
    source = open_source(log)
    plan = evidence["plan"]
    history = read_history(
        source,
        found.size,
        found.root,
        plan["draw_id"],
        plan["project_code"],
        places=[one.receipt.seq for one in sightings],
        sizes=[one.checkpoint.size for one in sightings],
    )
    remarks = _young_head(found, asked)
    for one in sightings:
        if one.checkpoint.size > found.size:
            zh = f"未核：回执属于更大的日志（{one.checkpoint.size} 条），这份日志只有 {found.size} 条"
            en = (
                f"not checked: the receipt is of a larger log, {one.checkpoint.size} entries; this one has {found.size}"
            )
            remarks.append(Remark(zh, en))
        elif history.roots[one.checkpoint.size] != one.checkpoint.root:
            raise OtherTree(size=one.checkpoint.size)
        if one.receipt.seq < found.size and history.raw[one.receipt.seq] != one.data:
            raise OtherEntry(seq=one.receipt.seq)
    seen = {one.receipt.seq: one.receipt.cosigned for one in sightings if one.receipt.cosigned is not None}
    checkpoints = (_newest(asked, log, found.size), *(one.checkpoint for one in sightings))
    held = Sightings(seen, tuple(one for one in checkpoints if one is not None))
    return [*remarks, *check_history(history, evidence, held)]


def _young_head(found: Verified, asked: Question) -> list[Remark]:
    """What to say of a newest checkpoint that too few of the named witnesses have cosigned."""
    wanted = found.named if asked.quorum is None else asked.quorum
    if found.signed >= wanted:
        return []
    zh = (
        f"日志最新的检查点（{found.size} 条）只有 {found.signed} 个见证人联署，要求 {wanted} 个："
        "回执的检查点以后记入的内容尚无见证"
    )
    en = (
        f"the log's newest checkpoint ({found.size} entries) has {found.signed} cosignatures of the {wanted} wanted: "
        "what came after the receipts' checkpoints is not witnessed yet"
    )
    return [Remark(zh, en, open=False)]


def _newest(asked: Question, log: str, size: int) -> Checkpoint | None:
    """The log's own checkpoint, for its cosignatures; None if it has grown since it was verified."""
    data = open_source(log).read(CHECKPOINT, MAX_SIZE)
    checkpoint = None if data is None else open_checkpoint(data, parse_vkey(asked.vkey))
    return checkpoint if checkpoint is not None and checkpoint.size == size else None


def _receipt(asked: Question, proof: Path, entry: Path) -> Sighting:
    """Raises Refusal."""
    return read_receipt(
        _read(proof, 2 * MAX_SIZE),
        _read(entry, MAX_ENTRY),
        asked.vkey,
        asked.witnesses,
        asked.quorum,
    )
