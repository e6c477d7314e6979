"""A draw against the whole log (stage 9): honest histories hold, and each rule that a forger breaks is named."""

import random
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import tiles
from audit.cosignature import Cosigner
from audit.entry import parse, sm3
from lottery.logged.command import Answer, Question, verify_with_log
from lottery.protocol import canonical
from lottery.protocol.beacon import round_time
from tests.ground import ORIGIN
from tests.lottery.forged import Story, ask, ask_in_both, fresh, told
from tests.lottery.forgeries import FORGERIES, numbered
from tests.lottery.hall import LATER_ROUND, ROUND
from tests.lottery.stories import PLAYS
from tests.sampled import sampled


@pytest.fixture
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> Story:
    name: str = request.param
    return told(tmp_path_factory, migrated, name, PLAYS[name])


@pytest.mark.parametrize("story", PLAYS, indirect=True)
def test_an_honest_history_holds_and_what_was_not_checked_is_said(story: Story, tmp_path: Path) -> None:
    answer = ask(story.written(tmp_path / "log"), story.evidence())
    assert answer.status == 0, answer.line
    assert answer.line.endswith("log=partial")
    assert any("that a witness saw the seal" in remark for remark in answer.remarks)


@pytest.mark.parametrize(
    ("story", "name"), [(story, name) for name, (story, _, _) in FORGERIES.items()], indirect=["story"]
)
def test_a_forged_history_is_found_by_whoever_has_the_log(story: Story, name: str, tmp_path: Path) -> None:
    _, words, forge = FORGERIES[name]
    evidence = forge(story) or story.evidence()
    folder = story.written(tmp_path / "log")
    answer, in_chinese = ask_in_both(folder, evidence)
    assert answer.status == 1, answer.line
    assert answer.line.startswith("E_LOG "), answer.line
    assert words in answer.line, answer.line
    assert not in_chinese.line.isascii()


@pytest.mark.parametrize("story", ["public"], indirect=True)
def test_a_draw_whose_number_has_a_gap_before_it_is_found(story: Story, tmp_path: Path) -> None:
    for draw_ids, words in (
        (("MT-2022-0007", "DRILL-MT-2023-0004", "XX-2023-0003"), "OK "),
        (("MT-2023-0002",), "OK "),  # of a later one: its own verifier will ask
    ):
        assert ask(numbered(fresh(story), *draw_ids).written(tmp_path / "log"), story.evidence()).line.startswith(words)
    other = numbered(fresh(story), "MT-2023-0001")
    other.set(other.place("decided") - 1, subject="draw:MT-2023-0000")
    other.change(other.place("decided") - 1, draw_id="MT-2023-0000")
    answer = ask(other.written(tmp_path / "log"), story.evidence())
    assert "numbers have a gap: it should be 1" in answer.line


# Files that are not with the log, and standings


@pytest.mark.parametrize(
    ("story", "file", "words"),
    [
        ("halted", "confirmations.json", "not checked: the two confirmations of the void"),
        ("halted", "roster.json", "not checked: that no ball changed in attempt 2"),
        ("dice", "standing.json", "not checked: standings without"),
    ],
    indirect=["story"],
)
def test_what_a_missing_file_leaves_unchecked_is_said(story: Story, file: str, words: str, tmp_path: Path) -> None:
    for one in story.entries:
        for digest in (found.sha256 for found in one.files if found.name == file):
            story.blobs.pop(digest, None)
    answer = ask(story.written(tmp_path / "log"), story.evidence())
    assert answer.line.endswith("log=partial")
    assert any(remark.startswith(words) for remark in answer.remarks), answer.remarks


