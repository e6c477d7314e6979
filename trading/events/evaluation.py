"""Evaluation: who judges, what was rejected, what came out, who stands to win."""

from typing import Literal

from pydantic import Field

from audit.events import Part
from trading.events.notices import LotEvent
from trading.events.relations import Member

Selection = Literal["drawn", "superior", "appointed"]
"""How a committee's experts were found: drawn here, drawn from a superior pool, named directly (招标投标法 37)."""


class CommitteeDrawn(LotEvent):
    """The evaluation committee was drawn (抽取评标专家). Subject `project:CODE`."""

    kind = "trading.committee_drawn"
    draw_id: str
    """Of the draw by the lottery's own protocol, whose agents are experts' opaque codes."""
    experts: list[str]
    """Opaque codes, in the order drawn; empty where the program is to write them."""
    specialities: list[str]
    """Which specialities were asked for."""


class Recused(Part):
    """Somebody who may not sit in the committee (回避)."""

    code: str
    reason: str
    """In words that name nobody."""


class CommitteeFormed(LotEvent):
    """Who sits in the evaluation committee (组成评标委员会). Subject `project:CODE`.

    Members are public by codes only. The name of each who was not drawn here is a private value of this entry, of which
    only a commitment is public: that of `ZJ-017` is called `expert_zj_017`. The newest one of the round holds.
    """

    kind = "trading.committee_formed"
    selection: Selection
    reference: str | None
    """Where not drawn here: the number of the record of the draw, or of the approval of naming them directly."""
    experts: list[str]
    """Opaque codes; where drawn here those of the newest `trading.committee_drawn`."""
    representatives: list[str]
    """Opaque codes of the tenderer's or purchaser's own people."""
    avoided: list[Recused]
    """Who was found to have an interest since, and does not sit."""


class CommitteeNamed(LotEvent):
    """The evaluators' names, once the law wants them public (公布评审专家名单). Subject `project:CODE`."""

    kind = "trading.committee_named"
    notice: str
    """Id of the notice of the result. Names of persons are never in a body: they are in the entry's file
    `committee.json`, each with the salt by which it opens the commitment under its code."""


class BidRejected(LotEvent):
    """A bid is rejected (否决投标). Subject `project:CODE`."""

    kind = "trading.bid_rejected"
    receipt: str
    clause: str
    """The clause of the documents or the law."""
    reason: str


class Score(Part):
    """What one bid came out with."""

    receipt: str
    rank: int
    score_milli: int | None
    """Points times 1,000; null where the price alone decides."""


class EvaluationCompleted(LotEvent):
    """The evaluation is done (评标完成). Subject `project:CODE`."""

    kind = "trading.evaluation_completed"
    scores: list[Score]
    """Ascending by rank."""
    report_sha256: str
    """Of the evaluation report: 64 hexadecimal digits."""


class Candidate(Part):
    """Someone who stands to win."""

    rank: int
    bidder: str
    bidder_code: str
    price_fen: int | None
    quality: str | None
    duration: str | None
    """The time for the works or the delivery (工期、交货期)."""


class CandidatesPublicised(LotEvent):
    """The candidates, for everybody to object to (中标候选人公示). Subject `project:CODE`."""

    kind = "trading.candidates_publicised"
    candidates: list[Candidate]
    """Three at most, ranked (实施条例 53)."""
    publicised_from: int
    publicised_until: int
    channel: str
    """Where objections go to."""
    members: list[Member] = Field(default_factory=list)
    """Of the candidates' consortia, each led by its candidate; the program writes them."""
