"""The rows of the three forms, brought together by agency in a scratch file, and what is wrong with them.

Only what is looked at stands in memory, however many rows the file has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import orjson

from audit.errors import Refusal
from registry.errors import FieldFault
from registry.events import Form
from registry.importing.problems import DuplicateInFile, NoLegalPerson, NotInAgencies, Problem
from registry.names import name_key
from registry.sheets.forms import LAYOUTS, TITLES, column_of
from registry.sheets.heading import Row
from registry.sheets.scratch import new_scratch
from registry.sheets.values import identity

_ORDER: dict[Form, int] = {form: place for place, form in enumerate(TITLES)}
_TABLES = """
CREATE TABLE rows (code TEXT, form INTEGER, number INTEGER, cells BLOB, PRIMARY KEY (code, form, number)) WITHOUT ROWID;
CREATE TABLE single (what TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE agencies (place INTEGER PRIMARY KEY, code TEXT, number INTEGER);
CREATE TABLE problems (form INTEGER, number INTEGER, place INTEGER, is_warning INTEGER, problem BLOB,
                       PRIMARY KEY (form, number, place)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Gathered:
    """One agency's rows, in the order of the file."""

    code: str
    agency: Row
    legal_person: Row
    practitioners: tuple[Row, ...]


class Gathering:
    """Rows are added form by form, agencies first; then `close` looks for what is missing."""

    def __init__(self) -> None:
        self._scratch = new_scratch()
        for statement in _TABLES.split(";"):
            self._scratch.execute(statement)
        self._where: dict[Form, str] = {}
        self._places = 0
        self.problem_count = 0

    def called(self, form: Form, where: str) -> None:
        """How a report calls the table that holds this form."""
        self._where[form] = where

    def add(self, form: Form, code: str, row: Row) -> None:
        if form == "agency":
            self._add_single(form, f"code {code}", "code", row)
            self._add_single(form, f"name {name_key(row.cells['name'])}", "name", row)
            self._scratch.execute("INSERT INTO agencies (code, number) VALUES (?, ?)", (code, row.number))
        elif not self._has(f"code {code}"):
            self.refuse(form, row, "code", NotInAgencies(sheet=self._where["agency"], value=code[:40]))
        if form == "legal_person":
            self._add_single(form, f"legal person {code}", "code", row)
        elif form == "practitioner":
            self._add_single(form, f"person {code} {identity(row.cells['identity_number'])}", "identity_number", row)
        self._scratch.execute(
            "INSERT INTO rows VALUES (?, ?, ?, ?)", (code, _ORDER[form], row.number, orjson.dumps(row.cells))
        )

    def _add_single(self, form: Form, what: str, member: str, row: Row) -> None:
        """What may come once."""
        first = self._scratch.execute("SELECT number FROM single WHERE what = ?", (what,)).fetchone()
        if first is None:
            self._scratch.execute("INSERT INTO single VALUES (?, ?)", (what, row.number))
        else:
            self.refuse(form, row, member, DuplicateInFile(row=first[0]))

    def _has(self, what: str) -> bool:
        return self._scratch.execute("SELECT 1 FROM single WHERE what = ?", (what,)).fetchone() is not None

    def refuse(self, form: Form, row: Row, member: str, refusal: Refusal) -> None:
        self._note(form, row.number, LAYOUTS[form].heading(member), refusal, is_warning=False)

    def warn(self, form: Form, row: Row, member: str, refusal: Refusal) -> None:
        self._note(form, row.number, LAYOUTS[form].heading(member), refusal, is_warning=True)

    def blame(self, form: Form, row: Row, fault: FieldFault) -> None:
        self._keep(form, row.number, column_of(form, row.cells, fault.field), fault.code, fault.zh, fault.en, False)

    def _note(self, form: Form, number: int, column: str, refusal: Refusal, *, is_warning: bool) -> None:
        self._keep(
            form, number, column, refusal.code, refusal.message("zh"), refusal.message("en"), is_warning=is_warning
        )

    def _keep(self, form: Form, number: int, column: str, code: str, zh: str, en: str, is_warning: bool) -> None:
        problem = orjson.dumps({"row": number, "column": column, "code": code, "zh": zh, "en": en})
        self._places += 1
        self._scratch.execute(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?)", (_ORDER[form], number, self._places, is_warning, problem)
        )
        self.problem_count += not is_warning

    def close(self) -> None:
        """Say of each agency without a legal person that it has none."""
        statement = (
            "SELECT number FROM agencies WHERE NOT EXISTS"
            " (SELECT 1 FROM single WHERE what = 'legal person ' || agencies.code) ORDER BY number"
        )
        missing = NoLegalPerson(sheet=self._where["legal_person"])
        for (number,) in self._scratch.execute(statement).fetchall():
            self._note("agency", number, LAYOUTS["agency"].heading("code"), missing, is_warning=False)

    def problems(self, *, warnings: bool = False) -> Iterator[Problem]:
        """What is wrong, or worth a look, by form and row."""
        forms: tuple[Form, ...] = tuple(_ORDER)
        statement = "SELECT form, problem FROM problems WHERE is_warning = ? ORDER BY form, number, place"
        for place, problem in self._scratch.execute(statement, (warnings,)):
            yield Problem(**orjson.loads(problem), sheet=self._where[forms[place]])

    @property
    def agency_count(self) -> int:
        count: int = self._scratch.execute("SELECT count(*) FROM agencies").fetchone()[0]
        return count

    def batches(self, size: int) -> Iterator[list[Gathered]]:
        """Every agency's rows, in the order of the agencies' sheet. Only of files without a fault."""
        after = 0
        while True:
            statement = "SELECT place, code FROM agencies WHERE place > ? ORDER BY place LIMIT ?"
            found = self._scratch.execute(statement, (after, size)).fetchall()
            if not found:
                return
            after = found[-1][0]
            yield [self._of(code) for _, code in found]

    def _of(self, code: str) -> Gathered:
        statement = "SELECT form, number, cells FROM rows WHERE code = ? ORDER BY form, number"
        rows = self._scratch.execute(statement, (code,))
        by_form = {
            form: [Row(number, orjson.loads(cells)) for _, number, cells in group]
            for form, group in groupby(rows, key=lambda row: row[0])
        }
        (agency,), (legal_person,) = by_form[_ORDER["agency"]], by_form[_ORDER["legal_person"]]
        return Gathered(code, agency, legal_person, tuple(by_form.get(_ORDER["practitioner"], ())))
