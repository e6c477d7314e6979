"""What the register answers: to rules the newest of all, to pages (`placed`) only what has its place in the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from audit.events import KINDS, Event
from audit.queries import placed as with_place
from audit.tables import EntryRow, PrivateValueRow, PublicRow
from registry.events import AgencyAmended, AgencyRecorded, Capacity, Role
from registry.model import Agency, Contact, Facts, Holding, KeyState, Organisation, Removal, Suspension
from registry.names import name_key
from registry.tables import (
    AccountHolderRow,
    AgencyDecisionRow,
    AgencyFieldRow,
    AgencyRow,
    CapacityRow,
    KeyRevocationRow,
    KeyRow,
    OrganisationRow,
    RoleChangeRow,
)

# Organisations and keys


def organisation(session: Session, organisation_id: str, placed: bool = False) -> Organisation | None:
    return next(iter(_organisations(session, placed, OrganisationRow.organisation == organisation_id)), None)


def organisation_named(
    session: Session, name: str, placed: bool = False, before: int | None = None
) -> Organisation | None:
    """The organisation that is now called so, or was before an entry (its row id), however the name is spelt."""
    return next(iter(organisations_named(session, name, placed, before)), None)


def organisations_named(
    session: Session, name: str, placed: bool = False, before: int | None = None
) -> list[Organisation]:
    key = name_key(name)
    ever = select(OrganisationRow.organisation).where(OrganisationRow.name_key == key)
    where: list[ColumnElement[bool]] = [OrganisationRow.organisation.in_(ever)]
    if before is not None:
        where.append(OrganisationRow.entry_id < before)
    return [one for one in _organisations(session, placed, *where) if name_key(one.name) == key]


def organisations(session: Session, capacity: Capacity | None = None, placed: bool = False) -> list[Organisation]:
    """All organisations on record, or those of one capacity, by id."""
    return [one for one in _organisations(session, placed) if capacity is None or capacity in one.capacities]


def organisation_with_code(session: Session, code: str) -> Organisation | None:
    """The organisation on record under a unified social credit code."""
    ever = select(OrganisationRow.organisation).where(OrganisationRow.code == code)
    found = _organisations(session, False, OrganisationRow.organisation.in_(ever))
    return next((one for one in found if one.code == code), None)


def keys_in_force(session: Session, organisation_id: str) -> list[str]:
    """The keys whose signatures stand for an organisation, ascending."""
    revoked = select(KeyRevocationRow.key)
    statement = select(KeyRow.key).where(KeyRow.organisation == organisation_id, KeyRow.key.not_in(revoked))
    return sorted(session.scalars(statement))


def key_owner(session: Session, key: str) -> KeyState | None:
    """Whose key it is or was, and whether it still counts; None for a key that was never recorded."""
    owner = session.scalar(select(KeyRow.organisation).where(KeyRow.key == key))
    if owner is None:
        return None
    revoked = session.scalar(select(KeyRevocationRow.key).where(KeyRevocationRow.key == key)) is not None
    return KeyState(key, owner, revoked)


def key_history(session: Session, organisation_id: str) -> list[KeyState]:
    """Every key of an organisation that the log shows, oldest first."""
    keys = session.scalars(
        with_place(select(KeyRow.key), KeyRow).where(KeyRow.organisation == organisation_id).order_by(KeyRow.entry_id)
    ).all()
    revoked = set(
        session.scalars(
            with_place(select(KeyRevocationRow.key), KeyRevocationRow).where(KeyRevocationRow.key.in_(keys))
        )
    )
    return [KeyState(key, organisation_id, key in revoked) for key in keys]


# Roles


def roles(session: Session, account: str, placed: bool = False) -> list[Holding]:
    """The roles that an account holds now, by name."""
    return _holdings(session, placed, RoleChangeRow.account == account)


def all_roles(session: Session, placed: bool = False) -> list[Holding]:
    """Every role held now, by account and role."""
    return _holdings(session, placed)


def roles_of_person(session: Session, identity_digest: str) -> list[Holding]:
    """PRIVATE. The roles held under any account of one person."""
    accounts = select(AccountHolderRow.account).where(AccountHolderRow.identity_digest == identity_digest)
    return _holdings(session, False, RoleChangeRow.account.in_(accounts))


def holder(session: Session, account: str) -> str | None:
    """PRIVATE. The keyed digest of the account's holder, where the identity was checked."""
    return session.scalar(select(AccountHolderRow.identity_digest).where(AccountHolderRow.account == account))


# Agencies


def agency(session: Session, code: str, placed: bool = False) -> Agency | None:
    return next(iter(_agencies(session, placed, [AgencyRow.code == code], [AgencyDecisionRow.code == code])), None)


def agencies(session: Session, placed: bool = False) -> list[Agency]:
    """Every agency on record, struck off or not, by code."""
    return _agencies(session, placed)


def agencies_named(session: Session, name: str) -> list[Agency]:
    """The agencies that are now called so, however the name is spelt."""
    key = name_key(name)
    ever = session.scalars(select(AgencyRow.code).where(AgencyRow.name_key == key)).all()
    found = _agencies(session, False, [AgencyRow.code.in_(ever)], [AgencyDecisionRow.code.in_(ever)])
    return [one for one in found if name_key(one.name) == key]


