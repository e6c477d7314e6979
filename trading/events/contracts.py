"""The contract and what becomes of it."""

from typing import Literal

from pydantic import Field

from trading.events.notices import LotEvent
from trading.events.relations import Member

Security = Literal["performance", "retention"]
Milestone = Literal["begun", "progress", "payment", "handed_over", "accepted"]


class ContractSigned(LotEvent):
    """A contract is signed (合同订立). Subject `project:CODE`; the text is the entry's file where it is public."""

    kind = "trading.contract_signed"
    contract: str
    """Its number."""
    supplier: str
    """Name of the other party."""
    supplier_code: str
    amount_fen: int
    starts: str
    """ISO date."""
    ends: str
    """ISO date."""
    signed_at: int
    text_sha256: str
    """Of the contract's text: 64 hexadecimal digits."""
    members: list[Member] = Field(default_factory=list)
    """Of the consortium that signs, led by the other party; all of them are liable (招标投标法 31). The program's."""


class ContractAmended(LotEvent):
    """A contract is amended (合同变更). Subject `project:CODE`."""

    kind = "trading.contract_amended"
    contract: str
    old_fen: int
    new_fen: int
    reason: str
    approval: str | None


class BondReturned(LotEvent):
    """Bid bonds went back (退还投标保证金). Subject `project:CODE`."""

    kind = "trading.bond_returned"
    whose: Literal["losers", "winner", "withdrawn"]
    returned_at: int
    interest_fen: int | None = None
    """What the bank paid on them and went back with them (银行同期存款利息, 招标投标法实施条例 57), all together."""
    interest_reason: str | None = None
    """Why there is none, where it is 0."""


class SecurityRecorded(LotEvent):
    """A security for a contract came in or was kept back (收取履约保证金、质量保证金). Subject `project:CODE`."""

    kind = "trading.security_recorded"
    contract: str
    security: Security
    """履约保证金, or 质量保证金."""
    amount_fen: int
    received_at: int


class SecurityReturned(LotEvent):
    """A security for a contract went back whole (退还履约保证金、质量保证金). Subject `project:CODE`."""

    kind = "trading.security_returned"
    contract: str
    security: Security
    returned_at: int
    interest_fen: int | None = None
    """Of money that lay at the bank, where interest went back with it."""
    interest_reason: str | None = None


class PerformanceReported(LotEvent):
    """How the contract is carried out (履约信息). Subject `project:CODE`."""

    kind = "trading.performance_reported"
    contract: str
    milestone: Milestone
    description: str
    amount_fen: int | None
    """Of a payment."""


class ContractEnded(LotEvent):
    """The contract is at its end (合同终结). Subject `project:CODE`."""

    kind = "trading.contract_ended"
    contract: str
    outcome: Literal["completed", "dissolved"]
    """履行完毕, or 解除."""
    final_fen: int
    reason: str | None


class ContractFiled(LotEvent):
    """A copy of the contract was filed (合同备案). Subject `project:CODE`."""

    kind = "trading.contract_filed"
    contract: str
    authority: str
