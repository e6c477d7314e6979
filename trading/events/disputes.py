"""Objections, challenges, complaints, and what they stop. Texts that may name persons are committed to, not shown."""

from typing import Literal

from trading.events.notices import LotEvent

Stage = Literal["prequalification", "documents", "opening", "result"]
Outcome = Literal["upheld", "partly_upheld", "rejected", "withdrawn"]
Order = Literal["continue", "correct", "evaluate_again", "revoke_award", "start_again"]
Cause = Literal["objection", "challenge", "complaint", "supervisor"]


class ObjectionFiled(LotEvent):
    """An objection (异议). Subject `project:CODE`; its text is a commitment."""

    kind = "trading.objection_filed"
    objection: str
    """Its id."""
    stage: Stage
    party: str
    """Who objects: its name, or 潜在投标人 where it must not be known yet."""
    abstract: str
    """What it is about, in a sentence (摘要)."""
    due_at: int | None
    """Until when the reply is due; null where the law of that trade sets no time."""


class ObjectionReplied(LotEvent):
    """The reply (异议答复). Subject `project:CODE`."""

    kind = "trading.objection_replied"
    objection: str
    outcome: Outcome
    abstract: str


class ChallengeFiled(ObjectionFiled):
    """A challenge in government procurement (质疑). Subject `project:CODE`; its text is a commitment."""

    kind = "trading.challenge_filed"


class ChallengeReplied(ObjectionReplied):
    """The reply to a challenge (质疑答复). Subject `project:CODE`."""

    kind = "trading.challenge_replied"


class ComplaintFiled(LotEvent):
    """A complaint to the supervisor (投诉). Subject `project:CODE`; its text is a commitment."""

    kind = "trading.complaint_filed"
    complaint: str
    """Its id."""
    objection: str | None
    """The objection or challenge that came first, where the law wants one."""
    stage: Stage
    party: str
    authority: str
    """Name of the department that handles it."""
    abstract: str
    due_at: int | None
    """Until when it must be accepted or refused; null where the law of that trade sets no time."""


class ComplaintAccepted(LotEvent):
    """The complaint is handled (投诉受理). Subject `project:CODE`."""

    kind = "trading.complaint_accepted"
    complaint: str
    due_at: int | None
    """Until when it must be decided; null where the law of that trade sets no time."""


class ComplaintRefused(LotEvent):
    """The complaint is not handled (投诉不予受理). Subject `project:CODE`."""

    kind = "trading.complaint_refused"
    complaint: str
    reason: str


class ComplaintDecided(LotEvent):
    """The decision on a complaint (投诉处理决定). Subject `project:CODE`."""

    kind = "trading.complaint_decided"
    complaint: str
    outcome: Outcome
    order: Order
    """What the tenderer has to do."""
    reference: str
    """Number of the decision."""
    abstract: str


class ProcessSuspended(LotEvent):
    """Nothing moves until it is resumed (暂停). Subject `project:CODE`."""

    kind = "trading.process_suspended"
    cause: Cause
    reference: str
    """Id of the objection, challenge or complaint; of a supervisor's order, its number."""
    until: int | None
    """The latest end that the law allows; null: until it is resumed."""


class ProcessResumed(LotEvent):
    """What was suspended for this cause goes on (恢复). Subject `project:CODE`."""

    kind = "trading.process_resumed"
    cause: Cause
    reference: str
