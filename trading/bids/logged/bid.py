"""A bidder's own files against the log: what they prove, and what nobody has looked at."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from audit.checkpoint import open_checkpoint
from audit.note import parse_vkey
from audit.proof import parse_proof
from audit.receipt import Receipt
from audit.scan import Fault
from audit.source import open_source
from audit.verify import Verified
from trading.bids.logged.closing import Closed, about, fault, read_receipts
from trading.bids.logged.faults import BidFault
from trading.bids.logged.reading import Ledger, read_ledger
from trading.bids.logged.statement import Statement, read_statement

Standing = Literal["in", "withdrawn", "open", "unchecked", "-"]
"""Counted as a bid; counted as withdrawn; the lot is not closed; nobody looked; it is no bid, so nothing counts it."""


@dataclass(frozen=True)
class Proved:
    """What a bidder's files prove."""

    statement: Statement
    receipt: Receipt
    sealed: bool
    """Whether the encrypted file was there and is the one that was committed to."""
    standing: Standing
    closing: int | None = None
    """The closing's place in the log."""
    opened: str = "-"
    """The outcome of the opening, where the log tells it."""


def check_bid(receipt: Receipt, statement: bytes, sealed: bytes | None) -> Proved:
    """The files that a bidder has at once. Raises BidFault."""
    said = read_statement(statement, receipt.entry)
    if sealed is not None:
        if said.sealed_sha256 is None:
            raise BidFault(
                "E_SEALED", "承诺的内容没有密文，不能与文件核对", "the statement commits to no file to compare with"
            )
        if hashlib.sha256(sealed).hexdigest() != said.sealed_sha256:
            raise BidFault("E_SEALED", "密文不是所承诺的文件", "the sealed file is not the one committed to")
    return Proved(said, receipt, sealed is not None, "unchecked" if said.act in _COUNTED else "-")


_COUNTED: Final = ("sealed", "replaced", "withdrawn")


def with_closing(proved: Proved, closed: Closed) -> Proved:
    """Whether the lot's closing counts the bid as its bidder left it. Raises BidFault."""
    said, entry = proved.statement, closed.entry
    if about(entry, "E_CLOSING") != said.about:
        raise fault(
            entry, "E_CLOSING", "这是另一标段或另一轮的截止条目", "this closing is of another lot or another round"
        )
    counted = proved
    if said.is_bid:
        standing: Standing = "in" if said.receipt in closed.receipts else "withdrawn"
        if standing == "withdrawn" and said.receipt not in closed.withdrawn:
            raise fault(
                entry,
                "E_LEFT_OUT",
                f"截止清单（第 {entry.seq} 条）漏计：回执 {said.receipt} 既不在有效投标中，也不在已撤回中",
                f"the closing, entry {entry.seq}, leaves receipt {said.receipt} out: neither standing nor withdrawn",
            )
        if closed.sealed and standing == "in" and closed.sealed[said.receipt] != said.sealed_sha256:
            raise fault(
                entry,
                "E_CLOSING",
                "截止时所列的密文不是所承诺的文件",
                "the file it names is not the one committed to",
            )
        counted = Proved(said, proved.receipt, proved.sealed, standing, entry.seq)
    elif said.act == "withdrawn":
        counted = Proved(said, proved.receipt, proved.sealed, "withdrawn", entry.seq)
    if said.replaces is not None and said.act in _COUNTED and said.replaces not in closed.withdrawn:
        raise fault(
            entry,
            "E_LEFT_OUT",
            f"截止清单（第 {entry.seq} 条）没有把 {said.replaces} 列为已替换或撤回",
            f"entry {entry.seq}, the closing, does not count {said.replaces} as replaced or withdrawn",
        )
    return counted


def with_ledger(proved: Proved, ledger: Ledger) -> Proved:
    """What the log itself says of the bid's lot. Raises BidFault."""
    said = proved.statement
    if said.act not in _COUNTED:
        return proved
    closed = ledger.closings.get(said.about)
    if closed is None:
        return Proved(said, proved.receipt, proved.sealed, "open")
    counted = with_closing(proved, closed)
    entry = ledger.opened.get(said.receipt)
    if entry is None:
        return counted
    body = entry.body
    told = (body.get("bidder_code"), body.get("sha256"))
    if told != (said.bidder_code, said.sealed_sha256):
        raise fault(
            entry,
            "E_OPENING",
            "开标条目写的投标人或密文与承诺不同",
            "its bidder or file is not what was committed to",
        )
    if body.get("outcome") == "opened" and body.get("plain_sha256") != said.plain_sha256:
        raise fault(
            entry,
            "E_OPENING",
            "开启的内容与承诺的摘要不同，却记为已开启",
            "what was read is not what was committed to",
        )
    return Proved(said, proved.receipt, proved.sealed, counted.standing, counted.closing, str(body.get("outcome")))


def closing_from(receipt: Receipt, receipts: bytes) -> Closed:
    """A closing from its entry, proved by a receipt of its own, and its list. Raises BidFault."""
    return read_receipts(receipt.entry, receipts)


def ledger_of(
    log: str, vkey: str, proof: bytes, statement: Statement, verify: Callable[[bytes], Verified | Fault]
) -> Ledger:
    """What a log says of the statement's lot. The receipt's tree must be the beginning of this one.

    verify: verifies the log, given an older checkpoint. Raises BidFault, Unreadable.
    """
    checkpoint = parse_proof(proof).checkpoint
    open_checkpoint(checkpoint, parse_vkey(vkey))
    found = verify(checkpoint)
    if isinstance(found, Fault):
        raise BidFault("E_LOG", found.line("zh"), found.line("en"))
    return read_ledger(open_source(log), found.size, found.root, lambda lot: lot[:3] == statement.about[:3])
