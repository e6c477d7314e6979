"""What an insider may try who owns the database, the folder and even the log's key, and who finds him out.

Each attack is first refused by the commands; then it is forced, past them, and everything is made to agree with itself
again. Whoever kept one signed head of the log, or the receipt of the seal with a witness's time, finds it with the
exported log alone.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, update

from audit import merkle
from audit import queries as log_queries
from audit.canonical import encode
from audit.checkpoint import parse_checkpoint
from audit.cosignature import Cosigner
from audit.entry import sm3
from audit.log import Log
from audit.merkle import CompactRange
from audit.rebuild import rebuild_check
from audit.scan import Fault
from audit.tables import CheckpointRow, CosignatureRow, EntryRow, TreeHeadRow
from audit.verify import Verified, verify_log
from lottery import commands, queries
from lottery.logged.command import Answer, Question, verify_with_log
from lottery.model import subject
from lottery.protocol import canonical
from lottery.protocol.beacon import round_time
from lottery.protocol.errors import DrawError
from lottery.protocol.verify import verify_evidence
from lottery.tables import DrawStepRow
from tests.lottery.forged import Story, story_of
from tests.lottery.hall import LATER_ROUND, OPERATOR, ROUND, Hall, signed

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
DUE = round_time(ROUND)
W = Cosigner("w.example", Ed25519PrivateKey.from_private_bytes(b"w".ljust(32)))


class Outsider:
    """Holds the exported log, signed heads of it from earlier visits, and receipts. His clock is the witness's own."""

    def __init__(self, log: Log, folder: Path) -> None:
        self.log, self.folder = log, folder
        self.receipts: list[tuple[Path, Path]] = []

    def head(self, time: int) -> bytes:
        """Today's head, cosigned by the witness."""
        head = self.log.checkpoint()
        return head + bytes(W.cosign(parse_checkpoint(head), time))

    def keep_receipt(self, seq: int | None, time: int) -> None:
        """Keep the receipt of an entry whose head the witness cosigns at a time."""
        assert seq is not None
        with self.log.reading() as session:
            proof = log_queries.receipt(session, self.log.folder, seq, self.log.published_size)
            entry = log_queries.entry_data(session, seq, self.log.published_size)
        head = parse_checkpoint(proof.partition(b"\n\n")[2])
        pair = self.folder / f"{seq}.tlog-proof", self.folder / f"{seq}.json"
        pair[0].write_bytes(proof + bytes(W.cosign(head, time)))
        pair[1].write_bytes(entry)
        self.receipts.append(pair)

    def verify_log(self, since: bytes | None = None, blobs: bool = False) -> Verified | Fault:
        return verify_log(str(self.log.folder.root), self.log.vkey, since=since, blobs=blobs)

    def verify_draw(self, evidence: bytes) -> Answer:
        assert verify_evidence(evidence)  # by itself it holds
        file = self.folder / "evidence.json"
        file.write_bytes(evidence)
        # The log's own head bears no cosignature here, so with a receipt the witness is asked of the receipt alone.
        if not self.receipts:
            return verify_with_log(Question(str(file), (), str(self.log.folder.root), self.log.vkey), "en")
        head = self.log.folder.root / "checkpoint"
        before = head.read_bytes()
        head.write_bytes(before + bytes(W.cosign(parse_checkpoint(before), DUE + 86_400)))
        asked = Question(str(file), self.receipts, str(self.log.folder.root), self.log.vkey, [str(W.key)])
        answer = verify_with_log(asked, "en")
        head.write_bytes(before)
        return answer


@pytest.fixture
def outsider(log: Log, tmp_path: Path) -> Outsider:
    folder = tmp_path / "outsider"
    folder.mkdir()
    return Outsider(log, folder)


def differences(log: Log) -> list[str]:
    return [str(one) for one in rebuild_check(log.database, log.folder, log.signer.key).differences]


def evidence_of(hall: Hall) -> bytes:
    with hall.log.reading() as session:
        found = queries.evidence(session, hall.log.blobs, hall.draw_id, hall.attempt.number)
    assert found is not None
    return found


