"""Prequalification: who may bid is judged before bids are invited, and stays a secret until bids are closed."""

from trading.events.notices import LotEvent


class ApplicantsJudged(LotEvent):
    """The applications to be prequalified were judged (审查资格预审申请). Subject `project:CODE`.

    Neither the applicants' names nor their number is in it: both lie in the commitment `judgements`, until
    `trading.prequalification_decided` tells them (招标投标法 22). The newest one of the round holds.
    """

    kind = "trading.applicants_judged"
    enough: bool
    """Whether three passed at least (实施条例 19)."""
