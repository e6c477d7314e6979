"""What we publish is read by a reader of tlog-tiles that others wrote and that knows nothing of this project."""

from pathlib import Path

import pytest
from tlog_scales import backend, signing
from tlog_scales.reader import TilesReader

from audit.events import Event
from audit.log import Log
from audit.proof import parse_proof
from audit.queries import receipt
from audit.rebuild import published_entries
from audit.transfer import export_log


class Read(Event):
    kind = "test.read"
    text: str


@pytest.fixture
def exported(log: Log, tmp_path: Path) -> Path:
    """An export of 700 entries: full and partial tiles of two levels."""
    with log.act("operator:abc") as act:
        act.lock("test:a")
        for number in range(699):
            last = act.record(Read(text=f"第 {number} 条"), "test:a")
    assert log.wait(last) == 699
    export_log(log.folder, tmp_path / "export")
    return tmp_path / "export"


def test_it_finds_the_signed_root_and_every_entry(log: Log, exported: Path) -> None:
    reader = TilesReader(backend.make_backend(str(exported)))
    checkpoint = reader.get_checkpoint()
    assert checkpoint.size == 700
    checkpoint.verify(signing.Vkey.from_string(log.vkey))
    assert reader.calculate_root_hash() == checkpoint.root_hash
    assert [reader.get_entry(seq) for seq in range(700)] == list(published_entries(log.folder, 700))


def test_it_makes_the_same_proofs(log: Log, exported: Path) -> None:
    reader = TilesReader(backend.make_backend(str(exported)))
    reader.get_checkpoint()
    with log.reading() as session:
        for seq in (0, 1, 255, 256, 511, 512, 699):
            ours = parse_proof(receipt(session, log.folder, seq, 700))
            assert list(ours.hashes) == reader.get_inclusion_proof(seq, 700).node_hashes