def agency_of(session: Session, organisation_id: str, placed: bool = False) -> Agency | None:
    """The agency whose own record an organisation is."""
    ever = session.scalars(select(AgencyRow.code).where(AgencyRow.organisation == organisation_id)).all()
    found = _agencies(session, placed, [AgencyRow.code.in_(ever)], [AgencyDecisionRow.code.in_(ever)])
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
        .where(AgencyRow.entry_id.in_(_newest(AgencyRow, AgencyRow.code, True)), AgencyRow.code > after)
        .where(or_(AgencyRow.name_key.icontains(key, autoescape=True), AgencyRow.code.icontains(key, autoescape=True)))
        .order_by(AgencyRow.code)
        .limit(limit)
    ).all()
    return _agencies(session, True, [AgencyRow.code.in_(codes)], [AgencyDecisionRow.code.in_(codes)])


@dataclass(frozen=True)
class Change:
    """One entry about an agency or an organisation, as its page lists it."""

    seq: int
    logged: int
    """Unix milliseconds."""
    actor: str
    event: Event


def history(session: Session, code: str) -> list[Change]:
    """Everything that the log shows of an agency, oldest first."""
    return _changes(session, f"agency:{code}")


def organisation_history(session: Session, organisation_id: str) -> list[Change]:
    """Everything that the log shows of an organisation and its keys, oldest first."""
    return _changes(session, f"organisation:{organisation_id}")


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


# How newest rows are found


def _newest(table: type[PublicRow], identity: Any, placed: bool, *where: Any) -> Select[Any]:
    """Row ids of the newest entry for each thing. Entries of one thing get places in the order of their row ids."""
    statement: Select[Any] = select(func.max(table.entry_id)).where(*where).group_by(identity)
    return with_place(statement, table) if placed else statement


def _organisations(session: Session, placed: bool, *where: Any) -> list[Organisation]:
    ids = _newest(OrganisationRow, OrganisationRow.organisation, placed, *where)
    rows = session.scalars(
        select(OrganisationRow).where(OrganisationRow.entry_id.in_(ids)).order_by(OrganisationRow.organisation)
    ).all()
    capacities = _lists(session, CapacityRow, CapacityRow.capacity, [row.entry_id for row in rows] if where else None)
    return [
        Organisation(row.organisation, row.name, row.code, cast(tuple[Capacity, ...], capacities.get(row.entry_id, ())))
        for row in rows
    ]


def _agencies(session: Session, placed: bool, where: Sequence[Any] = (), decided: Sequence[Any] = ()) -> list[Agency]:
    ids = _newest(AgencyRow, AgencyRow.code, placed, *where)
    rows = session.scalars(select(AgencyRow).where(AgencyRow.entry_id.in_(ids)).order_by(AgencyRow.code)).all()
    fields = _lists(session, AgencyFieldRow, AgencyFieldRow.field, [row.entry_id for row in rows] if where else None)
    decisions = select(AgencyDecisionRow).where(*decided).order_by(AgencyDecisionRow.entry_id)
    if placed:
        decisions = with_place(decisions, AgencyDecisionRow)
    states: dict[str, tuple[tuple[Suspension, ...], Removal | None]] = {}
    for row in session.scalars(decisions):
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


def _facts(row: AgencyRow, fields: tuple[str, ...]) -> Facts:
    return Facts(row.code, row.name, row.organisation, row.region, row.address, fields, row.founded)


def _lists(
    session: Session, table: type[CapacityRow] | type[AgencyFieldRow], column: Any, entry_ids: list[int] | None
) -> dict[int, tuple[str, ...]]:
    """The list that each entry gave, in its order; of all entries where none are named."""
    statement = select(table.entry_id, column).order_by(table.entry_id, table.position)
    if entry_ids is not None:
        statement = statement.where(table.entry_id.in_(entry_ids))
    lists: dict[int, list[str]] = {}
    for entry_id, value in session.execute(statement):
        lists.setdefault(entry_id, []).append(value)
    return {entry_id: tuple(values) for entry_id, values in lists.items()}


def _holdings(session: Session, placed: bool, *where: Any) -> list[Holding]:
    statement = select(RoleChangeRow).where(*where).order_by(RoleChangeRow.entry_id)
    if placed:
        statement = with_place(statement, RoleChangeRow)
    newest = {(row.account, row.role): row for row in session.scalars(statement)}
    return [
        Holding(account, cast(Role, role), row.organisation)
        for (account, role), row in sorted(newest.items())
        if row.held
    ]


def _changes(session: Session, subject: str) -> list[Change]:
    statement = (
        select(EntryRow.seq, EntryRow.logged, EntryRow.actor, EntryRow.kind, EntryRow.body)
        .where(EntryRow.subject == subject, EntryRow.seq.is_not(None))
        .order_by(EntryRow.seq)
    )
    return [
        Change(seq, logged, actor, KINDS[kind].of(orjson.loads(body)))
        for seq, logged, actor, kind, body in session.execute(statement)
        if seq is not None and logged is not None
    ]
