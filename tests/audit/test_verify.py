"""Verifying a log: what a good one says, and that whatever is changed is found and named, in one total order."""

import hashlib
import multiprocessing
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import entry, merkle, tiles, verify
from audit.checkpoint import sign_checkpoint
from audit.cosignature import Cosigner
from audit.errors import Unreadable
from audit.note import BadKey, Signer
from audit.scan import Fault, Job, Scanned, scan
from audit.source import read_tile
from audit.verify import Verified, verify_log
from tests.audit.logs import ORIGIN, SIGNER, LogFolder, a_log, chained, composed
from tests.program import forking

OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
ONE = Cosigner("one.example", OTHER_KEY)
TWO = Cosigner("two.example", MLDSA44PrivateKey.from_seed_bytes(b"2" * 32))
BLOBS = [b"tender notice", b"corrigendum", b""]


def outcome(log: LogFolder, **options: Any) -> str:
    """What is found, in one process unless asked otherwise."""
    found = verify_log(str(log.path), log.vkey, **{"workers": 1} | options)
    return found.line() if isinstance(found, Verified) else found.line("en")


def where(log: LogFolder, **options: Any) -> str:
    """Where the fault is; a good log has none."""
    line = outcome(log, **options)
    assert line.startswith("FAIL "), line
    return line.removeprefix("FAIL ").split(": ")[0]


def rebuilt(log: LogFolder, place: int, data: bytes, *, keep_chain: bool = True) -> LogFolder:
    """Write the log again with another entry at `place`, the later ones chained to it anew."""
    log.entries[place] = data
    if keep_chain:
        for later in range(place + 1, len(log.entries)):
            members = orjson.loads(log.entries[later])
            members["prev"] = entry.sm3(log.entries[later - 1]).hex()
            log.entries[later] = orjson.dumps(members, option=orjson.OPT_SORT_KEYS)
    return log.write()


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 700])
def test_a_good_log_is_told_with_its_size_and_root(tmp_path: Path, size: int) -> None:
    log = a_log(tmp_path, size)
    root = log.checkpoint().split(b"\n")[2].decode()
    assert outcome(log) == f"OK size={size} root={root} checkpoint=- witnesses=0/0"


