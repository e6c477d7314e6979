"""An agency's page tells the draws it was in, how it fared against its chances, and no decision that has ended."""

import re

from fastapi.testclient import TestClient

from registry import commands
from registry.events import AgencyReinstated
from tests.api.site import ON_SQLITE
from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import HOUR, SUPERVISOR, Hall

__all__ = ["beacon", "clock", "hall"]

pytestmark = ON_SQLITE


def numbers(client: TestClient, code: str) -> list[str]:
    """Results of pools it was in, first places to be expected, first places, wins."""
    page = client.get(f"/agencies/{code}").text
    return re.findall(r"<li><strong>([0-9.]+)</strong>", page)


def test_expected_and_real_first_places_stand_side_by_side(client: TestClient, hall: Hall) -> None:
    hall.prepare()
    assert numbers(client, hall.codes[0]) == []
    hall.to_result()
    found = [numbers(client, code) for code in hall.codes[:-1]]
    assert {tuple(one[:2]) for one in found} == {("1", "0.20")}
    assert sorted(one[2] for one in found) == ["0", "0", "0", "0", "1"]
    assert numbers(client, hall.codes[-1]) == []  # it did not answer
    drawn = [client.get(f"/api/v1/agencies/{code}/draws").json()[0] for code in hall.codes]
    assert [(one["balls"], one["total"]) for one in drawn] == [(1, 5)] * 5 + [(None, None)]
    assert "20.00 %" in client.get(f"/agencies/{hall.codes[0]}").text


def test_a_draw_it_was_out_of_for_what_is_over_says_only_that(client: TestClient, hall: Hall) -> None:
    code = hall.codes[1]
    hall.suspend(code)
    hall.prepare()
    page, line = client.get(f"/agencies/{code}").text, client.get(f"/api/v1/agencies/{code}/draws").json()[0]
    assert "暂停期内" in page
    assert line["reason"] == "SUSPENDED"
    lifted = AgencyReinstated(code=code, reason="整改完成", decision_number="演监决〔2023〕2号")
    hall.do(SUPERVISOR, commands.reinstate_agency, lifted)
    hall.clock.advance(HOUR)
    page, line = client.get(f"/agencies/{code}").text, client.get(f"/api/v1/agencies/{code}/draws").json()[0]
    assert "当时的处理现已到期" in page
    assert "演监决〔2023〕1号" not in page
    assert (line["place"], line["reason"], line["note"]) == ("excluded", None, None)


def test_draws_come_in_pages(client: TestClient, hall: Hall) -> None:
    for number in (1, 2, 3):
        hall.draw_id = f"MT-2023-000{number}"
        hall.decide(project_code=f"XM-2023-000{number}", project_name=f"演示工程{number}")
        hall.call(hall.clock.now // 1000 + HOUR)
        hall.sign_up(hall.codes[:1])
    address = f"/api/v1/agencies/{hall.codes[0]}/draws"
    newest = client.get(f"{address}?limit=2").json()
    assert [one["draw_id"] for one in newest] == ["MT-2023-0003", "MT-2023-0002"]
    older = client.get(f"{address}?before={newest[-1]['seq']}").json()
    assert [one["draw_id"] for one in older] == ["MT-2023-0001"]
    page = client.get(f"/agencies/{hall.codes[0]}?before={newest[-1]['seq']}").text
    assert re.findall('<a href="/draws/([A-Z0-9-]+)">', page) == ["MT-2023-0001"]
