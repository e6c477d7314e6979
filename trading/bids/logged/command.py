"""The lines of `mingtang verify bid` and `mingtang verify bids`, and what is said beside them.

    OK FILE bid=ID act=sealed seq=N taken=TIME sealed=ok closing=in opened=opened witnesses=k/n
    E_LEFT_OUT FILE why

    OK closings=N bids=N withdrawn=N opened=N shares=N unclosed=N
    E_CLOSING seq=N why

`taken` is when the centre took the bid, by its clock. `closing=` is `in`, `withdrawn`, `open` (no closing in this log),
`unchecked`, or `-` for what no closing counts; `opened=` the outcome of the opening, or `-`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from audit.command import FAULT, HOLDS, UNREADABLE, USAGE, one_line
from audit.cosignature import parse_witnesses
from audit.entry import MAX_SIZE as MAX_ENTRY
from audit.errors import Refusal, Unreadable
from audit.note import MAX_SIZE, BadKey, parse_vkey
from audit.receipt import Receipt, verify_receipt
from audit.scan import Fault
from audit.source import open_source
from audit.verify import Progress, Verified, verify_log
from trading.bids.logged import statement
from trading.bids.logged.bid import Proved, check_bid, closing_from, ledger_of, with_closing, with_ledger
from trading.bids.logged.faults import BidFault
from trading.bids.logged.reading import MAX_FILE, read_ledger

_ACTS: Final = {
    "sealed": ("递交了投标文件", "handed in a bid"),
    "replaced": ("替换了投标文件", "replaced a bid"),
    "withdrawn": ("撤回了投标文件", "took a bid back"),
    "bond": ("缴纳了投标保证金", "paid a bid bond"),
    "applied": ("提交了资格预审或竞买申请", "applied to take part"),
}
_STANDINGS: Final = {
    "in": ("截止时计入有效投标（第 {closing} 条）", "it was counted at the closing, entry {closing}"),
    "withdrawn": ("截止时列为已替换或撤回（第 {closing} 条）", "the closing, entry {closing}, has it as withdrawn"),
    "open": ("这份日志中该标段尚未截止", "in this log the lot is not closed yet"),
    "unchecked": (
        "未核是否计入截止清单：需 --log，或 --closing、--closing-receipt、--receipts",
        "not checked that the closing counts it: give --log, or --closing, --closing-receipt and --receipts",
    ),
}
_OPENED: Final = {
    "opened": ("开标时已按承诺开启", "it was opened as committed to"),
    "unopened": ("开标时未能开启", "it could not be opened"),
    "corrupt": ("开标时文件损坏", "it was found corrupt"),
    "mismatch": ("开标时与承诺不符", "it was found to be another than committed to"),
}


@dataclass
class Answer:
    """`line` for standard output; `remark` for people, on standard error: what it proves."""

    line: str
    status: int
    remark: str = ""


@dataclass(frozen=True)
class Question:
    """A bidder's files. log: a folder or a URL, or None; closing: its entry, its receipt, its `receipts.json`."""

    proof: Path
    entry: Path
    statement: Path
    vkey: str
    sealed: Path | None = None
    log: str | None = None
    closing: tuple[Path, Path, Path] | None = None
    witnesses: Sequence[str] = field(default=())
    quorum: int | None = None


def verify_bid_command(asked: Question, lang: str = "zh", progress: Progress | None = None) -> Answer:
    """The answer to `mingtang verify bid`."""
    name = one_line(str(asked.proof))
    try:
        parse_vkey(asked.vkey)
        parse_witnesses(asked.witnesses)
        proved = _proved(asked, progress)
    except BadKey as refusal:
        return Answer(one_line(f"{refusal.code}: {refusal.message(lang)}"), USAGE)
    except BidFault as fault:
        return Answer(one_line(f"{fault.code} {name} {_where(fault, lang)}"), FAULT)
    except Unreadable as refusal:
        return Answer(one_line(f"E_READ {name} {refusal.message(lang)}"), UNREADABLE)
    one = proved.statement
    line = (
        f"OK {name} bid={one.receipt} act={one.act} seq={proved.receipt.seq} taken={_moment(proved.receipt.entry.at)} "
        f"sealed={'ok' if proved.sealed else 'unchecked' if one.sealed_sha256 else '-'} closing={proved.standing} "
        f"opened={proved.opened} witnesses={proved.receipt.signed}/{proved.receipt.named}"
    )
    return Answer(line, HOLDS, one_line(_sentence(proved, lang)))


