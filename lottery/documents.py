"""The documents of a draw that are too large for an entry: roster, result, standing. They are files, by hash."""

from typing import cast

from audit.blobs import Blobs
from audit.entry import File
from audit.errors import Refusal
from lottery.model import Attempt
from lottery.protocol import canonical
from lottery.protocol.draw import Result
from lottery.protocol.roster import Roster
from lottery.protocol.standing import Standing

JSON = "application/json"


class DocumentMissing(Refusal):
    code = "lottery.document-missing"
    zh = "文件 {sha256} 不在数据目录中"
    en = "the file {sha256} is not in the data folder"


def read(blobs: Blobs, sha256: str) -> object:
    """The value of a canonical file. Raises DocumentMissing."""
    data = blobs.get(sha256)
    if data is None:
        raise DocumentMissing(sha256=sha256)
    return canonical.decode(data)


def store(blobs: Blobs, name: str, document: object) -> File:
    """Store a document as its canonical bytes, so that its SHA-256 is its `doc_hash`."""
    return blobs.put_file(name, JSON, canonical.encode(document))


def roster(blobs: Blobs, attempt: Attempt) -> Roster | None:
    """The frozen roster, or the last one published, or None before that."""
    if not attempt.rosters:
        return None
    return cast(Roster, read(blobs, attempt.rosters[-1].event.roster_sha256))


def result(blobs: Blobs, attempt: Attempt) -> Result | None:
    """The result, if the attempt has one; never the shadow of a voided one."""
    return None if attempt.drawn is None else cast(Result, read(blobs, attempt.drawn.event.result_sha256))


def shadow(blobs: Blobs, attempt: Attempt) -> Result | None:
    """What a voided attempt would have given (影子结果), if that is known."""
    return None if attempt.shadow is None else cast(Result, read(blobs, attempt.shadow.event.result_sha256))


def standing(blobs: Blobs, attempt: Attempt) -> Standing | None:
    """The newest standing, or None while nobody was removed."""
    if not attempt.standings:
        return None
    return cast(Standing, read(blobs, attempt.standings[-1].event.standing_sha256))


def vacant(blobs: Blobs, attempt: Attempt | None) -> int:
    """Places of the newest standing for which nobody is left."""
    newest = None if attempt is None else standing(blobs, attempt)
    return 0 if newest is None else newest["vacant"]
