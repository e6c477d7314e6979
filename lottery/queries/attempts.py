"""An attempt with its documents, and the file by which everyone can check its result."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from audit.blobs import Blobs
from lottery import documents
from lottery.events import Drawn
from lottery.model import Attempt
from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.draw import Result
from lottery.protocol.roster import Roster
from lottery.protocol.standing import Standing
from lottery.queries.folding import draw


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """An attempt with its documents."""

    attempt: Attempt
    plan_sha256: str
    seal_sha256: str | None
    roster: Roster | None
    result: Result | None
    standing: Standing | None
    shadow: Result | None

    @property
    def winners(self) -> list[str]:
        """Codes in drawn order, after all removals."""
        newest = self.standing or self.result
        return [] if newest is None else newest["winners"]

    @property
    def alternates(self) -> list[str]:
        newest = self.standing or self.result
        return [] if newest is None else newest["alternates"]


def attempt_page(blobs: Blobs, attempt: Attempt) -> AttemptPage:
    """An attempt with its documents, read from their files. Raises DocumentMissing."""
    return AttemptPage(
        attempt=attempt,
        plan_sha256=canonical.doc_hash(attempt.plan),
        seal_sha256=None if attempt.seal is None else canonical.doc_hash(attempt.seal),
        roster=documents.roster(blobs, attempt),
        result=documents.result(blobs, attempt),
        standing=documents.standing(blobs, attempt),
        shadow=documents.shadow(blobs, attempt),
    )


def evidence(session: Session, blobs: Blobs, draw_id: str, attempt: int, newest_standing: bool = True) -> bytes | None:
    """The evidence file of an attempt with a result, or None.

    newest_standing: with the newest standing that the log shows, as a draw's page offers it; else as logged with the
    result, where `standing` is null.
    """
    found = draw(session, draw_id, placed=True)
    if found is None or not 1 <= attempt <= len(found.attempts):
        return None
    one = found.attempts[attempt - 1]
    if one.drawn is None:
        return None
    stored = documents.read(blobs, one.drawn.sha256("evidence.json"))
    assert isinstance(stored, dict)
    if newest_standing and one.standings:
        standing: Any = documents.standing(blobs, one)
        return canonical.encode(stored | {"standing": standing})
    return canonical.encode(stored)


def make_evidence(attempt: Attempt, roster: Roster, result: Result, drawn: Drawn) -> bytes:
    """The evidence file that goes with a result, `standing` null."""
    body = drawn.body()
    return canonical.encode(
        {
            "v": PROTOCOL,
            "type": "evidence",
            "plan": attempt.plan,
            "roster": roster,
            "seal": attempt.seal,
            "seal_time": attempt.seal_time,
            "beacon": body["beacon"],
            "dice": body["dice"],
            "result": result,
            "standing": None,
        }
    )