@pytest.mark.parametrize("story", ["dice"], indirect=True)
def test_a_standing_that_is_not_the_newest_is_told_and_no_fault(story: Story, tmp_path: Path) -> None:
    place = story.place("standing_changed")
    standing = story.document(place, "standing.json")
    evidence = canonical.decode(story.evidence())
    assert isinstance(evidence, dict)
    newest = canonical.encode({**evidence, "standing": standing})
    folder = story.written(tmp_path / "log")
    for shown, told_so in ((story.evidence(), True), (newest, False)):
        answer = ask(folder, shown)
        assert answer.status == 0
        assert any("older than the newest standing" in remark for remark in answer.remarks) is told_so
    assert f"winners={standing['winners'][0]} " in answer.line


@pytest.mark.parametrize("story", ["halted"], indirect=True)
def test_a_result_that_a_voided_seal_would_have_given_is_missed(story: Story, tmp_path: Path) -> None:
    del story.entries[story.place("shadow_drawn")]
    answer = ask(story.written(tmp_path / "log"), story.evidence())
    assert answer.status == 0
    assert any("does not hold what it would have given" in remark for remark in answer.remarks)


# Witnesses


W1, W2 = (Cosigner(f"{name}.example", Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32))) for name in "ab")
DUE = round_time(LATER_ROUND)


def witnessed(story: Story, *cosigners: Cosigner, quorum: int = 1) -> None:
    """Put witnesses in force from the beginning."""
    named = sorted(
        ({"vkey": str(one.key), "url": "https://w.example"} for one in cosigners), key=lambda one: one["vkey"]
    )
    story.insert(1, "audit.witnesses_set", f"log:{ORIGIN}", {"witnesses": named, "quorum": quorum})


class Held:
    """What an outsider holds: the log, the evidence, and receipts."""

    def __init__(self, story: Story, path: Path, *heads: Cosigner) -> None:
        self.story, self.path = story, path
        self.folder = story.written(path / "log", [(one, DUE + 60) for one in heads])
        self.receipts: list[tuple[Path, Path]] = []

    def keep(self, place: int, time: int | None, *cosigners: Cosigner, size: int | None = None) -> None:
        """Keep a receipt of an entry, on the first head that holds it, cosigned at a time."""
        signed_by = [(one, time) for one in cosigners if time is not None]
        pair = self.path / f"{place}.tlog-proof", self.path / f"{place}.json"
        pair[0].write_bytes(self.folder.receipt(place, signed_by, size or place + 1))
        pair[1].write_bytes(self.folder.entries[place])
        self.receipts.append(pair)

    def ask(self, *cosigners: Cosigner, log: bool = True, **more: Any) -> Answer:
        file = self.path / "evidence.json"
        file.write_bytes(self.story.evidence())
        asked = Question(
            str(file),
            self.receipts,
            str(self.folder.path) if log else None,
            self.folder.vkey,
            [str(one.key) for one in cosigners],
            **more,
        )
        return verify_with_log(asked, "en")


@pytest.mark.parametrize("story", ["public", "halted"], indirect=True)
def test_with_the_log_and_a_receipt_that_was_witnessed_before_the_round_all_is_checked(
    story: Story, tmp_path: Path
) -> None:
    witnessed(story, W1, W2)
    held = Held(story, tmp_path, W1)
    held.keep(story.place("sealed"), DUE - 1, W1)
    answer = held.ask(W1)
    assert (answer.line.split()[-1], answer.status) == ("log=ok", 0), answer
    assert not any("not checked" in remark for remark in answer.remarks)
    assert held.ask(W1, log=False).line.endswith("log=partial")
    assert held.ask().line.endswith("log=partial")  # no witness named


@pytest.mark.parametrize("story", ["public"], indirect=True)
def test_a_receipt_must_be_of_this_seal_in_this_log_and_witnessed_before_the_round(
    story: Story, tmp_path: Path
) -> None:
    sealed = story.place("sealed")
    held = Held(story, tmp_path, W1)
    held.keep(sealed, DUE, W1)
    assert "is not before the round's time" in held.ask(W1).line
    held.receipts.clear()
    held.keep(sealed, DUE - 1)
    assert held.ask(W1).line.startswith("E_LOG ")  # nobody cosigned it
    held.receipts.clear()
    held.keep(story.place("drawn"), DUE - 1, W1)
    assert "the entry is not the sealing of this attempt" in held.ask(W1).line
    held.receipts.clear()
    other = fresh(story)
    other.set(3, at=1)
    split = Held(other, tmp_path, W1)
    split.keep(sealed, DUE - 1, W1)
    held = Held(story, tmp_path, W1)
    held.receipts = split.receipts
    assert "is not of this log's tree" in held.ask(W1).line


