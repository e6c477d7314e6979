"""A centre with a project to be traded, everybody who has to do with it, and bids that nobody had to seal."""

from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from registry import commands as registry
from registry.events import OrganisationRecorded
from tests.api.desk_clerk import Clerk
from tests.api.desk_people import moment
from tests.api.site import catch_up, make_member
from tests.lottery.hall import MONDAY, REGISTRAR, Hall, a_code
from trading import commands
from trading.events import BidClosed, BidOpened, LotEvent, ProjectRegistered

DAY = 86_400
PROJECT = "XM-2023-0001"
DIGEST = "ab" * 32
HELD_FOR = {
    "registrar": "centre",
    "tenderer": "tenderer",
    "supervisor": "supervisor",
    "bidder": "bidder-1",
    "agent": "agency-0",
}
TERMS: dict[str, str] = {
    "scope": "取水泵房土建及安装\n设备调试",
    "scale": "日取水 20 万立方米",
    "funding": "财政资金",
    "qualification": "具有施工总承包资质",
    "consortium": "no",
    "documents_how": "在交易平台下载",
    "documents_price_fen": "0",
    "opening_place": "演示市公共资源交易中心第一开标室",
    "supervisor": "演示市住房和城乡建设局",
    "supervisor_phone": "024-00000000",
    "objection_channel": "演示市公共资源交易平台",
    "contact": "演示市建设投资有限公司招标部",
}


def bidder(number: int) -> tuple[str, str]:
    return f"演示建设{number}号有限公司", a_code(40 + number)


@dataclass
class Trading:
    """Around one project of two lots."""

    app: FastAPI
    hall: Hall
    present: dict[str, Clerk] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name, code = bidder(1)
        event = OrganisationRecorded(organisation="bidder-1", name=name, code=code, capacities=["bidder"])
        self.hall.do(REGISTRAR, registry.record_organisation, event)
        self.hall.tie_agency(0)

    @property
    def now(self) -> int:
        return self.hall.clock.now // 1000

    def at(self, role: str) -> Clerk:
        """Somebody who holds the role, signed in."""
        if role not in self.present:
            make_member(self.hall.log, role, role, organisation=HELD_FOR[role])
            self.present[role] = Clerk(self.app, self.hall.log, role)
        return self.present[role]

    def wait(self, days: float) -> None:
        """Let the clock go on. Sessions end meanwhile."""
        self.hall.clock.advance(int(days * DAY))
        for clerk in self.present.values():
            clerk.sign_in()

    def register(self, trade: str = "A", category: str = "works", **changed: Any) -> None:
        members: dict[str, Any] = {
            "code": PROJECT,
            "trade": trade,
            "class_code": None,
            "title": "演示市第三水厂扩建工程",
            "tenderer": "tenderer",
            "tenderer_name": "演示市建设投资有限公司",
            "legal_basis": "招标投标法第三条",
            "approval": None,
            "funding": None,
            "estimate_fen": None,
            "region": "210100",
            "lots": [
                {"lot": "1", "title": "取水泵房", "estimate_fen": None},
                {"lot": "2", "title": "净水车间", "estimate_fen": None},
            ],
            "category": category,
        }
        self.hall.do(REGISTRAR, commands.register_project, ProjectRegistered.of(members | changed))

    def announcement(self, **changed: str) -> dict[str, Any]:
        """What is typed into the form of an announcement of construction, with times that the law allows."""
        times = {
            "documents_from": self.now + 3600,
            "documents_until": self.now + 8 * DAY,
            "bid_deadline": self.now + 30 * DAY,
            "opening_at": self.now + 30 * DAY,
        }
        terms = TERMS | {name: moment(at) for name, at in times.items()} | changed
        return {
            "title": "取水泵房施工招标公告",
            "text": "一、招标条件\n二、项目概况",
            **{f"term-{name}": value for name, value in terms.items()},
        }

    def open_bids(self, prices: dict[int, int], lot: str = "1") -> None:
        """Close the bids of a lot and read them out, as the program does. prices: by number of bidder."""

        def say(act: Any) -> None:
            act.lock(f"project:{PROJECT}")
            same = {"project": PROJECT, "lot": lot, "round": 1, "occurred_at": None}
            closed: LotEvent = BidClosed.of({**same, "bids": len(prices), "root": DIGEST, "withdrawn": 0})
            commands.record_move(act, closed)
            for number, price in prices.items():
                name, code = bidder(number)
                opened = {
                    "receipt": f"{number:032x}",
                    "outcome": "opened",
                    "custody": "bidder",
                    "bidder": name,
                    "bidder_code": code,
                    "price_fen": price,
                    "quotes": [],
                    "sha256": DIGEST,
                    "plain_sha256": DIGEST,
                    "note": None,
                }
                commands.record_move(act, BidOpened.of({**same, **opened}))

        self.hall.do("system", say)
        catch_up(self.hall.log)

    def close(self) -> None:
        for one in self.present.values():
            one.client.close()


LOT = f"/desk/projects/{PROJECT}/lots/1"
BEGIN = MONDAY
