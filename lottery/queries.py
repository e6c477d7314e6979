"""What the draws answer: to rules the newest of all, to pages (`placed`) only what has its place in the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import orjson
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from audit.blobs import Blobs
from audit.entry import File
from audit.events import KINDS
from audit.queries import placed as with_place
from audit.tables import EntryRow
from lottery import documents, errors
from lottery.events import Drawn, RosterFrozen, Sealed, ShadowDrawn, Voided
from lottery.model import Attempt, Draw, State, Step, fold
from lottery.numbering import DRILL, DrawNumber
from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.draw import Result
from lottery.protocol.roster import Roster
from lottery.protocol.standing import Standing
from lottery.tables import DrawRow, DrawStepRow, SignUpRow

# For rules and for pages


def draw(session: Session, draw_id: str, placed: bool = False) -> Draw | None:
    """A draw with every attempt and step."""
    return next(iter(_draws(session, [draw_id], placed)), None)


def known_draw(session: Session, draw_id: str, placed: bool = False) -> Draw:
    """Raises UnknownDraw."""
    found = draw(session, draw_id, placed)
    if found is None:
        raise errors.UnknownDraw(draw_id=draw_id)
    return found


def sign_ups(session: Session, draw_id: str, placed: bool = False) -> list[str]:
    """Codes of the agencies that answered the call and did not take it back, by code."""
    statement = select(SignUpRow).where(SignUpRow.draw_id == draw_id).order_by(SignUpRow.entry_id)
    if placed:
        statement = with_place(statement, SignUpRow)
    newest = {row.agency: row.withdrawn for row in session.scalars(statement)}
    return sorted(code for code, withdrawn in newest.items() if not withdrawn)


def next_draw_id(session: Session, prefix: str, year: int, drill: bool = False) -> str:
    """The next free name of a draw in a year (a calendar year of Beijing). prefix: the centre's own letters."""
    series = f"{DRILL if drill else ''}{prefix}"
    last = session.scalar(select(func.max(DrawRow.number)).where(DrawRow.series == series, DrawRow.year == year))
    return str(DrawNumber(series, year, (last or 0) + 1))


def newest_draw_of_project(session: Session, project_code: str) -> Draw | None:
    """The draw that a new decision for the project would take the place of; rehearsals do not count."""
    statement = (
        select(DrawRow.draw_id)
        .where(DrawRow.project_code == project_code, DrawRow.is_drill.is_(False))
        .order_by(DrawRow.entry_id.desc())
        .limit(1)
    )
    draw_id = session.scalar(statement)
    return None if draw_id is None else draw(session, draw_id)


def running_draws(session: Session) -> list[str]:
    """Draws in which the program may have something to do by itself: frozen and not over, or over without the result
    that a seal would have given."""
    frozen, end, sealed, shadow = (aliased(DrawStepRow) for _ in range(4))

    def same(other: Any, *kinds: str) -> Any:
        return (
            select(other.entry_id)
            .where(other.draw_id == frozen.draw_id, other.attempt == frozen.attempt, other.kind.in_(kinds))
            .exists()
        )

    going_on = ~same(end, Drawn.kind, Voided.kind)
    owes_shadow = and_(same(end, Voided.kind), same(sealed, Sealed.kind), ~same(shadow, ShadowDrawn.kind))
    statement = select(frozen.draw_id).where(frozen.kind == RosterFrozen.kind, or_(going_on, owes_shadow)).distinct()
    return sorted(session.scalars(statement))


# For pages only


@dataclass(frozen=True, slots=True)
class DrawLine:
    """A draw in a list. `seq`, `logged` (Unix milliseconds): of the decision. `draws_at`: Unix seconds."""

    draw_id: str
    project_code: str
    project_name: str
    tenderer: str
    is_drill: bool
    attempts: int
    state: State
    draws_at: int | None
    seq: int
    logged: int


def draws(
    session: Session,
    now: int,
    *,
    project_code: str | None = None,
    tenderer: str | None = None,
    year: int | None = None,
    drills: bool | None = False,
    text: str = "",
    states: Iterable[State] = (),
    before: int | None = None,
    limit: int = 50,
) -> list[DrawLine]:
    """Draws that the log shows, newest first. now: Unix milliseconds.

    drills: whether rehearsals (None: both). text: part of a number, code or name. states: any of these (none: all).
    before: the `seq` of the last line of the page before.
    """
    statement = with_place(select(DrawRow.draw_id), DrawRow).order_by(EntryRow.seq.desc())
    if project_code is not None:
        statement = statement.where(DrawRow.project_code == project_code)
    if tenderer is not None:
        statement = statement.where(DrawRow.tenderer == tenderer)
    if year is not None:
        statement = statement.where(DrawRow.year == year)
    if drills is not None:
        statement = statement.where(DrawRow.is_drill.is_(drills))
    if before is not None:
        statement = statement.where(EntryRow.seq < before)
    if text:
        columns = (DrawRow.draw_id, DrawRow.project_code, DrawRow.project_name, DrawRow.tenderer)
        statement = statement.where(or_(*(column.contains(text, autoescape=True) for column in columns)))
    wanted = frozenset(states)
    if not wanted:
        return _lines(session, now, statement.limit(limit))
    # A state is a fold, so it is asked of the draws one by one.
    return [line for line in _lines(session, now, statement) if line.state in wanted][:limit]


