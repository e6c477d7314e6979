"""Who holds which role, and whose account it is."""

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from audit.queries import placed as with_place
from registry.events import Role
from registry.model import Holding
from registry.tables import AccountHolderRow, RoleChangeRow

# Every request and every command asks for an account's roles, and to write a statement anew each time costs more than
# to run it.
_change = RoleChangeRow.__table__.c
_CHANGES_OF_ACCOUNT = (
    select(_change.account, _change.role, _change.held, _change.organisation)
    .where(_change.account == bindparam("account"))
    .order_by(_change.entry_id)
)


def roles(session: Session, account: str, placed: bool = False) -> list[Holding]:
    """The roles that an account holds now, by name."""
    if placed:
        return _holdings(session, placed, RoleChangeRow.account == account)
    return held_now(session.execute(_CHANGES_OF_ACCOUNT, {"account": account}))


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


def _holdings(session: Session, placed: bool, *where: Any) -> list[Holding]:
    statement = select(RoleChangeRow).where(*where).order_by(RoleChangeRow.entry_id)
    if placed:
        statement = with_place(statement, RoleChangeRow)
    return held_now(session.scalars(statement))


def with_role_changes(statement: Select[*tuple[Any, ...]], account: Any) -> Select[*tuple[Any, ...]]:
    """Ask in the same statement for the roles of the account that each row is about, for `held_now`.

    account: its column. A row comes once for each change of its account's roles, and once where there is none.
    """
    columns = statement.add_columns(_change.account, _change.role, _change.held, _change.organisation)
    return columns.outerjoin(RoleChangeRow.__table__, _change.account == account).order_by(_change.entry_id)


def held_now(changes: Iterable[Any]) -> list[Holding]:
    """The roles held after these changes, oldest first, which may be of several accounts."""
    newest = {(row.account, row.role): row for row in changes if row.role is not None}
    return [
        Holding(account, cast(Role, role), row.organisation)
        for (account, role), row in sorted(newest.items())
        if row.held
    ]
