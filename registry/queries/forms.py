"""The three forms of an agency: versions, which of them counts, and what waits for the registrar."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, cast

import orjson
from sqlalchemy import Select, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from audit.events import KINDS
from audit.queries import body
from audit.queries import placed as with_place
from audit.tables import EntryRow, PublicRow
from registry.events import Fault, Form, FormReturned
from registry.model import FormEvent
from registry.rules.forms import changed_fields
from registry.tables import (
    AgencyRow,
    ApplicationRow,
    FormAcceptanceRow,
    FormReturnRow,
    FormRow,
    OrganisationRow,
    PractitionerLeftRow,
)

Decided = Literal["waiting", "accepted", "returned", "superseded"]
"""Superseded: a newer version came before this one was decided on."""

FormKey = tuple[Form, str | None]
"""A form, and whose it is where it is a practitioner's."""


@dataclass(frozen=True)
class FormState:
    """One form of an agency as it is now: its newest version, and the one that counts."""

    code: str
    form: Form
    practitioner: str | None
    version: int
    """The newest."""
    entry_id: int
    """Of the newest version."""
    decided: Decided
    """What became of the newest."""
    accepted: int | None
    """The newest version that was accepted; a newer one that waits, or was returned, takes nothing from it."""
    accepted_entry: int | None
    """Row id of the entry that submitted it."""
    until: int | None
    """Unix seconds, the first at which it must have been renewed."""
    left: str | None
    """ISO date, the first day without the practitioner."""

    def counts_at(self, at: int) -> bool:
        """Whether an accepted version is in force. at: Unix seconds."""
        return self.until is not None and at < self.until and self.left is None


@dataclass(frozen=True)
class Version:
    """One version as it was handed in, with what became of it."""

    event: FormEvent
    entry_id: int
    seq: int | None
    """Its place in the log; None while it has none."""
    at: int
    """Unix milliseconds."""
    decided: Decided
    until: int | None
    """Unix seconds, where it was accepted."""
    faults: tuple[Fault, ...] = ()
    """Why it was returned."""
    decided_entry: int | None = None
    """Row id of the entry that accepted or returned it."""