def rewrite(log: Log, forge: Callable[[Story], Any]) -> Story:
    """Forge the log's history with its own key: all entries, hashes, tiles, the head, and the database to match."""
    log.stop()
    story = story_of(log.folder.root)
    forge(story)
    chain = story.chained()
    leaves = [merkle.leaf_hash(data) for data in chain]
    prevs = ["0" * 64, *(sm3(data).hex() for data in chain)]
    tree = CompactRange().extended(leaves)
    folder = story.written(log.folder.root, signer=log.signer)
    for data in story.blobs.values():
        log.blobs.put(data)
    with log.database.writing() as session:
        for seq, one in enumerate(story.entries):
            session.execute(
                update(EntryRow)
                .where(EntryRow.seq == seq)
                .values(
                    at=one.at,
                    logged=one.logged,
                    prev=prevs[seq],
                    leaf_hash=leaves[seq],
                    body=encode(one.body),
                    files=encode([file.value() for file in one.files]),
                )
            )
        session.execute(
            update(TreeHeadRow).values(
                size=tree.size, frontier=b"".join(tree.hashes), last_sm3=prevs[-1], logged=story.entries[-1].logged
            )
        )
        session.execute(delete(CosignatureRow))
        session.execute(delete(CheckpointRow))
        session.add(CheckpointRow(size=tree.size, note=folder.checkpoint(), signed_at=story.entries[-1].logged))
    assert differences(log) == []  # database and log agree: nobody inside can tell
    return story


def why(found: Verified | Fault) -> str:
    return found.line("en") if isinstance(found, Fault) else found.line()


@SQLITE
def test_voiding_an_attempt_whose_outcome_can_be_known(hall: Hall, log: Log, outsider: Outsider) -> None:
    hall.prepare()
    hall.to_seal()
    sealed = outsider.head(DUE - 60)
    hall.at(DUE)
    for reason in ("FORCE_MAJEURE", "SEAL_LATE", "BEACON_HALTED"):
        hall.refused("lottery.void-forbidden", OPERATOR, commands.void, hall.draw_id, reason, "不合心意")
    # Past the commands: he writes the entry himself, and draws again.
    event = commands.void_to_sign(log.blobs, hall.draw(), "FORCE_MAJEURE", "停电", DUE - 10)
    with log.act(OPERATOR) as act:
        act.lock(subject(hall.draw_id))
        act.record(event, subject(hall.draw_id, 1))
    hall.settle()
    voided = outsider.head(DUE + 60)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "shadow_draw"
    hall.publish_plan("drand", LATER_ROUND)
    hall.publish_roster()
    hall.to_result()
    assert differences(log) == []
    assert isinstance(outsider.verify_log(since=sealed), Verified)  # nothing was rewritten
    answer = outsider.verify_draw(evidence_of(hall))
    assert "the outcome existed, and FORCE_MAJEURE is no ground then" in answer.line
    # He dates it back to before the round: who saw a head since then has him, and nobody ever reads log=ok.
    rewrite(log, lambda story: _date_back(story, story.place("voided"), DUE - 10))
    assert why(outsider.verify_log(since=voided)).startswith("FAIL since:")
    answer = outsider.verify_draw(evidence_of(hall))
    assert answer.line.endswith("log=partial")
    assert any("not checked: that a witness saw the void of attempt 1" in remark for remark in answer.remarks)


def _date_back(story: Story, place: int, second: int) -> None:
    story.set(place, logged=second * 1000, at=second * 1000)


