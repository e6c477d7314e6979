"""The standing of agencies as the tables tell it: a fixed number of statements, whether for one agency or for all.

What the log alone tells is in `registry.replay`; both give equal standings.
"""

from collections.abc import Iterator
from typing import TypeVarTuple, cast

import orjson
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from audit.tables import EntryRow, PublicRow
from registry.dossier import Dossier
from registry.events import Form, FormulaPublished, Ground, Sanction
from registry.model import Facts, Removal, Suspension
from registry.model.standing import Conduct, CreditFact, Fact, Formula, Held, Rulebook, Standing
from registry.tables import (
    AcknowledgementRow,
    AgencyDecisionRow,
    AgencyFieldRow,
    AgencyRow,
    CommitmentRow,
    CreditFactRow,
    FindingEndRow,
    FindingPartyRow,
    FindingRow,
    FormAcceptanceRow,
    FormCertificateRow,
    FormRow,
    IncidentDecisionRow,
    PractitionerLeftRow,
    RuleRow,
)

Ts = TypeVarTuple("Ts")
_AGENCY = "agency:"


def standings(
    session: Session, code: str | None = None, *, placed: bool = False, before: int | None = None
) -> dict[str, Standing]:
    """Everyone of whom the register holds anything, on record or not, or the one agency, by code.

    placed: only what has its place in the log. before: as things were before an entry (its row id) whose command held
    the register.
    """
    reader = _Reader(session, code, placed, before)
    for read in (_facts, _decisions, _forms, _promises, _incidents, _credit, _findings):
        read(reader)
    return {one: dossier.standing() for one, dossier in sorted(reader.dossiers.items())}


def standing(session: Session, code: str, *, placed: bool = False, before: int | None = None) -> Standing:
    """One agency's, which is empty where the register holds nothing of it."""
    found = standings(session, code, placed=placed, before=before).get(code)
    return Dossier(code).standing() if found is None else found


def rulebook(session: Session, *, placed: bool = False, before: int | None = None) -> Rulebook:
    """The published rules that hold for every agency."""
    statement = select(RuleRow.entry_id, RuleRow.rule, RuleRow.version, RuleRow.effective, EntryRow.body)
    statement = statement.join(EntryRow, EntryRow.id == RuleRow.entry_id).order_by(RuleRow.entry_id)
    if placed:
        statement = statement.where(EntryRow.seq.is_not(None))
    if before is not None:
        statement = statement.where(RuleRow.entry_id < before)
    conduct: list[Conduct] = []
    formulas: list[Formula] = []
    for entry, rule, version, effective, body in session.execute(statement):
        if rule == "conduct":
            assert effective is not None
            conduct.append(Conduct(version, effective, entry))
        elif rule == "credit":
            formulas.append(Formula(FormulaPublished.of(orjson.loads(body)), entry))
    return Rulebook(tuple(conduct), tuple(formulas))


class _Reader:
    """What is read, and where it goes."""

    def __init__(self, session: Session, code: str | None, placed: bool, before: int | None) -> None:
        self.session, self.code, self.placed, self.before = session, code, placed, before
        self.dossiers: dict[str, Dossier] = {}

    def of(self, code: str) -> Dossier:
        dossier = self.dossiers.get(code)
        if dossier is None:
            dossier = self.dossiers[code] = Dossier(code)
        return dossier

    def limited(
        self, statement: Select[*Ts], table: type[PublicRow], code: InstrumentedAttribute[str] | None
    ) -> Select[*Ts]:
        """The rows of a table that are asked for. code: the column that says whose they are, or None for all."""
        if self.code is not None and code is not None:
            statement = statement.where(code == self.code)
        if self.before is not None:
            statement = statement.where(table.entry_id < self.before)
        if self.placed:
            statement = statement.join(EntryRow, EntryRow.id == table.entry_id).where(EntryRow.seq.is_not(None))
        return statement

    def rows(
        self, statement: Select[*Ts], table: type[PublicRow], code: InstrumentedAttribute[str] | None
    ) -> Iterator[Row[*Ts]]:
        """Those rows in the order of their entries."""
        yield from self.session.execute(self.limited(statement, table, code).order_by(table.entry_id))


def _facts(reader: _Reader) -> None:
    newest = reader.limited(select(func.max(AgencyRow.entry_id)), AgencyRow, AgencyRow.code).group_by(AgencyRow.code)
    fields: dict[int, list[str]] = {}
    listed = select(AgencyFieldRow.entry_id, AgencyFieldRow.field).where(AgencyFieldRow.entry_id.in_(newest))
    for entry, field in reader.session.execute(listed.order_by(AgencyFieldRow.entry_id, AgencyFieldRow.position)):
        fields.setdefault(entry, []).append(field)
    statement = select(
        AgencyRow.entry_id,
        AgencyRow.code,
        AgencyRow.name,
        AgencyRow.organisation,
        AgencyRow.region,
        AgencyRow.address,
        AgencyRow.founded,
    )
    for entry, code, name, organisation, region, address, founded in reader.session.execute(
        statement.where(AgencyRow.entry_id.in_(newest))
    ):
        facts = Facts(code, name, organisation, region, address, tuple(fields.get(entry, ())), founded)
        reader.of(code).record(entry, facts)


