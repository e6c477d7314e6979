"""On-site supervision: incidents with what followed, what waits for whom, what is in force, and what is over.

To rules the newest of all, to pages (`placed`) only what has its place in the log. What a page shows of a story depends
on the moment: once the decision has ended, nothing of it is answered (信用修复).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from audit.queries import Place
from audit.tables import EntryRow, PrivateValueRow, PublicRow
from registry.events import (
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
    AppealDecided,
    AppealFiled,
    IncidentAnswered,
    IncidentDecided,
    IncidentRecorded,
    Sanction,
)
from registry.model.supervision import Decided, Incident, Ruling, Step
from registry.rules.supervision import Measure, endings, entry_ends, incident_ends, is_heard
from registry.tables import AgencyDecisionRow, IncidentDecisionRow, IncidentRow, IncidentStepRow

ENDING: Final = frozenset(
    event.kind
    for event in (
        *(AgencySuspended, AgencyRemoved, AgencyReinstated),
        *(IncidentRecorded, IncidentAnswered, IncidentDecided, AppealFiled, AppealDecided),
    )
)
"""The kinds of entries that tell of a decision, which may end."""
SHOWN: Final = ("place", "course", "reasons")
"""The private values that everybody may read while the decision is in force: neither witnesses nor files are among
them, nor what the agency says for itself."""


# Incidents


def incident(session: Session, number: str, placed: bool = False) -> Incident | None:
    """Everything of one incident."""
    return next(iter(_incidents(session, placed, IncidentRow.incident == number)), None)


def incidents(session: Session, code: str | None = None, placed: bool = False) -> list[Incident]:
    """All incidents, or one agency's, oldest first."""
    return _incidents(session, placed, *([] if code is None else [IncidentRow.code == code]))


def open_incidents(session: Session, code: str | None = None, placed: bool = False) -> list[Incident]:
    """Those that nobody has decided yet, oldest first: what an agency may answer."""
    decided = select(IncidentDecisionRow.incident)
    where = [IncidentRow.incident.not_in(decided), *([] if code is None else [IncidentRow.code == code])]
    return _incidents(session, placed, *where)


def decisions_due(session: Session, at: int) -> list[Incident]:
    """Open ones whose agency answered or had its time to, oldest first. at: Unix seconds."""
    return [one for one in open_incidents(session) if is_heard(one, at)]


def appeals_waiting(session: Session) -> list[Incident]:
    """Those with an appeal that nobody has decided yet, oldest first."""
    appealed = select(IncidentStepRow.incident).where(IncidentStepRow.step == "appealed")
    reviewed = select(IncidentDecisionRow.incident).where(IncidentDecisionRow.result.is_not(None))
    return _incidents(session, False, IncidentRow.incident.in_(appealed), IncidentRow.incident.not_in(reviewed))


def next_number(session: Session, year: int) -> str:
    """The number of the year's next incident, counted without gaps. Whoever asks holds `incidents`."""
    prefix = f"JC-{year}-"
    statement = select(IncidentRow.incident).where(IncidentRow.incident.startswith(prefix, autoescape=True))
    newest = max((int(one.removeprefix(prefix)) for one in session.scalars(statement)), default=0)
    return f"{prefix}{newest + 1:04}"


def decision_number_is_used(session: Session, code: str, decision_number: str) -> bool:
    """Whether a decision on an incident of this agency bears the number already."""
    statement = select(IncidentDecisionRow.entry_id).where(
        IncidentDecisionRow.code == code, IncidentDecisionRow.decision_number == decision_number
    )
    return session.scalar(statement.limit(1)) is not None


# What is told


@dataclass(frozen=True)
class InForce:
    """A decision that everybody may see now, with what of its story may be shown and was not erased."""

    incident: Incident
    decision: Decided
    """The one that holds."""
    told: Mapping[str, str]
    """`place`, `account`, and `reasons` of the decision that holds."""


def in_force(session: Session, code: str, at: int, placed: bool = True) -> list[InForce]:
    """The decisions on an agency's incidents that have not ended, oldest first. at: Unix seconds."""
    lifted = _numbers(_measures(session, [code], placed).get(code, []))
    found = []
    for one in incidents(session, code, placed):
        ends = incident_ends(one, lifted)
        if one.decision is not None and (ends is None or at < ends):
            found.append(one)
    values = _texts(session, [entry_id for one in found for entry_id in (one.entry_id, _decided(one).entry_id)])
    return [
        InForce(
            one,
            _decided(one),
            {name: text for (entry_id, name), text in values.items() if name in SHOWN and _is_told(one, entry_id)},
        )
        for one in found
    ]


def private_values(session: Session, one: Incident, at: int) -> dict[int, dict[str, bytes]]:
    """PRIVATE. Everything told of an incident and what followed, by entry id and name, for its agency and supervisors.

    Nothing once its decision has ended and no appeal waits. Files are descriptions (`registry.documents`).
    """
    if not one.is_shown_at(at):
        return {}
    entry_ids = [one.entry_id, *(step.entry_id for step in one.steps), *(each.entry_id for each in one.decisions)]
    found: dict[int, dict[str, bytes]] = defaultdict(dict)
    for entry_id, name, value in _values(session, entry_ids):
        found[entry_id][name] = value
    return dict(found)


# What is over