@pytest.mark.parametrize("story", ["public"], indirect=True)
def test_a_receipt_of_a_larger_log_and_a_quorum_of_others_leave_something_unchecked(
    story: Story, tmp_path: Path
) -> None:
    sealed = story.place("sealed")
    larger = fresh(story)
    larger.insert(len(larger.entries), "trading.noted", "project:1", {})
    whole = Held(larger, tmp_path, W1)
    whole.keep(sealed, DUE - 1, W1, size=len(larger.entries))
    held = Held(story, tmp_path, W1)
    held.receipts = whole.receipts
    answer = held.ask(W1)
    assert answer.line.endswith("log=partial")
    assert any("of a larger log" in remark for remark in answer.remarks)
    witnessed(story, W2)  # W1 is named by the reader and was not in force
    held = Held(story, tmp_path, W1)
    held.keep(sealed + 1, DUE - 1, W1)
    answer = held.ask(W1)
    assert answer.line.endswith("log=partial")
    assert any("a quorum of the witnesses in force" in remark for remark in answer.remarks)


@pytest.mark.parametrize("story", ["dice"], indirect=True)
def test_dice_leave_no_signature_and_the_witness_must_have_come_before_them(story: Story, tmp_path: Path) -> None:
    thrown: Any = story.entry("dice_thrown").body["time"]
    for time, found in ((thrown, "log=ok"), (thrown + 1, "log=partial")):
        held = Held(story, tmp_path, W1)
        held.keep(story.place("sealed"), time, W1)
        assert held.ask(W1).line.split()[-2:] == ["BLS=-", found]


@pytest.mark.parametrize("story", ["both"], indirect=True)
def test_a_void_after_the_seal_takes_a_receipt_of_its_own(story: Story, tmp_path: Path) -> None:
    held = Held(story, tmp_path, W1)
    held.keep(story.place("sealed"), DUE - 1, W1)
    answer = held.ask(W1)
    assert answer.line.endswith("log=partial")
    assert any("that a witness saw the void of attempt 1" in remark for remark in answer.remarks)
    first = round_time(ROUND)
    held.keep(story.place("voided"), first - 1, W1)
    assert held.ask(W1).line.endswith("log=ok")
    held.receipts.pop()
    held.keep(story.place("voided"), first, W1)
    assert f"the quorum of witnesses saw it at {first}" in held.ask(W1).line


@pytest.mark.parametrize("story", ["halted"], indirect=True)
def test_a_seal_called_unwitnessed_is_refuted_by_a_cosignature_from_before_its_round(
    story: Story, tmp_path: Path
) -> None:
    FORGERIES["call_a_seal_late_that_was_not"][2](story)
    witnessed(story, W1, W2, quorum=2)
    held = Held(story, tmp_path, W1, W2)
    held.keep(story.place("sealed"), DUE - 1, W1, W2)
    answer = held.ask(W1, W2)
    assert answer.line.endswith("log=ok"), answer
    assert any("would refute that" in remark for remark in answer.remarks)
    held.keep(story.place("sealed", 1), round_time(ROUND) - 1, W1, W2)
    assert "the witnesses had cosigned the seal" in held.ask(W1, W2).line


@pytest.mark.parametrize("story", ["public"], indirect=True)
def test_a_list_of_witnesses_that_is_none_is_found(story: Story, tmp_path: Path) -> None:
    witnessed(story, W1)
    for body in ({"witnesses": [], "quorum": 1}, {"witnesses": "w", "quorum": 0}, {"witnesses": [1], "quorum": True}):
        story.set(1, body=body)
        assert "(audit.witnesses_set)" in ask(story.written(tmp_path / "log"), story.evidence()).line


