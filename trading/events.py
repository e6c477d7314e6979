"""What trading writes to the log. Moments are Unix seconds, money is fen (分); nothing here names a person.

No line break can stand in an entry, so a notice's text is a list of paragraphs.
"""

from typing import Literal

from audit.events import Event, Part

Trade = Literal["A", "B", "C", "D"]
"""What is traded: A construction (工程建设), B land and mining rights (土地使用权和矿业权), C state-owned property
rights (国有产权), D government procurement (政府采购)."""
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
]
Field = Literal["title", "text", "valid_from", "valid_until", "media", "files"]


class ProjectLot(Part):
    """A lot (标段、包、宗地、标的): the unit that is won."""

    lot: str
    title: str
    estimate_fen: int | None


class ProjectRegistered(Event):
    """A project enters the centre (项目登记). Subject `project:CODE`."""

    kind = "trading.project_registered"
    code: str
    """As the source gives it; it is not parsed for meaning."""
    trade: Trade
    class_code: str | None
    """公共资源交易分类代码."""
    title: str
    tenderer: str
    """Id of the tenderer's (招标人、采购人、出让人) organisation record."""
    tenderer_name: str
    """Its name as recorded at that time."""
    legal_basis: str
    approval: str | None
    """Number of the approval document (批文)."""
    funding: str | None
    estimate_fen: int | None
    region: str
    """GB/T 2260: six digits."""
    lots: list[ProjectLot]


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


class AgentEngaged(Event):
    """The commission contract (委托代理合同) with an agent that the draw gave. Subject `project:CODE`."""

    kind = "trading.agent_engaged"
    project: str
    draw_id: str
    attempt: int
    agent: str
    """Its unified social credit code."""
    contract_number: str
