"""Whole lists and forms put on record from files, with a report that says of each row why."""

from registry.importing.agency_list import import_agencies
from registry.importing.problems import DuplicateInFile, EmptyList, ImportRejected, InnerCodeWrong, Problem, Report

__all__ = [
    "DuplicateInFile",
    "EmptyList",
    "ImportRejected",
    "InnerCodeWrong",
    "Problem",
    "Report",
    "import_agencies",
]
