"""What the pages offer: in each state exactly what the commands take."""

import pytest

from lottery import commands, rules
from lottery.conductor import ANNOUNCED_BY_ITSELF
from lottery.model import State
from tests.lottery.hall import OPERATOR, SEATS, Hall

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def offered(hall: Hall) -> set[str]:
    """Without what may be done all the time: objecting, and noting what happens."""
    return set(hall.actions()) - {"file_objection", "note_meeting"}


def test_each_state_of_mode_drand_offers_its_next_step(hall: Hall) -> None:
    hall.decide()
    assert (hall.state, offered(hall)) == (State.DECIDED, {"publish_call"})
    hall.call()
    assert (hall.state, offered(hall)) == (State.CALLED, {"sign_up", "withdraw_sign_up", "plan_draw"})
    hall.sign_up(hall.codes)
    hall.clock.advance(3600)
    hall.publish_plan()
    assert (hall.state, offered(hall)) == (State.PLANNED, {"publish_roster", "void"})
    hall.publish_roster()
    assert (hall.state, offered(hall)) == (State.ROSTER, {"publish_roster", "void"})
    hall.at(hall.attempt.planned.event.draws_at)
    assert offered(hall) == {"publish_roster", "open_meeting", "freeze_roster", "void"}
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, "演示市公共资源交易中心开标一厅")
    assert offered(hall) == {"publish_roster", "freeze_roster", "void"}
    hall.freeze()
    assert (hall.state, offered(hall)) == (State.COMMITTING, {"commit", "void"})
    assert hall.actions()["commit"].seats == SEATS
    hall.commit("notary")
    assert hall.actions()["commit"].seats == ("centre", "supervisor")
    hall.commit("centre", "supervisor")
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert offered(hall) == {"close_commitments", "void"}
    assert hall.actions()["close_commitments"].automatic
    assert hall.advance() == "close_commitments"
    assert (hall.state, offered(hall)) == (State.ANNOUNCING, {"announce_round", "void"})
    hall.clock.advance(ANNOUNCED_BY_ITSELF)  # left to the operator for so long
    assert hall.advance() == "announce_round"
    assert (hall.state, offered(hall)) == (State.REVEALING, {"reveal", "void"})
    hall.reveal()
    assert (hall.state, offered(hall)) == (State.SEALING, {"seal", "void"})
    assert hall.advance() == "seal"
    assert (hall.state, offered(hall)) == (State.COUNTDOWN, {"void"})
    assert hall.attempt.round_at is not None
    hall.clock.now = hall.attempt.round_at - rules.VOID_SPARE * 1000 + 1
    assert offered(hall) == set()
    hall.at(hall.attempt.round_at / 1000)
    assert (hall.state, offered(hall)) == (State.DERIVING, {"complete"})
    assert hall.beacon.fetch(hall.attempt.round or 0, 20) is not None
    assert hall.advance() == "complete"
    assert (hall.state, offered(hall)) == (State.DRAWN, {"change_standing", "issue_minutes", "close_meeting"})
    hall.do(OPERATOR, commands.close_meeting, hall.draw_id)
    assert offered(hall) == {"change_standing", "issue_minutes"}
    assert "note_meeting" not in hall.actions()


def test_the_states_of_the_dice(hall: Hall) -> None:
    hall.prepare("drand+dice")
    hall.to_revealing()
    hall.reveal()
    assert (hall.state, offered(hall)) == (State.DICE_BEFORE_SEAL, {"throw_dice", "void"})
    hall.throw()
    assert (hall.state, offered(hall)) == (State.SEALING, {"void"})  # the lead is longer than the plan allows


def test_the_states_of_dice_after_the_seal(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_seal()
    assert (hall.state, offered(hall)) == (State.DICE_AFTER_SEAL, {"void"})
    hall.clock.advance(1)
    assert offered(hall) == {"throw_dice", "void"}
    hall.throw()
    assert (hall.state, offered(hall)) == (State.DERIVING, {"complete"})


def test_a_voided_attempt_offers_the_next_one(hall: Hall) -> None:
    hall.prepare()
    hall.void("FORCE_MAJEURE")
    assert (hall.state, offered(hall)) == (State.VOID, {"plan_draw", "issue_minutes"})


def test_an_open_objection_is_there_to_be_answered(hall: Hall) -> None:
    hall.prepare()
    assert "answer_objection" not in hall.actions()
    hall.do("operator:op1", commands.file_objection, hall.draw_id, "conduct", "会场嘈杂")
    assert hall.actions()["answer_objection"].roles == ("operator", "supervisor")
