"""The meeting: commitments, the round, reveals, dice, seal and result, each refusal at its boundary."""

from typing import Any

import pytest

from lottery import commands, rules
from lottery.model import State
from lottery.protocol.beacon import round_time
from tests.lottery.hall import OPERATOR, ORGANISATIONS, ROUND, TENDERER, Hall, a_secret, signature_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NOTARY = ORGANISATIONS["notary"][2]


def frozen(hall: Hall, mode: str = "drand", **changed: Any) -> None:
    hall.prepare(mode, **changed)
    hall.freeze()


def revealing(hall: Hall, mode: str = "drand") -> None:
    hall.prepare(mode)
    hall.to_revealing()


def refuse_reveal(hall: Hall, code: str, seat: str, /, **changed: Any) -> None:
    event = hall.revelation(seat, **changed)
    hall.refused(code, ORGANISATIONS[seat][2], commands.reveal, event, hall.log.published_size)


# Commitments


def test_a_seat_commits_once_and_after_the_freeze(hall: Hall) -> None:
    hall.prepare()
    hall.refused("lottery.not-now", NOTARY, commands.commit, hall.commitment("notary"))
    hall.freeze()
    hall.commit("notary")
    again = hall.commitment("notary", commit="0" * 64)
    hall.refused("lottery.seat-acted-already", NOTARY, commands.commit, again)


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("lottery.unknown-attempt", {"attempt": 2}),
        ("lottery.unknown-seat", {"seat": "public"}),
        ("lottery.bad-hex", {"commit": "0" * 63}),
        ("lottery.bad-hex", {"commit": "A" * 64}),
        ("lottery.unknown-draw", {"draw_id": "MT-2023-0009"}),
    ],
)
def test_a_commitment_is_of_a_seat_of_this_attempt(hall: Hall, code: str, changed: dict[str, Any]) -> None:
    frozen(hall)
    hall.refused(code, NOTARY, commands.commit, hall.commitment("notary", **changed))


def test_only_the_seats_organisation_commits_by_account_and_by_key(hall: Hall) -> None:
    frozen(hall)
    code = "lottery.not-that-organisation"
    hall.refused(code, OPERATOR, commands.commit, hall.commitment("notary"))
    hall.refused(code, NOTARY, commands.commit, hall.commitment("notary", by="centre"))
    hall.refused(code, "system", commands.commit, hall.commitment("notary"))
    hall.refused(code, TENDERER, commands.commit, hall.commitment("notary"))


def test_commitments_end_at_the_second_of_the_deadline(hall: Hall) -> None:
    frozen(hall)
    deadline = hall.attempt.planned.event.commit_deadline
    hall.clock.now = deadline * 1000 - 1
    hall.commit("notary")
    hall.refused("lottery.too-soon", OPERATOR, commands.close_commitments, hall.draw_id)
    assert hall.advance() is None
    hall.at(deadline)
    hall.refused("lottery.too-late", "operator:op1", commands.commit, hall.commitment("centre"))
    hall.do(OPERATOR, commands.close_commitments, hall.draw_id)
    hall.refused("lottery.not-now", OPERATOR, commands.close_commitments, hall.draw_id)
    assert hall.attempt.closed is not None
    assert hall.attempt.closed.event.seats == ["notary"]
    assert hall.attempt.closed.event.reveal_deadline == deadline + rules.REVEAL_SECONDS


def test_commitments_close_early_once_every_seat_has_committed(hall: Hall) -> None:
    frozen(hall)
    hall.commit("centre", "notary")
    hall.refused("lottery.too-soon", OPERATOR, commands.close_commitments, hall.draw_id)
    hall.commit("supervisor")
    assert hall.advance() == "close_commitments"
    hall.refused("lottery.not-now", NOTARY, commands.commit, hall.commitment("notary"))


@pytest.mark.parametrize(("wanted", "accepted"), [(59, False), (60, True), (3600, True), (3601, False)])
def test_seats_have_between_a_minute_and_an_hour_to_reveal(hall: Hall, wanted: int, accepted: bool) -> None:
    frozen(hall)
    hall.commit()
    if accepted:
        hall.do(OPERATOR, commands.close_commitments, hall.draw_id, wanted)
    else:
        hall.refused("lottery.bad-time", OPERATOR, commands.close_commitments, hall.draw_id, wanted)


