"""What an agency has to see to: what is missing, what came back, what runs out, what waits for its word.

Reminders are computed and kept nowhere. Findings are no part of it: they are for the registrar and the inspectors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy.orm import Session

from audit.errors import Refusal
from registry import queries
from registry.events import CommitmentPublished, Fault, Form, LegalPersonFormSubmitted, PractitionerFormSubmitted
from registry.model import FormEvent
from registry.model.supervision import Incident
from registry.queries import rulebook, supervision
from registry.queries.forms import FormKey, FormState, states, why_returned
from registry.queries.forms import version as version_of
from registry.rules.forms import REMINDED_BEFORE
from registry.rules.supervision import answer_until, appeal_until, check_may_appeal
from registry.working_days import DAY, CalendarUnknown, end_of

Kind = Literal[
    "FORM_MISSING",
    "FORM_RETURNED",
    "FORM_WAITING",
    "FORM_EXPIRING",
    "FORM_EXPIRED",
    "TERM_EXPIRING",
    "TERM_EXPIRED",
    "CERTIFICATE_EXPIRING",
    "CERTIFICATE_EXPIRED",
    "KEY_MISSING",
    "COMMITMENT_MISSING",
    "COMMITMENT_EXPIRING",
    "COMMITMENT_EXPIRED",
    "CODE_NOT_ACKNOWLEDGED",
    "INCIDENT_TO_ANSWER",
    "APPEAL_POSSIBLE",
]


@dataclass(frozen=True)
class Matter:
    """One thing to see to."""

    kind: Kind
    form: Form | None = None
    practitioner: str | None = None
    """Whose form it is; None with `form` practitioner: there is none yet."""
    until: int | None = None
    """Unix seconds: when it runs out or ran out, or until when one may still act."""
    entry_id: int | None = None
    """The entry it is about."""
    faults: tuple[Fault, ...] = ()
    """Of a form that was returned."""
    version: int | None = None
    """Of the form, the code or the commitment."""
    incident: str | None = None
    certificate: str | None = None
    """The name of one that runs out."""


def matters(session: Session, code: str, at: int) -> list[Matter]:
    """Everything an agency has to see to, in the order in which a newcomer does it. at: Unix seconds."""
    return [
        *_forms(session, code, at),
        *_key(session, code),
        *_commitment(session, code, at),
        *_conduct(session, code, at),
        *_incidents(session, code, at),
    ]


def _forms(session: Session, code: str, at: int) -> Iterator[Matter]:
    known = states(session, code)
    present = {key: state for key, state in known.items() if state.left is None}
    wanted: list[FormKey] = [("agency", None), ("legal_person", None)]
    wanted += sorted((key for key in present if key[0] == "practitioner"), key=lambda key: key[1] or "")
    if len(wanted) == 2:
        wanted.append(("practitioner", None))
    for key in wanted:
        state = present.get(key)
        if state is None:
            yield Matter("FORM_MISSING", *key)
        else:
            yield from _form(session, state, at)


def _form(session: Session, state: FormState, at: int) -> Iterator[Matter]:
    form, whose, version = state.form, state.practitioner, state.version
    if state.decided == "returned":
        entry_id, faults = why_returned(session, state)
        yield Matter("FORM_RETURNED", form, whose, entry_id=entry_id, faults=faults, version=version)
    elif state.decided == "waiting":
        yield Matter("FORM_WAITING", form, whose, entry_id=state.entry_id, version=version)
    # A renewal that waits needs no reminder.
    if state.until is not None and state.decided != "waiting" and state.until - REMINDED_BEFORE * DAY <= at:
        kind: Kind = "FORM_EXPIRED" if state.until <= at else "FORM_EXPIRING"
        yield Matter(kind, form, whose, until=state.until, entry_id=state.accepted_entry, version=state.accepted)
    if state.accepted_entry is not None:
        yield from _told_by_form(version_of(session, state.accepted_entry), state, at)


def _told_by_form(event: FormEvent, state: FormState, at: int) -> Iterator[Matter]:
    """What runs out by the accepted form itself: the legal person's term, a practitioner's certificates."""
    if isinstance(event, LegalPersonFormSubmitted):
        for expiring, until in _soon_over(event.term_until, at):
            kind: Kind = "TERM_EXPIRING" if expiring else "TERM_EXPIRED"
            yield Matter(kind, state.form, until=until, entry_id=state.accepted_entry)
    elif isinstance(event, PractitionerFormSubmitted):
        for one in event.certificates:
            for expiring, until in _soon_over(one.until, at):
                kind = "CERTIFICATE_EXPIRING" if expiring else "CERTIFICATE_EXPIRED"
                whose = state.practitioner
                yield Matter(kind, state.form, whose, until, state.accepted_entry, certificate=one.name)


def _soon_over(last_day: str | None, at: int) -> Iterator[tuple[bool, int]]:
    """Whether it is still to run out, and when, if that is near or past; `last_day`: ISO date."""
    if last_day is not None:
        until = end_of(date.fromisoformat(last_day))
        if until - REMINDED_BEFORE * DAY <= at:
            yield at < until, until


def _key(session: Session, code: str) -> Iterator[Matter]:
    organisation = queries.organisation_with_code(session, code)
    if organisation is not None and not queries.keys_in_force(session, organisation.id):
        yield Matter("KEY_MISSING")


def _commitment(session: Session, code: str, at: int) -> Iterator[Matter]:
    newest = rulebook.newest(session, CommitmentPublished)
    if newest is None:
        return
    promise, version = rulebook.promise(session, code), newest.event.version
    if promise is None:
        yield Matter("COMMITMENT_MISSING", entry_id=newest.entry_id, version=version)
    elif promise.until <= at:
        yield Matter("COMMITMENT_EXPIRED", until=promise.until, entry_id=promise.entry_id, version=version)
    elif promise.until - REMINDED_BEFORE * DAY <= at:
        yield Matter("COMMITMENT_EXPIRING", until=promise.until, entry_id=promise.entry_id, version=version)


def _conduct(session: Session, code: str, at: int) -> Iterator[Matter]:
    in_force = rulebook.conduct_at(session, at)
    known = {one.version for one in rulebook.acknowledgements(session, code)}
    if in_force is not None and in_force.event.version not in known:
        yield Matter("CODE_NOT_ACKNOWLEDGED", entry_id=in_force.entry_id, version=in_force.event.version)


def _incidents(session: Session, code: str, at: int) -> Iterator[Matter]:
    for one in supervision.incidents(session, code):
        if one.decision is None and not one.is_answered:
            yield Matter("INCIDENT_TO_ANSWER", until=_answer_until(one), entry_id=one.entry_id, incident=one.number)
        elif one.decision is not None and _may_appeal(one, at):
            until = appeal_until(one.decision.at)
            yield Matter("APPEAL_POSSIBLE", until=until, entry_id=one.decision.entry_id, incident=one.number)


def _answer_until(incident: Incident) -> int | None:
    try:
        return answer_until(incident.at)
    except CalendarUnknown:  # of next year, before it is announced
        return None


def _may_appeal(incident: Incident, at: int) -> bool:
    try:
        check_may_appeal(incident, at)
    except Refusal:
        return False
    return True
