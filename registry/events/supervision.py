"""On-site supervision (入场行为监察制): incidents, answers, decisions, appeals.

An entry for ever holds agency, article, kind and dates. The story, who saw it, the evidence, the answer and the appeal
are private values, whose showing ends with the decision (信用修复).
"""

from typing import Literal

from audit.events import Event

Sanction = Literal["none", "warning", "points", "suspension", "removal"]


class IncidentRecorded(Event):
    """The supervisor saw something (监察记录). Subject `agency:CODE`."""

    kind = "registry.incident_recorded"
    incident: str
    """Its number, such as `JC-2026-0003`."""
    code: str
    article: str
    """Of the code of conduct."""
    conduct_version: int
    practitioner: str | None
    happened: int


class IncidentAnswered(Event):
    """The agency's answer (陈述申辩), a private value. Subject `agency:CODE`."""

    kind = "registry.incident_answered"
    incident: str
    code: str


class Decision(Event):
    """What both a decision and the decision on an appeal say."""

    incident: str
    code: str
    sanction: Sanction
    points: int
    """0 unless `points`."""
    starts: int | None
    """The first second of a suspension; else null."""
    until: int | None
    """The first second after a suspension; else null."""
    ends: int | None
    """When the decision leaves every public page; null only for a removal, which lasts until it is lifted."""
    ground: str
    """The article of law it rests on."""
    decision_number: str


class IncidentDecided(Decision):
    """The supervisor's decision (监察决定). Subject `agency:CODE`."""

    kind = "registry.incident_decided"


class AppealFiled(Event):
    """The agency asks for a review (申请复核); its reasons are a private value. Subject `agency:CODE`."""

    kind = "registry.appeal_filed"
    incident: str
    code: str


class AppealDecided(Decision):
    """The review's decision (复核决定): whole, as it is from now on. Subject `agency:CODE`."""

    kind = "registry.appeal_decided"
    result: Literal["stands", "changed"]
