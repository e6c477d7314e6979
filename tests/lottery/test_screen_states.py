"""Which picture is shown: every state of every mode, each passing deadline to the millisecond."""

from dataclasses import replace

import pytest

from lottery import commands
from lottery.conductor import ANNOUNCED_BY_ITSELF
from lottery.model import State
from lottery.screen import SEAL_SHOWN, result_lines, screen_state, shows_seal_until
from tests.lottery.hall import OPERATOR, PROJECT, Hall

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def screen(hall: Hall, shown: int = 0, later: int = 0) -> str:
    """later: milliseconds from now."""
    return screen_state(hall.draw(), hall.clock.now + later, shown)


def test_mode_drand_is_shown_step_by_step(hall: Hall) -> None:
    hall.decide()
    assert screen(hall) == "S0"
    hall.call()
    hall.sign_up()
    hall.clock.advance(3600)
    assert screen(hall) == "S0"
    hall.publish_plan(alternates=6)
    assert screen(hall) == "S0"
    hall.publish_roster()
    hall.at(hall.attempt.planned.event.draws_at)
    assert screen(hall) == "S0"
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, "演示厅")
    assert screen(hall) == "S1"
    hall.freeze()
    assert screen(hall) == "S2"
    hall.commit()
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert screen(hall) == "S2"
    assert hall.advance() == "close_commitments"
    assert screen(hall) == "S3"
    hall.clock.advance(ANNOUNCED_BY_ITSELF)  # left to the operator for so long
    assert hall.advance() == "announce_round"
    assert screen(hall) == "S4"
    hall.reveal()
    assert (hall.state, screen(hall)) == (State.SEALING, "S4")
    assert hall.attempt.round_at is not None
    hall.at(max(hall.clock.now / 1000, hall.attempt.round_at // 1000 - hall.attempt.plan["max_lead"]))
    assert hall.advance() == "seal"
    until, due = shows_seal_until(hall.attempt), hall.attempt.round_at
    assert hall.attempt.sealed is not None
    assert until == (hall.attempt.sealed.logged or 0) + SEAL_SHOWN * 1000
    draw = hall.draw()
    assert [screen_state(draw, until + each, 0) for each in (-1, 0)] == ["S5", "S6"]
    assert [screen_state(draw, due + each, 0) for each in (-1, 0)] == ["S6", "S7"]
    hall.at(due / 1000)
    assert hall.beacon.fetch(hall.attempt.round or 0, 20) is not None
    assert hall.advance() == "complete"
    lines = result_lines(hall.attempt)
    assert lines == 6  # seven places, six agents
    assert [screen(hall, shown) for shown in (0, lines - 1, lines, lines + 1)] == ["S8", "S8", "S9", "S9"]
    hall.do(OPERATOR, commands.close_meeting, hall.draw_id)
    assert [screen(hall, shown) for shown in (0, lines)] == ["S10", "S10"]


def test_dice_before_the_seal_have_a_picture_of_their_own(hall: Hall) -> None:
    hall.prepare("drand+dice")
    hall.to_revealing()
    hall.reveal()
    assert screen(hall) == "S4d"
    hall.throw()
    assert screen(hall) == "S4"


def test_mode_dice_shows_the_seal_until_it_was_seen_or_the_dice_are_in(hall: Hall) -> None:
    hall.prepare("dice")
    hall.freeze()
    hall.commit()
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    assert screen(hall) == "S4"  # no round is announced
    hall.reveal()
    assert hall.advance() == "seal"
    draw, until = hall.draw(), shows_seal_until(hall.attempt)
    assert until is not None
    assert [screen_state(draw, until + each, 0) for each in (-1, 0)] == ["S5", "S6d"]
    hall.clock.advance(2)
    hall.throw()
    assert screen(hall) == "S7"
    assert hall.advance() == "complete"
    assert screen(hall) == "S8"


def test_the_seal_is_shown_before_the_log_has_placed_it(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_seal()
    sealed = hall.attempt.sealed
    assert sealed is not None
    waiting = replace(hall.attempt, sealed=replace(sealed, seq=None, logged=None))
    until = sealed.at + SEAL_SHOWN * 1000
    draw = replace(hall.draw(), attempts=(waiting,))
    assert [screen_state(draw, until + each, 0) for each in (-1, 0)] == ["S5", "S6d"]


def test_a_void_attempt_stays_void_until_the_next_one_begins_anew(hall: Hall) -> None:
    hall.prepare()
    hall.at(hall.attempt.planned.event.draws_at)
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, "演示厅")
    hall.void("FORCE_MAJEURE")
    assert screen(hall) == "V"
    hall.do(OPERATOR, commands.close_meeting, hall.draw_id)
    assert screen(hall) == "V"
    hall.publish_plan()
    assert screen(hall) == "S0"
    hall.publish_roster()
    assert screen(hall) == "S0"  # each attempt opens its own meeting


def test_a_draw_that_was_given_up_is_over(hall: Hall) -> None:
    hall.prepare()
    hall.void("FORCE_MAJEURE")
    former = hall.draw_id
    hall.draw_id = "MT-2023-0002"
    hall.decide(former_draw=former, former_reason="另行决定", project_code=PROJECT)
    assert screen_state(hall.draw(former), hall.clock.now, 0) == "S10"
    assert screen(hall) == "S0"
