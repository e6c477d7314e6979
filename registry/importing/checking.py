"""The first half of an import of forms: the whole file is read, and every fault of every row is found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy.orm import Session

from audit.errors import Refusal
from audit.log import Log
from registry import errors, queries
from registry.errors import FieldFault
from registry.importing.gathered import Gathering
from registry.importing.problems import EmptyList, ImportRejected, InnerCodeWrong, Report
from registry.rules import forms as rules
from registry.rules.fields import field_fault
from registry.sheets.forms import (
    File,
    FormTable,
    agency_form,
    form_tables,
    key_fault,
    legal_person_form,
    practitioner_form,
)
from registry.sheets.heading import Row
from registry.sheets.limits import Limits
from registry.sheets.values import identity
from registry.uscc import BadCode, check_uscc, has_right_inner_code
from registry.working_days import day_of

TOLD = 1_000
"""Problems that a refusal holds; the gathering has all."""

Tell = Callable[[int, int], None]
"""Told how many are done, and of how many; 0: that is not known yet."""


def in_silence(done: int, total: int) -> None:
    """For whoever wants no progress."""


@dataclass(frozen=True)
class CheckedForms:
    """A file that was read whole: its rows by agency, and its problems."""

    gathering: Gathering
    ignored: tuple[str, ...]
    """Headings that stand for nothing here."""

    def check(self) -> None:
        """Refuse a file that has a problem. Raises ImportRejected."""
        count = self.gathering.problem_count
        if count:
            problems = tuple(islice(self.gathering.problems(), TOLD))
            raise ImportRejected(Report(problems=problems, ignored_columns=self.ignored), count)


def check_forms(log: Log, files: Sequence[File], limits: Limits, tell: Tell = in_silence) -> CheckedForms:
    """Read one workbook or three CSV files. Nothing is recorded.

    tell: of rows. Raises BadFile, FileTooLarge, BadHeading, EmptyList.
    """
    gathering, today = Gathering(), day_of(log.clock() // 1000)
    ignored: list[str] = []
    done = 0
    with log.reading() as session:
        for table in form_tables(files, limits):
            gathering.called(table.form, table.where)
            ignored += (f"{table.where}：{heading}" for heading in table.table.ignored)
            for row in table.table.rows:
                _check_row(session, gathering, table, row, today)
                done += 1
                if done % 100 == 0:
                    tell(done, 0)
    if not gathering.agency_count:
        raise EmptyList
    gathering.close()
    return CheckedForms(gathering, tuple(ignored))


def _check_row(session: Session, gathering: Gathering, table: FormTable, row: Row, today: date) -> None:
    code = identity(row.cells["code"])
    gathering.add(table.form, code, row)
    if table.form == "agency":
        faults = rules.agency_form_faults(code, *agency_form(row.cells), 1, today)
        # What is not even a name is no question to a database.
        faults = faults or _clashes(session, code, row.cells["name"])
        if not faults and not has_right_inner_code(code):
            gathering.warn(table.form, row, "code", InnerCodeWrong(value=code))
    elif table.form == "legal_person":
        faults = _code_faults(code) + rules.legal_person_form_faults(*legal_person_form(row.cells), 1, today)
    else:
        faults = _code_faults(code) + rules.practitioner_form_faults(*practitioner_form(row.cells), 1, today)
        unclear = key_fault(row.cells)
        faults += [] if unclear is None else [unclear]
    for fault in faults:
        gathering.blame(table.form, row, fault)


def _code_faults(code: str) -> list[FieldFault]:
    try:
        check_uscc(code)
    except BadCode as refusal:
        return [field_fault("code", refusal)]
    return []


def _clashes(session: Session, code: str, name: str) -> list[FieldFault]:
    """What is wrong with an agency because of what is on record."""
    found: list[tuple[str, Refusal]] = []
    own = queries.agency(session, code)
    if own is not None and own.removal is not None:
        found.append(("code", errors.AgencyIsRemoved(code=code)))
    for agency in queries.agencies_named(session, name):
        if agency.code != code:
            found.append(("name", errors.NameTaken(name=name, other=agency.name, holder=agency.code)))
    for organisation in queries.organisations_named(session, name):
        if organisation.code != code and (own is None or own.facts.organisation != organisation.id):
            found.append(("name", errors.NameTaken(name=name, other=organisation.name, holder=organisation.id)))
    return [field_fault(member, refusal) for member, refusal in found]
