"""What everybody may see of one agency, gathered for its pages and for the API. Only what has its place in the log.

Nothing is told of a decision that has ended (信用修复). Persons' names and their certificates' numbers are there for as
long as the law wants them shown and nobody has erased them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, cast

from sqlalchemy.orm import Session

from api.endings import ended_numbers, quotes
from audit.blobs import Blobs
from lottery.public_queries import Chance, chances
from lottery.queries import AgencyDraw, agency_draws
from registry import queries, rules
from registry.events import (
    AgencyRemoved,
    AgencySuspended,
    Certificate,
    ConductPublished,
    PractitionerFormSubmitted,
    Sanction,
)
from registry.model import Agency, FormEvent
from registry.model.standing import Formula
from registry.queries import Change, forms, rulebook, supervision
from registry.queries.directory import Source, form_events, sources
from registry.queries.forms import FormState
from registry.queries.persons import ShownPersons, ShownPractitioner, shown_persons
from registry.standing import rulebook as published_rules
from registry.standing import standing

DRAWS = 50
"""Draws on one page."""
FARED = 200
"""Results over which chances and outcomes are summed."""

NOBODY = ShownPractitioner(None, None)


# The three forms


@dataclass(frozen=True)
class PublicForm:
    """The accepted version of a form that counts now."""

    state: FormState
    event: FormEvent
    source: Source

    @property
    def body(self) -> dict[str, Any]:
        return self.event.body()


@dataclass(frozen=True)
class Practitioner:
    """A practitioner (从业人员) who is with the agency, by the newest accepted version."""

    form: PublicForm
    shown: ShownPractitioner

    @property
    def event(self) -> PractitionerFormSubmitted:
        return cast(PractitionerFormSubmitted, self.form.event)

    @property
    def certificates(self) -> list[tuple[Certificate, str | None]]:
        """Each certificate with its number; None where that is not shown."""
        held = self.event.certificates
        numbers: Sequence[str | None] = self.shown.numbers or [None] * len(held)
        return list(zip(held, numbers, strict=True))


@dataclass(frozen=True)
class Forms:
    """The three forms (三表). Each None: never accepted."""

    agency: PublicForm | None
    legal_person: PublicForm | None
    practitioners: list[Practitioner]
    """By id."""
    persons: ShownPersons


def public_forms(session: Session, code: str) -> Forms:
    states = [one for one in forms.states(session, code, placed=True).values() if one.left is None]
    counted = {one.accepted_entry: one for one in states if one.accepted_entry is not None}
    events, places = form_events(session, list(counted)), sources(session, counted)
    persons = shown_persons(session, code)
    found = [PublicForm(state, events[entry_id], places[entry_id]) for entry_id, state in counted.items()]
    single = {one.state.form: one for one in found if one.state.practitioner is None}
    people = {one.state.practitioner: one for one in found if one.state.practitioner is not None}
    return Forms(
        agency=single.get("agency"),
        legal_person=single.get("legal_person"),
        practitioners=[Practitioner(people[who], persons.practitioners.get(who, NOBODY)) for who in sorted(people)],
        persons=persons,
    )


# Decisions


@dataclass(frozen=True)
class PublicDecision:
    """A decision that has not ended. Moments are Unix seconds."""

    sanction: Sanction
    points: int
    starts: int | None
    until: int | None
    ends: int | None
    ground: str
    decision_number: str
    seq: int | None
    """The entry's place."""
    incident: str | None = None
    article: str | None = None
    """Of the code of conduct, with its version."""
    conduct_version: int | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    """`place`, `account`, `reasons`, as far as they were not erased."""


