"""`mingtang verify bid` and `mingtang verify bids`: what they prove of a true log, and every fault of a forged one."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from api.cli.verify import main
from audit import merkle
from audit.canonical import encode
from audit.database import Database
from audit.errors import Refusal
from audit.rebuild import replay
from audit.tables import PrivateValueRow
from lottery.protocol.beacon import round_time
from tests.api.public_city import a_hall
from tests.api.site import ON_SQLITE
from tests.audit.logs import SIGNER
from tests.lottery.forged import SignedFolder, Story, fresh, story_of
from tests.lottery.hall import PROJECT, REGISTRAR, TENDERER, a_code, public_half
from tests.trading.bids.bidding import DEADLINE, Tender, an_identity, recorded
from trading.bids import commands, queries, rules
from trading.bids.commands import Bond
from trading.bids.logged.faults import CODES
from trading.bids.opening import give_up, open_with_key

KEY = str(SIGNER.key)
Captured = pytest.CaptureFixture[str]
FIRST, AGAIN, WRONG_SHARE, TAKEN_BACK, OWN_KEY, NO_KEY = range(6)
"""Bids: replaced by the second one, by the timelock, withdrawn, opened with the bidder's key, never opened."""


@dataclass
class Kept:
    """A log of a lot from its first bid to the last one read out, and what its bidders have."""

    story: Story
    receipts: dict[int, str] = field(default_factory=dict)
    withdrawal: str = ""
    bond: str = ""
    own: dict[str, bytes] = field(default_factory=dict)
    """Receipt to the bidder's statement file."""
    sealed: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder = tmp_path_factory.mktemp("bids")
    with a_hall(folder) as hall:
        tender = Tender(hall)
        tender.begin()
        made, found = _bids(tender)
        tender.pass_deadline()
        assert tender.close() == 1
        tender.give("notary")
        tender.give("centre", **{found.receipts[WRONG_SHARE]: "00" * 33})
        assert tender.open() == 1
        assert tender.open(recorded) == 1
        hall.do(f"bidder:b{OWN_KEY}", open_with_key, found.receipts[OWN_KEY], made[OWN_KEY].identity)
        hall.at(DEADLINE + rules.KEYS_MAY_COME)
        hall.do(TENDERER, give_up, PROJECT, "1")
        with hall.log.reading() as session:
            for receipt in (*found.receipts.values(), found.withdrawal, found.bond):
                row = queries.act_of(session, receipt)
                assert row is not None
                value = session.get(PrivateValueRow, (row.entry_id, "statement"))
                assert value is not None
                saved = {"salt": value.salt.hex(), "statement": value.value.decode()}
                found.own[receipt] = json.dumps(saved).encode()
        hall.log.wait_for_all()
        found.story = story_of(hall.log.data / "log")
        yield found


def _bids(tender: Tender) -> tuple[dict[int, Any], Kept]:
    plan, found, made = tender.plan(), Kept(Story([], {})), {}
    for number in (FIRST, WRONG_SHARE, TAKEN_BACK, OWN_KEY, NO_KEY):
        tender.enrol(number)
        one = tender.a_bid(plan, number)
        if number in (OWN_KEY, NO_KEY):  # its seats and its timelock hold another secret than its own
            other = json.loads(tender.a_bid(plan, number).keys)
            keys = json.loads(one.keys) | {"shares": other["shares"], "timelock": other["timelock"]}
            one = replace(one, keys=json.dumps(keys).encode())
        made[number] = one
        found.receipts[number] = tender.bid(number, one)
    made[AGAIN] = tender.a_bid(plan, FIRST, price_fen=7)
    found.receipts[AGAIN] = tender.bid(FIRST, made[AGAIN], replaces=found.receipts[FIRST])
    found.sealed = {found.receipts[number]: one.sealed for number, one in made.items()}
    hall, taken = tender.hall, found.receipts[TAKEN_BACK]
    found.withdrawal = tender.receipt_of(hall.do(f"bidder:b{TAKEN_BACK}", commands.withdraw_bid, taken))
    bond = Bond("演示建设0号有限公司", a_code(100), "transfer", 500_000, None, "2023-1")
    found.bond = tender.receipt_of(hall.do(REGISTRAR, commands.record_bond, PROJECT, "1", bond))
    return made, found


@pytest.fixture
def story(kept: Kept) -> Story:
    return fresh(kept.story)


@pytest.fixture(autouse=True)
def _in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")