def test_editing_the_roster_after_the_freeze(hall: Hall, log: Log, outsider: Outsider) -> None:
    hall.prepare()
    hall.freeze()
    frozen = outsider.head(hall.clock.now // 1000)
    hall.refused("lottery.not-now", OPERATOR, commands.publish_roster, hall.draw_id)
    hall.refused("lottery.not-now", OPERATOR, commands.freeze_roster, hall.draw_id)
    # In the database alone: the log does not say so.
    entry = hall.attempt.frozen
    assert entry is not None
    with log.database.writing() as session:
        body = session.scalars(select(EntryRow.body).where(EntryRow.id == entry.entry_id)).one()
        other = body.replace(entry.event.roster_sha256.encode(), b"ab" * 32)
        session.execute(update(EntryRow).where(EntryRow.id == entry.entry_id).values(body=other))
    assert differences(log) == [f"DIFFERS entries seq={entry.seq} body"]
    with log.database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.id == entry.entry_id).values(body=body))
    hall.commit()
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    assert hall.advance() == "announce_round"
    hall.reveal()
    hall.at(DUE - 90)
    assert hall.advance() == "seal"
    sealed = hall.attempt.sealed
    assert sealed is not None
    outsider.keep_receipt(sealed.seq, DUE - 60)
    hall.at(DUE)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "complete"
    honest = evidence_of(hall)
    assert outsider.verify_draw(honest).line.endswith("log=ok")
    # In log and database both: a competitor was never on the roster.
    forged: list[bytes] = []
    rewrite(log, lambda story: forged.append(_without_the_winner(story)))
    assert isinstance(outsider.verify_log(), Verified)
    assert verify_evidence(forged[0]).winners != verify_evidence(honest).winners
    assert why(outsider.verify_log(since=frozen)).startswith("FAIL since:")
    assert "E_LOG " in outsider.verify_draw(forged[0]).line


def _without_the_winner(story: Story) -> bytes:
    evidence: Any = canonical.decode(story.evidence())
    place = story.place("roster_published")
    roster = story.document(place, "roster.json")
    roster["agents"] = [one for one in roster["agents"] if one["code"] not in evidence["result"]["winners"]]
    file = story.file("roster.json", roster)
    size = len(roster["agents"])
    counts = {
        "agents": size,
        "excluded": len(roster["excluded"]),
        "balls": sum(one["balls"] for one in roster["agents"]),
    }
    story.change(place, roster_sha256=file.sha256, counts=counts)
    story.set(place, files=[file])
    story.change(story.place("roster_frozen"), roster_sha256=file.sha256)
    return story.redraw()


