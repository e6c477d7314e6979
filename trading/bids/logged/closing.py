"""What a closing must be: its number, its root and its files agree, and each bid in it was in the log before."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from audit import merkle
from audit.entry import Entry
from trading.bids.logged.faults import BidFault, Code
from trading.bids.logged.statement import HEX32, HEX64

CLOSINGS: Final = ("trading.bid_closed", "trading.quotes_closed")
RECEIPTS: Final = "receipts.json"
KEYS: Final = "keys.json"
About = tuple[str, str, int, int]
"""Project, lot, round, and which quote (0: the bids themselves)."""


@dataclass(frozen=True)
class Keys:
    """What was sent with a bid so that it can be opened."""

    recipient: str
    threshold: int
    commitments: Mapping[str, str]
    """Seat to the commitment to its share."""
    round: int | None
    """Of the timelock."""


@dataclass(frozen=True)
class Closed:
    """A lot's closing."""

    entry: Entry
    receipts: tuple[str, ...]
    """Of the bids that stand, ascending."""
    withdrawn: frozenset[str]
    sealed: Mapping[str, str]
    """Receipt to the SHA-256 of the encrypted file; empty where only the receipts were at hand."""
    keys: Mapping[str, Keys]


def about(entry: Entry, code: Code) -> About:
    """Which lot an entry speaks of. Raises BidFault."""
    body = entry.body
    project, lot, number, quote = (body.get(name) for name in ("project", "lot", "round", "quote"))
    if not (isinstance(project, str) and isinstance(lot, str) and type(number) is int):
        raise fault(entry, code, "没有写明项目、标段和轮次", "it does not name project, lot and round")
    if entry.subject != f"project:{project}":
        raise fault(entry, code, "主体不是所写的项目", "its subject is another project")
    return (project, lot, number, quote if type(quote) is int else 0)


def read_receipts(entry: Entry, data: bytes) -> Closed:
    """The closing with its list of receipts alone. Raises BidFault."""
    if entry.kind not in CLOSINGS:
        raise fault(entry, "E_CLOSING", f"{entry.kind} 不是投标截止的条目", f"{entry.kind} is no closing of bids")
    about(entry, "E_CLOSING")
    said = document(entry, RECEIPTS, data, "E_CLOSING")
    receipts, withdrawn = said.get("receipts"), said.get("withdrawn")
    for one in (receipts, withdrawn):
        if not _ascending(one):
            raise fault(
                entry,
                "E_CLOSING",
                f"{RECEIPTS} 不是升序、不重复的回执编号",
                f"{RECEIPTS}: ids must ascend",
            )
    assert isinstance(receipts, list)
    assert isinstance(withdrawn, list)
    twice = sorted(set(receipts) & set(withdrawn))
    if twice:
        raise fault(
            entry, "E_CLOSING", f"回执 {twice[0]} 既有效又已撤回", f"receipt {twice[0]} both stands and is withdrawn"
        )
    if (entry.body.get("bids"), entry.body.get("withdrawn")) != (len(receipts), len(withdrawn)):
        raise fault(entry, "E_CLOSING", "所记份数与清单不符", "its numbers are not those of its list")
    root = merkle.root(merkle.leaf_hash(bytes.fromhex(one)) for one in receipts).hex()
    if entry.body.get("root") != root:
        raise fault(entry, "E_CLOSING", f"由清单算出的树根为 {root}", f"the list has the root {root}")
    return Closed(entry, tuple(receipts), frozenset(withdrawn), {}, {})


def with_keys(closed: Closed, data: bytes) -> Closed:
    """The closing with the keys that were sent with its bids. Raises BidFault."""
    entry = closed.entry
    bids = document(entry, KEYS, data, "E_CLOSING").get("bids")
    listed = [one.get("receipt") if isinstance(one, dict) else None for one in bids] if isinstance(bids, list) else None
    if listed != list(closed.receipts):
        raise fault(entry, "E_CLOSING", f"{KEYS} 与回执清单不是同一组", f"{KEYS} is not of the same bids as {RECEIPTS}")
    assert isinstance(bids, list)
    sealed: dict[str, str] = {}
    keys: dict[str, Keys] = {}
    for one in bids:
        receipt, digest, found = one["receipt"], one.get("sealed_sha256"), _keys(one.get("keys"))
        if found is None or not (isinstance(digest, str) and HEX64.fullmatch(digest)):
            raise fault(entry, "E_CLOSING", f"{KEYS} 中 {receipt} 的密钥不合格式", f"{KEYS}: keys of {receipt}")
        sealed[receipt], keys[receipt] = digest, found
    return Closed(entry, closed.receipts, closed.withdrawn, sealed, keys)


def document(entry: Entry, name: str, data: bytes, code: Code) -> dict[str, Any]:
    """A JSON file of an entry, which must be the one that it names. Raises BidFault."""
    named = next((one for one in entry.files if one.name == name), None)
    if named is None or named.sha256 != hashlib.sha256(data).hexdigest():
        raise fault(entry, code, f"{name} 不是该条目所列的文件", f"{name} is not the file that the entry names")
    try:
        said = orjson.loads(data)
    except orjson.JSONDecodeError:
        said = None
    if not isinstance(said, dict):
        raise fault(entry, code, f"{name} 不合格式", f"{name} is not of the form")
    return said


def fault(entry: Entry, code: Code, zh: str, en: str) -> BidFault:
    """Of an entry of the log, which is named."""
    return BidFault(code, zh, en, entry.seq)


def _ascending(ids: object) -> bool:
    return (
        isinstance(ids, list)
        and all(isinstance(one, str) and HEX32.fullmatch(one) for one in ids)
        and ids == sorted(set(ids))
    )


def _keys(said: object) -> Keys | None:
    if not isinstance(said, dict):
        return None
    recipient, threshold, shares, lock = (said.get(name) for name in ("recipient", "threshold", "shares", "timelock"))
    if not isinstance(recipient, str) or type(threshold) is not int or not isinstance(shares, list):
        return None
    commitments: dict[str, str] = {}
    for one in shares:
        seat, made = (one.get("seat"), one.get("commitment")) if isinstance(one, dict) else (None, None)
        if not isinstance(seat, str) or not isinstance(made, str) or seat in commitments:
            return None
        commitments[seat] = made
    if lock is not None and (not isinstance(lock, dict) or type(lock.get("round")) is not int):
        return None
    return Keys(recipient, threshold, commitments, None if lock is None else lock["round"])
