"""A project that goes its whole way by real commands; only the bids themselves are made up."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from audit.act import Act
from audit.entry import SYSTEM, File
from audit.events import Event
from registry import commands as registry
from registry.events import OrganisationRecorded
from tests.kept import once
from tests.lottery.hall import PROJECT, REGISTRAR, SUPERVISOR, TENDERER, Hall, a_code
from tests.trading.builders import a_notice, a_project, lawful_terms
from tests.trading.committee import a_committee, names_of
from tests.trading.events_of import DAY, an_event
from trading import events
from trading.commands import publish_notice, record_move, record_step, register_project
from trading.commands.standing import subject
from trading.events import Category, LotEvent, Method, Score, Trade
from trading.history import history
from trading.lots import LotState, lot_states

E = TypeVar("E", bound=LotEvent)
PRICE = 1_000_000
AUTHORITY = "演示市发展和改革委员会"


class Floor:
    """Lot 1 of the hall's project. Bidder number N is `bidder:bN`, has receipt N and bids N yuan over a million fen."""

    def __init__(self, hall: Hall, trade: Trade, category: Category, method: Method, bidders: int = 4) -> None:
        self.hall, self.trade, self.category, self.method = hall, trade, category, method
        once(hall.log, ("floor", trade, category, bidders), lambda: self._begin(bidders), placed=hall.waits)

    def _begin(self, bidders: int) -> None:
        hall = self.hall
        hall.do(TENDERER, register_project, a_project(trade=self.trade, category=self.category))
        for number in range(bidders):
            event = OrganisationRecorded(
                organisation=f"bidder-{number}", name=name(number), code=code(number), capacities=["bidder"]
            )
            hall.do(REGISTRAR, registry.record_organisation, event)
            hall.grant(bidder(number), f"bidder-{number}")

    # Ways to act

    def wait(self, days: float) -> None:
        self.hall.clock.advance(days * DAY)

    def announce(self, kind: str = "announcement", actor: str = TENDERER, **changed: Any) -> None:
        now = self.hall.clock.now // 1000
        members: dict[str, Any] = {
            "notice": f"n-{kind.replace('_', '-')}-{self.hall.entries()}",
            "notice_kind": kind,
            "round": self.lot.round + (self.lot.stage == "failed"),
            "method": self.method,
            "valid_from": now,
            "valid_until": now + 60 * DAY,
        }
        members |= {name: changed.pop(name) for name in tuple(changed) if name in events.NoticePublished.model_fields}
        wanted = {
            term.name: term.value
            for term in lawful_terms(kind, self.trade, members["method"], self.category, now)  # type: ignore[arg-type]
        }
        wanted |= changed
        members["terms"] = [{"name": one, "value": wanted[one]} for one in sorted(wanted)]
        self.hall.do(actor, publish_notice, a_notice(**members))

    def event(self, kind: type[E], **members: Any) -> E:
        return an_event(kind, **({"round": self.lot.round} | members))

    def step(self, kind: type[LotEvent], actor: str = TENDERER, whole: str | None = None, **members: Any) -> None:
        private = None if whole is None else {"text": whole.encode()}
        self.hall.do(actor, record_step, self.event(kind, **members), (), private)

    def refused(
        self, why: str, kind: type[LotEvent], actor: str = TENDERER, whole: str = "全文", **members: Any
    ) -> None:
        self.hall.refused(
            f"trading.{why}", actor, record_step, self.event(kind, **members), (), {"text": whole.encode()}
        )

    def move(self, kind: type[LotEvent], actor: str = SYSTEM, files: Sequence[File] = (), **members: Any) -> None:
        """What has a command of its own, by the program."""
        self.hall.do(actor, floor_move, self.event(kind, **members), files)

    def paddles(self, *numbers: int) -> list[File]:
        """The file of a bidding's end that says that bidder N had paddle N."""
        listed = [{"paddle": str(one), "bidder": name(one), "bidder_code": code(one)} for one in numbers]
        document = json.dumps({"format": "mingtang-paddles/1", "paddles": listed}, ensure_ascii=False)
        return [self.hall.log.blobs.put_file("paddles.json", "application/json", document.encode())]

    # Longer ways

    def object(
        self, number: int, stage: str, party: str, kind: type[events.ObjectionFiled] = events.ObjectionFiled
    ) -> str:
        """A bidder objects or challenges; returns the number that it was given."""
        self.step(kind, bidder(number), whole="全文", objection="", stage=stage, party=party)
        return self.last(kind).objection

    def reply(self, objection: str, kind: type[LotEvent] = events.ObjectionReplied) -> None:
        self.step(kind, objection=objection, outcome="rejected", abstract="不成立")

    def close(self, bids: int) -> None:
        deadline = self.lot.deadline
        assert deadline is not None
        self.hall.clock.now = max(self.hall.clock.now, deadline * 1000)
        self.move(events.BidClosed, bids=bids, root="0" * 64)

    def open(self, *numbers: int, **changed: Any) -> None:
        for number in numbers:
            self.move(
                events.BidOpened,
                receipt=receipt(number),
                outcome="opened",
                bidder=name(number),
                bidder_code=code(number),
                price_fen=PRICE + number,
                sha256="0" * 64,
                **changed,
            )

    def quote(self, *numbers: int) -> None:
        """The last quotes, at the prices of the bids."""
        until = self.hall.clock.now // 1000 + 600
        self.step(events.QuotesAsked, last=True, quotes_until=until, text=["请提交最后报价。"])
        self.hall.clock.now = (until + 1) * 1000
        self.move(events.QuotesClosed, quote=1, bids=len(numbers), root="0" * 64, enough=True)
        for number in numbers:
            self.move(
                events.QuoteOpened,
                quote=1,
                bid=receipt(number),
                receipt=receipt(1000 + number),
                outcome="opened",
                bidder=name(number),
                bidder_code=code(number),
                price_fen=PRICE + number,
                sha256="0" * 64,
            )

    def seat(self, members: int = 7) -> None:
        """A committee, large enough for any budget."""
        event = a_committee(members, round=self.lot.round)
        self.hall.do(TENDERER, record_step, event, (), {"text": names_of(event).encode()})

    def evaluate(self, *numbers: int) -> None:
        """By a committee that is seated for it, where none sits."""
        if self.lot.last(events.CommitteeFormed) is None:
            self.seat()
        self.step(events.EvaluationCompleted, scores=scores(*numbers), report_sha256="0" * 64)

    def candidates(self, *numbers: int) -> list[dict[str, Any]]:
        return [
            {
                "rank": rank,
                "bidder": name(number),
                "bidder_code": code(number),
                "price_fen": PRICE + number,
                "quality": "合格",
                "duration": "180 日历天",
            }
            for rank, number in enumerate(numbers, 1)
        ]

    def publicise(self, *numbers: int, days: int = 4) -> None:
        now = self.hall.clock.now // 1000
        self.step(
            events.CandidatesPublicised,
            candidates=self.candidates(*numbers),
            publicised_from=now,
            publicised_until=now + days * DAY,
            channel="演示市公共资源交易平台",
        )

    def contract(self, number: int, **changed: Any) -> dict[str, Any]:
        members: dict[str, Any] = {
            "contract": "演合2023-1",
            "supplier": name(number),
            "supplier_code": code(number),
            "amount_fen": PRICE + number,
            "starts": "2023-11-01",
            "ends": "2024-11-01",
            "signed_at": self.hall.clock.now // 1000,
            "text_sha256": "0" * 64,
        }
        return members | changed

    def accept_complaint(self, number: int, stage: str, objection: str, decided: str = "continue") -> None:
        """A complaint, suspended by the supervisor while it is handled, decided with an order."""
        self.step(
            events.ComplaintFiled,
            bidder(number),
            whole="全文",
            complaint="",
            stage=stage,
            party=name(number),
            objection=objection,
            authority=AUTHORITY,
            abstract="评审有误",
        )
        complaint = self.last(events.ComplaintFiled).complaint
        self.step(events.ComplaintAccepted, SUPERVISOR, complaint=complaint)
        self.step(events.ProcessSuspended, SUPERVISOR, cause="complaint", reference=complaint)
        assert [(one.cause, one.reference) for one in self.lot.suspended] == [("complaint", complaint)]
        self.step(
            events.ComplaintDecided, SUPERVISOR, complaint=complaint, outcome="upheld", order=decided, abstract="成立"
        )
        assert self.lot.suspended == ()

    # What stands

    @property
    def lot(self) -> LotState:
        with self.hall.log.reading() as session:
            return lot_states(history(session, PROJECT))["1"]

    def last(self, kind: type[E]) -> E:
        step = self.lot.last(kind)
        assert step is not None
        return step.event

    def tail(self, count: int) -> list[tuple[str, str]]:
        """Kind and role of the newest entries about the project, oldest first."""
        with self.hall.log.reading() as session:
            steps = history(session, PROJECT)[-count:]
        return [(step.event.kind.removeprefix("trading."), step.actor.split(":")[0]) for step in steps]


def name(number: int) -> str:
    return f"演示建设{number}号有限公司"


def code(number: int) -> str:
    return a_code(100 + number)


def bidder(number: int) -> str:
    return f"bidder:b{number}"


def receipt(number: int) -> str:
    return f"{number:032x}"


def scores(*numbers: int) -> list[dict[str, Any]]:
    ranked = enumerate(numbers, 1)
    return [Score(receipt=receipt(number), rank=rank, score_milli=None).model_dump() for rank, number in ranked]


def winner(number: int, rank: int = 1, reason: str | None = None, **changed: Any) -> list[dict[str, Any]]:
    members: dict[str, Any] = {
        "bidder": name(number),
        "bidder_code": code(number),
        "price_fen": PRICE + number,
        "rank": rank,
        "reason": reason,
    }
    return [members | changed]


def floor_move(act: Act, event: Event, files: Sequence[File] = ()) -> int:
    assert isinstance(event, LotEvent)
    act.lock(subject(event.project))
    return record_move(act, event, files)