def run(capfd: Captured, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    try:
        status = main(list(map(str, arguments)))
    except SystemExit as left:
        status = int(left.code or 0)
    out, err = capfd.readouterr()
    return status, out, err


def place(story: Story, kind: str, nth: int = 0, **members: Any) -> int:
    """Where the nth entry of a kind stands, with these members of its body."""
    found = [
        index
        for index, one in enumerate(story.entries)
        if one.kind == f"trading.{kind}" and members.items() <= one.body.items()
    ]
    return found[nth]


@dataclass
class Files:
    """A bidder's files in a folder, and the folder of the log."""

    folder: SignedFolder
    proof: Path
    entry: Path
    statement: Path

    @property
    def arguments(self) -> tuple[object, ...]:
        return ("bid", self.proof, "--entry", self.entry, "--statement", self.statement, "--key", KEY)


def files_of(kept: Kept, story: Story, receipt: str, tmp_path: Path) -> Files:
    folder = story.written(tmp_path / "log")
    seq = next(index for index, one in enumerate(story.entries) if one.subject == f"receipt:{receipt}")
    found = Files(folder, *(tmp_path / name for name in ("bid.tlog-proof", "bid.entry.json", "bid.statement.json")))
    found.proof.write_bytes(folder.receipt(seq))
    found.entry.write_bytes(folder.entries[seq])
    found.statement.write_bytes(kept.own[receipt])
    return found


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (FIRST, "act=sealed seq={seq} taken={taken} sealed=ok closing=withdrawn opened=-", "已替换或撤回"),
        (AGAIN, "act=replaced seq={seq} taken={taken} sealed=ok closing=in opened=opened", "按承诺开启"),
        (WRONG_SHARE, "act=sealed seq={seq} taken={taken} sealed=ok closing=in opened=opened", "计入有效投标"),
        (TAKEN_BACK, "act=sealed seq={seq} taken={taken} sealed=ok closing=withdrawn opened=-", "已替换或撤回"),
        (OWN_KEY, "act=sealed seq={seq} taken={taken} sealed=ok closing=in opened=opened", "按承诺开启"),
        (NO_KEY, "act=sealed seq={seq} taken={taken} sealed=ok closing=in opened=unopened", "未能开启"),
    ],
)
def test_a_bidders_files_and_the_log_say_what_became_of_the_bid(
    kept: Kept, story: Story, number: int, words: str, said: str, tmp_path: Path, capfd: Captured
) -> None:
    receipt = kept.receipts[number]
    files = files_of(kept, story, receipt, tmp_path)
    sealed = put(tmp_path / "bid.age", kept.sealed[receipt])
    status, out, err = run(capfd, *files.arguments, "--sealed", sealed, "--log", files.folder.path)
    seq = next(index for index, one in enumerate(story.entries) if one.subject == f"receipt:{receipt}")
    expected = words.format(seq=seq, taken="2023-08-21T01:00:00.000Z")
    assert (status, out) == (0, f"OK {files.proof} bid={receipt} {expected} witnesses=0/0\n"), err
    assert f"日志第 {seq} 条" in err
    assert said in err
    assert f"项目 {PROJECT} 标段 1" in err