def decisions(session: Session, agency: Agency, history: Sequence[Change], at: int) -> list[PublicDecision]:
    """Those in force: on incidents, and what was decided without one. at: Unix seconds."""
    told = supervision.in_force(session, agency.code, at)
    numbers = {one.decision.decision_number for one in told} | {one.incident.holding_number for one in told}
    places = {
        change.event.decision_number: change.seq
        for change in history
        if isinstance(change.event, AgencySuspended | AgencyRemoved)
    }
    found = [
        PublicDecision(
            sanction=one.decision.ruling.sanction,
            points=one.decision.ruling.points,
            starts=one.decision.ruling.starts,
            until=one.decision.ruling.until,
            ends=one.decision.ruling.ends,
            ground=one.decision.ground,
            decision_number=one.decision.decision_number,
            seq=None if one.decision.place is None else one.decision.place.seq,
            incident=one.incident.number,
            article=one.incident.article,
            conduct_version=one.incident.conduct_version,
            told=one.told,
        )
        for one in told
    ]
    for one in agency.suspensions:
        if not one.is_over_at(at) and one.decision_number not in numbers:
            number = one.decision_number
            found.append(
                PublicDecision(
                    "suspension", 0, one.starts, one.until, one.until, one.ground, number, places.get(number)
                )
            )
    removal = agency.removal
    if removal is not None and removal.decision_number not in numbers:
        number = removal.decision_number
        found.append(PublicDecision("removal", 0, None, None, None, removal.ground, number, places.get(number)))
    return found


# Credit


@dataclass(frozen=True)
class PublicCredit:
    """What an agency would have in a call that is published now."""

    credit: rules.Credit
    formula: Formula | None
    sources: Mapping[int, Source]

    def of(self, line: rules.Line) -> list[Source]:
        return [self.sources[entry] for entry in line.entries if entry in self.sources]


def credit(session: Session, code: str, at: int) -> PublicCredit:
    """at: Unix seconds. Points that have ended count no longer, so no line tells of them."""
    formulas = published_rules(session, placed=True).formulas
    formula = formulas[-1] if formulas else None
    found = rules.credit(standing(session, code, placed=True), formula, at)
    return PublicCredit(found, formula, sources(session, {entry for line in found.lines for entry in line.entries}))


# Draws


@dataclass(frozen=True)
class DrawnLine:
    """An agency in one attempt."""

    line: AgencyDraw
    chance: Chance | None
    """Where it was in the pool and there is a result."""
    is_over: bool
    """It was out for a decision that has ended since, of which nothing is told."""


@dataclass(frozen=True)
class Fared:
    """How an agency fared against its chances (机会与结果), over the newest results."""

    chances: list[Chance]

    @property
    def expected(self) -> Fraction:
        """How often it was to be ranked first on the average."""
        return sum((one.first for one in self.chances), Fraction(0))

    @property
    def expected_text(self) -> str:
        """To two places, half up."""
        hundredths = int(self.expected * 100 + Fraction(1, 2))
        return f"{hundredths // 100}.{hundredths % 100:02}"

    @property
    def firsts(self) -> int:
        return sum(one.rank == 1 for one in self.chances)

    @property
    def wins(self) -> int:
        return sum(one.is_winner for one in self.chances)


def fared(session: Session, blobs: Blobs, code: str) -> Fared:
    return Fared(chances(session, blobs, code, FARED))


def drawn_lines(
    session: Session, blobs: Blobs, code: str, now: int, known: Collection[Chance], before: int | None, limit: int
) -> tuple[list[DrawnLine], int | None]:
    """Some draws, newest first, and the `seq` after which the next page begins. now: Unix milliseconds."""
    lines = agency_draws(session, blobs, now, code, before=before, limit=limit + 1)
    places = list(dict.fromkeys(line.seq for line in lines))
    more = places[limit - 1] if len(places) > limit else None
    numbers = ended_numbers(session, [code], now // 1000).get(code, frozenset())
    chance_of = {(one.draw_id, one.attempt): one for one in known}
    found = [
        DrawnLine(
            line,
            None if line.attempt is None else chance_of.get((line.draw_id, line.attempt)),
            line.note is not None and quotes(line.note, numbers),
        )
        for line in lines
        if more is None or line.seq >= more
    ]
    return found, more


# Everything of one page


@dataclass(frozen=True)
class Acknowledged:
    """The code of conduct in force, and what the agency acknowledged, newest first."""

    in_force: rulebook.Version[ConductPublished] | None
    versions: list[rulebook.Acknowledgement]


def acknowledged(session: Session, code: str, at: int) -> Acknowledged:
    in_force = rulebook.conduct_at(session, at, placed=True)
    return Acknowledged(in_force, rulebook.acknowledgements(session, code, placed=True))


def told_history(session: Session, code: str, at: int) -> list[Change]:
    """Everything that the log shows of an agency and that may still be told, oldest first."""
    over = supervision.ended(session, [code], at)
    return [change for change in queries.history(session, code) if change.seq not in over]