def test_dropping_a_logged_reveal(hall: Hall, log: Log, outsider: Outsider) -> None:
    hall.prepare()
    hall.to_revealing()
    hall.reveal("centre", "supervisor")
    hall.refused("lottery.not-now", OPERATOR, commands.seal, hall.draw_id)  # the notary has time still
    hall.reveal("notary")
    revealed = outsider.head(hall.clock.now // 1000)
    # Its rows vanish before the program makes the seal.
    mine = next(step for step in hall.attempt.reveals if step.event.seat == "notary")
    with log.database.writing() as session:
        session.execute(delete(DrawStepRow).where(DrawStepRow.entry_id == mine.entry_id))
        session.execute(delete(EntryRow).where(EntryRow.id == mine.entry_id))
    hall.at(DUE - 90)
    assert hall.advance() == "seal"
    sealed = hall.attempt.sealed
    assert sealed is not None
    outsider.keep_receipt(sealed.seq, DUE - 60)
    hall.at(DUE)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "complete"
    evidence = evidence_of(hall)
    assert set(differences(log)) == {f"MISSING entries seq={mine.seq}", f"MISSING draw_steps seq={mine.seq}"}
    assert isinstance(outsider.verify_log(since=revealed), Verified)
    assert f"it drops the reveal of notary, entry {mine.seq}" in outsider.verify_draw(evidence).line


@SQLITE
def test_dating_a_seal_back_to_before_its_round(hall: Hall, log: Log, outsider: Outsider) -> None:
    hall.prepare()
    hall.to_revealing()
    hall.reveal()
    hall.at(DUE - 64)
    hall.refused("lottery.seal-too-late", OPERATOR, commands.seal, hall.draw_id)
    hall.at(DUE + 3)
    hall.refused("lottery.seal-too-late", OPERATOR, commands.seal, hall.draw_id)
    # No command takes a time. So he turns the clock of the machine back, with the round's value before him.
    hall.clock.now = (DUE - 90) * 1000
    assert hall.advance() == "seal"
    sealed = hall.attempt.sealed
    assert sealed is not None
    hall.at(DUE + 6)
    assert hall.beacon.fetch(ROUND, 20) is not None
    assert hall.advance() == "complete"
    evidence = evidence_of(hall)
    assert differences(log) == []
    assert isinstance(outsider.verify_log(), Verified)
    answer = outsider.verify_draw(evidence)
    assert answer.line.endswith("log=partial")  # without a witness nobody may call it checked
    assert any("not checked: that a witness saw the seal" in remark for remark in answer.remarks)
    outsider.keep_receipt(sealed.seq, DUE + 5)
    assert "which is not before the round's time" in outsider.verify_draw(evidence).line
    # And a time that was seen is never another one again.
    seen = outsider.head(DUE + 10)
    outsider.receipts.clear()
    rewrite(log, lambda story: _date_back(story, story.place("sealed"), DUE - 100))
    assert why(outsider.verify_log(since=seen)).startswith("FAIL since:")
    assert f"logged at {DUE - 100}, not at {DUE - 90}" in outsider.verify_draw(evidence).line


def test_showing_another_winner(hall: Hall, log: Log, outsider: Outsider) -> None:
    hall.prepare()
    hall.to_result()
    honest = evidence_of(hall)
    before = outsider.head(DUE + 1)
    hall.refused("lottery.not-now", OPERATOR, commands.complete, hall.draw_id, "0" * 96)
    changes: Any = [{"seq": 1, "code": verify_evidence(honest).winners[0], "kind": "DECLINED", "reason": "放弃"}]
    right = commands.standing_to_sign(log.blobs, hall.draw(), changes)
    wrong = right.model_copy(update={"standing_sha256": "ab" * 32})
    other = signed(wrong, subject(hall.draw_id, 1), "centre", "notary")
    paper: dict[str, Any] = {"document_name": "纸.pdf", "media_type": "application/pdf", "public": True}
    hall.refused("lottery.standing-differs", OPERATOR, commands.change_standing, other, changes, b"%PDF", **paper)
    # Another name on the screen, and nothing else: the file convicts itself.
    shown: Any = canonical.decode(honest)
    shown["result"]["winners"], shown["result"]["alternates"][0] = (
        [shown["result"]["alternates"][0]],
        shown["result"]["winners"][0],
    )
    with pytest.raises(DrawError) as caught:
        verify_evidence(canonical.encode(shown))
    assert caught.value.code == "E_WINNERS"
    # A whole draw of another seal, which holds by itself, served by database and folder in the place of the first.
    story = story_of(log.folder.root)
    forged = _for_another_winner(story, verify_evidence(honest).winners)
    drawn = hall.attempt.drawn
    assert drawn is not None
    now = story.entry("drawn")
    for data in story.blobs.values():
        log.blobs.put(data)
    with log.database.writing() as session:
        session.execute(
            update(EntryRow)
            .where(EntryRow.id == drawn.entry_id)
            .values(body=encode(now.body), files=encode([file.value() for file in now.files]))
        )
        session.execute(
            update(EntryRow).where(EntryRow.kind == "lottery.sealed").values(body=encode(story.entry("sealed").body))
        )
    assert evidence_of(hall) == forged
    assert {line.split(" ", 2)[1] for line in differences(log)} == {"entries"}
    assert "not the seal of the evidence" in outsider.verify_draw(forged).line
    # The published file under its old name holds other bytes.
    name = next(file.sha256 for file in drawn.files if file.name == "evidence.json")
    path = log.folder.root / "blob" / name
    path.unlink()
    path.write_bytes(forged)
    assert why(outsider.verify_log(blobs=True)).startswith(f"FAIL blob/{name}:")
    path.write_bytes(honest)
    # And with the whole history written anew, the head of the first visit is of another tree.
    rewrite(log, lambda story: _for_another_winner(story, verify_evidence(honest).winners))
    assert isinstance(outsider.verify_log(), Verified)
    assert why(outsider.verify_log(since=before)).startswith("FAIL since:")
    assert "it drops the reveal of" in outsider.verify_draw(evidence_of(hall)).line


def _for_another_winner(story: Story, winners: list[str]) -> bytes:
    """Leave out reveals until somebody else wins: what a dropped secret would buy, were it not seen."""
    seal: Any = story.entry("sealed").body["seal"]
    for silent in seal["seats"]:
        seats = [one | ({"secret": None} if one == silent else {}) for one in seal["seats"]]
        evidence = story.redraw(seats=seats)
        if verify_evidence(evidence).winners != winners:
            return evidence
    pytest.fail("no choice gives another winner: take another secret for the test")
