"""`kill -9` of the serving process at random moments. The hundred on each database are in `make soak`."""

from tests.processes.centre import Centre
from tests.processes.kills import kill_again_and_again

KILLS = 10


def test_no_acknowledged_entry_is_lost_or_doubled_however_often_the_process_is_killed(
    centre: Centre, seed: int
) -> None:
    outcome = kill_again_and_again(centre, KILLS, seed)
    assert outcome.answered > KILLS
