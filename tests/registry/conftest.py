import pytest

from audit.log import Log
from tests.registry.builders import Register


@pytest.fixture
def register(log: Log) -> Register:
    """An empty register on a running log, of each kind of database."""
    return Register(log)
