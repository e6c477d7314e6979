"""What was found by comparing the forms, and the private digests that it is found by."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, cast

from sqlalchemy import Select, exists, func, literal, select
from sqlalchemy.orm import Session

from audit.queries import placed as with_place
from audit.tables import EntryRow
from registry.events import Ground
from registry.tables import (
    AgencyRow,
    CapacityRow,
    FindingEndRow,
    FindingPartyRow,
    FindingRow,
    FormAcceptanceRow,
    FormCertificateRow,
    FormRow,
    OrganisationRow,
    PractitionerLeftRow,
    TieRow,
)
from registry.ties import Found, Holder, Tie, Ties

AT_ONCE = 1000
"""Values named in one statement; SQLite takes 32,766, PostgreSQL 65,535."""

T = TypeVar("T")


@dataclass(frozen=True)
class Finding:
    """A finding, for the registrar and the inspectors: it excludes nobody by itself."""

    finding: str
    ground: Ground
    key: bool
    parties: tuple[str, ...]
    """`agency:CODE` or `organisation:ID`, ascending."""
    entry_id: int
    made: int
    """Unix milliseconds."""
    ended: int | None
    """Unix milliseconds; None while it holds."""


def findings(
    session: Session, party: str | None = None, open_only: bool = True, placed: bool = False, limit: int | None = None
) -> list[Finding]:
    """Findings, newest first: those that hold, or all there ever were; of one party (`agency:CODE`), or of all."""
    statement = select(FindingRow, EntryRow.at).join(EntryRow, EntryRow.id == FindingRow.entry_id)
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
    if party is not None:
        named = select(FindingPartyRow.entry_id).where(FindingPartyRow.party == party)
        statement = statement.where(FindingRow.entry_id.in_(named))
    if open_only:
        statement = statement.where(FindingRow.finding.not_in(_ended(placed)))
    rows = session.execute(statement.order_by(FindingRow.entry_id.desc()).limit(limit)).all()
    parties = _parties(session, [row.entry_id for row, _ in rows])
    ends: dict[str, int] = {}
    if not open_only:
        found = select(FindingEndRow.finding, EntryRow.at).join(EntryRow, EntryRow.id == FindingEndRow.entry_id)
        found = found.where(EntryRow.seq.is_not(None)) if placed else found
        ends = {row.finding: row.at for row in session.execute(found)}
    return [
        Finding(
            finding=row.finding,
            ground=cast(Ground, row.ground),
            key=row.key,
            parties=parties[row.entry_id],
            entry_id=row.entry_id,
            made=at,
            ended=ends.get(row.finding),
        )
        for row, at in rows
    ]


def open_findings(session: Session, parties: Iterable[str] | None = None) -> dict[Found, tuple[str, bool]]:
    """What holds now, as the rules see it: its id, and whether it is key. parties: only where one of these is named."""
    where: list[Any] = [FindingRow.finding.not_in(_ended(False))]
    rows: list[FindingRow] = []
    if parties is None:
        rows += session.scalars(select(FindingRow).where(*where))
    else:
        for some in in_turns(sorted(set(parties))):
            named = select(FindingPartyRow.entry_id).where(FindingPartyRow.party.in_(some))
            rows += session.scalars(select(FindingRow).where(*where, FindingRow.entry_id.in_(named)))
    named_by = _parties(session, sorted({row.entry_id for row in rows}))
    return {(cast(Ground, row.ground), named_by[row.entry_id]): (row.finding, row.key) for row in rows}


def _ended(placed: bool) -> Select[str]:
    statement = select(FindingEndRow.finding)
    return with_place(statement, FindingEndRow) if placed else statement


def _parties(session: Session, entry_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for some in in_turns(entry_ids):
        statement = select(FindingPartyRow).where(FindingPartyRow.entry_id.in_(some))
        for row in session.scalars(statement.order_by(FindingPartyRow.entry_id, FindingPartyRow.position)):
            found.setdefault(row.entry_id, []).append(row.party)
    return {entry_id: tuple(parties) for entry_id, parties in found.items()}


# Digests, all PRIVATE


def held_by(session: Session, party: str) -> list[TieRow]:
    """What a party has, by every form it stands in."""
    return list(session.scalars(select(TieRow).where(TieRow.party == party)))


def held_from(session: Session, source: str) -> dict[str, Ties]:
    """What each party has by one kind of source."""
    held: dict[str, set[tuple[Tie, str]]] = {}
    for row in session.scalars(select(TieRow).where(TieRow.source == source)):
        held.setdefault(row.party, set()).add((cast(Tie, row.tie), row.digest))
    return {party: frozenset(ties) for party, ties in held.items()}


class BareRecord(NamedTuple):
    """An agency on record of which no form is held."""

    code: str
    name: str
    address: str
    first: int
    """Row id of the entry that put it on record."""


def bare_records(session: Session) -> list[BareRecord]:
    entries = select(func.max(AgencyRow.entry_id).label("newest"), func.min(AgencyRow.entry_id).label("first"))
    own = entries.group_by(AgencyRow.code).subquery()
    with_form = exists().where(TieRow.party == literal("agency:") + AgencyRow.code, TieRow.source == "agency")
    statement = select(AgencyRow.code, AgencyRow.name, AgencyRow.address, own.c.first).where(~with_form)
    rows = session.execute(statement.join(own, own.c.newest == AgencyRow.entry_id).order_by(AgencyRow.code))
    return [BareRecord(*row) for row in rows]


class BareOrganisation(NamedTuple):
    """An organisation on record with a code, and with a capacity beside an agency's."""

    id: str
    code: str
    first: int
    """Row id of the entry that put it on record."""