def project_draws(session: Session, now: int, project_code: str) -> list[DrawLine]:
    """Every draw of a project, finished or not, rehearsals too; newest first."""
    return draws(session, now, project_code=project_code, drills=None, limit=1000)


def _lines(session: Session, now: int, statement: Select[str]) -> list[DrawLine]:
    order = list(session.scalars(statement))
    found = {one.draw_id: one for one in _draws(session, order, True)}
    return [_line(found[draw_id], now) for draw_id in order]


def _line(one: Draw, now: int) -> DrawLine:
    decision = one.decided
    assert decision.seq is not None
    assert decision.logged is not None
    return DrawLine(
        draw_id=one.draw_id,
        project_code=decision.event.project_code,
        project_name=decision.event.project_name,
        tenderer=decision.event.tenderer,
        is_drill=one.is_drill,
        attempts=len(one.attempts),
        state=one.state_at(now),
        draws_at=_draws_at(one),
        seq=decision.seq,
        logged=decision.logged,
    )


def _draws_at(one: Draw) -> int | None:
    if one.attempt is not None:
        return one.attempt.planned.event.draws_at
    return None if one.call is None else one.call.event.draws_at


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """An attempt with its documents. `witnessed`: whether a quorum of witnesses in force vouches for the seal's time;
    None while no witness is in force, which every page has to say (未见证)."""

    attempt: Attempt
    plan_sha256: str
    seal_sha256: str | None
    roster: Roster | None
    result: Result | None
    standing: Standing | None
    shadow: Result | None
    witnessed: bool | None

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
        witnessed=None,
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


Place = Literal["signed-up", "in-pool", "excluded", "winner", "alternate", "removed", "not-drawn"]


@dataclass(frozen=True, slots=True)
class AgencyDraw:
    """How an agency stands in one attempt of a draw. `rank`: in the result. `reason`, `note`: of an exclusion."""

    draw_id: str
    attempt: int | None
    project_name: str
    is_drill: bool
    state: State
    place: Place
    rank: int | None = None
    reason: str | None = None
    note: str | None = None


def agency_draws(session: Session, blobs: Blobs, now: int, code: str) -> list[AgencyDraw]:
    """Every draw and attempt whose roster names an agency, or that it signed up for; newest first.

    Since every agency on record stands in every roster, those that it did not answer are among them, as excluded.
    """
    statement = with_place(select(DrawRow.draw_id), DrawRow).order_by(EntryRow.seq.desc())
    lines: list[AgencyDraw] = []
    order = list(session.scalars(statement))
    answered = set(
        session.scalars(with_place(select(SignUpRow.draw_id).where(SignUpRow.agency == code), SignUpRow).distinct())
    )
    for one in sorted(_draws(session, order, True), key=lambda each: order.index(each.draw_id)):
        attempts = [_agency_in(blobs, now, one, attempt, code) for attempt in reversed(one.attempts)]
        found = [line for line in attempts if line is not None]
        if not found and one.draw_id in answered and code in sign_ups(session, one.draw_id, placed=True):
            found = [_agency_line(now, one, None, "signed-up")]
        lines += found
    return lines


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
    return AgencyDraw(
        draw_id=one.draw_id,
        attempt=None if attempt is None else attempt.number,
        project_name=one.decided.event.project_name,
        is_drill=one.is_drill,
        state=one.state_at(now) if attempt is None else attempt.state_at(now),
        place=place,
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


# From rows to draws


def _draws(session: Session, draw_ids: Sequence[str], placed: bool) -> list[Draw]:
    """The draws of these names that there are, in no order."""
    steps: dict[str, list[Step[Any]]] = {}
    statement = (
        select(DrawStepRow.draw_id, EntryRow)
        .join(EntryRow, EntryRow.id == DrawStepRow.entry_id)
        .where(DrawStepRow.draw_id.in_(draw_ids))
        .order_by(DrawStepRow.entry_id)  # entries of one subject get their places in this order
    )
    later = select(DrawRow.former_draw, DrawRow.draw_id).where(DrawRow.former_draw.in_(draw_ids))
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
        later = later.join(EntryRow, EntryRow.id == DrawRow.entry_id).where(EntryRow.seq.is_not(None))
    for draw_id, row in session.execute(statement):
        steps.setdefault(draw_id, []).append(_step(row))
    followers = {former: follower for former, follower in session.execute(later)}  # noqa: C416 - rows, not pairs
    return [fold(own, followers.get(draw_id)) for draw_id, own in steps.items()]


def _step(row: EntryRow) -> Step[Any]:
    return Step(
        entry_id=row.id,
        event=KINDS[row.kind].of(orjson.loads(row.body)),
        actor=row.actor,
        at=row.at,
        seq=row.seq,
        logged=row.logged,
        files=() if row.files == b"[]" else tuple(File(**file) for file in orjson.loads(row.files)),
    )
