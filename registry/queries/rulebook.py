"""The texts of the three rules and of credit as published, and who promised or acknowledged what until when.

To rules the newest of all, to pages (`placed`) only what has its place in the log.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast

import orjson
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from audit.events import Event
from audit.queries import Place
from audit.tables import EntryRow, PublicRow
from registry.events import CommitmentPublished, ConductPublished, FormulaPublished
from registry.tables import (
    AcknowledgedByRow,
    AcknowledgementRow,
    CommitmentRow,
    CreditFactRow,
    FormRow,
    PractitionerLeftRow,
    RuleRow,
)

E = TypeVar("E", bound=CommitmentPublished | ConductPublished | FormulaPublished)
RULES: dict[type[Event], str] = {
    CommitmentPublished: "commitment",
    ConductPublished: "conduct",
    FormulaPublished: "credit",
}


@dataclass(frozen=True)
class Version(Generic[E]):
    """A version of a rule, whole."""

    event: E
    entry_id: int
    at: int
    """When it was published, Unix seconds."""
    place: Place | None


def versions(session: Session, rule: type[E], placed: bool = False) -> list[Version[E]]:
    """Every version of a rule, newest first: `versions(session, ConductPublished)`."""
    return _versions(session, rule, placed)


def version(session: Session, rule: type[E], number: int, placed: bool = False) -> Version[E] | None:
    return next(iter(_versions(session, rule, placed, RuleRow.version == number)), None)


def newest(session: Session, rule: type[E], placed: bool = False) -> Version[E] | None:
    """The newest version: the commitment to sign, the formula for calls made from now on."""
    return next(iter(_versions(session, rule, placed, limit=1)), None)


def conduct_at(session: Session, at: int, placed: bool = False) -> Version[ConductPublished] | None:
    """The code of conduct in force at a moment (Unix seconds): the newest that had taken effect."""
    return next(iter(_versions(session, ConductPublished, placed, RuleRow.effective <= at, limit=1)), None)


# Promises and acknowledgements


@dataclass(frozen=True)
class Promise:
    """An agency's promise: it holds until its term ends, whatever newer text there is."""

    code: str
    version: int
    until: int
    """The first second after its term, Unix seconds."""
    on_paper: bool
    entry_id: int
    at: int
    place: Place | None


def promises(session: Session, code: str, placed: bool = False) -> list[Promise]:
    """Every promise of an agency, newest first."""
    return _promises(session, placed, CommitmentRow.code == code)


def promise(session: Session, code: str, placed: bool = False) -> Promise | None:
    """An agency's newest promise, whether its term has ended or not."""
    return next(iter(promises(session, code, placed)), None)


def newest_promises(session: Session, placed: bool = False) -> dict[str, Promise]:
    """The newest promise of each agency, by code."""
    ids = _with_entry(CommitmentRow, placed, func.max(CommitmentRow.entry_id)).group_by(CommitmentRow.code)
    return {one.code: one for one in _promises(session, placed, CommitmentRow.entry_id.in_(ids))}


@dataclass(frozen=True)
class Acknowledgement:
    """That an agency acknowledged a version of the code, and which of its practitioners did so with it or later."""

    code: str
    version: int
    practitioners: frozenset[str]
    at: int
    """When the agency first did, Unix seconds."""
    place: Place | None