# The round


def test_the_round_is_computed_from_the_reveal_deadline(hall: Hall) -> None:
    revealing(hall)
    assert hall.attempt.closed is not None
    deadline = hall.attempt.closed.event.reveal_deadline
    assert hall.attempt.round == ROUND
    assert round_time(ROUND - 1) < deadline + 60 + 30 <= round_time(ROUND)
    hall.refused("lottery.not-now", OPERATOR, commands.announce_round, hall.draw_id)


def test_nothing_is_announced_after_the_reveal_deadline(hall: Hall) -> None:
    frozen(hall)
    hall.commit()
    hall.do(OPERATOR, commands.close_commitments, hall.draw_id, 60)
    hall.clock.advance(59.999)
    assert "announce_round" in hall.actions()
    hall.clock.advance(0.001)
    hall.refused("lottery.too-late", OPERATOR, commands.announce_round, hall.draw_id)
    assert hall.actions()["void"].reasons[0] == "QUORUM"


def test_too_few_commitments_announce_no_round(hall: Hall) -> None:
    frozen(hall)
    hall.commit("notary")
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    hall.refused("lottery.quorum-missed", OPERATOR, commands.announce_round, hall.draw_id)
    assert hall.advance() is None
    hall.void("QUORUM")


def test_mode_dice_announces_nothing(hall: Hall) -> None:
    frozen(hall, "dice")
    hall.commit()
    assert hall.advance() == "close_commitments"
    hall.refused("lottery.not-now", OPERATOR, commands.announce_round, hall.draw_id)
    assert hall.state is State.REVEALING


# Reveals


def test_no_secret_is_taken_before_the_round_is_announced(hall: Hall) -> None:
    frozen(hall)
    hall.commit()
    refuse_reveal(hall, "lottery.not-now", "notary")
    assert hall.advance() == "close_commitments"
    refuse_reveal(hall, "lottery.not-now", "notary")
    assert hall.advance() == "announce_round"
    hall.reveal("notary")


def test_no_secret_is_taken_before_a_published_checkpoint_holds_the_step_before(hall: Hall) -> None:
    revealing(hall)
    announced = hall.attempt.announced
    assert announced is not None
    assert announced.seq is not None
    event = hall.revelation("notary")
    hall.refused("lottery.not-yet-published", NOTARY, commands.reveal, event, announced.seq)
    hall.do(NOTARY, commands.reveal, event, announced.seq + 1)


def test_a_seat_reveals_its_own_secret_once(hall: Hall) -> None:
    revealing(hall)
    hall.reveal("notary")
    refuse_reveal(hall, "lottery.seat-acted-already", "notary")
    refuse_reveal(hall, "lottery.bad-hex", "centre", secret="0" * 65)
    refuse_reveal(hall, "lottery.unknown-seat", "notary", seat="public")
    refuse_reveal(hall, "lottery.not-that-organisation", "centre", by="notary")


def test_a_seat_that_did_not_commit_cannot_reveal(hall: Hall) -> None:
    frozen(hall)
    hall.commit("centre", "notary")
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    assert hall.advance() == "announce_round"
    refuse_reveal(hall, "lottery.unknown-seat", "supervisor")


def test_a_wrong_secret_is_recorded_and_may_be_corrected_three_times(hall: Hall) -> None:
    revealing(hall)
    for count in range(1, 4):
        hall.reveal("notary", secret=f"{count:064x}")
        refused = hall.attempt.refused
        assert [step.event.reason for step in refused] == ["WRONG"] * count
    refuse_reveal(hall, "lottery.tries-used-up", "notary")
    hall.reveal("centre", secret="f" * 64)
    hall.reveal("centre")
    assert set(hall.attempt.revealed) == {"centre"}


def test_a_reveal_at_the_second_of_the_deadline_is_late_and_counts_as_none(hall: Hall) -> None:
    revealing(hall)
    assert hall.attempt.closed is not None
    deadline = hall.attempt.closed.event.reveal_deadline
    hall.clock.now = deadline * 1000 - 1
    hall.reveal("notary", "centre")
    hall.at(deadline)
    hall.reveal("supervisor")
    (late,) = hall.attempt.refused
    assert late.event.reason == "LATE"
    assert late.event.secret == a_secret("supervisor")
    assert hall.advance() == "seal"
    assert hall.attempt.seal is not None
    assert hall.attempt.seal["seats"][2]["secret"] is None
    refuse_reveal(hall, "lottery.not-now", "supervisor")


