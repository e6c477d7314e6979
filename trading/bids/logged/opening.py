"""What an opening must be: only bids of the closing, each once, by a key that was there, and as it was submitted."""

from collections.abc import Mapping
from typing import Any, Final

from audit.entry import Entry
from lottery.protocol.beacon import round_time
from trading.bids.logged.closing import Closed, document, fault
from trading.bids.logged.statement import HEX64
from trading.bids.shares import SHARE, combined, commitment_to

SHARES_GIVEN: Final = ("trading.share_given", "trading.quote_share_given")
OPENED: Final = ("trading.bid_opened", "trading.quote_opened")
SHARES: Final = "shares.json"

Right = dict[str, dict[str, bytes]]
"""Receipt to the shares that fit, by seat."""


def check_shares(entry: Entry, closed: Closed, data: bytes, right: Right) -> None:
    """Take the shares that a seat gave, each held against its commitment, into `right`. Raises BidFault."""
    said = document(entry, SHARES, data, "E_SHARES")
    seat, shares = said.get("seat"), said.get("shares")
    if not isinstance(seat, str) or seat != entry.body.get("seat") or not isinstance(shares, list):
        raise fault(entry, "E_SHARES", f"{SHARES} 不是该席位的份额", f"{SHARES} is not of the seat's shares")
    good = 0
    for one in shares:
        receipt, share, fits = _share(one)
        keys = closed.keys.get(receipt)
        if keys is None or share is None:
            raise fault(entry, "E_SHARES", f"{receipt or '?'} 的份额不合格式", f"a share of {receipt or '?'}: its form")
        is_right = keys.commitments.get(seat) == commitment_to(seat, share)
        if is_right is not fits:
            raise fault(
                entry,
                "E_SHARES",
                f"{receipt} 的份额与承诺{'相符' if is_right else '不符'}，却记为相反",
                f"the share of {receipt} {'fits' if is_right else 'does not fit'} its commitment and is said otherwise",
            )
        if is_right:
            good += 1
            right.setdefault(receipt, {})[seat] = share
    if (entry.body.get("good"), entry.body.get("bad")) != (good, len(shares) - good):
        raise fault(entry, "E_SHARES", "所记份额数与文件不符", "its numbers are not those of its file")


def check_opened(entry: Entry, closed: Closed, right: Right, before: Mapping[str, Entry]) -> str:
    """The receipt of the bid that an entry says is opened, or could not be. before: those opened already.

    Raises BidFault.
    """
    body = entry.body
    receipt, outcome, custody = body.get("receipt"), body.get("outcome"), body.get("custody")
    if not isinstance(receipt, str) or receipt not in closed.receipts:
        raise _no(entry, f"{receipt} 不在截止清单中", f"{receipt} is not in the closing's list")
    if receipt in before:
        raise _no(entry, f"{receipt} 已在第 {before[receipt].seq} 条处理", f"{receipt} was dealt with before")
    if body.get("sha256") != closed.sealed[receipt]:
        raise _no(
            entry, f"{receipt} 开启的不是截止时的密文", f"what was opened as {receipt} is not the file of the closing"
        )
    keys = closed.keys[receipt]
    given = combined(right.get(receipt, {}), keys.threshold, keys.recipient)
    if outcome == "unopened":
        if custody is not None or given is not None:
            raise _no(
                entry,
                f"记为未能开启，但各席位的份额能够开启 {receipt}",
                f"the shares given open {receipt}",
            )
        return receipt
    if outcome not in ("opened", "corrupt", "mismatch") or custody not in ("bidder", "shares", "timelock"):
        raise _no(entry, "结果或密钥来源不合格式", "outcome or custody is not of the form")
    if custody == "shares" and given is None:
        raise _no(entry, f"{receipt} 记为由份额开启，但份额不足或不对", f"the shares given do not open {receipt}")
    if custody == "timelock" and (keys.round is None or round_time(keys.round) * 1000 > entry.logged):
        raise _no(entry, f"{receipt} 记为由时间锁开启，但时间未到", f"{receipt}: its timelock could not be open yet")
    plain = body.get("plain_sha256")
    if outcome == "opened" and not (isinstance(plain, str) and HEX64.fullmatch(plain)):
        raise _no(entry, f"{receipt} 缺少明文摘要", f"{receipt}: no digest of what it holds")
    return receipt


def _share(one: Any) -> tuple[str, bytes | None, object]:
    if not isinstance(one, dict) or not isinstance(one.get("receipt"), str):
        return "", None, None
    try:
        share = bytes.fromhex(one["share"])
    except (KeyError, TypeError, ValueError):
        share = b""
    return one["receipt"], share if len(share) == SHARE else None, one.get("fits")


def _no(entry: Entry, zh: str, en: str) -> Exception:
    return fault(entry, "E_OPENING", zh, en)
