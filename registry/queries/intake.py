"""What a registrar looks through, beyond what waits: renewals, names of parties, who has ties on record."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audit.tables import EntryRow
from registry.events import Form
from registry.queries.findings import in_turns
from registry.tables import (
    AgencyDecisionRow,
    AgencyRow,
    FormAcceptanceRow,
    FormRow,
    OrganisationRow,
    OrganisationTiesRow,
    PractitionerLeftRow,
)


@dataclass(frozen=True)
class Renewal:
    """A form whose accepted version runs out, or ran out."""

    code: str
    form: Form
    practitioner: str | None
    version: int
    """The accepted one."""
    until: int
    """Unix seconds, the first at which it must have been renewed."""
    newest: int
    """The newest version that was handed in."""


def renewals(session: Session, before: int) -> list[Renewal]:
    """Forms whose term ends before a moment (Unix seconds), the first to end first; who left is left out."""
    whose, accepted_whose = _whose(FormRow), _whose(FormAcceptanceRow)
    newest = (
        select(FormRow.code, FormRow.form, whose.label("whose"), func.max(FormRow.version).label("version"))
        .group_by(FormRow.code, FormRow.form, whose)
        .subquery()
    )
    counted = select(func.max(FormAcceptanceRow.entry_id).label("entry_id"), FormAcceptanceRow.code)
    counted = counted.add_columns(FormAcceptanceRow.form, accepted_whose.label("whose"))
    counts = counted.group_by(FormAcceptanceRow.code, FormAcceptanceRow.form, accepted_whose).subquery()
    statement: Any = (
        select(FormAcceptanceRow, newest.c.version)
        .join(
            counts,
            (counts.c.entry_id == FormAcceptanceRow.entry_id)
            & (counts.c.code == FormAcceptanceRow.code)
            & (counts.c.form == FormAcceptanceRow.form)
            & (counts.c.whose == accepted_whose),
        )
        .join(
            newest,
            (newest.c.code == FormAcceptanceRow.code)
            & (newest.c.form == FormAcceptanceRow.form)
            & (newest.c.whose == accepted_whose),
        )
        .where(
            FormAcceptanceRow.until < before,
            accepted_whose.not_in(select(PractitionerLeftRow.practitioner)),
        )
        .order_by(FormAcceptanceRow.until, FormAcceptanceRow.code, FormAcceptanceRow.form, accepted_whose)
    )
    return [
        Renewal(row.code, cast(Form, row.form), row.practitioner, row.version, row.until, version)
        for row, version in session.execute(statement)
    ]


def _whose(table: type[FormRow] | type[FormAcceptanceRow]) -> Any:
    return func.coalesce(table.practitioner, "")


def party_names(session: Session, parties: Collection[str]) -> dict[str, str]:
    """What agencies and organisations (`agency:CODE`, `organisation:ID`) are called now, where that is on record."""
    codes = sorted({one.removeprefix("agency:") for one in parties if one.startswith("agency:")})
    ids = sorted({one.removeprefix("organisation:") for one in parties if one.startswith("organisation:")})
    found: dict[str, str] = {}
    for table, column, prefix, wanted in (
        (OrganisationRow, OrganisationRow.code, "agency", codes),
        (AgencyRow, AgencyRow.code, "agency", codes),
        (OrganisationRow, OrganisationRow.organisation, "organisation", ids),
    ):
        for some in in_turns(wanted):
            rows = select(column, table.name).where(column.in_(some)).order_by(table.entry_id)
            found |= {f"{prefix}:{known}": name for known, name in session.execute(rows)}
    return found


def ties_recorded(session: Session) -> dict[str, int]:
    """When the ties of each organisation were last recorded, Unix milliseconds."""
    rows = select(OrganisationTiesRow.organisation, EntryRow.at).join(
        EntryRow, EntryRow.id == OrganisationTiesRow.entry_id
    )
    return {row.organisation: row.at for row in session.execute(rows.order_by(OrganisationTiesRow.entry_id))}


def ties_address(session: Session, organisation: str) -> str | None:
    """The address that was recorded with an organisation's ties last; it is public."""
    rows = select(OrganisationTiesRow.address).where(OrganisationTiesRow.organisation == organisation)
    return session.scalars(rows.order_by(OrganisationTiesRow.entry_id.desc())).first()


def ever_decided(session: Session) -> list[str]:
    """Codes of the agencies that were ever suspended or removed."""
    return sorted(session.scalars(select(AgencyDecisionRow.code).distinct()))
