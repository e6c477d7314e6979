"""Organisations and the keys that sign for them."""

from typing import Any, cast

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import Session

from audit.queries import placed as with_place
from registry.events import Capacity
from registry.model import KeyState, Organisation
from registry.names import name_key
from registry.queries.newest import lists, rows_of
from registry.tables import CapacityRow, KeyRevocationRow, KeyRow, OrganisationRow


def organisation(
    session: Session, organisation_id: str, placed: bool = False, before: int | None = None
) -> Organisation | None:
    """An organisation as it is on record, or was before an entry (its row id)."""
    return next(iter(_organisations(session, placed, _IS, organisation_id, before)), None)


def organisation_named(
    session: Session, name: str, placed: bool = False, before: int | None = None
) -> Organisation | None:
    """The organisation that is now called so, or was before an entry (its row id), however the name is spelt."""
    return next(iter(organisations_named(session, name, placed, before)), None)


def organisations_named(
    session: Session, name: str, placed: bool = False, before: int | None = None
) -> list[Organisation]:
    key = name_key(name)
    found = _organisations(session, placed, _EVER_NAMED, key, before)
    return [one for one in found if name_key(one.name) == key]


def organisations(session: Session, capacity: Capacity | None = None, placed: bool = False) -> list[Organisation]:
    """All organisations on record, or those of one capacity, by id."""
    return [one for one in _organisations(session, placed) if capacity is None or capacity in one.capacities]


def organisation_with_code(session: Session, code: str) -> Organisation | None:
    """The organisation on record under a unified social credit code."""
    found = _organisations(session, False, _EVER_CODED, code)
    return next((one for one in found if one.code == code), None)


def keys_in_force(session: Session, organisation_id: str) -> list[str]:
    """The keys whose signatures stand for an organisation, ascending."""
    return sorted(session.scalars(_KEYS_IN_FORCE, {"organisation": organisation_id}))


def key_owner(session: Session, key: str) -> KeyState | None:
    """Whose key it is or was, and whether it still counts; None for a key that was never recorded."""
    owner = session.scalar(select(KeyRow.organisation).where(KeyRow.key == key))
    if owner is None:
        return None
    revoked = session.scalar(select(KeyRevocationRow.key).where(KeyRevocationRow.key == key)) is not None
    return KeyState(key, owner, revoked)


def ever_had_key(session: Session, organisation_id: str) -> bool:
    """Whether a key was ever recorded for an organisation, in force or not."""
    statement = select(KeyRow.entry_id).where(KeyRow.organisation == organisation_id)
    return session.scalar(statement.limit(1)) is not None


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


_ASKED: Any = bindparam("asked")
_IS = OrganisationRow.organisation == _ASKED
_EVER_NAMED = OrganisationRow.organisation.in_(
    select(OrganisationRow.organisation).where(OrganisationRow.name_key == _ASKED)
)
_EVER_CODED = OrganisationRow.organisation.in_(
    select(OrganisationRow.organisation).where(OrganisationRow.code == _ASKED)
)
_BEFORE = OrganisationRow.entry_id < bindparam("before")
_KEYS_IN_FORCE = select(KeyRow.key).where(
    KeyRow.organisation == bindparam("organisation"), KeyRow.key.not_in(select(KeyRevocationRow.key))
)


def _organisations(
    session: Session,
    placed: bool,
    condition: ColumnElement[bool] | None = None,
    asked: str = "",
    before: int | None = None,
) -> list[Organisation]:
    """The organisations of which a condition above holds for what is asked, or all."""
    which = tuple(one for one in (condition, None if before is None else _BEFORE) if one is not None)
    given: dict[str, Any] = {"asked": asked, "before": before}
    rows = session.execute(rows_of(OrganisationRow, OrganisationRow.organisation, placed, *which), given).all()
    if not rows:  # the usual answer to whoever asks whether something is on record yet
        return []
    capacities = lists(session, CapacityRow, CapacityRow.capacity, [row.entry_id for row in rows] if which else None)
    return [
        Organisation(row.organisation, row.name, row.code, cast(tuple[Capacity, ...], capacities.get(row.entry_id, ())))
        for row in rows
    ]
