"""Lines of agencies, as they stand now, and of the practitioners who are with them."""

from collections.abc import Iterator, Sequence
from typing import cast

import orjson
from sqlalchemy import select

from audit.tables import EntryRow
from registry import rules
from registry.dossier import Dossier
from registry.events import PractitionerFormSubmitted, Sanction
from registry.exporting.scope import Line, Scope, last_day, listed
from registry.model import Agency
from registry.model.standing import CreditFact, Fact, Formula
from registry.queries import forms
from registry.queries.persons import all_shown_persons
from registry.standing import rulebook as published_rules
from registry.tables import CreditFactRow, IncidentDecisionRow

ERASED = "（已删除）"


def agencies(scope: Scope) -> Iterator[Line]:
    formulas = published_rules(scope.session, placed=True).formulas
    formula = formulas[-1] if formulas else None
    for page in scope.pages():
        codes = [agency.code for agency in page]
        accepted = forms.all_states(scope.session, codes, placed=True)
        credits = _credits(scope, codes, formula)
        for agency in page:
            form = accepted.get(agency.code, {}).get(("agency", None))
            credit = credits[agency.code]
            yield (
                agency.code,
                agency.name,
                agency.facts.region,
                agency.facts.address,
                listed(agency.facts.fields),
                agency.facts.founded,
                _status(agency, scope.at),
                None if form is None else last_day(form.until),
                credit.score,
                credit.grade,
                credit.balls,
            )


def _status(agency: Agency, at: int) -> str:
    if agency.removal is not None:
        return "除名"
    return "在册" if agency.suspension_at(at) is None else "暂停"


def _credits(scope: Scope, codes: Sequence[str], formula: Formula | None) -> dict[str, rules.Credit]:
    """What each would have in a call made now."""
    dossiers = {code: Dossier(code) for code in codes}
    decisions = select(IncidentDecisionRow).join(EntryRow, EntryRow.id == IncidentDecisionRow.entry_id)
    decisions = decisions.where(EntryRow.seq.is_not(None), IncidentDecisionRow.code.in_(codes))
    for row in scope.session.scalars(decisions.order_by(IncidentDecisionRow.entry_id)):
        sanction = cast(Sanction, row.sanction)
        dossiers[row.code].decide(row.entry_id, row.incident, sanction, row.points, row.ends)
    facts = select(CreditFactRow).join(EntryRow, EntryRow.id == CreditFactRow.entry_id)
    facts = facts.where(EntryRow.seq.is_not(None), CreditFactRow.code.in_(codes))
    for fact in scope.session.scalars(facts.order_by(CreditFactRow.entry_id)):
        dossiers[fact.code].credit(CreditFact(cast(Fact, fact.fact), fact.day, fact.entry_id))
    return {code: rules.credit(one.standing(), formula, scope.at) for code, one in dossiers.items()}


def practitioners(scope: Scope) -> Iterator[Line]:
    """Those who are with their agency, by the newest accepted version of their form."""
    for page in scope.pages():
        codes = [agency.code for agency in page]
        states = forms.all_states(scope.session, codes, placed=True)
        persons = all_shown_persons(scope.session, codes)
        for agency in page:
            people = {
                state.accepted_entry: state
                for state in states.get(agency.code, {}).values()
                if state.form == "practitioner" and state.accepted_entry is not None and state.left is None
            }
            for entry_id, form in _bodies(scope, list(people)).items():
                shown = persons[agency.code].practitioners[form.practitioner]
                yield (
                    agency.code,
                    agency.name,
                    form.practitioner,
                    ERASED if shown.name is None else shown.name.value,
                    "是" if form.key else "否",
                    listed(form.titles),
                    _certificates(form, None if shown.certificate_numbers is None else shown.numbers),
                    form.employed_since,
                    form.insurance_months,
                    listed(form.fields),
                    last_day(people[entry_id].until),
                )


def _bodies(scope: Scope, entry_ids: Sequence[int]) -> dict[int, PractitionerFormSubmitted]:
    statement = select(EntryRow.id, EntryRow.body).where(EntryRow.id.in_(entry_ids)).order_by(EntryRow.id)
    return {one: PractitionerFormSubmitted.of(orjson.loads(body)) for one, body in scope.session.execute(statement)}


def _certificates(form: PractitionerFormSubmitted, numbers: Sequence[str] | None) -> str:
    known = [ERASED] * len(form.certificates) if numbers is None else numbers
    return "；".join(
        f"{one.name} {number} {one.issued} 至 {one.until or '长期'}"
        for one, number in zip(form.certificates, known, strict=True)
    )