def test_without_the_log_a_receipt_proves_what_came_in_and_says_what_nobody_looked_at(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_of(kept, story, kept.receipts[AGAIN], tmp_path)
    status, out, err = run(capfd, *files.arguments)
    assert (status, out.split()[6:]) == (0, ["sealed=unchecked", "closing=unchecked", "opened=-", "witnesses=0/0"])
    assert "未核密文" in err
    assert "未核是否计入截止清单" in err
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "not checked that the closing counts it" in run(capfd, *files.arguments)[2]
    for receipt, act, closing in ((kept.withdrawal, "withdrawn", "withdrawn"), (kept.bond, "bond", "-")):
        own = files_of(kept, story, receipt, tmp_path)
        status, out, _ = run(capfd, *own.arguments, "--log", own.folder.path)
        assert (status, out.split()[3], out.split()[6:8]) == (0, f"act={act}", ["sealed=-", f"closing={closing}"])


def test_before_the_closing_the_log_says_that_the_lot_is_open(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured
) -> None:
    del story.entries[place(story, "bid_closed") :]
    files = files_of(kept, story, kept.receipts[AGAIN], tmp_path)
    status, out, err = run(capfd, *files.arguments, "--log", files.folder.path)
    assert (status, out.split()[7:9]) == (0, ["closing=open", "opened=-"])
    assert "尚未截止" in err
    assert run(capfd, "bids", files.folder.path, "--key", KEY)[1] == (
        "OK closings=0 bids=0 withdrawn=0 opened=0 shares=0 unclosed=6\n"
    )


def closing_files(story: Story, folder: SignedFolder, tmp_path: Path, at: int | None = None) -> tuple[object, ...]:
    at = place(story, "bid_closed") if at is None else at
    listed = next((one.sha256 for one in story.entries[at].files if one.name == "receipts.json"), None)
    return (
        "--closing", put(tmp_path / "closed.json", folder.entries[at]),
        "--closing-receipt", put(tmp_path / "closed.tlog-proof", folder.receipt(at)),
        "--receipts", put(tmp_path / "receipts.json", b"{}" if listed is None else story.blobs[listed]),
    )  # fmt: skip


def test_the_closings_entry_and_list_prove_without_the_log_that_a_bid_was_counted(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured
) -> None:
    files = files_of(kept, story, kept.receipts[AGAIN], tmp_path)
    closing = closing_files(story, files.folder, tmp_path)
    status, out, _ = run(capfd, *files.arguments, *closing)
    assert (status, out.split()[7]) == (0, "closing=in")
    (tmp_path / "receipts.json").write_bytes(b"{}")
    assert code(run(capfd, *files.arguments, *closing)) == "E_CLOSING"
    closing = closing_files(story, files.folder, tmp_path, place(story, "opening_planned"))
    assert code(run(capfd, *files.arguments, *closing)) == "E_CLOSING"
    closing = closing_files(story, files.folder, tmp_path)
    (tmp_path / "closed.tlog-proof").write_bytes(files.proof.read_bytes())
    assert code(run(capfd, *files.arguments, *closing)) == "E_RECEIPT"
    story.change(place(story, "bid_closed"), lot="2")
    files = files_of(kept, story, kept.receipts[AGAIN], tmp_path)
    assert code(run(capfd, *files.arguments, *closing_files(story, files.folder, tmp_path))) == "E_CLOSING"


def code(answer: tuple[int, str, str]) -> str:
    """The verdict of a fault: exit status 1, one line, nothing proved beside it."""
    status, out, err = answer
    assert (status, len(out.splitlines()), err) == (1, 1, ""), answer
    return out.split()[0]


def test_each_fault_of_a_bidders_own_files_has_its_code(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured
) -> None:
    receipt, other = kept.receipts[AGAIN], kept.receipts[FIRST]
    files = files_of(kept, story, receipt, tmp_path)
    good = {path: path.read_bytes() for path in (files.proof, files.entry, files.statement)}
    closed, folder = place(story, "bid_closed"), files.folder
    held = json.loads(kept.own[receipt])
    wrong: list[tuple[str, dict[Path, bytes]]] = [
        ("E_RECEIPT", {files.proof: folder.receipt(closed)}),
        ("E_RECEIPT", {files.proof: b"nothing"}),
        ("E_RECEIPT", {files.entry: good[files.entry].replace(b'"seq":', b'"seq":1')}),
        ("E_ENTRY", {files.proof: folder.receipt(closed), files.entry: folder.entries[closed]}),
        ("E_STATEMENT", {files.statement: kept.own[other]}),
        ("E_STATEMENT", {files.statement: json.dumps(held | {"salt": "00" * 32}).encode()}),
        ("E_STATEMENT", {files.statement: json.dumps(held | {"salt": "00"}).encode()}),
        ("E_STATEMENT", {files.statement: json.dumps(held | {"statement": held["statement"] + " "}).encode()}),
        ("E_STATEMENT", {files.statement: json.dumps({"salt": held["salt"]}).encode()}),
        ("E_STATEMENT", {files.statement: b"[]"}),
        ("E_STATEMENT", {files.statement: b"\xff"}),
    ]
    for expected, changed in wrong:
        for path, data in (good | changed).items():
            path.write_bytes(data)
        assert code(run(capfd, *files.arguments)) == expected, changed
    for path, data in good.items():
        path.write_bytes(data)
    sealed = put(tmp_path / "bid.age", kept.sealed[other])
    assert code(run(capfd, *files.arguments, "--sealed", sealed)) == "E_SEALED"
    bond = files_of(kept, story, kept.bond, tmp_path)
    assert code(run(capfd, *bond.arguments, "--sealed", sealed)) == "E_SEALED"


def recommit(kept: Kept, story: Story, receipt: str, /, **changed: Any) -> bytes:
    """Let an entry commit to another statement, as only the centre could; returns the bidder's file of it."""
    at = next(index for index, one in enumerate(story.entries) if one.subject == f"receipt:{receipt}")
    statement = encode(json.loads(json.loads(kept.own[receipt])["statement"]) | changed)
    digest = hashlib.sha256(b"mingtang-log/1/private\n" + b"00" * 32 + b"\n" + statement).hexdigest()
    story.set(at, private={"statement": digest})
    return json.dumps({"salt": "00" * 32, "statement": statement.decode()}).encode()


@pytest.mark.parametrize(
    "changed",
    [
        {"act": "withdrawn"},
        {"receipt": "0" * 32},
        {"round": "1"},
        {"bidder": None},
        {"sealed_sha256": None},
        {"plain_sha256": "A" * 64},
        {"replaces": "x"},
    ],
)
def test_a_statement_must_say_what_its_entry_is(
    kept: Kept, story: Story, changed: dict[str, Any], tmp_path: Path, capfd: Captured
) -> None:
    receipt = kept.receipts[AGAIN]
    own = recommit(kept, story, receipt, **changed)
    files = files_of(kept, story, receipt, tmp_path)
    files.statement.write_bytes(own)
    assert code(run(capfd, *files.arguments)) == "E_STATEMENT"


# A centre that owns even the log's key


def relist(story: Story, change: Callable[[list[str], list[str], list[Any]], None], **body: Any) -> None:
    """Close with other lists of bids; root and numbers agree with them, unless `body` says otherwise."""
    at = place(story, "bid_closed")
    entry = story.entries[at]
    files = {one.name: json.loads(story.blobs[one.sha256]) for one in entry.files}
    receipts, withdrawn = files["receipts.json"]["receipts"], files["receipts.json"]["withdrawn"]
    change(receipts, withdrawn, files["keys.json"]["bids"])
    root = merkle.root(merkle.leaf_hash(bytes.fromhex(one)) for one in receipts).hex()
    story.change(at, **{"bids": len(receipts), "withdrawn": len(withdrawn), "root": root, **body})
    story.set(at, files=[story.file(name, json.dumps(data).encode()) for name, data in files.items()])


def left_out(receipt: str) -> Callable[[list[str], list[str], list[Any]], None]:
    def change(receipts: list[str], withdrawn: list[str], keys: list[Any]) -> None:
        keys[:] = [one for one in keys if one["receipt"] != receipt]
        for listed in (receipts, withdrawn):
            listed[:] = [one for one in listed if one != receipt]

    return change


def test_a_bid_that_the_closing_leaves_out_is_proved_by_its_receipt(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured
) -> None:
    receipt = kept.receipts[NO_KEY]
    relist(story, left_out(receipt))
    del story.entries[place(story, "share_given") :]
    files = files_of(kept, story, receipt, tmp_path)
    answer = run(capfd, *files.arguments, "--log", files.folder.path)
    assert code(answer) == "E_LEFT_OUT"
    assert f"seq={place(story, 'bid_closed')} 截止清单" in answer[1]
    assert receipt in answer[1]
    assert code(run(capfd, *files.arguments, *closing_files(story, files.folder, tmp_path))) == "E_LEFT_OUT"
    assert run(capfd, "bids", files.folder.path, "--key", KEY)[1].endswith("unclosed=1\n"), "nobody else can tell"


def test_a_withdrawal_and_a_replacement_that_the_closing_ignores_are_proved_too(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured
) -> None:
    relist(story, left_out(kept.receipts[FIRST]))
    relist(story, left_out(kept.receipts[TAKEN_BACK]))
    for receipt in (kept.receipts[AGAIN], kept.withdrawal):
        files = files_of(kept, story, receipt, tmp_path)
        assert code(run(capfd, *files.arguments, "--log", files.folder.path)) == "E_LEFT_OUT"


def reopened(story: Story, receipt: str, /, **members: Any) -> None:
    story.change(place(story, "bid_opened", receipt=receipt), **members)


def test_a_bid_that_is_read_out_as_another_is_proved_by_its_statement(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured
) -> None:
    receipt = kept.receipts[AGAIN]
    for changed in ({"bidder_code": a_code(9)}, {"plain_sha256": "0" * 64}):
        forged = fresh(story)
        reopened(forged, receipt, **changed)
        files = files_of(kept, forged, receipt, tmp_path)
        assert code(run(capfd, *files.arguments, "--log", files.folder.path)) == "E_OPENING"
    # Told of nobody's bid in particular, the log holds: only who has the statement can say so.
    assert run(capfd, "bids", files.folder.path, "--key", KEY)[0] == 0


def test_a_log_that_does_not_hold_or_is_another_proves_nothing(
    kept: Kept, story: Story, tmp_path: Path, capfd: Captured
) -> None:
    files = files_of(kept, story, kept.receipts[AGAIN], tmp_path)
    shorter = fresh(story)
    del shorter.entries[place(story, "bid_closed") :]
    for log in (shorter.written(tmp_path / "short").path, _elsewhere(story, tmp_path)):
        assert code(run(capfd, *files.arguments, "--log", log)) == "E_LOG"
    files.folder.flip("checkpoint", 20)
    assert code(run(capfd, *files.arguments, "--log", files.folder.path)) == "E_LOG"
    assert code(run(capfd, "bids", files.folder.path, "--key", KEY)) == "E_LOG"


def _elsewhere(story: Story, tmp_path: Path) -> Path:
    """A second history that the same centre shows to others."""
    other = fresh(story)
    other.change(place(other, "project_registered"), title="另一个项目")
    return other.written(tmp_path / "elsewhere").path


# Every closing and opening of a log


def test_a_true_log_holds(kept: Kept, story: Story, tmp_path: Path, capfd: Captured) -> None:
    folder = story.written(tmp_path / "log")
    status, out, err = run(capfd, "bids", folder.path, "--key", KEY)
    assert (status, out) == (0, "OK closings=1 bids=4 withdrawn=2 opened=4 shares=7 unclosed=0\n"), err


Forgery = Callable[[Kept, Story], None]


def _of_closing(change: Callable[[list[str], list[str], list[Any]], None], **body: Any) -> Forgery:
    return lambda _, story: relist(story, change, **body)


def _same(*_: Any) -> None:
    return


def _of_file(kind: str, name: str, change: Callable[[Any, Kept], Any]) -> Forgery:
    """Change a file that the first entry of a kind names."""

    def forge(kept: Kept, story: Story) -> None:
        at = place(story, kind)
        made = []
        for one in story.entries[at].files:
            data = json.loads(story.blobs[one.sha256])
            made.append(story.file(one.name, json.dumps(change(data, kept) if one.name == name else data).encode()))
        story.set(at, files=made)

    return forge


def _opened(number: int, **members: Any) -> Forgery:
    return lambda kept, story: reopened(story, kept.receipts[number], **members)


def _twice(kind: str) -> Forgery:
    def forge(_: Kept, story: Story) -> None:
        at = place(story, kind)
        story.entries.insert(at + 1, replace(story.entries[at], logged=story.entries[at].logged))

    return forge


def _moved(kind: str, to: str) -> Forgery:
    return lambda _, story: story.move(place(story, kind), place(story, to))


def _without(kind: str) -> Forgery:
    def forge(_: Kept, story: Story) -> None:
        del story.entries[place(story, kind)]

    return forge


def _lost(kind: str, name: str) -> Forgery:
    def forge(_: Kept, story: Story) -> None:
        listed = next(one.sha256 for one in story.entries[place(story, kind)].files if one.name == name)
        del story.blobs[listed]

    return forge


def _share(change: Callable[[Any, Kept], None]) -> Forgery:
    def changed(data: Any, kept: Kept) -> Any:
        change(data, kept)
        return data

    return _of_file("share_given", "shares.json", changed)


def _tell(data: Any, **members: Any) -> None:
    data["shares"][0].update(members)


def _backwards(receipts: list[str], _: list[str], keys: list[Any]) -> None:
    receipts.reverse()
    keys.reverse()


def _both(receipts: list[str], withdrawn: list[str], _: list[Any]) -> None:
    withdrawn[:] = sorted([*withdrawn, receipts[0]])


def _changed(kind: str, **members: Any) -> Forgery:
    return lambda _, story: story.change(place(story, kind), **members)


def _elsewhere_named(_: Kept, story: Story) -> None:
    story.set(place(story, "bid_closed"), subject="project:X")


def _exchanged(kept: Kept, story: Story) -> None:
    reopened(story, kept.receipts[AGAIN], receipt=kept.receipts[FIRST])


def _early(kept: Kept, story: Story) -> None:
    at = place(story, "bid_opened", receipt=kept.receipts[WRONG_SHARE])
    for index in range(place(story, "bid_closed"), at + 1):
        story.set(index, logged=round_time(1000) * 1000 - 1)


OWN = str(an_identity("nobody").to_public())
"""A key of the owner of the log, who would like to open bids early."""


def seats_of(story: Story, at: int) -> list[dict[str, Any]]:
    """Those of a plan, to be changed."""
    seats: Any = story.entries[at].body["seats"]
    return [dict(one) for one in seats]


def _seat(number: int = 1, **members: Any) -> Forgery:
    """Change a seat of the plan: the second one is the notary's."""

    def forge(_: Kept, story: Story) -> None:
        at = place(story, "opening_planned")
        seats = seats_of(story, at)
        seats[number].update(members)
        story.change(at, seats=seats)

    return forge


def recording(story: Story, organisation: str = "notary") -> int:
    kind = "registry.opening_key_recorded"
    return next(
        at for at, one in enumerate(story.entries) if (one.kind, one.body.get("organisation")) == (kind, organisation)
    )


def _recorded(*by: str, **members: Any) -> Forgery:
    """The notary's key recorded otherwise, signed by these; the plan names what is recorded."""

    def forge(kept: Kept, story: Story) -> None:
        at = recording(story)
        story.change(at, *by, **members)
        if "recipient" in members:
            _seat(recipient=members["recipient"])(kept, story)

    return forge


def _withdrawn_before(_: Kept, story: Story) -> None:
    body = {"organisation": "notary", "recipient": "", "compromised": False, "reason": "停用", "signatures": []}
    body["recipient"] = story.entries[recording(story)].body["recipient"]
    at = place(story, "opening_planned")
    story.insert(at, "registry.opening_key_withdrawn", "organisation:notary", body)
    story.change(at, "notary")


def _replaced_before(_: Kept, story: Story) -> None:
    old = story.entries[recording(story)].body["recipient"]
    body = {"organisation": "notary", "recipient": OWN, "replaces": old, "signatures": []}
    at = place(story, "opening_planned")
    story.insert(at, "registry.opening_key_recorded", "organisation:notary", body)
    story.change(at, "notary")


def _recorded_late(_: Kept, story: Story) -> None:
    at, to = recording(story), place(story, "opening_planned")
    later = seats_of(story, to)
    for one in later:  # everything after the recording moves up by one
        one["recorded"] = to if one["seat"] == "notary" else one["recorded"] - (one["recorded"] > at)
    story.change(to, seats=later)
    story.move(at, to)


def _recorded_by_a_key_that_is_revoked(_: Kept, story: Story) -> None:
    at = recording(story)
    body = {"organisation": "notary", "key": public_half("notary"), "reason": "遗失"}
    story.set(at - 1, kind="registry.key_revoked", subject="organisation:notary", body=body)


def _quotes_for_own_keys(_: Kept, story: Story) -> None:
    at = place(story, "opening_planned")
    seats = seats_of(story, at)
    seats[1]["recipient"] = OWN
    body: dict[str, Any] = dict(story.entries[at].body) | {"seats": seats, "quote": 1, "last": True, "receipts": []}
    story.insert(at + 1, "trading.quotes_asked", f"project:{PROJECT}", body | {"quotes_until": 1, "text": []})


SEATS_FORGED: list[tuple[str, str, Forgery]] = [
    ("a key of the log's owner in a seat", "trading.seat-key-not-own", _seat(recipient=OWN)),
    ("another organisation's recording in a seat", "trading.seat-key-not-own", _seat(organisation="supervisor")),
    ("a recording that is another entry", "trading.seat-key-not-own", _seat(recorded=0)),
    ("a key of the log's owner for later quotes", "trading.seat-key-not-own", _quotes_for_own_keys),
    ("a key recorded after the plan", "trading.seat-key-not-own", _recorded_late),
    ("a key withdrawn before the plan", "trading.seat-key-not-own", _withdrawn_before),
    ("a key replaced before the plan", "trading.seat-key-not-own", _replaced_before),
    ("a recording that the centre signed", "registry.not-signed-by-it", _recorded("centre", recipient=OWN)),
    ("a recording that the centre signed too", "registry.not-signed-by-it", _recorded("centre", "notary")),
    ("a recording with a key nobody recorded", "registry.not-signed-by-it", _recorded("nobody", recipient=OWN)),
    ("a recording with a key that is revoked", "registry.not-signed-by-it", _recorded_by_a_key_that_is_revoked),
    ("a recording with the signature of another", "audit.wrong-signature", _recorded(recipient=OWN)),
    ("a recording without a signature", "registry.not-signed-by-it", _recorded(signatures=[])),
]
"""Each with the refusal of whoever replays the log."""

FORGERIES: list[tuple[str, str, Forgery]] = [
    *((name, "E_SEAT", forge) for name, _, forge in SEATS_FORGED),
    ("a threshold that one seat reaches", "E_SEAT", _changed("opening_planned", threshold=1)),
    ("seats of one organisation", "E_SEAT", _seat(organisation="centre")),
    ("seats without a name", "E_SEAT", _changed("opening_planned", seats=[{}], threshold=1)),
    ("no plan for which bids could be sealed", "E_SEAT", _without("opening_planned")),
    ("bids sealed for another plan", "E_SEAT", _changed("opening_planned", round_number=1001)),
    ("a recording that names nobody", "E_SEAT", _recorded(organisation=None)),
    ("a root that is not the list's", "E_CLOSING", _of_closing(_same, root="0" * 64)),
    ("a number that is not the list's", "E_CLOSING", _of_closing(_same, bids=5)),
    ("a number of withdrawn ones that is not the list's", "E_CLOSING", _of_closing(_same, withdrawn=0)),
    ("ids that do not ascend", "E_CLOSING", _of_closing(_backwards)),
    ("an id that is none", "E_CLOSING", _of_closing(lambda _, withdrawn, __: withdrawn.insert(0, "00"))),
    ("a bid that stands and is withdrawn", "E_CLOSING", _of_closing(_both)),
    ("a bid that never came in", "E_CLOSING", _of_closing(lambda _, withdrawn, __: withdrawn.insert(0, "0" * 32))),
    ("keys of other bids", "E_CLOSING", _of_closing(lambda _, __, keys: keys.clear())),
    ("keys that are none", "E_CLOSING", _of_closing(lambda _, __, keys: keys[0].update(keys={}))),
    ("no digest of the sealed file", "E_CLOSING", _of_closing(lambda _, __, keys: keys[0].update(sealed_sha256=None))),
    ("a list that is not the one named", "E_CLOSING", _lost("bid_closed", "receipts.json")),
    ("keys that are not there", "E_CLOSING", _lost("bid_closed", "keys.json")),
    ("a second closing", "E_CLOSING", _twice("bid_closed")),
    ("a closing before the bids", "E_CLOSING", _moved("bid_closed", "bid_sealed")),
    ("a closing in another project's name", "E_CLOSING", _elsewhere_named),
    ("shares that are not there", "E_SHARES", _lost("share_given", "shares.json")),
    ("shares before the closing", "E_SHARES", _moved("share_given", "bid_closed")),
    ("a share that is called wrong and fits", "E_SHARES", _share(lambda data, _: _tell(data, fits=False))),
    ("a share that is called right and does not fit", "E_SHARES", _share(lambda data, _: _tell(data, share="00" * 33))),
    ("a share of another length", "E_SHARES", _share(lambda data, _: _tell(data, share="00"))),
    ("a share of another lot's bid", "E_SHARES", _share(lambda data, kept: _tell(data, receipt=kept.receipts[FIRST]))),
    ("shares of another seat", "E_SHARES", _share(lambda data, _: data.update(seat="centre"))),
    ("numbers of shares that are not the file's", "E_SHARES", _changed("share_given", good=9)),
    ("an opened bid that was withdrawn", "E_OPENING", _exchanged),
    ("a bid opened twice", "E_OPENING", _twice("bid_opened")),
    ("another file than was handed in", "E_OPENING", _opened(AGAIN, sha256="0" * 64)),
    ("a bid that shares open, called unopened", "E_OPENING", _opened(AGAIN, outcome="unopened", custody=None)),
    ("an unopened bid with a key", "E_OPENING", _opened(NO_KEY, custody="bidder")),
    ("a bid opened by shares that do not open it", "E_OPENING", _opened(OWN_KEY, custody="shares")),
    ("a bid opened by too few shares", "E_OPENING", _opened(WRONG_SHARE, custody="shares")),
    ("a timelock opened before its time", "E_OPENING", _early),
    ("an outcome that there is not", "E_OPENING", _opened(AGAIN, outcome="lost")),
    ("no digest of what was read out", "E_OPENING", _opened(AGAIN, plain_sha256=None)),
    ("an opening without a closing", "E_SHARES", _without("bid_closed")),
    ("an opening of another lot", "E_OPENING", _opened(AGAIN, lot="2")),
    ("a sealed act that says more", "E_ENTRY", _changed("bid_sealed", lot="1")),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "forge"), [one[1:] for one in FORGERIES], ids=[one[0] for one in FORGERIES])
