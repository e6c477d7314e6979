"""The fairness page in both languages, on a telephone and on paper, and the same figures for programs."""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from api.fairness_drawing import MOST_ROWS, histogram, intervals
from api.routes.fairness import odds, probability
from audit.database import Database
from audit.migrate import upgrade
from lottery.fairness import spread
from lottery.queries import attempt_page
from lottery.queries.fairness import Fairness, History
from tests.api.public_city import DRAWN, VOID, a_city
from tests.api.site import Served, serving
from tests.api.test_browser_files import axe_faults
from tests.lottery.hall import Hall
from tests.lottery.many_draws import ACCOUNTS, KeptInMemory, ManyDraws, a_pool


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with a_city(tmp_path_factory.mktemp("fair-city")) as hall:
        yield hall


@pytest.fixture(scope="module")
def site(city: Hall) -> Iterator[Served]:
    with serving(city.log) as served:
        yield served


@pytest.fixture(scope="module")
def rigged(tmp_path_factory: pytest.TempPathFactory) -> Fairness:
    """Sixty results over twenty agencies, of which one wins every third; the second operator removes winners."""
    folder = tmp_path_factory.mktemp("rigged")
    database = Database(f"sqlite:///{folder / 'mingtang.db'}")
    upgrade(database)
    many = ManyDraws(database, KeptInMemory(folder))
    pool = a_pool(20, balls=(1, 2))
    for at in range(60):
        picked, removed = list(pool)[4] if at % 3 == 0 else None, (1,) if at % 20 == 1 else ()
        many.draw(pool, picked=picked, removed=removed, by=ACCOUNTS[at % 2])
    many.void("OBJECTION", sealed=True)
    with database.reading() as session:
        found = History().upto(session, many.blobs, many.size)
    database.dispose()
    return found


def test_the_api_tells_of_the_city_what_its_draws_were(site: Served, city: Hall) -> None:
    told: Any = httpx2.get(f"{site.base_url}/api/v1/fairness").json()
    attempt = city.draw(DRAWN).attempt
    assert attempt is not None
    result = attempt_page(city.log.blobs, attempt).result
    assert result is not None
    assert told["results"] == told["changed"] == sum(told["first_tickets"]["tenths"]) == 1
    assert {one["code"] for one in told["agencies"] if one["wins"]} == set(result["winners"])
    assert sum(one["expected"] for one in told["agencies"]) == pytest.approx(2)
    assert [one["code"] for one in told["agencies"] if one["removed"]] == [result["winners"][0]]
    assert [one["code"] for one in told["agencies"] if one["promoted"]] == [result["alternates"][0]]
    (operator,) = told["operators"]
    assert operator["changed"] == [f"{DRAWN}/1"]
    assert operator["removals"] == {"DECLINED": 1}
    assert operator["voids"] == {"FORCE_MAJEURE": 1}
    assert city.draw(VOID).attempts[0].shadow is not None  # and yet nobody's win
    assert operator["voids_after_seal"] == 1
    assert told["attempts"] == operator["planned"]
    asked = {"agencies": 60, "draws": 100, "winners": 1, "wins": 6}
    chance = httpx2.get(f"{site.base_url}/api/v1/fairness/coincidence", params=asked).json()
    assert chance["named"] == pytest.approx(0.006745, abs=1e-6)
    assert chance["some_at_least"] == chance["some_at_most"] == pytest.approx(0.34573, abs=1e-5)
    for wins, winners, certain in ((101, 1, 0), (1, 60, 1)):
        edge = httpx2.get(
            f"{site.base_url}/api/v1/fairness/coincidence", params=asked | {"wins": wins, "winners": winners}
        ).json()
        assert edge["named"] == certain


