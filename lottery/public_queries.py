"""What the home page and the lists ask of the draws beside `queries`. Only what has its place in the log."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import cast

import orjson
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from audit.blobs import Blobs
from audit.queries import placed
from audit.tables import EntryRow
from lottery import documents, queries
from lottery.events import Drawn, RosterFrozen
from lottery.model import Draw
from lottery.protocol.draw import Result
from lottery.protocol.roster import Roster
from lottery.tables import DrawRow, DrawStepRow, SignUpRow


def unfinished(session: Session) -> list[Draw]:
    """The draws that have no result yet and that no later draw took the place of, by number; no rehearsals.

    Those whose last attempt is void are among them: the next attempt is due.
    """
    drawn = aliased(DrawStepRow)
    has_result = (
        select(drawn.entry_id)
        .join(EntryRow, EntryRow.id == drawn.entry_id)
        .where(drawn.draw_id == DrawRow.draw_id, drawn.kind == Drawn.kind, EntryRow.seq.is_not(None))
        .correlate(DrawRow)
        .exists()
    )
    statement = placed(select(DrawRow.draw_id), DrawRow).where(DrawRow.is_drill.is_(False), ~has_result)
    found = [queries.draw(session, draw_id, placed=True) for draw_id in session.scalars(statement)]
    return sorted((one for one in found if one and one.followed_by is None), key=lambda one: one.draw_id)


def latest_results(session: Session, limit: int) -> list[Draw]:
    """The draws with the newest results, newest first; no rehearsals."""
    statement = (
        placed(select(DrawStepRow.draw_id), DrawStepRow)
        .join(DrawRow, DrawRow.draw_id == DrawStepRow.draw_id)
        .where(DrawStepRow.kind == Drawn.kind, DrawRow.is_drill.is_(False))
        .order_by(EntryRow.seq.desc())
        .limit(limit)
    )
    found = [queries.draw(session, draw_id, placed=True) for draw_id in session.scalars(statement)]
    return [one for one in found if one]


def years(session: Session) -> list[int]:
    """The years in which draws are numbered, newest first."""
    return sorted(session.scalars(placed(select(DrawRow.year), DrawRow).distinct()), reverse=True)


def newest_seq(session: Session, draw_id: str) -> int:
    """The place of the newest entry that a draw's page tells: its own, or the decision that ended it. It only grows."""
    own = select(func.max(EntryRow.seq)).where(
        or_(EntryRow.subject == f"draw:{draw_id}", EntryRow.subject.startswith(f"draw:{draw_id}/", autoescape=True))
    )
    later = select(func.max(EntryRow.seq)).join(DrawRow, DrawRow.entry_id == EntryRow.id)
    followed = session.scalar(later.where(DrawRow.former_draw == draw_id))
    return max(session.scalar(own) or 0, followed or 0)


@dataclass(frozen=True, slots=True)
class Chance:
    """One attempt that an agency was drawn in: what it could expect, and what came of it. `seq`: of the result."""

    draw_id: str
    attempt: int
    seq: int
    balls: int
    total: int
    rank: int
    is_winner: bool
    """As drawn, whoever was removed later."""

    @property
    def first(self) -> Fraction:
        """The chance of being ranked first."""
        return Fraction(self.balls, self.total)


def chances(session: Session, blobs: Blobs, code: str, limit: int) -> list[Chance]:
    """The newest `limit` attempts with a result whose pool held an agency, newest first; no rehearsals.

    Only who answered the call can be in a pool, so no other draw is looked at.
    """
    answered = placed(select(SignUpRow.draw_id).where(SignUpRow.agency == code), SignUpRow)
    frozen, frozen_entry = aliased(DrawStepRow), aliased(EntryRow)
    statement = (
        select(DrawStepRow.draw_id, DrawStepRow.attempt, EntryRow.seq, EntryRow.body, frozen_entry.body)
        .select_from(DrawStepRow)
        .join(EntryRow, EntryRow.id == DrawStepRow.entry_id)
        .join(DrawRow, DrawRow.draw_id == DrawStepRow.draw_id)
        .join(frozen, (frozen.draw_id == DrawStepRow.draw_id) & (frozen.attempt == DrawStepRow.attempt))
        .join(frozen_entry, frozen_entry.id == frozen.entry_id)
        .where(EntryRow.seq.is_not(None), DrawStepRow.kind == Drawn.kind, frozen.kind == RosterFrozen.kind)
        .where(DrawRow.is_drill.is_(False), DrawRow.draw_id.in_(answered))
        .order_by(EntryRow.seq.desc())
        .limit(limit)
    )
    found = []
    for draw_id, attempt, seq, drawn, roster in session.execute(statement):
        hashes = orjson.loads(roster)["roster_sha256"], orjson.loads(drawn)["result_sha256"]
        fared = _fared(blobs, *hashes, code)
        if fared is not None and attempt is not None and seq is not None:
            found.append(Chance(draw_id, attempt, seq, *fared))
    return found


@lru_cache(maxsize=1 << 16)  # neither file changes under its hash
def _fared(blobs: Blobs, roster_sha256: str, result_sha256: str, code: str) -> tuple[int, int, int, bool] | None:
    """Balls of an agency and of all, its rank, and whether it was among the winners; None where it was left out."""
    pool, ranks, winners = _drawn_from(blobs, roster_sha256, result_sha256)
    return None if code not in pool else (pool[code], sum(pool.values()), ranks[code], code in winners)


@lru_cache(maxsize=16)
def _drawn_from(
    blobs: Blobs, roster_sha256: str, result_sha256: str
) -> tuple[dict[str, int], dict[str, int], frozenset[str]]:
    """Balls and ranks by code, and the winners."""
    roster = cast(Roster, documents.read(blobs, roster_sha256))
    result = cast(Result, documents.read(blobs, result_sha256))
    ranks = {one["code"]: one["rank"] for one in result["ranking"]}
    return {one["code"]: one["balls"] for one in roster["agents"]}, ranks, frozenset(result["winners"])
