"""Whole lists and forms put on record from files, with a report that says of each row why.

checked = check_forms(log, [(file, "登记表.xlsx")], OWN_FILE)       # reads the whole file, records nothing
report = record_forms(log, SYSTEM, checked, key=key)               # each agency whole, or none of it
"""

from registry.importing.agency_list import import_agencies
from registry.importing.checking import CheckedForms, check_forms
from registry.importing.problems import (
    DuplicateInFile,
    EmptyList,
    ImportRejected,
    ImportStopped,
    InnerCodeWrong,
    Problem,
    Report,
)
from registry.importing.recording import FormsReport, record_forms

__all__ = [
    "CheckedForms",
    "DuplicateInFile",
    "EmptyList",
    "FormsReport",
    "ImportRejected",
    "ImportStopped",
    "InnerCodeWrong",
    "Problem",
    "Report",
    "check_forms",
    "import_agencies",
    "record_forms",
]
