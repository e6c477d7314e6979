"""Writers in two processes, readers that verify all they see. The hour is in `make soak`."""

from tests.processes.centre import Centre
from tests.processes.hammer import hammer

SECONDS = 2


def test_the_log_verifies_at_every_moment_while_many_write_and_each_subject_keeps_its_order(
    centre: Centre, seed: int
) -> None:
    outcome = hammer(centre, SECONDS, seed)
    assert outcome.acknowledged > 20
    assert outcome.verified > 5
