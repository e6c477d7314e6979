"""The steps that the program leaves to a meeting's operator for a while, and takes by itself when nobody does."""

from pathlib import Path

from lottery import commands
from lottery.conductor import ANNOUNCED_BY_ITSELF
from tests.api.public_city import a_hall
from tests.lottery.hall import LATER_ROUND, OPERATOR


def test_an_open_meeting_closes_and_announces_for_all_to_see_and_nobody_can_delay_it(tmp_path: Path) -> None:
    with a_hall(tmp_path / "hall") as hall:
        hall.prepare("drand", LATER_ROUND)
        hall.at(hall.attempt.planned.event.draws_at - 600)
        hall.do(OPERATOR, commands.open_meeting, hall.draw_id, "一号厅")
        hall.freeze()
        hall.commit()
        assert hall.advance() is None  # every seat has committed: the operator closes
        deadline = hall.attempt.planned.event.commit_deadline
        hall.at(deadline - 1)
        assert hall.advance() is None
        hall.at(deadline)
        assert hall.advance() == "close_commitments"
        hall.clock.advance(ANNOUNCED_BY_ITSELF - 1)
        assert hall.advance() is None
        hall.clock.advance(1)
        assert hall.advance() == "announce_round"
        hall.reveal()
        hall.clock.now = max(hall.clock.now, (hall.attempt.round_at or 0) - hall.attempt.plan["max_lead"] * 1000)
        assert hall.advance() == "seal"
