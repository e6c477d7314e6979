"""What is over is on no public page and in no feed; the log's own pages show the entry, and call it ended."""

import re

import pytest
from fastapi.testclient import TestClient

from registry import commands
from registry.events import AgencyReinstated
from registry.model.supervision import Ruling
from tests.api.site import ON_SQLITE
from tests.ground import START, FakeClock
from tests.registry.builders import SUPERVISOR, Register, a_suspension
from tests.registry.conftest import register
from tests.registry.supervised import CODE, DAY, decide, heard, supervised

__all__ = ["register"]

pytestmark = ON_SQLITE

NOW = START // 1000
END = NOW + 30 * DAY
CASE = {
    "registry.incident_recorded",
    "registry.incident_answered",
    "registry.incident_decided",
    "registry.agency_suspended",
}


@pytest.fixture
def centre(register: Register, clock: FakeClock) -> Register:
    """A suspension for thirty days, decided on an incident that its agency answered."""
    supervised(register, clock)
    decide(register, heard(register, clock), Ruling("suspension", until=END), "演示监决〔2025〕1号")
    register.publish()
    return register


def kinds_in_feeds(client: TestClient) -> tuple[set[str], set[str]]:
    document = client.get(f"/feed.json?subject=agency:{CODE}").json()
    atom = client.get(f"/feed.atom?subject=agency:{CODE}").text
    return {item["tags"][0] for item in document["items"]}, set(re.findall(r'term="([a-z._]+)"', atom))


def test_feeds_tell_of_a_decision_until_its_last_second(client: TestClient, centre: Register, clock: FakeClock) -> None:
    clock.now = END * 1000 - 1
    assert kinds_in_feeds(client) == (CASE | {"registry.agency_recorded"},) * 2
    clock.advance(1)
    assert kinds_in_feeds(client) == ({"registry.agency_recorded"},) * 2


def test_a_feed_whose_page_is_all_over_still_leads_on(
    client: TestClient, centre: Register, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.feeds.PAGE", 2)
    clock.now = END * 1000
    address, told = f"/feed.json?subject=agency:{CODE}", []
    for _ in range(3):
        page = client.get(address.removeprefix("http://testserver")).json()
        told.append([item["tags"][0] for item in page["items"]])
        address = page.get("next_url", "")
    assert told == [[], [], ["registry.agency_recorded"]]
    assert address == ""


def test_the_agencys_page_and_the_home_page_tell_it_no_more(
    client: TestClient, centre: Register, clock: FakeClock
) -> None:
    for moment, is_told in ((END - 1, True), (END, False)):
        clock.now = moment * 1000
        page, home = client.get(f"/agencies/{CODE}").text, client.get("/").text
        assert ("演示监决〔2025〕1号" in page) is is_told
        assert ("监察决定" in page) is is_told
        assert ("监察决定" in home) is is_told
        facts = client.get(f"/api/v1/agencies/{CODE}").json()
        assert bool(facts["suspensions"]) is is_told
        assert bool(client.get("/api/v1/agencies").json()[0]["suspensions"]) is is_told


def test_the_log_shows_the_entry_for_ever_and_calls_it_ended(
    client: TestClient, centre: Register, clock: FakeClock
) -> None:
    def entries() -> dict[str, dict[str, object]]:
        found = client.get(f"/api/v1/entries?subject=agency:{CODE}").json()["entries"]
        return {one["kind"]: one for one in found}

    before = entries()
    seq = before["registry.agency_suspended"]["seq"]
    assert {one["ended"] for one in before.values()} == {None}
    assert "已到期" not in client.get(f"/entries/{seq}").text
    assert "已到期" not in client.get(f"/entries?subject=agency:{CODE}").text
    clock.now = END * 1000
    after = entries()
    assert {kind for kind, one in after.items() if one["ended"] == END} == CASE
    assert after["registry.agency_recorded"]["ended"] is None
    page = client.get(f"/entries/{seq}").text
    assert "已到期" in page
    assert "noindex" in page
    assert "演示监决〔2025〕1号" in page
    assert client.get(f"/entries?subject=agency:{CODE}").text.count("已到期") == len(CASE)
    assert "Ended" in client.get(f"/entries/{seq}?lang=en").text
    assert client.get(f"/log/entry/{seq}").status_code == 200


def test_a_suspension_without_an_incident_ends_with_its_date_or_when_it_is_lifted(
    client: TestClient, register: Register, clock: FakeClock
) -> None:
    supervised(register, clock)
    first = a_suspension(1, until=END, decision_number="一号")
    register.do(SUPERVISOR, commands.suspend_agency, first)
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1, decision_number="二号"))
    clock.advance(DAY)
    lifted = AgencyReinstated(code=CODE, reason="整改完成", decision_number="三号", ends="二号")
    register.do(SUPERVISOR, commands.reinstate_agency, lifted)
    register.publish()
    page = client.get(f"/agencies/{CODE}").text
    assert "一号" in page
    assert "二号" not in page
    assert "三号" in page  # for as long as the suspension it lifted might have been told
    clock.now = END * 1000
    assert "一号" not in client.get(f"/agencies/{CODE}").text
