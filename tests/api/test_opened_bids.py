"""The files of opened bids: for the project's tenderer and engaged agent after the opening, for nobody else ever."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from audit.act import Act
from audit.log import Log
from audit.tables import EntryRow, PrivateValueRow
from lottery.beacon.relays import BeaconClient
from registry import commands as registry
from registry.events import OpeningKeyRecorded, OpeningKeyWithdrawn, OrganisationRecorded
from tests.api.desk_clerk import Clerk
from tests.api.site import catch_up, make_member
from tests.ground import FakeClock
from tests.lottery.hall import MONDAY, PROJECT, REGISTRAR, Hall, signed
from tests.trading.bids.bidding import ROUND, Tender, an_identity, recorded
from trading.bids.opening import open_with_key
from trading.events import AgentEngaged, OpeningPlanned

SECRET = b"%PDF-1.7 canary of a bid"
API = f"/api/v1/projects/{PROJECT}/lots/1/bids"
DESK = f"/desk/openings/{PROJECT}/1"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY * 1000)


@dataclass
class Office:
    """Who may come and ask, signed in; bids 0 and 1 have files, bid 2 opens to something else."""

    app: FastAPI
    tender: Tender
    clerks: dict[str, Clerk] = field(default_factory=dict)

    def sign_in(self, name: str, role: str, organisation: str | None) -> None:
        make_member(self.tender.hall.log, name, role, organisation=organisation)
        self.clerks[name] = Clerk(self.app, self.tender.hall.log, name)

    def statuses(self, path: str) -> dict[str, int]:
        return {name: clerk.get(path).status_code for name, clerk in self.clerks.items()}

    def again(self) -> None:
        """Sign in anew: sessions end while the clock goes on."""
        for clerk in self.clerks.values():
            clerk.sign_in()


@pytest.fixture
def office(app: FastAPI, log: Log, clock: FakeClock) -> Iterator[Office]:
    hall = Hall(log, clock, BeaconClient([]), agencies=2)
    office = Office(app, Tender(hall))
    office.tender.begin()
    hall.tie_agency(0)
    hall.tie_agency(1)
    other = OrganisationRecorded(organisation="other", name="演示市别的单位", code=None, capacities=["tenderer"])
    hall.do(REGISTRAR, registry.record_organisation, other)
    for number in range(3):
        office.tender.enrol(number)
    engaged = AgentEngaged(
        project=PROJECT, draw_id="MT-2023-0001", attempt=1, agent=hall.codes[0], contract_number="WT-1"
    )

    def engage(act: Act) -> int:
        act.lock(f"project:{PROJECT}")
        return act.record(engaged, f"project:{PROJECT}")

    hall.do(REGISTRAR, engage)
    for name, role, organisation in (
        ("owner", "tenderer", "tenderer"), ("agent", "agent", "agency-0"), ("stranger", "tenderer", "other"),
        ("rival", "agent", "agency-1"), ("bidder", "bidder", "bidder-0"), ("clerk", "registrar", "centre"),
        ("notary", "notary", "notary"), ("supervisor", "supervisor", "supervisor"),
    ):  # fmt: skip
        office.sign_in(name, role, organisation)
    yield office
    for clerk in office.clerks.values():
        clerk.client.close()


def planned_over_the_api(office: Office) -> OpeningPlanned:
    """The plan, once the notary has replaced its key by itself: nobody else can, nor name one in the plan."""
    tender = office.tender

    def post(name: str, path: str, body: dict[str, Any]) -> int:
        headers = {"Origin": str(office.clerks[name].client.base_url)}
        return office.clerks[name].client.post(f"/api/v1{path}", json=body, headers=headers).status_code

    old, new = (str(an_identity("notary", number).to_public()) for number in (0, 1))
    event = OpeningKeyRecorded(organisation="notary", recipient=new, replaces=old, signatures=[])
    own = signed(event, "organisation:notary", "notary").body()
    assert [post(name, "/opening-keys", own) for name in ("clerk", "owner", "bidder")] == [403, 403, 403]
    assert post("notary", "/opening-keys", event.body()) == 409
    assert post("notary", "/opening-keys", own) == 201
    gone = OpeningKeyWithdrawn(organisation="notary", recipient=old, compromised=True, reason="失窃", signatures=[])
    assert post("notary", "/opening-keys/withdrawals", signed(gone, "organisation:notary", "notary").body()) == 201
    found = office.clerks["stranger"].get("/api/v1/organisations/notary").json()["opening_keys"]
    assert [(one["recipient"], [end["how"] for end in one["ends"]]) for one in found] == [
        (old, ["replaced", "compromised"]),
        (new, []),
    ]
    seats: list[dict[str, Any]] = [{"seat": one, "organisation": one} for one in tender.seats]
    asked = {"round": 1, "seats": seats, "threshold": 2, "round_number": ROUND}
    named = asked | {"seats": [one | {"recipient": old} for one in seats]}
    assert post("owner", f"/projects/{PROJECT}/lots/1/opening", named) == 422, "a key is nobody's to name"
    assert post("owner", f"/projects/{PROJECT}/lots/1/opening", asked) == 201
    (step,) = tender.opening().plans
    event_of = {one.seat: one for one in step.event.seats}
    assert (event_of["notary"].recipient, event_of["notary"].recorded) == (new, found[1]["seq"])
    assert isinstance(step.event, OpeningPlanned)
    return step.event


def test_an_opened_bid_is_handed_to_those_who_evaluate_it_and_before_the_opening_to_nobody(office: Office) -> None:
    tender, hall = office.tender, office.tender.hall
    plan = planned_over_the_api(office)
    files = {"技术标.pdf": SECRET, "../商务标\\1.pdf": b"second"}
    made = [tender.a_bid(plan, number, files) for number in (0, 1)]
    receipts = [tender.bid(number, one) for number, one in enumerate(made)]
    receipts.append(tender.bid(2, tender.a_bid(plan, 2, lot="2")))
    everyone = [f"{API}/{receipts[0]}/content", f"{DESK}/bids/{receipts[0]}"]
    nothing = {"owner": 409, "agent": 409}
    for path in everyone:
        before = office.statuses(path)
        assert {name: before[name] for name in nothing} == nothing
        assert set(before.values()) == {409, 403}
        assert office.statuses(path.replace(receipts[0], "0" * 32)) == before, "whether there is such a bid is not told"
    tender.pass_deadline()
    tender.close()
    catch_up(hall.log)
    office.again()
    assert office.statuses(everyone[0])["owner"] == 409, "closed is not opened"
    hall.do("bidder:b0", open_with_key, receipts[0], made[0].identity)
    assert tender.open(recorded) == 2
    catch_up(hall.log)

    for path in everyone:
        found = office.statuses(path)
        assert {name for name, status in found.items() if status == 200} == {"owner", "agent"}
        assert {status for status in found.values() if status != 200} == {403, 409}, "other roles, other projects"
    for receipt in receipts[:2]:
        answer = office.clerks["agent"].get(f"{API}/{receipt}/content")
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            assert archive.namelist() == ["statement.json", "01-技术标.pdf", "02-_商务标_1.pdf"]
            assert archive.read("01-技术标.pdf") == SECRET
            assert json.loads(archive.read("statement.json"))["project"] == PROJECT
    assert office.statuses(f"{API}/{receipts[2]}/content")["owner"] == 409, "what opened to another lot's bid is none"
    assert office.statuses(f"{API}/{receipts[0]}/content".replace("lots/1", "lots/2"))["owner"] == 409
    page = office.clerks["owner"].get(DESK).text
    assert [f"{DESK}/bids/{receipt}" in page for receipt in receipts] == [True, True, False]
    for name in ("clerk", "notary", "supervisor", "stranger"):
        assert "/bids/" not in office.clerks[name].get(DESK).text
    assert_kept_apart(hall, receipts)


def assert_kept_apart(hall: Hall, receipts: list[str]) -> None:
    """The key is a private value of the entry that opened the bid, and of no other."""
    with hall.log.reading() as session:
        kept = session.execute(
            select(EntryRow.kind, EntryRow.body)
            .join(PrivateValueRow, PrivateValueRow.entry_id == EntryRow.id)
            .where(PrivateValueRow.name == "identity")
        ).all()
        bodies = b"".join(session.scalars(select(EntryRow.body)))
    assert {(kind, json.loads(body)["receipt"]) for kind, body in kept} == {
        ("trading.bid_opened", receipt) for receipt in receipts[:2]
    }
    assert b"AGE-SECRET-KEY" not in bodies
