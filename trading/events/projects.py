"""A project and who acts for it."""

from typing import Literal

from audit.events import Event, Part

Trade = Literal["A", "B", "C", "D"]
"""What is traded: A construction (工程建设), B land and mining rights (土地使用权和矿业权), C state-owned property
rights (国有产权), D government procurement (政府采购)."""
Category = Literal[
    "works",
    "goods",
    "services",
    "land",
    "mining",
    "equity_transfer",
    "capital_increase",
    "asset_transfer",
]
"""What kind of thing it is: clocks differ by it (工程、货物、服务; 土地、矿业权; 产权转让、企业增资、资产转让)."""


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
    category: Category | None = None
    """Null in entries written before there was a choice."""


class Change(Part):
    """One changed value."""

    field: str
    """The member of the registration."""
    old: str
    """As it was; amounts in fen, as digits."""
    new: str
    """As it is."""


class ProjectAmended(Event):
    """What is registered of a project changes (项目变更). Subject `project:CODE`."""

    kind = "trading.project_amended"
    project: str
    changed: list[Change]
    """Ascending by `field`."""
    reason: str


class PlatformAssigned(Event):
    """Which platform carries the project (交易平台分配). Subject `project:CODE`."""

    kind = "trading.platform_assigned"
    project: str
    platform: str
    """The platform's identification code (交易平台标识码)."""
    serial: int
    """The project's number among those of that platform and day."""


class CodeAssigned(Event):
    """A unified transaction code (统一交易标识码). Subject `project:CODE`."""

    kind = "trading.code_assigned"
    project: str
    lot: str | None
    """Null: of the whole project."""
    issuer: Literal["local", "superior"]
    """`local` claims no conformity with the national specification; `superior` is what a superior platform returned."""
    code: str


class AgentEngaged(Event):
    """The commission contract (委托代理合同) with an agent that the draw gave. Subject `project:CODE`."""

    kind = "trading.agent_engaged"
    project: str
    draw_id: str
    attempt: int
    agent: str
    """Its unified social credit code."""
    contract_number: str
