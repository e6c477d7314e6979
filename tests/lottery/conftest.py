from collections.abc import Iterator

import pytest

from audit.log import Log
from lottery.beacon.recorded import RecordedRelay
from lottery.beacon.relays import BeaconClient
from tests.ground import FakeClock
from tests.lottery.hall import MONDAY, Hall


@pytest.fixture
def clock() -> FakeClock:
    """Monday, 21 August 2023, 09:00 in Beijing: two days before the first recorded rounds."""
    return FakeClock(MONDAY * 1000)


@pytest.fixture
def beacon(clock: FakeClock) -> Iterator[BeaconClient]:
    """A client of a relay on this machine that knows the recorded rounds and the test's clock."""
    with RecordedRelay(clock) as relay:
        client = BeaconClient([relay.url])
        yield client
        client.close()


@pytest.fixture
def hall(log: Log, clock: FakeClock, beacon: BeaconClient) -> Hall:
    """A centre with its register, on a running log, of each kind of database."""
    return Hall(log, clock, beacon)
