"""A lot that is bid for in the open, and its bidders, as far as a test of bidding needs them."""

from dataclasses import dataclass, field
from typing import Any

from audit.act import Act
from registry import commands as registry
from registry.events import OrganisationRecorded
from tests.lottery.hall import PROJECT, REGISTRAR, TENDERER, Hall, a_code
from tests.trading.builders import a_notice, a_project
from trading.bidding import commands, queries
from trading.bidding.commands import Opening
from trading.bids.commands import apply_to_take_part
from trading.commands import register_project
from trading.events import BiddingClosed
from trading.history import history
from trading.lots import LotState, lot_states

STARTING, STEP = 100_000_000, 1_000_000
APPLY_FOR, LASTS = 86_400, 2 * 86_400
"""Seconds from the announcement until applications end, and until the bidding does."""


def name(number: int) -> str:
    return f"演示置业丝雀{number}号有限公司"


def code(number: int) -> str:
    return a_code(300 + number)


def bidder(number: int) -> str:
    return f"bidder:sale{number}"


@dataclass
class Sale:
    """One lot of the hall's project, listed; bidders by number, with the paddles that they were given."""

    hall: Hall
    lot: str = "1"
    paddles: dict[int, str] = field(default_factory=dict)
    ends_at: int = 0

    def begin(self, **terms: Any) -> None:
        """Register and announce; what the law asks of an announcement is tested elsewhere."""
        now = self.hall.clock.now // 1000
        self.hall.do(TENDERER, register_project, a_project(trade="C", category="asset_transfer"))
        known = {"sign_up_until": now + APPLY_FOR, "starting_fen": STARTING, "step_fen": STEP} | terms
        listed = [{"name": one, "value": known[one]} for one in sorted(known)]
        event = a_notice(notice="gp-1", notice_kind="disclosure", lot=self.lot, method="listing", terms=listed)

        def command(act: Act) -> int:
            act.lock(f"project:{PROJECT}")
            return act.record(event, f"project:{PROJECT}")

        self.hall.do(TENDERER, command)

    def enrol(self, number: int) -> str:
        """A bidder; returns its actor."""
        event = OrganisationRecorded(
            organisation=f"sale-{number}", name=name(number), code=code(number), capacities=["bidder"]
        )
        self.hall.do(REGISTRAR, registry.record_organisation, event)
        self.hall.grant(bidder(number), f"sale-{number}")
        return bidder(number)

    def apply(self, number: int) -> str:
        """A new bidder's application; returns its receipt."""
        self.hall.do(self.enrol(number), apply_to_take_part, PROJECT, self.lot, "0" * 64)
        with self.hall.log.reading() as session:
            return queries.applications(session, PROJECT, self.lot, 1)[-1].receipt

    def admit(self, *numbers: int) -> None:
        for number in numbers:
            self.hall.do(REGISTRAR, commands.give_paddle, PROJECT, self.lot, self.apply(number))
            with self.hall.log.reading() as session:
                found = queries.paddle_of(session, PROJECT, self.lot, 1, f"sale-{number}")
            assert found is not None
            self.paddles[number] = found.paddle

    def opening(self, **changed: Any) -> Opening:
        self.ends_at = self.hall.clock.now // 1000 + LASTS
        members: dict[str, Any] = {
            "starting_fen": STARTING, "step_fen": STEP, "ends_at": self.ends_at, "extension": 300, "reserve_fen": None,
        }  # fmt: skip
        return Opening(**(members | changed))

    def open(self, **changed: Any) -> None:
        self.hall.do(TENDERER, commands.open_bidding, PROJECT, self.lot, self.opening(**changed))

    def offer(self, number: int, steps: int) -> None:
        self.hall.do(bidder(number), commands.make_offer, PROJECT, self.lot, STARTING + steps * STEP)

    def refused(self, why: str, number: int, steps: float) -> None:
        self.hall.refused(
            f"trading.{why}", bidder(number), commands.make_offer, PROJECT, self.lot, int(STARTING + steps * STEP)
        )

    @property
    def state(self) -> LotState:
        with self.hall.log.reading() as session:
            return lot_states(history(session, PROJECT))[self.lot]

    @property
    def result(self) -> BiddingClosed:
        step = self.state.last(BiddingClosed)
        assert step is not None
        return step.event
