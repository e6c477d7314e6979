"""The log asks its witnesses: what they sign is kept, published and rested on, and none can hold up anything."""

import logging
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from audit import asking, cosigned, cosigning, queries, witness, witnesses
from audit.checkpoint import open_checkpoint, parse_checkpoint
from audit.command import verify_receipt_command
from audit.cosignature import Cosigner, NoQuorum, verify_cosignatures
from audit.cosigning import Cosigning, put_in_force
from audit.database import Database
from audit.entry import SYSTEM
from audit.events import Event
from audit.log import Log, open_log
from audit.note import BadKey, VerifierKey
from audit.receipt import verify_receipt
from audit.settings import Settings
from audit.tables import CosignatureRow, EntryRow
from audit.transfer import export_log, import_log
from audit.witnesses import BadWitnesses
from tests.audit.witnesses import a_witness, address, answering, named, until
from tests.audit.witnesses import put_in_force as put
from tests.ground import FakeClock

STRANGER = Cosigner("stranger.example", Ed25519PrivateKey.from_private_bytes(b"stranger".ljust(32)))


class Heard(Event):
    kind = "test.heard"
    text: str


def heard(log: Log, text: str = "一") -> int:
    """One entry; its place, once it is published."""
    with log.act(SYSTEM) as act:
        act.lock("test:heard")
        entry_id = act.record(Heard(text=text), "test:heard")
    seq = log.wait(entry_id, 60)
    assert seq is not None
    return seq


def signed_by(log: Log, key: VerifierKey) -> int:
    """How often a witness stands in the published checkpoint."""
    return len(verify_cosignatures(open_checkpoint(log.checkpoint(), log.signer.key), [key]))


def until_cosigned(log: Log, seq: int) -> None:
    """Wait for a quorum that has seen an entry."""

    def holds() -> bool:
        with log.reading() as session:
            return cosigned.first_by_quorum(session, seq, log.published_size) is not None

    until(holds)


def proof_of(log: Log, seq: int) -> tuple[bytes, bytes]:
    with log.reading() as session:
        size = log.published_size
        return queries.receipt(session, log.folder, seq, size), queries.entry_data(session, seq, size)


# In force


@pytest.mark.parametrize(
    ("given", "quorum"),
    [
        ([f"{STRANGER.key}"], 1),
        ([f"{STRANGER.key}=ftp://w.example"], 1),
        ([f"{STRANGER.key}=https://w.example/ x"], 1),
        ([f"{STRANGER.key}=https://w.example"], 0),
        ([f"{STRANGER.key}=https://w.example"], 2),
        ([f"{STRANGER.key}=https://w.example"] * 2, 1),
        ([], 1),
    ],
)
def test_a_list_that_is_none_is_refused(given: list[str], quorum: int) -> None:
    with pytest.raises(BadWitnesses):
        witnesses.parse_list(given, quorum)
    with pytest.raises(BadKey):
        witnesses.parse_list(["w.example+00000000+AAAA=https://w.example"], 1)


def test_the_witnesses_in_force_are_those_of_the_last_entry_in_the_tree(log: Log) -> None:
    one, two = f"{STRANGER.key}=https://w.example/a=b/", f"{STRANGER.key}=https://w.example/other"
    first, second = put(log, one), put(log, two)
    with log.reading() as session:
        assert witnesses.in_force(session, first) == witnesses.NOBODY
        assert witnesses.in_force(session, second).urls == {STRANGER.key: "https://w.example/a=b"}
        assert witnesses.in_force(session, second + 1).urls == {STRANGER.key: "https://w.example/other"}
        assert witnesses.in_force(session, second + 1).quorum == 1


def test_a_start_logs_the_settings_only_where_they_differ(log: Log, data: Path) -> None:
    def kinds() -> int:
        assert log.wait_for_all()
        with log.reading() as session:
            return session.scalar(select(func.count()).where(EntryRow.kind == "audit.witnesses_set")) or 0

    setting = Settings(data=data, witnesses=[f"{STRANGER.key}=https://w.example"])
    for settings, count in ((Settings(data=data), 0), (setting, 1), (setting, 1), (Settings(data=data), 1)):
        put_in_force(log, settings)
        assert kinds() == count
    put_in_force(log, Settings(data=data, witnesses=[]))
    assert kinds() == 2


# Asked and heard


