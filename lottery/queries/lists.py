"""Lists of draws, a line each, for pages: only what has its place in the log."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from audit.queries import placed as with_place
from audit.tables import EntryRow
from lottery import events
from lottery.committee import MARK, committee_of
from lottery.model import Draw, State
from lottery.queries.folding import draws_in_order
from lottery.tables import DrawRow, DrawStepRow

_AFTER_CLOSING: Final = frozenset({State.ANNOUNCING, State.REVEALING, State.DICE_BEFORE_SEAL, State.SEALING})
MILESTONES: Final[Mapping[str, frozenset[State]]] = {
    events.Decided.kind: frozenset({State.DECIDED}),
    events.CallPublished.kind: frozenset({State.CALLED}),
    events.ExpertsListed.kind: frozenset({State.CALLED, State.PLANNED, State.ROSTER, State.VOID}),
    events.Planned.kind: frozenset({State.PLANNED}),
    events.RosterPublished.kind: frozenset({State.ROSTER}),
    events.RosterFrozen.kind: frozenset({State.COMMITTING}),
    events.CommitmentsClosed.kind: _AFTER_CLOSING,
    events.RoundAnnounced.kind: _AFTER_CLOSING,
    events.Sealed.kind: frozenset({State.COUNTDOWN, State.DICE_AFTER_SEAL, State.DERIVING}),
    events.Drawn.kind: frozenset({State.DRAWN}),
    events.Voided.kind: frozenset({State.VOID}),
}
"""The newest of these entries of a draw, and the states in which it can be then, unless it was given up."""


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

    @property
    def committee_for(self) -> str | None:
        """Number of the lot whose evaluation committee is drawn; None: an agent is."""
        found = committee_of(self.project_code)
        return None if found is None else found[1]


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
        return [_line(one, now) for one in draws_in_order(session, statement.limit(limit))]
    # Rows say where a draw may stand; clock and reveals, which the fold knows, where it does.
    found = draws_in_order(session, statement.where(_may_be_in(wanted)))
    return list(islice((_line(one, now) for one in found if one.state_at(now) in wanted), limit))


def newest_draws(session: Session, now: int, limit: int) -> list[tuple[DrawLine, Draw]]:
    """The newest draws that the log shows, each as the rules know it, with entries that have no place yet."""
    names = with_place(select(DrawRow.draw_id), DrawRow).order_by(EntryRow.seq.desc()).limit(limit)
    return [(_line(one, now), one) for one in draws_in_order(session, names, placed=False)]


def project_draws(session: Session, now: int, project_code: str) -> list[DrawLine]:
    """Every draw of a project, finished or not, rehearsals too; newest first."""
    return draws(session, now, project_code=project_code, drills=None, limit=1000)


def committee_draws(session: Session, now: int, project_code: str) -> list[DrawLine]:
    """Every draw of an evaluation committee for a lot of a project, newest first."""
    own = DrawRow.project_code.startswith(f"{project_code}{MARK}", autoescape=True)
    names = with_place(select(DrawRow.draw_id).where(own), DrawRow).order_by(EntryRow.seq.desc()).limit(1000)
    return [_line(one, now) for one in draws_in_order(session, names)]


def open_calls(session: Session, now: int, limit: int) -> list[Draw]:
    """The newest draws whose call may still be answered, rehearsals too."""
    may_be = select(DrawRow.draw_id).where(_may_be_in({State.CALLED}))
    found = draws_in_order(session, with_place(may_be, DrawRow).order_by(EntryRow.seq.desc()))
    return list(islice((one for one in found if _takes_answers(one, now)), limit))


def _takes_answers(one: Draw, now: int) -> bool:
    return one.call is not None and one.state_at(now) is State.CALLED and now // 1000 < one.call.event.sign_up_until


def _may_be_in(states: Collection[State]) -> ColumnElement[bool]:
    """Whether a draw can be in one of these states, by what its steps and the draws after it are."""
    entry, later = aliased(EntryRow), aliased(DrawRow)
    newest = (
        select(DrawStepRow.kind)
        .join(entry, entry.id == DrawStepRow.entry_id)
        .where(DrawStepRow.draw_id == DrawRow.draw_id, DrawStepRow.kind.in_(MILESTONES), entry.seq.is_not(None))
        .order_by(DrawStepRow.entry_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    condition = newest.in_([kind for kind, possible in MILESTONES.items() if not possible.isdisjoint(states)])
    if State.GIVEN_UP not in states:
        return condition
    return or_(condition, select(later.entry_id).where(later.former_draw == DrawRow.draw_id).exists())


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
    asked = one.call or one.experts
    return None if asked is None else asked.event.draws_at