@dataclass(frozen=True)
class ChangedField:
    """What differs between two versions in one public field."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Waiting:
    """A version that waits for the registrar."""

    code: str
    name: str
    """The agency's, by its newest agency form; else its organisation's."""
    form: Form
    practitioner: str | None
    version: int
    entry_id: int
    at: int
    """Unix milliseconds."""


@dataclass(frozen=True)
class Application:
    """PRIVATE. An account that asks to act for an agency."""

    account: str
    code: str
    name: str
    contact_name: str
    contact_phone: str
    asked_at: int
    """Unix milliseconds."""
    organisation: str | None
    """Set once it was admitted."""
    refused: str | None
    """Why it was not."""


def states(session: Session, code: str, placed: bool = False) -> dict[FormKey, FormState]:
    """Every form of one agency; of practitioners also those who left."""
    return all_states(session, [code], placed).get(code, {})


def all_states(
    session: Session, codes: Sequence[str] | None = None, placed: bool = False
) -> dict[str, dict[FormKey, FormState]]:
    """Every form of these agencies, or of all, by four statements whatever their number."""
    returned = {
        (row.code, row.form, row.practitioner, row.version) for row in _rows(session, FormReturnRow, codes, placed)
    }
    left = {(row.code, row.practitioner): row.day for row in _rows(session, PractitionerLeftRow, codes, placed)}
    accepted: dict[tuple[str, str, str | None], Any] = {}
    for row in _rows(session, FormAcceptanceRow, codes, placed):
        accepted[row.code, row.form, row.practitioner] = row
    submitted: dict[tuple[str, str, str | None], dict[int, int]] = defaultdict(dict)
    for row in _rows(session, FormRow, codes, placed):
        submitted[row.code, row.form, row.practitioner][row.version] = row.entry_id
    found: dict[str, dict[FormKey, FormState]] = defaultdict(dict)
    for (code, form, practitioner), entries in submitted.items():
        version, counted = max(entries), accepted.get((code, form, practitioner))
        decided: Decided = "waiting"
        if counted is not None and counted.version == version:
            decided = "accepted"
        elif (code, form, practitioner, version) in returned:
            decided = "returned"
        found[code][cast(Form, form), practitioner] = FormState(
            code=code,
            form=cast(Form, form),
            practitioner=practitioner,
            version=version,
            entry_id=entries[version],
            decided=decided,
            accepted=None if counted is None else counted.version,
            accepted_entry=None if counted is None else entries[counted.version],
            until=None if counted is None else counted.until,
            left=None if practitioner is None else left.get((code, practitioner)),
        )
    return dict(found)


@cache
def _statement(table: type[PublicRow], named: bool, placed: bool) -> Select[Any]:
    every: Any = table.__table__
    statement: Select[Any] = select(*every.columns).order_by(table.entry_id)
    if named:
        statement = statement.where(every.c.code.in_(bindparam("codes", expanding=True)))
    return with_place(statement, table) if placed else statement


def _rows(session: Session, table: type[PublicRow], codes: Sequence[str] | None, placed: bool) -> Iterable[Any]:
    return session.execute(_statement(table, codes is not None, placed), {} if codes is None else {"codes": codes})


def versions(
    session: Session, code: str, form: Form, practitioner: str | None = None, placed: bool = False
) -> list[Version]:
    """Every version of a form, newest first, with what each says in public."""
    submitted = _of_form(session, FormRow, code, form, practitioner, placed)
    accepted = {row.version: row for row in _of_form(session, FormAcceptanceRow, code, form, practitioner, placed)}
    returned = {row.version: row for row in _of_form(session, FormReturnRow, code, form, practitioner, placed)}
    found = []
    for row in submitted:
        entry = session.get_one(EntryRow, row.entry_id)
        decided: Decided = "waiting" if row is submitted[0] else "superseded"
        until, by = None, None
        faults: tuple[Fault, ...] = ()
        if row.version in accepted:
            decided, until, by = "accepted", accepted[row.version].until, accepted[row.version].entry_id
        elif row.version in returned:
            decided, by = "returned", returned[row.version].entry_id
            faults = tuple(FormReturned.of(body(session, by)).faults)
        event = cast(FormEvent, KINDS[entry.kind].of(orjson.loads(entry.body)))
        found.append(Version(event, row.entry_id, entry.seq, entry.at, decided, until, faults, by))
    return found


def version(session: Session, entry_id: int) -> FormEvent:
    """What one version says in public."""
    entry = session.get_one(EntryRow, entry_id)
    return cast(FormEvent, KINDS[entry.kind].of(orjson.loads(entry.body)))


def changes(former: FormEvent, present: FormEvent) -> list[ChangedField]:
    """What differs between two versions of one form, in the order of the form."""
    return [ChangedField(*change) for change in changed_fields(former.body(), present.body())]


def why_returned(session: Session, state: FormState) -> tuple[int, tuple[Fault, ...]]:
    """Row id of the entry that gave the newest version back, and its faults."""
    rows = _of_form(session, FormReturnRow, state.code, state.form, state.practitioner, False)
    entry_id: int = next(row.entry_id for row in rows if row.version == state.version)
    return entry_id, tuple(FormReturned.of(body(session, entry_id)).faults)


def _of_form(session: Session, table: Any, code: str, form: Form, practitioner: str | None, placed: bool) -> list[Any]:
    """Rows of one form, newest first."""
    whose = table.practitioner.is_(None) if practitioner is None else table.practitioner == practitioner
    statement: Select[Any] = select(table).where(table.code == code, table.form == form, whose)
    statement = with_place(statement, table) if placed else statement
    return list(session.scalars(statement.order_by(table.entry_id.desc())))


def queue(session: Session, code: str | None = None) -> list[Waiting]:
    """What waits for the registrar, oldest first: of one agency, or of all."""
    newer, practitioner = aliased(FormRow), func.coalesce(FormRow.practitioner, "")
    same = (
        newer.code == FormRow.code,
        newer.form == FormRow.form,
        func.coalesce(newer.practitioner, "") == practitioner,
    )
    statement = select(FormRow, EntryRow.at).join(EntryRow, EntryRow.id == FormRow.entry_id)
    statement = statement.where(
        ~exists().where(*same, newer.version > FormRow.version),
        *(~exists().where(*_same(table)) for table in (FormAcceptanceRow, FormReturnRow)),
        FormRow.practitioner.is_(None) | FormRow.practitioner.not_in(select(PractitionerLeftRow.practitioner)),
    )
    if code is not None:
        statement = statement.where(FormRow.code == code)
    rows = session.execute(statement.order_by(FormRow.entry_id)).all()
    names = _names(session, {row.code for row, _ in rows})
    return [
        Waiting(row.code, names[row.code], cast(Form, row.form), row.practitioner, row.version, row.entry_id, at)
        for row, at in rows
    ]


def _same(table: Any) -> tuple[Any, ...]:
    """That a row of `table` is about the very version of a FormRow."""
    return (
        table.code == FormRow.code,
        table.form == FormRow.form,
        func.coalesce(table.practitioner, "") == func.coalesce(FormRow.practitioner, ""),
        table.version == FormRow.version,
    )


def _names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """The name that each agency has by its newest form, by the record, or by its organisation."""
    names = dict.fromkeys(codes, "")
    for table in (OrganisationRow, AgencyRow):
        rows = session.execute(select(table.code, table.name).where(table.code.in_(codes)).order_by(table.entry_id))
        names |= {row.code: row.name for row in rows}
    newest = select(func.max(FormRow.entry_id)).where(FormRow.form == "agency", FormRow.code.in_(codes))
    forms = select(EntryRow.body).where(EntryRow.id.in_(newest.group_by(FormRow.code)))
    names |= {said["code"]: said["name"] for said in map(orjson.loads, session.scalars(forms))}
    return names


def applications(session: Session) -> list[Application]:
    """PRIVATE. Who asks to act for an agency and waits, oldest first."""
    waiting = select(ApplicationRow).where(ApplicationRow.organisation.is_(None), ApplicationRow.refused.is_(None))
    return [_application(row) for row in session.scalars(waiting.order_by(ApplicationRow.asked_at))]


def application(session: Session, account: str) -> Application | None:
    """PRIVATE. What an account asked for, and what came of it."""
    row = session.get(ApplicationRow, account)
    return None if row is None else _application(row)


def _application(row: ApplicationRow) -> Application:
    return Application(
        account=row.account,
        code=row.code,
        name=row.name,
        contact_name=row.contact_name,
        contact_phone=row.contact_phone,
        asked_at=row.asked_at,
        organisation=row.organisation,
        refused=row.refused,
    )
