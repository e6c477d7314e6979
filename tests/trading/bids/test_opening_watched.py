"""Many watch an opening: what they see is read once for all of them, and anew when something was published."""

from typing import Any

import pytest

from api import opening_view
from api.opening_view import OpeningOut, public_opening
from tests.lottery.hall import PROJECT
from tests.trading.bids.bidding import Tender


def seen(tender: Tender, after: int = 0) -> OpeningOut:
    with tender.hall.log.reading() as session:
        found = public_opening(session, tender.hall.log, PROJECT, tender.lot, None, after)
    assert found is not None
    return found[0]


def test_an_opening_is_read_once_for_all_who_watch_until_something_is_published(
    tender: Tender, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    reading = opening_view._read

    def noted(*asked: Any) -> Any:
        read.append(asked)
        return reading(*asked)

    monkeypatch.setattr(opening_view, "_read", noted)
    plan = tender.plan()
    for number in range(3):
        tender.enrol(number)
        tender.bid(number, tender.a_bid(plan, number))
    tender.pass_deadline()
    tender.close()
    tender.hall.log.wait_for_all()
    before = seen(tender)
    assert (before.closed and before.closed.bids, before.opened, before.bids) == (3, 0, [])
    tender.hall.clock.advance(1)
    assert seen(tender) == before.model_copy(update={"now": before.now + 1000})
    assert len(read) == 1
    tender.give("centre")
    tender.give("notary")
    assert tender.open() == 3
    whole, rest = seen(tender), seen(tender, after=2)
    assert ([one.number for one in whole.bids], [one.number for one in rest.bids]) == ([1, 2, 3], [3])
    assert (rest.opened, len(read)) == (3, 2)