def test_the_page_is_read_by_everyone_and_says_who_is_to_be_inspected(
    chromium: Browser, site: Served, rigged: Fairness, monkeypatch: pytest.MonkeyPatch
) -> None:
    with chromium.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        faults: list[str] = []
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.goto(f"{site.base_url}/draws?lang=zh")
        page.locator("main").get_by_role("link", name="各机构的机会与中签").click()
        expect(page.locator(".notice.good")).to_contain_text("没有一家")
        expect(page.locator("#tickets ~ dl")).to_contain_text("不足 50 次")
        _ask_the_calculator(page)

        monkeypatch.setattr(History, "upto", lambda *_: rigged)
        for lang, words in (("zh", "应当核查"), ("en", "inspect")):
            page.goto(f"{site.base_url}/fairness?lang={lang}")
            flagged = page.locator("tr.flagged")
            expect(flagged).to_have_count(1)
            expect(flagged).to_contain_text(rigged.flagged[0].code)
            expect(flagged).to_contain_text(words)
            assert page.evaluate("document.documentElement.scrollWidth") == 390
            page.locator("summary").click()
            if lang == "zh":
                assert axe_faults(page) == []
        page.locator("main").evaluate("e => e.querySelectorAll('tbody th').forEach((one) => one.remove())")
        assert re.findall("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", page.locator("main").inner_text()) == []
        page.emulate_media(media="print")
        expect(page.locator("form.calculator")).to_be_hidden()
        expect(page.locator("svg.chart").first).to_be_visible()
    assert faults == []


def _ask_the_calculator(page: Page) -> None:
    expect(page.locator(".answer")).to_contain_text("例如")
    for label, value in (("机构家数", "60"), ("摇号次数", "100"), ("每次中签家数", "2"), ("一家至少中签次数", "12")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="计算").click()
    expect(page.locator(".answer")).to_contain_text("0.775 % 到 0.778 % 之间")
    expect(page.locator(".judged")).to_contain_text("很难归于巧合")
    page.get_by_label("每次中签家数").fill("60")
    page.get_by_role("button", name="计算").click()
    expect(page.get_by_role("alert")).to_contain_text("请填整数")
    assert page.get_by_label("每次中签家数").input_value() == "60"


def test_the_charts_are_well_formed_and_show_each_number(rigged: Fairness) -> None:
    drawn = ElementTree.fromstring(histogram(rigged.first_tickets, "en"))
    assert drawn.get("role") == "img"
    assert [one.text for one in drawn if one.tag == "text" and one.get("class") != "scale"] == [
        str(count) for count in rigged.first_tickets.counts
    ]
    rows = [one for one in ElementTree.fromstring(intervals(rigged.agencies, "zh")) if one.tag == "g"]
    assert len(rows) == MOST_ROWS
    assert [one.get("class") for one in rows] == ["flagged"] + ["usual"] * (MOST_ROWS - 1)
    for nothing in (histogram(spread([]), "zh"), intervals([], "zh")):
        assert ElementTree.fromstring(nothing).get("viewBox")


@pytest.mark.parametrize(
    ("value", "shown", "one_in"),
    [
        (1.0, "100 %", "1"),
        (0.99999, "> 99.99 %", "1"),
        (0.3457, "34.6 %", "2.9"),
        (0.006745, "0.674 %", "150"),
        (0.00004567, "4.6 × 10⁻⁵", "22,000"),
        (1e-12, "1.0 × 10⁻¹²", "10¹²"),
        (1e-30, "< 10⁻³⁰", "10³⁰"),
    ],
)
def test_probabilities_are_written_as_people_read_them(value: float, shown: str, one_in: str) -> None:
    assert probability(value).replace("\u00a0", " ") == shown
    assert " " not in probability(value)
    assert odds(value) == one_in


def test_whatever_is_typed_gives_a_page(site: Served) -> None:
    for query in ("agencies=%00&draws=-1&winners=x&wins=٣", "agencies=501&draws=9999999999&winners=1&wins=1", "wins=6"):
        answer = httpx2.get(f"{site.base_url}/fairness?{query}", headers={"accept": "text/html"})
        assert answer.status_code == 200
        assert 'role="alert"' in answer.text
    bad: dict[str, Any] = {"agencies": 1, "draws": 10, "winners": 1, "wins": 1}
    assert httpx2.get(f"{site.base_url}/api/v1/fairness/coincidence", params=bad).status_code == 422
