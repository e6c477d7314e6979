"""Private files are stored like any blob, described by a private value, and never published."""

import pytest

from audit.entry import SYSTEM
from audit.log import Log
from registry import documents, errors
from registry.names import BadText
from tests.registry.builders import Register
from tests.registry.forms import Forms


@pytest.mark.parametrize(
    ("media_type", "content"),
    [
        ("application/pdf", b"%PDF-1.7"),
        ("image/jpeg", b"\xff\xd8\xff\xe0"),
        ("image/png", b"\x89PNG\r\n\x1a\n"),
        ("video/mp4", b"\x00\x00\x00\x18ftypmp42"),
    ],
    ids=["pdf", "jpeg", "png", "mp4"],
)
def test_a_file_of_its_kind_is_kept_and_described(log: Log, media_type: str, content: bytes) -> None:
    file = documents.described(documents.store(log.blobs, content, "扫描件", media_type))
    assert (file.name, file.media_type, file.size) == ("扫描件", media_type, len(content))
    assert log.blobs.get(file.sha256) == content


@pytest.mark.parametrize(
    ("media_type", "content"),
    [("text/html", b"<script>"), ("application/pdf", b"<html>"), ("image/png", b"%PDF-1.7"), ("application/pdf", b"")],
    ids=["page", "page-as-pdf", "pdf-as-png", "nothing"],
)
def test_a_file_that_is_something_else_is_refused(log: Log, media_type: str, content: bytes) -> None:
    with pytest.raises(errors.BadFact):
        documents.store(log.blobs, content, "扫描件", media_type)


def test_a_file_is_bounded_and_its_name_plain(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_BYTES", 8)
    documents.store(log.blobs, b"%PDF-1.7", "扫描件", "application/pdf")
    with pytest.raises(errors.BadFact):
        documents.store(log.blobs, b"%PDF-1.70", "扫描件", "application/pdf")
    with pytest.raises(BadText):
        documents.store(log.blobs, b"%PDF-1.7", "扫描\u202efdp.exe", "application/pdf")


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"media_type":1,"name":"x","sha256":"0","size":1}',
        b'{"name":"x","media_type":"x","sha256":"0","size":1}',
        b'{"media_type":"x","more":1,"name":"x","sha256":"00","size":1}',
        b'{"media_type":"x","name":"x","sha256":"../../keys/log.pem","size":1}',
    ],
)
def test_what_store_never_returned_describes_nothing(value: bytes) -> None:
    with pytest.raises(errors.BadFact):
        documents.described(value)


def test_a_private_file_is_never_published(forms: Forms, register: Register) -> None:
    forms.agency(1)
    register.publish()
    assert len(list((register.log.data / "blobs").iterdir())) == 1
    assert not list((register.log.data / "log").glob("blob/*"))


def test_no_file_is_read_where_none_was_described(forms: Forms) -> None:
    entry = forms.agency(1)
    with forms.log.reading() as session:
        assert documents.read(session, entry, "contact_name") is None
        assert documents.read(session, entry, "nothing") is None
        file = documents.read(session, entry, "licence")
    assert file is not None
    with forms.log.act(SYSTEM) as act:
        act.lock(documents.DOCUMENTS)
        documents.forget(act, file)
        documents.forget(act, file)
    assert documents.forget_files(forms.log) == 0  # the entry still describes it
    assert forms.log.blobs.get(file.sha256) is not None
