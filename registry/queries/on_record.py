"""Agencies on record, what was decided on them, and whom to call there."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Row, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from audit.queries import placed as with_place
from audit.tables import EntryRow, PrivateValueRow
from registry.events import AgencyAmended, AgencyRecorded
from registry.model import Agency, Contact, Facts, Removal, Suspension
from registry.names import name_key
from registry.queries.newest import lists, newest, rows_of
from registry.tables import AgencyDecisionRow, AgencyFieldRow, AgencyRow


def agency(session: Session, code: str, placed: bool = False) -> Agency | None:
    return next(iter(_agencies(session, placed, [code])), None)


def agencies(session: Session, placed: bool = False) -> list[Agency]:
    """Every agency on record, struck off or not, by code."""
    return _agencies(session, placed)


def agencies_named(session: Session, name: str) -> list[Agency]:
    """The agencies that are now called so, however the name is spelt."""
    key = name_key(name)
    ever = session.scalars(select(AgencyRow.code).where(AgencyRow.name_key == key)).all()
    if not ever:  # as with nearly every new name
        return []
    found = _agencies(session, False, ever)
    return [one for one in found if name_key(one.name) == key]


def agency_of(session: Session, organisation_id: str, placed: bool = False) -> Agency | None:
    """The agency whose own record an organisation is."""
    ever = session.scalars(select(AgencyRow.code).where(AgencyRow.organisation == organisation_id)).all()
    found = _agencies(session, placed, ever)
    return next((one for one in found if one.facts.organisation == organisation_id), None)


def decision_is_recorded(session: Session, code: str, decision_number: str) -> bool:
    """Whether a decision on an agency stands in the log already."""
    statement = select(AgencyDecisionRow.entry_id).where(
        AgencyDecisionRow.code == code, AgencyDecisionRow.decision_number == decision_number
    )
    return session.scalar(statement.limit(1)) is not None


def find_agencies(session: Session, text: str = "", after: str = "", limit: int = 50) -> list[Agency]:
    """Agencies that the log shows, by code, whose name or code holds `text`; `after`: the last code of the page before.

    Blanks, width and brackets in `text` do not matter, as in names.
    """
    key = name_key(text)
    codes = session.scalars(
        select(AgencyRow.code)
        .where(AgencyRow.entry_id.in_(newest(AgencyRow, AgencyRow.code, True)), AgencyRow.code > after)
        .where(or_(AgencyRow.name_key.icontains(key, autoescape=True), AgencyRow.code.icontains(key, autoescape=True)))
        .order_by(AgencyRow.code)
        .limit(limit)
    ).all()
    return _agencies(session, True, codes)


def contacts(session: Session, codes: Iterable[str] | None = None) -> dict[str, Contact]:
    """PRIVATE. Whom to call at the agencies, as last given; what was erased is None and never falls back to older."""
    statement = select(EntryRow.id, EntryRow.subject, EntryRow.private).where(
        EntryRow.kind.in_([AgencyRecorded.kind, AgencyAmended.kind]), EntryRow.private != b"{}"
    )
    if codes is not None:
        statement = statement.where(EntryRow.subject.in_([f"agency:{code}" for code in codes]))
    newest: dict[tuple[str, str], int] = {}
    for entry_id, subject, private in session.execute(statement.order_by(EntryRow.id)):
        newest |= {(subject.removeprefix("agency:"), name): entry_id for name in orjson.loads(private)}
    values = select(PrivateValueRow.entry_id, PrivateValueRow.name, PrivateValueRow.value)
    if codes is not None:
        values = values.where(PrivateValueRow.entry_id.in_(set(newest.values())))
    stored = {(entry_id, name): value.decode() for entry_id, name, value in session.execute(values)}
    found: dict[str, dict[str, str | None]] = {}
    for (code, name), entry_id in newest.items():
        found.setdefault(code, {})[name] = stored.get((entry_id, name))
    return {code: Contact(one.get("contact_name"), one.get("contact_phone")) for code, one in found.items()}


_RECORDED = AgencyRow.code.in_(bindparam("codes", expanding=True))
_DECIDED_ON = AgencyDecisionRow.code.in_(bindparam("codes", expanding=True))


@cache
def _decisions(placed: bool, named: bool) -> Select[Any]:
    statement: Select[Any] = select(*AgencyDecisionRow.__table__.columns).order_by(AgencyDecisionRow.entry_id)
    if named:
        statement = statement.where(_DECIDED_ON)
    return with_place(statement, AgencyDecisionRow) if placed else statement


def _agencies(session: Session, placed: bool, codes: Sequence[str] | None = None) -> list[Agency]:
    """The agencies of these codes, or all, by code."""
    named = codes is not None
    asked = {"codes": codes} if named else {}
    which = (_RECORDED,) if named else ()
    rows = session.execute(rows_of(AgencyRow, AgencyRow.code, placed, *which), asked).all()
    if not rows:
        return []
    fields = lists(session, AgencyFieldRow, AgencyFieldRow.field, [row.entry_id for row in rows] if named else None)
    states: dict[str, tuple[tuple[Suspension, ...], Removal | None]] = {}
    for row in session.execute(_decisions(placed, named), asked):
        suspensions, removal = states.get(row.code, ((), None))
        if row.decision == "reinstated" and row.ends is None:
            states[row.code] = (), None
        elif row.decision == "reinstated":
            others = tuple(one for one in suspensions if one.decision_number != row.ends)
            struck = None if removal is None or removal.decision_number == row.ends else removal
            states[row.code] = others, struck
        elif row.decision == "removed":
            states[row.code] = suspensions, Removal(row.ground, row.decision_number)
        else:
            assert row.starts is not None
            one = Suspension(row.starts, row.until, row.ground, row.decision_number)
            states[row.code] = (*suspensions, one), removal
    return [Agency(_facts(row, fields.get(row.entry_id, ())), *states.get(row.code, ((), None))) for row in rows]


def _facts(row: Row[Any], fields: tuple[str, ...]) -> Facts:
    return Facts(row.code, row.name, row.organisation, row.region, row.address, fields, row.founded)
