"""The register's public pages in a real browser: both languages, on a phone, on paper, for screen readers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.desk_people import findings, too_wide
from tests.api.public_register import a_register
from tests.api.site import Served, serving
from tests.ground import FakeClock
from tests.kept import a_log
from tests.registry.builders import Register
from tests.registry.supervised import CODE

PATHS = [
    "/agencies",
    "/agencies?text=zzz&status=removed",
    f"/agencies/{CODE}",
    f"/agencies/{CODE}/practitioners",
    f"/agencies/{CODE}/versions/agency",
    "/rules/commitment",
    "/rules/conduct",
    "/rules/credit",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    clock = FakeClock()
    with a_log(tmp_path_factory.mktemp("register"), clock) as log:
        a_register(Register(log), clock, practitioners=14)
        with serving(log) as served:
            yield served


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page whose own faults fail the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert faults == []


def test_no_page_has_a_serious_fault_or_is_too_wide_or_holds_chinese_in_english(site: Served, page: Page) -> None:
    found: list[str] = []
    for lang in ("en", "zh"):
        for path in PATHS:
            page.goto(f"{site.base_url}{path}{'&' if '?' in path else '?'}lang={lang}")
            found += too_wide(page, 1280, 320, 390)
            if lang == "zh":
                found += findings(page)
            else:
                page.set_viewport_size({"width": 1280, "height": 800})
                found += [f"{path} {word}" for word in chinese_words(page)]
    assert found == []


def chinese_words(page: Page) -> list[str]:
    """Chinese of an English page, which holds none but what people wrote. The page is not whole afterwards."""
    people_wrote = ("h1", ".crumbs", "tbody", ".facts dd", "option", "[lang=zh-CN]", ".decision p", ".decision dd")
    kept = ", ".join((*people_wrote, ".history p", "p strong", ".corner", ".no-print"))
    labels = page.locator("[data-label]").evaluate_all("all => all.map(one => one.dataset.label)")
    page.evaluate("kept => document.querySelectorAll(kept).forEach(one => one.remove())", kept)
    text = page.locator("body").inner_text() + " ".join(labels)
    return re.findall("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", text)


def test_one_finds_an_agency_by_initials_and_reads_how_its_name_is_proven(site: Served, page: Page) -> None:
    page.goto(f"{site.base_url}/agencies")
    page.get_by_label("拼音首字母").fill("yy1z")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("没有符合条件的机构")).to_be_visible()
    page.get_by_label("拼音首字母").fill("ysy1z")
    page.get_by_role("button", name="查询").click()
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).to_have_text("演示乙1咨询有限公司")
    page.get_by_text("核对承诺值").first.click()
    expect(page.locator(".salt").first).to_contain_text("mingtang-log/1/private")
    page.get_by_role("link", name="全部 14 人").click()
    expect(page.locator("tbody tr")).to_have_count(14)


def test_on_paper_there_is_the_record_and_no_navigation(site: Served, page: Page) -> None:
    page.goto(f"{site.base_url}/agencies/{CODE}")
    page.emulate_media(media="print")
    for gone in (".masthead nav", ".jumps", ".no-print"):
        expect(page.locator(gone).first).not_to_be_visible()
    for kept in ("h1", "#forms", ".decision", ".credit"):
        expect(page.locator(kept).first).to_be_visible()