def _decisions(reader: _Reader) -> None:
    table = AgencyDecisionRow
    statement = select(
        table.entry_id,
        table.code,
        table.decision,
        table.starts,
        table.until,
        table.ground,
        table.decision_number,
        table.ends,
    )
    for entry, code, decision, starts, until, ground, number, ends in reader.rows(statement, table, table.code):
        if decision == "reinstated":
            reader.of(code).reinstate(ends)
        elif decision == "removed":
            reader.of(code).remove(entry, Removal(ground, number))
        else:
            assert starts is not None
            reader.of(code).suspend(entry, Suspension(starts, until, ground, number))


def _forms(reader: _Reader) -> None:
    certificates: dict[int, list[Held]] = {}
    held = select(FormCertificateRow.entry_id, FormCertificateRow.name, FormCertificateRow.until).join(
        FormRow, FormRow.entry_id == FormCertificateRow.entry_id
    )
    held = reader.limited(held, FormRow, FormRow.code).order_by(FormRow.entry_id, FormCertificateRow.position)
    for entry, name, last_day in reader.session.execute(held):
        certificates.setdefault(entry, []).append(Held(name, last_day))
    submitted = select(FormRow.entry_id, FormRow.code, FormRow.form, FormRow.practitioner, FormRow.version)
    for entry, code, form, practitioner, version in reader.rows(submitted, FormRow, FormRow.code):
        reader.of(code).submit(entry, cast(Form, form), practitioner, version, tuple(certificates.get(entry, ())))
    accepted = select(
        FormAcceptanceRow.entry_id,
        FormAcceptanceRow.code,
        FormAcceptanceRow.form,
        FormAcceptanceRow.practitioner,
        FormAcceptanceRow.version,
        FormAcceptanceRow.until,
    )
    rows = reader.rows(accepted, FormAcceptanceRow, FormAcceptanceRow.code)
    for entry, code, form, practitioner, version, until in rows:
        reader.of(code).accept(entry, cast(Form, form), practitioner, version, until)
    table = PractitionerLeftRow
    left = select(table.entry_id, table.code, table.practitioner, table.day)
    for entry, code, practitioner, day in reader.rows(left, table, table.code):
        reader.of(code).leave(entry, practitioner, day)


def _promises(reader: _Reader) -> None:
    promised = select(CommitmentRow.entry_id, CommitmentRow.code, CommitmentRow.version, CommitmentRow.until)
    for entry, code, version, until in reader.rows(promised, CommitmentRow, CommitmentRow.code):
        reader.of(code).promise(entry, version, until)
    acknowledged = select(AcknowledgementRow.entry_id, AcknowledgementRow.code, AcknowledgementRow.version)
    for entry, code, version in reader.rows(acknowledged, AcknowledgementRow, AcknowledgementRow.code):
        reader.of(code).acknowledge(entry, version)


def _incidents(reader: _Reader) -> None:
    table = IncidentDecisionRow
    statement = select(table.entry_id, table.code, table.incident, table.sanction, table.points, table.ends)
    for entry, code, incident, sanction, points, ends in reader.rows(statement, table, table.code):
        reader.of(code).decide(entry, incident, cast(Sanction, sanction), points, ends)


def _credit(reader: _Reader) -> None:
    statement = select(CreditFactRow.entry_id, CreditFactRow.code, CreditFactRow.fact, CreditFactRow.day)
    for entry, code, fact, day in reader.rows(statement, CreditFactRow, CreditFactRow.code):
        reader.of(code).credit(CreditFact(cast(Fact, fact), day, entry))


def _findings(reader: _Reader) -> None:
    """Those in force that tie two together."""
    ended = reader.limited(select(FindingEndRow.finding), FindingEndRow, None)
    concerned = select(FindingPartyRow.entry_id)
    if reader.code is not None:
        concerned = concerned.where(FindingPartyRow.party == f"{_AGENCY}{reader.code}")
    statement = (
        select(FindingRow.entry_id, FindingRow.finding, FindingRow.ground, FindingRow.key, FindingPartyRow.party)
        .join(FindingPartyRow, FindingPartyRow.entry_id == FindingRow.entry_id)
        .where(FindingRow.finding.not_in(ended))
    )
    if reader.code is not None:
        statement = statement.where(FindingRow.entry_id.in_(concerned))
    parties: dict[int, list[str]] = {}
    found: dict[int, tuple[str, str, bool]] = {}
    for entry, finding, ground, key, party in reader.rows(statement, FindingRow, None):
        parties.setdefault(entry, []).append(party)
        found[entry] = finding, ground, key
    for entry, (finding, ground, key) in found.items():
        for party in parties[entry]:
            others = [one for one in parties[entry] if one != party]
            code = party.removeprefix(_AGENCY)
            if others and party.startswith(_AGENCY) and reader.code in (None, code):
                reader.of(code).tie(entry, finding, cast(Ground, ground), key, others[0])
