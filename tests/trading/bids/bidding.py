"""A lot that takes sealed bids, its seats and its bidders: as far as a test of an opening needs them."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pyrage  # type: ignore[import-untyped]  # it ships no types

from audit.act import Act
from lottery.beacon.recorded import recorded_rounds
from lottery.protocol.beacon import round_time
from registry import commands as registry
from registry.events import OpeningKeyRecorded, OpeningKeyWithdrawn, OrganisationRecorded
from tests.kept import once
from tests.lottery.hall import ORGANISATIONS, PROJECT, REGISTRAR, TENDERER, Hall, a_code, signed
from tests.trading.builders import a_notice, a_project
from trading import closing, opening
from trading.bids import commands, queries
from trading.bids.commands import Sealed
from trading.bids.opening import give_shares
from trading.bids.queries import Opening
from trading.bids.sealing import Made, pack, seal
from trading.bids.seats import OpeningWanted, SeatWanted, with_own_keys
from trading.bids.shares import identity_of
from trading.commands import register_project
from trading.events import BidOpened, OpeningPlanned

ROUND = 1000
DEADLINE = round_time(ROUND)
"""Of the lots here, the second of a recorded round: 23 August 2023, 23:59:24 in Beijing."""
SEATS = ("centre", "notary", "tenderer")
"""Each held by the organisation of the same name."""


@dataclass
class Tender:
    """One lot of the hall's project with open bidding, bidders b0 and on, seats with keys of their own."""

    hall: Hall
    lot: str = "1"
    seats: dict[str, Any] = field(default_factory=dict)
    """Seat to its age identity, the newest."""
    replaced: dict[str, Any] = field(default_factory=dict)
    """Seat to the identity before that, which is kept for bids that were sealed for it."""

    def begin(self, deadline: int = DEADLINE, **project: Any) -> None:
        self.seat()
        self.hall.do(TENDERER, register_project, a_project(category="works", **project))
        self.announce("gg-1", deadline)

    def announce(self, notice: str, deadline: int, **changed: Any) -> None:
        """Its announcement, recorded as it is: what the law asks of one is tested elsewhere."""
        terms = [{"name": "bid_deadline", "value": deadline}, {"name": "opening_at", "value": deadline}]
        members: dict[str, Any] = {"notice": notice, "lot": self.lot, "method": "open_tender", "terms": terms}
        self.record(a_notice(**(members | changed)))

    def record(self, event: Any, actor: str = TENDERER) -> None:
        def command(act: Act) -> int:
            act.lock(f"project:{event.project}")
            return act.record(event, f"project:{event.project}")

        self.hall.do(actor, command)

    def seat(self) -> None:
        """Each seat's organisation records a key of its own, which is always the same one."""
        once(self.hall.log, "opening keys", self._record_keys, placed=self.hall.waits)
        self.seats = {seat: an_identity(seat) for seat in SEATS}

    def _record_keys(self) -> None:
        for seat in SEATS:
            self.record_key(seat)

    def record_key(self, seat: str, number: int = 0, replaces: str | None = None) -> None:
        """The seat's next key. Where the log does not run by itself, it has its place once it is settled."""
        if replaces is not None:
            self.replaced[seat] = self.seats[seat]
        self.seats[seat] = an_identity(seat, number)
        event = OpeningKeyRecorded(
            organisation=seat, recipient=str(self.seats[seat].to_public()), replaces=replaces, signatures=[]
        )
        signed_event = signed(event, f"organisation:{seat}", seat)
        self.hall.do(ORGANISATIONS[seat][2], registry.record_opening_key, signed_event)

    def withdraw_key(self, seat: str, compromised: bool = True) -> None:
        """Its organisation says of the seat's key that it is not used any more."""
        recipient = str(self.seats[seat].to_public())
        event = OpeningKeyWithdrawn(
            organisation=seat, recipient=recipient, compromised=compromised, reason="设备失窃", signatures=[]
        )
        signed_event = signed(event, f"organisation:{seat}", seat)
        self.hall.do(ORGANISATIONS[seat][2], registry.withdraw_opening_key, signed_event)

    def wanted(self, **changed: Any) -> OpeningWanted:
        members: dict[str, Any] = {
            "project": PROJECT, "lot": self.lot, "round": 1, "seats": tuple(SeatWanted(one, one) for one in SEATS),
            "threshold": 2, "round_number": ROUND,
        }  # fmt: skip
        return OpeningWanted(**(members | changed))

    def a_plan(self, **changed: Any) -> OpeningPlanned:
        """What the plan will be."""
        with self.hall.log.reading() as session:
            return with_own_keys(session, self.wanted(**changed))

    def plan(self, **changed: Any) -> OpeningPlanned:
        self.hall.do(TENDERER, commands.plan_opening, self.wanted(**changed))
        with self.hall.log.reading() as session:
            state = queries.lot(session, PROJECT, self.lot)
        step = None if state is None else queries.plan_of(state)
        assert step is not None
        return step.event

    def enrol(self, number: int) -> str:
        """A bidder; returns its actor."""
        name = f"演示建设{number}号有限公司"
        event = OrganisationRecorded(
            organisation=f"bidder-{number}", name=name, code=a_code(100 + number), capacities=["bidder"]
        )
        self.hall.do(REGISTRAR, registry.record_organisation, event)
        self.hall.grant(f"bidder:b{number}", f"bidder-{number}")
        return f"bidder:b{number}"

    def a_bid(self, plan: OpeningPlanned, number: int, files: dict[str, bytes] | None = None, **statement: Any) -> Made:
        members: dict[str, Any] = {"project": PROJECT, "lot": self.lot, "bidder_code": a_code(100 + number)}
        return seal(plan, pack(files, **(members | {"price_fen": 1_000_000 + number} | statement)))

    def stored(self, made: Made, **changed: Any) -> Sealed:
        digest = self.hall.log.blobs.put(made.sealed)
        return replace(Sealed(digest, len(made.sealed), made.keys, made.plain_sha256), **changed)

    def bid(self, number: int, made: Made, replaces: str | None = None, **changed: Any) -> str:
        """Submit a bid; returns its receipt."""
        entry = self.hall.do(
            f"bidder:b{number}", commands.seal_bid, PROJECT, self.lot, self.stored(made, **changed), replaces
        )
        return self.receipt_of(entry)

    def receipt_of(self, entry: int) -> str:
        with self.hall.log.reading() as session:
            row = queries.act_of_entry(session, entry)
        assert row is not None
        return row.receipt

    def pass_deadline(self, by: float = 0.001) -> None:
        self.hall.at(DEADLINE + by)

    def close(self) -> int:
        return self.settled(closing.close_due)

    def open(self, signatures: opening.Signatures = lambda _: None) -> int:
        return self.settled(lambda log: opening.open_due(log, signatures))

    def settled(self, step: Callable[[Any], int]) -> int:
        done = step(self.hall.log)
        self.hall.log.wait_for_all()
        return done

    def opening(self) -> Opening:
        with self.hall.log.reading() as session:
            state = queries.lot(session, PROJECT, self.lot)
        assert state is not None
        return queries.opening(state, self.hall.log.blobs)

    def outcomes(self) -> dict[str, BidOpened]:
        return {one.event.receipt: one.event for one in self.opening().opened}

    def shares_of(self, seat: str, **wrong: str) -> dict[str, str]:
        """What the seat's own device opens: receipt to share."""
        found = self.opening()
        shares = {}
        for receipt, keys in queries.keys_of(found, self.hall.log.blobs).items():
            sealed = next(one.sealed for one in keys.shares if one.seat == seat)
            held = [one[seat] for one in (self.seats, self.replaced) if seat in one]
            shares[receipt] = bytes(pyrage.decrypt(base64.b64decode(sealed), held)).hex()
        return shares | wrong

    def give(self, seat: str, **wrong: str) -> None:
        actor = ORGANISATIONS[seat][2]
        self.hall.do(actor, give_shares, PROJECT, self.lot, seat, self.shares_of(seat, **wrong))

    def document(self, name: str) -> dict[str, Any]:
        closed = self.opening().closed
        assert closed is not None
        data = self.hall.log.blobs.get(closed.sha256(name))
        assert data is not None
        found: dict[str, Any] = json.loads(data)
        return found


def an_identity(seat: str, number: int = 0) -> Any:
    """A seat's age identity, always the same one."""
    return pyrage.x25519.Identity.from_str(identity_of(hashlib.sha256(f"{seat}/{number}".encode()).digest()))


def recorded(round_number: int) -> str | None:
    """The recorded signature of a round."""
    return recorded_rounds().get(round_number)
