"""What an agency is told of its own case: page and API, before the freeze, after it, and once a decision is over."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from audit.settings import Settings
from registry import commands as registry
from registry.events import AgencySuspended
from tests.api.site import BASE_URL
from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import HOUR, SUPERVISOR, Hall, a_code
from tests.lottery.reasons import every_reason

__all__ = ["beacon", "clock", "hall"]

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def site(hall: Hall) -> Iterator[TestClient]:
    app = create_app(hall.log, Settings(data=hall.log.data, base_url=BASE_URL), sequencing=False)
    with TestClient(app, base_url=BASE_URL, follow_redirects=False) as client:
        yield client


def told(site: TestClient, hall: Hall, code: str, **asked: Any) -> dict[str, Any]:
    answer = site.get(f"/api/v1/draws/{hall.draw_id}/eligibility/{code}", params=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def page(site: TestClient, hall: Hall, code: str, lang: str = "zh") -> str:
    answer = site.get(f"/draws/{hall.draw_id}/why/{code}", params={"lang": lang})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_before_a_call_there_is_nothing_to_tell(site: TestClient, hall: Hall) -> None:
    hall.decide()
    for address in (f"/api/v1/draws/{hall.draw_id}/eligibility/{hall.codes[0]}", "/api/v1/draws/MT-1/eligibility/X"):
        assert site.get(address).status_code == 404
    hall.call()
    for code, attempt in ((a_code(99), None), (hall.codes[0], 1), (hall.codes[0], 7)):
        answer = site.get(
            f"/api/v1/draws/{hall.draw_id}/eligibility/{code}", params={"attempt": attempt} if attempt else None
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "api.no-such-reasoning")


def test_what_is_told_before_the_freeze_moves_with_the_register_and_then_no_more(site: TestClient, hall: Hall) -> None:
    first, last = hall.codes[0], hall.codes[-1]
    hall.decide()
    hall.call(hall.clock.now // 1000 + HOUR)
    assert told(site, hall, first)["reason"] == "DID_NOT_ANSWER"
    hall.sign_up(hall.codes[:-1])
    found = told(site, hall, first)
    assert (found["balls"], found["reason"], found["attempt"], found["is_settled"]) == (1, None, None, False)
    assert told(site, hall, last)["reason"] == "DID_NOT_ANSWER"
    hall.clock.advance(HOUR)
    hall.publish_plan()
    hall.publish_roster()
    hall.freeze()
    hall.suspend(first)
    found = told(site, hall, first)
    assert (found["balls"], found["attempt"], found["is_settled"]) == (1, 1, True)
    assert found["at"] == hall.attempt.planned.event.draws_at
    sources = {one["reason"]: [source["kind"] for source in one["sources"]] for one in found["checks"]}
    assert sources["NOT_RECORDED"] == ["registry.agency_recorded"]
    assert sources["DID_NOT_ANSWER"] == ["lottery.signed_up"]
    assert sources["CONFLICT"] == ["lottery.decided", "lottery.planned"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_is_told_with_its_entries_and_article(
    site: TestClient, hall: Hall, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    for number in range(6, 14):
        hall.record_agency(number)
        hall.codes.append(a_code(number))
    reasons = every_reason(hall)
    roster = site.get(f"/draws/{hall.draw_id}", params={"lang": lang}).text
    for code, reason in reasons.items():
        found = told(site, hall, code)
        assert found["reason"] == reason
        failed = next(one for one in found["checks"] if one["outcome"] == "failed")
        assert failed["reason"] == reason
        assert failed["article"]["zh"]
        assert failed["sources"] or reason == "NOT_RECORDED"
        shown = page(site, hall, code, lang)
        assert failed["text"][lang] in shown
        assert all(f"/entries/{source['seq']}" in shown for source in failed["sources"])
        own = f'href="/agencies/{code}"'  # who is not on record has no page of its own
        assert [own in shown, own in roster] == [reason != "NOT_RECORDED"] * 2
    for code in hall.codes:
        assert f"/draws/{hall.draw_id}/why/{code}" in roster
    winner = told(site, hall, hall.codes[-1])
    assert [line["what"] for line in winner["credit"]] == ["base", "commissions", "points", "objections"]
    assert sum(line["sum"] for line in winner["credit"]) == winner["score"]
    shown = page(site, hall, hall.codes[-1], lang)
    assert ("基础分" if lang == "zh" else "Base") in shown


def test_a_decision_that_is_over_is_told_on_no_page(site: TestClient, hall: Hall) -> None:
    code, number = hall.codes[0], "演监决〔2023〕7号"
    until = hall.clock.now // 1000 + 96 * HOUR
    suspended = AgencySuspended.decided(
        code=code, starts=0, until=until, ground="演示办法第十条", decision_number=number
    )
    hall.do(SUPERVISOR, registry.suspend_agency, suspended)
    hall.prepare()
    hall.freeze()
    for address in (f"/draws/{hall.draw_id}/why/{code}", f"/draws/{hall.draw_id}"):
        assert number in site.get(address).text
    assert "演示办法第十条" in page(site, hall, code)
    hall.at(until)
    for address in (f"/draws/{hall.draw_id}/why/{code}", f"/draws/{hall.draw_id}"):
        assert number not in site.get(address).text, address
    found = told(site, hall, code)
    assert number not in str(found)
    assert next(one for one in found["checks"] if one["outcome"] == "failed")["is_over"]
