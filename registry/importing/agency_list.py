"""A whole list of agencies put on record at once: every row, or none, with a report that says of each row why.

One entry for each agency that is new or changed, all in one transaction that holds the whole register.
"""

from dataclasses import dataclass, replace
from datetime import date

from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from registry import commands, errors, queries, rules
from registry.authority import REGISTRY, check_role
from registry.importing.problems import DuplicateInFile, EmptyList, ImportRejected, InnerCodeWrong, Problem, Report
from registry.model import NO_CONTACT, Agency, Contact, Facts
from registry.names import check_text, name_key
from registry.sheets import COLUMNS, Row, Sheet
from registry.sheets.values import iso_day, parts
from registry.uscc import has_right_inner_code
from registry.working_days import day_of


@dataclass(frozen=True)
class _Listed:
    row: Row
    facts: Facts
    contact: Contact


def _problem(row: Row, member: str, refusal: Refusal) -> Problem:
    return Problem(row.number, COLUMNS[member][0], refusal.code, refusal.message("zh"), refusal.message("en"))


def import_agencies(act: Act, sheet: Sheet, reason: str = "批量导入") -> Report:
    """Record what a list says: new agencies, and those whose facts differ from the record. By a registrar.

    reason: why facts change, for the amendments' entries. Raises ImportRejected, with nothing recorded, if any row has
    a fault; EmptyList.
    """
    check_text(reason, "变更原因")
    if not sheet.rows:
        raise EmptyList
    # One lock for all: thousands of single ones would not fit into PostgreSQL's lock table.
    act.lock(REGISTRY)
    check_role(act, "registrar", SYSTEM)
    known = {agency.code: agency for agency in queries.agencies(act.session)}
    listed, problems = _read(sheet.rows, known, day_of(act.at // 1000))
    problems += _clashes(act, listed, known)
    if problems:
        problems.sort(key=lambda problem: problem.row)
        raise ImportRejected(Report(problems=tuple(problems), ignored_columns=sheet.ignored))
    # Every command that could touch an agency shares the lock that is held here for itself.
    act.covers(*(f"agency:{one.facts.code}" for one in listed))
    return replace(_record(act, listed, known, reason), warnings=_warnings(listed), ignored_columns=sheet.ignored)


def _read(rows: list[Row], known: dict[str, Agency], today: date) -> tuple[list[_Listed], list[Problem]]:
    """The rows as facts, and every fault that a row has by itself."""
    listed, problems = [], []
    for row in rows:
        facts, contact = _facts(row), _contact(row)
        faults = [_problem(row, member, fault) for member, fault in rules.facts_faults(facts, today)]
        for member, single in (
            ("contact_name", Contact(contact.name)),
            ("contact_phone", Contact(None, contact.phone)),
        ):
            try:
                rules.check_contact(single)
            except Refusal as refusal:
                faults.append(_problem(row, member, refusal))
        if faults:
            problems += faults
            continue
        facts = rules.check_facts(facts, today)
        former = known.get(facts.code)
        if former is not None:
            facts = _completed(facts, row, former.facts)
        listed.append(_Listed(row, facts, contact))
    return listed, problems


def _facts(row: Row) -> Facts:
    return Facts(
        code=row.cells["code"],
        name=row.cells["name"],
        organisation=None,
        region=row.cells["region"],
        address=row.cells["address"],
        fields=parts(row.cells["fields"]),
        founded=iso_day(row.cells.get("founded", "")) or None,
    )


def _contact(row: Row) -> Contact:
    return Contact(row.cells.get("contact_name") or None, row.cells.get("contact_phone") or None)


def _completed(facts: Facts, row: Row, former: Facts) -> Facts:
    """What a list cannot say stays as recorded: the organisation, and the founding day where it has no such column."""
    founded = facts.founded if "founded" in row.cells else former.founded
    return replace(facts, organisation=former.organisation, founded=founded)


def _clashes(act: Act, listed: list[_Listed], known: dict[str, Agency]) -> list[Problem]:
    """Every fault that lies between rows, or between a row and the register, as it would be after the import."""
    problems: list[Problem] = []
    by_code: dict[str, Row] = {}
    for one in listed:
        first = by_code.setdefault(one.facts.code, one.row)
        if first is not one.row:
            problems.append(_problem(one.row, "code", DuplicateInFile(row=first.number)))
        former = known.get(one.facts.code)
        if former is not None and former.removal is not None:
            problems.append(_problem(one.row, "code", errors.AgencyIsRemoved(code=one.facts.code)))
    holders = {name_key(agency.name): agency for code, agency in known.items() if code not in by_code}
    organisations = {name_key(organisation.name): organisation for organisation in queries.organisations(act.session)}
    by_name: dict[str, _Listed] = {}
    for one in listed:
        key, facts = name_key(one.facts.name), one.facts
        first_so_called = by_name.setdefault(key, one)
        if first_so_called.facts.code != facts.code:
            problems.append(_problem(one.row, "name", DuplicateInFile(row=first_so_called.row.number)))
        if key in holders:
            other = holders[key]
            taken = errors.NameTaken(name=facts.name, other=other.name, holder=other.code)
            problems.append(_problem(one.row, "name", taken))
        organisation = organisations.get(key)
        if organisation is not None and organisation.id != facts.organisation and organisation.code != facts.code:
            taken = errors.NameTaken(name=facts.name, other=organisation.name, holder=organisation.id)
            problems.append(_problem(one.row, "name", taken))
    return problems


def _record(act: Act, listed: list[_Listed], known: dict[str, Agency], reason: str) -> Report:
    contacts = queries.contacts(act.session)
    added, amended, unchanged = [], [], []
    for one in listed:
        code, former = one.facts.code, known.get(one.facts.code)
        contact = commands.changed_contact(contacts.get(code, NO_CONTACT), one.contact)
        if former is None:
            added.append(code)
            commands.record_facts(act, one.facts, one.contact)
        elif former.facts == one.facts and contact == NO_CONTACT:
            unchanged.append(code)
        else:
            amended.append(code)
            commands.record_facts(act, one.facts, contact, reason)
    return Report(tuple(added), tuple(amended), tuple(unchanged))


def _warnings(listed: list[_Listed]) -> tuple[Problem, ...]:
    return tuple(
        _problem(one.row, "code", InnerCodeWrong(value=one.facts.code))
        for one in listed
        if not has_right_inner_code(one.facts.code)
    )