def acknowledgements(session: Session, code: str, placed: bool = False) -> list[Acknowledgement]:
    """What an agency acknowledged, the newest version first."""
    statement = _with_entry(AcknowledgementRow, placed, AcknowledgementRow, *_ENTRY)
    rows = session.execute(statement.where(AcknowledgementRow.code == code).order_by(AcknowledgementRow.entry_id)).all()
    by_whom: dict[int, list[str]] = {}
    people = select(AcknowledgedByRow).where(AcknowledgedByRow.entry_id.in_([row.entry_id for row, *_ in rows]))
    for one in session.scalars(people):
        by_whom.setdefault(one.entry_id, []).append(one.practitioner)
    found: dict[int, Acknowledgement] = {}
    for row, at, seq, logged in rows:
        first = found.get(row.version)
        who = frozenset(by_whom.get(row.entry_id, ()))
        if first is None:
            found[row.version] = Acknowledgement(code, row.version, who, at // 1000, _place(seq, logged))
        else:
            found[row.version] = Acknowledgement(code, row.version, first.practitioners | who, first.at, first.place)
    return [found[number] for number in sorted(found, reverse=True)]


def present_practitioners(session: Session, code: str) -> set[str]:
    """Ids of the practitioners whom an agency submitted a form of, and who have not left."""
    left = select(PractitionerLeftRow.practitioner).where(PractitionerLeftRow.code == code)
    statement = select(FormRow.practitioner).where(
        FormRow.code == code, FormRow.form == "practitioner", FormRow.practitioner.not_in(left)
    )
    return {one for one in session.scalars(statement.distinct()) if one is not None}


def was_practitioner(session: Session, code: str, practitioner: str) -> bool:
    """Whether an agency ever submitted a form of this practitioner."""
    statement = select(FormRow.entry_id).where(FormRow.code == code, FormRow.practitioner == practitioner)
    return session.scalar(statement.limit(1)) is not None


# Credit


@dataclass(frozen=True)
class CreditFact:
    """A commission completed (完成委托), or an objection upheld (异议成立)."""

    code: str
    fact: Literal["commission_completed", "objection_upheld"]
    project_code: str
    reference: str
    day: str
    """ISO date."""
    entry_id: int
    place: Place | None


def credit_facts(
    session: Session, code: str, fact: str | None = None, project_code: str | None = None, placed: bool = False
) -> list[CreditFact]:
    """An agency's facts of credit, all or of one kind or project, oldest first."""
    statement = _with_entry(CreditFactRow, placed, CreditFactRow, *_ENTRY).where(CreditFactRow.code == code)
    if fact is not None:
        statement = statement.where(CreditFactRow.fact == fact)
    if project_code is not None:
        statement = statement.where(CreditFactRow.project_code == project_code)
    return [
        CreditFact(
            row.code,
            cast(Literal["commission_completed", "objection_upheld"], row.fact),
            row.project_code,
            row.reference,
            row.day,
            row.entry_id,
            _place(seq, logged),
        )
        for row, _, seq, logged in session.execute(statement.order_by(CreditFactRow.entry_id))
    ]


# How they are found

_ENTRY = (EntryRow.at, EntryRow.seq, EntryRow.logged)


def _versions(session: Session, rule: type[E], placed: bool, *where: Any, limit: int | None = None) -> list[Version[E]]:
    statement = _with_entry(RuleRow, placed, RuleRow.entry_id, EntryRow.body, *_ENTRY)
    statement = statement.where(RuleRow.rule == RULES[rule], *where).order_by(RuleRow.version.desc()).limit(limit)
    return [
        Version(cast(E, rule.of(orjson.loads(body))), entry_id, at // 1000, _place(seq, logged))
        for entry_id, body, at, seq, logged in session.execute(statement)
    ]


def _promises(session: Session, placed: bool, *where: Any) -> list[Promise]:
    statement = _with_entry(CommitmentRow, placed, CommitmentRow, *_ENTRY)
    rows: Iterable[Any] = session.execute(statement.where(*where).order_by(CommitmentRow.entry_id.desc()))
    return [
        Promise(row.code, row.version, row.until, row.on_paper, row.entry_id, at // 1000, _place(seq, logged))
        for row, at, seq, logged in rows
    ]


def _with_entry(table: type[PublicRow], placed: bool, *columns: Any) -> Select[Any]:
    statement: Select[Any] = select(*columns).join(EntryRow, EntryRow.id == table.entry_id)
    return statement.where(EntryRow.seq.is_not(None)) if placed else statement


def _place(seq: int | None, logged: int | None) -> Place | None:
    return None if seq is None or logged is None else Place(seq, logged)
