"""On-site supervision (入场行为监察制): incidents, answers, decisions, appeals.

Incidents and decisions are the supervisor's alone, answers and appeals the agency's. What is told is private; an entry
for ever holds agency, article, kind and dates. Files are descriptions as `documents.store` returns them.
"""

from collections.abc import Sequence

from audit.act import Act
from registry import documents, errors, queries
from registry.authority import agency_organisation, check_role
from registry.commands.holding import known_agency, shared
from registry.events import (
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
    AppealDecided,
    AppealFiled,
    Article,
    ConductPublished,
    IncidentAnswered,
    IncidentDecided,
    IncidentRecorded,
)
from registry.model.supervision import Incident, Ruling, Story
from registry.queries import rulebook, supervision
from registry.rules import check_decision
from registry.rules import supervision as rules
from registry.uscc import check_uscc
from registry.working_days import day_of

INCIDENTS = "incidents"
"""Held to record an incident: numbers are counted without gaps, which only reading all of them can tell."""


def record_incident(
    act: Act,
    code: str,
    article: str,
    happened: int,
    story: Story,
    *,
    practitioner: str | None = None,
    evidence: Sequence[bytes] = (),
) -> int:
    """Record what was seen of an agency on record (监察记录), under the next number of the year. By the supervisor.

    happened: Unix seconds; the article is one of the code of conduct that was in force then.
    Raises NoSuchAgency, BadIncident, NoSuchArticle, UnknownPractitioner, BadFact, DocumentMissing.
    """
    rules.check_story(story)
    rules.check_files(len(evidence))
    _lock(act, code, INCIDENTS)
    check_role(act, "supervisor")
    known_agency(act, code)
    at = act.at // 1000
    rules.check_happened(happened, at)
    conduct = rulebook.conduct_at(act.session, happened)
    rules.article_of([] if conduct is None else conduct.event.articles, article)
    assert conduct is not None  # else there was no such article
    if practitioner is not None and not rulebook.was_practitioner(act.session, code, practitioner):
        raise errors.UnknownPractitioner(code=code, practitioner=practitioner[:40])
    event = IncidentRecorded(
        incident=supervision.next_number(act.session, day_of(at).year),
        code=code,
        article=article,
        conduct_version=conduct.event.version,
        practitioner=practitioner,
        happened=happened,
    )
    told = {"place": story.place, "course": story.course, "witnesses": story.witnesses}
    private = {name: text.encode() for name, text in told.items()} | _files(act, evidence, "evidence")
    return act.record(event, _subject(code), private=private)


def answer_incident(act: Act, code: str, number: str, answer: str, files: Sequence[bytes] = ()) -> int:
    """Say something for oneself (陈述申辩), or more of it, before the decision. By the agency's account.

    Raises NotThatAgency, NoSuchIncident, IncidentIsDecided, BadIncident, BadFact, DocumentMissing.
    """
    rules.check_private_text(answer, "陈述申辩")
    rules.check_files(len(files))
    _lock(act, code)
    check_role(act, "agent")
    agency_organisation(act, code)
    rules.check_may_answer(_known(act, code, number))
    private = {"answer": answer.encode()} | _files(act, files, "file")
    return act.record(IncidentAnswered(incident=number, code=code), _subject(code), private=private)


def decide_incident(
    act: Act, code: str, number: str, ruling: Ruling, ground: str, decision_number: str, reasons: str
) -> int:
    """Decide on an incident (监察决定), and in the same act suspend or remove the agency where that is decided.

    By the supervisor, once the agency answered or had its time to. ground: the article of law. Returns the decision's
    entry. Raises NoSuchIncident, IncidentIsDecided, AnswerAwaited, BadRuling, BadText, DecisionRecorded,
    AgencyIsRemoved.
    """
    at = _lock_to_decide(act, code, ground, decision_number, reasons)
    incident = _known(act, code, number)
    rules.check_may_decide(incident, ruling, at)
    ruling = rules.settled(ruling, _article(act, incident), at)
    _check_number_is_free(act, code, decision_number)
    _check_can_be_sanctioned(act, code, ruling)
    event = IncidentDecided(incident=number, code=code, ground=ground, decision_number=decision_number, **vars(ruling))
    entry_id = act.record(event, _subject(code), private={"reasons": reasons.encode()})
    _record_measure(act, code, ruling, ground, decision_number)
    return entry_id


