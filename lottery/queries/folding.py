"""Draws, as the fold over their entries tells them, and what else the rules ask for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, Final, cast

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from audit.cosignature import MAX_TIME
from audit.cosigned import is_cosigned_before
from audit.queries import placed as with_place
from audit.queries import step_of
from audit.step import Step
from audit.tables import EntryRow
from audit.witnesses import in_force
from lottery import errors
from lottery.events import Drawn, RosterFrozen, Sealed, ShadowDrawn, Voided
from lottery.model import Attempt, Draw, fold
from lottery.numbering import DRILL, DrawNumber
from lottery.tables import DrawRow, DrawStepRow, SignUpRow

BATCH: Final = 64
"""Draws that are folded at once."""


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
    return list(answers(session, draw_id, placed))


def answers(session: Session, draw_id: str, placed: bool = False) -> dict[str, int]:
    """The same, with the entry (its row id) of each answer."""
    statement = select(SignUpRow).where(SignUpRow.draw_id == draw_id).order_by(SignUpRow.entry_id)
    if placed:
        statement = with_place(statement, SignUpRow)
    newest = {row.agency: row for row in session.scalars(statement)}
    return {code: row.entry_id for code, row in sorted(newest.items()) if not row.withdrawn}


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
    return sorted(session.scalars(_running()))


@cache
def _running() -> Select[str]:
    """Built once: it is asked every second."""
    frozen, end, sealed, shadow = (aliased(DrawStepRow) for _ in range(4))

    def same(other: Any, *kinds: str) -> Any:
        return (
            select(other.entry_id)
            .where(other.draw_id == frozen.draw_id, other.attempt == frozen.attempt, other.kind.in_(kinds))
            .exists()
        )

    going_on = ~same(end, Drawn.kind, Voided.kind)
    owes_shadow = and_(same(end, Voided.kind), same(sealed, Sealed.kind), ~same(shadow, ShadowDrawn.kind))
    return select(frozen.draw_id).where(frozen.kind == RosterFrozen.kind, or_(going_on, owes_shadow)).distinct()


def draws_in_order(session: Session, names: Select[str], placed: bool = True) -> Iterator[Draw]:
    """The draws that a statement names, in its order, as the log shows them or (not placed) as they are; who has enough
    stops.

    A few are read at a time: neither memory nor a database's limit of parameters grows with the number of draws.
    """
    for batch in session.scalars(names).partitions(BATCH):
        found = {one.draw_id: one for one in _draws(session, batch, placed)}
        yield from (found[name] for name in batch)


@cache
def _statements(placed: bool) -> tuple[Select[Any], Select[Any]]:
    """Steps of the draws named, and the draws that took their places; built once, since every command asks for them."""
    names: Any = bindparam("names", expanding=True)
    entries = EntryRow.__table__
    steps: Select[Any] = (
        select(DrawStepRow.draw_id, *entries.columns)  # no objects, each of which costs as much again
        .join(entries, entries.c.id == DrawStepRow.entry_id)
        .where(DrawStepRow.draw_id.in_(names))
        .order_by(DrawStepRow.entry_id)  # entries of one subject get their places in this order
    )
    later = cast(Select[Any], select(DrawRow.former_draw, DrawRow.draw_id)).where(DrawRow.former_draw.in_(names))
    if placed:
        steps = steps.where(entries.c.seq.is_not(None))
        later = later.join(entries, entries.c.id == DrawRow.entry_id).where(entries.c.seq.is_not(None))
    return steps, later


def _draws(session: Session, draw_ids: Sequence[str], placed: bool) -> list[Draw]:
    """The draws of these names that there are, in no order."""
    steps: dict[str, list[Step[Any]]] = {}
    own_steps, later = _statements(placed)
    rows: Iterable[Any] = session.execute(own_steps, {"names": draw_ids})
    for row in rows:
        steps.setdefault(row.draw_id, []).append(step_of(row))
    followers = {former: follower for former, follower in session.execute(later, {"names": draw_ids})}  # noqa: C416
    return [_with_witnesses(session, fold(own, followers.get(draw_id))) for draw_id, own in steps.items()]


def _with_witnesses(session: Session, draw: Draw) -> Draw:
    """The draw, its attempts saying whether their seals were witnessed."""
    if all(attempt.sealed is None for attempt in draw.attempts):
        return draw
    return replace(draw, attempts=tuple(replace(one, witnessed=_witnessed(session, one)) for one in draw.attempts))


def _witnessed(session: Session, attempt: Attempt) -> bool | None:
    """As `Attempt.witnessed` says. Those in force are the ones set last before the plan (protocol, section 8.2)."""
    planned, sealed = attempt.planned.seq, attempt.sealed
    if sealed is None or sealed.seq is None or planned is None:
        return None
    witnesses = in_force(session, planned)
    if not witnesses.quorum:
        return None
    due = attempt.round_at
    return is_cosigned_before(session, sealed.seq, witnesses, MAX_TIME if due is None else due // 1000)
