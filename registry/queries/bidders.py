"""Registrations of bidders: for everybody what the log shows, for the registrar and the registrant what is private."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from audit.tables import EntryRow
from registry.tables import RegistrantRow, RegistrationDecisionRow, RegistrationRow


@dataclass(frozen=True)
class Registration:
    registration: str
    name: str
    code: str
    claims: str | None
    at: int
    """Unix milliseconds."""
    organisation: str | None
    """Set once it was confirmed."""
    ground: str | None
    """Why it was refused."""

    @property
    def waits(self) -> bool:
        return self.organisation is None and self.ground is None


@dataclass(frozen=True)
class Registrant:
    """PRIVATE."""

    account: str
    contact_name: str
    contact_phone: str


def registrations(session: Session, waiting: bool = False, placed: bool = True, limit: int = 200) -> list[Registration]:
    """Newest first; of those that wait the oldest first."""
    statement = _statement()
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
    if waiting:
        statement = statement.where(RegistrationDecisionRow.entry_id.is_(None)).order_by(RegistrationRow.entry_id)
    else:
        statement = statement.order_by(RegistrationRow.entry_id.desc())
    return [_registration(*row) for row in session.execute(statement.limit(limit))]


def registration(session: Session, wanted: str) -> Registration | None:
    row = session.execute(_statement().where(RegistrationRow.registration == wanted)).one_or_none()
    return None if row is None else _registration(*row)


def registrant(session: Session, wanted: str) -> Registrant | None:
    """PRIVATE. For the registrar."""
    row = session.get(RegistrantRow, wanted)
    return None if row is None else Registrant(row.account, row.contact_name, row.contact_phone)


def registration_of(session: Session, account: str) -> Registration | None:
    """PRIVATE. The newest one of an account: for itself."""
    statement = (
        _statement()
        .join(RegistrantRow, RegistrantRow.registration == RegistrationRow.registration)
        .where(RegistrantRow.account == account)
        .order_by(RegistrationRow.entry_id.desc())
    )
    row = session.execute(statement.limit(1)).one_or_none()
    return None if row is None else _registration(*row)


def _statement() -> Select[RegistrationRow, RegistrationDecisionRow, int]:
    return (
        select(RegistrationRow, RegistrationDecisionRow, EntryRow.at)
        .join(EntryRow, EntryRow.id == RegistrationRow.entry_id)
        .outerjoin(RegistrationDecisionRow, RegistrationDecisionRow.registration == RegistrationRow.registration)
    )


def _registration(row: RegistrationRow, decided: RegistrationDecisionRow | None, at: int) -> Registration:
    return Registration(
        registration=row.registration,
        name=row.name,
        code=row.code,
        claims=row.claims,
        at=at,
        organisation=None if decided is None else decided.organisation,
        ground=None if decided is None else decided.ground,
    )