@pytest.fixture
def quick_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forks of one that has imported everything (`tests.program`), where the verifier begins each anew (`spawn`)."""
    monkeypatch.setattr(multiprocessing, "get_context", lambda _method: forking)


@pytest.fixture
def outcome_now(monkeypatch: pytest.MonkeyPatch) -> Callable[[LogFolder], str]:
    """As `outcome` in one process, which scans a stretch of bundles again only when one of its files has changed."""
    kept: dict[tuple[int, bytes], Scanned] = {}

    def scan_changed(job: Job, first: int, last: int) -> Scanned:
        digest = hashlib.sha256(str(job.size).encode())
        for index in range(first, last):
            for level in (tiles.ENTRIES, 0):
                path, data = read_tile(job.source, level, index, min(256, job.size - 256 * index))
                digest.update(path.encode() + hashlib.sha256(data).digest())
        name = (first, digest.digest())
        if name not in kept:
            kept[name] = scan(job, first, last)
        return kept[name]

    def found(log: LogFolder) -> str:
        with monkeypatch.context() as patch:
            patch.setattr(verify, "scan", scan_changed)
            return outcome(log)

    return found


def test_a_large_log_is_verified_by_several_processes_with_the_same_line(
    tmp_path: Path, outcome_now: Callable[[LogFolder], str], quick_processes: None
) -> None:
    log = a_log(tmp_path, 66_000, BLOBS)
    assert (log.path / "tile/2/000.p/1").exists()
    told: list[tuple[int, int]] = []
    line = outcome(log, workers=2, progress=lambda done, size: told.append((done, size)))
    assert line == outcome_now(log)
    assert told[0] == (0, 66_000)
    assert told[-1] == (66_000, 66_000)
    assert told == sorted(told)
    # Two bad entries far apart: the first is named, whichever process is quicker.
    bundles = [tiles.tile_path(tiles.ENTRIES, 257, 208), tiles.tile_path(tiles.ENTRIES, 156, 256)]
    for bundle, fault in zip(bundles, ("seq=65792", "seq=39936"), strict=True):
        log.flip(bundle, 40)
        assert where(log, workers=2) == fault
        assert outcome_now(log).startswith(f"FAIL {fault}: ")
    for bundle in bundles:
        log.flip(bundle, 40)  # back again
    for name, at, fault in (
        ("tile/2/000.p/1", 31, "tile/2/000"),
        ("tile/1/001.p/1", 0, "tile/1/001"),
        ("tile/1/000", 8191, "tile/1/000"),
        ("tile/0/257.p/208", 207 * 32, "seq=65999"),
        ("tile/0/200", 32 * 255 + 5, "seq=51455"),
    ):
        log.flip(name, at)
        assert outcome_now(log).startswith(f"FAIL {fault}: ")
        log.flip(name, at)


def test_an_entry_that_does_not_follow_on_the_stretch_before_is_named(tmp_path: Path, quick_processes: None) -> None:
    """Stretches are scanned by different processes, and the first entries of each are compared when they come back."""
    size = 48 * 256
    log = a_log(tmp_path, size)
    for place in (256, 768, 31 * 256, 47 * 256):
        broken = LogFolder(log.path, list(log.entries))
        members = orjson.loads(broken.entries[place])
        odd = orjson.dumps(members | {"prev": "ab" * 32}, option=orjson.OPT_SORT_KEYS)
        rebuilt(broken, place, odd)
        assert where(broken, workers=2) == where(broken) == f"seq={place}"
        early = orjson.dumps(members | {"logged": members["logged"] - 2}, option=orjson.OPT_SORT_KEYS)
        rebuilt(broken, place, early)
        assert where(broken) == f"seq={place}"


def test_every_byte_of_every_file_counts(tmp_path: Path) -> None:
    log = a_log(tmp_path, 5, BLOBS, [(ONE, 1_800_000_000)])
    options: dict[str, Any] = {"witnesses": [str(ONE.key)]}
    assert outcome(log, **options).startswith("OK ")
    offsets = [0]
    for item in log.entries:
        offsets.append(offsets[-1] + 2 + len(item))
    for name in log.files():
        data = (log.path / name).read_bytes()
        for at in range(len(data)):
            log.flip(name, at)
            found = where(log, **options)
            log.flip(name, at)
            if name.startswith("tile/entries/"):
                assert found == f"seq={max(seq for seq in range(5) if offsets[seq] <= at)}"
            elif name.startswith("tile/0/"):
                assert found == f"seq={at // 32}"
            elif name.startswith("blob/"):
                assert found == name
            else:
                assert found in ("checkpoint", "witnesses")
    assert outcome(log, **options).startswith("OK ")


@pytest.fixture(scope="module")
def medium(tmp_path_factory: pytest.TempPathFactory) -> LogFolder:
    return a_log(tmp_path_factory.mktemp("medium"), 600, BLOBS)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_one_other_byte_anywhere_is_found_in_the_right_place(medium: LogFolder, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([file for file in medium.files() if (medium.path / file).stat().st_size]))
    at = data.draw(st.integers(0, (medium.path / name).stat().st_size - 1))
    change = data.draw(st.integers(1, 255))
    medium.flip(name, at, change)
    found = where(medium)
    medium.flip(name, at, change)
    if name.startswith("tile/entries/"):
        _, index, _ = tiles.parse_tile_path(name)
        seq, end = index * 256 - 1, 0
        while end <= at:
            seq += 1
            end += 2 + len(medium.entries[seq])
        assert found == f"seq={seq}"
    elif name.startswith("tile/0/"):
        assert found == f"seq={tiles.parse_tile_path(name)[1] * 256 + at // 32}"
    elif name.startswith("tile/"):
        assert found == name.split(".p/")[0]
    else:
        assert found == name


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_file_that_is_cut_longer_or_gone_is_found_in_the_right_place(medium: LogFolder, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(medium.files()))
    file = medium.path / name
    content = file.read_bytes()
    length = data.draw(st.integers(0, len(content) + 3).filter(lambda length: length != len(content)) | st.none())
    if length is None:
        file.unlink()
    else:
        file.write_bytes((content + b"\0\0\0")[:length])
    found = where(medium, blobs=True)
    file.write_bytes(content)
    if name.startswith("tile/entries/"):
        _, index, width = tiles.parse_tile_path(name)
        whole, _ = tiles.whole_entries((content + b"\0\0\0")[: length or 0], width)
        assert found == f"seq={index * 256 + min(len(whole), width - 1)}"
    else:
        assert found == name.split(".p/")[0]


def test_missing_tiles_and_bundles_are_named(tmp_path: Path) -> None:
    for name, fault in (
        ("tile/entries/001", "seq=256"),
        ("tile/entries/002.p/188", "seq=512"),
        ("tile/0/001", "tile/0/001"),
        ("tile/0/002.p/188", "tile/0/002"),
        ("tile/1/000.p/2", "tile/1/000"),
        ("checkpoint", "checkpoint"),
    ):
        log = a_log(tmp_path, 700)
        (log.path / name).unlink()
        assert where(log) == fault
        assert name in outcome(log)


def test_a_missing_partial_file_is_taken_from_the_full_one(tmp_path: Path) -> None:
    log = a_log(tmp_path, 1024)
    log.put("checkpoint", log.checkpoint(700))
    log.put("tile/1/000.p/2", (log.path / "tile/1/000.p/4").read_bytes()[:64])
    assert outcome(log).startswith("OK size=700 ")
    assert where(a_log(tmp_path, 700), since=log.checkpoint(701)) == "since"


def test_a_partial_file_is_preferred_to_the_full_one_and_must_be_right(tmp_path: Path) -> None:
    log = a_log(tmp_path, 512)
    log.put("checkpoint", log.checkpoint(300))
    log.put("tile/1/000.p/1", (log.path / "tile/1/000.p/2").read_bytes()[:32])
    log.put("tile/0/001.p/44", (log.path / "tile/0/001").read_bytes())
    assert where(log) == "tile/0/001"
    log.put("tile/0/001.p/44", (log.path / "tile/0/001").read_bytes()[: 44 * 32])
    assert outcome(log).startswith("OK size=300 ")
    log.put("tile/entries/001.p/44", (log.path / "tile/entries/001").read_bytes())
    assert where(log) == "seq=299"


def test_unknown_files_and_stale_partial_files_are_no_faults(tmp_path: Path) -> None:
    log = a_log(tmp_path, 700, BLOBS)
    log.put("tile/0/000.p/7", b"stale")
    log.put("tile/9/x001/000", b"stray")
    log.put("blob/readme.txt", b"not a digest")
    log.put("blob/" + "A" * 64, b"not a digest either")
    log.put("index.html", b"")
    (log.path / "blob" / ("0" * 64)).mkdir()
    (log.path / "blob" / ("1" * 64)).symlink_to("1" * 64)
    os.mkfifo(log.path / "blob" / ("2" * 64))
    assert outcome(log, blobs=True).startswith("OK ")


def altered(log: LogFolder, place: int, **changes: Any) -> bytes:
    return orjson.dumps(orjson.loads(log.entries[place]) | changes, option=orjson.OPT_SORT_KEYS)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"seq": 4}, "number 4"),
        ({"prev": "00" * 32}, "SM3"),
        ({"logged": 1_785_000_000_001}, "earlier"),
        ({"v": "mingtang-log/2"}, "member v"),
        ({"extra": None}, "exactly"),
        ({"body": {"a": 1.5}}, "float"),
        ({"subject": "a\u200b"}, "U+200B"),
        ({"subject": "e\u0301"}, "NFC"),
        ({"files": [{}]}, "files[]"),
    ],
)
def test_a_bad_entry_in_a_tree_that_fits_it_is_named(tmp_path: Path, changes: dict[str, Any], why: str) -> None:
    log = a_log(tmp_path, 7)
    rebuilt(log, 3, altered(log, 3, **changes))
    assert outcome(log).startswith("FAIL seq=3: ")
    assert why in outcome(log)


def test_times_may_stand_still(tmp_path: Path) -> None:
    log = a_log(tmp_path, 7)
    rebuilt(log, 3, altered(log, 3, logged=orjson.loads(log.entries[2])["logged"]))
    assert outcome(log).startswith("OK ")


def test_entries_that_are_not_canonical_are_named(tmp_path: Path) -> None:
    for odd in (b"{ " + chained(7)[3][1:], chained(7)[3] + b"\n", b"", b"[" * 65_535, b"\xff" * 9):
        log = a_log(tmp_path, 7)
        rebuilt(log, 3, odd, keep_chain=False)
        assert where(log) == "seq=3"


def test_a_dropped_or_doubled_or_exchanged_entry_is_named_at_its_place(tmp_path: Path) -> None:
    entries = chained(9)
    for odd in (
        entries[:4] + entries[5:],
        entries[:5] + entries[4:],
        [*entries[:4], entries[5], entries[4], *entries[6:]],
    ):
        log = LogFolder(tmp_path, odd).write()
        assert where(log) == ("seq=5" if odd[4] == entries[4] else "seq=4")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("audit.opened", {"origin": ORIGIN, "software": "x", "vkey": "x"}),
        ("audit.log_opened", {"origin": ORIGIN, "software": "x"}),
        ("audit.log_opened", {"origin": ORIGIN, "software": "x", "vkey": 1}),
        ("audit.log_opened", {"origin": ORIGIN, "software": "x", "vkey": "x", "more": "x"}),
    ],
)
def test_a_log_that_does_not_open_is_named_at_its_first_entry(tmp_path: Path, kind: str, body: dict[str, Any]) -> None:
    log = a_log(tmp_path, 3)
    rebuilt(log, 0, altered(log, 0, kind=kind, body=body))
    assert where(log) == "seq=0"


def test_the_first_prev_is_zeros(tmp_path: Path) -> None:
    log = a_log(tmp_path, 3)
    rebuilt(log, 0, altered(log, 0, prev="ab" * 32))
    assert where(log) == "seq=0"


def test_of_several_faults_the_first_in_the_total_order_is_told(tmp_path: Path) -> None:
    """Each step adds a fault that is looked at earlier than all those before it."""
    log = a_log(tmp_path, 700, BLOBS)
    options: dict[str, Any] = {"witnesses": [str(ONE.key)], "since": b"no checkpoint", "blobs": True}
    blob = hashlib.sha256(BLOBS[1]).hexdigest()
    log.flip(f"blob/{blob}", 0)
    assert where(log, blobs=True) == f"blob/{blob}"
    assert where(log, blobs=True, since=b"no checkpoint") == "since"
    assert where(log, **options) == "witnesses"
    log.put("checkpoint", sign_checkpoint(SIGNER, 700, bytes(32)))
    assert where(log, **options) == "checkpoint"
    log.flip("tile/1/000.p/2", 0)
    assert where(log, **options) == "tile/1/000"
    log.flip("tile/0/002.p/188", 187 * 32)
    assert where(log, **options) == "seq=699"
    (log.path / "tile/0/001").unlink()
    assert where(log, **options) == "tile/0/001"
    log.flip("tile/entries/000", -1)
    assert where(log, **options) == "seq=255"
    log.put("tile/entries/000", b"")
    assert where(log, **options) == "seq=0"
    log.flip("checkpoint", 0)
    assert where(log, **options) == "checkpoint"


def test_what_the_bundle_lacks_comes_before_the_tile_and_the_tile_before_the_chain(tmp_path: Path) -> None:
    log = a_log(tmp_path, 5)
    (log.path / "tile/0/000.p/5").unlink()
    assert where(log) == "tile/0/000"
    log.put("tile/entries/000.p/5", tiles.encode_bundle(log.entries[:2]))
    assert where(log) == "tile/0/000"
    log.put("tile/entries/000.p/5", b"\0")
    assert where(log) == "seq=0"
    rebuilt(log, 2, altered(log, 2, prev="ab" * 32))
    log.put("tile/entries/000.p/5", tiles.encode_bundle(log.entries[:4]))
    assert where(log) == "seq=2"


def test_an_entry_altered_in_its_bundle_is_named_itself_and_not_the_one_after(tmp_path: Path) -> None:
    log = a_log(tmp_path, 5)
    entries = list(log.entries)
    entries[2] = altered(log, 2, body={"amount": 9})
    log.put("tile/entries/000.p/5", tiles.encode_bundle(entries))
    assert outcome(log).startswith("FAIL seq=2: ")


def test_a_hostile_size_fails_at_its_first_missing_bundle(tmp_path: Path, quick_processes: None) -> None:
    log = a_log(tmp_path, 256)
    for size in (2**62, 2**63 - 1):
        log.put("checkpoint", sign_checkpoint(SIGNER, size, bytes(32)))
        assert where(log) == where(log, workers=2) == "seq=256"


def test_the_checkpoint_must_be_of_the_key_and_its_origin(tmp_path: Path) -> None:
    log = a_log(tmp_path, 3)
    other = Signer(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert "no signature" in verify_line(log, str(other.key))
    text = b"log.example/other\n3\n" + log.checkpoint().split(b"\n", 2)[2].split(b"\n\n")[0] + b"\n"
    log.put("checkpoint", text + b"\n" + bytes(SIGNER.sign(text)))
    assert outcome(log).startswith("FAIL checkpoint: ")
    assert "log.example/other" in outcome(log)
    for odd in (b"", b"\n\n", b"\xff", b"x" * 2_000_000):
        log.put("checkpoint", odd)
        assert where(log) == "checkpoint"
    with pytest.raises(BadKey):
        verify_log(str(log.path), "no key")


def verify_line(log: LogFolder, vkey: str) -> str:
    found = verify_log(str(log.path), vkey)
    assert isinstance(found, Fault)
    return found.line("en")


def witnessed(log: LogFolder, names: Sequence[Cosigner], **options: Any) -> str:
    return outcome(log, witnesses=[str(cosigner.key) for cosigner in names], **options)


def test_the_witnesses_are_counted_and_the_newest_time_is_told(tmp_path: Path) -> None:
    log = a_log(tmp_path, 3, witnesses=[(ONE, 1_800_000_000), (TWO, 1_700_000_000), (ONE, 1_600_000_000)])
    three = Cosigner("three.example", Ed25519PrivateKey.from_private_bytes(b"3" * 32))
    assert witnessed(log, [ONE, TWO]).endswith(" checkpoint=2027-01-15T08:00:00Z witnesses=2/2")
    assert witnessed(log, [TWO]).endswith(" checkpoint=2023-11-14T22:13:20Z witnesses=1/1")
    assert witnessed(log, []).endswith(" checkpoint=- witnesses=0/0")
    assert witnessed(log, [ONE, TWO, three]).startswith("FAIL witnesses: ")
    assert witnessed(log, [ONE, TWO, three], quorum=2).endswith(" witnesses=2/3")
    assert witnessed(log, [three], quorum=0).endswith(" checkpoint=- witnesses=0/1")
    assert witnessed(log, [ONE], quorum=2).startswith("FAIL witnesses: ")


def test_a_wrong_cosignature_of_a_named_witness_fails_even_without_a_quorum(tmp_path: Path) -> None:
    log = a_log(tmp_path, 3, witnesses=[(ONE, 1_800_000_000)])
    signed = log.checkpoint(2) + log.checkpoint(witnesses=[(ONE, 1)]).splitlines(keepends=True)[-1]
    log.put("checkpoint", signed)
    log.entries.pop()
    log.write()
    log.put("checkpoint", signed)
    assert witnessed(log, [ONE], quorum=0).startswith("FAIL witnesses: ")
    assert witnessed(log, [TWO], quorum=0).startswith("OK ")


def test_a_time_beyond_the_calendar_is_no_crash(tmp_path: Path) -> None:
    log = a_log(tmp_path, 3, witnesses=[(ONE, 2**63 - 1)])
    assert witnessed(log, [ONE]).endswith(" checkpoint=- witnesses=1/1")


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 600))
def test_every_older_checkpoint_is_of_a_prefix(medium: LogFolder, size: int) -> None:
    assert outcome(medium, since=medium.checkpoint(size)).startswith("OK size=600 ")


def test_a_rewritten_history_and_a_shrunken_log_are_seen_against_an_older_checkpoint(tmp_path: Path) -> None:
    log = a_log(tmp_path, 300)
    old, full = log.checkpoint(280), log.checkpoint()
    rebuilt(log, 270, altered(log, 270, body={"amount": 0}))
    assert outcome(log).startswith("OK ")
    assert where(log, since=old) == where(log, since=full) == "since"
    assert where(LogFolder(tmp_path, log.entries[:290]).write(), since=full) == "since"
    for odd in (b"", b"\xff", sign_checkpoint(Signer(ORIGIN, OTHER_KEY), 1, bytes(32))):
        assert where(log, since=odd) == "since"
    assert where(log, since=sign_checkpoint(SIGNER, 0, bytes(32))) == "since"
    assert outcome(log, since=sign_checkpoint(SIGNER, 0, merkle.EMPTY_ROOT)).startswith("OK ")


def test_blobs_are_hashed_where_they_are_and_missed_where_asked(tmp_path: Path) -> None:
    log = a_log(tmp_path, 5, BLOBS)
    names = [hashlib.sha256(blob).hexdigest() for blob in BLOBS]
    assert outcome(log, blobs=True).startswith("OK ")
    (log.path / "blob" / names[1]).unlink()
    assert outcome(log).startswith("OK ")
    assert outcome(log, blobs=True).startswith(f"FAIL blob/{names[1]}: ")
    assert "seq=2" in outcome(log, blobs=True)
    # Of two, the one that the log names first; a file that no entry names comes last.
    log.put("blob/" + "0" * 64, b"stray")
    assert where(log) == "blob/" + "0" * 64
    log.flip(f"blob/{names[0]}", 0)
    assert where(log) == where(log, blobs=True) == f"blob/{names[0]}"
    assert "seq=1" in outcome(log)
    log.put(f"blob/{names[2]}", b"no longer empty")
    assert where(log, blobs=True) == f"blob/{names[0]}"
    log.put(f"blob/{names[0]}", BLOBS[0])
    assert where(log) == f"blob/{names[2]}"
    for file in (log.path / "blob").iterdir():
        file.unlink()
    (log.path / "blob").rmdir()
    assert outcome(log).startswith("OK ")
    assert where(log, blobs=True) == f"blob/{names[0]}"


def test_the_size_that_an_entry_gives_is_compared(tmp_path: Path) -> None:
    log = a_log(tmp_path, 5, BLOBS)
    file = orjson.loads(log.entries[2])["files"][0]
    rebuilt(log, 2, altered(log, 2, files=[file | {"size": 5}]))
    assert where(log) == f"blob/{hashlib.sha256(BLOBS[1]).hexdigest()}"


def test_many_blobs_are_hashed_by_several_processes(tmp_path: Path) -> None:
    blobs = [b"%d" % number for number in range(100)]
    log = a_log(tmp_path, 120, blobs)
    assert outcome(log, workers=2, blobs=True).startswith("OK ")
    for number in (90, 17):
        log.flip(f"blob/{hashlib.sha256(blobs[number]).hexdigest()}", 0)
        assert f"seq={number + 1}" in outcome(log, workers=2)


def test_a_named_blob_that_is_a_folder_is_a_fault(tmp_path: Path) -> None:
    log = a_log(tmp_path, 5, BLOBS)
    name = hashlib.sha256(BLOBS[1]).hexdigest()
    (log.path / "blob" / name).unlink()
    (log.path / "blob" / name).mkdir()
    assert where(log) == f"blob/{name}"


def test_what_is_no_file_in_the_place_of_a_file_is_a_fault_and_never_waited_for(tmp_path: Path) -> None:
    log = a_log(tmp_path, 700)
    for name, fault in (("tile/entries/001", "seq=256"), ("tile/0/001", "tile/0/001"), ("checkpoint", "checkpoint")):
        file = log.path / name
        content = file.read_bytes()
        file.unlink()
        file.mkdir()
        assert where(log) == fault
        file.rmdir()
        os.mkfifo(file)
        assert where(log) == fault
        file.unlink()
        file.symlink_to(file)
        assert where(log) == fault
        file.unlink()
        file.symlink_to("/dev/zero")
        assert where(log) == fault
        file.unlink()
        elsewhere = tmp_path / f"elsewhere-{len(content)}"
        elsewhere.write_bytes(content)
        file.symlink_to(elsewhere)
        assert outcome(log).startswith("OK ")


def test_an_endless_file_is_not_read(tmp_path: Path) -> None:
    log = a_log(tmp_path, 3)
    for name in ("tile/entries/000.p/3", "tile/0/000.p/3", "checkpoint"):
        content = (log.path / name).read_bytes()
        os.truncate(log.path / name, 1 << 40)
        assert outcome(log).startswith("FAIL ")
        log.put(name, content)


def test_a_folder_where_a_file_should_lead_on_is_a_missing_file(tmp_path: Path) -> None:
    log = a_log(tmp_path, 3)
    for file in (log.path / "tile/0").rglob("*"):
        if file.is_file():
            file.unlink()
    (log.path / "tile/0/000.p").rmdir()
    log.put("tile/0/000.p", b"")
    assert where(log) == "tile/0/000"


def test_a_folder_that_is_not_there_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for missing in (tmp_path / "missing", tmp_path / "file", "a\0b", ""):
        with pytest.raises(Unreadable):
            verify_log(str(missing), str(SIGNER.key))
    assert where(LogFolder(tmp_path, [])) == "checkpoint"


def test_a_log_of_the_longest_entries(tmp_path: Path) -> None:
    entries = chained(1)
    for seq in range(1, 4):
        shell = composed(seq, entry.sm3(entries[-1]).hex(), body=b'{"x":""}')
        room = b"a" * (entry.MAX_SIZE - len(shell))
        entries.append(composed(seq, entry.sm3(entries[-1]).hex(), body=b'{"x":"' + room + b'"}'))
    assert {len(item) for item in entries[1:]} == {65_535}
    assert outcome(LogFolder(tmp_path, entries).write()).startswith("OK ")
