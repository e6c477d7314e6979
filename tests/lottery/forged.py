"""Histories of draws as the program writes them, and ways to forge them for someone who owns even the log's key."""

import copy
import fcntl
import hashlib
import pickle
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from audit import merkle
from audit.canonical import encode
from audit.cosignature import Cosigner
from audit.database import Database
from audit.entry import Entry, File, compose, parse, signed_bytes, sm3
from audit.errors import Refusal
from audit.folder import Folder
from audit.log import create_log, open_log
from audit.note import Signer
from audit.proof import Proof
from audit.publisher import published_size
from audit.rebuild import published_entries
from lottery.beacon.recorded import RecordedRelay, recorded_rounds
from lottery.beacon.relays import BeaconClient
from lottery.logged import command
from lottery.logged.command import Answer, Question, verify_with_log
from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.beacon import randomness
from lottery.protocol.canonical import doc_hash
from lottery.protocol.draw import make_result
from tests.audit.logs import SIGNER, LogFolder
from tests.ground import ORIGIN, FakeClock
from tests.lottery.hall import MONDAY, Hall, a_key, public_half

JSON = "application/json"


@dataclass
class SignedFolder(LogFolder):
    """A log in a folder, signed by whoever owns the key."""

    signer: Signer = SIGNER

    @property
    def vkey(self) -> str:
        return str(self.signer.key)

    def checkpoint(self, size: int | None = None, witnesses: Sequence[tuple[Cosigner, int]] = ()) -> bytes:
        from audit.checkpoint import parse_checkpoint, sign_checkpoint

        size = len(self.entries) if size is None else size
        signed = sign_checkpoint(self.signer, size, merkle.root(map(merkle.leaf_hash, self.entries[:size])))
        checkpoint = parse_checkpoint(signed)
        return signed + b"".join(bytes(cosigner.cosign(checkpoint, time)) for cosigner, time in witnesses)

    def receipt(self, seq: int, witnesses: Sequence[tuple[Cosigner, int]] = (), size: int | None = None) -> bytes:
        """The receipt of an entry on the head of the first `size` entries."""
        size = len(self.entries) if size is None else size
        leaves = [merkle.leaf_hash(data) for data in self.entries[:size]]

        def root(start: int, end: int) -> bytes:
            return merkle.root(leaves[start:end])

        hashes = [root(*half) for half, _ in merkle._siblings(seq, size)]
        return bytes(Proof(seq, tuple(hashes), self.checkpoint(size, witnesses)))