def ended(session: Session, codes: Collection[str], at: int) -> dict[int, int]:
    """The published entries about these agencies that tell of a decision that is over: place to the second it ended.

    Public pages and feeds leave them out; the log's own pages say 已到期 beside them. at: Unix seconds.
    """
    ends: dict[int, int | None] = {}
    by_code = _measures(session, codes, True)
    for measures in by_code.values():
        places = {one.entry_id: seq for one, seq in measures}
        ends |= {places[entry_id]: end for entry_id, end in endings(one for one, _ in measures).items()}
    for one in _incidents(session, True, IncidentRow.code.in_(codes)):
        lifted = _numbers(by_code.get(one.code, []))
        ends |= {place.seq: entry_ends(one, entry_id, lifted) for entry_id, place in _places(one)}
    return {seq: end for seq, end in ends.items() if end is not None and end <= at}


# How they are found


def _incidents(session: Session, placed: bool, *where: Any) -> list[Incident]:
    found = session.execute(_with_entry(IncidentRow, placed).where(*where).order_by(IncidentRow.entry_id)).all()
    numbers = [row.incident for row, *_ in found]
    steps: dict[str, list[Step]] = defaultdict(list)
    decisions: dict[str, list[Decided]] = defaultdict(list)
    for row, at, _, seq, logged in _following(session, IncidentStepRow, numbers, placed):
        step = cast(Literal["answered", "appealed"], row.step)
        steps[row.incident].append(Step(step, row.entry_id, at // 1000, _place(seq, logged)))
    for row, at, actor, seq, logged in _following(session, IncidentDecisionRow, numbers, placed):
        decisions[row.incident].append(_decision(row, at, actor, _place(seq, logged)))
    return [
        Incident(
            number=row.incident,
            code=row.code,
            article=row.article,
            conduct_version=row.conduct_version,
            practitioner=row.practitioner,
            happened=row.happened,
            entry_id=row.entry_id,
            at=at // 1000,
            actor=actor,
            place=_place(seq, logged),
            steps=tuple(steps[row.incident]),
            decisions=tuple(decisions[row.incident]),
        )
        for row, at, actor, seq, logged in found
    ]


def _decision(row: IncidentDecisionRow, at: int, actor: str, place: Place | None) -> Decided:
    return Decided(
        ruling=Ruling(cast(Sanction, row.sanction), row.points, row.starts, row.until, row.ends),
        ground=row.ground,
        decision_number=row.decision_number,
        result=cast(Literal["stands", "changed"] | None, row.result),
        entry_id=row.entry_id,
        at=at // 1000,
        actor=actor,
        place=place,
    )


def _following(
    session: Session, table: type[IncidentStepRow] | type[IncidentDecisionRow], numbers: list[str], placed: bool
) -> Sequence[Any]:
    return session.execute(_with_entry(table, placed).where(table.incident.in_(numbers)).order_by(table.entry_id)).all()


def _measures(session: Session, codes: Collection[str], placed: bool) -> dict[str, list[tuple[Measure, int]]]:
    """The suspensions, removals and reinstatements of agencies, oldest first, each with its place (-1: none yet)."""
    statement = _with_entry(AgencyDecisionRow, placed).where(AgencyDecisionRow.code.in_(codes))
    found: dict[str, list[tuple[Measure, int]]] = defaultdict(list)
    for row, at, _, seq, _ in session.execute(statement.order_by(AgencyDecisionRow.entry_id)):
        kind = cast(Literal["suspended", "removed", "reinstated"], row.decision)
        measure = Measure(row.entry_id, kind, at // 1000, row.until, row.decision_number, row.ends)
        found[row.code].append((measure, -1 if seq is None else seq))
    return found


def _numbers(measures: Sequence[tuple[Measure, int]]) -> dict[str, int]:
    """When each suspension and removal ends, by its number."""
    ends = endings(one for one, _ in measures)
    lasting = [one for one, _ in measures if one.kind != "reinstated"]
    return {one.number: ends[one.entry_id] for one in lasting if one.entry_id in ends}


def _with_entry(table: type[PublicRow], placed: bool) -> Select[Any]:
    """Rows with `at`, `actor`, `seq` and `logged` of their entries."""
    rows = select(table, EntryRow.at, EntryRow.actor, EntryRow.seq, EntryRow.logged)
    statement = cast(Select[Any], rows.join(EntryRow, EntryRow.id == table.entry_id))
    return statement.where(EntryRow.seq.is_not(None)) if placed else statement


def _places(one: Incident) -> list[tuple[int, Place]]:
    """The entries of an incident with their places, where they have one."""
    steps = [(each.entry_id, each.place) for each in one.steps]
    decisions = [(each.entry_id, each.place) for each in one.decisions]
    entries = [(one.entry_id, one.place), *steps, *decisions]
    return [(entry_id, place) for entry_id, place in entries if place is not None]


def _decided(one: Incident) -> Decided:
    assert one.decision is not None
    return one.decision


def _is_told(one: Incident, entry_id: int) -> bool:
    return entry_id in (one.entry_id, _decided(one).entry_id)


def _values(session: Session, entry_ids: list[int]) -> Sequence[Any]:
    return session.execute(
        select(PrivateValueRow.entry_id, PrivateValueRow.name, PrivateValueRow.value)
        .where(PrivateValueRow.entry_id.in_(entry_ids))
        .order_by(PrivateValueRow.entry_id, PrivateValueRow.name)
    ).all()


def _texts(session: Session, entry_ids: list[int]) -> dict[tuple[int, str], str]:
    return {(entry_id, name): value.decode() for entry_id, name, value in _values(session, entry_ids) if name in SHOWN}


def _place(seq: int | None, logged: int | None) -> Place | None:
    return None if seq is None or logged is None else Place(seq, logged)