def _proved(asked: Question, progress: Progress | None) -> Proved:
    proof = _read(asked.proof, 2 * MAX_SIZE)
    receipt = _receipt(asked, proof, _read(asked.entry, MAX_ENTRY))
    sealed = None if asked.sealed is None else _read(asked.sealed, MAX_FILE)
    proved = check_bid(receipt, _read(asked.statement, statement.MAX_SIZE), sealed)
    if asked.closing is not None:
        entry, own_proof, receipts = asked.closing
        closing = _receipt(asked, _read(own_proof, 2 * MAX_SIZE), _read(entry, MAX_ENTRY))
        return with_closing(proved, closing_from(closing, _read(receipts, MAX_FILE)))
    if asked.log is not None:
        # A head may be too young to be cosigned: the receipt's own is the one that must be.
        verify = partial(_verify, asked.log, asked, progress)
        return with_ledger(proved, ledger_of(asked.log, asked.vkey, proof, proved.statement, verify))
    return proved


def _verify(log: str, asked: Question, progress: Progress | None, since: bytes) -> Verified | Fault:
    return verify_log(log, asked.vkey, asked.witnesses, quorum=0, since=since, progress=progress)


def _read(path: Path, limit: int) -> bytes:
    """A file's bytes; of a longer one than can be right, one byte more than `limit`. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Unreadable(what=path, why=error.strerror) from None
    except ValueError as error:  # a NUL in the name
        raise Unreadable(what=path, why=error) from None


def _receipt(asked: Question, proof: bytes, entry: bytes) -> Receipt:
    """Raises BidFault."""
    try:
        return verify_receipt(proof, entry, asked.vkey, asked.witnesses, asked.quorum)
    except Refusal as refusal:
        raise BidFault("E_RECEIPT", refusal.message("zh"), refusal.message("en")) from None


def _sentence(proved: Proved, lang: str) -> str:
    """What the files prove, for people."""
    zh, one = lang == "zh", proved.statement
    place = proved.receipt.seq
    parts = [
        f"证明：{one.bidder}（{one.bidder_code}）为项目 {one.project} 标段 {one.lot} 第 {one.round} 轮"
        f"{f'第 {one.quote} 次报价' if one.quote else ''}{_ACTS[one.act][0]}，记在日志第 {place} 条"
        if zh
        else f"proved: {one.bidder} ({one.bidder_code}) {_ACTS[one.act][1]} for project {one.project}, lot {one.lot}, "
        f"round {one.round}{f', quote {one.quote}' if one.quote else ''}; it is entry {place} of the log"
    ]
    if proved.sealed:
        parts.append("随附密文就是所承诺的文件" if zh else "the sealed file is the one committed to")
    elif one.sealed_sha256:
        parts.append("未核密文（--sealed）" if zh else "the sealed file was not looked at (--sealed)")
    for words, key in ((_STANDINGS, proved.standing), (_OPENED, proved.opened)):
        if key in words:
            parts.append(words[key][0 if zh else 1].format(closing=proved.closing))
    return "；".join(parts) + "。" if zh else "; ".join(parts) + "."


# Every closing and opening of a log


def verify_bids_command(
    where: str,
    vkey: str,
    witnesses: Sequence[str] = (),
    quorum: int | None = None,
    progress: Progress | None = None,
    lang: str = "zh",
) -> Answer:
    """The answer to `mingtang verify bids`."""
    try:
        parse_vkey(vkey)
        parse_witnesses(witnesses)
        found = verify_log(where, vkey, witnesses, quorum, progress=progress)
        if isinstance(found, Fault):
            return Answer(one_line(f"E_LOG {found.line(lang)}"), FAULT)
        ledger = read_ledger(open_source(where), found.size, found.root)
    except BadKey as refusal:
        return Answer(one_line(f"{refusal.code}: {refusal.message(lang)}"), USAGE)
    except BidFault as fault:
        return Answer(one_line(f"{fault.code} {_where(fault, lang)}"), FAULT)
    except Unreadable as refusal:
        return Answer(one_line(f"E_READ {where} {refusal.message(lang)}"), UNREADABLE)
    closings = ledger.closings.values()
    line = (
        f"OK closings={len(closings)} bids={sum(len(one.receipts) for one in closings)} "
        f"withdrawn={sum(len(one.withdrawn) for one in closings)} opened={len(ledger.opened)} "
        f"shares={sum(map(len, ledger.right.values()))} unclosed={len(ledger.sealed.keys() - ledger.counted.keys())}"
    )
    return Answer(line, HOLDS)


def _where(fault: BidFault, lang: str) -> str:
    return fault.why(lang) if fault.seq is None else f"seq={fault.seq} {fault.why(lang)}"


def _moment(at: int) -> str:
    """Unix milliseconds in UTC, to the millisecond."""
    if at > 253_402_300_799_999:
        return "-"
    return f"{datetime.fromtimestamp(at // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{at % 1000:03}Z"