# No byte can be changed


@pytest.mark.parametrize("story", ["public"], indirect=True)
def test_no_byte_of_the_draws_entries_can_be_changed(story: Story, tmp_path: Path) -> None:
    """Neither in the files nor, up to the seal, by whoever signs all anew: the receipt is of another tree then."""
    held = Held(story, tmp_path, W1)
    held.keep(story.place("sealed"), DUE - 1, W1)
    assert held.ask(W1).line.endswith("log=ok")
    chance = random.Random(9)
    good = list(held.folder.entries)
    bundle = tiles.tile_path(tiles.ENTRIES, 0, len(good))
    mine = [seq for seq, one in enumerate(story.entries) if one.kind.startswith("lottery.")]
    for _ in range(sampled(25)):
        seq = chance.choice(mine)
        changed = bytearray(good[seq])
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        entries = [*good[:seq], bytes(changed), *good[seq + 1 :]]
        held.folder.put(bundle, tiles.encode_bundle(entries))
        answer = held.ask(W1)
        assert answer.line.startswith("E_LOG "), (seq, answer.line)
        if seq > story.place("sealed"):
            continue
        held.folder.entries = rechained(entries, seq)
        held.folder.write([(W1, DUE + 60)])
        answer = held.ask(W1)
        assert answer.line.startswith("E_LOG "), (seq, answer.line)
        held.folder.entries = good
        held.folder.write([(W1, DUE + 60)])


def rechained(entries: list[bytes], first: int) -> list[bytes]:
    """The entries with the hash of the one before anew, from the one after `first` on."""
    made = entries[: first + 1]
    for data in entries[first + 1 :]:
        found = parse(data)
        before = f'"prev":"{found.prev}"'.encode()
        made.append(data.replace(before, f'"prev":"{sm3(made[-1]).hex()}"'.encode(), 1))
    return made


@pytest.mark.parametrize("story", ["both"], indirect=True)
def test_a_rehearsal_is_called_one_before_anything_else(story: Story, tmp_path: Path) -> None:
    for lang, words in (("zh", "演练"), ("en", "REHEARSAL")):
        assert ask(story.written(tmp_path / "log"), story.evidence(), lang).remarks[0].startswith(words)
    story.change(story.place("drawn"), seed="0" * 64)
    answer = ask(story.written(tmp_path / "log"), story.evidence())
    assert (answer.status, answer.remarks[0].split(":")[0]) == (1, "REHEARSAL")


ODD: list[Any] = [
    None,
    True,
    0,
    1,
    2**53 - 1,
    "",
    "x",
    "0" * 64,
    "public",
    [],
    [[]],
    [None],
    {},
    {"seat": []},
    [{"a": 1}],
]


@pytest.mark.parametrize("story", PLAYS, indirect=True)
def test_whatever_stands_in_the_entries_the_verifier_answers(story: Story, tmp_path: Path) -> None:
    chance = random.Random(len(story.entries))
    mine = [seq for seq, one in enumerate(story.entries) if one.kind.startswith(("lottery.", "registry.", "audit.w"))]
    for _ in range(sampled(20)):
        other = fresh(story)
        for _ in range(chance.randint(1, 3)):
            seq = chance.choice(mine)
            holder: Any = other.entries[seq].body
            while True:
                name = chance.choice(sorted(holder)) if isinstance(holder, dict) else chance.randrange(len(holder))
                inner = holder[name]
                if not isinstance(inner, dict | list) or not inner or chance.random() < 0.3:
                    break
                holder = inner
            holder[name] = chance.choice(ODD)
        answer = ask(other.written(tmp_path / "log"), story.evidence())
        assert answer.status in (0, 1)
        assert answer.line.startswith(("OK ", "E_LOG ")), answer.line
        assert not answer.line.endswith("log=ok")
