"""What opening one bid gives: what is read out, or why nothing can be.

opened      read out                          corrupt    what came does not decrypt, or is no bid
unopened    no key came in time               mismatch   it opens to something else than was committed to
"""

import hashlib
from collections.abc import Callable
from typing import Final

from audit.blobs import Blobs
from trading.bids import keys, tlock
from trading.bids.content import BadContent, Statement, read_content
from trading.bids.tables import SealedActRow
from trading.consortia import as_led
from trading.events import BidOpened, Custody, Opened, QuoteOpened

NO_KEY: Final = "解密时限内没有收到可开启的密钥"
NOT_ITS_SHARES: Final = "各席位的份额与承诺相符，但合成的不是该文件的密钥：投标人封装有误"
DOES_NOT_DECRYPT: Final = "密钥正确，但文件不能解密"
NOT_AS_STORED: Final = "保存的文件与回执所载摘要不符"
NOT_THE_PLAIN: Final = "解密后的内容与封装时承诺的摘要不符"
NO_BID: Final = "解密后的内容不是规定格式的投标文件"
ANOTHER_BID: Final = "解密后的内容属于其他标段、其他投标人或者另一次报价"

Told = Callable[[BidOpened, Statement], BidOpened]


def _plainly(event: BidOpened, _: Statement) -> BidOpened:
    return event


def read_out(blobs: Blobs, bid: SealedActRow, custody: Custody, identity: str, told: Told = _plainly) -> BidOpened:
    """What opening a bid with its right key gives. told: what else is read out of what lies in it."""
    assert bid.sealed_sha256 is not None
    try:
        sealed = blobs.get(bid.sealed_sha256)
    except RuntimeError:
        sealed = None
    if sealed is None:
        return event_of(bid, "corrupt", custody, note=NOT_AS_STORED)
    try:
        plain = keys.decrypt(identity, sealed)
    except tlock.NotOpened:
        return event_of(bid, "corrupt", custody, note=DOES_NOT_DECRYPT)
    digest = hashlib.sha256(plain).hexdigest()
    if digest != bid.plain_sha256:
        return event_of(bid, "mismatch", custody, plain=digest, note=NOT_THE_PLAIN)
    try:
        said = read_content(plain).statement
    except BadContent:
        return event_of(bid, "corrupt", custody, plain=digest, note=NO_BID)
    found = (said.project, said.lot, said.round, said.bidder_code, said.quote)
    if found != (bid.project, bid.lot, bid.round, bid.bidder_code, bid.quote):
        return event_of(bid, "mismatch", custody, plain=digest, note=ANOTHER_BID)
    event = event_of(bid, "opened", custody, plain=digest)
    heard = {"price_fen": said.price_fen, "quotes": list(said.quotes), "members": as_led(said.members)}
    return told(event.model_copy(update=heard), said)


def kept_key(event: BidOpened, identity: str) -> dict[str, bytes]:
    """Private values of the entry: the key of an opened bid, for those who evaluate what it holds."""
    return {"identity": identity.encode()} if event.outcome == "opened" else {}


def event_of(
    bid: SealedActRow, outcome: Opened, custody: Custody | None, *, plain: str | None = None, note: str | None = None
) -> BidOpened:
    members: dict[str, object] = {
        "project": bid.project,
        "lot": bid.lot,
        "round": bid.round,
        "receipt": bid.receipt,
        "outcome": outcome,
        "custody": custody,
        "bidder": bid.bidder,
        "bidder_code": bid.bidder_code,
        "price_fen": None,
        "quotes": [],
        "sha256": bid.sealed_sha256,
        "plain_sha256": plain,
        "note": note,
    }
    if bid.quote:
        return QuoteOpened.of(members | {"quote": bid.quote, "bid": bid.bid})
    return BidOpened.of(members)
