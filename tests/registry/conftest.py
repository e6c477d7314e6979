import pytest

from audit.log import Log
from tests.registry.builders import Register
from tests.registry.forms import Forms


@pytest.fixture
def register(log: Log) -> Register:
    """An empty register on a running log, of each kind of database."""
    return Register(log)


@pytest.fixture
def forms(register: Register) -> Forms:
    """The three forms of the agencies of that register."""
    return Forms(register)
