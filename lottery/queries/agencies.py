"""How an agency fared in the draws, for its page: only what has its place in the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.blobs import Blobs
from audit.queries import placed as with_place
from audit.tables import EntryRow
from lottery import documents
from lottery.model import Attempt, Draw, State
from lottery.queries.folding import draws_in_order, sign_ups
from lottery.tables import DrawRow, SignUpRow

Place = Literal["signed-up", "in-pool", "excluded", "winner", "alternate", "removed", "not-drawn"]


@dataclass(frozen=True, slots=True)
class AgencyDraw:
    """How an agency stands in one attempt of a draw.

    `seq`: of the decision. `rank`: in the result. `reason`, `note`: of an exclusion.
    """

    draw_id: str
    attempt: int | None
    project_name: str
    is_drill: bool
    state: State
    place: Place
    seq: int
    rank: int | None = None
    reason: str | None = None
    note: str | None = None


def agency_draws(
    session: Session, blobs: Blobs, now: int, code: str, *, before: int | None = None, limit: int | None = None
) -> list[AgencyDraw]:
    """Every draw and attempt whose roster names an agency, or that it signed up for; newest first.

    Since every agency on record stands in every roster, those that it did not answer are among them, as excluded: each
    line means reading a roster, so a page asks for some. before: the `seq` of the last line of the page before. limit:
    draws (None: all); all attempts of one stand on one page.
    """
    statement = with_place(select(DrawRow.draw_id), DrawRow).order_by(EntryRow.seq.desc())
    if before is not None:
        statement = statement.where(EntryRow.seq < before)
    answered = set(
        session.scalars(with_place(select(SignUpRow.draw_id).where(SignUpRow.agency == code), SignUpRow).distinct())
    )

    def parts() -> Iterator[list[AgencyDraw]]:
        for one in draws_in_order(session, statement):
            attempts = [_agency_in(blobs, now, one, attempt, code) for attempt in reversed(one.attempts)]
            found = [line for line in attempts if line is not None]
            if not found and one.draw_id in answered and code in sign_ups(session, one.draw_id, placed=True):
                found = [_agency_line(now, one, None, "signed-up")]
            if found:
                yield found

    return [line for lines in islice(parts(), limit) for line in lines]


def _agency_in(blobs: Blobs, now: int, one: Draw, attempt: Attempt, code: str) -> AgencyDraw | None:
    if not attempt.rosters:
        return None
    pool, excluded = _roster_index(blobs, attempt.rosters[-1].event.roster_sha256)
    if code in excluded:
        reason, note = excluded[code]
        return _agency_line(now, one, attempt, "excluded", reason=reason, note=note)
    if code not in pool:
        return None
    if attempt.drawn is None:
        return _agency_line(now, one, attempt, "in-pool")
    result = documents.result(blobs, attempt)
    assert result is not None
    rank = next(entry["rank"] for entry in result["ranking"] if entry["code"] == code)
    newest = documents.standing(blobs, attempt)
    place: Place = "not-drawn"
    if code in (newest or result)["winners"]:
        place = "winner"
    elif code in (newest or result)["alternates"]:
        place = "alternate"
    elif newest is not None and code in {change["code"] for change in newest["changes"]}:
        place = "removed"
    return _agency_line(now, one, attempt, place, rank=rank)


def _agency_line(
    now: int,
    one: Draw,
    attempt: Attempt | None,
    place: Place,
    rank: int | None = None,
    reason: str | None = None,
    note: str | None = None,
) -> AgencyDraw:
    assert one.decided.seq is not None
    return AgencyDraw(
        draw_id=one.draw_id,
        attempt=None if attempt is None else attempt.number,
        project_name=one.decided.event.project_name,
        is_drill=one.is_drill,
        state=one.state_at(now) if attempt is None else attempt.state_at(now),
        place=place,
        seq=one.decided.seq,
        rank=rank,
        reason=reason,
        note=note,
    )


@lru_cache(maxsize=256)  # a roster never changes under its hash
def _roster_index(blobs: Blobs, sha256: str) -> tuple[frozenset[str], dict[str, tuple[str, str]]]:
    """The codes of the pool, and reason and note of each code left out."""
    roster: Any = documents.read(blobs, sha256)
    pool = frozenset(agent["code"] for agent in roster["agents"])
    return pool, {item["code"]: (item["reason"], item["note"]) for item in roster["excluded"]}