def file_appeal(act: Act, code: str, number: str, reasons: str, files: Sequence[bytes] = ()) -> int:
    """Ask for a review (申请复核) of a decision within sixty days. By the agency's account.

    Raises NotThatAgency, NoSuchIncident, NothingToAppeal, AppealFiledAlready, AppealTooLate, BadIncident, BadFact,
    DocumentMissing.
    """
    rules.check_private_text(reasons, "复核理由")
    rules.check_files(len(files))
    _lock(act, code)
    check_role(act, "agent")
    agency_organisation(act, code)
    rules.check_may_appeal(_known(act, code, number), act.at // 1000)
    private = {"appeal": reasons.encode()} | _files(act, files, "file")
    return act.record(AppealFiled(incident=number, code=code), _subject(code), private=private)


def decide_appeal(
    act: Act, code: str, number: str, ruling: Ruling | None, ground: str, decision_number: str, reasons: str
) -> int:
    """Decide on an appeal (复核决定): it stands (`ruling` None), or is changed to what is milder, in one act.

    A suspension or removal that is changed is lifted, and the milder one put in its place. By a supervisor who is not
    the person that decided before. Returns the entry of the decision on the appeal.
    Raises NoSuchIncident, NoAppealWaits, SameDecider, BadRuling, Unchanged, AppealMakesWorse, BadText,
    DecisionRecorded, AgencyIsRemoved.
    """
    at = _lock_to_decide(act, code, ground, decision_number, reasons)
    incident = _known(act, code, number)
    former = rules.check_appeal_waits(incident)
    if _is_same_person(act, former.actor):
        raise errors.SameDecider(incident=number)
    _check_number_is_free(act, code, decision_number)
    decided = former.ruling
    if ruling is not None:
        decided = rules.settled(ruling, _article(act, incident), at)
        rules.check_not_worse(incident, former.ruling, decided)
        _check_can_be_sanctioned(act, code, decided, incident.holding_number)
    event = AppealDecided(
        incident=number,
        code=code,
        result="stands" if ruling is None else "changed",
        ground=ground,
        decision_number=decision_number,
        **vars(decided),
    )
    entry_id = act.record(event, _subject(code), private={"reasons": reasons.encode()})
    if ruling is not None:
        _lift(act, incident, ground, decision_number)
        _record_measure(act, code, decided, ground, decision_number)
    return entry_id


def _lock_to_decide(act: Act, code: str, ground: str, decision_number: str, reasons: str) -> int:
    """What both kinds of decision ask first; returns the moment in Unix seconds."""
    check_decision(ground, decision_number)
    rules.check_private_text(reasons, "决定理由")
    _lock(act, code)
    check_role(act, "supervisor")
    return act.at // 1000


def _record_measure(act: Act, code: str, ruling: Ruling, ground: str, number: str) -> None:
    """Keep the agency out of the draws, where that is what was decided."""
    if ruling.sanction == "suspension":
        assert ruling.starts is not None
        measure = AgencySuspended.decided(
            code=code, starts=ruling.starts, until=ruling.until, ground=ground, decision_number=number
        )
        act.record(measure, _subject(code))
    elif ruling.sanction == "removal":
        act.record(AgencyRemoved(code=code, ground=ground, decision_number=number), _subject(code))


def _lift(act: Act, incident: Incident, ground: str, decision_number: str) -> None:
    """End the suspension or removal that the incident's former decision made, if it is still there."""
    number = incident.holding_number
    if number is not None and rules.stands_in(known_agency(act, incident.code), number):
        lifted = AgencyReinstated(code=incident.code, reason=ground, decision_number=decision_number, ends=number)
        act.record(lifted, _subject(incident.code))


def _check_can_be_sanctioned(act: Act, code: str, ruling: Ruling, lifted: str | None = None) -> None:
    """Refuse to suspend or remove who is removed by another decision than the one that is lifted.

    Raises AgencyIsRemoved.
    """
    removal = known_agency(act, code).removal
    if ruling.sanction in ("suspension", "removal") and removal is not None and removal.decision_number != lifted:
        raise errors.AgencyIsRemoved(code=code)


def _check_number_is_free(act: Act, code: str, decision_number: str) -> None:
    is_used = queries.decision_is_recorded(act.session, code, decision_number)
    if is_used or supervision.decision_number_is_used(act.session, code, decision_number):
        raise errors.DecisionRecorded(code=code, decision_number=decision_number)


def _is_same_person(act: Act, actor: str) -> bool:
    """Whether the acting account is the other's, or another one of its holder."""
    own, other = act.actor.split(":")[-1], actor.split(":")[-1]
    holder = queries.holder(act.session, own)
    return own == other or (holder is not None and holder == queries.holder(act.session, other))


def _article(act: Act, incident: Incident) -> Article:
    conduct = rulebook.version(act.session, ConductPublished, incident.conduct_version)
    assert conduct is not None  # the incident rests on it
    return rules.article_of(conduct.event.articles, incident.article)


def _known(act: Act, code: str, number: str) -> Incident:
    """An incident of this agency. Raises NoSuchIncident."""
    found = supervision.incident(act.session, number)
    if found is None or found.code != code:
        raise errors.NoSuchIncident(incident=number[:40])
    return found


def _files(act: Act, files: Sequence[bytes], name: str) -> dict[str, bytes]:
    """Files as private values `NAME_1`, `NAME_2` …, each of which must be stored. Raises BadFact, DocumentMissing."""
    for value in files:
        documents.check_stored(act.blobs, value)
    return {f"{name}_{number}": value for number, value in enumerate(files, 1)}


def _lock(act: Act, code: str, *own: str) -> None:
    """Raises BadCode, NoSuchAgency."""
    if code != check_uscc(code):
        raise errors.NoSuchAgency(code=code)
    act.lock(_subject(code), *own, shared=[*shared(act), documents.DOCUMENTS])


def _subject(code: str) -> str:
    return f"agency:{code}"