@dataclass
class Story:
    """The entries of a log, to be changed, and its public files."""

    entries: list[Entry]
    blobs: dict[str, bytes]

    def place(self, kind: str, attempt: int | None = None, **members: Any) -> int:
        """Where the last entry of a kind stands, of an attempt, with these members of its body."""
        wanted = members if attempt is None else {"attempt": attempt, **members}
        return next(
            index
            for index in reversed(range(len(self.entries)))
            if self.entries[index].kind == f"lottery.{kind}" and wanted.items() <= self.entries[index].body.items()
        )

    def entry(self, kind: str, attempt: int | None = None, **members: Any) -> Entry:
        return self.entries[self.place(kind, attempt, **members)]

    def change(self, place: int, *by: str, **members: Any) -> None:
        """Change members of a body; signed anew by these organisations, if it is signed."""
        found = self.entries[place]
        body: dict[str, Any] = {**found.body, **members}
        if by:
            body["signatures"] = signed(found.kind, found.subject, body, *by)
        self.entries[place] = replace(found, body=body)

    def set(self, place: int, **members: Any) -> None:
        """Change members of an entry."""
        self.entries[place] = replace(self.entries[place], **members)

    def move(self, place: int, to: int) -> None:
        """Put an entry elsewhere, with the time of its new neighbour."""
        found = self.entries.pop(place)
        self.entries.insert(to, replace(found, logged=self.entries[to - 1].logged))

    def insert(self, place: int, kind: str, subject: str, body: dict[str, Any], **members: Any) -> None:
        """A new entry, with the times of the one before it."""
        before = self.entries[place - 1]
        made = replace(before, kind=kind, subject=subject, body=body, private={}, files=[], actor="system")
        self.entries.insert(place, replace(made, **members))

    def file(self, name: str, document: object) -> File:
        """Keep a document among the public files."""
        data = document if isinstance(document, bytes) else encode(document)  # type: ignore[arg-type]  # plain JSON
        digest = hashlib.sha256(data).hexdigest()
        self.blobs[digest] = data
        return File(name, JSON, len(data), digest)

    def document(self, place: int, name: str) -> Any:
        """A canonical file of an entry."""
        digest = next(file.sha256 for file in self.entries[place].files if file.name == name)
        return canonical.decode(self.blobs[digest])

    def evidence(self) -> bytes:
        """The evidence of the last result, as it was published."""
        return canonical.encode(self.document(self.place("drawn"), "evidence.json"))

    def chained(self) -> list[bytes]:
        """The bytes of all entries, each with its place and the hash of the one before."""
        made: list[bytes] = []
        for seq, one in enumerate(self.entries):
            made.append(
                compose(
                    seq=seq,
                    prev=sm3(made[-1]).hex() if made else "0" * 64,
                    at=one.at,
                    logged=one.logged,
                    kind=one.kind,
                    subject=one.subject,
                    actor=one.actor,
                    body=encode(one.body),
                    private=encode(dict(one.private)),
                    files=encode([file.value() for file in one.files]),
                )
            )
        return made

    def written(
        self, path: Path, witnesses: Sequence[tuple[Cosigner, int]] = (), signer: Signer = SIGNER
    ) -> SignedFolder:
        shutil.rmtree(path, ignore_errors=True)
        folder = SignedFolder(path, self.chained(), self.blobs, signer)
        folder.write(witnesses)
        return folder

    def redraw(self, **seal: Any) -> bytes:
        """Draw again with another seal, or another roster or plan, so that the log and the evidence agree again.

        Returns the evidence, which a verifier without the log takes.
        """
        at, drawn = self.place("sealed"), self.place("drawn")
        number: Any = self.entries[at].body["attempt"]
        plan: Any = self.entry("planned", number).body["plan"]
        roster: Any = self.document(self.place("roster_published", number), "roster.json")
        made: Any = {**self.entries[at].body["seal"], **seal}  # type: ignore[dict-item]  # a seal
        made |= {"plan_sha256": doc_hash(plan), "roster_sha256": doc_hash(roster)}
        self.change(at, seal=made)
        beacon: Any = None
        if made["round"] is not None:
            value = recorded_rounds()[made["round"]]
            beacon = {"round": made["round"], "signature": value, "randomness": randomness(value)}
        dice: Any = None
        if plan["entropy"] != "drand":
            thrown = self.entry("dice_thrown", number).body
            dice = {name: thrown[name] for name in ("digits", "time", "confirmed_by")}
        result = make_result(plan, roster, made, beacon, dice)
        evidence = {
            "v": PROTOCOL,
            "type": "evidence",
            "plan": plan,
            "roster": roster,
            "seal": made,
            "seal_time": -(-self.entries[at].logged // 1000),
            "beacon": beacon,
            "dice": dice,
            "result": result,
            "standing": None,
        }
        files = [self.file("result.json", result), self.file("evidence.json", evidence)]
        self.change(drawn, beacon=beacon, dice=dice, result_sha256=doc_hash(result), seed=result["seed"])
        self.set(drawn, files=files)
        for index in [i for i, one in enumerate(self.entries) if one.kind == "lottery.standing_changed"][::-1]:
            del self.entries[index]  # they were of another result
        return canonical.encode(evidence)


def signed(kind: str, subject: str, body: dict[str, Any], *by: str) -> list[dict[str, str]]:
    """The member `signatures` of a body."""
    message = signed_bytes(kind, subject, body)
    made = [{"key": public_half(one), "signature": a_key(one).sign(message).hex()} for one in by]
    return sorted(made, key=lambda item: item["key"])


def story_of(folder: Path) -> Story:
    """The history in a log's folder."""
    files = Folder(folder)
    entries = [parse(data) for data in published_entries(files, published_size(files))]
    return Story(entries, {path.name: path.read_bytes() for path in (folder / "blob").iterdir()})


def told(factory: pytest.TempPathFactory, migrated: Path, name: str, play: Callable[[Hall], None]) -> Story:
    """A history that the program wrote as this play went, played once in a run and copied for each who asks."""
    own = factory.getbasetemp()
    shared = (own.parent if own.name.startswith("popen-") else own) / "stories"
    shared.mkdir(exist_ok=True)
    kept = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(_played(factory.mktemp(name), migrated, play)))
    story: Story = pickle.loads(kept.read_bytes())
    return story


def _played(data: Path, migrated: Path, play: Callable[[Hall], None]) -> Story:
    database = Database(f"sqlite:///{shutil.copy(migrated, data / 'mingtang.db')}")
    clock = FakeClock(MONDAY * 1000)
    create_log(data, database, ORIGIN, clock)
    log = open_log(data, database, clock, reserve=0)
    log.start()
    try:
        with RecordedRelay(clock) as relay:
            beacon = BeaconClient([relay.url])
            play(Hall(log, clock, beacon))
            beacon.close()
    finally:
        log.stop()
        database.dispose()
    return story_of(data / "log")


def ask(folder: LogFolder, evidence: bytes, lang: str = "en", **more: Any) -> Answer:
    """What the verifier says of evidence and a log."""
    file = folder.path.parent / "evidence.json"
    file.write_bytes(evidence)
    return verify_with_log(Question(str(file), log=str(folder.path), vkey=folder.vkey, **more), lang)


def ask_in_both(folder: LogFolder, evidence: bytes) -> tuple[Answer, Answer]:
    """What it says of a fault in English and in Chinese, having looked for it once."""
    check, found = command._check, list[Refusal]()

    def checked_before(*asked: Any) -> Any:
        if found:
            raise found[0]
        try:
            return check(*asked)
        except Refusal as refusal:
            found.append(refusal)
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "_check", checked_before)
        return ask(folder, evidence, "en"), ask(folder, evidence, "zh")


def fresh(story: Story) -> Story:
    return copy.deepcopy(story)
