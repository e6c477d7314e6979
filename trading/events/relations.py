"""Bidders that may not bid in one lot together, as they declared it in their own bids: listed at the opening, judged by
the committee (招标投标法实施条例 34、37)."""

from typing import Literal

from audit.events import Part
from trading.events.notices import LotEvent

Tie = Literal["same_person", "control", "tenderer", "member_twice", "consortium_refused", "agreement_missing"]
"""单位负责人为同一人, 控股或者管理关系, 与招标人或者代理机构有利害关系, 联合体成员重复投标, 不接受联合体,
未提交共同投标协议."""


class Member(Part):
    """A member of a consortium (联合体成员)."""

    name: str
    code: str
    """Its unified social credit code."""
    share_permille: int
    """Its share of the work, in thousandths; those of all members make 1,000."""
    lead: bool = False
    """Whether it leads them (牵头人), which the program writes: a sealed bid says it by its order."""


class AgreementSignature(Part):
    """A member's signature on the consortium's agreement.

    It covers what a signed act of kind `trading.consortium_agreement` would, with the subject `project:CODE` and a body
    of `lot`, `project`, `round` and `sha256`, the agreement's.
    """

    code: str
    """The member's."""
    key: str
    """64 lower-case hex digits: the public key."""
    signature: str
    """128 lower-case hex digits."""


class Relation(Part):
    """Bids that one tie connects."""

    relation: str
    """Its number in the round, `gl-1` and so on."""
    tie: Tie
    receipts: list[str]
    """Of the bids, ascending; one only where it is about the tenderer, the agent or what the notice allows."""


class RelationsListed(LotEvent):
    """What the bids of a lot declare of their bidders ties them together (列出关联关系). Subject `project:CODE`.

    Signs that are questions and no findings lie in the commitment `signs`, for the supervisor.
    """

    kind = "trading.relations_listed"
    declared: int
    """How many of the bids that were opened declare anything."""
    relations: list[Relation]
    """In the order of their numbers."""


class RelationJudged(LotEvent):
    """The committee's finding on one relation (认定关联关系). Subject `project:CODE`."""

    kind = "trading.relation_judged"
    relation: str
    upheld: bool
    """Whether it holds; then all bids that it connects are rejected in the same act."""
    reason: str
