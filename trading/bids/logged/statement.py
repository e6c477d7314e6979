"""What a bidder keeps of a sealed act beside the log's receipt: the statement that its entry commits to, and the salt.

    {"salt": "64 hexadecimal digits", "statement": "{\\"account\\":…}"}

as the bidder's page saves it; the JSON API's answer, which has `entry` and `seq` besides, is taken as well.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import orjson

from audit import canonical
from audit.entry import Entry, commitment
from audit.errors import Refusal
from trading.bids.logged.faults import BidFault

KINDS: Final = {
    "sealed": "trading.bid_sealed",
    "replaced": "trading.bid_replaced",
    "withdrawn": "trading.bid_withdrawn",
    "bond": "trading.bond_recorded",
    "applied": "trading.prequalification_applied",
}
"""Act to the kind of its entry."""
MAX_SIZE: Final = 256 * 1024
"""Bytes of the file."""
HEX32: Final = re.compile("[0-9a-f]{32}")
HEX64: Final = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Statement:
    """What was committed to, as far as a check asks for it."""

    act: str
    receipt: str
    project: str
    lot: str
    round: int
    quote: int
    """0: the bid itself. More: a quote after the opening, asked for that many times."""
    bidder: str
    bidder_code: str
    replaces: str | None
    sealed_sha256: str | None
    plain_sha256: str | None

    @property
    def about(self) -> tuple[str, str, int, int]:
        """Which closing it belongs to."""
        return (self.project, self.lot, self.round, self.quote)

    @property
    def is_bid(self) -> bool:
        return self.act in ("sealed", "replaced")


def receipt_in(entry: Entry) -> str:
    """The id of a sealed act's entry. Raises BidFault."""
    found = entry.subject.removeprefix("receipt:")
    if entry.kind not in KINDS.values() or entry.body != {"receipt": found} or not HEX32.fullmatch(found):
        raise BidFault(
            "E_ENTRY",
            f"第 {entry.seq} 条（{entry.kind}）不是投标、撤回、保证金或申请的条目",
            f"entry {entry.seq} ({entry.kind}) is none of a bid, a withdrawal, a bond or an application",
            entry.seq,
        )
    return found


def read_statement(data: bytes, entry: Entry) -> Statement:
    """The statement in a bidder's file, which must be the one that the entry commits to. Raises BidFault."""
    receipt = receipt_in(entry)
    try:
        held: Any = orjson.loads(data)
        salt, text = bytes.fromhex(held["salt"]), held["statement"].encode()
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        raise _no("不是 {salt, statement} 格式的文件", "not a file of the form {salt, statement}") from None
    if len(salt) != 32 or commitment(salt, text) != entry.private.get("statement"):
        raise _no(
            f"盐和内容算不出第 {entry.seq} 条的承诺",
            f"salt and statement do not give the commitment of entry {entry.seq}",
        )
    try:
        said: Any = canonical.decode(text)
    except Refusal:
        raise _no("承诺的内容不是规范 JSON", "what was committed to is not canonical JSON") from None
    found = _read(said)
    if found is None:
        raise _no("承诺的内容缺少应有的成员", "what was committed to lacks what it must say")
    if (found.receipt, KINDS.get(found.act)) != (receipt, entry.kind):
        raise _no("承诺的内容属于另一个条目", "what was committed to is about another entry")
    return found


def _read(said: Any) -> Statement | None:
    if not isinstance(said, dict):
        return None
    texts = [said.get(name) for name in ("act", "receipt", "project", "lot", "bidder", "bidder_code")]
    numbers = [said.get("round"), said.get("quote", 0)]
    digests = [said.get("sealed_sha256"), said.get("plain_sha256")]
    replaces = said.get("replaces")
    if not all(type(one) is str for one in texts) or not all(type(one) is int for one in numbers):
        return None
    if not all(one is None or _is(HEX64, one) for one in digests):
        return None
    if replaces is not None and not _is(HEX32, replaces):
        return None
    if said["act"] in ("sealed", "replaced") and None in digests:
        return None
    return Statement(
        act=said["act"],
        receipt=said["receipt"],
        project=said["project"],
        lot=said["lot"],
        round=said["round"],
        quote=said.get("quote", 0),
        bidder=said["bidder"],
        bidder_code=said["bidder_code"],
        replaces=replaces,
        sealed_sha256=said.get("sealed_sha256"),
        plain_sha256=said.get("plain_sha256"),
    )


def _is(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def _no(zh: str, en: str) -> BidFault:
    return BidFault("E_STATEMENT", zh, en)