def test_every_forgery_of_a_closing_or_an_opening_is_named_with_its_entry(
    kept: Kept, story: Story, expected: str, forge: Forgery, tmp_path: Path, capfd: Captured
) -> None:
    forge(kept, story)
    folder = story.written(tmp_path / "log")
    answer = run(capfd, "bids", folder.path, "--key", KEY)
    assert code(answer) == expected, answer
    assert answer[1].split()[1].startswith("seq="), answer


SHELL = Path(__file__).parents[3] / "docs" / "verify-bids.sh"
SEEN_BY_THE_SHELL = [
    "a root that is not the list's",
    "a bid that never came in",
    "a second closing",
    "a share that is called right and does not fit",
    "another file than was handed in",
]


def by_shell(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", SHELL, folder], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
    )


def test_a_true_log_holds_with_a_shell_and_the_forged_ones_do_not(kept: Kept, story: Story, tmp_path: Path) -> None:
    done = by_shell(story.written(tmp_path / "log").path)
    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout.splitlines()[-1] == "OK closings=1 bids=4 opened=4 shares=7"
    forgeries = {name: forge for name, _, forge in FORGERIES}
    for number, name in enumerate(SEEN_BY_THE_SHELL):
        forged = fresh(kept.story)
        forgeries[name](kept, forged)
        done = by_shell(forged.written(tmp_path / str(number)).path)
        assert done.returncode == 1, name
        assert done.stdout.splitlines()[-1].startswith("FAIL "), name


