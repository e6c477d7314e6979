"""A draw's whole life on both databases, in each of the three modes."""

import hashlib
import json

import pytest

from lottery import queries
from lottery.model import State
from lottery.protocol.beacon import round_time
from lottery.protocol.canonical import doc_hash
from lottery.protocol.verify import verify_evidence
from tests.lottery.hall import ROUND, SEATS, Hall, a_secret, steps_of

ORDER = [
    "lottery.decided",
    "lottery.call_published",
    "lottery.planned",
    "lottery.roster_published",
    "lottery.roster_frozen",
    *["lottery.committed"] * 3,
    "lottery.commitments_closed",
]


def kinds(hall: Hall) -> list[str]:
    return [step.event.kind for step in steps_of(hall.draw(placed=True))]


def test_mode_drand_goes_from_the_decision_to_a_result_that_verifies(hall: Hall) -> None:
    hall.prepare()
    hall.to_result()
    drawn = hall.attempt.drawn
    assert drawn is not None
    assert kinds(hall) == [
        *ORDER,
        "lottery.round_announced",
        *["lottery.revealed"] * 3,
        "lottery.sealed",
        "lottery.drawn",
    ]
    assert hall.state is State.DRAWN
    with hall.log.reading() as session:
        data = queries.evidence(session, hall.log.blobs, hall.draw_id, 1)
    assert data is not None
    verified = verify_evidence(data)
    assert verified.bls == "ok"
    assert verified.evidence["beacon"] is not None
    assert verified.evidence["beacon"]["round"] == ROUND
    assert verified.evidence["seal_time"] == hall.attempt.seal_time
    assert drawn.event.seed == verified.seed


def test_mode_dice_seals_first_and_throws_after(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_result()
    assert kinds(hall)[-3:] == ["lottery.sealed", "lottery.dice_thrown", "lottery.drawn"]
    with hall.log.reading() as session:
        data = queries.evidence(session, hall.log.blobs, hall.draw_id, 1)
    assert data is not None
    assert verify_evidence(data).bls == "-"


def test_mode_drand_and_dice_throws_before_the_seal(hall: Hall) -> None:
    hall.prepare("drand+dice")
    hall.to_result()
    assert kinds(hall)[-3:] == ["lottery.dice_thrown", "lottery.sealed", "lottery.drawn"]
    with hall.log.reading() as session:
        data = queries.evidence(session, hall.log.blobs, hall.draw_id, 1)
    assert data is not None
    verified = verify_evidence(data)
    assert verified.evidence["seal"]["dice"] == "31415926535897932384"
    assert verified.evidence["seal"]["round"] == ROUND


def test_every_agency_on_record_stands_in_the_roster_once(hall: Hall) -> None:
    hall.suspend(hall.codes[0])
    hall.prepare()
    with hall.log.reading() as session:
        draw = queries.known_draw(session, hall.draw_id)
    assert draw.attempt is not None
    roster = queries.attempt_page(hall.log.blobs, draw.attempt).roster
    assert roster is not None
    assert [agent["code"] for agent in roster["agents"]] == sorted(hall.codes[1:-1])
    assert {item["code"]: item["reason"] for item in roster["excluded"]} == {
        hall.codes[0]: "SUSPENDED",
        hall.codes[-1]: "DID_NOT_ANSWER",
    }


def test_the_seal_is_the_log_and_nothing_else(hall: Hall) -> None:
    hall.prepare()
    hall.to_revealing()
    hall.reveal("centre", "notary")
    assert hall.attempt.closed is not None
    hall.at(hall.attempt.closed.event.reveal_deadline)
    assert hall.advance() == "seal"
    seal = hall.attempt.seal
    assert seal is not None
    assert {entry["seat"]: entry["secret"] for entry in seal["seats"]} == {
        "centre": a_secret("centre"),
        "notary": a_secret("notary"),
        "supervisor": None,
    }
    assert [entry["commit"] for entry in seal["seats"]] == [hall.attempt.committed[seat] for seat in SEATS]
    assert seal["round"] == ROUND
    assert seal["roster_sha256"] == hall.attempt.rosters[-1].event.roster_sha256
    assert seal["plan_sha256"] == doc_hash(hall.attempt.plan)


def test_seal_time_is_the_time_of_the_log_rounded_up(hall: Hall) -> None:
    hall.prepare()
    hall.to_revealing()
    hall.reveal()
    hall.clock.now += 1
    assert hall.advance() == "seal"
    sealed = hall.attempt.sealed
    assert sealed is not None
    assert sealed.logged == hall.clock.now
    assert hall.attempt.seal_time == hall.clock.now // 1000 + 1


@pytest.mark.parametrize("mode", ["drand", "dice"])
def test_files_are_the_canonical_documents_named_by_their_hashes(hall: Hall, mode: str) -> None:
    hall.prepare(mode)
    hall.to_result()
    drawn = hall.attempt.drawn
    assert drawn is not None
    assert [file.name for file in drawn.files] == ["result.json", "evidence.json"]
    for file in drawn.files:
        data = hall.log.blobs.get(file.sha256)
        assert data is not None
        assert hashlib.sha256(data).hexdigest() == file.sha256
        assert file.media_type == "application/json"
    assert drawn.sha256("result.json") == drawn.event.result_sha256
    evidence = json.loads(hall.log.blobs.get(drawn.sha256("evidence.json")) or b"")
    assert evidence["standing"] is None


def test_a_round_of_another_year_works_as_well(hall: Hall) -> None:
    # Thursday, 14 August 2025: the calendar and the numbering follow the clock.
    hall.draw_id = "MT-2025-0001"
    hall.at(1_754_960_400)
    hall.prepare(round_=20791007)
    hall.to_result()
    assert hall.attempt.round == 20791007
    assert hall.attempt.round_at == round_time(20791007) * 1000
