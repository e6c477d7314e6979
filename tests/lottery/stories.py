"""Draws as a verifier meets them, each played once by the program itself: to be read, and to be forged."""

from lottery import commands, queries
from lottery.model import subject
from lottery.protocol.beacon import round_time
from lottery.protocol.contributions import PUBLIC_SEAT
from lottery.protocol.standing import Change
from tests.lottery.hall import (
    LATER_ROUND,
    OPERATOR,
    ORGANISATIONS,
    PUBLIC_HOLDER,
    ROUND,
    WITH_PUBLIC,
    Hall,
    signatures,
    signed,
)


def with_the_public(hall: Hall) -> None:
    """Mode `drand`. A void before any seal; then visitors, a wrong reveal, a late one, and a winner who declines."""
    hall.prepare(seats=WITH_PUBLIC)
    hall.void("OBJECTION")
    hall.publish_plan("drand", LATER_ROUND, seats=WITH_PUBLIC)
    hall.publish_roster()
    hall.freeze()
    hall.contribute("红", "七")
    hall.commit()
    hall.commit_public()
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    assert hall.advance() == "announce_round"
    hall.reveal("notary")
    hall.reveal("supervisor", secret="7" * 64)
    hall.reveal("supervisor")
    own = hall.revelation(PUBLIC_SEAT, by=PUBLIC_HOLDER, secret=hall.public_secret())
    hall.do(ORGANISATIONS[PUBLIC_HOLDER][2], commands.reveal, own, hall.log.published_size)
    closed, announced = hall.attempt.closed, hall.attempt.round_at
    assert closed is not None
    assert announced is not None
    hall.at(max(closed.event.reveal_deadline, announced // 1000 - 600))
    hall.reveal("centre")  # too late
    assert hall.advance() == "seal"
    result(hall)
    decline(hall)


def halted(hall: Hall) -> None:
    """Mode `drand`. A beacon that gave nothing for ten minutes, the void of it, the value after all; then a result."""
    hall.prepare()
    hall.to_seal()
    hall.at(round_time(ROUND) + 601)
    confirmed_void(hall, "BEACON_HALTED")
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    hall.publish_plan("drand", LATER_ROUND)
    hall.publish_roster()
    hall.to_result()


def by_dice(hall: Hall) -> None:
    """Mode `dice`. A seal that two seats say was followed by no throw, in a void; then a result, and a decline."""
    hall.prepare("dice")
    hall.to_seal()
    hall.clock.advance(30)
    confirmed_void(hall, "DICE_IRREGULAR")
    hall.publish_plan("dice", LATER_ROUND)
    hall.publish_roster()
    hall.to_result()
    decline(hall)


def by_both(hall: Hall) -> None:
    """A rehearsal. Mode `drand+dice`: a void after the seal and before the round, then a result."""
    hall.draw_id = "DRILL-MT-2023-0001"
    hall.prepare("drand+dice")
    hall.to_seal()
    hall.void("FORCE_MAJEURE")
    hall.at(round_time(ROUND))
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    hall.publish_plan("drand+dice", LATER_ROUND)
    hall.publish_roster()
    hall.to_result()


def result(hall: Hall) -> None:
    assert hall.attempt.round_at is not None
    hall.at(hall.attempt.round_at / 1000)
    assert hall.beacon.fetch(hall.attempt.round or 0, 20) is not None
    assert hall.advance() == "complete"


def confirmed_void(hall: Hall, reason: str) -> None:
    now = hall.clock.now // 1000
    event = commands.void_to_sign(hall.log.blobs, hall.draw(), reason, "两席确认", now)  # type: ignore[arg-type]
    made = signatures(event, subject(hall.draw_id, event.attempt), "notary", "supervisor")
    hall.do(OPERATOR, commands.void, hall.draw_id, reason, "两席确认", time=now, confirmations=made)


def decline(hall: Hall) -> None:
    """The winner declines."""
    page = queries.attempt_page(hall.log.blobs, hall.attempt)
    assert page.result is not None
    changes: list[Change] = [{"seq": 1, "code": page.result["winners"][0], "kind": "DECLINED", "reason": "来函放弃"}]
    event = commands.standing_to_sign(hall.log.blobs, hall.draw(), changes)
    event = signed(event, subject(hall.draw_id, event.attempt), "centre", "notary")
    paper = {"document_name": "放弃声明.pdf", "media_type": "application/pdf"}
    hall.do(OPERATOR, commands.change_standing, event, changes, b"%PDF-1.7", public=True, **paper)


PLAYS = {"public": with_the_public, "halted": halted, "dice": by_dice, "both": by_both}
