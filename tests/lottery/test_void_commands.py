"""How an attempt may end without a result, what follows it, and when that is a duty."""

import json
from typing import Any

import pytest

from audit.entry import check_signatures
from lottery import commands, queries
from lottery.model import State, subject
from lottery.protocol.beacon import round_time
from lottery.protocol.canonical import doc_hash
from lottery.protocol.verify import verify_evidence
from lottery.protocol.void import check_successor
from tests.lottery.hall import (
    LATER_ROUND,
    OPERATOR,
    ROUND,
    SUPERVISOR,
    Hall,
    closing_second,
    signature_of,
    signatures,
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FREE = {"ROSTER_ERROR", "OBJECTION", "SEAT_ABSENT", "FORCE_MAJEURE"}


def grounds(hall: Hall) -> set[str]:
    action = hall.actions().get("void")
    return set() if action is None else set(action.reasons)


def refuse_void(hall: Hall, reason: str) -> None:
    hall.refused("lottery.void-forbidden", OPERATOR, commands.void, hall.draw_id, reason, "理由")


def confirmed(hall: Hall, reason: Any, time: int, *by: str, note: str = "两席确认") -> dict[str, Any]:
    """Arguments of a void that two seats sign."""
    event = commands.void_to_sign(hall.log.blobs, hall.draw(), reason, note, time)
    made = signatures(event, subject(hall.draw_id, event.attempt), *by)
    return {"time": time, "confirmations": made}


# Until the seal


def test_until_the_seal_an_attempt_may_be_voided_freely(hall: Hall) -> None:
    hall.prepare()
    assert grounds(hall) == FREE | {"NETWORK_BEFORE_SEAL"}
    for reason in ("QUORUM", "SEAL_LATE", "BEACON_HALTED", "DICE_IRREGULAR"):
        refuse_void(hall, reason)
    hall.refused("registry.not-permitted", SUPERVISOR, commands.void, hall.draw_id, "FORCE_MAJEURE", "非操作方不得作废")
    hall.refused("lottery.bad-text", OPERATOR, commands.void, hall.draw_id, "FORCE_MAJEURE", "")
    hall.void("NETWORK_BEFORE_SEAL", "信标不可达")
    assert hall.state is State.VOID
    void = hall.attempt.void
    assert void is not None
    assert void["plan_sha256"] == doc_hash(hall.attempt.plan)
    assert void["roster_sha256"] == hall.attempt.rosters[-1].event.roster_sha256
    assert (void["seal_sha256"], void["time"]) == (None, hall.clock.now // 1000)
    refuse_void(hall, "FORCE_MAJEURE")


def test_a_plan_may_be_voided_before_its_roster(hall: Hall) -> None:
    hall.decide()
    hall.refused("lottery.void-forbidden", OPERATOR, commands.void, hall.draw_id, "FORCE_MAJEURE", "尚无方案")
    hall.call()
    hall.publish_plan()
    hall.void("FORCE_MAJEURE")
    assert hall.attempt.void is not None
    assert hall.attempt.void["roster_sha256"] is None


def test_a_missed_quorum_is_a_ground_only_once_it_is_missed(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    hall.commit("notary")
    deadline = hall.attempt.planned.event.commit_deadline
    hall.clock.now = deadline * 1000 - 1
    refuse_void(hall, "QUORUM")
    hall.at(deadline)
    hall.void("QUORUM")


# After the seal, before the entropy


def test_after_the_seal_a_void_must_come_before_the_round(hall: Hall) -> None:
    hall.prepare()
    hall.to_seal()
    assert hall.attempt.round_at is not None
    assert grounds(hall) == FREE
    hall.clock.now = hall.attempt.round_at - 4_999
    assert grounds(hall) == set()
    refuse_void(hall, "FORCE_MAJEURE")
    hall.clock.now -= 1
    hall.void("FORCE_MAJEURE")
    assert hall.attempt.void is not None
    assert hall.attempt.void["seal_sha256"] == doc_hash(hall.attempt.seal)


def test_after_the_round_there_is_no_void_and_no_second_draw(hall: Hall) -> None:
    hall.prepare()
    hall.to_seal()
    assert hall.attempt.round_at is not None
    hall.at(hall.attempt.round_at / 1000)
    assert grounds(hall) == set()
    for reason in (*FREE, "SEAL_LATE", "BEACON_HALTED", "QUORUM", "NETWORK_BEFORE_SEAL"):
        refuse_void(hall, reason)
    assert set(hall.actions()) == {"complete", "file_objection", "note_meeting"}
    hall.clock.advance(24 * 3600)  # fetched the next day
    assert "complete" in hall.actions()
    hall.do(OPERATOR, commands.complete, hall.draw_id, signature_of(ROUND))
    for reason in (*FREE, "SEAL_LATE", "BEACON_HALTED"):
        refuse_void(hall, reason)
    plan = hall.plan(prev_sha256="0" * 64)
    hall.refused("lottery.not-now", OPERATOR, commands.plan_draw, hall.draw_id, plan, 1, 2)


def test_after_the_seal_of_mode_dice_two_seats_sign_that_no_die_was_thrown(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_seal()
    hall.clock.advance(30)
    now = hall.clock.now // 1000
    action = hall.actions()["void"]
    assert action.confirmed
    assert set(action.reasons) == FREE | {"DICE_IRREGULAR"}
    arguments = (hall.draw_id, "DICE_IRREGULAR", "两席确认")
    hall.refused("lottery.bad-time", OPERATOR, commands.void, *arguments)
    for by in (("notary",), ("notary", "tenderer"), ("notary", "centre", "tenderer")):
        signed = confirmed(hall, "DICE_IRREGULAR", now, *by)
        hall.refused("lottery.wrong-signers", OPERATOR, commands.void, *arguments, **signed)
    for time in (now + 1, now - 601, (hall.attempt.seal_time or 0) - 1):
        signed = confirmed(hall, "DICE_IRREGULAR", time, "notary", "centre")
        hall.refused("lottery.bad-time", OPERATOR, commands.void, *arguments, **signed)
    other = confirmed(hall, "DICE_IRREGULAR", now, "notary", "centre", note="另一说明")
    hall.refused("audit.wrong-signature", OPERATOR, commands.void, *arguments, **other)
    good = confirmed(hall, "DICE_IRREGULAR", now, "notary", "centre")
    hall.do(OPERATOR, commands.void, *arguments, **good)
    voided = hall.attempt.voided
    assert voided is not None
    kept = json.loads(hall.log.blobs.get(voided.sha256("confirmations.json")) or b"")
    body = voided.event.body() | {"signatures": kept}
    assert len(check_signatures("lottery.voided", subject(hall.draw_id, 1), body)) == 2


def test_after_the_dice_there_is_no_void(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_seal()
    hall.clock.advance(30)
    hall.throw()
    assert grounds(hall) == set()
    assert set(hall.actions()) == {"complete", "file_objection", "note_meeting"}


# The beacon that halted


def test_a_halted_beacon_is_confirmed_by_two_seats_after_ten_minutes(hall: Hall) -> None:
    hall.prepare()
    hall.to_seal()
    due = round_time(ROUND)
    hall.clock.now = (due + 600) * 1000 - 1
    refuse_void(hall, "BEACON_HALTED")
    hall.clock.now += 1
    action = hall.actions()["void"]
    assert (action.reasons, action.confirmed) == (("BEACON_HALTED",), True)
    arguments = (hall.draw_id, "BEACON_HALTED", "两席确认")
    hall.clock.advance(1)
    early = confirmed(hall, "BEACON_HALTED", due + 599, "notary", "supervisor")
    hall.refused("lottery.bad-time", OPERATOR, commands.void, *arguments, **early)
    one = confirmed(hall, "BEACON_HALTED", due + 600, "notary")
    hall.refused("lottery.wrong-signers", OPERATOR, commands.void, *arguments, **one)
    both = confirmed(hall, "BEACON_HALTED", due + 600, "notary", "supervisor")
    hall.do(OPERATOR, commands.void, *arguments, **both)
    # The round came after all: its result is published beside, as information.
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.shadow is not None
    assert page.result is None
    assert page.shadow["seal_sha256"] == page.seal_sha256
    assert hall.advance() is None
    again = signature_of(ROUND)
    hall.refused("lottery.not-now", OPERATOR, commands.shadow_draw, hall.draw_id, 1, again)
    hall.refused("lottery.unknown-attempt", OPERATOR, commands.shadow_draw, hall.draw_id, 2, again)


# SEAL_LATE


def test_a_seal_that_got_its_place_too_late_must_be_voided(hall: Hall) -> None:
    hall.prepare()
    hall.to_revealing()
    hall.reveal()
    due = round_time(ROUND)
    hall.at(due - 66)
    with hall.late_log(due - 59):
        hall.do(OPERATOR, commands.seal, hall.draw_id)
    assert hall.attempt.seal_time == due - 59  # the shortest lead is 60
    assert grounds(hall) == {"SEAL_LATE"}
    hall.at(due)
    hall.refused("lottery.seal-is-late", OPERATOR, commands.complete, hall.draw_id, signature_of(ROUND))
    refuse_void(hall, "FORCE_MAJEURE")
    assert hall.advance() == "void"
    assert hall.attempt.voided is not None
    assert hall.attempt.voided.actor == "system"
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"


def test_a_seal_placed_at_the_shortest_lead_is_in_time(hall: Hall) -> None:
    hall.prepare()
    hall.to_revealing()
    hall.reveal()
    due = round_time(ROUND)
    hall.at(due - 66)
    with hall.late_log(due - 60):
        hall.do(OPERATOR, commands.seal, hall.draw_id)
    assert "SEAL_LATE" not in grounds(hall)
    hall.at(due)
    hall.do(OPERATOR, commands.complete, hall.draw_id, signature_of(ROUND))


def test_an_attempt_without_a_seal_ends_when_its_round_comes(hall: Hall) -> None:
    hall.prepare()
    hall.to_revealing()
    hall.reveal("notary")
    due = round_time(ROUND)
    hall.clock.now = due * 1000 - 5_000
    assert "QUORUM" in grounds(hall)
    hall.clock.now = due * 1000 - 1
    assert grounds(hall) == set()
    refuse_void(hall, "QUORUM")
    assert hall.advance() is None
    hall.at(due)
    assert grounds(hall) == {"SEAL_LATE"}
    assert hall.actions()["void"].automatic
    assert hall.advance() == "void"
    assert hall.attempt.void is not None
    assert (hall.attempt.void["reason"], hall.attempt.void["seal_sha256"]) == ("SEAL_LATE", None)
    assert hall.advance() is None  # without a seal there is nothing it would have given


# The next attempt


def second_attempt(hall: Hall, mode: str = "drand", **changed: Any) -> None:
    hall.publish_plan(mode, LATER_ROUND, **changed)
    hall.publish_roster()


def test_the_same_places_and_pool_may_be_drawn_again_at_once(hall: Hall) -> None:
    hall.prepare()
    hall.to_seal()
    hall.void("FORCE_MAJEURE")
    hall.at(round_time(ROUND))
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    second_attempt(hall)
    first, second = hall.draw().attempts
    assert first.void is not None
    check_successor(second.plan, first.void)
    hall.to_result()
    with hall.log.reading() as session:
        data = queries.evidence(session, hall.log.blobs, hall.draw_id, 2)
        assert queries.evidence(session, hall.log.blobs, hall.draw_id, 1) is None
    assert data is not None
    evidence = verify_evidence(data).evidence
    assert evidence["plan"]["attempt"] == 2
    assert evidence["beacon"] is not None
    assert evidence["beacon"]["round"] == LATER_ROUND
    assert [attempt.drawn is not None for attempt in hall.draw().attempts] == [False, True]


def test_another_mode_and_other_seats_may_follow_at_once(hall: Hall) -> None:
    hall.prepare()
    hall.void("NETWORK_BEFORE_SEAL")
    hall.at(closing_second(ROUND))
    second_attempt(hall, "dice", seats=hall.plan()["seats"][:2])
    hall.freeze()
    assert hall.state is State.COMMITTING


def test_another_pool_waits_for_a_whole_working_day(hall: Hall) -> None:
    hall.prepare()
    hall.void("ROSTER_ERROR")
    hall.at(closing_second(ROUND))
    hall.suspend(hall.codes[0])
    second_attempt(hall)
    hall.at(hall.attempt.planned.event.draws_at)
    hall.refused("lottery.working-day-missing", OPERATOR, commands.freeze_roster, hall.draw_id)


def test_other_numbers_of_places_stand_in_the_void_note_and_wait(hall: Hall) -> None:
    hall.prepare()
    hall.void("FORCE_MAJEURE", "winners 1→2 改为两家")
    hall.at(closing_second(ROUND))
    closing = closing_second(LATER_ROUND)
    command = commands.plan_draw
    more = hall.plan(winners=3)
    hall.refused("lottery.change-not-in-note", OPERATOR, command, hall.draw_id, more, closing - 60, closing)
    both = hall.plan(winners=2, alternates=3)
    hall.refused("lottery.change-not-in-note", OPERATOR, command, hall.draw_id, both, closing - 60, closing)
    listed = hall.plan(winners=2)
    hall.refused("lottery.working-day-missing", OPERATOR, command, hall.draw_id, listed, closing - 60, closing)
    later = closing + 3 * 24 * 3600
    hall.do(OPERATOR, command, hall.draw_id, listed, later, later + 60)


@pytest.mark.parametrize("wrong", [None, "0" * 64])
def test_the_next_plan_names_the_record_that_ended_the_former(hall: Hall, wrong: str | None) -> None:
    hall.prepare()
    hall.void("FORCE_MAJEURE")
    plan = hall.plan(prev_sha256=wrong)
    later = hall.clock.now // 1000 + 5 * 24 * 3600
    code = "lottery.bad-document" if wrong is None else "lottery.plan-differs"
    hall.refused(code, OPERATOR, commands.plan_draw, hall.draw_id, plan, later, later + 60)


def test_a_commitment_of_the_first_attempt_is_none_in_the_second(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    former = hall.commitment("notary")
    hall.void("FORCE_MAJEURE")
    second_attempt(hall)
    hall.freeze()
    hall.refused("lottery.unknown-attempt", "notary:no1", commands.commit, former)
