"""Private files (非公开附件): scans of licences, signed papers, evidence. Stored like any blob, and never published.

The entry holds a commitment over the file's description, which is the private value: canonical JSON of its name, media
type, size and SHA-256. Erasing that value takes the file too, unless something else still refers to it:

    value = documents.store(act.blobs, data, "营业执照.pdf", "application/pdf")
    act.record(event, subject, private={"licence": value})
    …
    documents.forget(act, documents.read(act.session, entry_id, "licence"))     # with the value, in one transaction
    documents.forget_files(log)                                               # afterwards, and each night
"""

import re

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from audit import canonical
from audit.act import Act
from audit.blobs import Blobs
from audit.entry import SYSTEM, File
from audit.log import Log
from audit.tables import EntryRow, PrivateValueRow
from registry.errors import BadFact, DocumentMissing
from registry.names import check_name
from registry.tables import ForgottenFileRow

DOCUMENTS = "documents"
"""Shared by who refers to a stored file, held by who removes one: so no file goes while an entry is made of it."""

MAX_BYTES = 20 * 1024 * 1024
_BEGINNINGS = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "video/mp4": (b"\x00\x00\x00",),
}
MEDIA_TYPES = tuple(_BEGINNINGS)
_DIGEST = re.compile("[0-9a-f]{64}")
_DESCRIBED = b'{"media_type":"'
"""How a description begins: the members of canonical JSON are sorted."""


def store(blobs: Blobs, data: bytes, name: str, media_type: str) -> bytes:
    """Keep a file and return its description, the private value of an entry. Raises BadText, BadFact."""
    check_name(name, "文件名")
    if media_type not in _BEGINNINGS or not data.startswith(_BEGINNINGS[media_type]):
        raise BadFact(field="附件", why_zh="须为 PDF、JPEG、PNG 或 MP4 文件", why_en="a PDF, JPEG, PNG or MP4 file")
    if len(data) > MAX_BYTES:
        raise BadFact(field="附件", why_zh="不得超过 20 MB", why_en="at most 20 MB")
    return canonical.encode(blobs.put_file(name, media_type, data).value())


def described(value: bytes) -> File:
    """The file that a private value describes. Raises BadFact for what `store` never returned."""
    try:
        members = canonical.decode(value)
    except canonical.BadValue:
        members = None
    match members:
        case {"media_type": str(media_type), "name": str(name), "sha256": str(sha256), "size": int(size), **more}:
            if not more and _DIGEST.fullmatch(sha256):  # which becomes the name of a file
                return File(name=name, media_type=media_type, size=size, sha256=sha256)
    raise BadFact(field="附件", why_zh="不是已上传的文件", why_en="no stored file")


def check_stored(blobs: Blobs, value: bytes) -> None:
    """Refuse to refer to a file that is not here. Whoever asks shares `DOCUMENTS`. Raises BadFact, DocumentMissing."""
    file = described(value)
    if not blobs.path(file.sha256).is_file():
        raise DocumentMissing(name=file.name)


def read(session: Session, entry_id: int, name: str) -> File | None:
    """PRIVATE. The file that an entry's private value describes; None where it was erased, or never was."""
    value = session.scalar(
        select(PrivateValueRow.value).where(PrivateValueRow.entry_id == entry_id, PrivateValueRow.name == name)
    )
    return described(value) if value is not None and value.startswith(_DESCRIBED) else None


def forget(act: Act, file: File | None) -> None:
    """Say, in the transaction that erases its description, that a file is to go; `forget_files` removes it then."""
    if file is not None and act.session.get(ForgottenFileRow, file.sha256) is None:
        act.session.add(ForgottenFileRow(sha256=file.sha256))
        act.session.flush()


def forget_files(log: Log) -> int:
    """Remove the files that nothing refers to any more; return how many. After a crash the next call finishes."""
    gone = 0
    with log.act(SYSTEM) as act:
        act.lock(DOCUMENTS)
        for sha256 in act.session.scalars(select(ForgottenFileRow.sha256)).all():
            if not _is_referred_to(act.session, sha256):
                act.blobs.path(sha256).unlink(missing_ok=True)
                gone += 1
            act.session.execute(delete(ForgottenFileRow).where(ForgottenFileRow.sha256 == sha256))
    return gone


def _is_referred_to(session: Session, sha256: str) -> bool:
    """Whether a private value describes the file still, or an entry has made it public."""
    wanted = sha256.encode()
    begins = func.substr(PrivateValueRow.value, 1, len(_DESCRIBED)) == _DESCRIBED
    private = session.scalars(select(PrivateValueRow.value).where(begins)).yield_per(1000)
    public = session.scalars(select(EntryRow.files).where(EntryRow.files != b"[]")).yield_per(1000)
    return any(wanted in value for found in (private, public) for value in found)
