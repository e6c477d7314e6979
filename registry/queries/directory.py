"""The register as a list that everybody may search: only what the log shows, and nothing private."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast, get_args

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.events import KINDS
from audit.tables import EntryRow
from registry.events import (
    AgencyAmended,
    AgencyRecorded,
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
    CommitmentOnPaper,
    CommitmentSigned,
    Form,
    FormsAccepted,
    PractitionerLeft,
)
from registry.model import Agency, FormEvent
from registry.names import name_key
from registry.queries.findings import in_turns
from registry.queries.on_record import agencies
from registry.queries.rulebook import newest_promises
from registry.tables import FormAcceptanceRow, PractitionerLeftRow

CHANGING = frozenset(
    event.kind
    for event in (
        *(AgencyRecorded, AgencyAmended, AgencySuspended, AgencyReinstated, AgencyRemoved),
        *(FormsAccepted, PractitionerLeft, CommitmentSigned, CommitmentOnPaper),
    )
)
"""The kinds of entries after which the list is another one."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An agency on record as the list tells it. Moments are Unix seconds."""

    agency: Agency
    name_key: str
    forms_until: int | None
    """The first second without all three forms accepted and in force; None: they never were."""
    promise_until: int | None
    """The first second after its newest promise; None: there is none."""

    def has_forms(self, at: int) -> bool:
        return self.forms_until is not None and at < self.forms_until

    def has_promise(self, at: int) -> bool:
        return self.promise_until is not None and at < self.promise_until


def directory(session: Session) -> list[Listed]:
    """Every agency on record, struck off or not, by code: a fixed number of statements."""
    forms, promises = _forms_until(session), newest_promises(session, placed=True)
    return [
        Listed(
            one,
            name_key(one.name),
            forms.get(one.code),
            None if one.code not in promises else promises[one.code].until,
        )
        for one in agencies(session, placed=True)
    ]


def _forms_until(session: Session) -> dict[str, int]:
    """When the first of the three forms runs out, of practitioners' the one that holds longest."""
    table = FormAcceptanceRow
    accepted: dict[tuple[str, str, str | None], int] = {}
    rows = select(table.code, table.form, table.practitioner, table.until).join(EntryRow, EntryRow.id == table.entry_id)
    rows = rows.where(EntryRow.seq.is_not(None)).order_by(table.entry_id)
    for code, form, practitioner, until in session.execute(rows):
        accepted[code, form, practitioner] = until
    left = PractitionerLeftRow
    departures = select(left.code, left.practitioner).join(EntryRow, EntryRow.id == left.entry_id)
    gone = {(code, who) for code, who in session.execute(departures.where(EntryRow.seq.is_not(None)))}
    ends: dict[str, dict[str, int]] = defaultdict(dict)
    for (code, form, practitioner), until in accepted.items():
        if (code, practitioner) not in gone:
            ends[code][form] = max(until, ends[code].get(form, 0))
    return {code: min(found.values()) for code, found in ends.items() if len(found) == len(get_args(Form))}


@dataclass(frozen=True, slots=True)
class Source:
    """The entry that a fact stands in. logged: Unix milliseconds."""

    seq: int
    kind: str
    logged: int


def sources(session: Session, entry_ids: Collection[int]) -> dict[int, Source]:
    """The entries of these row ids, as far as they have their place in the log."""
    found = {}
    for some in in_turns(list(entry_ids)):
        rows = select(EntryRow.id, EntryRow.seq, EntryRow.kind, EntryRow.logged).where(EntryRow.id.in_(some))
        for entry_id, seq, kind, logged in session.execute(rows):
            if seq is not None and logged is not None:
                found[entry_id] = Source(seq, kind, logged)
    return found


def form_events(session: Session, entry_ids: Sequence[int]) -> dict[int, FormEvent]:
    """What these versions of forms say in public, by row id."""
    found = {}
    for some in in_turns(list(entry_ids)):
        rows = select(EntryRow.id, EntryRow.kind, EntryRow.body).where(EntryRow.id.in_(some))
        for entry_id, kind, body in session.execute(rows):
            found[entry_id] = cast(FormEvent, KINDS[kind].of(orjson.loads(body)))
    return found
