"""What the clock itself writes, and what anyone may ask for."""

from typing import Literal

from audit.events import Event
from trading.events.notices import LotEvent


class RuleBreached(LotEvent):
    """A statutory time has run out (期限违反): written by the clock, not by a person. Subject `project:CODE`."""

    kind = "trading.rule_breached"
    rule: str
    """`ID@DATE`: the rule and the day from which that version applies."""
    due_at: int
    """When it should have been done at the latest."""
    started_at: int
    """From when it was counted."""
    about: str
    """What started it: a notice, objection, complaint or contract; empty where the lot itself did."""


class DisclosureRequested(Event):
    """Somebody asks for a record that is not public (依申请公开): what and who are commitments.

    Subject `disclosure:NUMBER`.
    """

    kind = "trading.disclosure_requested"
    number: str
    """`YK-YEAR-SERIAL`."""
    project: str | None
    """The project that it is about, if one."""
    due_on: str
    """ISO date: the last of 20 working days (政府信息公开条例 33)."""


class DisclosureExtended(Event):
    """The one extension of 20 working days (延长答复期限). Subject `disclosure:NUMBER`."""

    kind = "trading.disclosure_extended"
    number: str
    due_on: str
    """ISO date."""
    reason: str


class DisclosureAnswered(Event):
    """The answer (政府信息公开答复). Subject `disclosure:NUMBER`; what is published is the entry's files."""

    kind = "trading.disclosure_answered"
    number: str
    outcome: Literal["published", "sent", "partly", "not_held", "refused"]
    legal_basis: str
    """Why, where it is not given in full; else the article that it is given by."""
    abstract: str


class DisclosureOverdue(Event):
    """The time for an answer has run out (逾期未答复): written by the clock. Subject `disclosure:NUMBER`."""

    kind = "trading.disclosure_overdue"
    number: str
    due_on: str
    """ISO date."""