@ON_SQLITE
@pytest.mark.parametrize(("why", "forge"), [one[1:] for one in SEATS_FORGED], ids=[one[0] for one in SEATS_FORGED])
def test_a_log_whose_plan_names_keys_that_are_not_the_seats_own_is_not_replayed(
    kept: Kept, story: Story, why: str, forge: Forgery, tmp_path: Path, database: Database
) -> None:
    forge(kept, story)
    entries = story.written(tmp_path / "log").entries
    with pytest.raises(Refusal) as caught, database.writing() as session:
        replay(session, entries)
    assert caught.value.code == why


def test_every_code_is_earned_by_a_test_here() -> None:
    source = "".join(
        Path(__file__).with_name(name).read_text("utf-8") for name in ("test_verify_bids.py", "test_invited.py")
    )
    assert [one for one in CODES if f'"{one}"' not in source] == []


# What was not there, and what it takes


def test_wrong_usage_and_what_cannot_be_read(kept: Kept, story: Story, tmp_path: Path, capfd: Captured) -> None:
    files = files_of(kept, story, kept.receipts[AGAIN], tmp_path)
    gone, closing = tmp_path / "gone", closing_files(story, files.folder, tmp_path)
    for more in (("--sealed", gone), ("--log", gone), (*closing[:-1], gone)):
        status, out, _ = run(capfd, *files.arguments, *more)
        assert (status, out.split()[:2]) == (3, ["E_READ", str(files.proof)]), more
    assert run(capfd, "bids", gone, "--key", KEY)[0] == 3
    for wrong in (
        (*files.arguments, *closing[:2]),
        (*files.arguments, *closing, "--log", files.folder.path),
        (*files.arguments[:-1], "not-a-key"),
        (*files.arguments, "--witness", "not-a-key"),
        ("bids", files.folder.path),
        ("bids", files.folder.path, "--key", "not-a-key"),
    ):
        status, out, err = run(capfd, *wrong)
        assert (status, out) == (2, ""), wrong
        assert err


def test_verifying_bids_loads_neither_web_nor_database(kept: Kept, story: Story, tmp_path: Path) -> None:
    files = files_of(kept, story, kept.receipts[AGAIN], tmp_path)
    program = (
        "import sys\n"
        "from api.cli.verify import main\n"
        "log = sys.argv.pop()\n"
        "assert main([*sys.argv[1:], '--log', log]) == 0\n"
        f"assert main(['bids', log, '--key', {KEY!r}]) == 0\n"
        "names = {'sqlalchemy', 'alembic', 'fastapi', 'starlette', 'jinja2', 'pydantic'}\n"
        "assert not names & set(sys.modules), names & set(sys.modules)"
    )
    command = [sys.executable, "-c", program, *map(str, files.arguments), str(files.folder.path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
