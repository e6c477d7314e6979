"""Writes `trading.rule_breached` once for each statutory time that ran out: the clock does, and no person.

The trading conductor calls `write_breaches` every second. Which projects there are and when the next of their terms
runs out is kept in memory, and follows the log by its places; whatever is due is looked at again under the project's
lock, and written in a transaction of its own. So two processes may do this at once, and one that was away for a week
catches up.
"""

import heapq
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

import trading.projection  # noqa: F401 - what is recorded is applied by it
from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from audit.step import Step
from audit.tables import EntryRow
from trading.clocks import Running, rounds
from trading.events import RuleBreached
from trading.history import history

ENTRIES = 5_000
"""Entries read in one call."""
PROJECTS = 100
"""Projects looked at in one call that have something due or new."""
OLDER = 20
"""Others, from before this process began, looked at in one call besides."""
AGAIN = 60
"""Seconds after which a project is looked at again that could not be written about."""

talk = logging.getLogger(__name__)

_PREFIX = "project:"


@dataclass
class _Watch:
    """What one process knows of one log."""

    seen: int | None = None
    """The place of the last entry read; None before the first call."""
    behind: int = 0
    """The place before which nothing was read yet: what there was at the start is read backwards, newest first."""
    changed: dict[str, None] = field(default_factory=dict)
    """Projects that something new was recorded of, in that order."""
    older: dict[str, None] = field(default_factory=dict)
    """Projects of before, the last one written of first."""
    known: set[str] = field(default_factory=set)
    """Projects looked at or waiting for it, until everything has been read."""
    due: list[tuple[int, str]] = field(default_factory=list)
    """A heap of the first second after a term's bound, and its project."""


_watches: WeakKeyDictionary[Log, _Watch] = WeakKeyDictionary()


def write_breaches(log: Log) -> int:
    """Write what has lapsed since the last call; return how many entries. No fault of one project stops another."""
    watch = _watches.setdefault(log, _Watch())
    now = log.clock() // 1000
    try:
        with log.reading() as session:
            _follow(session, watch)
    except Exception:
        talk.exception("the log could not be followed")
        return 0
    return sum(_look(log, watch, project, now) for project in _next(watch, now))


def lapses(steps: Sequence[Step[Any]], now: int) -> list[RuleBreached]:
    """What is to be written of a project: every duty that ran out and is not written yet. now: Unix seconds."""
    return _lapsed(steps, _terms(steps, now))


def _lapsed(steps: Sequence[Step[Any]], terms: Iterable[tuple[RuleBreached, Running]]) -> list[RuleBreached]:
    written = {_key(step.event) for step in steps if isinstance(step.event, RuleBreached)}
    found = [one for one, term in terms if term.breached and term.clock.is_duty]
    return [one for one in found if _key(one) not in written]


# Following the log


def _follow(session: Session, watch: _Watch) -> None:
    if watch.seen is None:
        watch.seen = session.scalar(select(func.max(EntryRow.seq)))
        watch.behind = 0 if watch.seen is None else watch.seen + 1
        watch.seen = watch.behind - 1
    after = select(EntryRow.seq, EntryRow.subject).where(EntryRow.seq > watch.seen).order_by(EntryRow.seq)
    for seq, project in _projects(session, after):
        watch.seen = seq
        if project is not None:
            watch.changed[project] = None
            watch.known.add(project)
    if watch.behind > 0 and len(watch.older) < OLDER:
        before = select(EntryRow.seq, EntryRow.subject).where(EntryRow.seq < watch.behind)
        for seq, project in _projects(session, before.order_by(EntryRow.seq.desc())):
            watch.behind = seq
            if project is not None and project not in watch.known:
                watch.older[project] = None
                watch.known.add(project)
    if watch.behind == 0:
        watch.known.clear()


def _projects(session: Session, entries: Select[int | None, str]) -> Iterator[tuple[int, str | None]]:
    """Places, each with the project that its entry is about, if one."""
    for seq, subject in session.execute(entries.limit(ENTRIES)):
        assert seq is not None
        yield seq, subject.removeprefix(_PREFIX) if subject.startswith(_PREFIX) else None


def _next(watch: _Watch, now: int) -> list[str]:
    """Projects to be looked at, those with something due first; they are taken from the lists."""
    taken: dict[str, None] = {}
    while watch.due and watch.due[0][0] <= now and len(taken) < PROJECTS:
        taken[heapq.heappop(watch.due)[1]] = None
    for project in islice(watch.changed, max(0, PROJECTS - len(taken))):
        taken[project] = None
    for project in islice(watch.older, OLDER):
        taken[project] = None
    for project in taken:
        watch.changed.pop(project, None)
        watch.older.pop(project, None)
    return list(taken)


def _look(log: Log, watch: _Watch, project: str, now: int) -> int:
    done = 0
    try:
        with log.reading() as session:
            steps = history(session, project)
        terms = list(_terms(steps, now))
        for lapse in _lapsed(steps, terms):
            with log.act(SYSTEM) as act:
                done += _write(act, lapse)
        for at in {term.due_at + 1 for _, term in terms if _runs(term) and term.due_at is not None}:
            heapq.heappush(watch.due, (at, project))
    except Refusal as refusal:  # such as a disk that is full
        talk.info("breaches of %s: %s %s", project, refusal.code, refusal.message("en"))
        heapq.heappush(watch.due, (now + AGAIN, project))
    except Exception:
        talk.exception("breaches of %s were not written", project)
        heapq.heappush(watch.due, (now + AGAIN, project))
    return done


def _write(act: Act, lapse: RuleBreached) -> int:
    """Write it if it is still so: another process may have been first, or what was owed done meanwhile."""
    act.lock(f"{_PREFIX}{lapse.project}")
    standing = lapses(history(act.session, lapse.project), act.at // 1000)
    if all(_key(one) != _key(lapse) for one in standing):
        return 0
    act.record(lapse, f"{_PREFIX}{lapse.project}")
    return 1


def _runs(term: Running) -> bool:
    return term.state == "running" and term.clock.is_duty


# Of one project


def _terms(steps: Sequence[Step[Any]], now: int) -> Iterator[tuple[RuleBreached, Running]]:
    """Every term that has begun, with what is written should it lapse."""
    for one in rounds(steps, now):
        for term in one.terms:
            if term.started_at is not None and term.due_at is not None:
                breach = RuleBreached(
                    project=steps[0].event.code,
                    lot=one.lot.lot,
                    round=one.lot.round,
                    rule=term.clock.ref,
                    due_at=term.due_at,
                    started_at=term.started_at,
                    about=term.about,
                )
                yield breach, term


def _key(breach: RuleBreached) -> tuple[str, int, str, str, int]:
    return breach.lot, breach.round, breach.rule.partition("@")[0], breach.about, breach.started_at
