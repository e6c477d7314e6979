"""What a bidder learns by asking about others' receipts, which the log shows to all: nothing."""

import json
from collections.abc import Callable
from typing import Any

from audit.act import Act
from audit.errors import Refusal
from tests.api.site import ON_SQLITE
from tests.lottery.hall import PROJECT
from tests.trading.bids.bidding import Tender
from trading.bids import commands
from trading.bids.opening import open_with_key

KEY = "AGE-SECRET-KEY-1" + "Q" * 58


@ON_SQLITE
def test_anothers_receipt_is_answered_like_one_that_never_was(tender: Tender) -> None:
    hall = tender.hall
    plan = tender.plan()
    for number in range(2):
        tender.enrol(number)
    bid = tender.bid(0, tender.a_bid(plan, 0))
    paid = hall.do("bidder:b0", commands.apply_to_take_part, PROJECT, "1", hall.log.blobs.put(b"sealed"))
    asked: list[Callable[[Act, str], Any]] = [
        lambda act, one: open_with_key(act, one, KEY),
        commands.withdraw_bid,
    ]
    never, others = "0" * 32, (bid, tender.receipt_of(paid))
    for command in asked:
        for actor in ("bidder:b1", "bidder:nobody", "tenderer:te1"):
            unknown = _answer(tender, actor, command, never)
            for receipt in others:
                assert _answer(tender, actor, command, receipt) == unknown, "it tells what the receipt is of"


def _answer(tender: Tender, actor: str, command: Callable[[Act, str], Any], receipt: str) -> str:
    try:
        tender.hall.do(actor, command, receipt)
    except Refusal as refusal:
        return f"{refusal.code} {json.dumps(refusal.facts, sort_keys=True)}".replace(receipt, "RECEIPT")
    return "done"
