from tests.lottery.conftest import beacon, clock, hall

__all__ = ["beacon", "clock", "hall"]  # the centre that draws is the one that trades
