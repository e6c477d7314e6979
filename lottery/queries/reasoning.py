"""Why one agency is in a draw or out of it, as far as the log shows: before the freeze as things are, then as then."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.tables import EntryRow
from lottery.model import Attempt, Draw
from lottery.queries.pools import pool_of
from registry.queries import organisation, organisation_with_code
from registry.rules import Check, In, Out
from registry.standing import standing


@dataclass(frozen=True, slots=True)
class Source:
    """An entry that a rule rests on. `logged`: Unix milliseconds."""

    seq: int
    kind: str
    logged: int


@dataclass(frozen=True)
class Reasoning:
    """Every rule asked of one agency, and what follows.

    `attempt`: None before the first plan, when no seats are known. `at`: the moment asked for, Unix seconds.
    `is_settled`: asked as at the freeze, so that nothing can change it any more. `sources`: row id to entry.
    """

    draw: Draw
    attempt: Attempt | None
    code: str
    name: str
    at: int
    is_settled: bool
    verdict: In | Out
    checks: tuple[Check, ...]
    sources: dict[int, Source]

    def sources_of(self, entries: tuple[int, ...]) -> list[Source]:
        return [self.sources[entry] for entry in entries if entry in self.sources]


def reasoning(session: Session, draw: Draw, attempt: Attempt | None, code: str, now: int) -> Reasoning | None:
    """draw: as the log shows it. now: Unix milliseconds. None where there is no call or no such agency."""
    if draw.call is None:
        return None
    end = None if attempt is None else attempt.frozen or attempt.voided
    before, moment = (None, now) if end is None else (end.entry_id, end.at)
    placed = before is None  # what comes before a published freeze is published
    pool = pool_of(session, draw, attempt, moment, placed=placed, before=before)
    one = standing(session, code, placed=placed, before=before)
    name = _name(session, code) if one.agency is None else one.agency.name
    if name is None:
        return None
    verdict, checks = pool.verdict(one), tuple(pool.checks(one))
    entries = {entry for check in checks for entry in check.entries}
    if isinstance(verdict, In):
        entries.update(entry for line in verdict.credit.lines for entry in line.entries)
    return Reasoning(
        draw=draw,
        attempt=attempt,
        code=code,
        name=name,
        at=pool.at,
        is_settled=end is not None,
        verdict=verdict,
        checks=checks,
        sources=_sources(session, entries),
    )


def _name(session: Session, code: str) -> str | None:
    """Of who is not on record, but has an organisation record that the log shows."""
    known = organisation_with_code(session, code)
    shown = None if known is None else organisation(session, known.id, placed=True)
    return None if shown is None or "agency" not in shown.capacities else shown.name


def _sources(session: Session, entries: set[int]) -> dict[int, Source]:
    statement = select(EntryRow.id, EntryRow.seq, EntryRow.kind, EntryRow.logged).where(EntryRow.id.in_(entries))
    return {
        entry: Source(seq, kind, logged)
        for entry, seq, kind, logged in session.execute(statement)
        if seq is not None and logged is not None
    }