def test_no_reveal_comes_after_the_dice(hall: Hall) -> None:
    revealing(hall, "drand+dice")
    hall.reveal("notary", "centre")
    assert hall.attempt.closed is not None
    hall.at(hall.attempt.closed.event.reveal_deadline)
    assert "reveal" in hall.actions()
    hall.throw()
    assert "reveal" not in hall.actions()
    refuse_reveal(hall, "lottery.not-now", "supervisor")


def test_two_seats_with_one_secret_are_one_seat_too_few(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    shared = a_secret("notary")
    for seat in ("centre", "notary", "supervisor"):
        hall.commit_to(seat, shared if seat != "supervisor" else a_secret(seat))
    assert hall.advance() == "close_commitments"
    assert hall.advance() == "announce_round"
    hall.reveal("notary", "supervisor")
    refuse_reveal(hall, "lottery.secret-not-own", "centre", secret=shared)
    assert hall.attempt.closed is not None
    hall.at(hall.attempt.closed.event.reveal_deadline)
    assert hall.advance() == "seal"


# The seal


def test_no_seal_while_a_seat_may_still_reveal(hall: Hall) -> None:
    revealing(hall)
    hall.reveal("centre", "notary")
    assert hall.attempt.closed is not None
    hall.clock.now = hall.attempt.closed.event.reveal_deadline * 1000 - 1
    hall.refused("lottery.not-now", OPERATOR, commands.seal, hall.draw_id)
    hall.clock.now += 1
    hall.do(OPERATOR, commands.seal, hall.draw_id)
    hall.refused("lottery.not-now", OPERATOR, commands.seal, hall.draw_id)


def test_no_seal_without_a_quorum_of_reveals(hall: Hall) -> None:
    revealing(hall)
    hall.reveal("centre")
    assert hall.attempt.closed is not None
    hall.at(hall.attempt.closed.event.reveal_deadline)
    hall.refused("lottery.quorum-missed", OPERATOR, commands.seal, hall.draw_id)
    assert hall.actions()["void"].reasons[0] == "QUORUM"


def test_the_seal_waits_for_the_longest_lead(hall: Hall) -> None:
    hall.prepare(max_lead=200)
    hall.to_revealing()
    hall.reveal()
    assert hall.attempt.round_at is not None
    hall.clock.now = hall.attempt.round_at - 200_001
    hall.refused("lottery.seal-too-early", OPERATOR, commands.seal, hall.draw_id)
    assert hall.advance() is None
    hall.clock.now += 1
    assert hall.advance() == "seal"
    assert hall.attempt.seal_time == hall.attempt.round_at // 1000 - 200


def test_the_seal_leaves_five_seconds_more_than_the_shortest_lead(hall: Hall) -> None:
    revealing(hall)
    hall.reveal()
    assert hall.attempt.round_at is not None
    hall.clock.now = hall.attempt.round_at - 64_999
    hall.refused("lottery.seal-too-late", OPERATOR, commands.seal, hall.draw_id)
    hall.clock.now -= 1
    hall.do(OPERATOR, commands.seal, hall.draw_id)


# The result


def test_the_result_waits_for_the_round_and_for_its_true_signature(hall: Hall) -> None:
    hall.prepare()
    hall.to_seal()
    assert hall.attempt.round_at is not None
    right = signature_of(ROUND)
    hall.clock.now = hall.attempt.round_at - 1
    hall.refused("lottery.not-now", OPERATOR, commands.complete, hall.draw_id, right)
    assert hall.state is State.COUNTDOWN
    hall.clock.now += 1
    for wrong in (signature_of(1000), "", right[:-1], right.upper(), right.replace("b7", "97", 1)):
        hall.refused("lottery.bad-document", OPERATOR, commands.complete, hall.draw_id, wrong)
    hall.refused("registry.not-permitted", TENDERER, commands.complete, hall.draw_id, right)
    hall.do(OPERATOR, commands.complete, hall.draw_id, right)  # read from a telephone, say
    hall.refused("lottery.not-now", OPERATOR, commands.complete, hall.draw_id, right)


# Dice


def test_dice_of_mode_dice_fall_after_the_seal_and_within_fifteen_minutes(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_revealing()
    hall.refused("lottery.not-now", OPERATOR, commands.throw_dice, hall.dice())
    hall.reveal()
    hall.refused("lottery.not-now", OPERATOR, commands.throw_dice, hall.dice())
    assert hall.advance() == "seal"
    sealed = hall.attempt.seal_time
    assert sealed is not None
    hall.refused("lottery.too-soon", OPERATOR, commands.throw_dice, hall.dice(time=sealed))
    hall.at(sealed + 1)
    hall.refused("lottery.bad-dice", OPERATOR, commands.throw_dice, hall.dice(time=sealed))
    hall.refused("lottery.bad-dice", OPERATOR, commands.throw_dice, hall.dice(time=sealed + 2))
    hall.at(sealed + 900)
    hall.refused("lottery.too-late", OPERATOR, commands.throw_dice, hall.dice())
    hall.clock.now -= 1
    hall.throw(time=sealed + 1)
    hall.refused("lottery.not-now", OPERATOR, commands.throw_dice, hall.dice())
    assert hall.advance() == "complete"


def test_dice_of_mode_drand_and_dice_fall_between_reveals_and_seal(hall: Hall) -> None:
    revealing(hall, "drand+dice")
    hall.reveal("centre", "notary")
    hall.refused("lottery.not-now", OPERATOR, commands.throw_dice, hall.dice())
    hall.clock.advance(30)
    hall.reveal("supervisor")
    closed = hall.clock.now // 1000
    hall.clock.advance(5)
    hall.refused("lottery.bad-dice", OPERATOR, commands.throw_dice, hall.dice(time=closed - 1))
    hall.refused("lottery.not-now", OPERATOR, commands.seal, hall.draw_id)
    hall.throw(time=closed)
    hall.refused("lottery.not-now", OPERATOR, commands.throw_dice, hall.dice())


def test_no_dice_in_mode_drand(hall: Hall) -> None:
    revealing(hall)
    hall.reveal()
    digits = {"digits": "", "first_entries": ["", ""]}
    hall.refused("lottery.not-now", OPERATOR, commands.throw_dice, hall.dice(**digits))


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("lottery.bad-dice", {"digits": "1" * 20}),  # both people entered another first digit
        ("lottery.bad-dice", {"digits": "3141592653589793238"}),
        ("lottery.bad-dice", {"digits": "3141592653589793238x"}),
        ("lottery.bad-dice", {"first_entries": ["31415926535897932384"]}),
        ("lottery.bad-dice", {"first_entries": ["31415926535897932384", "3141592653589793238"]}),
        ("lottery.bad-document", {"by": ("notary",)}),
        ("lottery.bad-document", {"confirmed_by": ["notary", "centre"]}),
        ("lottery.bad-document", {"confirmed_by": ["centre", "public"]}),
        ("lottery.wrong-signers", {"confirmed_by": ["centre", "supervisor"]}),
        ("lottery.wrong-signers", {"by": ("centre", "notary", "supervisor"), "confirmed_by": ["centre", "notary"]}),
    ],
)
def test_dice_are_entered_twice_and_confirmed_by_two_organisations(
    hall: Hall, code: str, changed: dict[str, Any]
) -> None:
    revealing(hall, "drand+dice")
    hall.reveal()
    hall.refused(code, OPERATOR, commands.throw_dice, hall.dice(**changed))


def test_a_digit_on_which_the_two_differ_may_be_either_or_the_one_seen_again(hall: Hall) -> None:
    revealing(hall, "drand+dice")
    hall.reveal()
    hall.throw(digits="31415926535897932389")
    assert hall.attempt.dice is not None
    assert hall.attempt.dice.event.first_entries == ["31415926535897932384", "31415926535897932385"]


def test_dice_are_entered_by_an_operator_or_a_confirming_seat(hall: Hall) -> None:
    revealing(hall, "drand+dice")
    hall.reveal()
    hall.refused("lottery.not-that-organisation", TENDERER, commands.throw_dice, hall.dice())
    hall.refused("registry.role-missing", "operator:nobody", commands.throw_dice, hall.dice())
    hall.do(NOTARY, commands.throw_dice, hall.dice())
