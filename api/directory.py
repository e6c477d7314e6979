"""The list of agencies, kept in memory between two changes of the register, and the ways to search it."""

import threading
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy.orm import Session

from registry.model import Agency
from registry.names import name_key
from registry.pinyin import initials
from registry.queries.directory import Listed, directory

Status = Literal["in-force", "suspended", "removed"]


def status_of(agency: Agency, at: int) -> Status:
    """A key of `draw_wording.STATUSES`. at: Unix seconds."""
    if agency.removal is not None:
        return "removed"
    return "in-force" if agency.suspension_at(at) is None else "suspended"


class Directory:
    """Kept for the life of the application; whoever asks first after a change reads the register anew."""

    def __init__(self) -> None:
        self._version: Hashable = None
        self._listed: Sequence[Listed] = ()
        self._reading = threading.Lock()

    def of(self, session: Session, version: Hashable) -> Sequence[Listed]:
        """Every agency on record, by code. version: another one after every entry that changes the list."""
        with self._reading:
            if version != self._version:
                self._listed, self._version = directory(session), version
            return self._listed


@dataclass(frozen=True)
class Wanted:
    """What a search asks for; what is empty asks for nothing."""

    text: str = ""
    """Part of a name or a code, or first letters of a name's syllables."""
    field: str = ""
    region: str = ""
    status: str = ""
    forms: bool = False
    """Only with all three forms accepted and in force."""
    promise: bool = False
    """Only with a promise in force."""


@dataclass
class Found:
    """What there is. Each count says how many there would be with that choice, the others as they are."""

    agencies: list[Listed] = field(default_factory=list)
    """By code."""
    statuses: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    forms: int = 0
    promise: int = 0


def search(listed: Sequence[Listed], wanted: Wanted, at: int) -> Found:
    """at: Unix seconds."""
    found = Found()
    for one in _named(listed, wanted.text):
        facts, status = one.agency.facts, status_of(one.agency, at)
        has_forms, has_promise = one.has_forms(at), one.has_promise(at)
        met = (
            wanted.field in ("", *facts.fields),
            wanted.region in ("", facts.region),
            wanted.status in ("", status),
            has_forms or not wanted.forms,
            has_promise or not wanted.promise,
        )
        missed = met.count(False)
        if missed == 0:
            found.agencies.append(one)
        if missed == 0 or (missed == 1 and not met[0]):
            found.fields.update(facts.fields)
        if missed == 0 or (missed == 1 and not met[1]):
            found.regions[facts.region] += 1
        if missed == 0 or (missed == 1 and not met[2]):
            found.statuses[status] += 1
        if missed == 0:
            found.forms += has_forms
            found.promise += has_promise
    return found


def _named(listed: Sequence[Listed], text: str) -> Iterator[Listed]:
    """Those whose name or code holds the text, or whose name's syllables begin with its letters one after the other."""
    key = name_key(text).casefold()
    letters = key if key.isascii() and key.isalnum() and not key.isdigit() else ""
    for one in listed:
        is_named = key in one.name_key.casefold() or key in one.agency.code.casefold()
        if is_named or (letters and letters in initials(one.agency.name)):
            yield one