def test_a_quorum_makes_receipts_that_rest_on_the_first_tree_it_signed(log: Log, tmp_path: Path) -> None:
    with a_witness(tmp_path / "w1", log) as one, a_witness(tmp_path / "w2", log) as two, Cosigning(log):
        keys = [one.witness.cosigner.key, two.witness.cosigner.key]
        put(log, address(one), address(two))
        seq = heard(log)
        until_cosigned(log, seq)
        until(lambda: all(signed_by(log, key) == 1 for key in keys))
        first, entry = proof_of(log, seq)
        later = heard(log, "二")
        until_cosigned(log, later)
        assert proof_of(log, seq)[0] == first  # a later one would prove less
    vkeys = [str(key) for key in keys]
    found = verify_receipt(first, entry, log.vkey, vkeys)
    assert (found.seq, found.signed, found.named, found.cosigned) == (seq, 2, 2, log.clock() // 1000)
    proof_file, entry_file = tmp_path / "r.tlog-proof", tmp_path / "r.json"
    proof_file.write_bytes(first)
    entry_file.write_bytes(entry)
    line, status = verify_receipt_command(str(proof_file), str(entry_file), log.vkey, vkeys)
    assert (status, line.split()[3]) == (0, "witnesses=2/2")


def test_without_a_quorum_a_receipt_rests_on_the_newest_tree(log: Log, tmp_path: Path) -> None:
    with a_witness(tmp_path / "w1", log) as one, Cosigning(log):
        seq = put(log, address(one), named(STRANGER.key, "http://127.0.0.1:9"))
        until(lambda: signed_by(log, one.witness.cosigner.key) == 1)
    proof, entry = proof_of(log, seq)
    with pytest.raises(NoQuorum):
        verify_receipt(proof, entry, log.vkey, [str(one.witness.cosigner.key), str(STRANGER.key)])
    assert verify_receipt(proof, entry, log.vkey, [str(one.witness.cosigner.key)]).signed == 1
    with log.reading() as session:
        assert cosigned.standing(session, log.published_size).signed == 0


def test_a_checkpoint_keeps_its_cosignatures_over_a_restart(log: Log, data: Path, tmp_path: Path) -> None:
    with a_witness(tmp_path / "w1", log) as one, Cosigning(log):
        put(log, address(one))
        until(lambda: signed_by(log, one.witness.cosigner.key) == 1)
    log.stop()
    again = open_log(data, log.database, log.clock, reserve=0)
    again.settle()
    assert signed_by(again, one.witness.cosigner.key) == 1


def test_an_import_takes_up_the_cosignatures_of_what_it_imports(log: Log, tmp_path: Path, migrated: Path) -> None:
    with a_witness(tmp_path / "w1", log) as one, Cosigning(log):
        seq = put(log, address(one))
        until_cosigned(log, seq)
        until(lambda: signed_by(log, one.witness.cosigner.key) == 1)
    export_log(log.folder, tmp_path / "out")
    database = Database(f"sqlite:///{shutil.copy(migrated, tmp_path / 'again.db')}")
    (tmp_path / "again").mkdir()
    import_log(tmp_path / "out", tmp_path / "again", database, log.signer.key)
    with database.reading() as session:
        size = cosigned.first_by_quorum(session, seq, log.published_size)
        assert size == log.published_size
        assert cosigned.cosigned_note(session, size) == log.checkpoint()
    database.dispose()


def test_a_witness_that_has_seen_more_than_we_knew_is_asked_from_there_and_its_earlier_word_is_taken_up(
    log: Log, tmp_path: Path, clock: FakeClock
) -> None:
    with a_witness(tmp_path / "w1", log) as one:
        key = one.witness.cosigner.key
        seq = put(log, address(one))
        # Its first answer is lost on the way.
        lost = witness.compose_request(0, [], log.checkpoint())
        assert one.witness.add_checkpoint(lost).status == 200
        first = log.published_size
        clock.now += 5000
        heard(log)
        with Cosigning(log):
            until(lambda: signed_by(log, key) == 1)
    with log.reading() as session:
        rows = session.execute(select(CosignatureRow.size, CosignatureRow.time).order_by(CosignatureRow.size)).all()
        assert [tuple(row) for row in rows] == [
            (first, clock.now // 1000 - 5),
            (log.published_size, clock.now // 1000),
        ]
        term = witnesses.in_force(session, log.published_size)
        assert cosigned.is_cosigned_before(session, seq, term, clock.now // 1000)
        assert not cosigned.is_cosigned_before(session, seq, term, clock.now // 1000 - 5)


def test_a_tree_that_does_not_grow_is_cosigned_afresh(
    log: Log, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "REFRESH", 0.1)
    with a_witness(tmp_path / "w1", log) as one, Cosigning(log):
        key = one.witness.cosigner.key
        seq = put(log, address(one))
        until(lambda: signed_by(log, key) == 1)
        early, entry = proof_of(log, seq)
        clock.now += 60_000
        newest = clock.now // 1000

        def is_fresh() -> bool:
            found = verify_cosignatures(parse_checkpoint(log.checkpoint()), [key])
            return [item.time for item in found] == [newest]

        until(is_fresh)
        assert proof_of(log, seq) == (early, entry)


def test_what_a_busy_database_could_not_keep_is_kept_later(
    log: Log, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep, refused = cosigned.keep, threading.Event()

    def busy(*arguments: Any) -> int:
        if not refused.is_set():
            refused.set()
            clock.now += 60_000  # what the witness would say from now on is another time
            raise OSError("locked")
        return keep(*arguments)

    monkeypatch.setattr(cosigned, "keep", busy)
    before = clock.now // 1000
    with a_witness(tmp_path / "w1", log) as one, Cosigning(log):
        seq = put(log, address(one))
        until_cosigned(log, seq)
        assert refused.is_set()
    with log.reading() as session:
        assert before in session.scalars(select(CosignatureRow.time)).all()


# Those who fail


def test_a_slow_a_lying_and_an_absent_witness_hold_up_nothing(
    log: Log, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Two of five are honest, which is the quorum."""
    liar, sleeper, mute = (Cosigner(f"{name}.example", Ed25519PrivateKey.generate()) for name in ("liar", "slow", "no"))
    ends = threading.Event()

    def sleeps(_: bytes) -> tuple[int, bytes]:
        ends.wait(60)
        return 200, b""

    def lies(request: bytes) -> tuple[int, bytes]:
        checkpoint = witness.parse_request(request).checkpoint
        other = parse_checkpoint(
            checkpoint.note.text.replace(b"\n", b"-x\n", 1) + b"\n" + bytes(checkpoint.note.signatures[0])
        )
        return 200, bytes(liar.cosign(other, 1)) + bytes(STRANGER.cosign(checkpoint, 1))

    with (
        a_witness(tmp_path / "w1", log) as one,
        a_witness(tmp_path / "w2", log) as two,
        answering(sleeps) as slow,
        answering(lies) as lying,
        Cosigning(log),
        caplog.at_level(logging.WARNING),
    ):
        addresses = [named(sleeper.key, slow), named(liar.key, lying), named(mute.key, "http://127.0.0.1:9")]
        put(log, address(one), address(two), *addresses, quorum=2)
        for number in range(3):
            seq = heard(log, str(number))
            until_cosigned(log, seq)
        ends.set()
        until(lambda: "liar.example" in caplog.text)
    with log.reading() as session:
        kept = set(session.scalars(select(CosignatureRow.witness)))
    assert kept == {str(one.witness.cosigner.key), str(two.witness.cosigner.key)}
    assert STRANGER.key.name.encode() not in log.checkpoint()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"\xff" * 10),
        (200, b"x" * (asking.MAX_ANSWER + 1)),
        (409, b"-1\n"),
        (409, b"99999\n"),
        (409, b"3\n"),
        (409, b""),
        (302, b""),
        (422, b"no\n"),
        (500, b"\n"),
    ],
)
def test_an_answer_that_is_none_is_a_fault_of_the_witness(log: Log, status: int, body: bytes) -> None:
    checkpoint = parse_checkpoint(log.checkpoint())
    with answering(lambda _: (status, body)) as url, pytest.raises(asking.WitnessFault):
        asking.ask(url, STRANGER.key, 0, checkpoint, lambda _old, _new: [])


def test_lines_by_keys_unknown_to_us_are_dropped_and_told(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    checkpoint = parse_checkpoint(log.checkpoint())
    own = Cosigner("own.example", Ed25519PrivateKey.generate())
    line = own.cosign(checkpoint, 7)
    body = bytes(STRANGER.cosign(checkpoint, 7)) + bytes(line)
    with answering(lambda _: (200, body)) as url:
        answered = asking.ask(url, own.key, 0, checkpoint, lambda _old, _new: [])
    assert [one.note.signatures for one in answered.cosigned] == [(line,)]
    assert "own.example: 1 lines by other keys dropped" in caplog.text


def test_a_cosignature_of_a_tree_that_is_not_ours_is_not_kept(log: Log) -> None:
    checkpoint = parse_checkpoint(log.checkpoint())
    odd = parse_checkpoint(
        checkpoint.note.text.replace(b"\n1\n", b"\n7\n") + b"\n" + bytes(checkpoint.note.signatures[0])
    )
    line = STRANGER.cosign(odd, 7)
    forged = parse_checkpoint(odd.note.text + b"\n" + bytes(line))
    with pytest.raises(cosigned.NotOurs), log.database.writing() as session:
        cosigned.keep(session, forged, STRANGER.key)


def test_a_stopped_asker_asks_no_more(log: Log, tmp_path: Path) -> None:
    asker = Cosigning(log)
    asker.start()
    asker.stop()
    with a_witness(tmp_path / "w1", log) as one:
        put(log, address(one))
        assert one.witness.shown(witness.monitor_path(log.origin)) is None
