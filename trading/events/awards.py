"""Who won, or that nobody did."""

from typing import Literal

from pydantic import Field

from audit.events import Part
from trading.events.notices import LotEvent
from trading.events.relations import Member

Failure = Literal["too_few", "all_rejected", "over_budget", "below_reserve", "irregular", "task_cancelled"]
"""流标、废标: 投标人不足三家, 全部否决, 报价均超预算, 未达底价, 违法违规, 采购任务取消."""
Revocation = Literal["winner_renounced", "no_contract", "no_performance_bond", "unlawful", "complaint"]


class Winner(Part):
    """A winner (中标人、成交供应商、受让方)."""

    bidder: str
    bidder_code: str
    price_fen: int
    rank: int
    """In the evaluation; 1 where the highest or only offer wins."""
    reason: str | None
    """The listed cause, where it is not rank 1 (实施条例 55)."""


class AwardDecided(LotEvent):
    """The winner is fixed (确定中标人、成交). Subject `project:CODE`."""

    kind = "trading.award_decided"
    winners: list[Winner]
    members: list[Member] = Field(default_factory=list)
    """Of the winning consortia, as they were read out, each led by its winner; the program writes them."""


class AwardNotified(LotEvent):
    """The notice of award (中标通知书、成交通知书、成交确认书) was sent. Subject `project:CODE`."""

    kind = "trading.award_notified"
    number: str
    sent_at: int
    """From here the time for the contract runs."""


class AwardRevoked(LotEvent):
    """The award counts no longer (取消中标资格、中标无效). Subject `project:CODE`."""

    kind = "trading.award_revoked"
    ground: Revocation
    legal_basis: str
    next: Literal["next_candidate", "new_round"]
    """What follows."""


class ReportSubmitted(LotEvent):
    """The written report to the supervisor (招标投标情况书面报告). Subject `project:CODE`."""

    kind = "trading.report_submitted"
    authority: str


class LotFailed(LotEvent):
    """This round has no winner (流标、废标). Subject `project:CODE`."""

    kind = "trading.lot_failed"
    failure: Failure
    reason: str
    bids: int
    """How many bids, responses or offers there were."""


class LotTerminated(LotEvent):
    """The lot is given up before an award (终止). Subject `project:CODE`."""

    kind = "trading.lot_terminated"
    reason: str
    approval: str | None
    """Number of the approval, where one is needed."""