def bare_organisations(session: Session, code: str | None = None) -> list[BareOrganisation]:
    """Who may be tenderer or hold a seat and has a code: all of them, or the one that has this code."""
    entries = select(
        func.max(OrganisationRow.entry_id).label("newest"), func.min(OrganisationRow.entry_id).label("first")
    )
    own = entries.group_by(OrganisationRow.organisation).subquery()
    acting = exists().where(CapacityRow.entry_id == OrganisationRow.entry_id, CapacityRow.capacity != "agency")
    statement = select(OrganisationRow.organisation, OrganisationRow.code, own.c.first).where(acting)
    coded = OrganisationRow.code.is_not(None) if code is None else OrganisationRow.code == code
    rows = session.execute(statement.where(coded).join(own, own.c.newest == OrganisationRow.entry_id))
    return [BareOrganisation(*row) for row in rows]


def holders_of(session: Session, digests: Iterable[str]) -> list[Holder]:
    """Who has these digests."""
    return [
        holder
        for some in in_turns(sorted(set(digests)))
        for holder in _holders(session, select(TieRow).where(TieRow.digest.in_(some)))
    ]


def holders_among(session: Session, parties: Iterable[str]) -> list[Holder]:
    """Everything that these parties have."""
    return [
        holder
        for some in in_turns(sorted(set(parties)))
        for holder in _holders(session, select(TieRow).where(TieRow.party.in_(some)))
    ]


def all_shared(session: Session) -> list[Holder]:
    """Who has a digest that another party has too."""
    shared = select(TieRow.digest).group_by(TieRow.digest).having(func.count(func.distinct(TieRow.party)) > 1)
    return list(_holders(session, select(TieRow).where(TieRow.digest.in_(shared))))


def _holders(session: Session, statement: Select[TieRow]) -> Iterator[Holder]:
    for row in session.scalars(statement):
        yield Holder(row.party, cast(Tie, row.tie), row.digest, row.since)


# What concerns one agency alone


def lacking(session: Session, today: str, at: int, enough: int, code: str | None = None) -> set[Found]:
    """Which agencies, or whether this one, have an expired certificate, or too few practitioners.

    today: ISO date in Beijing. at: Unix seconds. enough: practitioners whose forms are accepted and unexpired.
    """
    one = [] if code is None else [code]
    gone = select(PractitionerLeftRow.practitioner).where(*_of(PractitionerLeftRow.code, one))
    newest = (
        select(func.max(FormRow.entry_id))
        .where(FormRow.form == "practitioner", FormRow.practitioner.not_in(gone), *_of(FormRow.code, one))
        .group_by(FormRow.code, FormRow.practitioner)
    )
    expired = (
        select(FormRow.code)
        .join(FormCertificateRow, FormCertificateRow.entry_id == FormRow.entry_id)
        .where(FormRow.entry_id.in_(newest), FormCertificateRow.until < today)
        .distinct()
    )
    in_force = FormAcceptanceRow.until > at, *_of(FormAcceptanceRow.code, one)
    staffed = (
        select(FormAcceptanceRow.code)
        .where(FormAcceptanceRow.form == "practitioner", FormAcceptanceRow.practitioner.not_in(gone), *in_force)
        .group_by(FormAcceptanceRow.code)
        .having(func.count(func.distinct(FormAcceptanceRow.practitioner)) >= enough)
    )
    few = (
        select(FormAcceptanceRow.code)
        .where(FormAcceptanceRow.form == "agency", FormAcceptanceRow.code.not_in(staffed), *in_force)
        .distinct()
    )
    found: set[Found] = {("CERTIFICATE_EXPIRED", (f"agency:{each}",)) for each in session.scalars(expired)}
    return found | {("TOO_FEW_PRACTITIONERS", (f"agency:{each}",)) for each in session.scalars(few)}


def _of(column: Any, codes: Sequence[str]) -> list[Any]:
    return [column.in_(codes)] if codes else []


def in_turns(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """So many of them as one statement may name, then the next."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
