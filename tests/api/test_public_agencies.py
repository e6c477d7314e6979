"""The register's public pages and its reading API: what is told of an agency, and what is not."""

import hashlib
import re

import pytest
from fastapi.testclient import TestClient

from audit.log import Log
from registry import commands
from registry.events import AgencyReinstated
from tests.api.public_register import END, OTHER, PRIVATE, STRUCK, a_register
from tests.api.site import ON_SQLITE
from tests.ground import FakeClock
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, an_agency
from tests.registry.conftest import register
from tests.registry.supervised import CODE

__all__ = ["register"]

pytestmark = ON_SQLITE


@pytest.fixture
def people(register: Register, clock: FakeClock) -> list[str]:
    """The ids of the first agency's practitioners, after the register was filled."""
    return a_register(register, clock)


def codes(client: TestClient, query: str) -> list[str]:
    page = client.get(f"/agencies?{query}")
    assert page.status_code == 200, page.text
    return re.findall('<a href="/agencies/([0-9A-Z]{18})">', page.text)


def counts(client: TestClient, query: str = "") -> list[int]:
    """Of all, in force, suspended, struck off, forms in force, promise in force."""
    tally = client.get(f"/agencies?{query}").text.split('class="tally"')[1].split("</ul>")[0]
    return [int(one) for one in re.findall(r"<span>(\d+)</span>", tally)]


# The list


SEARCHES = {
    "": [CODE, OTHER, STRUCK],
    f"text={OTHER[5:].lower()}": [OTHER],
    "text=ysy1z": [CODE],
    "text=YSDL": [OTHER, STRUCK],
    "text=代理机构2": [OTHER],
    "status=removed": [STRUCK],
    "status=in-force": [CODE, OTHER],
    "status=suspended": [],
    "forms=1": [CODE],
    "promise=1": [CODE],
    "promise=1&status=removed": [],
    "field=政府采购&region=210100": [CODE, OTHER, STRUCK],
    "field=none": [],
    "text=%00%27%25&field=%3Cb%3E&status=nonsense&after=zz": [],
}


def test_agencies_are_found_by_name_code_initials_and_state(client: TestClient, people: list[str]) -> None:
    assert {query: codes(client, query) for query in SEARCHES} == SEARCHES


def test_each_choice_says_how_many_it_would_leave(client: TestClient, people: list[str]) -> None:
    assert counts(client) == [3, 2, 0, 1, 1, 1]
    assert counts(client, "status=removed") == [3, 2, 0, 1, 0, 0]
    assert counts(client, "forms=1") == [1, 1, 0, 0, 1, 1]


def test_the_list_follows_the_register_and_the_clock(
    client: TestClient, register: Register, clock: FakeClock, people: list[str]
) -> None:
    assert codes(client, "promise=1") == [CODE]
    register.do(REGISTRAR, commands.record_agency, an_agency(7))
    register.do(
        SUPERVISOR, commands.reinstate_agency, AgencyReinstated(code=STRUCK, reason="改正", decision_number="十号")
    )
    register.publish()
    assert counts(client) == [4, 4, 0, 0, 1, 1]
    clock.advance(366 * 86_400)
    assert counts(client) == [4, 4, 0, 0, 0, 0]


def test_what_is_not_yet_in_the_log_is_not_in_the_list(client: TestClient, register: Register, log: Log) -> None:
    log.stop()
    register.do(REGISTRAR, commands.record_agency, an_agency(1))
    assert codes(client, "") == []


