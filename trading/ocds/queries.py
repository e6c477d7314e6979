"""What the feeds read: a project's releases, and those that follow a place in the log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

import registry.queries
from audit.queries import step_of
from audit.step import Step
from audit.tables import EntryRow
from registry.tables import AgencyRow
from trading.events import AgentEngaged, ProjectRegistered
from trading.ocds.feed import Feed, Publication, read_ocid, read_release_id
from trading.ocds.process import Known
from trading.ocds.releases import Release, releases
from trading.tables import ProjectRow

SPAN = 20_000
"""Places of the log that are looked through at once: a feed that is quiet for long is no work for long."""
_PROJECT = "project:"


@dataclass(frozen=True)
class Page:
    """Some releases of a feed in the order of the log."""

    releases: list[Release]
    next: int
    """The last place that was looked at: the cursor of the next page."""
    is_last: bool
    """Whether that is the log's end."""


def releases_of(session: Session, publication: Publication, project: str, size: int) -> list[Release]:
    """Every release of a project in the log of `size` entries; none where it has no such project."""
    rows = select(EntryRow).where(EntryRow.subject == _PROJECT + project, EntryRow.seq < size).order_by(EntryRow.seq)
    steps = [step_of(row) for row in session.scalars(rows)]
    return releases(steps, publication, _known(session, steps)) if steps else []


def _known(session: Session, steps: list[Step[Any]]) -> Known:
    """As it was on record when each entry was written: what was released once is not to change."""
    code: str | None = None
    agents: dict[str, str] = {}
    for step in steps:
        if isinstance(step.event, ProjectRegistered):
            tenderer = registry.queries.organisation(session, step.event.tenderer, before=step.entry_id)
            code = None if tenderer is None else tenderer.code
        elif isinstance(step.event, AgentEngaged):
            names = select(AgencyRow.name).where(AgencyRow.code == step.event.agent, AgencyRow.entry_id < step.entry_id)
            name = session.scalar(names.order_by(AgencyRow.entry_id.desc()).limit(1))
            agents |= {} if name is None else {step.event.agent: name}
    return Known(code, agents)


def record(session: Session, publication: Publication, feed: Feed, ocid: str, size: int) -> list[Release]:
    """The releases of one contracting process of a feed; none where there is no such."""
    read = read_ocid(publication.prefix, feed, ocid)
    if read is None:
        return []
    return [one for one in releases_of(session, publication, read[0], size) if one.ocid == ocid]


def release(session: Session, publication: Publication, feed: Feed, identifier: str, size: int) -> Release | None:
    read = read_release_id(identifier)
    found = [] if read is None else record(session, publication, feed, read[0], size)
    return next((one for one in found if one.id == identifier), None)


def page(session: Session, publication: Publication, feed: Feed, after: int, size: int, limit: int) -> Page:
    """Releases of the entries that follow the place `after`; an entry's releases stand together."""
    after = min(after, size - 1)
    end = min(after + SPAN, size - 1)
    rows = session.execute(_entries(feed, after, end).order_by(EntryRow.seq).limit(limit)).all()
    if len(rows) == limit:
        end = rows[-1].seq
    places = {row.seq for row in rows}
    found = [
        one
        for code in dict.fromkeys(row.code for row in rows)
        for one in releases_of(session, publication, code, size)
        if one.seq in places
    ]
    return Page(sorted(found, key=lambda one: (one.seq, one.ocid)), end, end >= size - 1)


def between(session: Session, publication: Publication, feed: Feed, start: int, end: int) -> Iterator[Release]:
    """The releases of the entries from place `start` to before `end`, project by project."""
    codes = _entries(feed, start - 1, end - 1).with_only_columns(ProjectRow.code).distinct().order_by(ProjectRow.code)
    for code in session.scalars(codes).all():
        yield from (one for one in releases_of(session, publication, code, end) if one.seq >= start)


def _entries(feed: Feed, after: int, last: int) -> Select[Any]:
    """Place and project of the entries about projects of a feed."""
    statement = (
        select(EntryRow.seq, ProjectRow.code)
        .join(ProjectRow, ProjectRow.code == func.substr(EntryRow.subject, len(_PROJECT) + 1))
        .where(
            EntryRow.seq > after,
            EntryRow.seq <= last,
            EntryRow.subject.startswith(_PROJECT),
            ProjectRow.trade.in_(feed.trades),
        )
    )
    return cast(Select[Any], statement)


def first_since(session: Session, moment: int, size: int) -> int:
    """The first place that was given at or after a moment, Unix milliseconds; `size`: none. Times only grow."""
    low, high = 0, size
    while low < high:
        middle = (low + high) // 2
        logged = session.scalar(select(EntryRow.logged).where(EntryRow.seq == middle))
        assert logged is not None
        low, high = (middle + 1, high) if logged < moment else (low, middle)
    return low


def logged_at(session: Session, seq: int) -> int:
    """When an entry got its place, Unix milliseconds."""
    logged = session.scalar(select(EntryRow.logged).where(EntryRow.seq == seq))
    assert logged is not None
    return logged
