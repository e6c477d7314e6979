"""A seal is witnessed before its round or the attempt is void; nobody may choose between the two (section 8.2, 5)."""

from pathlib import Path

import pytest

from audit import queries as log_queries
from audit import witness
from audit.cosigning import Cosigning
from audit.log import Log
from audit.receipt import verify_receipt
from audit.witness_server import WitnessServer
from lottery import commands, queries, rules
from lottery.logged.command import Question, verify_with_log
from lottery.model import State
from lottery.protocol.beacon import round_time
from tests.audit.witnesses import a_witness, address, put_in_force, until
from tests.lottery.hall import OPERATOR, ROUND, Hall, signature_of

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DUE = round_time(ROUND)
GIVEN_UP = DUE + rules.WITNESSED_WITHIN


def sign(one: WitnessServer, log: Log) -> None:
    """Let a witness that has seen nothing yet see the published tree, without the log's hearing of it."""
    assert one.witness.add_checkpoint(witness.compose_request(0, [], log.checkpoint())).status == 200


def refuse_void(hall: Hall) -> None:
    hall.refused("lottery.void-forbidden", OPERATOR, commands.void, hall.draw_id, "SEAL_LATE", "未见证")


def test_a_seal_that_is_witnessed_in_time_gives_a_result_and_a_receipt_that_proves_it(
    hall: Hall, log: Log, tmp_path: Path
) -> None:
    with a_witness(tmp_path / "w1", log) as one, a_witness(tmp_path / "w2", log) as two, Cosigning(log):
        vkeys = [str(each.witness.cosigner.key) for each in (one, two)]
        put_in_force(log, address(one), address(two))
        hall.prepare()
        hall.to_seal()
        until(lambda: hall.attempt.witnessed is True)
        hall.at(DUE)
        assert hall.beacon.fetch(ROUND, 20) is not None
        assert hall.advance() == "complete"
        until(lambda: all(str(each.witness.cosigner.key.name) in log.checkpoint().decode() for each in (one, two)))
    sealed = hall.attempt.sealed
    assert sealed is not None
    assert sealed.seq is not None
    with log.reading() as session:
        proof = log_queries.receipt(session, log.folder, sealed.seq, log.published_size)
        entry = log_queries.entry_data(session, sealed.seq, log.published_size)
        evidence = queries.evidence(session, log.blobs, hall.draw_id, 1)
    assert evidence is not None
    found = verify_receipt(proof, entry, log.vkey, vkeys)
    assert (found.signed, found.named) == (2, 2)
    assert found.cosigned is not None
    assert found.cosigned < DUE
    for name, data in (("evidence.json", evidence), ("seal.tlog-proof", proof), ("seal.json", entry)):
        (tmp_path / name).write_bytes(data)
    receipts = [(tmp_path / "seal.tlog-proof", tmp_path / "seal.json")]
    asked = Question(str(tmp_path / "evidence.json"), receipts, str(log.folder.root), log.vkey, vkeys, 2)
    assert verify_with_log(asked).line.split()[-1] == "log=ok"


def test_without_a_quorum_the_attempt_is_void_and_until_then_nobody_may_do_anything(
    hall: Hall, log: Log, tmp_path: Path
) -> None:
    with a_witness(tmp_path / "w1", log) as one, a_witness(tmp_path / "w2", log) as two:
        put_in_force(log, address(one), address(two))
        hall.prepare()
        hall.to_seal()
        hall.settle()
        sign(one, log)  # one of two
        assert hall.attempt.witnessed is False
        hall.clock.now = DUE * 1000 - 1
        refuse_void(hall)
        hall.at(DUE)
        right = signature_of(ROUND)
        hall.refused("lottery.not-yet-witnessed", OPERATOR, commands.complete, hall.draw_id, right)
        refuse_void(hall)
        assert {"complete", "void"}.isdisjoint(hall.actions())
        assert hall.advance() is None
        with Cosigning(log):  # both are there again, too late
            until(lambda: all(str(each.witness.cosigner.key.name) in log.checkpoint().decode() for each in (one, two)))
        assert hall.attempt.witnessed is False
    hall.clock.now = GIVEN_UP * 1000 - 1
    refuse_void(hall)
    hall.at(GIVEN_UP)
    hall.refused("lottery.seal-is-late", OPERATOR, commands.complete, hall.draw_id, right)
    assert hall.advance() == "void"
    assert hall.attempt.void is not None
    assert hall.attempt.void["reason"] == "SEAL_LATE"
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    assert hall.attempt.shadow is not None


def test_a_cosignature_whose_answer_was_lost_is_found_with_the_witness_before_the_attempt_is_given_up(
    hall: Hall, log: Log, tmp_path: Path
) -> None:
    with a_witness(tmp_path / "w1", log) as one:
        put_in_force(log, address(one))
        hall.prepare()
        hall.to_seal()
        hall.settle()
        sign(one, log)
        hall.at(DUE)
        assert hall.advance() is None
        with Cosigning(log):
            until(lambda: hall.attempt.witnessed is True)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "complete"
    assert hall.state is State.DRAWN


def test_the_witnesses_that_count_are_those_in_force_at_the_plan(hall: Hall, log: Log, tmp_path: Path) -> None:
    hall.prepare()
    with a_witness(tmp_path / "w1", log) as one:
        put_in_force(log, address(one))
    hall.to_seal()
    assert hall.attempt.witnessed is None  # 未见证, and nothing waits for who was named afterwards
    hall.at(DUE)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "complete"


def test_with_dice_the_seal_waits_for_nobody_and_says_whether_it_was_seen(hall: Hall, log: Log, tmp_path: Path) -> None:
    with a_witness(tmp_path / "w1", log) as one:
        put_in_force(log, address(one))
        hall.prepare("dice")
        hall.to_result()
        assert hall.attempt.witnessed is False
        with Cosigning(log):
            until(lambda: hall.attempt.witnessed is True)
