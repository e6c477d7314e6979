"""Who holds which role, and whose account it is."""

from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.queries import placed as with_place
from registry.events import Role
from registry.model import Holding
from registry.tables import AccountHolderRow, RoleChangeRow


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
