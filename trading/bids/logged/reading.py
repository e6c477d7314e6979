"""One pass over a verified log: every closing, every share given, every bid opened, each checked as it comes."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from audit.entry import Entry, parse
from audit.errors import Refusal, Unreadable
from audit.reading import held_entries
from audit.source import FileFault, Source
from trading.bids.logged import closing, invited, opening, plans
from trading.bids.logged.closing import About, Closed, about, fault
from trading.bids.logged.faults import BidFault, Code
from trading.bids.logged.statement import KINDS, receipt_in

MAX_FILE: Final = 1 << 28
"""Bytes of a file that is read whole."""
_BIDS: Final = tuple(KINDS[act] for act in ("sealed", "replaced"))
_OF_BIDS: Final = (*_BIDS, *closing.CLOSINGS, *opening.SHARES_GIVEN, *opening.OPENED)
_WANTED: Final = (*_OF_BIDS, invited.INVITED, invited.NAMED, *plans.KINDS)
# No string can hold this text, whose quotation marks would be escaped; a body may, so what is found is asked again.
_OF_INTEREST: Final = re.compile(b'"kind":"(?:' + b"|".join(re.escape(kind.encode()) for kind in _WANTED) + b')"')


@dataclass
class Ledger:
    """What a log says of bids."""

    sealed: dict[str, int] = field(default_factory=dict)
    """Receipt of each bid to its place."""
    closings: dict[About, Closed] = field(default_factory=dict)
    opened: dict[str, Entry] = field(default_factory=dict)
    """Receipt to the entry that says what became of the bid."""
    right: opening.Right = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    """Receipt to the closing that names it, as standing or as withdrawn."""
    invitations: dict[About, invited.Invitations] = field(default_factory=dict)
    """Of the lots for which somebody was invited."""
    opening_keys: plans.OpeningKeys = field(default_factory=plans.OpeningKeys)
    planned: dict[About, list[plans.Plan]] = field(default_factory=dict)
    """For whose keys the bids of a lot, or quotes, were to be sealed; oldest first."""


def read_ledger(source: Source, size: int, root: bytes, wanted: Callable[[About], bool] = lambda _: True) -> Ledger:
    """Read and check all of it, or what concerns the lots that are wanted. Raises BidFault, Unreadable."""
    ledger = Ledger()
    try:
        for data in held_entries(source, size, root):
            if _OF_INTEREST.search(data) is not None:
                _take(ledger, source, parse(data), wanted)
    except Unreadable:
        raise
    except Refusal as refusal:
        raise BidFault("E_LOG", refusal.message("zh"), refusal.message("en")) from None
    return ledger


def _take(ledger: Ledger, source: Source, entry: Entry, wanted: Callable[[About], bool]) -> None:
    if entry.kind in _BIDS:
        ledger.sealed[receipt_in(entry)] = entry.seq
    elif entry.kind in plans.KINDS:
        _plan(ledger, entry, wanted)
    elif entry.kind in closing.CLOSINGS:
        if wanted(about(entry, "E_CLOSING")):
            _close(ledger, source, entry)
    elif entry.kind in opening.SHARES_GIVEN:
        if wanted(about(entry, "E_SHARES")):
            data = _file(source, entry, opening.SHARES, "E_SHARES")
            opening.check_shares(entry, _closed(ledger, entry, "E_SHARES"), data, ledger.right)
    elif entry.kind in (invited.INVITED, invited.NAMED):
        lot = about(entry, "E_INVITED")
        if wanted(lot):
            _invite(ledger, source, entry, lot)
    elif entry.kind in opening.OPENED and wanted(about(entry, "E_OPENING")):
        bidders = ledger.invitations.get(about(entry, "E_OPENING"))
        if bidders is not None:
            invited.check_bidder(entry, bidders)
        receipt = opening.check_opened(entry, _closed(ledger, entry, "E_OPENING"), ledger.right, ledger.opened)
        ledger.opened[receipt] = entry


def _plan(ledger: Ledger, entry: Entry, wanted: Callable[[About], bool]) -> None:
    if entry.kind not in (plans.PLANNED, plans.ASKED):
        ledger.opening_keys.add(entry)
        return
    lot = about(entry, "E_SEAT")
    if wanted(lot):
        known = ledger.planned.setdefault((*lot[:3], 0), [])
        if entry.kind == plans.PLANNED:
            known.append(ledger.opening_keys.check_plan(entry))
        else:
            ledger.planned.setdefault(lot, []).append(plans.check_asked(entry, known))


def _invite(ledger: Ledger, source: Source, entry: Entry, lot: About) -> None:
    found = ledger.invitations.setdefault(lot, invited.Invitations())
    if entry.kind == invited.INVITED:
        invited.take_invitation(entry, found)
    else:
        invited.take_names(entry, lot, found, _file(source, entry, invited.FILE, "E_INVITED"))


def _close(ledger: Ledger, source: Source, entry: Entry) -> None:
    lot = about(entry, "E_CLOSING")
    if lot in ledger.closings:
        first = ledger.closings[lot].entry.seq
        raise fault(entry, "E_CLOSING", f"该标段已在第 {first} 条截止", f"the lot was closed in entry {first} already")
    closed = closing.read_receipts(entry, _file(source, entry, closing.RECEIPTS, "E_CLOSING"))
    for receipt in (*closed.receipts, *sorted(closed.withdrawn)):
        if receipt not in ledger.sealed:
            raise fault(
                entry, "E_CLOSING", f"回执 {receipt} 在截止以前没有条目", f"receipt {receipt} has no entry before it"
            )
        if receipt in ledger.counted:
            other = ledger.counted[receipt]
            raise fault(
                entry, "E_CLOSING", f"回执 {receipt} 已计入第 {other} 条", f"receipt {receipt} is in entry {other} too"
            )
        ledger.counted[receipt] = entry.seq
    closed = closing.with_keys(closed, _file(source, entry, closing.KEYS, "E_CLOSING"))
    plans.check_sealed_for(closed, ledger.planned.get(lot, []))
    ledger.closings[lot] = closed


def _closed(ledger: Ledger, entry: Entry, code: Code) -> Closed:
    found = ledger.closings.get(about(entry, code))
    if found is None:
        raise fault(entry, code, "该标段尚未截止", "the lot is not closed yet")
    return found


def _file(source: Source, entry: Entry, name: str, code: Code) -> bytes:
    """A public file of an entry. Raises BidFault, Unreadable."""
    named = next((one for one in entry.files if one.name == name), None)
    if named is None or named.size > MAX_FILE:
        raise fault(entry, code, f"未列出文件 {name}", f"it names no file {name}")
    try:
        data = source.read(f"blob/{named.sha256}", named.size)
    except FileFault as refusal:
        raise fault(entry, code, refusal.message("zh"), refusal.message("en")) from None
    if data is None or hashlib.sha256(data).hexdigest() != named.sha256:
        raise fault(entry, code, f"文件 {name} 缺失或已改动", f"the file {name} is missing or was changed")
    return data
