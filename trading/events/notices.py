"""What is published of a project, and what moves with it. No line break can stand in an entry: texts are paragraphs."""

from typing import Literal

import pydantic

from audit.events import Event, Part

NoticeKind = Literal[
    "intention",
    "announcement",
    "prequalification",
    "invitation",
    "disclosure",
    "single_source",
    "clarification",
    "opening",
    "candidates",
    "result",
    "failure",
    "termination",
    "contract",
    "performance",
    "other",
    "pre_disclosure",
]
Method = Literal[
    "open_tender",
    "invited_tender",
    "competitive_negotiation",
    "competitive_consultation",
    "inquiry",
    "single_source",
    "listing",
    "auction",
    "online_bidding",
]
"""交易方式: 公开招标, 邀请招标, 竞争性谈判, 竞争性磋商, 询价, 单一来源, 挂牌, 拍卖, 网络竞价."""
Field = Literal["title", "text", "valid_from", "valid_until", "media", "files", "terms"]
Document = Literal["prequalification", "tender", "clarification", "drawings", "bill_of_quantities", "other"]


class Term(Part):
    """One of the particulars that the law wants in a notice of this kind."""

    name: str
    """A field of the notice's kind in the table of fields."""
    value: bool | int | str | list[str]
    """Money in fen, moments in Unix seconds, a text or its paragraphs."""


class NoticePublished(Event):
    """A notice (公告), version 1. Subject `project:CODE`; its documents are the entry's files."""

    kind = "trading.notice_published"
    project: str
    lot: str | None
    """Null where it concerns the whole project."""
    round: int
    """1; more once a lot failed and is announced again (重新招标)."""
    notice: str
    """Its id, the same in all versions."""
    notice_kind: NoticeKind
    version: int
    predecessor: str | None
    """The earlier notice of the project that this one follows from."""
    title: str
    text: list[str]
    valid_from: int
    valid_until: int | None
    media: list[str]
    """Where else it is published (发布媒介)."""
    method: Method | None = None
    """Of a notice that begins a procedure; else null."""
    terms: list[Term] = pydantic.Field(default_factory=list)
    """Ascending by `name`."""
    rules: list[str] = pydantic.Field(default_factory=list)
    """Clocks that it was checked against, each `ID@DATE`: the rule and the day from which that version applies."""


class NoticeCorrected(NoticePublished):
    """A notice's next version, whole (更正公告): the former stays readable. Subject `project:CODE`."""

    kind = "trading.notice_corrected"
    changed: list[Field]
    """Which members differ from the former version."""
    reason: str


class NoticeWithdrawn(Event):
    """A notice no longer counts (撤回); it and this tombstone stay readable. Subject `project:CODE`."""

    kind = "trading.notice_withdrawn"
    notice: str
    reason: str


class LotEvent(Event):
    """Something that happens to a lot in one of its rounds."""

    project: str
    lot: str
    round: int
    occurred_at: int | None = None
    """When it happened, where it is reported later; else null."""


class DocumentIssued(LotEvent):
    """Documents are handed out from now on (发放文件). Subject `project:CODE`; they are the entry's files."""

    kind = "trading.document_issued"
    document: Document
    issued_from: int
    issued_until: int
    price_fen: int


class QuestionAsked(LotEvent):
    """A question on the documents (提问). Who asked is a commitment. Subject `project:CODE`."""

    kind = "trading.question_asked"
    question: str
    """Its id."""
    text: list[str]


class ClarificationIssued(LotEvent):
    """A clarification or change of the documents (澄清、修改). Subject `project:CODE`; its files are the new ones."""

    kind = "trading.clarification_issued"
    document: Document
    questions: list[str]
    """Ids of the questions that it answers."""
    text: list[str]
    affects_bids: bool
    """Whether it may affect how bids are made up: then a least time must be left before the deadline."""


class DeadlineMoved(LotEvent):
    """The deadline for bids moves (顺延截止时间). Subject `project:CODE`."""

    kind = "trading.deadline_moved"
    old: int
    new: int
    cause: str
    """Why: the notice, clarification or suspension that it follows from, in words."""