def test_pages_of_the_list_lead_on_and_keep_what_was_asked(
    client: TestClient, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.public_agencies.PAGE", 2)
    page = client.get("/agencies?field=政府采购").text
    assert codes(client, "field=政府采购") == [CODE, OTHER]
    following = re.findall('rel="next" href="([^"]+)"', page)[0].replace("&amp;", "&")
    assert "field=" in following
    assert codes(client, following.partition("?")[2]) == [STRUCK]


# An agency


def test_an_agencys_page_tells_its_forms_rules_decisions_and_credit(client: TestClient, people: list[str]) -> None:
    page = client.get(f"/agencies/{CODE}").text
    for told in ("法人1", "人员50", "ZC000050", "6,000,000.00 元", "演示路 99 号", "验1号", "演示监决〔2025〕1号"):
        assert told in page, told
    for told in ("第三开标室", "开标时代投标人递交文件。", "电子签名", "乙 级，1 个号球"):
        assert told in page, told
    assert "82" in page  # 80 + 2 * 5 - 4 * 2
    for private in (*PRIVATE, "张三", "当时系误会"):
        assert private not in page, private


def test_a_shown_name_can_be_checked_against_its_commitment(client: TestClient, people: list[str]) -> None:
    found = client.get(f"/api/v1/agencies/{CODE}/practitioners").json()
    assert [one["practitioner"] for one in found] == sorted(people)
    for one in found:
        for name in ("name", "certificate_numbers"):
            shown = one[name]
            message = f"mingtang-log/1/private\n{shown['salt']}\n{shown['value']}"
            entry = client.get(f"/log/entry/{shown['seq']}").json()
            assert entry["private"][name] == hashlib.sha256(message.encode()).hexdigest()
            assert shown["salt"] in client.get(f"/agencies/{CODE}").text


def test_what_was_erased_is_shown_nowhere(client: TestClient, register: Register, people: list[str]) -> None:
    register.do(REGISTRAR, commands.erase_person, CODE, "practitioner", people[1], "个人信息保护法第四十七条")
    register.do(REGISTRAR, commands.erase_person, CODE, "legal_person", None, "个人信息保护法第四十七条")
    register.publish()
    for path in (f"/agencies/{CODE}", f"/agencies/{CODE}/practitioners", f"/api/v1/agencies/{CODE}/practitioners"):
        text = client.get(path).text
        assert "人员51" not in text
        assert "ZC000051" not in text
        assert "法人1" not in text
    assert "（已删除）" in client.get(f"/agencies/{CODE}").text
    assert client.get(f"/api/v1/agencies/{CODE}/forms").json()["legal_person_name"] is None


def test_nothing_is_told_of_a_decision_that_has_ended(client: TestClient, clock: FakeClock, people: list[str]) -> None:
    for moment, is_told in ((END - 1, True), (END, False)):
        clock.now = moment * 1000
        page = client.get(f"/agencies/{CODE}").text
        assert ("演示监决〔2025〕1号" in page) is is_told
        assert ("第三开标室" in page) is is_told
        decisions = client.get(f"/api/v1/agencies/{CODE}/decisions").json()
        assert [one["points"] for one in decisions] == ([4] if is_told else [])
        credit = client.get(f"/api/v1/agencies/{CODE}/credit").json()
        assert (credit["score"], credit["balls"]) == ((82, 1) if is_told else (90, 3))


def test_a_removal_is_told_with_its_entry(client: TestClient, people: list[str]) -> None:
    (decision,) = client.get(f"/api/v1/agencies/{STRUCK}/decisions").json()
    assert (decision["sanction"], decision["ends"], decision["incident"]) == ("removal", None, None)
    assert client.get(f"/log/entry/{decision['seq']}").json()["kind"] == "registry.agency_removed"
    assert f'<a href="/entries/{decision["seq"]}">' in client.get(f"/agencies/{STRUCK}").text


# Versions


def test_any_two_versions_are_compared(client: TestClient, people: list[str]) -> None:
    page = client.get(f"/agencies/{CODE}/versions/agency").text
    assert "<del>5,000,000.00 元</del>" in page
    assert "<ins>沈阳市和平区演示路 99 号</ins>" in page
    assert "搬迁" in page
    back = client.get(f"/agencies/{CODE}/versions/agency?former=2&version=1").text
    assert "<ins>5,000,000.00 元</ins>" in back
    same = client.get(f"/agencies/{CODE}/versions/agency?former=2&version=2").text
    assert "公开部分没有改动" in same
    waiting = client.get(f"/agencies/{CODE}/versions/practitioner/{people[0]}").text
    assert "<ins>高级工程师</ins>" in waiting
    assert "待核对" in waiting


def test_versions_come_in_pages(client: TestClient, people: list[str]) -> None:
    address = f"/api/v1/agencies/{CODE}/versions"
    newest = client.get(f"{address}?limit=1").json()
    assert [(one["version"], one["decided"]) for one in newest] == [(2, "accepted")]
    assert [one["version"] for one in client.get(f"{address}?before=2").json()] == [1]
    whose = {"form": "practitioner", "practitioner": people[0]}
    assert [one["decided"] for one in client.get(address, params=whose).json()] == ["waiting", "accepted"]


def test_the_accepted_version_stays_while_a_newer_one_waits(client: TestClient, people: list[str]) -> None:
    found = client.get(f"/api/v1/agencies/{CODE}/practitioners?after=&limit=200").json()
    (one,) = [one for one in found if one["practitioner"] == people[0]]
    assert (one["version"], one["titles"]) == (1, ["工程师"])
    pages = [
        client.get(f"/api/v1/agencies/{CODE}/practitioners?limit=1&after={after}")
        for after in ("", found[0]["practitioner"])
    ]
    assert [page.json()[0] for page in pages] == found[:2]
    forms = client.get(f"/api/v1/agencies/{CODE}/forms").json()
    assert forms["practitioners"] == 3
    assert forms["agency"]["version"] == 2
    assert forms["legal_person_name"]["value"] == "法人1"


def test_practitioners_have_pages_of_their_own(
    client: TestClient, people: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.public_agencies.PEOPLE", 1)
    monkeypatch.setattr("api.routes.public_agencies_forms.PAGE", 2)
    assert "全部 3 人" in client.get(f"/agencies/{CODE}").text
    page = client.get(f"/agencies/{CODE}/practitioners").text
    following = re.findall('rel="next" href="([^"]+)"', page)[0]
    shown = [
        one
        for text in (page, client.get(following).text)
        for one in re.findall('<code class="sub">(p-[0-9a-f]+)', text)
    ]
    assert shown == sorted(people)


def test_what_there_is_not_is_not_found(client: TestClient, people: list[str]) -> None:
    for path in (
        "/agencies/%00",
        "/agencies/%00/practitioners",
        f"/agencies/{CODE}/versions/nothing",
        f"/agencies/{CODE}/versions/practitioner",
        f"/agencies/{CODE}/versions/practitioner/%00",
        f"/agencies/{CODE}/versions/practitioner/nobody",
        f"/agencies/{OTHER}/versions/agency",
        "/api/v1/agencies/91000000DEM999999X/credit",
        "/api/v1/agencies/91000000DEM999999X/forms",
        "/rules/nothing",
        "/rules/conduct?version=7",
    ):
        assert client.get(path, headers={"accept": "text/html"}).status_code == 404, path


def test_no_private_value_stands_in_any_answer(client: TestClient, people: list[str]) -> None:
    api = [
        f"/api/v1/agencies/{CODE}/{one}"
        for one in ("forms", "versions", "practitioners", "decisions", "credit", "draws")
    ]
    pages = ["", "/practitioners", "/versions/agency", "/versions/legal-person", f"/versions/practitioner/{people[0]}"]
    for path in [*api, "/agencies", *(f"/agencies/{CODE}{one}" for one in pages)]:
        answer = client.get(path)
        assert answer.status_code == 200, path
        for private in (*PRIVATE, "张三", "当时系误会"):
            assert private not in answer.text, (path, private)
