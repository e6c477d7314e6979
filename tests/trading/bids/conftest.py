import pytest

from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import Hall
from tests.trading.bids.bidding import Tender

__all__ = ["beacon", "clock", "hall"]


@pytest.fixture
def tender(hall: Hall) -> Tender:
    """A lot that takes bids, on each kind of database."""
    tender = Tender(hall)
    tender.begin()
    return tender
